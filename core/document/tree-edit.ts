/**
 * Sets and removes one place of a tree, giving a new tree: missing parents and
 * nulls on the way become maps or lists, a list grows at its end. Unlike SOPS nothing is replaced by accident:
 * a step into a scalar, or a key where a list is, is an error.
 */

import { ConclaveError } from "../errors.ts"
import { formatKeyPath } from "../sops/key-path.ts"
import type { Comment, KeyPath, ListNode, MapNode, Node, Tree } from "../sops/tree.ts"

/**
 * Puts `value` at `path` of the first document.
 *
 * @throws {@link ConclaveError} `path-not-found` if the path leads through
 * something that is no map or list, or beyond the end of a list.
 */
export function setNode(tree: Tree, path: KeyPath, value: Node): Tree {
  const [first = { kind: "map", items: [] } as MapNode, ...others] = tree
  return [setIn(first, path, 0, value) as MapNode, ...others]
}

/**
 * Takes away what is at `path` of the first document.
 *
 * @throws {@link ConclaveError} `path-not-found` if nothing is there.
 */
export function unsetNode(tree: Tree, path: KeyPath): Tree {
  const [first, ...others] = tree
  if (first === undefined) throw nothingAt(path)
  return [unsetIn(first, path, 0) as MapNode, ...others]
}

function setIn(node: Node, path: KeyPath, depth: number, value: Node): Node {
  const step = path[depth]
  if (step === undefined) return value
  // `database:` with nothing behind it: a map or list may begin there.
  if (node.kind === "null") return setIn(containerFor(step), path, depth, value)
  if (node.kind === "map" && typeof step === "string") return setInMap(node, step, path, depth, value)
  if (node.kind === "list" && typeof step === "number") return setInList(node, step, path, depth, value)
  throw wrongStep(node, path, depth)
}

function setInMap(map: MapNode, key: string, path: KeyPath, depth: number, value: Node): MapNode {
  const at = map.items.findIndex((item) => item.kind === "entry" && item.key === key)
  const old = map.items[at]
  if (old?.kind === "entry") {
    const next = { ...old, value: setIn(old.value, path, depth + 1, value) }
    return { ...map, items: map.items.with(at, next) }
  }
  const made = setIn(containerFor(path[depth + 1]), path, depth + 1, value)
  return { ...map, items: [...map.items, { kind: "entry", key, value: made }] }
}

function setInList(list: ListNode, index: number, path: KeyPath, depth: number, value: Node): ListNode {
  const positions = nodePositions(list)
  const at = positions[index]
  if (at !== undefined) {
    const next = setIn(list.items[at] as Node, path, depth + 1, value)
    return { ...list, items: list.items.with(at, next) }
  }
  if (index > positions.length) {
    const place = formatKeyPath(path.slice(0, depth + 1))
    throw new ConclaveError(
      "path-not-found",
      `${place} is beyond the end of its list, which has ${positions.length} items`,
      {
        path: place,
      },
    )
  }
  const made = setIn(containerFor(path[depth + 1]), path, depth + 1, value)
  return { ...list, items: [...list.items, made] }
}

/** What a missing step is made of; at the end of the path it is replaced at once. */
function containerFor(next: string | number | undefined): Node {
  return typeof next === "number" ? { kind: "list", items: [] } : { kind: "map", items: [] }
}

function unsetIn(node: Node, path: KeyPath, depth: number): Node {
  const step = path[depth]
  const isLast = depth === path.length - 1
  if (node.kind === "map" && typeof step === "string") {
    const at = node.items.findIndex((item) => item.kind === "entry" && item.key === step)
    const old = node.items[at]
    if (old?.kind !== "entry") throw nothingAt(path.slice(0, depth + 1))
    if (isLast) return { ...node, items: node.items.toSpliced(at, 1) }
    return { ...node, items: node.items.with(at, { ...old, value: unsetIn(old.value, path, depth + 1) }) }
  }
  if (node.kind === "list" && typeof step === "number") {
    const at = nodePositions(node)[step]
    if (at === undefined) throw nothingAt(path.slice(0, depth + 1))
    if (isLast) return { ...node, items: node.items.toSpliced(at, 1) }
    return { ...node, items: node.items.with(at, unsetIn(node.items[at] as Node, path, depth + 1)) }
  }
  throw step === undefined ? nothingAt(path) : wrongStep(node, path, depth)
}

/** Where the items of a list stand among its comments. */
function nodePositions(list: ListNode): number[] {
  const items: readonly (Node | Comment)[] = list.items
  return items.flatMap((item, position) => (item.kind === "comment" ? [] : [position]))
}

function wrongStep(node: Node, path: KeyPath, depth: number): ConclaveError {
  const place = formatKeyPath(path.slice(0, depth)) || "the top level"
  const what =
    node.kind === "map"
      ? "a map: give a key"
      : node.kind === "list"
        ? "a list: give an index"
        : "a single value"
  return new ConclaveError("path-not-found", `${place} is ${what}`, { path: formatKeyPath(path) })
}

function nothingAt(path: KeyPath): ConclaveError {
  const place = formatKeyPath(path)
  return new ConclaveError("path-not-found", `there is nothing at ${place}`, { path: place })
}
