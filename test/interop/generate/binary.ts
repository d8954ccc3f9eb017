/** Files that are no text: random bytes of any length, text in other encodings, archives' first bytes. */

import { seeded } from "./random.ts"
import { text } from "./words.ts"

export function binaryDocument(seed: number): Uint8Array {
  const random = seeded(seed)
  const kind = random.below(10)
  if (kind === 0) return Buffer.from(text(random), "utf16le")
  if (kind === 1) return Buffer.from(random.times(random.below(200), () => text(random)).join("\n"))
  if (kind === 2)
    return Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, ...random.times(50, () => random.below(256))])
  if (kind === 3) return Buffer.alloc(random.below(100), random.pick([0, 0x0a, 0x20, 0xff]))
  const size = kind === 4 ? random.between(10_000, 60_000) : random.between(1, 500)
  return Buffer.from(random.times(size, () => random.below(256)))
}
