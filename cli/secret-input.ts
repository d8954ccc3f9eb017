/**
 * Where the value of `set` comes from: a hidden prompt, standard input, a file
 * or the generator. Never an argument, which every process list shows.
 */

import { fromUtf8, toUtf8 } from "#core/bytes.ts"
import {
  generateValue,
  MAX_GENERATED,
  MIN_GENERATED,
  parseGeneratedKind,
} from "#core/document/generated-value.ts"
import { MAX_TEXT_SIZE } from "#core/formats/format.ts"
import { parseJsonValue } from "#core/formats/json.ts"
import { str, strOf } from "#core/sops/scalar.ts"
import type { Node } from "#core/sops/tree.ts"
import { UsageError } from "./command.ts"
import type { Context } from "./context.ts"
import { escapeText } from "./terminal.ts"

export type ValueSource = {
  readonly stdin: boolean
  readonly valueFile?: string | undefined
  readonly generate?: string | undefined
  readonly asJson: boolean
}

export type SecretValue = {
  readonly node: Node
  /** The text that was generated; `null` if it was not. */
  readonly generated: string | null
}

/** @throws {@link UsageError} if no value can be had, or more than one way is named. */
export async function readSecretValue(
  source: ValueSource,
  question: string,
  context: Context,
): Promise<SecretValue> {
  const { stdin, valueFile, generate } = source
  if ([stdin, valueFile !== undefined, generate !== undefined].filter(Boolean).length > 1)
    throw new UsageError("--stdin, --value-file and --generate exclude each other")
  if (generate !== undefined) {
    if (source.asJson) throw new UsageError("--generate makes a text; leave out --json-value")
    const generated = generateText(generate)
    return { node: str(generated), generated }
  }
  const bytes = stdin
    ? await context.terminal.stdin.read(MAX_TEXT_SIZE)
    : valueFile !== undefined
      ? await context.files.read(context.files.resolve(valueFile), MAX_TEXT_SIZE)
      : await askValue(question, context)
  return { node: source.asJson ? jsonValue(bytes) : textValue(bytes), generated: null }
}

function generateText(text: string): string {
  const kind = parseGeneratedKind(text)
  if (kind !== null) return generateValue(kind)
  throw new UsageError(
    `--generate takes a number of characters, hex, hex:N, base64, base64:N or uuid, N from ${MIN_GENERATED} to ${MAX_GENERATED}`,
  )
}

async function askValue(question: string, { terminal }: Context): Promise<Uint8Array> {
  const answer = await terminal.askHidden(escapeText(question))
  if (answer === null)
    throw new UsageError("no value: there is no terminal to ask on; use --stdin, --value-file or --generate")
  return toUtf8(answer)
}

/** @throws {@link UsageError} for nothing at all: more likely a pipeline that failed than a wish. */
function textValue(bytes: Uint8Array): Node {
  const content = withoutLineEnd(bytes)
  if (content.length === 0)
    throw new UsageError(`the value is empty, nothing was written; '""' with --json-value sets an empty text`)
  return strOf(content)
}

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** A single line loses its end, which `echo` and editors add; a text of several lines (a PEM key) stays as it is. */
function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  if (bytes.indexOf(LINE_FEED) !== bytes.length - 1) return bytes
  const end = bytes.at(-2) === CARRIAGE_RETURN ? -2 : -1
  return bytes.subarray(0, end)
}

function jsonValue(bytes: Uint8Array): Node {
  const text = fromUtf8(bytes)
  if (text === null) throw new UsageError("the value is not UTF-8, as JSON must be")
  return parseJsonValue(text)
}
