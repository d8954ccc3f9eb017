/**
 * The one walk over a document's leaves and comments, in document order: says
 * for each whether the rule encrypts it and under which AAD, and builds the
 * tree of the answers.
 *
 * The comment rules follow SOPS' stack of active comments: one list for each
 * open map or list. A comment joins the innermost list before it is judged
 * itself; anything else clears that list after it was processed. So a comment
 * governs the comments behind it and the next sibling with all below it.
 */

import { formatKeyPath } from "./key-path.ts"
import type { Selection } from "./selection.ts"
import type { Comment, Entry, Leaf, ListNode, MapNode, Node, Tree } from "./tree.ts"

/** Where the walk stands; valid only during the visit. */
export interface Place {
  /** All map keys from the root, a colon after each; `:` for a comment at the top. */
  readonly aad: string
  /** Whether the rule encrypts this item. */
  readonly encrypted: boolean
  readonly parent: "map" | "list"
  /** The key path, for errors. Made only when asked for. */
  name(): string
}

/** Gives what an item becomes. In a list a leaf may become a comment and the reverse, in a map a leaf must stay one. */
export type Visit = (item: Leaf | Comment, place: Place) => Leaf | Comment

/** A new tree in which each leaf and comment is what `visit` made of it. Nulls and structure stay. */
export function mapLeaves(tree: Tree, selection: Selection, visit: Visit): Tree {
  const walk = new Walk(selection, visit)
  return tree.map((branch) => walk.branch(branch))
}

class Walk implements Place {
  aad = ":"
  encrypted = false
  parent: "map" | "list" = "map"
  readonly #selection: Selection
  readonly #visit: Visit
  readonly #steps: (string | number)[] = []
  /** Comments that govern what comes next, one list for each open level. */
  readonly #comments: string[][] = []
  /** Whether a key on the current path matches the rule. */
  #keyMatches = false
  #path = ""

  constructor(selection: Selection, visit: Visit) {
    this.#selection = selection
    this.#visit = visit
  }

  name(): string {
    return formatKeyPath(this.#steps)
  }

  branch(map: MapNode): MapNode {
    this.#comments.push([])
    const items = map.items.map((item) => {
      if (item.kind === "comment") return this.#comment(item, "map") as Comment
      const entry = this.#entry(item)
      this.#clearComments()
      return entry
    })
    this.#comments.pop()
    return { ...map, items }
  }

  #entry(entry: Entry): Entry {
    const { value } = entry
    if (value.kind === "null") return entry
    const path = this.#path
    const matched = this.#keyMatches
    this.#steps.push(entry.key)
    this.#path = `${path}${entry.key}:`
    if (this.#selection.by === "key" && !matched) this.#keyMatches = this.#selection.matches(entry.key)
    const mapped = this.#node(value, "map") as Node
    this.#steps.pop()
    this.#path = path
    this.#keyMatches = matched
    return { ...entry, value: mapped }
  }

  #list(list: ListNode): ListNode {
    this.#comments.push([])
    let index = 0
    const items = list.items.map((item) => {
      if (item.kind === "comment") return this.#comment(item, "list")
      this.#steps.push(index++)
      const mapped = this.#node(item, "list")
      this.#steps.pop()
      this.#clearComments()
      return mapped
    })
    this.#comments.pop()
    return { ...list, items }
  }

  #node(node: Node, parent: "map" | "list"): Node | Comment {
    if (node.kind === "map") return this.branch(node)
    if (node.kind === "list") return this.#list(node)
    if (node.kind === "null") return node
    return this.#ask(node, parent, false)
  }

  #comment(comment: Comment, parent: "map" | "list"): Leaf | Comment {
    this.#comments.at(-1)?.push(comment.text)
    return this.#ask(comment, parent, true)
  }

  #ask(item: Leaf | Comment, parent: "map" | "list", isComment: boolean): Leaf | Comment {
    this.parent = parent
    this.aad = this.#path === "" ? ":" : this.#path
    this.encrypted = this.#isEncrypted(isComment)
    return this.#visit(item, this)
  }

  #clearComments(): void {
    const innermost = this.#comments.at(-1)
    if (innermost !== undefined) innermost.length = 0
  }

  #isEncrypted(isComment: boolean): boolean {
    const { by, matchEncrypts } = this.#selection
    const matches = by === "key" ? this.#keyMatches : this.#commentMatches(isComment && matchEncrypts)
    return matches === matchEncrypts
  }

  /** @param skipLast - The marker comment of `encrypted_comment_regex` does not encrypt itself. */
  #commentMatches(skipLast: boolean): boolean {
    const innermost = this.#comments.at(-1)
    for (const level of this.#comments) {
      const end = skipLast && level === innermost ? level.length - 1 : level.length
      for (let i = 0; i < end; i++) {
        if (this.#selection.matches(level[i] as string)) return true
      }
    }
    return false
  }
}
