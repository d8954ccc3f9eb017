/**
 * Which values one selection rule leaves in clear although another encrypts
 * them. A file's own rule is not authenticated: whoever can write the file can
 * make the next writer put a secret into it in clear.
 */

import { isEmptyScalar, serializeScalar } from "./scalar.ts"
import type { Selection } from "./selection.ts"
import type { Comment, Leaf, Tree } from "./tree.ts"
import { mapLeaves, type Place } from "./walk.ts"

/**
 * Places of `after` that `file` leaves in clear and `policy` encrypts, and
 * that are not in clear with the same value in `before`. Comments count;
 * empty texts do not, since SOPS never encrypts them.
 *
 * @returns Key paths, in document order, each once.
 */
export function newlyExposed(before: Tree, after: Tree, file: Selection, policy: Selection): string[] {
  const old = new Set(exposed(before, file, policy).map(({ name, content }) => `${name}\0${content}`))
  const names = exposed(after, file, policy)
    .filter(({ name, content }) => !old.has(`${name}\0${content}`))
    .map(({ name }) => name)
  return [...new Set(names)]
}

type Exposed = { readonly name: string; readonly content: string }

function exposed(tree: Tree, file: Selection, policy: Selection): Exposed[] {
  const policyEncrypts: boolean[] = []
  mapLeaves(tree, policy, (item, place) => {
    policyEncrypts.push(place.encrypted)
    return item
  })
  const found: Exposed[] = []
  let at = 0
  mapLeaves(tree, file, (item, place) => {
    if (policyEncrypts[at++] && !place.encrypted && !isEmpty(item)) found.push(describe(item, place))
    return item
  })
  return found
}

function isEmpty(item: Leaf | Comment): boolean {
  return item.kind === "comment" ? item.text === "" : isEmptyScalar(item)
}

function describe(item: Leaf | Comment, place: Place): Exposed {
  if (item.kind === "comment") return { name: `${place.name()} (a comment)`.trim(), content: item.text }
  return { name: place.name(), content: `${item.kind} ${serializeScalar(item).join(" ")}` }
}
