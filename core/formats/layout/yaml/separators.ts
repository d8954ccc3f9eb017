/**
 * NEL, LS and PS: line breaks for the YAML that SOPS reads, characters like any
 * other for newer parsers and for editors. A text that both read, but not
 * alike, is not one to encrypt: they are refused outside double quotes.
 */

import { ConclaveError } from "../../../errors.ts"
import { parseYamlNodes } from "../../yaml/composer.ts"
import type { YamlNode } from "../../yaml/node.ts"
import { LineCounter } from "../edits.ts"

const SEPARATORS = /[\u0085\u2028\u2029]/g

/** @throws {@link ConclaveError} `unsupported-value`, `syntax` */
export function refuseSeparators(source: string): void {
  if (source.search(SEPARATORS) < 0) return
  const quoted = quotedSpans(source)
  let next = 0
  for (const { index } of source.matchAll(SEPARATORS)) {
    while ((quoted[next]?.end ?? Number.POSITIVE_INFINITY) <= index) next++
    const span = quoted[next]
    if (span !== undefined && span.start <= index) continue
    const line = new LineCounter(source).lineAt(index)
    const message = `a Unicode line separator, which YAML readers take differently: put it into double quotes (line ${line})`
    throw new ConclaveError("unsupported-value", message, { at: `line ${line}`, line })
  }
}

/** The double-quoted scalars, in order. */
function quotedSpans(source: string): { readonly start: number; readonly end: number }[] {
  const spans: { start: number; end: number }[] = []
  const open: YamlNode[] = [...parseYamlNodes(source)]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === "scalar" && node.style === "double") spans.push({ start: node.start, end: node.end })
    else if (node.kind !== "scalar" && node.kind !== "alias")
      for (const child of node.content) open.push(child)
  }
  return spans.sort((a, b) => a.start - b.start)
}
