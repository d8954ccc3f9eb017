/** The flags of sops 3.13 that its commands share. */

import { KEY_FLAGS } from "../key-options.ts"
import { ADD_FLAGS, REMOVE_FLAGS } from "../reader-options.ts"
import type { FlagSpec } from "./flags.ts"

const string = (names: string | readonly string[], variable?: string): FlagSpec => ({
  names: typeof names === "string" ? [names] : names,
  kind: "string",
  ...(variable === undefined ? {} : { variable }),
})
const bool = (...names: string[]): FlagSpec => ({ names, kind: "bool" })

/** Before the command's name. */
export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  string("config", "SOPS_CONFIG"),
  { names: ["indent"], kind: "int" },
  bool("verbose"),
  bool("disable-version-check"),
  bool("check-for-updates"),
  bool("mac-only-encrypted"),
]

const KEY_SERVICE_FLAGS: readonly FlagSpec[] = [
  { names: ["enable-local-keyservice"], kind: "bool", variable: "SOPS_ENABLE_LOCAL_KEYSERVICE" },
  { names: ["keyservice"], kind: "strings", variable: "SOPS_KEYSERVICE" },
]

const TYPE_FLAGS: readonly FlagSpec[] = [string("input-type"), string("output-type")]
const OUTPUT_FLAGS: readonly FlagSpec[] = [
  bool("in-place", "i"),
  string("output"),
  string("filename-override"),
]

const MASTER_KEY_FLAGS: readonly FlagSpec[] = [
  ...KEY_FLAGS.map(({ flag, short, variable }) =>
    string(short === undefined ? flag : [flag, short], variable),
  ),
  string("aws-profile"),
  string("encryption-context"),
]

const RULE_FLAGS: readonly FlagSpec[] = [
  "unencrypted-suffix",
  "encrypted-suffix",
  "unencrypted-regex",
  "encrypted-regex",
].map((name) => string(name))

export const DECRYPT_FLAGS: readonly FlagSpec[] = [
  ...OUTPUT_FLAGS,
  ...TYPE_FLAGS,
  string("extract"),
  bool("ignore-mac"),
  string("decryption-order", "SOPS_DECRYPTION_ORDER"),
  ...KEY_SERVICE_FLAGS,
  bool("verbose"),
]

export const ENCRYPT_FLAGS: readonly FlagSpec[] = [
  ...OUTPUT_FLAGS,
  ...TYPE_FLAGS,
  ...MASTER_KEY_FLAGS,
  ...RULE_FLAGS,
  // sops has these two on the top level only; here they are no secret either.
  string("unencrypted-comment-regex"),
  string("encrypted-comment-regex"),
  { names: ["shamir-secret-sharing-threshold"], kind: "int" },
  ...KEY_SERVICE_FLAGS,
  bool("verbose"),
]

export const FILESTATUS_FLAGS: readonly FlagSpec[] = [string("input-type")]

const DECRYPTION_FLAGS: readonly FlagSpec[] = [
  string("decryption-order", "SOPS_DECRYPTION_ORDER"),
  ...KEY_SERVICE_FLAGS,
]

export const EXEC_ENV_FLAGS: readonly FlagSpec[] = [
  bool("background"),
  bool("pristine"),
  string("user"),
  bool("same-process"),
  ...DECRYPTION_FLAGS,
]

export const EXEC_FILE_FLAGS: readonly FlagSpec[] = [
  bool("background"),
  bool("no-fifo"),
  string("user"),
  ...TYPE_FLAGS,
  string("filename"),
  ...DECRYPTION_FLAGS,
]

const THRESHOLD_FLAG: FlagSpec = { names: ["shamir-secret-sharing-threshold"], kind: "int" }

export const UNSET_FLAGS: readonly FlagSpec[] = [
  ...TYPE_FLAGS,
  THRESHOLD_FLAG,
  bool("ignore-mac"),
  bool("idempotent"),
  ...DECRYPTION_FLAGS,
]

export const SET_FLAGS: readonly FlagSpec[] = [...UNSET_FLAGS, bool("value-file"), bool("value-stdin")]

const READER_FLAGS: readonly FlagSpec[] = [...ADD_FLAGS, ...REMOVE_FLAGS].map((name) => string(name))

export const ROTATE_FLAGS: readonly FlagSpec[] = [
  ...OUTPUT_FLAGS,
  ...TYPE_FLAGS,
  string("encryption-context"),
  ...READER_FLAGS,
  ...DECRYPTION_FLAGS,
]

export const UPDATEKEYS_FLAGS: readonly FlagSpec[] = [
  bool("yes", "y"),
  string("input-type"),
  ...KEY_SERVICE_FLAGS,
]

const GROUP_FLAGS: readonly FlagSpec[] = [
  string(["file", "f"]),
  bool("in-place", "i"),
  THRESHOLD_FLAG,
  ...KEY_SERVICE_FLAGS,
]

export const GROUPS_ADD_FLAGS: readonly FlagSpec[] = [
  ...KEY_FLAGS.map(({ flag }): FlagSpec => ({ names: [flag], kind: "strings" })),
  string("aws-profile"),
  string("encryption-context"),
  ...GROUP_FLAGS,
]

export const GROUPS_DELETE_FLAGS: readonly FlagSpec[] = GROUP_FLAGS

export const PUBLISH_FLAGS: readonly FlagSpec[] = [
  bool("yes", "y"),
  bool("omit-extensions"),
  bool("recursive"),
  bool("verbose"),
  ...DECRYPTION_FLAGS,
]

export const EDIT_FLAGS: readonly FlagSpec[] = [
  ...TYPE_FLAGS,
  ...MASTER_KEY_FLAGS,
  ...RULE_FLAGS,
  THRESHOLD_FLAG,
  bool("show-master-keys", "s"),
  bool("ignore-mac"),
  ...DECRYPTION_FLAGS,
]

/** The oldest form: no command, a mode as a flag. */
export const TOP_LEVEL_FLAGS: readonly FlagSpec[] = [
  bool("version", "v"),
  bool("decrypt", "d"),
  bool("encrypt", "e"),
  bool("rotate", "r"),
  string("set"),
  bool("show-master-keys", "s"),
  ...GLOBAL_FLAGS,
  ...READER_FLAGS,
  ...ENCRYPT_FLAGS.filter(({ names }) => names[0] !== "verbose"),
  string("extract"),
  bool("ignore-mac"),
  string("decryption-order", "SOPS_DECRYPTION_ORDER"),
]
