/**
 * Every file of `test/vectors/sops` that an age key opens, through the real
 * command lines: what sops wrote opens here, and what conclave writes (in
 * either form) opens in both versions of sops.
 */

import { readFileSync, writeFileSync } from "node:fs"
import { basename, extname, join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { type Case, readCases } from "./cases.ts"
import { conclave, createHome, type Outcome, SOPS_VERSIONS, sops } from "./programs.ts"
import { say } from "./tally.ts"

/** Where the two versions differ on these files, and why; nothing else may. */
const KNOWN_DIVERGENCES: readonly string[] = [
  "ini (canonical) in 3.13.1: Failed to get the data key required to decrypt the SOPS file.",
  "ini (kept) in 3.13.1: Failed to get the data key required to decrypt the SOPS file.",
  "json-types by 3.13.1: another value",
]

const home = createHome()
afterAll(home.remove)

const ours = conclave(home.path)
const theirs = { "3.13.1": sops("3.13.1", home.path), "3.13.2": sops("3.13.2", home.path) }

const FORMS = [
  { form: "canonical", flags: ["--canonical"] },
  { form: "kept", flags: [] },
] as const

const cases = readCases()
const divergences: string[] = []
let compared = 0

function expectText(outcome: Outcome, wanted: Buffer): void {
  expect(outcome.stderr).not.toContain("possibly unencrypted comment")
  expect(outcome.status, outcome.stderr).toBe(0)
  expect(outcome.stdout.toString("latin1")).toBe(wanted.toString("latin1"))
  compared++
}

/** As {@link expectText}, but a difference is noted under a name, to be judged at the end. */
function noteText(outcome: Outcome, wanted: Buffer, name: string): void {
  compared++
  const agrees = outcome.status === 0 && outcome.stdout.equals(wanted)
  if (!agrees)
    divergences.push(`${name}: ${outcome.status === 0 ? "another value" : firstLine(outcome.stderr)}`)
}

function firstLine(text: string): string {
  return text.split("\n")[0]?.replace(/\. File has.*|: .*/, "") ?? ""
}

function write(name: string, content: string | Buffer): string {
  const path = join(home.path, name)
  writeFileSync(path, content)
  return path
}

describe.each(cases)("the vector $name", (vector: Case) => {
  const { name, plain, encrypted, decrypted, config, identities } = vector
  const wanted = readFileSync(decrypted)
  const fileName = `${name}${extname(plain)}`
  const options = { env: { SOPS_AGE_KEY: identities } }
  const configFile = write(`${name}.config.yaml`, config)

  it("opens in conclave as sops decrypts it", async () => {
    expectText(await ours(["sops", "decrypt", encrypted], options), wanted)
    expectText(await ours(["decrypt", "--canonical", encrypted], options), wanted)
  })

  it.each(FORMS)("opens everywhere when conclave writes it ($form)", async ({ form, flags }) => {
    const arguments_ = ["encrypt", ...flags, "--config", configFile, "--filename-override", fileName, plain]
    const written = await ours(arguments_, options)
    expect(written.status, written.stderr).toBe(0)
    const path = write(`${form}-${fileName}`, written.stdout)
    expectText(await ours(["sops", "decrypt", path], options), wanted)
    for (const version of SOPS_VERSIONS) {
      const opened = await theirs[version](["decrypt", path], options)
      noteText(opened, wanted, `${name} (${form}) in ${version}`)
    }
  })

  it.each(SOPS_VERSIONS)("opens in conclave when sops %s writes it", async (version) => {
    const target = write(`${version}-${fileName}`, readFileSync(plain))
    const flags = ["--config", configFile, "encrypt", "--in-place", target]
    const written = await theirs[version](flags, options)
    expect(written.status, written.stderr).toBe(0)
    const opened = await ours(["sops", "decrypt", target], options)
    noteText(opened, wanted, `${name} by ${version}`)
  })
})

it("finds no divergence between the sops versions but the known ones", () => {
  say(
    `fixtures: ${cases.length} cases, ${compared} outputs compared, ${divergences.length} known divergences`,
  )
  expect(cases.map(({ plain }) => basename(plain))).not.toHaveLength(0)
  expect(divergences.toSorted()).toEqual(KNOWN_DIVERGENCES.toSorted())
})
