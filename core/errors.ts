/**
 * The one error class of conclave and the closed list of its codes.
 *
 * core throws these and nothing else for failures a caller can tell apart; a
 * plain Error is a bug. Messages are lower case without a full stop and never
 * hold a value, a key, a share or a part of one; `details` hold only what may
 * be shown. Exit codes and hints are the edge's business (`cli/exit-codes.ts`).
 */

/** Every failure a caller can tell apart, with the details it carries. */
export type ErrorDetails = {
  /** Text does not parse; line and column count from 1. */
  syntax: { format: string; line: number; column: number }
  /** A value, header or field does not have the shape its format demands. */
  malformed: { at: string }
  /** Authentication failed: another data key, another AAD, or altered bytes. */
  "not-authentic": { at: string }
  /** All values open, but the MAC over them differs from the stored one. */
  "mac-mismatch": Record<never, never>
  /** The document has no MAC. */
  "mac-missing": Record<never, never>
  /** No `sops` block: the file was not written by SOPS. */
  "metadata-missing": Record<never, never>
  /** A plaintext document uses a name that SOPS keeps for its metadata: it is probably encrypted already. */
  "reserved-key": { key: string }
  /** A key occurs twice in one map. */
  "duplicate-key": { key: string; line: number; column: number }
  /** The format, or SOPS, cannot carry this value and read it back exactly. */
  "unsupported-value": { at: string; line?: number; column?: number }
  /** A text or binary input above its limit, in bytes. */
  "too-large": { size: number; limit: number }
  /** Nesting above the limit. */
  "too-deep": { limit: number }
  /** Aliases expand to more nodes than the limit. */
  "alias-bomb": { limit: number }
  /** The input holds no document at all. */
  "empty-file": Record<never, never>
  /** A path into the tree that leads nowhere. */
  "path-not-found": { path: string }
  /** More than one of SOPS' six selection rules is set. */
  "rule-conflict": { fields: readonly string[] }
  /** A regular expression that RE2 does not accept. */
  "regex-invalid": { field: string }
  /** An encrypted comment matches the rule that says which comments stay clear. */
  "comment-ambiguous": { at: string }
  /** A comment that SOPS' parser does not see, so that it could only stay in clear; line from 1. */
  "comment-hidden": { line: number }
  /** A recipient, key id or fingerprint that cannot be parsed. */
  "recipient-invalid": { kind: string }
  /** An identity that cannot be parsed; where it came from, never what it said. */
  "identity-invalid": { source: string; line?: number }
  /** No identity opens enough key groups; one outcome for each attempt, and where identities were looked for. */
  "no-identity": { attempts: readonly Attempt[]; sources?: readonly string[] }
  /** Fewer groups opened than the threshold asks for. */
  "below-threshold": {
    have: number
    need: number
    attempts: readonly Attempt[]
    sources?: readonly string[]
  }
  /** Shares that cannot be combined, or a split that makes no sense. */
  "share-invalid": { reason: string }
  /** A recipient could not be wrapped to. */
  "wrap-failed": { recipient: string }
  /** What an outside key holds could not be had from it now: unreachable, denied, disabled, altered. */
  "unwrap-failed": { recipient: string }
  /** A file or the repository's configuration names something that could hand out a credential, and the user has not agreed. */
  "not-trusted": { name: string }
  /** A key kind that this build cannot use. */
  "kind-unsupported": { kind: string }
  /** A passphrase that does not open its file. */
  "passphrase-wrong": { source: string }
  /** A passphrase is needed, and nobody is there to ask. */
  "passphrase-needed": { source: string }
  /** No configuration file where one is needed. */
  "config-missing": { file: string }
  /** A configuration that is misspelt, contradictory or unreadable. */
  "config-invalid": { file: string; line: number; column: number }
  /** No rule of the configuration matches the file. */
  "no-rule": { file: string; config: string }
  /** The file selects other values for encryption than the configuration's rule for it does. */
  "rule-differs": { file: string; differences: readonly string[] }
  /** The format has no way to hold this tree (a list in dotenv, …). */
  "not-representable": { format: string; at: string }
  /** Reading a file failed; `reason` is the system's code (ENOENT, EACCES, …). */
  "read-failed": { file: string; reason: string }
  /** Writing a file failed; the target is as it was. */
  "write-failed": { file: string; reason: string }
  /** The target changed between reading and writing; it is as the other writer left it. */
  "file-changed": { file: string }
  /** What was written does not read back to what was meant; nothing was replaced. */
  "verify-failed": { file: string }
  /** A link, directory or device where a regular file is expected. */
  "not-a-file": { file: string }
  /** Another of our own processes works on the file. */
  locked: { file: string; pid: number }
  /** Plaintext would lie on a disk: why each folder that was looked at is no memory. */
  "no-ram-folder": { reasons: readonly string[] }
  /** The editor cannot be started, or ended with a failure. */
  "editor-failed": { command: string; reason: string }
  /** A value that must not become an environment variable: the key, never the value. */
  "env-refused": { key: string; reason: EnvironmentRefusal }
  /** There is no program of this name. */
  "command-not-found": { command: string }
  /** A process could not be started as asked; `reason` is the system's code, or words. */
  "process-failed": { reason: string }
  /** The agent of `conclave unlock` cannot be started, reached or does not answer as agreed. */
  "agent-failed": { reason: string }
  /** A server that the user has not named: nothing was sent to it. */
  "endpoint-untrusted": { endpoint: string }
  /** A plugin of age is missing, broke off, or says why it cannot do its work; the name is without `age-plugin-`. */
  "plugin-failed": { plugin: string }
  /** A plugin of age that the user has not agreed to: it was not run. */
  "plugin-untrusted": { plugin: string }
  /** Publishing failed; `reason` is a status or a system's code. */
  "upload-failed": { destination: string; reason: string }
}

export type ErrorCode = keyof ErrorDetails

/** Why a value is refused as an environment variable. */
export type EnvironmentRefusal = "name" | "null" | "complex" | "not-text" | "loader" | "unauthenticated"

/** What became of one recipient entry while a document was being opened. */
export type Attempt = {
  /** Index of the key group, from 0. */
  readonly group: number
  /** The whole recipient, ARN, fingerprint or resource id. */
  readonly recipient: string
  readonly kind: string
  readonly outcome: "opened" | "not-mine" | "failed" | "unsupported" | "not-trusted"
  /** Why, in words without any secret. */
  readonly reason?: string
}

/** A failure with a code. See {@link ErrorDetails} for what each code carries. */
export class ConclaveError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code
  readonly details: ErrorDetails[Code]

  constructor(code: Code, message: string, details: ErrorDetails[Code], options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.details = details
  }

  static {
    // On the prototype: inherited, and no own field in a log or an assertion.
    Object.defineProperty(ConclaveError.prototype, "name", { value: "ConclaveError" })
  }
}

/** Narrows an unknown failure to one code. */
export function hasCode<Code extends ErrorCode>(error: unknown, code: Code): error is ConclaveError<Code> {
  return error instanceof ConclaveError && error.code === code
}

/** The end of an exhaustive switch: does not compile while a case is missing. */
export function assertNever(value: never): never {
  throw new Error(`unreachable case: ${typeof value}`)
}
