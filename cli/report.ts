/**
 * What a person reads when something failed: what, where, why, and as the last
 * line what to do. With `--json` the same as data.
 */

import { type Attempt, ConclaveError, type ErrorCode, type ErrorDetails } from "#core/errors.ts"
import { UsageError } from "./command.ts"
import { EXIT_BUG, EXIT_CODES, EXIT_USAGE } from "./exit-codes.ts"
import { escapeText } from "./terminal.ts"

type Hints = { readonly [Code in ErrorCode]: (details: ErrorDetails[Code]) => string | null }

const none = () => null
const CHECK_KEYS = "check the identities in SOPS_AGE_KEY, SOPS_AGE_KEY_FILE and ~/.config/sops/age/keys.txt"

const CHECK_HERE = "conclave doctor FILE tells which keys can be used here, and why others cannot"

const HINTS: Hints = {
  syntax: () => "fix the file at that place, or name its format with --input-type",
  malformed: none,
  "not-authentic": () => "the value was altered or moved, or comes from another file; restore it from git",
  "mac-mismatch": () =>
    "a value was altered, added or removed outside of sops and conclave; compare with git, or read it anyway with --ignore-mac",
  "mac-missing": () => "restore the sops.mac field from git, or read the file anyway with --ignore-mac",
  "metadata-missing": () => "is the file encrypted? If it is, name its format with --input-type",
  "reserved-key": () => "to change an encrypted file, decrypt it first; a plain file must rename that key",
  "duplicate-key": () => "keep one of the two",
  "unsupported-value": () => "put the value in quotes",
  "too-large": (details) =>
    details.limit <= 32 * 1024 * 1024 ? "raise the limit with --max-size BYTES" : null,
  "too-deep": none,
  "alias-bomb": none,
  "empty-file": () => "put at least one key into it",
  "path-not-found": () => "paths look like '[\"key\"][0]' or key[0].other",
  "rule-conflict": () => "keep one of them",
  "regex-invalid": () => "expressions are RE2: no look-around, no back-references",
  "comment-ambiguous": none,
  "comment-hidden": () =>
    "put the comment on a line of its own above an entry, or drop it as sops does with --canonical",
  "recipient-invalid": none,
  "identity-invalid": none,
  "no-identity": ({ attempts, sources = [] }) =>
    sources.some((source) => source.includes(": passphrase-needed"))
      ? "conclave unlock asks for the passphrase, once for all commands; or run this in a terminal"
      : hintForAttempts(attempts),
  "below-threshold": ({ need, have, attempts }) =>
    `${need - have} more key groups are needed; ${hintForAttempts(attempts)}`,
  "share-invalid": none,
  "wrap-failed": none,
  "unwrap-failed": none,
  "not-trusted": ({ name }) => `if it is meant, say so for this repository: conclave trust ${name}`,
  "kind-unsupported": none,
  "passphrase-wrong": () => "try again",
  "passphrase-needed": () => "run this in a terminal, or conclave unlock before",
  "config-missing": () => "name recipients with --age, or write a .sops.yaml at the root of the repository",
  "config-invalid": none,
  "no-rule": (details) => `add a rule for it to ${details.config}`,
  "rule-differs": ({ differences }) =>
    differences.every((difference) => difference.startsWith("no rule names "))
      ? "nothing was written; updatekeys brings the readers to the rule, --accept-rule keeps them"
      : "nothing was written; if the file is right, say so with --accept-rule, else decrypt it and encrypt it anew",
  "not-representable": () => "choose another --output-type",
  "read-failed": none,
  "write-failed": () => "nothing was changed",
  "file-changed": () => "nothing was written; read the file again and repeat",
  "verify-failed": () => "nothing was written",
  "not-a-file": none,
  locked: ({ pid }) => `wait for it to end (process ${pid})`,
  "no-ram-folder": () =>
    "log in so that XDG_RUNTIME_DIR is set, or mount a tmpfs and encrypt the swap; --allow-disk takes a disk, and edit.allow_disk: true in your own conclave/config.yaml makes that the rule",
  "editor-failed": () => "name an editor with --editor, SOPS_EDITOR or EDITOR",
  "env-refused": ({ key, reason }) =>
    reason === "loader" || reason === "null" || (reason === "name" && !/^$|[=\0]/.test(key))
      ? `if it is meant, allow it by name: --allow ${key}, or CONCLAVE_ALLOW_ENV=${key}`
      : "leave it out of the file, or hand the whole file over with exec-file",
  "command-not-found": none,
  "process-failed": none,
  "agent-failed": none,
  "endpoint-untrusted": ({ endpoint }) =>
    `if it is yours, name it: VAULT_ADDR=${endpoint}, or SOPS_HC_VAULT_ALLOWLIST=${endpoint}`,
  "plugin-failed": none,
  "plugin-untrusted": ({ plugin }) =>
    `run this in a terminal, which asks whether it may be run, or say so: conclave trust age-plugin:${plugin}`,
  "upload-failed": none,
}

