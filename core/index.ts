/**
 * The core library's face: what a program needs to read and write SOPS files
 * without conclave's command line. Pure: the same bundle runs in Node, in
 * Electron and in a browser; on Node pass `core/host/node-cipher.ts` for speed.
 */

export type { Cipher, CipherKey, Sha512 } from "./cipher/cipher.ts"
export { pureCipher } from "./cipher/pure-cipher.ts"
export type { Clock } from "./clock.ts"
export { decryptDocument, unwrapDocument } from "./document/decrypt.ts"
export { type EncryptedDocument, parseDocument, printDocument } from "./document/document.ts"
export { type EncryptOptions, encryptDocument } from "./document/encrypt.ts"
export { type Attempt, ConclaveError, type ErrorCode, type ErrorDetails, hasCode } from "./errors.ts"
export type { Format, FormatName, PrintOptions } from "./formats/format.ts"
export { formatNamed } from "./formats/registry.ts"
export { formatFor } from "./formats/select.ts"
export { generateAgeIdentity } from "./keys/age/generate.ts"
export { parseAgeIdentities } from "./keys/age/identity.ts"
export { parseAgeRecipient } from "./keys/age/recipient.ts"
export type { Identity } from "./keys/identity.ts"
export type { KeyEntry, KeyGroup, KeyKind } from "./keys/key-entry.ts"
export type { Recipient } from "./keys/recipient.ts"
export { findNode, formatKeyPath, parseKeyPath } from "./sops/key-path.ts"
export type { Metadata } from "./sops/metadata.ts"
export { DEFAULT_RULE, type SelectionRule } from "./sops/selection.ts"
export type { Comment, Entry, KeyPath, Leaf, ListNode, MapNode, Node, Tree } from "./sops/tree.ts"
