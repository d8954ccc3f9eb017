/**
 * INI documents, as SOPS' `stores/ini` over gopkg.in/ini.v1: a map of sections,
 * each a map of strings, `DEFAULT` always first; metadata in the section
 * `sops`, flat, its line breaks written as the two characters `\n` (versions
 * before 3.13.2 wrote them as they are; both are read). A comment stands before
 * its section's first key, or behind its key, in the tree's order.
 *
 * Reading plaintext refuses what ini.v1 would drop or change in silence, and
 * says where: a comment sign that would cut a value (`a;b`, `#fff`, `"x;y"`),
 * text behind a closing quote or a section's name, two pairs of quotes around a
 * value, a backslash that joins lines, the key `-`, a key that occurs twice, a
 * comment behind the last key. Encrypted files are read as SOPS reads them.
 *
 * A leaf's span covers the value as written, with its quotes, a comment's its lines
 * with their markers, if they stand in one piece; there are none when the source
 * is not UTF-8.
 */

import { ConclaveError } from "../errors.ts"
import type { Comment, Entry, MapNode, Tree } from "../sops/tree.ts"
import { type FlatEntry, flattenMetadata, unflattenMetadata } from "./flatten.ts"
import type { Format } from "./format.ts"
import { type IniKey, type IniSection, parseIni } from "./ini/parser.ts"
import { type PrintedSection, printIni } from "./ini/printer.ts"
import { duplicateKey, metadataMissing, notRepresentable } from "./refusal.ts"
import { encodeText, readSource, stringLeaf, wellFormed } from "./source-text.ts"
import { toText } from "./text-value.ts"

const METADATA_SECTION = "sops"
const ESCAPED_BREAK = "\\n"

export const ini: Format = {
  name: "ini",

  parsePlain(source) {
    return treeOf(parseIni(readSource(source), true))
  },

  parseEncrypted(source) {
    const decoded = readSource(source)
    const sections = parseIni(decoded, false)
    const [section, second] = sections.filter(isMetadata)
    if (second !== undefined) throw duplicateKey(decoded.text, second.nameSpan?.start ?? 0, METADATA_SECTION)
    if (section === undefined || section.keys.length === 0) throw metadataMissing("ini")
    return {
      tree: treeOf(sections.filter((item) => item !== section)),
      metadata: unflattenMetadata(section.keys.map(flatEntry)),
    }
  },

  printPlain(tree) {
    return encodeText(printIni(sectionsOf(tree), "plain"))
  },

  printEncrypted(tree, metadata) {
    const sections = sectionsOf(tree)
    if (sections.some(isMetadata)) {
      const details = { key: METADATA_SECTION }
      throw new ConclaveError("reserved-key", `ini: the section ${METADATA_SECTION} is reserved`, details)
    }
    return encodeText(printIni([...sections, metadataSection(metadata)], "encrypted"))
  },

  reservedKey(tree) {
    return tree.some(({ items }) =>
      items.some((item) => item.kind === "entry" && item.key === METADATA_SECTION),
    )
      ? METADATA_SECTION
      : null
  },
}

/**
 * A plaintext document that {@link ini} reads back to the same values, for an
 * editor: as `printPlain`, with quotes around what SOPS would print in a form
 * that reads as something else.
 *
 * @throws {@link ConclaveError} `not-representable`
 */
export function printRereadableIni(tree: Tree): Uint8Array {
  return encodeText(printIni(sectionsOf(tree), "editor"))
}

function treeOf(sections: readonly IniSection[]): Tree {
  return [{ kind: "map", items: sections.map(sectionEntry) }]
}

function sectionEntry({ name, nameSpan, comment, keys }: IniSection): Entry {
  const items: (Entry | Comment)[] = comment === null ? [] : [{ kind: "comment", ...comment }]
  for (const key of keys) {
    items.push(keyEntry(key))
    if (key.comment !== null) items.push({ kind: "comment", ...key.comment })
  }
  const value: MapNode = { kind: "map", items }
  return { kind: "entry", key: name, value, ...(nameSpan === undefined ? {} : { keySpan: nameSpan }) }
}

function keyEntry({ name, nameSpan, value }: IniKey): Entry {
  return {
    kind: "entry",
    key: name,
    value: { ...stringLeaf(value.text), ...(value.span === undefined ? {} : { span: value.span }) },
    ...(nameSpan === undefined ? {} : { keySpan: nameSpan }),
  }
}

function isMetadata({ name }: { readonly name: string }): boolean {
  return name === METADATA_SECTION
}

function flatEntry({ name, value }: IniKey): FlatEntry {
  return { key: name, value: stringLeaf(value.text.replaceAll(ESCAPED_BREAK, "\n")) }
}

function metadataSection(metadata: MapNode): PrintedSection {
  const keys = flattenMetadata(metadata).map(({ key, value }) => {
    const text = toText(value)
    if (text.includes(ESCAPED_BREAK)) {
      const message = "a backslash before an n, which reads back as a line break"
      throw notRepresentable("ini", [METADATA_SECTION, key], message)
    }
    return { name: key, value: text.replaceAll("\n", ESCAPED_BREAK), comment: "" }
  })
  return { name: METADATA_SECTION, comment: "", keys }
}

function sectionsOf(tree: Tree): readonly PrintedSection[] {
  const [branch] = tree
  if (branch === undefined || tree.length !== 1) {
    throw notRepresentable("ini", [], `holds one document, not ${tree.length}`)
  }
  return branch.items.filter((item) => item.kind === "entry").map(printedSection)
}

/** Comments before the first key beyond one, and all but the last behind a key, have no place, as in SOPS. */
function printedSection({ key: name, value: section }: Entry): PrintedSection {
  if (section.kind !== "map") throw notRepresentable("ini", [name], "is not a section of keys")
  const [first] = section.items
  const keys: { name: string; value: string; comment: string }[] = []
  for (const item of section.items) {
    const last = keys.at(-1)
    if (item.kind === "entry") keys.push({ name: item.key, value: keyText(name, item), comment: "" })
    else if (last !== undefined) last.comment = wellFormed(item.text)
  }
  return { name, comment: first?.kind === "comment" ? wellFormed(first.text) : "", keys }
}

function keyText(section: string, { key, value }: Entry): string {
  if (value.kind !== "map" && value.kind !== "list") return toText(value)
  throw notRepresentable("ini", [section, key], "is a map or a list, and INI keys hold single values only")
}
