/**
 * A leaf's value and its two texts: the bytes that SOPS encrypts and feeds to
 * the MAC, and back. Types as in getsops/sops `aes/cipher.go` and `ToBytes`.
 *
 * A string is the bytes it is: `str` holds text, `bytes` the same SOPS type
 * for contents that are not UTF-8 (binary files, odd dotenv values). Int and
 * float are distinct kinds, since 2 and 2.0 print differently.
 */

/** A leaf. `text` of a time is canonical RFC 3339 with up to 9 fractional digits. */
export type Scalar =
  | { readonly kind: "str"; readonly text: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "time"; readonly text: string }

export function str(text: string): Scalar {
  return { kind: "str", text }
}
