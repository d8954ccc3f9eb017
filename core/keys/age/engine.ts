/**
 * The port for age's cryptography: `library-engine.ts` works everywhere, the
 * host's own does the common case with the platform's primitives. Both meet
 * only files whose stanzas have been checked here.
 */

import { ConclaveError } from "../../errors.ts"
import type { AgeFile } from "./age-file.ts"
import { type AgeAlgorithm, type AgeIdentityKey, type AgeRecipientKey, STANZA_TYPE } from "./key-text.ts"
import type { Stanza } from "./stanza.ts"
import { decodeRaw } from "./strict-base64.ts"

/** age's inner key, 16 bytes of secret: it encrypts one age file, and each stanza wraps it. */
export const FILE_KEY_SIZE = 16

/** Wraps a file key in stanzas of a kind of their own. It must not keep the key. */
export type WrapFileKey = (fileKey: Uint8Array) => Promise<readonly Stanza[]>

export interface AgeEngine {
  /**
   * What makes age files for one recipient, not armored.
   *
   * @throws anything from the returned function, if the recipient's bytes are
   * no key: the caller says whose they are.
   */
  sealerFor(recipient: AgeRecipientKey): (payload: Uint8Array) => Promise<Uint8Array>

  /**
   * What opens age files with one identity, `null` if none of the stanzas is
   * for it. The file must have passed {@link hasStanzaFor}.
   *
   * @throws {@link ConclaveError} `not-authentic` from the returned function,
   * if a stanza opens, but the header or the payload is not what was sealed.
   */
  openerFor(identity: AgeIdentityKey): (file: AgeFile) => Promise<Uint8Array | null>

  /** Makes an age file, not armored, whose file key `wrap` wraps. @throws what `wrap` throws. */
  sealWith(payload: Uint8Array, wrap: WrapFileKey): Promise<Uint8Array>

  /**
   * Opens an age file with its file key.
   *
   * @throws {@link ConclaveError} `not-authentic` if the header or the payload
   * is not what was sealed.
   */
  openWith(file: AgeFile, fileKey: Uint8Array): Promise<Uint8Array>
}

/** Sizes in bytes of a stanza's one argument; each body is a file key of 16 with its tag. */
const SHARE_SIZE = { x25519: 32, hybrid: 1120 } as const satisfies Record<AgeAlgorithm, number>
const BODY_SIZE = 32

/**
 * Whether the file has a stanza that an identity of this algorithm may try.
 *
 * @throws {@link ConclaveError} `malformed` if such a stanza is not of its shape.
 */
export function hasStanzaFor(file: AgeFile, algorithm: AgeAlgorithm): boolean {
  const type = STANZA_TYPE[algorithm]
  const stanzas = file.stanzas.filter((stanza) => stanza.type === type)
  for (const { args, body } of stanzas) {
    const [share, ...rest] = args
    const size = share === undefined ? undefined : decodeRaw(share)?.length
    if (size !== SHARE_SIZE[algorithm] || rest.length > 0 || body.length !== BODY_SIZE) {
      throw new ConclaveError("malformed", `the ${type} stanza of an age file is malformed`, {
        at: `${type} stanza`,
      })
    }
  }
  return stanzas.length > 0
}

/** The failure of a file that is for this identity, and yet does not open. */
export function notAuthentic(part: "header" | "payload" | "file", cause?: unknown): ConclaveError {
  return new ConclaveError(
    "not-authentic",
    `the ${part} of an age file is not authentic`,
    { at: `age ${part}` },
    { cause },
  )
}
