/** A comment that a kept layout moves, or that SOPS cannot see where it was, is encrypted for its place. */

import { expect, it } from "vitest"
import { fromUtf8, toUtf8 } from "#core/bytes.ts"
import { encryptDocument } from "#core/document/encrypt.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { nodeCipher } from "#core/host/node-cipher.ts"
import { DEFAULT_RULE } from "#core/sops/selection.ts"
import { ALICE_ALONE } from "../../support/custody.ts"

const yaml = formatNamed("yaml")

async function encryptKept(text: string) {
  const source = toUtf8(text)
  const { bytes, notices, layoutNotices } = await encryptDocument(
    { tree: yaml.parsePlain(source), source },
    yaml,
    {
      layout: "kept",
      cipher: nodeCipher,
      recipients: ALICE_ALONE,
      threshold: 0,
      rule: DEFAULT_RULE,
      macOnlyEncrypted: false,
      moment: new Date("2026-02-03T04:05:06Z"),
    },
  )
  return { text: fromUtf8(bytes) ?? "", notices, codes: layoutNotices.map(({ code }) => code) }
}

it("behind an opening bracket it gets a line of its own", async () => {
  const { text, notices, codes } = await encryptKept("a: [ # c\n  b]\n")
  expect(text).toMatch(/^a: \[\n {2}#ENC\[/)
  expect(notices).toEqual([])
  expect(codes).toEqual(["moved-comment"])
})

it("beside a copy that took it in, it opens", async () => {
  const { notices, codes } = await encryptKept("a: &a {k: v}\nm:\n  b: *a\n\n      # c\n  d: 1\n")
  expect(notices).toEqual([])
  expect(codes).toContain("expanded-alias")
})
