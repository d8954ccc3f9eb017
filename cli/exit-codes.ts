/**
 * One number for each failure. Where sops has a number for the same fault,
 * scripts may check it, so it is ours too (`cmd/sops/codes`); the others are
 * those of sysexits.h.
 */

import type { ErrorCode } from "#core/errors.ts"

export const EXIT_USAGE = 64
export const EXIT_BUG = 70
export const EXIT_INTERRUPTED = 130

export const EXIT_CODES = {
  syntax: 2,
  malformed: 65,
  "not-authentic": 25,
  "mac-mismatch": 51,
  "mac-missing": 51,
  "metadata-missing": 2,
  "reserved-key": 203,
  "duplicate-key": 2,
  "unsupported-value": 23,
  "too-large": 65,
  "too-deep": 65,
  "alias-bomb": 65,
  "empty-file": 92,
  "path-not-found": 91,
  "rule-conflict": 78,
  "regex-invalid": 78,
  "comment-ambiguous": 23,
  "comment-hidden": 23,
  "recipient-invalid": 78,
  "identity-invalid": 78,
  "no-identity": 128,
  "below-threshold": 128,
  "share-invalid": 128,
  "wrap-failed": 1,
  "unwrap-failed": 128,
  "not-trusted": 77,
  "kind-unsupported": 1,
  "passphrase-wrong": 77,
  "passphrase-needed": 77,
  "config-missing": 61,
  "config-invalid": 78,
  "no-rule": 78,
  "rule-differs": 78,
  "not-representable": 4,
  "read-failed": 2,
  "write-failed": 3,
  "file-changed": 75,
  "verify-failed": 4,
  "not-a-file": 2,
  locked: 75,
  "no-ram-folder": 69,
  "editor-failed": 201,
  "env-refused": 1,
  "command-not-found": 127,
  "process-failed": 1,
  "agent-failed": 69,
  "endpoint-untrusted": 77,
  "plugin-failed": 1,
  "plugin-untrusted": 77,
  "upload-failed": 1,
} as const satisfies Record<ErrorCode, number>
