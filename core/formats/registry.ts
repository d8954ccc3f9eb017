/** The five formats by name. */

import { binary } from "./binary.ts"
import { dotenv } from "./dotenv.ts"
import type { Format, FormatName } from "./format.ts"
import { ini } from "./ini.ts"
import { json } from "./json.ts"
import { yaml } from "./yaml.ts"

const FORMATS: Readonly<Record<FormatName, Format>> = { yaml, json, dotenv, ini, binary }

export function formatNamed(name: FormatName): Format {
  return FORMATS[name]
}
