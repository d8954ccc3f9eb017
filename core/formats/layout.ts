/** Rewriting a source in place instead of printing it anew: the port; which formats have one is said by `layoutOf`. */

import type { FormatName } from "./format.ts"
import { dotenvLayout } from "./layout/dotenv.ts"
import { iniLayout } from "./layout/ini.ts"
import { jsonLayout } from "./layout/json.ts"
import type { Layout } from "./layout/rewrite.ts"
import { yamlLayout } from "./layout/yaml.ts"

export type { Layout, LayoutNotice, Previous, Rewritten } from "./layout/rewrite.ts"

const LAYOUTS: Readonly<Record<FormatName, Layout | null>> = {
  yaml: yamlLayout,
  json: jsonLayout,
  dotenv: dotenvLayout,
  ini: iniLayout,
  binary: null,
}

/** `null` for binary files, whose text is an envelope of SOPS' own. */
export function layoutOf(format: FormatName): Layout | null {
  return LAYOUTS[format]
}
