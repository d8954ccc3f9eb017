/** Dotenv files as bytes: everything that sops takes verbatim (quotes, blanks, `export`), comments, CR, bytes that are not UTF-8. */

import { type Random, seeded } from "./random.ts"
import { line, name, remark, text } from "./words.ts"

export function dotenvDocument(seed: number): Uint8Array {
  const random = seeded(seed)
  const lines = random.times(random.between(1, 10), () => dotenvLine(random))
  const newline = random.chance(0.02) ? "\r\n" : "\n"
  return Buffer.concat([...lines.flatMap((part) => [part, Buffer.from(newline)]), ...unfinished(random)])
}

function unfinished(random: Random): Buffer[] {
  return random.chance(0.2) ? [Buffer.from(`LAST=${line(random)}`)] : []
}

function dotenvLine(random: Random): Buffer {
  const kind = random.below(20)
  if (kind < 3) return Buffer.from(`#${remark(random)}`)
  if (kind === 3) return Buffer.alloc(0)
  if (kind === 4) return Buffer.concat([Buffer.from("BYTES="), Buffer.from([0xff, 0xfe, 0x80, 0x41])])
  return Buffer.from(`${dotenvKey(random)}=${dotenvValue(random)}`)
}

function dotenvKey(random: Random): string {
  const kind = random.below(20)
  const plain = name(random).toUpperCase()
  if (kind === 0) return `export ${plain}`
  if (kind === 1) return `${plain} `
  if (kind === 2) return ` ${plain}`
  if (kind === 3) return random.pick(["", "a b", "ümlaut", "a.b-c", "sops", "SOPS_X", "x:y", "_"])
  return plain
}

function dotenvValue(random: Random): string {
  const kind = random.below(10)
  if (kind === 0) return ""
  if (kind === 1) return `"${line(random)}"`
  if (kind === 2) return `'${line(random)}' # kept`
  if (kind === 3)
    return random.pick(["one\\ntwo", "\\n", "a\\\\nb", "a\\tb", "\\", "x=y=z", " lead", "trail ", "\ttab"])
  return text(random).replaceAll("\n", "\\n")
}
