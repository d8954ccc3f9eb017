/** `--encryption-context NAME:VALUE,…`: what AWS KMS binds a wrapped key to. */

import type { KeySpec } from "#core/keys/key-spec.ts"
import { splitList } from "#core/policy/config-keys.ts"
import { UsageError } from "./command.ts"

/**
 * Puts the keys of AWS KMS into the context of the flag, except those that the
 * configuration gives one of their own.
 *
 * @throws {@link UsageError} for a pair that is none; sops drops the whole context then.
 */
export function inContext(specs: readonly KeySpec[], text: string | undefined): KeySpec[] {
  const context = parseContext(text ?? "")
  if (context.size === 0) return [...specs]
  return specs.map((spec) => (spec.kind === "kms" && !spec.context?.size ? { ...spec, context } : spec))
}

function parseContext(text: string): ReadonlyMap<string, string> {
  return new Map(
    splitList(text).map((pair) => {
      const [name, value, ...more] = pair.split(":")
      if (!name || value === undefined || more.length > 0) {
        throw new UsageError("--encryption-context takes NAME:VALUE pairs with commas between")
      }
      return [name, value]
    }),
  )
}
