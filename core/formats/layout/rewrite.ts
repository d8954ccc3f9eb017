/**
 * What a layout does: it rewrites the text of a document in place, where a
 * format prints it anew. Whatever a change does not touch stays as its author
 * wrote it: order, comments, blank lines, indentation, quotes, line endings.
 *
 * A layout knows no key and no cipher: it is given the trees before and after.
 * It cannot promise that a text says what was meant (a scalar may have no
 * spelling at its place), so the caller must parse the result and compare.
 */

import type { KeyPath, MapNode, Node, Tree } from "../../sops/tree.ts"

/** A change of spelling that could not be avoided, with its line (from 1) in the source. */
export type LayoutNotice = {
  /**
   * `expanded-alias`: an alias, or the anchor that it named, holds something
   * encrypted; a copy stands in its place. `dropped-anchor`: no alias names it
   * any more. `respelled`: the value will not come
   * back in the spelling that it has (a number's digits, a fold, an escape).
   * `dropped-tag`: a tag that no ciphertext, or not this value, can carry.
   * `moved-comment`: one behind an opening bracket stands in a line of its own,
   * since SOPS does not see it there. `clear-comment`: one that SOPS does not see
   * where it is stays in clear.
   */
  readonly code:
    | "expanded-alias"
    | "dropped-anchor"
    | "respelled"
    | "dropped-tag"
    | "moved-comment"
    | "clear-comment"
  readonly line: number
  /** The key path. */
  readonly at: string
}

export type Rewritten = { readonly text: string; readonly notices: readonly LayoutNotice[] }

/** The encrypted file that a plaintext was decrypted from, as text and as it was parsed. */
export type Previous = { readonly source: string; readonly tree: Tree; readonly metadata: MapNode }

/** Sources are decoded text; every tree was parsed from its source, so that its items have spans. */
export interface Layout {
  /**
   * The tree of a plaintext, with each comment where it will be attached once
   * the metadata stands behind it: the path of an encrypted comment depends on
   * what follows. Otherwise as the format's `parsePlain`.
   *
   * @throws {@link ConclaveError} what the format's `parsePlain` throws, and
   * `unsupported-value` for a character that its readers disagree about.
   */
  parse(source: string, previous?: Previous): Tree

  /**
   * The text of an encrypted document.
   *
   * @param plain - Parsed from `source`.
   * @param encrypted - Of the same shape, from `encryptTree(plain, …, "in-place")`.
   * @param reseal - Encrypts a tree as `encrypted` was. Called when a comment of
   * the new text stands under other keys than in `plain` (beside an alias that
   * was written out), to encrypt that comment for its place. Without it such a
   * comment does not open again.
   * @param previous - Tokens and metadata that did not change are taken over from it as they are written.
   * @throws {@link ConclaveError} `not-representable`; `comment-hidden` for a comment that could only stay in clear
   */
  encrypt(
    source: string,
    plain: Tree,
    encrypted: Tree,
    metadata: MapNode,
    previous?: Previous,
    reseal?: (plain: Tree) => Tree,
  ): Rewritten

  /**
   * The text of the plaintext: without metadata, each value where its ciphertext stood.
   *
   * @param encrypted - Parsed from `source`.
   * @param plain - Of the same shape, from `decryptTree`.
   */
  decrypt(source: string, encrypted: Tree, plain: Tree): Rewritten

  /** An encrypted document with other metadata. */
  replaceMetadata(source: string, metadata: MapNode): string

  /**
   * A plaintext with a value put at a path of its first document: in place of
   * what is there, or behind the last entry of its map or list; missing parents
   * are made.
   *
   * @throws {@link ConclaveError} `path-not-found`, `not-representable`
   */
  set(source: string, tree: Tree, path: KeyPath, value: Node): Rewritten

  /**
   * A plaintext without what was at a path of its first document. Comments stay,
   * but for one behind a value that goes.
   *
   * @throws {@link ConclaveError} `path-not-found`
   */
  unset(source: string, tree: Tree, path: KeyPath): Rewritten
}
