/** Fifty-seven YAML files as people write them, through encryption, a change and decryption in their own layout. */

import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { findDifference } from "#core/document/compare.ts"
import { setNode } from "#core/document/tree-edit.ts"
import type { KeyPath, Node, Tree } from "#core/sops/tree.ts"
import { diffLines, layoutNamed, open, seal, unannounced } from "./harness.ts"

const FOLDER = join(import.meta.dirname, "../../../vectors/layout")
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith(".yaml"))
const yaml = layoutNamed("yaml")

const read = (file: string) => readFileSync(join(FOLDER, file), "utf8")

it("has the kinds of files that it is about", () => {
  const sources = FILES.map(read)
  expect(FILES.length).toBeGreaterThanOrEqual(50)
  expect(
    sources.filter((source) => /&\w+/.test(source) && /\*\w+/.test(source)).length,
  ).toBeGreaterThanOrEqual(10)
  expect(sources.filter((source) => /: [|>][-+0-9]*( |\r?$)/m.test(source)).length).toBeGreaterThanOrEqual(10)
  expect(sources.filter((source) => source.includes("\r\n")).length).toBeGreaterThanOrEqual(5)
})

describe.each(FILES)("%s", (file) => {
  const source = read(file)

  it("comes back as it was, but for the lines that were announced", async () => {
    const sealed = await seal("yaml", source)
    const { text } = await open("yaml", sealed.text)
    expect(unannounced(source, text, sealed.notices)).toEqual([])
    if (sealed.notices.length === 0) expect(text).toBe(source)
  })

  it("keeps its line endings, and shows none of its comments", async () => {
    const { text } = await seal("yaml", source)
    const breaks = (part: string) => [part.split("\r\n").length > 1, /(?<!\r)\n/.test(part)]
    expect(breaks(text)).toEqual(breaks(`${source}${source.includes("\r\n") ? "\r\n" : "\n"}`))
    for (const comment of source.matchAll(/(?:^|\s)#( ?[\w ]{6,})$/gm)) {
      if (!/unencrypted/.test(source)) expect(text).not.toContain(`#${comment[1]}`)
    }
  })

  it("is the same after a decryption and an encryption that change nothing", async () => {
    const { text } = await seal("yaml", source)
    const opened = await open("yaml", text)
    expect((await seal("yaml", opened.text, {}, opened.before)).text).toBe(text)
  })

  it("shows a changed value in three lines, and in one when it is decrypted", async () => {
    const sealed = await seal("yaml", source)
    const opened = await open("yaml", sealed.text)
    const tree = yaml.parse(opened.text, opened.before.previous)
    const path = pathOfOneLine(opened.text, tree)
    const changed = yaml.set(opened.text, tree, path, { kind: "str", text: "a new value" })
    expect(diffLines(opened.text, changed.text)).toHaveLength(1)

    const again = await seal("yaml", changed.text, { lastModified: "2026-02-03T04:05:06Z" }, opened.before)
    const documents = opened.tree.length
    expect(diffLines(sealed.text, again.text)).toHaveLength(1 + 2 * documents)

    const { text, tree: after } = await open("yaml", again.text)
    expect(text).toBe(changed.text)
    expect(findDifference(setNode(opened.tree, path, { kind: "str", text: "a new value" }), after)).toBeNull()
  })
})

/** A string of the first document that stands in one line and in no copy. */
function pathOfOneLine(source: string, [root]: Tree): KeyPath {
  const found: KeyPath[] = []
  const visit = (node: Node, path: KeyPath): void => {
    if (node.kind === "map") {
      for (const item of node.items) if (item.kind === "entry") visit(item.value, [...path, item.key])
    } else if (node.kind === "list") {
      for (const [i, item] of node.items.filter((child) => child.kind !== "comment").entries())
        visit(item, [...path, i])
    } else if (node.kind === "str" && node.span !== undefined) {
      const token = source.slice(node.span.start, node.span.end)
      if (!/^[|>]|\n/.test(token) && !path.some((step) => String(step).endsWith("_unencrypted")))
        found.push(path)
    }
  }
  if (root !== undefined) visit(root, [])
  const path = found[found.length >> 1]
  if (path === undefined) throw new Error("no string in one line")
  return path
}
