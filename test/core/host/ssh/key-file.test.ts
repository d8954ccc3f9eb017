import { readFileSync } from "node:fs"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { concat, fromBase64, toBase64, toUtf8 } from "../../../../core/bytes.ts"
import { ConclaveError } from "../../../../core/errors.ts"
import { sshIdentity } from "../../../../core/host/ssh/identity.ts"
import { readSshKeyFile } from "../../../../core/host/ssh/key-file.ts"
import type { SshPrivateKey } from "../../../../core/host/ssh/private-key.ts"
import { parseSshPublicKey } from "../../../../core/keys/age/ssh-public-key.ts"
import {
  PASSPHRASE,
  SECRET,
  sshEntry,
  sshKeyBytes,
  sshKeyPath,
  sshRecipientText,
} from "../../keys/ssh-vectors.ts"

const OPEN = ["ed25519", "ed25519-pkcs8", "rsa-2048", "rsa-4096", "rsa-pkcs1", "rsa-pkcs8"]
const LOCKED = [
  "ed25519-passphrase",
  "ed25519-cbc",
  "rsa-3072-passphrase",
  "rsa-pkcs1-passphrase",
  "rsa-pkcs8-passphrase",
]

async function keyOf(name: string, passphrase = PASSPHRASE): Promise<SshPrivateKey> {
  const file = readSshKeyFile(sshKeyBytes(name), name)
  return file.kind === "open" ? file.key : file.unlock(passphrase)
}

/** The container within the PEM of OpenSSH's format, changed. */
function withContainer(name: string, change: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  const text = readFileSync(sshKeyPath(name), "utf8")
  const base64 = text.replace(/-----[^-]+-----/g, "").trim()
  const changed = toBase64(change(fromBase64(base64, "key")))
  return toUtf8(`-----BEGIN OPENSSH PRIVATE KEY-----\n${changed}\n-----END OPENSSH PRIVATE KEY-----\n`)
}

function replaceText(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const at = Buffer.from(bytes).indexOf(from)
  expect(at).toBeGreaterThan(0)
  return concat(bytes.subarray(0, at), toUtf8(to), bytes.subarray(at + from.length))
}

describe("a private key that ssh-keygen or openssl has written", () => {
  test.each([...OPEN, ...LOCKED])("%s opens what real age has encrypted for it", async (name) => {
    const key = await keyOf(name)
    const identity = sshIdentity(name, key.publicKey, async () => key)
    expect(identity.handles(sshEntry(name))).toBe(true)
    expect(await identity.unwrap(sshEntry(name))).toEqual(SECRET)
  })

  test.each(OPEN.filter((name) => name !== "ed25519-pkcs8"))(
    "%s has the public key of its .pub file",
    async (name) => {
      expect((await keyOf(name)).publicKey).toEqual(parseSshPublicKey(sshRecipientText(name)))
    },
  )

  test.each(LOCKED)("%s shows its public key before the passphrase, if its format can", (name) => {
    const file = readSshKeyFile(sshKeyBytes(name), name)
    if (file.kind !== "locked") throw new Error("not locked")
    const inFile = name.startsWith("rsa-pkcs") ? null : parseSshPublicKey(sshRecipientText(name))
    expect(file.publicKey).toEqual(inFile)
  })

  test.each(LOCKED)("%s does not open with another passphrase", async (name) => {
    for (const passphrase of ["", "wrong"]) {
      await expect(keyOf(name, passphrase)).rejects.toMatchObject({
        code: "passphrase-wrong",
        details: { source: name },
      })
    }
  })

  test("is found below other text, and with line ends of Windows", () => {
    const text = readFileSync(sshKeyPath("ed25519"), "utf8")
    for (const variant of [`a note\n${text}`, text.replaceAll("\n", "\r\n")]) {
      expect(readSshKeyFile(toUtf8(variant), "x").kind).toBe("open")
    }
  })
})

