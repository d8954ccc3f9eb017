/**
 * How much aliases may multiply a source: the guard against documents of a
 * kilobyte that expand to gigabytes.
 *
 * The measure is a node or comment line, and one more for each 64 characters
 * of its text. A file may expand to 100 times what was parsed plus 10,000, and
 * never to more than 1,000,000. (yaml.v3 has the first limit for SOPS' first
 * document, and ends between 400,000 and 4,000,000.)
 */

import { ConclaveError } from "../../errors.ts"
import type { CommentLine, DocumentNode, YamlNode } from "./node.ts"

const MAX_EXPANDED = 1_000_000
const MAX_RATIO = 100
const FREE = 10_000

export type AliasBudget = { readonly limit: number; spent: number }

export function createAliasBudget(documents: readonly DocumentNode[]): AliasBudget {
  const parsed = measureAll(documents)
  return { limit: Math.min(MAX_EXPANDED, MAX_RATIO * parsed + FREE), spent: 0 }
}

/**
 * Counts one copy of a node, without its content.
 *
 * @throws {@link ConclaveError} `alias-bomb` when the budget is exhausted.
 */
export function spend(budget: AliasBudget, node: YamlNode): void {
  budget.spent += measure(node)
  if (budget.spent > budget.limit) {
    throw new ConclaveError("alias-bomb", "aliases expand to too many nodes", { limit: budget.limit })
  }
}

function measureAll(documents: readonly DocumentNode[]): number {
  const stack: YamlNode[] = [...documents]
  let sum = 0
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    sum += measure(node)
    if (node.kind === "scalar" || node.kind === "alias") continue
    for (const child of node.content) stack.push(child)
  }
  return sum
}

function measure(node: YamlNode): number {
  const { head, line, foot } = node.comments
  const own = node.kind === "scalar" ? weight(node.value) : 1
  return own + measureLines(head) + measureLines(line) + measureLines(foot)
}

function measureLines(lines: readonly CommentLine[]): number {
  let sum = 0
  for (const { text } of lines) sum += weight(text)
  return sum
}

function weight(text: string): number {
  return 1 + (text.length >> 6)
}
