/**
 * The SSH keys among the places where identities are looked for: a file, or
 * what a command prints. A file's passphrase is asked for when an entry is
 * wrapped for its key, and not before.
 */

import { fromUtf8, wipe } from "../../bytes.ts"
import { ConclaveError, hasCode } from "../../errors.ts"
import { isSameKey, parseSshPublicKey, type SshPublicKey } from "../../keys/age/ssh-public-key.ts"
import type { Identity } from "../../keys/identity.ts"
import { readInput } from "../files.ts"
import { sshIdentity } from "../ssh/identity.ts"
import { readSshKeyFile, type SshKeyFile } from "../ssh/key-file.ts"
import type { SshPrivateKey } from "../ssh/private-key.ts"
import { type AskPassphrase, askUntilOpen } from "./passphrase.ts"

/** A key of 8,192 bits takes 7,000 bytes. */
const MAX_KEY_FILE_SIZE = 1 << 20

/**
 * The identity in a private key file.
 *
 * @param unlockFailed - Told why the passphrase did not come or did not fit;
 * the entry then fails for the same reason.
 * @throws {@link ConclaveError} if it cannot be read, or is no key that age can
 * use; also if it is behind a passphrase and only `<path>.pub` could say whose
 * key it is, and does not.
 */
export async function sshFileIdentity(
  path: string,
  ask: AskPassphrase,
  unlockFailed: (error: unknown) => void,
): Promise<Identity> {
  // Also a pipe: `SOPS_AGE_SSH_PRIVATE_KEY_FILE=<(command)` works in sops.
  const bytes = await readInput(path, MAX_KEY_FILE_SIZE, { streams: true })
  const file = readSshKeyFile(bytes, path)
  wipe(bytes)
  if (file.kind === "open") return openIdentity(path, file.key)
  const publicKey = file.publicKey ?? (await readPublicFile(path))
  let key: Promise<SshPrivateKey> | undefined
  const open = (): Promise<SshPrivateKey> => {
    key ??= unlock(file, publicKey, path, ask).catch((error: unknown) => {
      unlockFailed(error)
      throw error
    })
    return key
  }
  return { ...sshIdentity(path, publicKey, open), unlock: () => succeeds(open()) }
}

/** A failure has been told where it belongs. */
function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  )
}

/**
 * The identity that a command has printed; wipes the bytes.
 *
 * @throws {@link ConclaveError} `identity-invalid`, also if it is behind a
 * passphrase: a command is there so that nobody need be asked.
 */
export function sshPrintedIdentity(bytes: Uint8Array, name: string): Identity {
  const file = readSshKeyFile(bytes, name)
  wipe(bytes)
  if (file.kind === "open") return openIdentity(name, file.key)
  throw new ConclaveError("identity-invalid", `the key that ${name} prints is behind a passphrase`, {
    source: name,
  })
}

function openIdentity(source: string, key: SshPrivateKey): Identity {
  return sshIdentity(source, key.publicKey, async () => key)
}

async function unlock(
  file: SshKeyFile & { kind: "locked" },
  publicKey: SshPublicKey,
  path: string,
  ask: AskPassphrase,
): Promise<SshPrivateKey> {
  const key = await askUntilOpen(path, ask, file.unlock)
  if (isSameKey(key.publicKey, publicKey)) return key
  throw new ConclaveError("identity-invalid", `${path} and ${path}.pub are not halves of one key`, {
    source: path,
  })
}

async function readPublicFile(path: string): Promise<SshPublicKey> {
  const file = `${path}.pub`
  try {
    return parseSshPublicKey(fromUtf8(await readInput(file, MAX_KEY_FILE_SIZE)) ?? "")
  } catch (error) {
    if (!(error instanceof ConclaveError)) throw error
    const reason = hasCode(error, "read-failed") ? error.message : `${file}: ${error.message}`
    throw new ConclaveError(
      "identity-invalid",
      `${path} is behind a passphrase, and whose key it is cannot be seen: ${reason}`,
      { source: path },
      { cause: error },
    )
  }
}
