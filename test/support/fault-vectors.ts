/**
 * The files of `test/vectors/faults`: a header, an empty line, and the bytes of
 * a document with one fault.
 *
 *     expect     the error's code, or ok
 *     at         where it says the fault is (a key path, a field, line:column)
 *     command    decrypt, which is the default, or encrypt
 *     format     of the document
 *     identity   whose identities are at hand; alice's by default
 *     rule       the selection rule to encrypt by: its field and pattern
 *     plaintext  as a JSON text, where the document opens
 */

import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { ErrorCode } from "#core/errors.ts"
import type { FormatName } from "#core/formats/format.ts"
import { isFormatName } from "#core/formats/select.ts"
import type { RuleField, SelectionRule } from "#core/sops/selection.ts"
import { type Person, VECTORS } from "../interop/keys.ts"

export type Fault = {
  readonly name: string
  readonly expect: ErrorCode | "ok"
  readonly at?: string
  readonly command: "decrypt" | "encrypt"
  readonly format: FormatName
  readonly identities: readonly Person[]
  readonly rule?: SelectionRule
  readonly plaintext?: string
  readonly source: Uint8Array
}

/** Every plaintext of the vectors holds it: looked for in clear and in base64. */
export const CANARY = /canary|Y2FuYX|NhbmFye|jYW5hcn/i

/** A second for the program, and as much again for a machine that is busy. */
export const TIME_LIMIT_MS = 2_000

const FOLDER = join(VECTORS, "faults")
const NAMES = ["expect", "at", "command", "format", "identity", "rule", "plaintext", "comment"]

export function readFaults(): Fault[] {
  return readdirSync(FOLDER).map((name) => parseFault(name, readFileSync(join(FOLDER, name))))
}

function parseFault(name: string, file: Buffer): Fault {
  const end = file.indexOf("\n\n")
  const headers = new Map<string, string>()
  for (const line of file.subarray(0, end).toString().split("\n")) {
    const [, header = "", value = ""] = /^([a-z]+): ?(.*)$/.exec(line) ?? []
    if (!NAMES.includes(header) || headers.has(header)) throw new Error(`${name}: header ${line}`)
    headers.set(header, value)
  }
  const expect = headers.get("expect")
  const format = headers.get("format") ?? ""
  const plaintext = headers.get("plaintext")
  const at = headers.get("at")
  const [, field, pattern = ""] = /^(\S+) (.*)$/.exec(headers.get("rule") ?? "") ?? []
  if (end < 0 || expect === undefined || !isFormatName(format)) throw new Error(`${name}: incomplete`)
  if ((expect === "ok") !== (plaintext !== undefined)) throw new Error(`${name}: plaintext, if it opens`)
  return {
    name,
    // The code is compared with the one that comes; a misspelt one never does.
    expect: expect as ErrorCode,
    command: headers.get("command") === "encrypt" ? "encrypt" : "decrypt",
    format,
    identities: (headers.get("identity") ?? "alice").split(" ").filter((person) => person !== "") as Person[],
    ...(at === undefined ? {} : { at }),
    ...(field === undefined ? {} : { rule: { field: field as RuleField, pattern } }),
    ...(plaintext === undefined ? {} : { plaintext: JSON.parse(plaintext) as string }),
    source: file.subarray(end + 2),
  }
}
