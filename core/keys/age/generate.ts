/** New age key pairs, as `age-keygen` makes them. */

/** `identity` is secret (`AGE-SECRET-KEY-…`), `recipient` is not (`age1…`). */
export type AgeKeyPair = { readonly identity: string; readonly recipient: string }

/**
 * Generates an X25519 key pair, or a hybrid one that also withstands a quantum
 * computer; its recipient has 1,959 characters.
 */
export async function generateAgeIdentity(
  options: { readonly postQuantum?: boolean } = {},
): Promise<AgeKeyPair> {
  const age = await import("age-encryption")
  const identity = options.postQuantum
    ? await age.generateHybridIdentity()
    : await age.generateX25519Identity()
  return { identity, recipient: await age.identityToRecipient(identity) }
}