describe("a private key is refused by name", () => {
  test.each([
    ["of ECDSA", sshKeyBytes("ecdsa"), "ecdsa-sha2-nistp256 cannot be used with age"],
    ["of X25519", sshKeyBytes("x25519-pkcs8"), "neither of RSA nor of Ed25519"],
    ["of 1,024 bits", sshKeyBytes("rsa-1024"), "1024 bits"],
    ["that is not there", toUtf8(""), "holds no private key"],
    ["that is public", toUtf8(sshRecipientText("ed25519")), "holds no private key"],
    ["that is not text", Uint8Array.of(0xff, 0xfe), "holds no private key"],
    ["that is cut", sshKeyBytes("ed25519").subarray(0, 200), "cannot be used"],
    ["of PEM that is cut", sshKeyBytes("rsa-pkcs1").subarray(0, 200), "not a sound private key"],
    ["whose container is cut", withContainer("ed25519", (bytes) => bytes.subarray(0, -20)), "is cut"],
    [
      "of another format",
      withContainer("ed25519", (bytes) => replaceText(bytes, "key-v1", "key-v2")),
      "not of OpenSSH's format",
    ],
    [
      "whose check numbers differ",
      withContainer("ed25519", (bytes) => flip(bytes, 98)),
      "not a sound private key",
    ],
    [
      "whose padding is wrong",
      withContainer("ed25519", (bytes) => flip(bytes, bytes.length - 1)),
      "wrong padding",
    ],
  ])("%s", (_, bytes, message) => {
    expect(() => readSshKeyFile(bytes, "my key")).toThrow(
      expect.objectContaining({
        code: "identity-invalid",
        message: expect.stringMatching(new RegExp(`^my key .*${message}`)),
      }),
    )
  })

  test.each([
    [
      "encrypted with a cipher that hides nothing from its tag",
      sshKeyBytes("ed25519-gcm"),
      "aes256-gcm@openssh.com",
    ],
    [
      "with another key derivation",
      withContainer("ed25519-passphrase", (bytes) => replaceText(bytes, "bcrypt", "scrypt")),
      "scrypt",
    ],
    [
      "that asks for too much work",
      withContainer("ed25519-passphrase", (bytes) => withRounds(bytes, 4096)),
      "2048 rounds",
    ],
  ])("when it is opened: %s", async (_, bytes, message) => {
    const file = readSshKeyFile(bytes, "my key")
    if (file.kind !== "locked") throw new Error("not locked")
    await expect(file.unlock(PASSPHRASE)).rejects.toMatchObject({
      code: "identity-invalid",
      message: expect.stringContaining(message),
    })
  })
})

test("a key file with any byte of its container changed never crashes, and never becomes another key", () => {
  for (const name of ["ed25519", "rsa-2048"]) {
    const { publicKey } = openKey(sshKeyBytes(name))
    fc.assert(
      fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 255 }), (at, change) => {
        try {
          const bytes = withContainer(name, (all) => flip(all, at % all.length, change))
          expect(openKey(bytes).publicKey).toEqual(publicKey)
        } catch (error) {
          expect(error).toBeInstanceOf(ConclaveError)
          expect(error).toMatchObject({ code: "identity-invalid" })
        }
      }),
    )
  }
})

function openKey(bytes: Uint8Array): SshPrivateKey {
  const file = readSshKeyFile(bytes, "my key")
  if (file.kind !== "open") throw new ConclaveError("identity-invalid", "locked", { source: "my key" })
  return file.key
}

function flip(bytes: Uint8Array, at: number, change = 0x55): Uint8Array {
  const changed = bytes.slice()
  changed[at] = (changed[at] ?? 0) ^ change
  return changed
}

/** The key derivation's options are a salt of 16 bytes and the rounds, and stand behind its name. */
function withRounds(bytes: Uint8Array, rounds: number): Uint8Array {
  const changed = bytes.slice()
  const at = Buffer.from(bytes).indexOf("bcrypt") + "bcrypt".length + 4 + 4 + 16
  new DataView(changed.buffer).setUint32(at, rounds)
  return changed
}
