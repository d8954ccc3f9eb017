/** How a place in a tree is named for people and on the command line: `database.users[2].name`. */

import { ConclaveError } from "../errors.ts"
import type { KeyPath, Node, Tree } from "./tree.ts"

const PLAIN_STEP = /^[\p{L}\p{N}_-]+$/u

/** Dotted where every key allows it, brackets where one does not: `a.b[0]["c d"]`. */
export function formatKeyPath(path: KeyPath): string {
  let text = ""
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`
    else if (PLAIN_STEP.test(step)) text += text === "" ? step : `.${step}`
    else text += `[${JSON.stringify(step)}]`
  }
  return text
}

/**
 * Reads a path: brackets with a quoted key or an index as sops takes them
 * (`["users"][0]["name"]`, single quotes too), dots between plain keys
 * (`users[0].name`), both mixed.
 *
 * @throws {@link ConclaveError} `path-not-found` if it is not a path.
 */
export function parseKeyPath(text: string): KeyPath {
  const path: (string | number)[] = []
  const step = /\[(\d{1,9})\]|\["((?:[^"\\]|\\.)*)"\]|\['([^']*)'\]|(\.?)([^.[\]]+)/uy
  while (step.lastIndex < text.length) {
    const match = step.exec(text)
    if (match === null) throw notAPath(text)
    const [, index, double, single, dot, plain] = match
    // A plain key needs a dot before it, unless it is the first; a dot may not stand there.
    if (plain !== undefined && (dot === "") !== (path.length === 0)) throw notAPath(text)
    if (index !== undefined) path.push(Number(index))
    else if (double !== undefined) path.push(unescapeKey(double))
    else path.push(single ?? plain ?? "")
  }
  if (path.length === 0) throw notAPath(text)
  return path
}

/** Only what the two escapes of a quoted key need; any other backslash stays, as in sops. */
function unescapeKey(text: string): string {
  return text.replace(/\\(["\\])/g, "$1")
}

function notAPath(text: string): ConclaveError {
  return new ConclaveError("path-not-found", `not a path: ${text}`, { path: text })
}

/**
 * The node at a path of the first document. Comments do not count as list items.
 *
 * @throws {@link ConclaveError} `path-not-found`, with the part that leads nowhere.
 */
export function findNode(tree: Tree, path: KeyPath): Node {
  let node: Node | undefined = tree[0]
  for (const [depth, step] of path.entries()) {
    node = childOf(node, step)
    if (node === undefined) {
      const missing = formatKeyPath(path.slice(0, depth + 1))
      throw new ConclaveError("path-not-found", `there is nothing at ${missing}`, { path: missing })
    }
  }
  if (node === undefined) throw new ConclaveError("path-not-found", "the document is empty", { path: "" })
  return node
}

/** Whether something is at a path of the first document. */
export function hasNode(tree: Tree, path: KeyPath): boolean {
  let node: Node | undefined = tree[0]
  for (const step of path) node = childOf(node, step)
  return node !== undefined
}

function childOf(node: Node | undefined, step: string | number): Node | undefined {
  if (node?.kind === "map" && typeof step === "string") {
    for (const item of node.items) if (item.kind === "entry" && item.key === step) return item.value
  }
  if (node?.kind === "list" && typeof step === "number") {
    return node.items.filter((item) => item.kind !== "comment")[step]
  }
  return undefined
}
