/**
 * Files encrypted in their own layout, opened by real sops: the same values and
 * the same comments as sops gives for a file of its own making.
 */

import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { fromUtf8, toUtf8 } from "#core/bytes.ts"
import { hasCode } from "#core/errors.ts"
import type { FormatName } from "#core/formats/format.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { decodeSource } from "#core/formats/yaml/reader.ts"
import { yaml } from "#core/formats/yaml.ts"
import { nativeAgeEngine } from "#core/host/age-native.ts"
import { parseAgeRecipient } from "#core/keys/age/recipient.ts"
import { generateDataKey } from "#core/keys/data-key.ts"
import { wrapDataKey } from "#core/keys/wrap.ts"
import type { Node, Tree } from "#core/sops/tree.ts"
import { seal } from "../core/formats/layout/harness.ts"
import { explain } from "./divergences.ts"
import { compareTexts } from "./faults.ts"
import { dotenvDocument } from "./generate/dotenv.ts"
import { iniDocument } from "./generate/ini.ts"
import { jsonDocument } from "./generate/json.ts"
import { yamlDocument } from "./generate/yaml.ts"
import { recipientOf, VECTORS } from "./keys.ts"
import { inProcess } from "./ours.ts"
import { createHome, inParallel, SOPS_VERSIONS, sopsWithKey } from "./programs.ts"
import { numberFrom, say } from "./tally.ts"

const FOLDER = join(VECTORS, "layout")
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith(".yaml"))

/** Where sops' own printing moves a comment before it reads it again, or then cannot open it. */
const OWN_FORM_MOVES_COMMENTS: ReadonlyMap<string, string> = new Map([
  ["app-10-comments-end.yaml", "behind a list at the end, which is printed further in"],
  ["app-11-commented-out.yaml", "a foot of a map, printed as one of its last value: it stays ciphertext"],
  ["app-15-crlf-anchors.yaml", "behind an alias, printed behind its copy"],
  ["app-19-anchor-comments.yaml", "in an anchor and behind its aliases, one of which stays ciphertext"],
  ["app-21-deep.yaml", "behind a list at the end of a map: it stays ciphertext"],
  ["ci-09-anchors-keep.yaml", "behind an alias, printed behind the key after it"],
  ["helm-06-anchors.yaml", "behind an alias, printed behind its copy"],
])

const home = createHome()
afterAll(home.remove)
const sops = sopsWithKey(home.path, "alice")

const dataKey = generateDataKey()
const recipients = [[parseAgeRecipient(recipientOf("alice"), nativeAgeEngine)]]
const { groups } = await wrapDataKey(dataKey, recipients, 0, "2026-01-02T03:04:05Z")

async function sealed(name: FormatName, source: string): Promise<Uint8Array> {
  const { text } = await seal(name, source, { custody: { dataKey, groups } })
  return toUtf8(text)
}

/** sops' own way there and back. 3.13.2 does not verify its own comments in lists. */
async function throughSops(file: string, source: string): Promise<string> {
  const override = ["--filename-override", file]
  const encrypted = await sops["3.13.1"](["encrypt", "--age", recipientOf("alice"), ...override], {
    input: toUtf8(source),
  })
  expect(encrypted.stderr).toBe("")
  const decrypted = await sops["3.13.1"](["decrypt", ...override], { input: encrypted.stdout })
  return decrypted.stdout.toString()
}

describe.each(FILES)("%s", (file) => {
  const source = readFileSync(join(FOLDER, file), "utf8")

  it.each(SOPS_VERSIONS)("opens in sops %s with every value and every comment", async (version) => {
    const input = await sealed("yaml", source)
    const opened = await sops[version](["decrypt", "--filename-override", file], { input })
    expect(opened.stderr).toBe("")
    expect(opened.status).toBe(0)
    const ours = opened.stdout.toString()
    const theirs = await throughSops(file, source)
    if (!OWN_FORM_MOVES_COMMENTS.has(file)) {
      expect(ours).toBe(theirs)
      return
    }
    expect(withoutComments(ours)).toBe(withoutComments(theirs))
    expect(commentsOf(ours)).toEqual(commentsOf(source))
  })
})

/** None of those files has a `#` in a value with a blank before it. */
function withoutComments(text: string): string {
  return text.replace(/^ *#.*\n/gm, "").replace(/ +#.*$/gm, "")
}

/** The texts of a source's comments, each as often as it is written. */
function commentsOf(source: string): string[] {
  const found: string[] = []
  const visit = (node: Node): void => {
    if (node.kind !== "map" && node.kind !== "list") return
    for (const item of node.items) {
      if (item.kind === "comment") {
        if (item.span !== undefined) found.push(item.text)
      } else visit(item.kind === "entry" ? item.value : item)
    }
  }
  const tree: Tree = yaml.parsePlain(toUtf8(source))
  for (const map of tree) visit(map)
  return found.sort()
}

/** Says what differs between sops and conclave on one file in its own layout; `null` if nothing does. */
async function judge(name: FormatName, file: string, encrypted: Uint8Array): Promise<string | null> {
  const ours = await inProcess.decrypt(encrypted, name)
  if (ours.bytes === undefined) return ours.message
  const here = Buffer.from(ours.bytes).toString()
  for (const version of SOPS_VERSIONS) {
    const opened = await sops[version](["decrypt", "--filename-override", file], { input: encrypted })
    const there = opened.stdout.toString()
    const isWhole = opened.status === 0 && !opened.stderr.includes("possibly unencrypted comment")
    if (isWhole && compareTexts(there, here) !== null) continue
    const divergence = explain(name, version, encrypted, opened)
    if (divergence === null || divergence.canonicalOnly)
      return `sops ${version}: ${opened.stderr}\n${there}\n---\n${here}`
  }
  return null
}

const REFUSED = [
  "syntax",
  "duplicate-key",
  "unsupported-value",
  "not-representable",
  "reserved-key",
  "comment-hidden",
] as const

async function sealedOrRefused(name: FormatName, plain: Uint8Array): Promise<Uint8Array | null> {
  try {
    const source = name === "yaml" ? decodeSource(plain) : fromUtf8(plain)
    if (source === null || formatNamed(name).reservedKey(formatNamed(name).parsePlain(plain)) !== null)
      return null
    return await sealed(name, source)
  } catch (error) {
    if (REFUSED.some((code) => hasCode(error, code))) return null
    throw error
  }
}

describe.each([
  { name: "yaml", file: "d.yaml", make: yamlDocument, count: 400 },
  { name: "json", file: "d.json", make: jsonDocument, count: 100 },
  { name: "dotenv", file: "d.env", make: dotenvDocument, count: 150 },
  { name: "ini", file: "d.ini", make: iniDocument, count: 120 },
] as const)("generated $name documents in their own layout", ({ name, file, make, count: standard }) => {
  it("open in sops to what they open to here", async () => {
    const count = numberFrom("CONCLAVE_INTEROP_COUNT", standard)
    const first = numberFrom("CONCLAVE_INTEROP_SEED", 300_000)
    const seeds = Array.from({ length: count }, (_, index) => first + index)
    const failures: string[] = []
    let opened = 0
    await inParallel(seeds, async (seed) => {
      const encrypted = await sealedOrRefused(name, make(seed))
      if (encrypted === null) return
      const difference = await judge(name, file, encrypted)
      if (difference === null) opened++
      else failures.push(`seed ${seed}: ${difference}`)
    })
    say(`${name}, own layout: ${opened} of ${count} opened`)
    expect(failures).toEqual([])
    if (count === standard) expect(opened).toBeGreaterThan(count * 0.7)
  })
})
