/** Editing an encrypted file, as `conclave edit` and `sops edit` both do it. */

import { basename } from "node:path"
import { type Change, findChanges, nameOfChange } from "#core/document/changes.ts"
import { sizeLimit } from "#core/document/document.ts"
import { parseEdited } from "#core/document/edited.ts"
import { sealBeside } from "#core/document/envelope.ts"
import type { Conflict } from "#core/document/merge.ts"
import { mergeEdit, reopenDocument } from "#core/document/merge-edit.ts"
import { closeDocument, type OpenedDocument } from "#core/document/opened.ts"
import { encryptDraft } from "#core/document/place-edit.ts"
import { printPlaintext } from "#core/document/plaintext.ts"
import { type Updated, updateFromText } from "#core/document/update.ts"
import { ConclaveError, hasCode } from "#core/errors.ts"
import type { Tree } from "#core/sops/tree.ts"
import type { Context, IdentityPool } from "../context.ts"
import { describeLayoutNotices, describeNotices } from "../notices.ts"
import { type EditorOptions, editText, type Subject } from "./editing.ts"
import { type OpenFile, type OpenRequest, withOpenFile } from "./open.ts"
import { type Readers, readersOf } from "./readers.ts"
import { guardRule, type RuleStrictness } from "./rule-guard.ts"

export type EditRequest = Omit<OpenRequest, "file"> &
  EditorOptions & { readonly file: string; readonly strictness: RuleStrictness }

export type Edited = {
  readonly changes: readonly Change[]
  /** Documents of the file. */
  readonly branches: number
  /** Whether the file had changed meanwhile, and this is the edit merged into it. */
  readonly merged: boolean
  readonly readers: Readers
  readonly warnings: readonly string[]
}

/** How often an edit is merged into a file that others keep changing. */
const MAX_ATTEMPTS = 5

/**
 * @returns `null` if nothing was changed; then nothing is written.
 * @throws {@link ConclaveError} `locked` while the same file is edited elsewhere; what opening and editing throw.
 */
export async function editFile(request: EditRequest, context: Context): Promise<Edited | null> {
  const lock = await (await context.editors()).lock(context.files.resolve(request.file))
  try {
    const pool = context.identities().near(context.files.resolve(request.file))
    return await withOpenFile(request, pool, context, async (file) => {
      // Before anybody types: a file that may not be written need not be edited.
      await guardRule(ruleCheck(request, file), file.opened.tree, file.opened.tree)
      const warnings = [...file.warnings, ...describeNotices(file.source.shown, file.opened.notices)]
      for (const warning of warnings) context.terminal.stderr.write(`${warning}\n`)
      return editText(new EditedFile(file, request, pool, context), request, context)
    })
  } finally {
    lock.release()
  }
}

type Taken = { readonly tree: Tree; readonly updated: Updated; readonly warnings: readonly string[] }

class EditedFile implements Subject<Taken, Edited> {
  readonly shown: string
  readonly name: string
  readonly text: Uint8Array
  readonly #file: OpenFile
  readonly #request: EditRequest
  readonly #pool: IdentityPool
  readonly #context: Context

  constructor(file: OpenFile, request: EditRequest, pool: IdentityPool, context: Context) {
    const { source, opened, mode } = file
    this.shown = source.shown
    this.name = basename(source.name)
    this.text = printPlaintext(source.bytes, opened.document, opened.tree, mode).bytes
    this.#file = file
    this.#request = request
    this.#pool = pool
    this.#context = context
  }

