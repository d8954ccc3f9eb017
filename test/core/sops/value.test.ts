import { describe, expect, test } from "vitest"
import { concat, fromUtf8, toBase64, toUtf8 } from "#core/bytes.ts"
import { nodeCipher } from "#core/host/node-cipher.ts"
import { type Scalar, str } from "#core/sops/scalar.ts"
import { decryptValue, encryptedType, encryptValue, isEncryptedValue, type Plain } from "#core/sops/value.ts"
import { CIPHERS } from "../../support/ciphers.ts"
import { codeOf, failureOf } from "../../support/failure.ts"
import { UPSTREAM_VECTOR, VALUE_VECTORS, VECTOR_KEY } from "../../support/format-vectors.ts"
import { bool, bytes, comment, float, int, time } from "../../support/trees.ts"

const AAD = "db:password:"
const PLACE = "db.password"
const at = () => PLACE

/** The parts of an encrypted value, for putting it together otherwise. */
function partsOf(text: string) {
  const [, data = "", iv = "", tag = "", type = ""] =
    /^ENC\[AES256_GCM,data:(.*),iv:(.*),tag:(.*),type:(.*)\]$/.exec(text) ?? []
  return { data, iv, tag, type }
}

function textOf(parts: { data: string; iv: string; tag: string; type: string }): string {
  return `ENC[AES256_GCM,data:${parts.data},iv:${parts.iv},tag:${parts.tag},type:${parts.type}]`
}

function textIn(encrypted: Scalar): string {
  if (encrypted.kind !== "str") throw new Error("not carried as text")
  return encrypted.text
}

function flipFirstBit(base64: string): string {
  const raw = Buffer.from(base64, "base64")
  raw[0] = (raw[0] ?? 0) ^ 1
  return raw.toString("base64")
}

