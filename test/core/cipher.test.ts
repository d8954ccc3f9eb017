import { inspect } from "node:util"
import { describe, expect, test } from "vitest"
import { toUtf8 } from "#core/bytes.ts"
import { TAG_SIZE } from "#core/cipher/cipher.ts"
import { pureCipher } from "#core/cipher/pure-cipher.ts"
import { nodeCipher } from "#core/host/node-cipher.ts"
import { CIPHERS } from "../support/ciphers.ts"

const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"))
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex")
const EMPTY = new Uint8Array(0)

/** Of "The Galois/Counter Mode of Operation" (McGrew, Viega), appendix B: cases 13 to 18, with AES-256. */
const KEY = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
const PLAINTEXT =
  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72" +
  "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
const AAD = "feedfacedeadbeeffeedfacedeadbeefabaddad2"
const GCM = [
  {
    name: "nothing",
    key: "00".repeat(32),
    iv: "00".repeat(12),
    plaintext: "",
    aad: "",
    sealed: "530f8afbc74536b9a963b4f1c4cb738b",
  },
  {
    name: "a block of zeros",
    key: "00".repeat(32),
    iv: "00".repeat(12),
    plaintext: "00".repeat(16),
    aad: "",
    sealed: "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
  },
  {
    name: "an IV of 12 bytes",
    key: KEY,
    iv: "cafebabefacedbaddecaf888",
    plaintext: PLAINTEXT,
    aad: AAD,
    sealed:
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa" +
      "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" +
      "76fc6ece0f4e1768cddf8853bb2d551b",
  },
  {
    name: "an IV of 8 bytes",
    key: KEY,
    iv: "cafebabefacedbad",
    plaintext: PLAINTEXT,
    aad: AAD,
    sealed:
      "c3762df1ca787d32ae47c13bf19844cbaf1ae14d0b976afac52ff7d79bba9de0" +
      "feb582d33934a4f0954cc2363bc73f7862ac430e64abe499f47c9b1f" +
      "3a337dbf46a792c45e454913fe2ea8f2",
  },
]

