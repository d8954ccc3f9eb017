import { expect, test } from "vitest"
import { decodeBech32 } from "../../../../core/keys/age/bech32.ts"
import { decodeIdentityKey, decodeRecipientKey, recipientForm } from "../../../../core/keys/age/key-text.ts"
import { identityText, recipientText } from "../vectors.ts"

// BIP 173, "Test vectors".
test.each([
  ["A12UEL5L", "A", 0],
  ["a12uel5l", "a", 0],
  ["11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j", "1", 51],
  ["split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", "split", 30],
])("decodes %s", (text, prefix, size) => {
  const decoded = decodeBech32(text)
  expect(decoded?.prefix).toBe(prefix)
  expect(decoded?.bytes.length).toBe(size)
})

test.each([
  ["an empty text", ""],
  ["no separator", "pzry9x0s0muk"],
  ["an empty prefix", "1pzry9x0s0muk"],
  ["a character outside the alphabet", "x1b4n0q5v"],
  ["a short checksum", "li1dgmt3"],
  ["a wrong checksum", "A1G7SGD8"],
  ["mixed case", "A12uEL5L"],
  ["a control character in the prefix", "\u{20}1nwldj5"],
  ["a character beyond ASCII", "\u{80}1eym55h"],
])("refuses %s", (_, text) => {
  expect(decodeBech32(text)).toBe(null)
})

test("finds every single wrong character of a recipient", () => {
  const text = recipientText("alice")
  for (let at = 4; at < text.length; at++) {
    const other = text[at] === "q" ? "p" : "q"
    expect(decodeRecipientKey(text.slice(0, at) + other + text.slice(at + 1))).toBe(null)
  }
})

test("knows age's four kinds of keys by their prefix and size", () => {
  expect(decodeRecipientKey(recipientText("alice"))).toMatchObject({ algorithm: "x25519" })
  expect(decodeRecipientKey(recipientText("quinn"))).toMatchObject({ algorithm: "hybrid" })
  expect(decodeIdentityKey(identityText("alice"))).toMatchObject({ algorithm: "x25519" })
  expect(decodeIdentityKey(identityText("quinn"))).toMatchObject({ algorithm: "hybrid" })
})

test("takes recipients in lower case and identities in upper case only, and neither for the other", () => {
  expect(decodeRecipientKey(recipientText("alice").toUpperCase())).toBe(null)
  expect(decodeIdentityKey(identityText("alice").toLowerCase())).toBe(null)
  expect(decodeRecipientKey(identityText("alice"))).toBe(null)
  expect(decodeIdentityKey(recipientText("alice"))).toBe(null)
})

test.each([
  ["age1qqq", "native"],
  ["age1pq1qqq", "native"],
  ["age1yubikey1qqq", "plugin"],
  ["ssh-ed25519 AAAA", "ssh"],
  ["ssh-rsa AAAA", "ssh"],
  ["anything", "native"],
])("reads %s as a recipient of the form %s", (text, form) => {
  expect(recipientForm(text)).toBe(form)
})
