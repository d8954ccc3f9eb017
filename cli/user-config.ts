/**
 * The user's own settings, in `<user config dir>/conclave/config.yaml`: what a
 * repository must not decide for them. Strict as every configuration here.
 */

import { parseYamlNodes } from "#core/formats/yaml/composer.ts"
import { decodeSource } from "#core/formats/yaml/reader.ts"
import { ConfigMap, configInvalid } from "#core/policy/config-reader.ts"
import type { Context } from "./context.ts"

export type UserConfig = {
  readonly edit: {
    /** Plaintext may lie on a disk where there is no memory. */
    readonly allowDisk: boolean
  }
}

const MAX_SIZE = 1024 * 1024
const DEFAULTS: UserConfig = { edit: { allowDisk: false } }

/** @throws {@link ConclaveError} `config-invalid`, `syntax`, `read-failed`. */
export async function readUserConfig(context: Context): Promise<UserConfig> {
  const file = context.userConfigFile()
  if (file === null || !(await context.files.exists(file))) return DEFAULTS
  const [document, ...more] = parseYamlNodes(decodeSource(await context.files.read(file, MAX_SIZE)))
  if (more[0] !== undefined) throw configInvalid(file, more[0], "more than one document")
  const root = document?.content[0]
  if (root === undefined || (root.kind === "scalar" && root.value === "")) return DEFAULTS
  const edit = new ConfigMap(root, file, ["edit"], "the settings").get("edit")
  if (edit === null) return DEFAULTS
  return { edit: { allowDisk: new ConfigMap(edit, file, ["allow_disk"], "edit").bool("allow_disk") } }
}
