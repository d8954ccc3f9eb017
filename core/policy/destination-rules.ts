/**
 * `destination_rules` of `.sops.yaml`: where `publish` puts a file. The grammar
 * of getsops/sops `config/config.go`, read strictly: exactly one destination to
 * a rule, no field of another one, and a recreation rule that is a whole
 * creation rule (SOPS drops its regexes, comment rules and
 * `mac_only_encrypted`, and then publishes a file that fails its MAC).
 */

import { assertNever, ConclaveError } from "../errors.ts"
import type { YamlNode } from "../formats/yaml/node.ts"
import { compileRegex } from "../sops/selection.ts"
import { ConfigMap, configInvalid } from "./config-reader.ts"
import { type CreationRule, readRule, type SopsConfig } from "./sops-config.ts"

export type Destination =
  | { readonly kind: "s3" | "gcs"; readonly bucket: string; readonly prefix: string }
  /** Plaintext, as a secret of Vault's key-value engine. `mount` and `path` end in a slash. */
  | {
      readonly kind: "vault"
      /** `null`: the user's VAULT_ADDR. Without a slash at its end. */
      readonly address: string | null
      readonly mount: string
      readonly path: string
      readonly version: 1 | 2
    }

export type DestinationRule = {
  /** RE2, searched in the path; `null` matches all. */
  readonly matches: ((path: string) => boolean) | null
  readonly destination: Destination
  /** How the file is encrypted anew before it goes out; `null`: it goes as it is. */
  readonly recreation: CreationRule | null
  readonly omitExtensions: boolean
  /** Of the rule in its file, from 1. */
  readonly line: number
}

/** Which destination each field belongs to. The first of each makes it this destination. */
const FIELDS = {
  s3: ["s3_bucket", "s3_prefix"],
  gcs: ["gcs_bucket", "gcs_prefix"],
  vault: ["vault_path", "vault_address", "vault_kv_mount_name", "vault_kv_version"],
} as const satisfies Record<Destination["kind"], readonly string[]>

