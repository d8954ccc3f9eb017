/**
 * A document's content as SOPS sees it: an ordered list of branches (YAML
 * documents; every other format has exactly one), each an ordered map.
 *
 * Order is significant for the MAC and for printing. Duplicate keys stay
 * separate items. Comments are items of their own, between their neighbours;
 * `text` is everything behind the first `#`. Trees are never changed in place.
 */

import type { Scalar } from "./scalar.ts"

/** Where an item stands in its source: offsets in UTF-16 units of the decoded text. */
export type Span = { readonly start: number; readonly end: number }

export type Comment = {
  readonly kind: "comment"
  readonly text: string
  /** Behind a value on its line; governs and follows the item after it in order, as in SOPS. */
  readonly inline?: boolean
  readonly span?: Span
}

export type Null = { readonly kind: "null"; readonly span?: Span }
export type Leaf = Scalar & { readonly span?: Span }

export type Entry = {
  readonly kind: "entry"
  readonly key: string
  readonly value: Node
  readonly keySpan?: Span
}

export type MapNode = {
  readonly kind: "map"
  readonly items: readonly (Entry | Comment)[]
  readonly span?: Span
}
export type ListNode = {
  readonly kind: "list"
  readonly items: readonly (Node | Comment)[]
  readonly span?: Span
}

export type Node = Leaf | Null | MapNode | ListNode

/** The content of one file, without its metadata. */
export type Tree = readonly MapNode[]

/** Steps from the root to a leaf: map keys and list indices (comments do not count). */
export type KeyPath = readonly (string | number)[]
