/** Looking at a file that git has merged as text, and giving it a MAC again. */

import { wipe } from "#core/bytes.ts"
import { nameOfChange } from "#core/document/changes.ts"
import { unwrapDocument } from "#core/document/decrypt.ts"
import { parseDocument, sizeLimit } from "#core/document/document.ts"
import { openDocument } from "#core/document/opened.ts"
import type { LayoutMode } from "#core/document/plaintext.ts"
import {
  closeParents,
  type Inspection,
  inspectMerged,
  type Parent,
  sealMerged,
} from "#core/document/repair.ts"
import { ConclaveError } from "#core/errors.ts"
import type { KeyKind } from "#core/keys/key-entry.ts"
import type { Context, IdentityPool } from "../context.ts"
import { withSources } from "../identity-report.ts"
import { describeLayoutNotices, describeNotices } from "../notices.ts"
import { readSource, type Source, type SourceOptions } from "../source.ts"
import { type FilePolicy, findPolicy } from "./open.ts"
import { guardRule, type RuleStrictness } from "./rule-guard.ts"

export type RepairRequest = SourceOptions & {
  readonly file: string
  /** Revisions to compare with; those that were merged, if none is named. */
  readonly bases: readonly string[]
  readonly order?: readonly KeyKind[] | undefined
  readonly config?: string | undefined
  readonly layout: LayoutMode
  readonly strictness: RuleStrictness
}

/** One value that needs a word. */
export type Place = {
  readonly path: string
  readonly state: "opens" | "foreign" | "clear" | "closed"
  /** Against the revisions: `changed`, `added` (not there) or `removed` (only there). */
  readonly differs: readonly { readonly revision: string; readonly change: "added" | "removed" | "changed" }[]
}

export type RepairPlan = {
  readonly values: number
  readonly isWhole: boolean
  readonly revisions: readonly string[]
  readonly places: readonly Place[]
  readonly warnings: readonly string[]
  /** Makes the new MAC and writes the file. @returns warnings */
  write(): Promise<readonly string[]>
}

/**
 * Looks at a file for `work`, and wipes the keys afterwards.
 *
 * @throws {@link ConclaveError} `syntax` where conflict markers stand, and what opening throws.
 */
export async function withRepairPlan<T>(
  request: RepairRequest,
  context: Context,
  work: (plan: RepairPlan) => Promise<T>,
): Promise<T> {
  const source = await readSource(request.file, request, context)
  refuseMarkers(source)
  const policy = await findPolicy(source, { lookup: "repository", config: request.config }, context)
  const document = parseDocument(source.bytes, source.format, Number.POSITIVE_INFINITY)
  const pool = context.identities().near(source.path)
  const warnings: string[] = []
  const parents = await openParents(source, request, pool, context, warnings)
  const dataKey = await unwrapDocument(document, pool.identities, request.order).catch((error: unknown) => {
    closeParents(parents)
    throw withSources(error, source.shown, pool.reports())
  })
  try {
    const inspection = await inspectMerged(source.bytes, document, dataKey, parents, context.cipher)
    return await work({
      values: inspection.values,
      isWhole: inspection.isWhole,
      revisions: parents.map(({ name }) => name),
      places: placesOf(inspection),
      warnings,
      write: () => write(source, inspection, policy, request, context),
    })
  } finally {
    wipe(dataKey)
    closeParents(parents)
  }
}

/** A revision that does not have the file, or that nobody here can open, is left out with a word. */
async function openParents(
  source: Source,
  request: RepairRequest,
  pool: IdentityPool,
  context: Context,
  warnings: string[],
): Promise<Parent[]> {
  const named = request.bases.length > 0
  const revisions = named ? request.bases : await context.files.mergedRevisions(source.name)
  const { cipher } = context
  const options = {
    cipher,
    ignoreMac: true,
    ...(request.order === undefined ? {} : { order: request.order }),
  }
  const parents: Parent[] = []
  for (const name of revisions) {
    try {
      const bytes = await context.files.readRevision(source.name, name, sizeLimit(source.format))
      parents.push({ name, opened: await openDocument(bytes, source.format, pool.identities, options) })
    } catch (error) {
      if (!(error instanceof ConclaveError) || named) {
        closeParents(parents)
        throw error
      }
      warnings.push(`warning: not compared with ${name}: ${error.message}`)
    }
  }
  return parents
}

/** @throws {@link ConclaveError} `syntax` */
function refuseMarkers({ bytes, shown, format }: Source): void {
  const line = lineOfMarker(bytes)
  if (line === null) return
  throw new ConclaveError(
    "syntax",
    `${shown}:${line}: a conflict is marked here: choose a side there first, then repair`,
    { format: format.name, line, column: 1 },
  )
}

/** Of the first line that begins as git marks a conflict. */
function lineOfMarker(bytes: Uint8Array): number | null {
  const text = new TextDecoder().decode(bytes)
  const found = /^(<{7}|>{7}) /m.exec(text)
  return found === null ? null : text.slice(0, found.index).split("\n").length
}

function placesOf({ found, differences, opened }: Inspection): Place[] {
  const places = new Map<string, Place>()
  for (const { name, state } of found) places.set(name, { path: name, state, differs: [] })
  for (const [revision, changes] of differences) {
    for (const change of changes) {
      const path = nameOfChange(change, opened.tree.length)
      const place = places.get(path) ?? { path, state: "opens", differs: [] }
      // Of a value that does not open nothing can be compared.
      if (place.state === "closed") continue
      places.set(path, { ...place, differs: [...place.differs, { revision, change: change.kind }] })
    }
  }
  return [...places.values()]
}

async function write(
  source: Source,
  inspection: Inspection,
  { rule }: FilePolicy,
  { layout, strictness }: RepairRequest,
  context: Context,
): Promise<readonly string[]> {
  const { opened } = inspection
  const check = { file: source.shown, document: opened.document, rule, strictness }
  const warnings = await guardRule(check, opened.tree, opened.tree)
  const { cipher, clock } = context
  const { bytes, notices, layoutNotices } = await sealMerged(inspection, {
    cipher,
    moment: clock.now(),
    layout,
  })
  await context.files.replace(source.path ?? "", bytes, { expected: source.bytes, secret: false })
  return [
    ...warnings,
    ...describeNotices(source.shown, notices),
    ...describeLayoutNotices(source.shown, layoutNotices),
  ]
}
