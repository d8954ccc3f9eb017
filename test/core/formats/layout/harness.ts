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
import { parseYamlNodes } from "#core/formats/yaml/composer.ts"
import type { YamlNode } from "#core/formats/yaml/node.ts"
import { nodeCipher } from "#core/host/node-cipher.ts"
import type { DataKey } from "#core/keys/data-key.ts"
import type { KeyGroup } from "#core/keys/key-entry.ts"
import { type CryptContext, decryptTree, encryptTree, sealMac, verifyMac } from "#core/sops/crypt.ts"
import { IvStash } from "#core/sops/iv-stash.ts"
import { type Metadata, parseMetadata, serializeMetadata } from "#core/sops/metadata.ts"
import { compileRule, DEFAULT_RULE, type SelectionRule } from "#core/sops/selection.ts"
import type { MapNode, Tree } from "#core/sops/tree.ts"

const KEY = new Uint8Array(32).fill(7)
const WRAPPED =
  "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBv\nRVVVNUdhbmY=\n-----END AGE ENCRYPTED FILE-----\n"

export type Setting = {
  readonly rule?: SelectionRule
  readonly lastModified?: string
  /** A data key that is really wrapped, for other programs to open the file. */
  readonly custody?: { readonly dataKey: Uint8Array; readonly groups: readonly KeyGroup[] }
}

export function layoutNamed(name: FormatName): Layout {
  const layout = layoutOf(name)
  if (layout === null) throw new Error(`${name} has no layout`)
  return layout
}

export type Sealed = { readonly text: string; readonly notices: readonly LayoutNotice[] }

/** The file before, and the IVs of its values, for an encryption that leaves unchanged values as they are. */
export type Before = { readonly previous: Previous; readonly stash: IvStash }

/** As sops prints it. */
export async function sealCanonical(
  name: FormatName,
  source: string,
  setting: Setting = {},
): Promise<string> {
  const format = formatNamed(name)
  const { tree, metadata } = await encrypt(format.parsePlain(toUtf8(source)), "items", setting)
  return decode(format.printEncrypted(tree, metadata))
}

export async function seal(
  name: FormatName,
  source: string,
  setting: Setting = {},
  before?: Before,
): Promise<Sealed> {
  const layout = layoutNamed(name)
  const plain = layout.parse(source, before?.previous)
  const { tree, metadata, context } = await encrypt(plain, "in-place", setting, before?.stash)
  const reseal = (moved: Tree) => encryptTree(moved, context, "in-place").tree
  return layout.encrypt(source, plain, tree, metadata, before?.previous, reseal)
}

async function encrypt(
  plain: Tree,
  listComments: "items" | "in-place",
  setting: Setting,
  stash?: IvStash,
): Promise<{ tree: Tree; metadata: MapNode; context: CryptContext }> {
  const rule = setting.rule ?? DEFAULT_RULE
  const lastModified = setting.lastModified ?? "2026-01-02T03:04:05Z"
  const context = await contextFor(rule, stash, setting.custody?.dataKey)
  const { tree, mac } = encryptTree(plain, context, listComments)
  const header = {
    groups: setting.custody?.groups ?? [[{ kind: "age", recipient: "age1test", enc: WRAPPED }]],
    threshold: 0,
    lastModified,
    macOnlyEncrypted: false,
    rule,
    version: "3.13.2",
  } satisfies Omit<Metadata, "mac">
  const metadata = serializeMetadata({ ...header, mac: sealMac(mac, lastModified, context) })
  return { tree, metadata, context }
}

async function contextFor(
  rule: SelectionRule,
  stash: IvStash | undefined,
  dataKey: Uint8Array = KEY,
): Promise<CryptContext> {
  return {
    cipher: nodeCipher,
    // The brand keeps ordinary bytes out of programs; here they are the key.
    key: nodeCipher.importKey(dataKey as DataKey),
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

/** The lines of `a`, from 1, that `b` has not, and those behind which it has more: what `git diff` shows. */
export function diffLines(a: string, b: string): number[] {
  const { removed, behind } = diff(a, b)
  return [...new Set([...removed, ...behind])]
}

type Diff = { readonly removed: readonly number[]; readonly behind: readonly number[] }

function diff(a: string, b: string): Diff {
  const ours = a.split("\n")
  const theirs = b.split("\n")
  let start = 0
  while (start < ours.length && start < theirs.length && ours[start] === theirs[start]) start++
  let end = 0
  while (
    end < ours.length - start &&
    end < theirs.length - start &&
    ours[ours.length - 1 - end] === theirs[theirs.length - 1 - end]
  ) {
    end++
  }
  const left = ours.slice(start, ours.length - end)
  const right = theirs.slice(start, theirs.length - end)
  const { removed, behind } = differing(left, right)
  return { removed: removed.map((line) => line + start), behind: behind.map((line) => line + start) }
}

/** By the longest common subsequence. */
function differing(left: readonly string[], right: readonly string[]): Diff {
  const width = right.length + 1
  const lengths = new Uint32Array((left.length + 1) * width)
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const removed: number[] = []
  const behind: number[] = []
  let i = 0
  let j = 0
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      i++
      j++
    } else if (i < left.length && (j === right.length || at(i + 1, j) >= at(i, j + 1))) {
      removed.push(++i)
    } else {
      behind.push(i)
      j++
    }
  }
  return { removed, behind }
}

/**
 * The lines that `b` has changed and no notice is about: a notice names a
 * scalar's first line. Where copies came, more lines may be anywhere near them.
 */
export function unannounced(a: string, b: string, notices: readonly LayoutNotice[]): number[] {
  const announced = new Set(notices.map(({ line }) => line))
  for (const [first, last] of scalarLines(a)) {
    if (announced.has(first)) for (let line = first; line <= last; line++) announced.add(line)
  }
  const hasCopies = notices.some(({ code }) => code === "expanded-alias")
  const { removed, behind } = diff(a, b)
  return [...removed, ...(hasCopies ? [] : behind)]
    .sort((x, y) => x - y)
    .filter((line) => {
      if (announced.has(line - 1)) announced.add(line)
      return !announced.has(line)
    })
}

/** First and last line of each scalar of a YAML text. */
function scalarLines(source: string): [number, number][] {
  const open: YamlNode[] = [...parseYamlNodes(source)]
  const lines: [number, number][] = []
  const lineAt = (offset: number) => source.slice(0, offset).split("\n").length
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === "scalar") lines.push([lineAt(node.start), lineAt(node.end)])
    else if (node.kind !== "alias") open.push(...node.content)
  }
  return lines
}

/** Without the noise of ciphertexts, to be read in a failure. */
export function shorten(text: string): string {
  return text.replace(/ENC\[AES256_GCM,data:([^,]{0,6})[^\]]*type:([a-z]+)\]/g, "ENC[$1,$2]")
}
