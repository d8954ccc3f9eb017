/**
 * A path as sops writes it: `["key"][0]`, brackets only. Read as sops reads it
 * (`parseTreePath`): split at every `[`, no escapes, single quotes too.
 */

import type { KeyPath } from "#core/sops/tree.ts"

/** @returns `null` if it is none; a negative index, which leads nowhere, stays one. */
export function parseTreePath(text: string): KeyPath | null {
  const path: (string | number)[] = []
  for (const part of text.split("[")) {
    if (part === "") continue
    if (!part.endsWith("]") || part.length < 2) return null
    const step = part.slice(0, -1)
    if (/^["']/.test(step)) {
      if (step.length < 2) return null
      path.push(step.slice(1, -1))
    } else {
      if (!/^[+-]?\d{1,9}$/.test(step)) return null
      path.push(Number(step))
    }
  }
  return path
}
