/** Decrypting one file, as `conclave decrypt` and `conclave sops decrypt` both do it. */

import { wipe } from "#core/bytes.ts"
import { decryptDocument, unwrapDocument } from "#core/document/decrypt.ts"
import { type EncryptedDocument, parseDocument } from "#core/document/document.ts"
import { ConclaveError } from "#core/errors.ts"
import type { Format } from "#core/formats/format.ts"
import { printValue } from "#core/formats/print-value.ts"
import type { KeyKind } from "#core/keys/key-entry.ts"
import type { Notice } from "#core/sops/crypt.ts"
import { findNode, parseKeyPath } from "#core/sops/key-path.ts"
import type { Tree } from "#core/sops/tree.ts"
import { findConfig, type Lookup } from "../configuration.ts"
import type { Context } from "../context.ts"
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
  readonly lookup: Lookup
  readonly config?: string | undefined
}

export type DecryptResult = {
  readonly bytes: Uint8Array
  readonly format: Format
  readonly notices: readonly Notice[]
  /** Things the user should know that are not about the document. */
  readonly warnings: readonly string[]
}

export async function decryptSource(request: DecryptRequest, context: Context): Promise<DecryptResult> {
  const { source } = request
  const { tree, notices } = await decryptTree(request, context)
  const format = chooseFormat(
    source.name,
    request.outputType ?? (request.outputType === "" ? undefined : source.format.name),
  )
  const { indent, warnings } = await printIndent(request, format, context)
  return { bytes: printResult(tree, request.extract, format, indent), format, notices, warnings }
}

export type DecryptedSource = {
  readonly document: EncryptedDocument
  readonly tree: Tree
  readonly notices: readonly Notice[]
}

/** The plaintext of a file, not printed. */
export async function decryptTree(
  request: Pick<DecryptRequest, "source" | "ignoreMac" | "order">,
  context: Context,
): Promise<DecryptedSource> {
  const { source, ignoreMac } = request
  const document = parseDocument(source.bytes, source.format, Number.POSITIVE_INFINITY)
  const pool = context.identities()
  const dataKey = await unwrapDocument(document, pool.identities, request.order).catch((error: unknown) => {
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
  indent: number | undefined,
): Uint8Array {
  const options = indent === undefined ? {} : { indent }
  if (extract === undefined || extract === "") return format.printPlain(tree, options)
  const node = findNode(tree, parseKeyPath(extract))
  return node.kind === "map"
    ? format.printPlain([node, ...tree.slice(1)], options)
    : printValue(node, format, options)
}

/** A configuration that cannot be read must not keep anyone from a secret: it only costs the indentation. */
async function printIndent(
  request: DecryptRequest,
  format: Format,
  context: Context,
): Promise<{ indent: number | undefined; warnings: readonly string[] }> {
  try {
    const found = await findConfig(context, request.source.name, request.lookup, request.config)
    return { indent: found === null ? undefined : indentFor(found.config, format.name), warnings: [] }
  } catch (error) {
    if (!(error instanceof ConclaveError)) throw error
    return { indent: undefined, warnings: [`warning: configuration ignored: ${error.message}`] }
  }
}
