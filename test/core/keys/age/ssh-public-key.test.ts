import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { concat, toBase64 } from "../../../../core/bytes.ts"
import { ConclaveError } from "../../../../core/errors.ts"
import { parseSshPublicKey, readSshPublicKey } from "../../../../core/keys/age/ssh-public-key.ts"
import { writeMpint, writeString } from "../../../../core/keys/age/ssh-wire.ts"
import { sshRecipientText } from "../ssh-vectors.ts"

const ed25519 = sshRecipientText("ed25519")
const [, ed25519Base64 = ""] = ed25519.split(" ")
const rsa = sshRecipientText("rsa-2048")

function line(type: string, ...fields: Uint8Array[]): string {
  return `${type} ${toBase64(concat(writeString(type), ...fields))}`
}

const E = Uint8Array.of(1, 0, 1)
const bits = (count: number) => new Uint8Array(count / 8).fill(0xff)

describe("the text of a public key", () => {
  test.each(["ed25519", "rsa-2048", "rsa-3072-passphrase", "rsa-4096", "rsa-pkcs1", "rsa-pkcs8-passphrase"])(
    "written by ssh-keygen for %s is read, and comes out of its parts the same",
    (name) => {
      const text = sshRecipientText(name)
      const key = parseSshPublicKey(text)
      expect(text).toContain(`${key.type} ${toBase64(key.blob)} `)
    },
  )

  test.each([
    ["white space around it", ` \t${ed25519}\r\n`],
    ["no comment", `ssh-ed25519 ${ed25519Base64}`],
    ["a comment of several words", `ssh-ed25519 ${ed25519Base64} me at home`],
    ["several blanks between", `ssh-ed25519 \t ${ed25519Base64}  x`],
  ])("may have %s", (_, text) => {
    expect(parseSshPublicKey(text).blob).toEqual(parseSshPublicKey(ed25519).blob)
  })

  test.each([
    ["nothing but its type", "ssh-ed25519"],
    ["no base64", "ssh-ed25519 %%%% x"],
    ["base64 with stray bits", `ssh-ed25519 ${toBase64(Uint8Array.of(0)).replace("AA==", "AB==")}`],
    ["base64 that is cut", `ssh-ed25519 ${ed25519Base64.slice(0, -4)}`],
    ["options before it", `restrict ${ed25519}`],
    ["a second line", `${ed25519}\n${ed25519}`],
    ["another type than it says", ed25519.replace("ssh-ed25519", "ssh-rsa")],
    ["a short point", line("ssh-ed25519", writeString(new Uint8Array(31)))],
    ["bytes behind its end", line("ssh-ed25519", writeString(new Uint8Array(32)), Uint8Array.of(0))],
    ["an RSA modulus of 1,024 bits", sshRecipientText("rsa-1024")],
    [
      "an RSA modulus of 2,047 bits",
      line("ssh-rsa", writeMpint(E), writeMpint(concat(Uint8Array.of(0x7f), bits(2040)))),
    ],
    [
      "an RSA modulus of 8,193 bits",
      line("ssh-rsa", writeMpint(E), writeMpint(concat(Uint8Array.of(1), bits(8192)))),
    ],
    ["an even exponent", line("ssh-rsa", writeMpint(Uint8Array.of(4)), writeMpint(bits(2048)))],
    ["an exponent of 1", line("ssh-rsa", writeMpint(Uint8Array.of(1)), writeMpint(bits(2048)))],
    ["a long exponent", line("ssh-rsa", writeMpint(Uint8Array.of(1, 0, 0, 1)), writeMpint(bits(2048)))],
    ["a negative number", line("ssh-rsa", writeMpint(E), writeString(bits(2048)))],
    [
      "a number with a zero too many",
      line("ssh-rsa", writeString(concat(Uint8Array.of(0), E)), writeMpint(bits(2048))),
    ],
    ["a number of no bytes", line("ssh-rsa", writeString(""), writeMpint(bits(2048)))],
  ])("is refused with %s", (_, text) => {
    expect(() => parseSshPublicKey(text)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/malformed|kind/) }),
    )
  })

  test.each([
    ["ecdsa-sha2-nistp256", sshRecipientText("ecdsa")],
    ["ssh-dss", "ssh-dss AAAA"],
    ["sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519@openssh.com AAAA"],
    ["ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519-cert-v01@openssh.com AAAA"],
  ])("of the kind %s is named as one that age cannot use", (kind, text) => {
    expect(() => parseSshPublicKey(text)).toThrow(
      expect.objectContaining({ code: "kind-unsupported", details: { kind } }),
    )
  })

  test("of 2,048 and of 8,192 bits is accepted", () => {
    for (const size of [2048, 8192]) {
      expect(parseSshPublicKey(line("ssh-rsa", writeMpint(E), writeMpint(bits(size)))).type).toBe("ssh-rsa")
    }
  })
})

test("a key on the wire with any byte changed is another key or is refused, and never crashes", () => {
  const { blob } = parseSshPublicKey(rsa)
  fc.assert(
    fc.property(fc.nat(blob.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = blob.slice()
      changed[at] = (changed[at] ?? 0) ^ change
      try {
        expect(readSshPublicKey(changed).blob).toEqual(changed)
      } catch (error) {
        expect(error).toBeInstanceOf(ConclaveError)
      }
    }),
  )
})
