/** The indentation that a configuration sets for a format. */

import type { FormatName } from "#core/formats/format.ts"
import type { SopsConfig } from "#core/policy/sops-config.ts"

export function indentFor(config: SopsConfig, format: FormatName): number | undefined {
  return format === "yaml" || format === "json" || format === "binary" ? config.indent[format] : undefined
}
