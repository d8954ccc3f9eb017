/**
 * Bech32 (BIP 173) as age uses it: no limit of length, one case throughout,
 * and the prefix in the case it was written in, so that `AGE-SECRET-KEY-` and
 * `age` stay two different things.
 */

const CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]
const CHECKSUM_LENGTH = 6

const VALUE = new Map(Array.from(CHARSET, (character, value) => [character, value]))

/** Prefix and bytes of a Bech32 text; `null` if a character, the checksum or the padding is wrong. */
export function decodeBech32(text: string): { prefix: string; bytes: Uint8Array } | null {
  const lower = text.toLowerCase()
  if (text !== lower && text !== text.toUpperCase()) return null
  const separator = lower.lastIndexOf("1")
  if (separator < 1 || separator + 1 + CHECKSUM_LENGTH > lower.length) return null

  const groups: number[] = []
  for (const character of lower.slice(separator + 1)) {
    const value = VALUE.get(character)
    if (value === undefined) return null
    groups.push(value)
  }
  const prefix = lower.slice(0, separator)
  if (!/^[!-~]+$/.test(prefix) || !hasChecksum(prefix, groups)) return null

  const bytes = regroup(groups.slice(0, -CHECKSUM_LENGTH))
  return bytes === null ? null : { prefix: text.slice(0, separator), bytes }
}

function hasChecksum(prefix: string, groups: readonly number[]): boolean {
  const codes = Array.from(prefix, (character) => character.charCodeAt(0))
  let sum = 1
  for (const value of [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...groups]) {
    const top = sum >>> 25
    sum = ((sum & 0x1ffffff) << 5) ^ value
    for (const [bit, generator] of GENERATOR.entries()) if ((top >> bit) & 1) sum ^= generator
  }
  return sum === 1
}

/** Five-bit groups to bytes; fewer than five bits may be left over, and all of them zero. */
function regroup(groups: readonly number[]): Uint8Array | null {
  const bytes = new Uint8Array(Math.floor((groups.length * 5) / 8))
  let size = 0
  let pending = 0
  let bits = 0
  for (const value of groups) {
    pending = ((pending << 5) | value) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes[size++] = (pending >> bits) & 0xff
  }
  return bits >= 5 || (pending & ((1 << bits) - 1)) !== 0 ? null : bytes
}
