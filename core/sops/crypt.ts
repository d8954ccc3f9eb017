/**
 * Encrypts and decrypts the values of a whole tree and computes its MAC.
 *
 * The MAC is SHA-512 over the bytes of every leaf in document order, encrypted
 * ones by their plaintext, comments never; with `mac_only_encrypted` only over
 * the leaves that the rule encrypts, behind a fixed prefix. As upper-case hex
 * it is stored encrypted, with `lastmodified` as AAD (getsops/sops `sops.go`).
 */

import { equalBytes, toUtf8 } from "../bytes.ts"
import type { Cipher, CipherKey } from "../cipher/cipher.ts"
import { ConclaveError } from "../errors.ts"
import type { IvStash } from "./iv-stash.ts"
import { serializeScalar, str } from "./scalar.ts"
import type { Selection } from "./selection.ts"
import type { Comment, Leaf, Tree } from "./tree.ts"
import { decryptValue, encryptValue, isEncryptedValue } from "./value.ts"
import { mapLeaves, type Place } from "./walk.ts"

/** SHA-256 of `sops`: makes a MAC over encrypted values only differ from one over all. */
const MAC_ONLY_ENCRYPTED_PREFIX = Uint8Array.from([
  0x8a, 0x3f, 0xd2, 0xad, 0x54, 0xce, 0x66, 0x52, 0x7b, 0x10, 0x34, 0xf3, 0xd1, 0x47, 0xbe, 0x0b, 0x0b, 0x97,
  0x5b, 0x3b, 0xf4, 0x4f, 0x72, 0xc6, 0xfd, 0xad, 0xec, 0x81, 0x76, 0xf2, 0x7d, 0x69,
])

export type CryptContext = {
  readonly cipher: Cipher
  readonly key: CipherKey
  readonly selection: Selection
  readonly macOnlyEncrypted: boolean
  /** Filled while decrypting, drawn from while encrypting. */
  readonly stash?: IvStash
}

/** Something the reader should know; the document is whole all the same. */
export type Notice = {
  /** `comment-clear`: a comment that the rule encrypts stands in clear. `comment-unreadable`: one does not open at its place. */
  readonly code: "comment-clear" | "comment-unreadable"
  readonly at: string
}

/** `mac` is the digest's upper-case hex, 128 characters, still to be encrypted or compared. */
export type Crypted = { readonly tree: Tree; readonly mac: string; readonly notices: readonly Notice[] }

/**
 * Encrypts what the rule selects.
 *
 * @param listComments - How an encrypted comment in a list is carried: as an
 * item of the list (canonical, as sops does) or as a comment in its place.
 * @throws {@link ConclaveError} `comment-ambiguous` if an encrypted comment
 * would be taken for the marker of `unencrypted_comment_regex`.
 */
export function encryptTree(tree: Tree, context: CryptContext, listComments: "items" | "in-place"): Crypted {
  const digest = new MacDigest(context)
  const encrypted = mapLeaves(tree, context.selection, (item, place) => {
    if (item.kind === "comment") {
      return place.encrypted ? encryptComment(item, place, context, listComments) : item
    }
    digest.add(item, place)
    if (!place.encrypted) return item
    const iv = context.stash?.take(item, place.aad)
    return { ...encryptValue(context.cipher, context.key, item, place.aad, iv), ...spanOf(item) }
  })
  return { tree: encrypted, mac: digest.finish(), notices: [] }
}

function encryptComment(
  comment: Comment,
  place: Place,
  context: CryptContext,
  listComments: "items" | "in-place",
): Leaf | Comment {
  const { cipher, key, selection } = context
  const plain = { kind: "comment", text: comment.text } as const
  const value = encryptValue(cipher, key, plain, place.aad, context.stash?.take(plain, place.aad))
  const text = value.kind === "str" ? value.text : ""
  if (selection.rule.field === "unencrypted_comment_regex" && selection.matches(text)) {
    throw new ConclaveError(
      "comment-ambiguous",
      "an encrypted comment would match unencrypted_comment_regex: choose an expression that no ciphertext matches",
      { at: place.name() },
    )
  }
  if (place.parent === "list" && listComments === "items" && text !== "")
    return { ...str(text), ...spanOf(comment) }
  return { ...comment, text }
}

/**
 * Decrypts what the rule selects and computes the MAC of the result, which
 * the caller must compare with {@link openMac}.
 *
 * @throws {@link ConclaveError} `malformed` where a ciphertext is expected and
 * something else stands, `not-authentic` where one does not open.
 */
