/** `sops set`, and the oldest form `sops --set '["a"] "value"'`. */

import { fromUtf8 } from "#core/bytes.ts"
import { ConclaveError } from "#core/errors.ts"
import { MAX_TEXT_SIZE } from "#core/formats/format.ts"
import { parseJsonValue } from "#core/formats/json.ts"
import { formatPlainFloat } from "#core/sops/scalar.ts"
import type { KeyPath, Node } from "#core/sops/tree.ts"
import { changeFile } from "../operations/change.ts"
import { editPlaces } from "../operations/edit-places.ts"
import { changeExitCode } from "./change-exit-codes.ts"
import {
  changeRequestOf,
  EXIT_GENERIC,
  EXIT_NO_FILE,
  EXIT_PATH,
  EXIT_SET_FORMAT,
  type SopsCommand,
  SopsFailure,
  type SopsInvocation,
  sayAll,
} from "./command.ts"
import { SET_FLAGS } from "./table.ts"
import { parseTreePath } from "./tree-path.ts"

export const set: SopsCommand = {
  flags: SET_FLAGS,
  exitCode: changeExitCode,

  async run(invocation) {
    const { flags, context } = invocation
    const [file = "", pathText = "", word = ""] = flags.positionals
    if (flags.bool("value-file") && flags.bool("value-stdin"))
      throw new SopsFailure("cannot use both --value-file and --value-stdin", EXIT_GENERIC)
    const expected = flags.bool("value-stdin") ? 2 : 3
    if (flags.positionals.length !== expected)
      throw new SopsFailure(`give precisely ${expected} arguments: file, index and value`, EXIT_NO_FILE)
    const path = parseTreePath(pathText)
    if (path === null) throw new SopsFailure("invalid set index format", EXIT_SET_FORMAT)
    const text = flags.bool("value-stdin")
      ? fromUtf8(await context.terminal.stdin.read(MAX_TEXT_SIZE))
      : flags.bool("value-file")
        ? fromUtf8(await readValueFile(word, invocation))
        : word
    return setPlace(invocation, file, path, insertable(text), !flags.bool("idempotent"))
  },
}

export const legacySet: SopsCommand = {
  flags: [],
  exitCode: changeExitCode,

  async run(invocation) {
    const { flags } = invocation
    const text = flags.text("set")
    // The path ends where a bracket closes before a blank.
    const end = text.indexOf("] ") + 1
    if (end === 0) throw new SopsFailure("invalid --set format", EXIT_SET_FORMAT)
    const value = insertable(text.slice(end + 1))
    const path = parseTreePath(text.slice(0, end))
    if (path === null) throw new SopsFailure("invalid --set format", EXIT_SET_FORMAT)
    return setPlace(invocation, flags.positionals[0] ?? "", path, value, true)
  },
}

async function readValueFile(file: string, { context }: SopsInvocation): Promise<Uint8Array> {
  return context.files.read(context.files.resolve(file), MAX_TEXT_SIZE).catch((cause: unknown) => {
    throw new SopsFailure(`cannot read ${file}`, EXIT_GENERIC, { cause })
  })
}

/** @param always - Writes also where nothing changes, as sops does. */
async function setPlace(
  invocation: SopsInvocation,
  file: string,
  path: KeyPath,
  value: Node,
  always: boolean,
): Promise<number> {
  const { context, flags } = invocation
  checkSteps(path)
  const legacy = flags.has("set")
  const request = { ...changeRequestOf(invocation, file), target: { inPlace: true }, ruleNeeded: legacy }
  const changed = await changeFile(request, context.identities(), context, (open) =>
    editPlaces(open, [{ kind: "set", path, value }], { always }, context),
  )
  sayAll(changed.warnings, context)
  return 0
}

/** What makes sops crash. */
export function checkSteps(path: KeyPath): void {
  if (path.length === 0) throw new SopsFailure("the path is empty", EXIT_PATH)
  const negative = path.find((step) => typeof step === "number" && step < 0)
  if (negative !== undefined) throw new SopsFailure(`there is no item ${negative} in a list`, EXIT_PATH)
}

/**
 * A value as sops takes it: JSON, a lone number a float (also 5), a list only
 * inside a map.
 */
function insertable(text: string | null): Node {
  const value = text === null ? null : parsed(text)
  if (value === null) throw new SopsFailure("the value is not valid JSON", EXIT_SET_FORMAT)
  if (value.kind === "list") throw new SopsFailure("invalid value format: a list", EXIT_SET_FORMAT)
  if (value.kind !== "int") return value
  const float = Number(value.value)
  if (formatPlainFloat(float) === value.value.toString()) return { kind: "float", value: float }
  throw new SopsFailure("sops stores a lone number as a float, which cannot hold this one", EXIT_SET_FORMAT)
}

function parsed(text: string): Node | null {
  try {
    return parseJsonValue(text)
  } catch (error) {
    if (error instanceof ConclaveError) return null
    throw error
  }
}