describe.each(CIPHERS)("with $name", ({ cipher }) => {
  const key = cipher.importKey(VECTOR_KEY)

  describe("the vectors that sops has accepted", () => {
    test.each(VALUE_VECTORS)("a $name is encrypted to the same text", ({ plain, aad, iv, text }) => {
      expect(encryptValue(cipher, key, plain, aad, iv)).toEqual(str(text))
    })

    test.each(VALUE_VECTORS)("a $name is decrypted, and its IV told", ({ plain, aad, iv, text }) => {
      expect(decryptValue(cipher, key, str(text), aad, at)).toEqual({ plain, iv })
    })

    test("the value of sops' own test opens", () => {
      const upstream = cipher.importKey(UPSTREAM_VECTOR.key)
      const { text, aad, plain, iv } = UPSTREAM_VECTOR
      expect(decryptValue(cipher, upstream, str(text), aad, at)).toEqual({ plain, iv })
      expect(encryptValue(cipher, upstream, plain, aad, iv)).toEqual(str(text))
    })
  })

  describe("a value of each type comes back as it was", () => {
    test.each<[string, Plain, string]>([
      ["a text", str("päss wörd\n"), "str"],
      ["a text that looks encrypted", str("ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]"), "str"],
      ["bytes that are no text", bytes(0xff, 0, 0xfe), "str"],
      ["a NUL", str("\0"), "str"],
      ["the largest integer", int(2n ** 63n - 1n), "int"],
      ["the smallest integer", int(-(2n ** 63n)), "int"],
      ["a negative zero", float(-0), "float"],
      ["the smallest number", float(5e-324), "float"],
      ["infinity", float(Number.NEGATIVE_INFINITY), "float"],
      ["no number", float(Number.NaN), "float"],
      ["false", bool(false), "bool"],
      ["a moment", time("0000-01-01T00:00:00.000000001Z"), "time"],
      ["a comment", comment(" # twice") as Plain, "comment"],
    ])("%s", (_, plain, type) => {
      const encrypted = encryptValue(cipher, key, plain, AAD)
      expect(partsOf(textIn(encrypted)).type).toBe(type)
      expect(decryptValue(cipher, key, encrypted, AAD, at).plain).toEqual(plain)
    })
  })

  test("a fresh IV of 32 bytes is drawn for every value", () => {
    const ivs = Array.from({ length: 50 }, () => {
      const text = textIn(encryptValue(cipher, key, str("same"), AAD))
      return Buffer.from(partsOf(text).iv, "base64")
    })
    expect(new Set(ivs.map(String)).size).toBe(50)
    expect(new Set(ivs.map((iv) => iv.length))).toEqual(new Set([32]))
  })

  test("the empty text and the empty comment stay in clear, as in SOPS", () => {
    expect(encryptValue(cipher, key, str(""), AAD)).toEqual(str(""))
    expect(encryptValue(cipher, key, bytes(), AAD)).toEqual(str(""))
    expect(encryptValue(cipher, key, comment("") as Plain, AAD)).toEqual(str(""))
  })

  describe("what sops tolerates, opens", () => {
    const text = textIn(encryptValue(cipher, key, str("secret"), AAD))
    const parts = partsOf(text)

    test("text behind the bracket", () => {
      expect(decryptValue(cipher, key, str(`${text} and more`), AAD, at).plain).toEqual(str("secret"))
    })

    test("line breaks within base64", () => {
      const broken = textOf({ ...parts, iv: `${parts.iv.slice(0, 9)}\r\n${parts.iv.slice(9)}` })
      expect(decryptValue(cipher, key, str(broken), AAD, at).plain).toEqual(str("secret"))
    })

    test.each([8, 12, 16, 33, 128])("an IV of %i bytes", (size) => {
      const iv = new Uint8Array(size).fill(7)
      const sealed = cipher.seal(key, iv, toUtf8("secret"), toUtf8(AAD))
      const short = textOf({
        data: toBase64(sealed.subarray(0, -16)),
        iv: toBase64(iv),
        tag: toBase64(sealed.subarray(-16)),
        type: "str",
      })
      expect(decryptValue(cipher, key, str(short), AAD, at)).toEqual({ plain: str("secret"), iv })
    })

    test("an empty text that very old versions encrypted", () => {
      const iv = new Uint8Array(32).fill(9)
      const tag = cipher.seal(key, iv, new Uint8Array(0), toUtf8(AAD))
      const old = textOf({ data: "", iv: toBase64(iv), tag: toBase64(tag), type: "str" })
      expect(decryptValue(cipher, key, str(old), AAD, at).plain).toEqual(str(""))
    })

    test("the type bytes of ancient writers, as a text", () => {
      const old = textOf({ ...parts, type: "bytes" })
      expect(decryptValue(cipher, key, str(old), AAD, at).plain).toEqual(str("secret"))
    })

    test("another type that the plaintext fits: the type is not authenticated", () => {
      const text = textIn(encryptValue(cipher, key, str("42"), AAD))
      const swapped = textOf({ ...partsOf(text), type: "int" })
      expect(decryptValue(cipher, key, str(swapped), AAD, at).plain).toEqual(int(42))
    })
  })

  describe("an altered or moved value is not authentic", () => {
    const text = textIn(encryptValue(cipher, key, str("secret"), AAD))
    const parts = partsOf(text)
    const cases: [string, string, string][] = [
      ["a bit of the data", textOf({ ...parts, data: flipFirstBit(parts.data) }), AAD],
      ["a bit of the IV", textOf({ ...parts, iv: flipFirstBit(parts.iv) }), AAD],
      ["a bit of the tag", textOf({ ...parts, tag: flipFirstBit(parts.tag) }), AAD],
      ["no data", textOf({ ...parts, data: "" }), AAD],
      ["another path", text, "db:user:"],
      ["a path without its last colon", text, "db:password"],
    ]

    test.each(cases)("%s", (_, altered, aad) => {
      const failure = failureOf(() => decryptValue(cipher, key, str(altered), aad, at))
      expect(failure.code).toBe("not-authentic")
      expect(failure.details).toEqual({ at: PLACE })
      expect(failure.message).toContain(PLACE)
      expect(failure.message).not.toMatch(/secret|ENC|AES/)
    })

    test("another data key", () => {
      const other = cipher.importKey(new Uint8Array(32).fill(1))
      expect(codeOf(() => decryptValue(cipher, other, str(text), AAD, at))).toBe("not-authentic")
    })
  })

  describe("what has not the shape is malformed", () => {
    const sealed = cipher.seal(key, new Uint8Array(32).fill(3), toUtf8("secret"), toUtf8(AAD))
    const iv = toBase64(new Uint8Array(32).fill(3))
    const data = toBase64(sealed.subarray(0, -16))
    const tag = sealed.subarray(-16)
    const whole = { data, iv, tag: toBase64(tag), type: "str" }

    test.each<[string, string]>([
      ["a tag of 4 bytes", textOf({ ...whole, tag: toBase64(tag.subarray(0, 4)) })],
      ["a tag of 12 bytes", textOf({ ...whole, tag: toBase64(tag.subarray(0, 12)) })],
      ["a tag of 15 bytes", textOf({ ...whole, tag: toBase64(tag.subarray(0, 15)) })],
      ["a tag of 17 bytes", textOf({ ...whole, tag: toBase64(concat(tag, Uint8Array.of(0))) })],
      [
        "a tag whose first byte stands with the data",
        textOf({
          ...whole,
          data: toBase64(concat(sealed.subarray(0, -16), tag.subarray(0, 1))),
          tag: toBase64(tag.subarray(1)),
        }),
      ],
      ["no tag", textOf({ ...whole, tag: "" })],
      ["no IV", textOf({ ...whole, iv: "" })],
      ["an IV of 7 bytes", textOf({ ...whole, iv: toBase64(new Uint8Array(7)) })],
      ["an IV of 129 bytes", textOf({ ...whole, iv: toBase64(new Uint8Array(129)) })],
      ["an IV of padding only", textOf({ ...whole, iv: "====" })],
      ["an IV of line breaks only", textOf({ ...whole, iv: "\n" })],
      ["data that are not base64", textOf({ ...whole, data: "*" })],
      ["data without padding", textOf({ ...whole, data: data.replaceAll("=", "").slice(0, 7) })],
      ["URL-safe base64", textOf({ ...whole, iv: iv.replace(/^.../, "-_-") })],
      ["no type", textOf({ ...whole, type: "" })],
      ["an unknown type", textOf({ ...whole, type: "foo" })],
      ["the type in capitals", textOf({ ...whole, type: "STR" })],
      ["a type that the plaintext does not fit", textOf({ ...whole, type: "int" })],
      ["a prototype's name as type", textOf({ ...whole, type: "constructor" })],
      ["no bracket", textOf(whole).slice(0, -1)],
      ["another cipher", textOf(whole).replace("AES256", "AES128")],
      ["a blank before it", ` ${textOf(whole)}`],
      ["plaintext", "secret"],
      ["nothing", ""],
    ])("%s", (_, text) => {
      const failure = failureOf(() => decryptValue(cipher, key, str(text), AAD, at))
      expect(failure).toMatchObject({ code: "malformed", details: { at: PLACE } })
      expect(failure.message).not.toContain("secret")
    })

    test("a number where a ciphertext stands", () => {
      expect(codeOf(() => decryptValue(cipher, key, int(1), AAD, at))).toBe("malformed")
    })

    test("a comment that is not UTF-8", () => {
      const odd = cipher.seal(key, new Uint8Array(32), Uint8Array.of(0xff), toUtf8(AAD))
      const text = textOf({
        data: toBase64(odd.subarray(0, -16)),
        iv: toBase64(new Uint8Array(32)),
        tag: toBase64(odd.subarray(-16)),
        type: "comment",
      })
      expect(codeOf(() => decryptValue(cipher, key, str(text), AAD, at))).toBe("malformed")
    })
  })

  test("the place is only named when something is wrong", () => {
    const encrypted = encryptValue(cipher, key, str("secret"), AAD)
    const never = () => {
      throw new Error("asked for the place")
    }
    expect(decryptValue(cipher, key, encrypted, AAD, never).plain).toEqual(str("secret"))
  })
})

