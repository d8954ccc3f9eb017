import { expect, test } from "vitest"
import { parsePluginIdentity, parsePluginRecipient } from "../../../../core/keys/age/plugin-key.ts"
import { OTHER_PAIR, PLUGIN_PAIR } from "../../../plugins/test-plugin.ts"
import { identityText, recipientText } from "../vectors.ts"

test("the texts of a plugin's keys name it in lower case", () => {
  for (const { recipient, identity } of [PLUGIN_PAIR, OTHER_PAIR]) {
    expect(parsePluginRecipient(recipient)).toEqual({ plugin: "test", text: recipient })
    expect(parsePluginIdentity(identity)).toEqual({ plugin: "test", text: identity })
  }
  const odd = "AGE-PLUGIN-A.B+C_D-E-1VDHKUCMVV9MX2GRSD36KW6TWYP4K27FQXYY8FU5G"
  expect(parsePluginIdentity(odd)?.plugin).toBe("a.b+c_d-e")
})

test.each([
  ["a native recipient", recipientText("alice")],
  ["a misspelt one", PLUGIN_PAIR.recipient.replace("vdhk", "vdhh")],
  ["no name", "age11vdhkucmvv9mx2grsd36kw6twyp4k27fqxyetlcja"],
  ["a path in its name", "age1a/b1vdhkucmvv9mx2grsd36kw6twyp4k27fqxy725l62"],
  ["upper case", PLUGIN_PAIR.recipient.toUpperCase()],
])("a recipient with %s is none of a plugin", (_, text) => {
  expect(parsePluginRecipient(text)).toBeNull()
})

test.each([
  ["a native identity", identityText("alice")],
  ["a misspelt one", PLUGIN_PAIR.identity.replace("VDHK", "VDHH")],
  ["no name", "AGE-PLUGIN-1VDHKUCMVV9MX2GRSD36KW6TWYP4K27FQXY5R5MQX"],
  ["an empty name", "AGE-PLUGIN--1VDHKUCMVV9MX2GRSD36KW6TWYP4K27FQXYDKHTRM"],
  ["a path in its name", "AGE-PLUGIN-A/B-1VDHKUCMVV9MX2GRSD36KW6TWYP4K27FQXY7AAQNV"],
  ["a name without an end", "AGE-PLUGIN-X1VDHKUCMVV9MX2GRSD36KW6TWYP4K27FQXYAAL7QM"],
  ["lower case", PLUGIN_PAIR.identity.toLowerCase()],
])("an identity with %s is none of a plugin", (_, text) => {
  expect(parsePluginIdentity(text)).toBeNull()
})
