/** Setting and removing places of a file, as `set` and `unset` do it, ours and sops'. */

import { canonicalDraft, draftEdits, encryptDraft, type PlaceEdit } from "#core/document/place-edit.ts"
import { formatKeyPath, hasNode } from "#core/sops/key-path.ts"
import { compileRule, DEFAULT_RULE } from "#core/sops/selection.ts"
import type { KeyPath, Tree } from "#core/sops/tree.ts"
import { mapLeaves } from "#core/sops/walk.ts"
import type { Context } from "../context.ts"
import type { Change } from "./change.ts"
import type { OpenFile } from "./open.ts"

export type PlaceFact = {
  readonly path: string
  readonly change: "added" | "changed" | "removed" | "unchanged" | "absent"
  /** Whether something at or below the path stands in clear by the file's rule. */
  readonly clear: boolean
}

export type EditPlacesOptions = {
  /** As sops writes: a new MAC and date, although nothing changed. */
  readonly always?: boolean
  /** Removing what is not there is no error. */
  readonly absentAllowed?: boolean
}

/** The change for `changeFile`. */
export async function editPlaces(
  { opened, mode }: OpenFile,
  edits: readonly PlaceEdit[],
  options: EditPlacesOptions,
  context: Context,
): Promise<Change<readonly PlaceFact[]>> {
  const present = edits.filter(
    ({ kind, path }) => kind === "set" || options.absentAllowed !== true || hasNode(opened.tree, path),
  )
  const ordered = inSafeOrder(present)
  const draft =
    draftEdits(opened, ordered, mode) ?? (options.always === true ? canonicalDraft(opened.tree) : null)
  const tree = draft?.tree ?? opened.tree
  const { metadata } = opened.document
  const clear = await clearPlaces(tree, metadata.rule ?? DEFAULT_RULE)
  const facts = edits.map(({ kind, path }): PlaceFact => {
    const name = formatKeyPath(path)
    const there = hasNode(opened.tree, path)
    const change =
      kind === "unset"
        ? there
          ? "removed"
          : "absent"
        : draft === null
          ? "unchanged"
          : there
            ? "changed"
            : "added"
    return { path: name, change, clear: kind === "set" && clear.some((place) => isWithin(place, name)) }
  })
  if (draft === null) return { next: null, facts }
  const { cipher } = context
  const { indent } = mode
  const encrypt = () =>
    encryptDraft(opened, draft, {
      cipher,
      moment: context.clock.now(),
      ...(indent === undefined ? {} : { indent }),
    })
  return { next: { tree: draft.tree, encrypt }, facts }
}

/** Later items of a list first, and what lies deeper first: no removal moves or takes the place of another. */
function inSafeOrder(edits: readonly PlaceEdit[]): PlaceEdit[] {
  return edits.toSorted((a, b) => comparePaths(a.path, b.path))
}

function comparePaths(a: KeyPath, b: KeyPath): number {
  for (const [i, step] of a.entries()) {
    const other = b[i]
    if (other === undefined) return -1
    if (step === other) continue
    if (typeof step === "number" && typeof other === "number") return other - step
    return String(step) < String(other) ? -1 : 1
  }
  return b.length - a.length
}

/** Key paths of the first document's values that stand in clear. */
async function clearPlaces(tree: Tree, rule: typeof DEFAULT_RULE): Promise<string[]> {
  const names: string[] = []
  mapLeaves(tree.slice(0, 1), await compileRule(rule), (item, place) => {
    if (!place.encrypted && item.kind !== "comment") names.push(place.name())
    return item
  })
  return names
}

function isWithin(place: string, path: string): boolean {
  return place === path || place.startsWith(`${path}.`) || place.startsWith(`${path}[`)
}
