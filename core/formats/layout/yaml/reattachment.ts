/**
 * Where the comments of an encrypted text really are. A copy in the place of an
 * alias, or a body of one line in the place of many, can move a comment near it
 * to another map or list, whose path it must then be encrypted under.
 */

import type { Comment, Entry, MapNode, Node, Tree } from "../../../sops/tree.ts"
import { parseYamlNodes } from "../../yaml/composer.ts"
import { nodesToTree } from "../../yaml/nodes-to-tree.ts"
import { type Edit, offsetAfter } from "../edits.ts"
import { METADATA_KEY } from "./pairing.ts"

export type Reattached = {
  /** With each comment where the text has it. */
  readonly plain: Tree
  /** Of the same shape, as `encrypted` was. */
  readonly encrypted: Tree
  /** Comments of `plain` that stood under other keys. */
  readonly moved: ReadonlySet<Comment>
}

/**
 * `null` if all comments of `text`, which was made of `encrypted`, are under the
 * keys that they were under.
 *
 * @param edits - What made `text` of the source.
 * @param lost - Comments of the source that `plain` has not, which may be found in `text`.
 */
export function reattach(
  text: string,
  edits: readonly Edit[],
  plain: Tree,
  encrypted: Tree,
  lost: readonly Comment[],
): Reattached | null {
  const reattachment = new Reattachment(offsetAfter(edits))
  for (const comment of lost) reattachment.noteLost(comment)
  for (const [i, map] of plain.entries()) reattachment.note(map, encrypted[i] ?? map, "")
  const pairs = nodesToTree(parseYamlNodes(text)).map((map, i) => {
    const own = plain[i] ?? map
    return reattachment.place(withoutMetadata(map), { plain: own, sealed: encrypted[i] ?? own }, "")
  })
  if (reattachment.moved.size === 0) return null
  return {
    // A map stays a map.
    plain: pairs.map((pair) => pair.plain as MapNode),
    encrypted: pairs.map((pair) => pair.sealed as MapNode),
    moved: reattachment.moved,
  }
}

/** The ciphertexts, with those of the comments that moved taken from `resealed`, which has the same shape. */
export function takeMoved({ plain, encrypted, moved }: Reattached, resealed: Tree): Tree {
  return encrypted.map((map, i) => taken(map, plain[i] ?? map, resealed[i] ?? map, moved) as MapNode)
}

/** The comments of a tree that are the same in its encrypted counterpart. */
export function clearIn(plain: Tree, encrypted: Tree): Set<Comment> {
  const clear = new Set<Comment>()
  for (const [i, map] of plain.entries()) noteClear(clear, map, encrypted[i] ?? map)
  return clear
}

function noteClear(clear: Set<Comment>, plain: Node, sealed: Node): void {
  const others = itemsOf(sealed)
  for (const [i, item] of itemsOf(plain).entries()) {
    const other = others[i]
    if (isComment(item)) {
      if (isComment(other) && other.text === item.text) clear.add(item)
    } else if (item.kind === "entry") {
      if (other?.kind === "entry") noteClear(clear, item.value, other.value)
    } else if (isNode(other)) {
      noteClear(clear, item, other)
    }
  }
}

type Item = Node | Comment | Entry
type Pair = { readonly plain: Node; readonly sealed: Node }
/** A comment before and after, with the map keys above it; `null` for one that was lost. */
type Known = { readonly plain: Comment; readonly sealed: Comment; readonly path: string | null }

function itemsOf(node: Node): readonly Item[] {
  return node.kind === "map" || node.kind === "list" ? node.items : []
}

function isComment(item: Item | undefined): item is Comment {
  return item?.kind === "comment"
}

function isNode(item: Item | undefined): item is Node {
  return item !== undefined && item.kind !== "entry" && item.kind !== "comment"
}

class Reattachment {
  readonly moved = new Set<Comment>()
  /** By where they start in the new text. */
  readonly #known = new Map<number, Known>()
  readonly #placeOf: (offset: number) => number

