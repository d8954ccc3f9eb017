/** Opening a file to change it or to look into it: bytes, configuration, data key, plaintext. */

import { closeDocument, type OpenedDocument, openDocument } from "#core/document/opened.ts"
import type { LayoutMode, PrintMode } from "#core/document/plaintext.ts"
import { ConclaveError, hasCode } from "#core/errors.ts"
import type { FormatName } from "#core/formats/format.ts"
import type { KeyKind } from "#core/keys/key-entry.ts"
import { type CreationRule, ruleFor } from "#core/policy/sops-config.ts"
import { type FoundConfig, findConfig, type Lookup } from "../configuration.ts"
import type { Context, IdentityPool } from "../context.ts"
import { withSources } from "../identity-report.ts"
import { indentFor } from "../indent.ts"
import { chooseFormat, readSource, type Source, type SourceOptions } from "../source.ts"

export type OpenRequest = SourceOptions & {
  readonly file: string | undefined
  /** Another format for what is written, as sops allows. */
  readonly outputType?: string | undefined
  readonly ignoreMac: boolean
  readonly order?: readonly KeyKind[] | undefined
  readonly lookup: Lookup
  readonly config?: string | undefined
  readonly layout: LayoutMode
  /** sops' `--indent`; the configuration's otherwise. */
  readonly indent?: number | undefined
  /** For reading only: a configuration that cannot be read must not keep anyone from a secret. */
  readonly readOnly?: boolean
  /** Whether a configuration without a rule for the file is an error, as in sops' oldest command lines. */
  readonly ruleNeeded?: boolean
}

export type OpenFile = {
  readonly source: Source
  readonly opened: OpenedDocument
  readonly policy: FilePolicy
  readonly mode: PrintMode
  readonly warnings: readonly string[]
}

/** What the configuration says about one file. */
export type FilePolicy = {
  readonly found: FoundConfig | null
  /** `null` without a configuration, without rules, or where none matches. */
  readonly rule: CreationRule | null
}

/**
 * Opens a file for `work`, and wipes its data key afterwards.
 *
 * @param pool - One for all files of a command: a passphrase is asked for once.
 */
export async function withOpenFile<T>(
  request: OpenRequest,
  pool: IdentityPool,
  context: Context,
  work: (file: OpenFile) => Promise<T>,
): Promise<T> {
  const source = await readSource(request.file, request, context)
  // Before anything is decrypted: a configuration that cannot be read stops every write.
  const { policy, warnings } = await policyFor(source, request, context)
  const opened = await openSource(source, request, pool, context)
  try {
    return await work(openFileOf(source, opened, policy, request, warnings))
  } finally {
    closeDocument(opened)
  }
}

async function openSource(
  source: Source,
  { ignoreMac, order }: OpenRequest,
  pool: IdentityPool,
  { cipher }: Context,
): Promise<OpenedDocument> {
  const options = { cipher, ignoreMac, ...(order === undefined ? {} : { order }) }
  const { identities } = pool.near(source.path)
  return openDocument(source.bytes, source.format, identities, options).catch((error: unknown) => {
    throw withSources(error, source.shown, pool.reports())
  })
}

function openFileOf(
  source: Source,
  opened: OpenedDocument,
  policy: FilePolicy,
  request: OpenRequest,
  warnings: readonly string[],
): OpenFile {
  const output = request.outputType ? chooseFormat(source.name, request.outputType) : source.format
  const indent = request.indent ?? configuredIndent(policy, output.name)
  return {
    source,
    opened:
      output === source.format ? opened : { ...opened, document: { ...opened.document, format: output } },
    policy,
    warnings,
    mode: {
      layout:
        output === source.format && policy.found?.config.layout !== "canonical"
          ? request.layout
          : "canonical",
      ...(indent === undefined ? {} : { indent }),
    },
  }
}

function configuredIndent({ found }: FilePolicy, format: FormatName): number | undefined {
  return found === null ? undefined : indentFor(found.config, format)
}

async function policyFor(
  source: Source,
  request: OpenRequest,
  context: Context,
): Promise<{ policy: FilePolicy; warnings: string[] }> {
  try {
    return { policy: await findPolicy(source, request, context), warnings: [] }
  } catch (error) {
    if (request.readOnly !== true || !(error instanceof ConclaveError)) throw error
    const policy = { found: null, rule: null }
    return { policy, warnings: [`warning: configuration ignored: ${error.message}`] }
  }
}

/** @throws {@link ConclaveError} `config-invalid`, `regex-invalid`; `no-rule` only where a rule is needed. */
export async function findPolicy(
  source: Source,
  request: Pick<OpenRequest, "lookup" | "config" | "ruleNeeded">,
  context: Context,
): Promise<FilePolicy> {
  const found = await findConfig(context, source.name, request.lookup, request.config)
  if (found === null || found.config.rules === null) return { found, rule: null }
  try {
    return { found, rule: ruleFor(found.config, found.pathOf(source.name)) }
  } catch (error) {
    if (!hasCode(error, "no-rule") || request.ruleNeeded === true) throw error
    return { found, rule: null }
  }
}