const KINDS = ["s3", "gcs", "vault"] as const
const OTHER_FIELDS = ["path_regex", "recreation_rule", "omit_extensions"]
const DEFAULT_MOUNT = "secret/"
const DEFAULT_VERSION = 2
/** Nothing that would end the path of a URL, or lead out of it. */
const PLAIN_PATH = /^(?!\/)(?!.*\/\/)(?!(?:.*\/)?\.{1,2}(?:\/|$))[^?#%\\\s]+$/

/**
 * Reads what {@link SopsConfig} keeps unread.
 *
 * @throws {@link ConclaveError} `config-invalid`, at the rule's place.
 */
export async function readDestinationRules(config: SopsConfig): Promise<DestinationRule[]> {
  return Promise.all(config.destinations.map((node) => readDestinationRule(node, config.file)))
}

/**
 * The first rule that matches.
 *
 * @throws {@link ConclaveError} `no-rule` if none does.
 */
export function destinationRuleFor(
  rules: readonly DestinationRule[],
  path: string,
  config: string,
): DestinationRule {
  const rule = rules.find((candidate) => candidate.matches?.(path) ?? true)
  if (rule !== undefined) return rule
  throw new ConclaveError("no-rule", `no destination rule of ${config} matches ${path}`, {
    file: path,
    config,
  })
}

async function readDestinationRule(node: YamlNode, file: string): Promise<DestinationRule> {
  const known = [...OTHER_FIELDS, ...KINDS.flatMap((kind) => FIELDS[kind])]
  const map = new ConfigMap(node, file, known, "a destination rule")
  const destination = readDestination(map)
  return {
    matches: await readPattern(map),
    destination,
    recreation: await readRecreation(map, destination),
    omitExtensions: map.bool("omit_extensions"),
    line: map.node.line,
  }
}

function readDestination(map: ConfigMap): Destination {
  const named = KINDS.filter((kind) => FIELDS[kind].some((field) => map.get(field) !== null))
  const [kind, second] = named
  if (kind === undefined) {
    throw configInvalid(map.file, map.node, "a destination rule needs s3_bucket, gcs_bucket or vault_path")
  }
  if (second !== undefined) {
    throw configInvalid(
      map.file,
      map.node,
      `a destination rule has one destination, not ${named.join(" and ")}`,
    )
  }
  const [main] = FIELDS[kind]
  if (map.text(main) === "")
    throw configInvalid(map.file, map.node, `a destination rule for ${kind} needs ${main}`)
  switch (kind) {
    case "s3":
      return { kind, bucket: map.text("s3_bucket"), prefix: map.text("s3_prefix") }
    case "gcs":
      return { kind, bucket: map.text("gcs_bucket"), prefix: map.text("gcs_prefix") }
    case "vault":
      return {
        kind,
        address: readAddress(map),
        mount: readPath(map, "vault_kv_mount_name", DEFAULT_MOUNT),
        path: readPath(map, "vault_path", ""),
        version: readVersion(map),
      }
    default:
      return assertNever(kind)
  }
}

function readAddress(map: ConfigMap): string | null {
  const text = map.text("vault_address")
  if (text === "") return null
  const address = normalAddress(text)
  if (address !== null) return address
  throw configInvalid(
    map.file,
    map.get("vault_address") ?? map.node,
    "vault_address must be an http or https URL",
  )
}

/**
 * A server's address without a slash at its end, scheme and host in small
 * letters; `null` if it is no plain http or https URL. User names, queries and
 * fragments are not part of one.
 */
export function normalAddress(text: string): string | null {
  const [, scheme, host, path = ""] =
    /^(https?):\/\/([A-Za-z0-9.-]+(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?)((?:\/[\w.~-]+)*)\/*$/i.exec(
      text,
    ) ?? []
  if (scheme === undefined || host === undefined || /\/\.{1,2}(?:\/|$)/.test(path)) return null
  return `${scheme.toLowerCase()}://${host.toLowerCase()}${path}`
}

function readPath(map: ConfigMap, field: string, fallback: string): string {
  const text = map.text(field) || fallback
  const path = text.endsWith("/") ? text.slice(0, -1) : text
  if (PLAIN_PATH.test(path)) return `${path}/`
  throw configInvalid(map.file, map.get(field) ?? map.node, `${field} must be a plain path, as in team/app/`)
}

function readVersion(map: ConfigMap): 1 | 2 {
  const node = map.get("vault_kv_version")
  if (node === null) return DEFAULT_VERSION
  const version = map.int("vault_kv_version")
  if (version === 1 || version === 2) return version
  throw configInvalid(map.file, node, "vault_kv_version must be 1 or 2")
}

async function readPattern(map: ConfigMap): Promise<DestinationRule["matches"]> {
  const pattern = map.text("path_regex")
  if (pattern === "") return null
  try {
    return await compileRegex(pattern, "path_regex")
  } catch (error) {
    if (!(error instanceof ConclaveError)) throw error
    throw configInvalid(map.file, map.get("path_regex") ?? map.node, error.message)
  }
}

async function readRecreation(map: ConfigMap, destination: Destination): Promise<CreationRule | null> {
  const node = map.get("recreation_rule")
  if (node === null) return null
  if (destination.kind === "vault") {
    throw configInvalid(map.file, node, "a recreation_rule has no effect here: Vault gets the plaintext")
  }
  const rule = await readRule(node, map.file)
  if (rule.matches === null) return rule
  throw configInvalid(map.file, node, "path_regex has no meaning in a recreation_rule: it stands beside it")
}

/**
 * Where a file goes, as people read it, and for Vault as its URL.
 *
 * @param name - The file's name at the destination.
 * @param address - Vault's, where the rule names none.
 */
export function destinationUrl(destination: Destination, name: string, address: string): string {
  switch (destination.kind) {
    case "s3":
      return `s3://${destination.bucket}/${destination.prefix}${name}`
    case "gcs":
      return `gs://${destination.bucket}/${destination.prefix}${name}`
    case "vault": {
      const { mount, path, version } = destination
      const steps = `${mount}${version === 2 ? "data/" : ""}${path}${name}`.split("/")
      return `${destination.address ?? address}/v1/${steps.map(encodeURIComponent).join("/")}`
    }
    default:
      return assertNever(destination)
  }
}

/**
 * A file's name at its destination.
 *
 * @param path - From the folder that is published, or the file's own name; `/` between steps.
 */
export function publishedName(path: string, omitExtension: boolean): string {
  const name = path.slice(path.lastIndexOf("/") + 1)
  const dot = name.lastIndexOf(".")
  return omitExtension && dot >= 0 ? path.slice(0, path.length - name.length + dot) : path
}
