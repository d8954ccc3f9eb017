/** Trees written down shortly, and a look at them without positions. */

import { type Scalar, str } from "#core/sops/scalar.ts"
import type { Comment, Entry, ListNode, MapNode, Node } from "#core/sops/tree.ts"

export const NULL: Node = { kind: "null" }

export function int(value: bigint | number): Scalar {
  return { kind: "int", value: BigInt(value) }
}

export function float(value: number): Scalar {
  return { kind: "float", value }
}

export function bool(value: boolean): Scalar {
  return { kind: "bool", value }
}

export function time(text: string): Scalar {
  return { kind: "time", text }
}

export function bytes(...values: number[]): Scalar {
  return { kind: "bytes", bytes: Uint8Array.from(values) }
}

export function comment(text: string): Comment {
  return { kind: "comment", text }
}

export function entry(key: string, value: Node | string): Entry {
  return { kind: "entry", key, value: typeof value === "string" ? str(value) : value }
}

export function map(...items: (Entry | Comment)[]): MapNode {
  return { kind: "map", items }
}

export function list(...items: (Node | Comment | string)[]): ListNode {
  return { kind: "list", items: items.map((item) => (typeof item === "string" ? str(item) : item)) }
}

type Item = Node | Comment | Entry

/** The same without positions in a source: what two readings of one content have in common. */
export function bare<T extends Item>(item: T): T {
  return strip(item) as T
}

function strip(item: Item): Item {
  switch (item.kind) {
    case "map":
      return { kind: "map", items: item.items.map((child) => strip(child) as Entry | Comment) }
    case "list":
      return { kind: "list", items: item.items.map((child) => strip(child) as Node | Comment) }
    case "entry":
      return { kind: "entry", key: item.key, value: strip(item.value) as Node }
    default: {
      const { span: _, ...rest } = item
      return rest as Item
    }
  }
}