describe("the outer shape", () => {
  test.each([
    ["ENC[AES256_GCM,data:,iv:a,tag:b,type:str]", "str"],
    ["ENC[AES256_GCM,data:x,iv:a,tag:b,type:comment] behind", "comment"],
    ["ENC[AES256_GCM,data:x,iv:a,tag:b,type:str", null],
    ["ENC[AES256_GCM,data:x,tag:b,iv:a,type:str]", null],
    ["enc[AES256_GCM,data:x,iv:a,tag:b,type:str]", null],
    ["x ENC[AES256_GCM,data:x,iv:a,tag:b,type:str]", null],
    ["", null],
  ])("of %j is told, and the type that it names", (text, type) => {
    expect(isEncryptedValue(text)).toBe(type !== null)
    expect(encryptedType(str(text))).toBe(type)
  })

  test("a hostile text is judged at once", () => {
    const hostile = `ENC[AES256_GCM,data:${",iv:".repeat(200_000)}`
    const start = performance.now()
    expect(isEncryptedValue(hostile)).toBe(false)
    expect(performance.now() - start).toBeLessThan(500)
  })
})

describe("a value too long for a string", () => {
  const size = 32 * 1024 * 1024 + 1

  test("is carried as bytes of the same text, and opens", () => {
    const key = nodeCipher.importKey(VECTOR_KEY)
    const content = new Uint8Array(size).fill(0xc3)
    const encrypted = encryptValue(nodeCipher, key, { kind: "bytes", bytes: content }, "data:")
    if (encrypted.kind !== "bytes") throw new Error("not carried as bytes")
    expect(fromUtf8(encrypted.bytes.subarray(0, 20))).toBe("ENC[AES256_GCM,data:")
    expect(fromUtf8(encrypted.bytes.subarray(-10))).toBe(",type:str]")
    expect(encryptedType(encrypted)).toBe("str")
    const { plain } = decryptValue(nodeCipher, key, encrypted, "data:", at)
    if (plain.kind !== "bytes") throw new Error("not bytes")
    expect(Buffer.compare(plain.bytes, content)).toBe(0)

    const cut = { kind: "bytes", bytes: encrypted.bytes.subarray(0, -200) } as const
    expect(codeOf(() => decryptValue(nodeCipher, key, cut, "data:", at))).toBe("malformed")
    encrypted.bytes[1000] = (encrypted.bytes[1000] as number) === 65 ? 66 : 65
    expect(codeOf(() => decryptValue(nodeCipher, key, encrypted, "data:", at))).toBe("not-authentic")
  })
})