  async take(text: Uint8Array): Promise<Taken | null> {
    const { mode } = this.#file
    // A text that is refused late must not use up the IVs of the next one.
    const opened = { ...this.#file.opened, stash: this.#file.opened.stash.copy() }
    const tree = parseEdited(opened, text)
    const warnings = await guardRule(ruleCheck(this.#request, this.#file), opened.tree, tree)
    const updated = await updateFromText(opened, text, { ...mode, ...this.#options(), raiseVersion: true })
    return updated === null ? null : { tree, updated, warnings: [...warnings, ...this.#notices(updated)] }
  }

  async write({ tree, updated, warnings }: Taken): Promise<Edited> {
    const { source, opened } = this.#file
    const edited = { merged: false, readers: readersOf(this.#file), branches: tree.length, warnings }
    try {
      await this.#replace(updated.bytes, source.bytes)
      return { ...edited, changes: findChanges(opened.tree, tree) }
    } catch (error) {
      // Written in another format than it was read in, it cannot be read again to be merged.
      if (!hasCode(error, "file-changed") || opened.document.format !== source.format) throw error
      return this.#merge(tree)
    }
  }

  seal(text: Uint8Array): Promise<Uint8Array> {
    return sealBeside(this.#file.opened, text, this.#options())
  }

  /** Brings the edit onto what the file says by now. */
  async #merge(tree: Tree): Promise<Edited> {
    const { opened, source } = this.#file
    const options = { cipher: this.#context.cipher, ignoreMac: this.#request.ignoreMac }
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const now = await this.#context.files.read(source.path ?? "", sizeLimit(source.format))
      const theirs = await reopenDocument(opened, now, this.#pool.identities, options)
      try {
        const edited = await this.#mergeInto(theirs, tree)
        if (edited !== null) return edited
      } finally {
        closeDocument(theirs)
      }
    }
    const message = `${this.shown} is changed by others again and again`
    throw new ConclaveError("file-changed", message, { file: this.shown })
  }

  /** @returns `null` if the file has changed once more. */
  async #mergeInto(theirs: OpenedDocument, tree: Tree): Promise<Edited | null> {
    const file = { ...this.#file, opened: theirs }
    const merged = mergeEdit(this.#file.opened.tree, tree, theirs, file.mode)
    if (merged.kind === "conflict") throw conflicting(this.shown, merged.conflicts, tree.length)
    const edited = { merged: true, readers: readersOf(file), branches: theirs.tree.length }
    const { draft } = merged
    if (draft === null) return { ...edited, changes: [], warnings: [] }
    const warnings = await guardRule(ruleCheck(this.#request, file), theirs.tree, draft.tree)
    const { indent } = file.mode
    const options = { ...this.#options(), ...(indent === undefined ? {} : { indent }) }
    const updated = await encryptDraft(theirs, draft, options)
    try {
      await this.#replace(updated.bytes, theirs.source)
    } catch (error) {
      if (hasCode(error, "file-changed")) return null
      throw error
    }
    const changes = findChanges(theirs.tree, draft.tree)
    return { ...edited, changes, warnings: [...warnings, ...this.#notices(updated)] }
  }

  #replace(bytes: Uint8Array, expected: Uint8Array): Promise<void> {
    return this.#context.files.replace(this.#file.source.path ?? "", bytes, { expected, secret: false })
  }

  #options() {
    return { cipher: this.#context.cipher, moment: this.#context.clock.now() }
  }

  #notices({ notices, layoutNotices }: Updated): string[] {
    return [...describeNotices(this.shown, notices), ...describeLayoutNotices(this.shown, layoutNotices)]
  }
}

function ruleCheck({ strictness }: EditRequest, { source, opened, policy }: OpenFile) {
  return { file: source.shown, document: opened.document, rule: policy.rule, strictness }
}

const MAX_NAMES = 10

/** Both sides changed something in different ways; says where. */
function conflicting(file: string, conflicts: readonly Conflict[], branches: number): ConclaveError {
  const names = conflicts.map((conflict) =>
    conflict.what === "form"
      ? `comments or order at ${nameOfChange(conflict, branches)}`
      : nameOfChange(conflict, branches),
  )
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : ""
  const what = names.slice(0, MAX_NAMES).join(", ") + more
  return new ConclaveError("file-changed", `${file} was changed meanwhile, also at ${what}`, { file })
}
