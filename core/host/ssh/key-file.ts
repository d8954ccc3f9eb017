/**
 * A file with a private SSH key, behind a passphrase or not: OpenSSH's format,
 * in which the public key is always in clear, or PEM, in which a passphrase
 * hides that too.
 */

import { createPrivateKey } from "node:crypto"
import { fromUtf8, wipe } from "../../bytes.ts"
import { ConclaveError } from "../../errors.ts"
import {
  isOpensshKey,
  type OpensshKey,
  parseOpensshKey,
  parsePrivateSection,
} from "../../keys/age/openssh-key.ts"
import type { SshPublicKey } from "../../keys/age/ssh-public-key.ts"
import { fromKeyObject, type SshPrivateKey, toPrivateKey } from "./private-key.ts"
import { decryptSection } from "./section-cipher.ts"

export type SshKeyFile =
  | { readonly kind: "open"; readonly key: SshPrivateKey }
  | {
      readonly kind: "locked"
      /** `null` where only the passphrase shows it. */
      readonly publicKey: SshPublicKey | null
      /** @throws {@link ConclaveError} `passphrase-wrong`, `identity-invalid` */
      unlock(passphrase: string): Promise<SshPrivateKey>
    }

const PEM = /^-----BEGIN (RSA |ENCRYPTED |)PRIVATE KEY-----\r?$/m
/** RFC 1421, as OpenSSL writes it above the base64. */
const PEM_ENCRYPTED = /^Proc-Type: 4,ENCRYPTED\r?$/m

/**
 * Reads a private key as far as it goes without a passphrase.
 *
 * @param source - What to call the file in messages.
 * @throws {@link ConclaveError} `identity-invalid`
 */
export function readSshKeyFile(bytes: Uint8Array, source: string): SshKeyFile {
  const text = fromUtf8(bytes) ?? ""
  if (isOpensshKey(text)) return named(source, () => openOpenssh(parseOpensshKey(text), source))
  const label = PEM.exec(text)?.[1]
  if (label === undefined) throw invalid(source, "holds no private key that age can use (RSA or Ed25519)")
  if (label === "ENCRYPTED " || PEM_ENCRYPTED.test(text)) {
    return {
      kind: "locked",
      publicKey: null,
      async unlock(passphrase) {
        // OpenSSL cannot tell a wrong passphrase from altered bytes either.
        const key = openPem(text, passphrase)
        if (key === null) throw wrongPassphrase(source)
        return named(source, () => fromKeyObject(key))
      },
    }
  }
  const key = openPem(text)
  if (key === null) throw invalid(source, "is not a sound private key")
  return { kind: "open", key: named(source, () => fromKeyObject(key)) }
}

function openOpenssh(parsed: OpensshKey, source: string): SshKeyFile {
  const { publicKey, section, lock } = parsed
  if (lock === null) {
    const key = openSection(section, publicKey)
    if (key === null) throw invalid(source, "is not a sound private key")
    return { kind: "open", key }
  }
  return {
    kind: "locked",
    publicKey,
    async unlock(passphrase) {
      try {
        const clear = passphrase === "" ? null : await decryptSection(section, lock, passphrase)
        const key = clear === null ? null : openSection(clear, publicKey)
        if (clear !== null) wipe(clear)
        if (key === null) throw wrongPassphrase(source)
        return key
      } catch (error) {
        throw nameFailure(error, source)
      }
    },
  }
}

/** `null` if the section is not in clear: the passphrase was wrong. */
function openSection(section: Uint8Array, publicKey: SshPublicKey): SshPrivateKey | null {
  const secret = parsePrivateSection(section, publicKey)
  return secret === null ? null : toPrivateKey(secret, publicKey)
}

function openPem(text: string, passphrase?: string) {
  try {
    return createPrivateKey({ key: text, format: "pem", ...(passphrase === undefined ? {} : { passphrase }) })
  } catch {
    return null
  }
}

function named<T>(source: string, step: () => T): T {
  try {
    return step()
  } catch (error) {
    throw nameFailure(error, source)
  }
}

/** The parsers do not know the file. */
function nameFailure(error: unknown, source: string): unknown {
  if (
    !(error instanceof ConclaveError) ||
    (error.code !== "malformed" && error.code !== "kind-unsupported")
  ) {
    return error
  }
  return invalid(source, `cannot be used: ${error.message}`, error)
}

function invalid(source: string, fault: string, cause?: unknown): ConclaveError<"identity-invalid"> {
  return new ConclaveError("identity-invalid", `${source} ${fault}`, { source }, { cause })
}

function wrongPassphrase(source: string): ConclaveError<"passphrase-wrong"> {
  return new ConclaveError("passphrase-wrong", `the passphrase does not open ${source}`, { source })
}
