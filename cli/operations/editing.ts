/**
 * One text before one person: laid out in memory, given to the editor again
 * until what it leaves can be taken, then written. Whatever fails from the
 * moment on when the editor has closed, the text is kept, encrypted.
 */

import { equalBytes } from "#core/bytes.ts"
import { ConclaveError, type ErrorCode, hasCode } from "#core/errors.ts"
import { MAX_BINARY_SIZE } from "#core/formats/format.ts"
import type { Context } from "../context.ts"
import { keepDraft, withDraft } from "../drafts.ts"
import { chooseEditor, type Editor, startOf } from "../editor-choice.ts"
import type { Guarded, LaidOut } from "../editors.ts"
import { formatReport, reportOf } from "../report.ts"
import { readUserConfig } from "../user-config.ts"

export type EditorOptions = {
  /** `--editor` */
  readonly editor?: string | undefined
  /** Variables that may name it; the first that is set counts. */
  readonly variables: readonly string[]
  /** `--allow-disk`; the user's own settings may say it too. */
  readonly allowDisk: boolean
}

/** What is edited. `Taken` is an edited text that can be written. */
export type Subject<Taken, Written> = {
  /** As the user named it. */
  readonly shown: string
  /** The last step of its path. */
  readonly name: string
  readonly text: Uint8Array
  /**
   * @returns `null` if the text says nothing new.
   * @throws {@link ConclaveError} for a text that cannot be taken; the person gets it back if that is the text's fault.
   */
  take(text: Uint8Array): Promise<Taken | null>
  write(taken: Taken): Promise<Written>
  /** The text, encrypted for the readers of the file. */
  seal(text: Uint8Array): Promise<Uint8Array>
}

/** What another look at the text can mend. */
const FAULTS_OF_TEXT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "syntax",
  "malformed",
  "duplicate-key",
  "unsupported-value",
  "too-large",
  "too-deep",
  "alias-bomb",
  "empty-file",
  "reserved-key",
  "not-representable",
  "verify-failed",
  "comment-ambiguous",
])

/** An editor may leave more than it was given. */
const MAX_SIZE = MAX_BINARY_SIZE

/**
 * @returns `null` if nothing was changed.
 * @throws {@link ConclaveError} `no-ram-folder`, `editor-failed`, and what taking and writing throw.
 */
export async function editText<Taken, Written>(
  subject: Subject<Taken, Written>,
  options: EditorOptions,
  context: Context,
): Promise<Written | null> {
  const editors = await context.editors()
  const editor = chooseEditor(options.editor, options.variables, context.env, (program) =>
    editors.find(program),
  )
  const allowDisk = options.allowDisk || (await readUserConfig(context)).edit.allowDisk
  const laid = await editors.layOut(subject.name, subject.text, allowDisk)
  try {
    if (!laid.inMemory) say(`warning: the plaintext is on a disk while it is edited: ${laid.folder}`, context)
    return await editors.guarded((guarded) => new Session(subject, editor, laid, guarded, context).run())
  } finally {
    await laid.close()
  }
}

class Session<Taken, Written> {
  readonly #subject: Subject<Taken, Written>
  readonly #editor: Editor
  readonly #laid: LaidOut
  readonly #guarded: Guarded
  readonly #context: Context

  constructor(
    subject: Subject<Taken, Written>,
    editor: Editor,
    laid: LaidOut,
    guarded: Guarded,
    context: Context,
  ) {
    this.#subject = subject
    this.#editor = editor
    this.#laid = laid
    this.#guarded = guarded
    this.#context = context
  }

  async run(): Promise<Written | null> {
    for (let line: number | undefined; ; ) {
      const text = await this.#edit(line)
      if (equalBytes(text, this.#subject.text)) return null
      try {
        const taken = await this.#subject.take(text)
        return taken === null ? null : await this.#subject.write(taken)
      } catch (error) {
        if (!isFaultOfText(error)) throw await this.#keeping(error, text)
        if (!(await this.#asksAgain(error))) throw await this.#keeping(error, text)
        line = hasCode(error, "syntax") || hasCode(error, "duplicate-key") ? error.details.line : undefined
      }
    }
  }

  /** @returns What the editor has left. */
  async #edit(line: number | undefined): Promise<Uint8Array> {
    const { file, folder } = this.#laid
    const start = startOf(this.#editor, file, folder, line)
    for (const note of start.notes) say(note, this.#context)
    const env = { ...this.#context.env, ...start.env }
    const exitCode = await this.#guarded.run(start.command, env).catch((error: unknown) => {
      if (error instanceof ConclaveError) throw editorFailed(this.#editor, error.message)
      throw error
    })
    if (exitCode === 0) return this.#laid.read(MAX_SIZE)
    const failure = editorFailed(this.#editor, `it ended with ${exitCode}`)
    const left = await this.#laid.readRescued(MAX_SIZE).catch(() => this.#subject.text)
    throw equalBytes(left, this.#subject.text) ? failure : await this.#keeping(failure, left)
  }

  /** Where there is no terminal nobody answers. */
  async #asksAgain(error: ConclaveError): Promise<boolean> {
    const question = `${formatReport(reportOf(error))}Press Enter to edit again, or Ctrl-C to stop: `
    const answer = this.#context.terminal.askHidden(question)
    return (await Promise.race([answer, this.#guarded.interrupted])) === ""
  }

  /** The failure, with the place of the text in its message. A bug stays one. */
  async #keeping(error: unknown, text: Uint8Array): Promise<unknown> {
    const sealed = await this.#subject.seal(text).catch(() => null)
    const place = sealed === null ? null : await keepDraft(this.#subject.name, sealed, this.#context)
    if (error instanceof ConclaveError) return withDraft(error, place)
    say(`the edit of ${this.#subject.shown} is kept, encrypted: ${place ?? "nowhere"}`, this.#context)
    return error
  }
}

function isFaultOfText(error: unknown): error is ConclaveError {
  return error instanceof ConclaveError && FAULTS_OF_TEXT.has(error.code)
}

function editorFailed({ words }: Editor, reason: string): ConclaveError {
  const [command] = words
  return new ConclaveError("editor-failed", `the editor ${command} failed: ${reason}`, { command, reason })
}

function say(line: string, { terminal }: Context): void {
  terminal.stderr.write(`${line}\n`)
}
