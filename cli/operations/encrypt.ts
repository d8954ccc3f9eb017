/** Encrypting one plain file, as `conclave encrypt` and `conclave sops encrypt` both do it. */

import { dirname } from "node:path"
import { encryptDocument } from "#core/document/encrypt.ts"
import type { LayoutMode } from "#core/document/plaintext.ts"
import type { Format } from "#core/formats/format.ts"
import type { LayoutNotice } from "#core/formats/layout.ts"
import type { KeySpec } from "#core/keys/key-spec.ts"
import { specId } from "#core/keys/parse-key-spec.ts"
import { type CreationRule, ruleFor } from "#core/policy/sops-config.ts"
import type { Notice } from "#core/sops/crypt.ts"
import { chooseRule, RULE_FIELDS, type RuleField, type SelectionRule } from "#core/sops/selection.ts"
import { configMissing, type FoundConfig, findConfig, type Lookup } from "../configuration.ts"
import type { Context } from "../context.ts"
import { inContext } from "../encryption-context.ts"
import { indentFor } from "../indent.ts"
import { chooseFormat, type Source } from "../source.ts"

export type EncryptRequest = {
  readonly source: Source
  readonly outputType?: string | undefined
  /** Named on the command line: then the configuration's keys do not count. */
  readonly keys: readonly KeySpec[]
  /** `--encryption-context`, which sops forgets for the configuration's keys. */
  readonly encryptionContext?: string | undefined
  /** 0 when not given. */
  readonly threshold: number
  /** Selection rules named on the command line. */
  readonly rules: ReadonlyMap<RuleField, string>
  readonly macOnlyEncrypted: boolean
  /** `kept` gives way to the configuration, and to another output format. */
  readonly layout: LayoutMode
  readonly lookup: Lookup
  readonly config?: string | undefined
}

export type EncryptResult = {
  readonly bytes: Uint8Array
  readonly format: Format
  readonly groups: readonly (readonly KeySpec[])[]
  readonly rule: SelectionRule
  readonly notices: readonly Notice[]
  readonly layoutNotices: readonly LayoutNotice[]
}

/**
 * @throws {@link ConclaveError} `config-missing` if there are no keys, `no-rule`
 * if there is a configuration and none of its rules matches, and what parsing,
 * wrapping and printing throw.
 */
export async function encryptSource(request: EncryptRequest, context: Context): Promise<EncryptResult> {
  const { source } = request
  const format = chooseFormat(
    source.name,
    request.outputType === undefined ? source.format.name : request.outputType,
  )
  const tree = source.format.parsePlain(source.bytes)
  const found = await findConfig(context, source.name, request.lookup, request.config)
  const rule = found?.config.rules == null ? null : ruleFor(found.config, found.pathOf(source.name))
  const isNamedByUser = request.keys.length > 0
  const named = isNamedByUser ? [request.keys] : (rule?.groups ?? [])
  const groups = named.map((group) => inContext(group, request.encryptionContext))
  if (groups.length === 0) throw configMissing(source.shown)
  const selection = selectionOf(request, rule)
  const kept = request.layout === "kept" && found?.config.layout !== "canonical" && format === source.format
  const plain = { tree, source: source.bytes }
  const { bytes, notices, layoutNotices } = await encryptDocument(plain, format, {
    cipher: context.cipher,
    layout: kept ? "kept" : "canonical",
    recipients: await Promise.all(
      groups.map((group) =>
        Promise.all(group.map((spec) => context.recipient(spec, { isNamedByUser, ...folderOption(source) }))),
      ),
    ),
    threshold: request.threshold === 0 ? (rule?.threshold ?? 0) : request.threshold,
    rule: selection,
    macOnlyEncrypted: request.macOnlyEncrypted || (rule?.macOnlyEncrypted ?? false),
    moment: context.clock.now(),
    ...indentOption(found, format),
  })
  return { bytes, format, groups, rule: selection, notices, layoutNotices }
}

/** The configuration's keys are trusted in the repository of the file that they are for. */
function folderOption({ name }: Source): { folder?: string } {
  return name === "-" ? {} : { folder: dirname(name) }
}

/** A flag takes the place of the same field of the configuration; two different ones are a conflict. */
function selectionOf(request: EncryptRequest, rule: CreationRule | null): SelectionRule {
  const fields = new Map<RuleField, string>()
  // The default is no wish: any flag replaces it.
  if (rule?.selectionNamed) fields.set(rule.rule.field, rule.rule.pattern)
  for (const field of RULE_FIELDS) {
    const pattern = request.rules.get(field)
    if (pattern !== undefined && pattern !== "") fields.set(field, pattern)
  }
  return chooseRule(fields)
}

function indentOption(found: FoundConfig | null, format: Format): { indent?: number } {
  const indent = found === null ? undefined : indentFor(found.config, format.name)
  return indent === undefined ? {} : { indent }
}

/** For people: whom the file is encrypted to. */
export function describeGroups(groups: EncryptResult["groups"]): string {
  return groups.map((group) => group.map(specId).join(", ")).join(" | ")
}
