/**
 * A file that git has merged as text: its values may come from two versions,
 * so its MAC fits neither. Says for each value whether it opens, and how the
 * whole differs from the versions it came from; then makes a new MAC.
 */

import { wipe } from "../bytes.ts"
import type { Cipher } from "../cipher/cipher.ts"
import { toTimestamp } from "../clock.ts"
import { ConclaveError } from "../errors.ts"
import type { DataKey } from "../keys/data-key.ts"
import { IvStash } from "../sops/iv-stash.ts"
import { str } from "../sops/scalar.ts"
import { compileRule, DEFAULT_RULE } from "../sops/selection.ts"
import type { Comment, Leaf, Tree } from "../sops/tree.ts"
import { decryptValue, isEncryptedValue } from "../sops/value.ts"
import { mapLeaves, type Place } from "../sops/walk.ts"
import { type Change, findChanges } from "./changes.ts"
import { decryptDocument } from "./decrypt.ts"
import type { EncryptedDocument } from "./document.ts"
import { withKindsOf } from "./kinds.ts"
import type { OpenedDocument } from "./opened.ts"
import { keptLayout, type PrintMode, printPlaintext } from "./plaintext.ts"
import { nextVersion, type Updated } from "./update.ts"
import { type PlainSource, unwritten } from "./version.ts"

/** A version that the file came from, opened. */
export type Parent = { readonly name: string; readonly opened: Pick<OpenedDocument, "dataKey" | "tree"> }

export type Found = {
  /** Its key path, as the walk names it. */
  readonly name: string
  /**
   * `foreign`: opens with the data key of a parent (the other side has
   * rekeyed). `clear`: stands in clear where the rule says encrypted.
   * `closed`: opens with none.
   */
  readonly state: "foreign" | "clear" | "closed"
  /** Whose data key opens it. */
  readonly parent?: string
}

export type Inspection = {
  /** Values, encrypted or not; comments and nulls are none. */
  readonly values: number
  /** Values that need a word; all others open. */
  readonly found: readonly Found[]
  /** Whether nothing is to be repaired: all opens and the MAC fits. */
  readonly isWhole: boolean
  /** Against each parent, by its name; without values that do not open. */
  readonly differences: ReadonlyMap<string, readonly Change[]>
  /** The file, opened as far as it opens; its data key is the one that was given. */
  readonly opened: OpenedDocument
}

/**
 * @param dataKey - Of the document; stays the caller's to wipe.
 * @param parents - Which are asked for values that this data key does not open.
 * @throws {@link ConclaveError} `regex-invalid`.
 */
export async function inspectMerged(
  source: Uint8Array,
  document: EncryptedDocument,
  dataKey: DataKey,
  parents: readonly Parent[],
  cipher: Cipher,
): Promise<Inspection> {
  const whole = await openWhole(source, document, dataKey, cipher)
  if (whole !== null) return report(countValues(whole.tree), [], true, whole, parents)
  const selection = await compileRule(document.metadata.rule ?? DEFAULT_RULE)
  const keys = [dataKey, ...parents.map(({ opened }) => opened.dataKey)].map((key) => cipher.importKey(key))
  const stash = new IvStash()
  const found: Found[] = []

  /** What a ciphertext says, by the first key that opens it; the first is the file's own. */
  const open = (leaf: Leaf, place: Place): Leaf | Comment | null => {
    for (const [i, key] of keys.entries()) {
      try {
        const { plain, iv } = decryptValue(cipher, key, leaf, place.aad, () => place.name())
        if (i === 0) stash.remember(plain, place.aad, iv)
        else found.push({ name: place.name(), state: "foreign", parent: parents[i - 1]?.name ?? "" })
        return { ...plain, ...(leaf.span === undefined ? {} : { span: leaf.span }) }
      } catch (error) {
        if (!(error instanceof ConclaveError)) throw error
      }
    }
    return null
  }

  try {
    const tree = mapLeaves(document.tree, selection, (item, place) => {
      if (!place.encrypted) return item
      if (item.kind === "comment") return isEncryptedValue(item.text) ? openComment(item, place, open) : item
      if (item.kind === "str" && item.text === "") return item
      const isSealed = item.kind === "bytes" || (item.kind === "str" && isEncryptedValue(item.text))
      const plain = isSealed ? open(item, place) : null
      const fits = plain !== null && (plain.kind !== "comment" || place.parent === "list")
      if (fits) return plain
      found.push({ name: place.name(), state: isSealed ? "closed" : "clear" })
      return item
    })
    const opened: OpenedDocument = { source, document, dataKey, tree, stash, notices: [] }
    return report(countValues(tree), found, false, opened, parents)
  } finally {
    for (const key of keys) key.destroy()
  }
}

/** `null` if the file does not open as it stands. */
async function openWhole(
  source: Uint8Array,
  document: EncryptedDocument,
  dataKey: DataKey,
  cipher: Cipher,
): Promise<OpenedDocument | null> {
  const stash = new IvStash()
  try {
    const { tree, notices } = await decryptDocument(document, dataKey, { cipher, stash })
    return { source, document, dataKey, tree, stash, notices }
  } catch (error) {
    if (error instanceof ConclaveError && error.code !== "regex-invalid") return null
    throw error
  }
}

/** One that does not open stays as it is: it is in no MAC. */
function openComment(
  comment: Comment,
  place: Place,
  open: (leaf: Leaf, place: Place) => Leaf | Comment | null,
): Comment {
  const plain = open({ ...str(comment.text) }, place)
  return plain?.kind === "comment" ? { ...comment, text: plain.text } : comment
}

function countValues(tree: Tree): number {
  return findChanges([], tree).length
}

function report(
  values: number,
  found: readonly Found[],
  isWhole: boolean,
  opened: OpenedDocument,
  parents: readonly Parent[],
): Inspection {
  const differences = new Map(
    parents.map(({ name, opened: { tree } }) => [name, findChanges(tree, opened.tree)]),
  )
  return { values, found, isWhole, differences, opened }
}

/**
 * The same content with a MAC and a date of its own; values that the file's
 * data key opens keep their ciphertext.
 *
 * @param inspection - Without a value that is `closed`.
 * @throws {@link ConclaveError} `verify-failed`.
 */
export async function sealMerged(
  { opened }: Inspection,
  options: PrintMode & { readonly cipher: Cipher; readonly moment: Date },
): Promise<Updated> {
  const { document, dataKey, stash } = opened
  const header = { ...document.metadata, lastModified: toTimestamp(options.moment) }
  return nextVersion(opened, plainOf(opened, options), header, { dataKey, stash: stash.copy() }, options)
}

/** With a layout to keep, the tree is that of the plaintext's text, whose places it knows. */
function plainOf(opened: OpenedDocument, mode: PrintMode): PlainSource {
  const { document, source, tree } = opened
  if (keptLayout(document.format, source, mode.layout) === null) return unwritten(tree)
  const { bytes } = printPlaintext(source, document, tree, mode)
  return { tree: withKindsOf(document.format.parsePlain(bytes), tree), source: bytes }
}

/** Overwrites what the parents were opened with. */
export function closeParents(parents: readonly Parent[]): void {
  for (const { opened } of parents) wipe(opened.dataKey)
}
