import { expect, test } from "vitest"
import { entryId, type KeyEntry } from "../../../core/keys/key-entry.ts"

const dated = { createdAt: "2024-01-02T03:04:05Z", enc: "x" }
const arn = "arn:aws:kms:eu-central-1:1:key/a"

// The texts are those of sops' ToString, key source by key source.
test.each<[string, KeyEntry]>([
  ["age1qqq", { kind: "age", recipient: "age1qqq", enc: "x" }],
  [
    "FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4",
    { kind: "pgp", fp: "FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4", ...dated },
  ],
  [arn, { kind: "kms", arn, awsProfile: "", ...dated }],
  [`${arn}+role`, { kind: "kms", arn, role: "role", awsProfile: "", ...dated }],
  [
    `${arn}|a:1,b:2`,
    {
      kind: "kms",
      arn,
      role: "",
      awsProfile: "",
      context: new Map([
        ["b", "2"],
        ["a", "1"],
      ]),
      ...dated,
    },
  ],
  [`${arn}||me`, { kind: "kms", arn, awsProfile: "me", ...dated }],
  ["projects/p/k", { kind: "gcp_kms", resourceId: "projects/p/k", ...dated }],
  ["https://v/keys/n/1", { kind: "azure_kv", vaultUrl: "https://v", name: "n", version: "1", ...dated }],
  [
    "https://v/v1/e/keys/n",
    { kind: "hc_vault", vaultAddress: "https://v", enginePath: "e", keyName: "n", ...dated },
  ],
  ["r:uuid", { kind: "hckms", keyId: "r:uuid", ...dated }],
])("is called %s", (id, entry) => {
  expect(entryId(entry)).toBe(id)
})
