/**
 * Documents to text, as go.yaml.in/yaml/v3's Encoder prints them one after the
 * other: `---` between them, none before the first, a line feed at the end.
 */

import { createEmitter, emit } from "./emitter.ts"
import type { YamlEvent } from "./event.ts"
import type { DocumentNode } from "./node.ts"
import { NO_COMMENTS, NO_MARKS, serializeDocument } from "./serializer.ts"

/**
 * Prints a stream of documents.
 *
 * @param options.indent - Spaces for each level, 2 to 9; anything else becomes 2.
 * @throws {@link ConclaveError} `too-deep`.
 */
export function printDocuments(
  documents: readonly DocumentNode[],
  options: { readonly indent: number },
): string {
  const emitter = createEmitter(options.indent)
  const sink = (event: YamlEvent) => emit(emitter, event)
  sink({ type: "stream-start", ...NO_MARKS, ...NO_COMMENTS })
  for (const document of documents) serializeDocument(document, sink)
  sink({ type: "stream-end", ...NO_MARKS, ...NO_COMMENTS })
  return emitter.out
}