/** Where one word of the user's would do, that; else where identities are looked for. */
function hintForAttempts(attempts: readonly Attempt[]): string {
  if (attempts.some(({ outcome }) => outcome === "not-trusted")) {
    return "if what the file names is meant, say so for this repository with conclave trust; conclave trust --help tells what that allows"
  }
  return attempts.some(({ kind }) => kind === "age") || attempts.length === 0 ? CHECK_KEYS : CHECK_HERE
}

export type Report = {
  readonly exitCode: number
  readonly error: {
    readonly code: string
    readonly message: string
    readonly hint?: string
    readonly details?: unknown
  }
}

/** Turns any failure into what may be shown. A value, key or share is in none of these by the errors' own rule. */
export function reportOf(error: unknown): Report {
  if (error instanceof ConclaveError) {
    const hint = hintFor(error)
    return {
      exitCode: EXIT_CODES[error.code as ErrorCode],
      error: {
        code: error.code,
        message: error.message,
        ...(hint === null ? {} : { hint }),
        details: error.details,
      },
    }
  }
  if (error instanceof UsageError) {
    return { exitCode: EXIT_USAGE, error: { code: "usage", message: error.message } }
  }
  return { exitCode: EXIT_BUG, error: { code: "bug", message: "this is a bug in conclave" } }
}

function hintFor<Code extends ErrorCode>(error: ConclaveError<Code>): string | null {
  const hint: (details: ErrorDetails[Code]) => string | null = HINTS[error.code]
  return hint(error.details)
}

/** The lines for standard error. */
export function formatReport(report: Report): string {
  const { message, hint } = report.error
  const lines = [`error: ${escapeText(message)}`, ...attemptLines(report.error.details)]
  if (hint !== undefined) lines.push(`hint: ${escapeText(hint)}`)
  return `${lines.join("\n")}\n`
}

/** One line for each recipient that was tried, then where identities were looked for. */
function attemptLines(details: unknown): string[] {
  const { attempts = [], sources = [] } = (details ?? {}) as Partial<ErrorDetails["no-identity"]>
  const groups = new Set(attempts.map((attempt) => attempt.group)).size
  const tried = attempts.map((attempt) => {
    const group = groups > 1 ? `group ${attempt.group + 1}  ` : ""
    const reason = attempt.reason === undefined ? attempt.outcome : `${attempt.outcome}: ${attempt.reason}`
    return `  ${group}${escapeText(shorten(attempt.recipient))}  ${escapeText(reason)}`
  })
  return [...tried, ...sources.map((source) => `  looked in ${escapeText(source)}`)]
}

/** Head and tail of a long recipient: the whole stands in the file. */
export function shorten(recipient: string): string {
  return recipient.length <= 70 ? recipient : `${recipient.slice(0, 24)}…${recipient.slice(-8)}`
}