export function decryptTree(tree: Tree, context: CryptContext): Crypted {
  const digest = new MacDigest(context)
  const notices: Notice[] = []
  const decrypted = mapLeaves(tree, context.selection, (item, place) => {
    if (item.kind === "comment") return place.encrypted ? decryptComment(item, place, context, notices) : item
    const plain = place.encrypted ? decryptLeaf(item, place, context) : item
    if (plain.kind !== "comment") digest.add(plain, place)
    return plain
  })
  return { tree: decrypted, mac: digest.finish(), notices }
}

function decryptLeaf(leaf: Leaf, place: Place, context: CryptContext): Leaf | Comment {
  // SOPS never encrypts the empty string, so in its place it proves nothing.
  if (leaf.kind === "str" && leaf.text === "") return leaf
  if (leaf.kind !== "str" && leaf.kind !== "bytes") {
    const at = place.name()
    throw new ConclaveError("malformed", `${at}: the rule says encrypted, but the value stands in clear`, {
      at,
    })
  }
  const { plain, iv } = decryptValue(context.cipher, context.key, leaf, place.aad, () => place.name())
  if (plain.kind === "comment" && place.parent === "map") {
    const at = place.name()
    throw new ConclaveError("malformed", `${at}: a comment stands where a value is expected`, { at })
  }
  context.stash?.remember(plain, place.aad, iv)
  return { ...plain, ...spanOf(leaf) }
}

function decryptComment(comment: Comment, place: Place, context: CryptContext, notices: Notice[]): Comment {
  if (comment.text === "") return comment
  if (!isEncryptedValue(comment.text)) {
    notices.push({ code: "comment-clear", at: place.name() })
    return comment
  }
  try {
    const { plain, iv } = decryptValue(context.cipher, context.key, str(comment.text), place.aad, () =>
      place.name(),
    )
    if (plain.kind === "comment") {
      context.stash?.remember(plain, place.aad, iv)
      // Not `inline` any more, as in SOPS: printed anew it stands above the item that it was behind.
      return { kind: "comment", text: plain.text, ...spanOf(comment) }
    }
  } catch (error) {
    // As in SOPS a comment that was moved does not lock the file; it stays ciphertext and is reported.
    if (!(error instanceof ConclaveError)) throw error
  }
  notices.push({ code: "comment-unreadable", at: place.name() })
  return comment
}

function spanOf(item: Leaf | Comment): Pick<Comment, "span"> {
  return item.span === undefined ? {} : { span: item.span }
}

class MacDigest {
  readonly #hash
  readonly #onlyEncrypted: boolean

  constructor(context: CryptContext) {
    this.#hash = context.cipher.createSha512()
    this.#onlyEncrypted = context.macOnlyEncrypted
    if (this.#onlyEncrypted) this.#hash.update(MAC_ONLY_ENCRYPTED_PREFIX)
  }

  add(leaf: Leaf, place: Place): void {
    if (place.encrypted || !this.#onlyEncrypted) this.#hash.update(serializeScalar(leaf))
  }

  finish(): string {
    let hex = ""
    for (const byte of this.#hash.digest()) hex += byte.toString(16).padStart(2, "0")
    return hex.toUpperCase()
  }
}

/**
 * The text for the `mac` field.
 *
 * @param lastModified - RFC 3339 with whole seconds: the AAD.
 */
export function sealMac(mac: string, lastModified: string, context: CryptContext): string {
  const iv = context.stash?.take(str(mac), macAad(lastModified))
  const sealed = encryptValue(context.cipher, context.key, str(mac), lastModified, iv)
  return sealed.kind === "str" ? sealed.text : ""
}

/**
 * Compares a computed MAC with the stored one, in constant time.
 *
 * @throws {@link ConclaveError} `mac-missing` if none is stored,
 * `not-authentic` or `malformed` if it does not open, `mac-mismatch` if it
 * says otherwise.
 */
export function verifyMac(mac: string, stored: string, lastModified: string, context: CryptContext): void {
  if (stored === "") throw new ConclaveError("mac-missing", "the document has no MAC", {})
  const { plain, iv } = decryptValue(context.cipher, context.key, str(stored), lastModified, () => "sops.mac")
  if (plain.kind !== "str" || !equalBytes(toUtf8(plain.text), toUtf8(mac))) {
    throw new ConclaveError("mac-mismatch", "the values do not match their MAC", {})
  }
  context.stash?.remember(plain, macAad(lastModified), iv)
}

/** The stash must not mix up the MAC with a value at a path that reads like a date. */
function macAad(lastModified: string): string {
  return `\0mac\0${lastModified}`
}
