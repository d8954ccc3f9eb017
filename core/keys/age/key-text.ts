/**
 * The texts of age's own keys (age spec, "X25519" and "hybrid"):
 * `age1…` and `AGE-SECRET-KEY-1…`, 32 bytes each, and the post-quantum
 * `age1pq1…` (1216 bytes) and `AGE-SECRET-KEY-PQ-1…` (a seed of 32). A
 * recipient is lower case, an identity upper case, as age wants it.
 */

import { decodeBech32 } from "./bech32.ts"

export type AgeAlgorithm = "x25519" | "hybrid"

/** A recipient that can be wrapped to: nothing secret. */
export type AgeRecipientKey = {
  readonly algorithm: AgeAlgorithm
  readonly text: string
  readonly bytes: Uint8Array
}

declare const secret: unique symbol

/** Secret, bytes and text alike. Only {@link decodeIdentityKey} makes one. */
export type AgeIdentityKey = {
  readonly algorithm: AgeAlgorithm
  readonly text: string
  readonly bytes: Uint8Array
  readonly [secret]: true
}

/** The type of the stanzas that each algorithm makes and opens. */
export const STANZA_TYPE = {
  x25519: "X25519",
  hybrid: "mlkem768x25519",
} as const satisfies Record<AgeAlgorithm, string>

const KEY_SIZE = 32
const HYBRID_RECIPIENT_SIZE = 1216

const RECIPIENTS = new Map([
  ["age", { algorithm: "x25519", size: KEY_SIZE }],
  ["age1pq", { algorithm: "hybrid", size: HYBRID_RECIPIENT_SIZE }],
] as const)

const IDENTITIES = new Map([
  ["AGE-SECRET-KEY-", { algorithm: "x25519", size: KEY_SIZE }],
  ["AGE-SECRET-KEY-PQ-", { algorithm: "hybrid", size: KEY_SIZE }],
] as const)

type Forms = ReadonlyMap<string, { readonly algorithm: AgeAlgorithm; readonly size: number }>

/** The recipient that `text` stands for, if it is one of age's own and sound. */
export function decodeRecipientKey(text: string): AgeRecipientKey | null {
  return decodeKey(text, RECIPIENTS)
}

/** The identity that `text` stands for, if it is one of age's own and sound. */
export function decodeIdentityKey(text: string): AgeIdentityKey | null {
  // The brand exists for the compiler only; this is the one place that grants it.
  return decodeKey(text, IDENTITIES) as AgeIdentityKey | null
}

function decodeKey(text: string, forms: Forms): AgeRecipientKey | null {
  const decoded = decodeBech32(text)
  const form = decoded === null ? undefined : forms.get(decoded.prefix)
  if (decoded === null || decoded.bytes.length !== form?.size) return null
  return { algorithm: form.algorithm, text, bytes: decoded.bytes }
}

/** How a recipient text is spelled, right or wrong: which kind of key could belong to it. */
export type RecipientForm = "native" | "ssh" | "plugin"

/** Judges by the spelling only, as sops does before it parses. */
export function recipientForm(text: string): RecipientForm {
  if (text.startsWith("ssh-")) return "ssh"
  if (text.startsWith("age1") && !text.startsWith("age1pq1") && text.indexOf("1", 4) >= 0) return "plugin"
  return "native"
}
