/**
 * Where sops prints what does not read back to the same values, and conclave,
 * which otherwise prints the same bytes, does not follow. Each fault masks just
 * the bytes that it changes.
 */

import type { FormatName } from "#core/formats/format.ts"

export type Fault = { readonly name: string; readonly mask: (text: string) => string }

export const FAULTS: readonly Fault[] = [
  {
    // yaml.v3 puts the second of two comments behind a block's header on the block's first line: it becomes text.
    name: "second comment line in the text of a block",
    mask: (text) =>
      text.replace(/(?<=[|>][1-9]?[-+]? )#.*(\n *#.*)+$/gm, (lines) => lines.replace(/\n */g, " ")),
  },
  {
    // yaml.v3 writes its indentation setting as the digit, also where the block is indented otherwise.
    name: "block indentation digit that is not the block's",
    mask: (text) => text.replace(/((?:^|[:\-?] |!!binary )[|>])[1-9](?=[-+]?( #.*)?$)/gm, "$1"),
  },
  {
    // Behind a comment of its own, yaml.v3 puts an empty collection at the margin, where it ends the document.
    name: "empty collection at the margin, behind its comment",
    mask: (text) => text.replace(/^ +(?=(\{\}|\[\])$)/gm, ""),
  },
  {
    // sops loses it when it reads its own file; in a file that keeps the layout it is there, and sops prints it like this.
    name: "comment behind an empty collection",
    mask: (text) => text.replace(/([{[])\n(?: *#.*\n)+ *([}\]])$/gm, "$1$2"),
  },
  {
    // sops prints a negative zero of JSON as `-0`, and reads that as the integer 0.
    name: "negative zero of JSON in clear",
    mask: (text) => text.replace(/(?<=^\s*(?:"[^\n]*": )?)-0\.0(?=,?$)/gm, "-0"),
  },
]

/** What makes sops crash while it prints, although conclave opens the file. */
const PANICS: readonly { readonly name: string; readonly format: FormatName; readonly says: RegExp }[] = [
  {
    name: "INI comment with an empty line",
    format: "ini",
    says: /index out of range \[0\] with length 0[\s\S]*ini%2ev1\.\(\*File\)\.writeToBuffer/,
  },
]

export function panicOf(format: FormatName, stderr: string): string | null {
  return PANICS.find((panic) => panic.format === format && panic.says.test(stderr))?.name ?? null
}

/** What a file that keeps its layout opens to otherwise than sops' own: comments alone, never a value. */
export const LAYOUT_DIFFERENCES: readonly Fault[] = [
  {
    // What a comment at the end belongs to depends on its column and on the next key, which is now `sops`.
    name: "comment at another depth",
    mask: (text) => text.replace(/^ +(?=#)/gm, ""),
  },
  {
    // sops copies the comments of an anchor to where an alias was, and loses those behind an opening bracket.
    name: "comments of an anchor or behind a bracket",
    mask: (text) => text.replace(/^#.*\n/gm, ""),
  },
]

/** Equal, equal but for known differences (their names), or different (null). */
export function compareTexts(
  expected: string,
  actual: string,
  allowed: readonly Fault[] = FAULTS,
): { readonly faults: readonly string[] } | null {
  let [theirs, ours] = [expected, actual]
  const faults: string[] = []
  for (const { name, mask } of allowed) {
    if (theirs === ours) break
    const masked = [mask(theirs), mask(ours)] as const
    if (masked[0] === theirs && masked[1] === ours) continue
    ;[theirs, ours] = masked
    faults.push(name)
  }
  return theirs === ours ? { faults } : null
}
