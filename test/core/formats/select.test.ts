/** Formats by file name, as sops chooses them. */

import { describe, expect, it } from "vitest"
import { formatFor, isFormatName } from "#core/formats/select.ts"

describe("formatFor", () => {
  it.each([
    ["a.yaml", "yaml"],
    ["dir.json/a.yml", "yaml"],
    ["a.json", "json"],
    [".env", "dotenv"],
    ["prod.env", "dotenv"],
    ["a.ini", "ini"],
    ["a.YAML", "binary"],
    ["a.yaml.bak", "binary"],
    ["yaml", "binary"],
    ["a.env.local", "binary"],
    ["", "binary"],
  ])("%j is %s", (name, format) => {
    expect(formatFor(name)).toBe(format)
  })
})

describe("isFormatName", () => {
  it("knows the five names and no others", () => {
    expect(["yaml", "json", "dotenv", "ini", "binary"].every(isFormatName)).toBe(true)
    expect(["yml", "YAML", "", "env", "constructor"].some(isFormatName)).toBe(false)
  })
})
