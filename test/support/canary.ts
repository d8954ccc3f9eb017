/**
 * Secrets whose traces can be looked for: in clear, in base64 at each of its
 * three alignments, in hex; whole, or any eight characters of them.
 */

const PIECE = 8

export class Canaries {
  readonly #pieces = new Map<string, string>()

  /** @param name - What a finding is called. */
  add(name: string, secret: string | Uint8Array): void {
    const bytes = Buffer.from(secret as Uint8Array)
    const hex = bytes.toString("hex")
    const spellings = [hex, hex.toUpperCase(), ...base64Spellings(bytes)]
    // Bytes of a key are not looked for as text: eight of them are rarely printable.
    if (typeof secret === "string") spellings.push(secret)
    for (const spelling of spellings) {
      for (let at = 0; at + PIECE <= spelling.length; at++) {
        this.#pieces.set(spelling.slice(at, at + PIECE), name)
      }
    }
  }

  /** What is found in `text`: the names, each once. */
  tracesIn(text: string): string[] {
    const found = new Set<string>()
    for (let at = 0; at + PIECE <= text.length; at++) {
      const name = this.#pieces.get(text.slice(at, at + PIECE))
      if (name !== undefined) found.add(name)
    }
    return [...found]
  }
}

/** The same bytes begin at another bit of a digit when one or two others stand before them. */
function base64Spellings(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64url")
    // Digits that hold bits of neighbours too.
    return text
      .slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
      .replaceAll("-", "+")
      .replaceAll("_", "/")
  })
}
