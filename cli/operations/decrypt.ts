/** Decrypting one file, as `conclave decrypt` and `conclave sops decrypt` both do it. */

import { wipe } from "#core/bytes.ts"
import { decryptDocument, unwrapDocument } from "#core/document/decrypt.ts"
import { type EncryptedDocument, parseDocument } from "#core/document/document.ts"
import { type LayoutMode, type PrintMode, printOptions, printPlaintext } from "#core/document/plaintext.ts"
import { ConclaveError } from "#core/errors.ts"
import type { Format, PrintOptions } from "#core/formats/format.ts"
import type { LayoutNotice } from "#core/formats/layout.ts"
import { printValue } from "#core/formats/print-value.ts"
import type { KeyKind } from "#core/keys/key-entry.ts"
import type { Notice } from "#core/sops/crypt.ts"
import { findNode, parseKeyPath } from "#core/sops/key-path.ts"
import type { Tree } from "#core/sops/tree.ts"
import { findConfig, type Lookup } from "../configuration.ts"
import type { Context, IdentityPool } from "../context.ts"
import { withSources } from "../identity-report.ts"
import { indentFor } from "../indent.ts"
import { chooseFormat, type Source } from "../source.ts"

export type DecryptRequest = {
  readonly source: Source
  readonly outputType?: string | undefined
  /** A path into the tree; a map is printed as a file, a text as it is. */
  readonly extract?: string | undefined
  readonly ignoreMac: boolean
  readonly order?: readonly KeyKind[] | undefined
  /** In place of the profile that the file names for its AWS keys. */
  readonly awsProfile?: string | undefined
  /** `kept` gives way to the configuration, to another output format, and to a part. */
  readonly layout: LayoutMode
  readonly lookup: Lookup
  readonly config?: string | undefined
}

export type DecryptResult = {
  readonly bytes: Uint8Array
  readonly format: Format
  readonly notices: readonly Notice[]
  readonly layoutNotices: readonly LayoutNotice[]
  /** Things the user should know that are not about the document. */
  readonly warnings: readonly string[]
}

export async function decryptSource(request: DecryptRequest, context: Context): Promise<DecryptResult> {
  const { source } = request
  const { document, tree, notices } = await decryptTree(request, context)
  const format = chooseFormat(source.name, request.outputType || source.format.name)
  const { mode, warnings } = await printMode(request, format, context)
  const whole = request.extract === undefined || request.extract === ""
  if (whole && mode.layout === "kept" && format === source.format) {
    const { bytes, notices: layoutNotices } = printPlaintext(source.bytes, document, tree, mode)
    return { bytes, format, notices, layoutNotices, warnings }
  }
  const bytes = printResult(tree, request.extract, format, printOptions(mode))
  return { bytes, format, notices, layoutNotices: [], warnings }
}

export type DecryptedSource = {
  readonly document: EncryptedDocument
  readonly tree: Tree
  readonly notices: readonly Notice[]
}

/**
 * The plaintext of a file, not printed.
 *
 * @param pool - One for all files of a command: a passphrase is asked for once.
 */
export async function decryptTree(
  request: Pick<DecryptRequest, "source" | "ignoreMac" | "order" | "awsProfile">,
  context: Context,
  pool: IdentityPool = context.identities({ awsProfile: request.awsProfile }),
): Promise<DecryptedSource> {
  const { source, ignoreMac } = request
  const document = parseDocument(source.bytes, source.format, Number.POSITIVE_INFINITY)
  const { identities } = pool.near(source.path)
  const dataKey = await unwrapDocument(document, identities, request.order).catch((error: unknown) => {
    throw withSources(error, source.shown, pool.reports())
  })
  try {
    return { document, ...(await decryptDocument(document, dataKey, { cipher: context.cipher, ignoreMac })) }
  } finally {
    wipe(dataKey)
  }
}

/** The plaintext as the output format prints it, or the part of it that was asked for. */
function printResult(
  tree: Tree,
  extract: string | undefined,
  format: Format,
  options: PrintOptions,
): Uint8Array {
  if (extract === undefined || extract === "") return format.printPlain(tree, options)
  const node = findNode(tree, parseKeyPath(extract))
  return node.kind === "map"
    ? format.printPlain([node, ...tree.slice(1)], options)
    : printValue(node, format, options)
}

/** A configuration that cannot be read must not keep anyone from a secret: it only costs the indentation. */
async function printMode(
  request: DecryptRequest,
  format: Format,
  context: Context,
): Promise<{ mode: PrintMode; warnings: readonly string[] }> {
  try {
    const found = await findConfig(context, request.source.name, request.lookup, request.config)
    const indent = found === null ? undefined : indentFor(found.config, format.name)
    const layout = found?.config.layout === "canonical" ? "canonical" : request.layout
    return { mode: { layout, ...(indent === undefined ? {} : { indent }) }, warnings: [] }
  } catch (error) {
    if (!(error instanceof ConclaveError)) throw error
    return {
      mode: { layout: request.layout },
      warnings: [`warning: configuration ignored: ${error.message}`],
    }
  }
}
