/** The wrapped data key within an encrypted YAML file, to hand to age and to replace. */

/** The first of the file, with its indentation. */
const ARMOR = /^( *)-----BEGIN AGE[\s\S]*?-----END AGE ENCRYPTED FILE-----\n/m

/** An age file, armored. */
export function wrappedKeyOf(document: string): Buffer {
  const [block = "", indent = ""] = ARMOR.exec(document) ?? []
  return Buffer.from(block.replaceAll(indent, ""))
}

/** The document with another wrapping of its data key, armored. */
export function withWrappedKey(document: string, armored: Buffer): string {
  const [block = "", indent = ""] = ARMOR.exec(document) ?? []
  return document.replace(block, `${armored.toString().trimEnd()}\n`.replace(/^(?=.)/gm, indent))
}
