/**
 * Where sops prints what does not read back to the same values, and conclave,
 * which otherwise prints the same bytes, does not follow. Each fault masks just
 * the bytes that it changes.
 */

export type Fault = { readonly name: string; readonly mask: (text: string) => string }

export const FAULTS: readonly Fault[] = [
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
]

/** Equal, equal but for a fault (its name), or different (null). */
export function compareTexts(
  expected: string,
  actual: string,
): { readonly faults: readonly string[] } | null {
  let [theirs, ours] = [expected, actual]
  const faults: string[] = []
  for (const { name, mask } of FAULTS) {
    if (theirs === ours) break
    const masked = [mask(theirs), mask(ours)] as const
    if (masked[0] === theirs && masked[1] === ours) continue
    ;[theirs, ours] = masked
    faults.push(name)
  }
  return theirs === ours ? { faults } : null
}
