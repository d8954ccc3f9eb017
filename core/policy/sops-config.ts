/**
 * `.sops.yaml`: which keys and which selection rule a new file gets. The same
 * grammar as getsops/sops `config/config.go`, but strict: an unknown key, a
 * regex that RE2 does not take, a rule without keys or with two selection
 * rules is an error when the file is read, not plaintext later.
 */

import { ConclaveError } from "../errors.ts"
import { parseYamlNodes } from "../formats/yaml/composer.ts"
import type { YamlNode } from "../formats/yaml/node.ts"
import { decodeSource } from "../formats/yaml/reader.ts"
import type { KeySpec } from "../keys/key-spec.ts"
import {
  chooseRule,
  compileRegex,
  compileRule,
  RULE_FIELDS,
  type RuleField,
  type SelectionRule,
} from "../sops/selection.ts"
import { FLAT_KEY_FIELDS, readFlatKeys, readKeyGroup } from "./config-keys.ts"
import { ConfigMap, configInvalid } from "./config-reader.ts"

export type CreationRule = {
  /** RE2, searched in the path relative to the configuration's folder; `null` matches all. */
  readonly matches: ((path: string) => boolean) | null
  readonly groups: readonly (readonly KeySpec[])[]
  /** 0 when not given. */
  readonly threshold: number
  readonly rule: SelectionRule
  /** Whether the rule names its selection, or `rule` is SOPS' default. */
  readonly selectionNamed: boolean
  readonly macOnlyEncrypted: boolean
  /** Of the rule in its file, from 1. */
  readonly line: number
}

export type SopsConfig = {
  readonly file: string
  /** `null` when the file has none: then it says nothing about keys. */
  readonly rules: readonly CreationRule[] | null
  /** `stores.*.indent`; absent where not given. */
  readonly indent: { readonly yaml?: number; readonly json?: number; readonly binary?: number }
  /** Whether conclave's own commands keep the user's layout or print as sops does. */
  readonly layout: "kept" | "canonical"
  /** `destination_rules`, still unread: only publishing needs them. */
  readonly destinations: readonly YamlNode[]
}

const RULE_KEYS = [
  "path_regex",
  ...FLAT_KEY_FIELDS,
  "aws_profile",
  "key_groups",
  "shamir_threshold",
  ...RULE_FIELDS,
  "mac_only_encrypted",
]

/**
 * @param file - How errors name it.
 * @throws {@link ConclaveError} `config-invalid`, `regex-invalid`, `syntax`.
 */
export async function parseSopsConfig(source: Uint8Array, file: string): Promise<SopsConfig> {
  const [document, ...more] = parseYamlNodes(decodeSource(source))
  if (more[0] !== undefined) throw configInvalid(file, more[0], "more than one document")
  const root = document?.content[0]
  if (root === undefined || (root.kind === "scalar" && root.value === "")) {
    return { file, rules: null, indent: {}, layout: "kept", destinations: [] }
  }
  const top = new ConfigMap(
    root,
    file,
    ["creation_rules", "destination_rules", "stores", "conclave"],
    "the configuration",
  )
  const rules = top.get("creation_rules") === null ? null : top.list("creation_rules")
  return {
    file,
    rules: rules === null ? null : await Promise.all(rules.map((node) => readRule(node, file))),
    indent: readIndent(top),
    layout: readLayout(top),
    destinations: top.list("destination_rules"),
  }
}

/**
 * The first rule that matches.
 *
 * @param path - Relative to the configuration's folder, `/` between steps.
 * @throws {@link ConclaveError} `no-rule` if none does: SOPS refuses the file
 * then too, even with keys given on the command line.
 */
export function ruleFor(config: SopsConfig, path: string): CreationRule {
  const rule = config.rules?.find((candidate) => candidate.matches?.(path) ?? true)
  if (rule !== undefined) return rule
  throw new ConclaveError("no-rule", `no creation rule of ${config.file} matches ${path}`, {
    file: path,
    config: config.file,
  })
}

/** One body of a creation rule; also that of a destination's `recreation_rule`. */
export async function readRule(node: YamlNode, file: string): Promise<CreationRule> {
  const map = new ConfigMap(node, file, RULE_KEYS, "a creation rule")
  const pathRegex = map.text("path_regex")
  const listed = map.list("key_groups").map((group) => readKeyGroup(group, file))
  // As in sops: where there are groups, flat keys do not count.
  const groups = listed.length > 0 ? listed : [readFlatKeys(map)]
  if (groups.some((group) => group.length === 0)) {
    throw configInvalid(file, map.node, "a creation rule needs at least one key in each group")
  }
  const threshold = map.int("shamir_threshold")
  if (threshold > groups.length || (threshold === 1 && groups.length > 1)) {
    throw configInvalid(
      file,
      map.node,
      `shamir_threshold ${threshold} does not fit ${groups.length} key groups`,
    )
  }
  return {
    matches:
      pathRegex === ""
        ? null
        : await positioned(map, "path_regex", () => compileRegex(pathRegex, "path_regex")),
    groups,
    threshold,
    rule: await readSelection(map),
    selectionNamed: RULE_FIELDS.some((field) => map.text(field) !== ""),
    macOnlyEncrypted: map.bool("mac_only_encrypted"),
    line: map.node.line,
  }
}

async function readSelection(map: ConfigMap): Promise<SelectionRule> {
  const fields = new Map<RuleField, string>()
  for (const field of RULE_FIELDS) fields.set(field, map.text(field))
  return positioned(map, RULE_FIELDS.find((field) => fields.get(field) !== "") ?? "", async () => {
    const rule = chooseRule(fields)
    // Compiled here only to be refused here: an invalid regex must never reach a file.
    await compileRule(rule)
    return rule
  })
}

/** Gives a fault of one field the place where it stands. */
async function positioned<T>(map: ConfigMap, field: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof ConclaveError)) throw error
    throw configInvalid(map.file, map.get(field) ?? map.node, error.message)
  }
}

/** `conclave: {layout: …}`, a key that sops does not know and passes over. */
function readLayout(top: ConfigMap): SopsConfig["layout"] {
  const node = top.get("conclave")
  if (node === null) return "kept"
  const own = new ConfigMap(node, top.file, ["layout"], "conclave")
  const layout = own.text("layout")
  if (layout === "canonical" || layout === "kept" || layout === "") return layout || "kept"
  throw configInvalid(top.file, own.get("layout") ?? node, "layout is kept or canonical")
}

function readIndent(top: ConfigMap): SopsConfig["indent"] {
  const node = top.get("stores")
  if (node === null) return {}
  const stores = new ConfigMap(node, top.file, ["dotenv", "ini", "json", "json_binary", "yaml"], "stores")
  const indentOf = (name: string): number | undefined => {
    const store = stores.get(name)
    if (store === null) return undefined
    const options = new ConfigMap(store, top.file, ["indent"], `stores.${name}`)
    return options.get("indent") === null ? undefined : options.int("indent")
  }
  const yaml = indentOf("yaml")
  const json = indentOf("json")
  const binary = indentOf("json_binary")
  return {
    // 0 means "as SOPS' default" in its YAML store, and no indentation in JSON.
    ...(yaml === undefined || yaml === 0 ? {} : { yaml }),
    ...(json === undefined ? {} : { json }),
    ...(binary === undefined ? {} : { binary }),
  }
}