describe.each(CIPHERS)("$name", ({ cipher }) => {
  test.each(GCM)("seals and opens $name as the specification does", ({ key, iv, plaintext, aad, sealed }) => {
    const imported = cipher.importKey(hex(key))
    expect(toHex(cipher.seal(imported, hex(iv), hex(plaintext), hex(aad)))).toBe(sealed)
    const opened = cipher.open(imported, hex(iv), hex(sealed), hex(aad))
    expect(opened === null ? null : toHex(opened)).toBe(plaintext)
  })

  test.each([
    ["", "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"],
    ["abc", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"],
  ])("computes SHA-512 of %j", (text, start) => {
    const hash = cipher.createSha512()
    for (const unit of text) hash.update(toUtf8(unit))
    const digest = hash.digest()
    expect(digest).toHaveLength(64)
    expect(toHex(digest).slice(0, 64)).toBe(start)
  })

  test("gives null for every altered bit of a short message", () => {
    const key = cipher.importKey(hex(KEY))
    const iv = new Uint8Array(32).fill(5)
    const aad = toUtf8("a:")
    const sealed = cipher.seal(key, iv, toUtf8("hi"), aad)
    expect(sealed).toHaveLength(2 + TAG_SIZE)
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const altered = sealed.slice()
      altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7))
      expect(cipher.open(key, iv, altered, aad)).toBeNull()
    }
    expect(cipher.open(key, iv, sealed, toUtf8("b:"))).toBeNull()
    expect(
      cipher.open(
        key,
        iv.map((byte) => byte ^ 1),
        sealed,
        aad,
      ),
    ).toBeNull()
    expect(cipher.open(cipher.importKey(new Uint8Array(32)), iv, sealed, aad)).toBeNull()
  })

  test("changes none of its arguments", () => {
    const key = cipher.importKey(hex(KEY))
    const iv = new Uint8Array(32).fill(5)
    const plaintext = toUtf8("text")
    const sealed = cipher.seal(key, iv, plaintext, EMPTY)
    const copy = sealed.slice()
    cipher.open(key, iv, sealed, EMPTY)
    cipher.open(key, iv, sealed, toUtf8("other"))
    expect([...sealed]).toEqual([...copy])
    expect([...plaintext]).toEqual([...toUtf8("text")])
    expect(new Set(iv)).toEqual(new Set([5]))
  })

  test("hands out plain byte arrays, whose slices are copies", () => {
    const key = cipher.importKey(hex(KEY))
    const sealed = cipher.seal(key, new Uint8Array(32), toUtf8("text"), EMPTY)
    const made = [sealed, cipher.open(key, new Uint8Array(32), sealed, EMPTY), cipher.createSha512().digest()]
    expect(made.map((bytes) => bytes?.constructor)).toEqual([Uint8Array, Uint8Array, Uint8Array])
  })

  describe("a key", () => {
    test("keeps a copy: the caller may wipe its own bytes", () => {
      const own = hex(KEY)
      const key = cipher.importKey(own)
      own.fill(0)
      const sealed = cipher.seal(key, new Uint8Array(32), EMPTY, EMPTY)
      expect(cipher.open(cipher.importKey(hex(KEY)), new Uint8Array(32), sealed, EMPTY)).toEqual(EMPTY)
    })

    test("is copied out of a Buffer too, whose own slice would share memory", () => {
      const own = Buffer.from(KEY, "hex")
      const key = cipher.importKey(own)
      key.destroy()
      expect(own.toString("hex")).toBe(KEY)
    })

    test("shows nothing of itself", () => {
      const key = cipher.importKey(hex(KEY))
      const shown = [JSON.stringify(key), String(key), inspect(key, { depth: 9, showHidden: true })].join(" ")
      expect(shown).not.toMatch(/feff|254|255|\/v\/p/)
      expect(Object.keys(key)).toEqual([])
    })

    test("throws once it is destroyed, and does not seal under zeros", () => {
      const key = cipher.importKey(hex(KEY))
      const sealed = cipher.seal(key, new Uint8Array(32), EMPTY, EMPTY)
      key.destroy()
      key.destroy()
      expect(() => cipher.seal(key, new Uint8Array(32), EMPTY, EMPTY)).toThrow("destroyed")
      expect(() => cipher.open(key, new Uint8Array(32), sealed, EMPTY)).toThrow("destroyed")
    })

    test("of another cipher is a bug, not a wrong key", () => {
      const other = cipher === pureCipher ? nodeCipher : pureCipher
      const key = other.importKey(hex(KEY))
      expect(() => cipher.seal(key, new Uint8Array(32), EMPTY, EMPTY)).toThrow("another cipher")
      expect(() => cipher.open(key, new Uint8Array(32), new Uint8Array(16), EMPTY)).toThrow("another cipher")
      const forged = { destroy: () => undefined }
      expect(() => cipher.seal(forged, new Uint8Array(32), EMPTY, EMPTY)).toThrow("another cipher")
    })

    test.each([0, 16, 24, 31, 33])("of %i bytes seals nothing", (size) => {
      const use = () => {
        const key = cipher.importKey(new Uint8Array(size))
        cipher.seal(key, new Uint8Array(32), EMPTY, EMPTY)
      }
      expect(use).toThrow()
    })
  })
})

test("both ciphers give the same bytes, for texts and IVs of many sizes", () => {
  const key = crypto.getRandomValues(new Uint8Array(32))
  const keys = CIPHERS.map(({ cipher }) => cipher.importKey(key))
  for (const size of [0, 1, 15, 16, 17, 31, 32, 33, 255, 4096]) {
    for (const ivSize of [8, 12, 16, 31, 32, 128]) {
      const [iv, plaintext, aad] = [ivSize, size, size % 21].map((n) =>
        crypto.getRandomValues(new Uint8Array(n)),
      )
      const [ours, theirs] = CIPHERS.map(({ cipher }, i) =>
        toHex(
          cipher.seal(
            keys[i] as (typeof keys)[number],
            iv as Uint8Array,
            plaintext as Uint8Array,
            aad as Uint8Array,
          ),
        ),
      )
      expect(ours).toBe(theirs)
    }
  }
})
