/** INI documents of any content: what is printed is read back. */

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { concat, fromUtf8 } from "#core/bytes.ts"
import { hasCode } from "#core/errors.ts"
import { ini, printRereadableIni } from "#core/formats/ini.ts"
import { str } from "#core/sops/scalar.ts"
import type { Comment, Entry, MapNode, Node, Tree } from "#core/sops/tree.ts"

const METADATA: MapNode = {
  kind: "map",
  items: [{ kind: "entry", key: "mac", value: str("ENC[AES256_GCM,data:x]") }],
}

/** Text in which the characters that mean something to INI are frequent. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '"',
        "'",
        '"""',
        "`",
        ";",
        "#",
        "=",
        ":",
        "\\",
        "[",
        "]",
        " ",
        "\t",
        "\n",
        "\r",
        "\u0085",
        "%",
      ),
      fc.string({ unit: "binary", maxLength: 3 }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""))
const word = fc.string({ unit: fc.constantFrom("a", "b", "é", "🔑", ".", "_", "-", "x y"), minLength: 1 })

const value: fc.Arbitrary<Node> = fc.oneof(
  text.map(str),
  fc
    .uint8Array({ maxLength: 5 })
    .map((bytes): Node => ({ kind: "bytes", bytes: concat(bytes, Uint8Array.of(0xff)) })),
)
const keys = fc.uniqueArray(fc.tuple(fc.oneof(word, text), value, fc.option(word)), {
  selector: ([key]) => key,
  maxLength: 5,
})
const section = fc.tuple(word, fc.option(word), keys)
const document = fc.array(section, { maxLength: 3 })

type Section = [string, string | null, [string, Node, string | null][]]

function treeOf(sections: readonly Section[]): Tree {
  const items = sections.map(([name, comment, entries]): Entry => {
    const inner: (Entry | Comment)[] = comment === null ? [] : [{ kind: "comment", text: comment }]
    for (const [key, content, note] of entries) {
      inner.push({ kind: "entry", key, value: content })
      if (note !== null) inner.push({ kind: "comment", text: note })
    }
    return { kind: "entry", key: name, value: { kind: "map", items: inner } }
  })
  return [
    { kind: "map", items: [{ kind: "entry", key: "DEFAULT", value: { kind: "map", items: [] } }, ...items] },
  ]
}

/** A tree without the places in its source, and without comments where they do not matter. */
function outline(node: Node, comments: boolean): unknown {
  if (node.kind !== "map") {
    if (node.kind === "bytes") return [...node.bytes]
    return node.kind === "str" ? node.text : node.kind
  }
  return node.items.flatMap((item): unknown[] => {
    if (item.kind === "entry") return [[item.key, outline(item.value, comments)]]
    return comments ? [`;${item.text}`] : []
  })
}

/** What `print` gives, or null when it says that INI cannot hold the tree. */
function printedOrNull(print: () => Uint8Array): Uint8Array | null {
  try {
    return print()
  } catch (error) {
    if (!hasCode(error, "not-representable")) throw error
    return null
  }
}

describe("what INI can hold", () => {
  it("reads back from the form for editors", () => {
    fc.assert(
      fc.property(document, (sections) => {
        const tree = treeOf(sections)
        const printed = printedOrNull(() => printRereadableIni(tree))
        if (printed === null) return
        expect(ini.parsePlain(printed).map((root) => outline(root, true))).toEqual(
          tree.map((root) => outline(root, true)),
        )
      }),
      { numRuns: 500 },
    )
  })

  it("reads back from encrypted files", () => {
    fc.assert(
      fc.property(document, (sections) => {
        const tree = treeOf(sections)
        const printed = printedOrNull(() => ini.printEncrypted(tree, METADATA))
        if (printed === null) return
        const back = ini.parseEncrypted(printed)
        expect(back.tree.map((root) => outline(root, true))).toEqual(tree.map((root) => outline(root, true)))
        expect(fromUtf8(ini.printEncrypted(back.tree, back.metadata))).toEqual(fromUtf8(printed))
      }),
      { numRuns: 500 },
    )
  })

  it("is never refused for keys of plain words and values of one line", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(word),
        fc.array(text.map((value) => value.replaceAll("\n", ""))),
        (names, values) => {
          const entries = names
            .filter((name) => name !== "-")
            .map((name, i): [string, Node, null] => [name, str((values[i] ?? "").replaceAll("`", "")), null])
          const tree = treeOf([["s", null, entries]])
          expect(ini.parsePlain(printRereadableIni(tree)).map((root) => outline(root, false))).toEqual(
            tree.map((root) => outline(root, false)),
          )
        },
      ),
    )
  })
})

describe("what was read without refusal", () => {
  const line = fc.oneof(
    fc.tuple(word, text).map(([key, content]) => `${key} = ${content}`),
    text.map((content) => `; ${content}`),
    word.map((name) => `[${name}]`),
    text,
  )

  it("is what the form for editors reads back to", () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const source = new TextEncoder().encode(lines.join("\n"))
        let tree: Tree
        try {
          tree = ini.parsePlain(source)
        } catch (error) {
          if (!hasCode(error, "syntax") && !hasCode(error, "duplicate-key")) throw error
          return
        }
        expect(ini.parsePlain(printRereadableIni(tree)).map((root) => outline(root, false))).toEqual(
          tree.map((root) => outline(root, false)),
        )
      }),
      { numRuns: 1000 },
    )
  })
})
