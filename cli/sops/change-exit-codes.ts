/**
 * sops' numbers for the failures of the commands that change a file. Most of
 * what can go wrong while a file is read is 1 there; decrypting has its own.
 */

import { type ConclaveError, hasCode } from "#core/errors.ts"
import { EXIT_GENERIC } from "./command.ts"

const READ_INPUT = 2
const WRITE_OUTPUT = 3
const DUMP_TREE = 4
const DECRYPT_TREE = 25
const MAC_MISMATCH = 51
const PATH = 91
const NO_DATA_KEY = 128
const RESERVED_KEY = 203

export function changeExitCode(error: ConclaveError): number {
  // The MAC is a value like others to us; to sops it is the MAC that does not fit.
  if (hasCode(error, "not-authentic")) return error.details.at === "sops.mac" ? MAC_MISMATCH : DECRYPT_TREE
  if (hasCode(error, "malformed")) return error.details.at.startsWith("sops") ? EXIT_GENERIC : DECRYPT_TREE
  switch (error.code) {
    case "mac-mismatch":
    case "mac-missing":
      return MAC_MISMATCH
    case "read-failed":
    case "not-a-file":
      return READ_INPUT
    case "write-failed":
    case "file-changed":
    case "locked":
      return WRITE_OUTPUT
    case "not-representable":
    case "verify-failed":
      return DUMP_TREE
    case "path-not-found":
      return PATH
    case "no-identity":
    case "below-threshold":
    case "passphrase-needed":
    case "passphrase-wrong":
      return NO_DATA_KEY
    case "reserved-key":
      return RESERVED_KEY
    default:
      return EXIT_GENERIC
  }
}
