/**
 * Identity files behind a passphrase: an age file, binary or armored, with one
 * scrypt stanza, whose payload is the text of an identity file. `age` and sops
 * read what is written here, and the other way round.
 */

import { concat, fromAscii, fromUtf8, toUtf8, wipe } from "../../bytes.ts"
import { ConclaveError } from "../../errors.ts"
import type { Identity } from "../identity.ts"
import { type AgeFile, parseAgeFile } from "./age-file.ts"
import { decodeArmor, encodeArmor } from "./armor.ts"
import type { AgeEngine } from "./engine.ts"
import { type PluginIdentity, parseAgeIdentities } from "./identity.ts"
import { libraryEngine } from "./library-engine.ts"
import { openOnce } from "./once-cipher.ts"
import { decodeRaw } from "./strict-base64.ts"

/** What age accepts (`scrypt.go`): 4 GiB of memory. */
const MAX_WORK_FACTOR = 22
/** What age writes: 256 MiB, about a second. */
const DEFAULT_WORK_FACTOR = 18
const SCRYPT_LABEL = toUtf8("age-encryption.org/v1/scrypt")
const SALT_SIZE = 16
const BODY_SIZE = 32
/** The beginnings by which sops tells these files from plain ones. */
const BINARY_START = "age-encryption"
const ARMOR_START = "-----BEGIN AGE"

/**
 * scrypt with r = 8, p = 1 and 32 bytes of output: the slow step, which a host
 * may do faster. `salt` is complete; N is 2 to the power of `workFactor`.
 */
export type Scrypt = (passphrase: Uint8Array, salt: Uint8Array, workFactor: number) => Promise<Uint8Array>

export type IdentityFileOptions = {
  readonly engine?: AgeEngine
  readonly scrypt?: Scrypt
  readonly pluginIdentity?: PluginIdentity
}

/** Whether the bytes are an age file, in which identities may be; proves nothing more. */
export function isEncryptedIdentityFile(bytes: Uint8Array): boolean {
  const start = fromAscii(bytes.subarray(0, BINARY_START.length))
  return start === BINARY_START || start === ARMOR_START
}

/**
 * Opens an identity file behind a passphrase.
 *
 * @throws {@link ConclaveError} `passphrase-wrong` if the passphrase is, and
 * `identity-invalid` if the file is broken, asks for more work than age
 * accepts, is not behind a passphrase, or does not hold identities.
 */
export async function openIdentityFile(
  bytes: Uint8Array,
  passphrase: string,
  source: string,
  options: IdentityFileOptions = {},
): Promise<Identity[]> {
  const text = await decryptIdentityFile(bytes, passphrase, source, options.scrypt)
  return parseAgeIdentities(text, source, options)
}

/** The text behind the passphrase, secret; errors as {@link openIdentityFile}. */
export async function decryptIdentityFile(
  bytes: Uint8Array,
  passphrase: string,
  source: string,
  scrypt: Scrypt = portableScrypt,
): Promise<string> {
  const file = parseFile(bytes, source)
  const fileKey = await unwrapFileKey(file, passphrase, source, scrypt)
  const payload = await decryptPayload(file, fileKey, source)
  const text = fromUtf8(payload)
  wipe(payload)
  if (text === null) throw invalid(source, "holds no text")
  return text
}

/**
 * Puts the text of an identity file behind a passphrase.
 *
 * @param workFactor - The power of two of the work; age's own choice is the
 * default, and only a test may want less.
 * @returns The armored age file.
 * @throws {@link ConclaveError} `passphrase-needed` if the passphrase is empty,
 * which age does not accept.
 */
export async function sealIdentityFile(
  text: string,
  passphrase: string,
  workFactor: number = DEFAULT_WORK_FACTOR,
): Promise<string> {
  if (passphrase === "") {
    throw new ConclaveError("passphrase-needed", "an identity file needs a passphrase that is not empty", {
      source: "identity file",
    })
  }
  const { Encrypter } = await import("age-encryption")
  const encrypter = new Encrypter()
  encrypter.setScryptWorkFactor(workFactor)
  encrypter.setPassphrase(passphrase)
  return encodeArmor(await encrypter.encrypt(text))
}

function parseFile(bytes: Uint8Array, source: string): AgeFile {
  try {
    const isArmored = fromAscii(bytes.subarray(0, ARMOR_START.length)) === ARMOR_START
    return parseAgeFile(isArmored ? decodeArmor(fromUtf8(bytes) ?? "") : bytes)
  } catch (cause) {
    throw invalid(source, "is not a sound age file", cause)
  }
}

async function unwrapFileKey(
  file: AgeFile,
  passphrase: string,
  source: string,
  scrypt: Scrypt,
): Promise<Uint8Array> {
  const [stanza, ...others] = file.stanzas
  if (stanza?.type !== "scrypt" || others.length > 0) throw invalid(source, "is not behind a passphrase")
  const [salt, work, ...rest] = stanza.args
  const saltBytes = decodeRaw(salt ?? "")
  if (saltBytes?.length !== SALT_SIZE || rest.length > 0 || stanza.body.length !== BODY_SIZE) {
    throw invalid(source, "has a malformed scrypt stanza")
  }
  if (!/^[1-9][0-9]{0,2}$/.test(work ?? "")) throw invalid(source, "has a malformed scrypt stanza")
  const workFactor = Number(work)
  if (workFactor > MAX_WORK_FACTOR)
    throw invalid(source, `asks for more scrypt work than 2^${MAX_WORK_FACTOR}`)

  const key = await scrypt(toUtf8(passphrase), concat(SCRYPT_LABEL, saltBytes), workFactor)
  const fileKey = await openOnce(key, stanza.body)
  wipe(key)
  if (fileKey !== null) return fileKey
  throw new ConclaveError("passphrase-wrong", `the passphrase does not open ${source}`, { source })
}

async function decryptPayload(file: AgeFile, fileKey: Uint8Array, source: string): Promise<Uint8Array> {
  try {
    return await libraryEngine.openWith(file, fileKey)
  } catch (cause) {
    throw invalid(source, "is not authentic: it has been altered", cause)
  } finally {
    wipe(fileKey)
  }
}

async function portableScrypt(
  passphrase: Uint8Array,
  salt: Uint8Array,
  workFactor: number,
): Promise<Uint8Array> {
  const { scryptAsync } = await import("@noble/hashes/scrypt.js")
  const maxmem = 128 * 8 * (2 ** MAX_WORK_FACTOR + 1)
  return scryptAsync(passphrase, salt, { N: 2 ** workFactor, r: 8, p: 1, dkLen: 32, maxmem })
}

function invalid(source: string, fault: string, cause?: unknown): ConclaveError<"identity-invalid"> {
  return new ConclaveError("identity-invalid", `${source} ${fault}`, { source }, { cause })
}
