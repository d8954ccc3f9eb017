/** From the point of an Ed25519 public key to the X25519 share of the same key (RFC 7748, section 4.1). */

/** @returns 32 bytes; `null` if `point` is not a point of the curve. */
export async function toMontgomery(point: Uint8Array): Promise<Uint8Array | null> {
  const { ed25519 } = await import("@noble/curves/ed25519.js")
  try {
    return ed25519.utils.toMontgomery(point)
  } catch {
    return null
  }
}