  constructor(placeOf: (offset: number) => number) {
    this.#placeOf = placeOf
  }

  note(plain: Node, sealed: Node, path: string): void {
    const others = itemsOf(sealed)
    for (const [i, item] of itemsOf(plain).entries()) {
      const other = others[i]
      if (isComment(item) && isComment(other)) {
        this.#add({ plain: item, sealed: other, path })
      } else if (item.kind === "entry" && other?.kind === "entry") {
        this.note(item.value, other.value, `${path}${item.key}:`)
      } else if (isNode(item) && isNode(other)) {
        this.note(item, other, path)
      }
    }
  }

  noteLost(comment: Comment): void {
    this.#add({ plain: comment, sealed: comment, path: null })
  }

  #add(known: Known): void {
    // Those in a copy have no place in the source.
    const { span } = known.plain
    if (span !== undefined) this.#known.set(this.#placeOf(span.start), known)
  }

  /** The structure and comments of `node`, with the values of `own`. */
  place(node: Node, own: Pair, path: string): Pair {
    if ((node.kind !== "map" && node.kind !== "list") || node.kind !== own.plain.kind) return own
    const plain = itemsOf(own.plain)
    const sealed = itemsOf(own.sealed)
    const values = plain.flatMap((item, i) => (isComment(item) ? [] : [[item, sealed[i] ?? item] as const]))
    const placed: [Item, Item][] = []
    let index = 0
    for (const item of itemsOf(node)) {
      if (isComment(item)) {
        placed.push(this.#placeComment(item, path))
        continue
      }
      const [mine, other] = values[index++] ?? [item, item]
      if (item.kind === "entry" && mine.kind === "entry" && other.kind === "entry") {
        const pair = this.place(item.value, { plain: mine.value, sealed: other.value }, `${path}${item.key}:`)
        placed.push([
          { ...mine, value: pair.plain },
          { ...other, value: pair.sealed },
        ])
      } else if (isNode(item) && isNode(mine) && isNode(other)) {
        const pair = this.place(item, { plain: mine, sealed: other }, path)
        placed.push([pair.plain, pair.sealed])
      } else {
        placed.push([mine, other])
      }
    }
    // The items are of the kinds that the collection had.
    return {
      plain: { ...own.plain, items: placed.map(([item]) => item) } as Node,
      sealed: { ...own.sealed, items: placed.map(([, item]) => item) } as Node,
    }
  }

  #placeComment(comment: Comment, path: string): [Comment, Comment] {
    const found = this.#known.get(comment.span?.start ?? -1)
    // One that stands in a copy: it is clear.
    const { text } = comment
    if (found === undefined)
      return [
        { kind: "comment", text },
        { kind: "comment", text },
      ]
    if (found.path !== path) this.moved.add(found.plain)
    return [found.plain, found.sealed]
  }
}

function taken(sealed: Node, plain: Node, resealed: Node, moved: ReadonlySet<Comment>): Node {
  if (sealed.kind !== "map" && sealed.kind !== "list") return sealed
  const ours = itemsOf(plain)
  const fresh = itemsOf(resealed)
  const items = itemsOf(sealed).map((item, i): Item => {
    const own = ours[i]
    const other = fresh[i]
    if (isComment(item)) return isComment(own) && isComment(other) && moved.has(own) ? other : item
    if (item.kind === "entry") {
      if (own?.kind !== "entry" || other?.kind !== "entry") return item
      return { ...item, value: taken(item.value, own.value, other.value, moved) }
    }
    return isNode(own) && isNode(other) ? taken(item, own, other, moved) : item
  })
  return { ...sealed, items } as Node
}

function withoutMetadata(map: MapNode): MapNode {
  return { ...map, items: map.items.filter((item) => item.kind !== "entry" || item.key !== METADATA_KEY) }
}
