/**
 * Takes a text through encryption and back in its own layout, with real
 * ciphertexts and without files or recipients: the data key is a constant, the
 * wrapped key in the metadata is a text.
 */

import { fromUtf8, toUtf8 } from "#core/bytes.ts"
import { findDifference } from "#core/document/compare.ts"
import type { FormatName } from "#core/formats/format.ts"
import { type Layout, type LayoutNotice, layoutOf, type Previous } from "#core/formats/layout.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { nodeCipher } from "#core/host/node-cipher.ts"
import { type CryptContext, decryptTree, encryptTree, sealMac, verifyMac } from "#core/sops/crypt.ts"
import { IvStash } from "#core/sops/iv-stash.ts"
import { type Metadata, parseMetadata, serializeMetadata } from "#core/sops/metadata.ts"
import { compileRule, DEFAULT_RULE, type SelectionRule } from "#core/sops/selection.ts"
import type { Tree } from "#core/sops/tree.ts"

const KEY = new Uint8Array(32).fill(7)
const WRAPPED =
  "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBv\nRVVVNUdhbmY=\n-----END AGE ENCRYPTED FILE-----\n"

export type Setting = { readonly rule?: SelectionRule; readonly lastModified?: string }

export function layoutNamed(name: FormatName): Layout {
  const layout = layoutOf(name)
  if (layout === null) throw new Error(`${name} has no layout`)
  return layout
}

export type Sealed = { readonly text: string; readonly notices: readonly LayoutNotice[] }

/** The file before, and the IVs of its values, for an encryption that leaves unchanged values as they are. */
export type Before = { readonly previous: Previous; readonly stash: IvStash }

export async function seal(
  name: FormatName,
  source: string,
  setting: Setting = {},
  before?: Before,
): Promise<Sealed> {
  const layout = layoutNamed(name)
  const rule = setting.rule ?? DEFAULT_RULE
  const lastModified = setting.lastModified ?? "2026-01-02T03:04:05Z"
  const context = await contextFor(rule, before?.stash)
  const plain = layout.parse(source, before?.previous)
  const { tree, mac } = encryptTree(plain, context, "in-place")
  const header = {
    groups: [[{ kind: "age", recipient: "age1test", enc: WRAPPED }]],
    threshold: 0,
    lastModified,
    macOnlyEncrypted: false,
    rule,
    version: "3.13.2",
  } satisfies Omit<Metadata, "mac">
  const metadata = serializeMetadata({ ...header, mac: sealMac(mac, lastModified, context) })
  return layout.encrypt(source, plain, tree, metadata, before?.previous)
}

async function contextFor(rule: SelectionRule, stash: IvStash | undefined): Promise<CryptContext> {
  return {
    cipher: nodeCipher,
    key: nodeCipher.importKey(KEY),
    selection: await compileRule(rule),
    macOnlyEncrypted: false,
    ...(stash === undefined ? {} : { stash }),
  }
}

export type Opened = Sealed & { readonly before: Before; readonly tree: Tree }

/** Decrypts, checks the MAC, and throws for a comment that does not open at its place. */
export async function open(name: FormatName, source: string): Promise<Opened> {
  const format = formatNamed(name)
  const { tree, metadata } = format.parseEncrypted(toUtf8(source))
  const parsed = parseMetadata(metadata)
  const stash = new IvStash()
  const context = await contextFor(parsed.rule ?? DEFAULT_RULE, stash)
  const plain = decryptTree(tree, context)
  verifyMac(plain.mac, parsed.mac, parsed.lastModified, context)
  if (plain.notices.length > 0) throw new Error(`${JSON.stringify(plain.notices)} in\n${shorten(source)}`)
  const opened = layoutNamed(name).decrypt(source, tree, plain.tree)
  const difference = findDifference(plain.tree, format.parsePlain(toUtf8(opened.text)))
  if (difference !== null) throw new Error(`${difference} is not what was meant in\n${opened.text}`)
  const previous = { source, tree, metadata: serializeMetadata(parsed) }
  return { ...opened, before: { previous, stash }, tree: plain.tree }
}

export function decode(bytes: Uint8Array): string {
  const text = fromUtf8(bytes)
  if (text === null) throw new Error("not UTF-8")
  return text
}

/** The lines of the original that differ, each once, from 1; all from where the numbers of lines differ. */
export function changedLines(a: string, b: string): number[] {
  const ours = a.split("\n")
  const theirs = b.split("\n")
  return ours.flatMap((line, i) => (line === theirs[i] ? [] : [i + 1]))
}

/** Without the noise of ciphertexts, to be read in a failure. */
export function shorten(text: string): string {
  return text.replace(/ENC\[AES256_GCM,data:([^,]{0,6})[^\]]*type:([a-z]+)\]/g, "ENC[$1,$2]")
}
