/**
 * conclave's side of a comparison: for thousands of small documents without a
 * process, by the code that the command line runs, and for a sample through the
 * command line itself.
 */

import { decryptDocument, unwrapDocument } from "#core/document/decrypt.ts"
import { parseDocument } from "#core/document/document.ts"
import { encryptDocument } from "#core/document/encrypt.ts"
import { unwritten } from "#core/document/version.ts"
import { ConclaveError } from "#core/errors.ts"
import type { FormatName } from "#core/formats/format.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { nativeAgeEngine } from "#core/host/age-native.ts"
import { nodeCipher } from "#core/host/node-cipher.ts"
import { parseAgeIdentities } from "#core/keys/age/identity.ts"
import { parseAgeRecipient } from "#core/keys/age/recipient.ts"
import { DEFAULT_RULE, type SelectionRule } from "#core/sops/selection.ts"
import { identityOf, keyFile, recipientOf } from "./keys.ts"
import type { Program } from "./programs.ts"

const engine = nativeAgeEngine
const recipients = [[parseAgeRecipient(recipientOf("alice"), engine)]]
const identities = parseAgeIdentities(identityOf("alice"), "alice", { engine })

export type Scope = { readonly rule?: SelectionRule; readonly macOnlyEncrypted?: boolean }

/** Bytes, or the failure with its code. */
export type Attempt =
  | { readonly bytes: Uint8Array }
  | { readonly bytes?: never; readonly code: string; readonly message: string }

/** conclave as a comparison sees it: `--canonical`, for alice and with her key. */
export type Conclave = {
  readonly encrypt: (plain: Uint8Array, name: FormatName, scope: Scope) => Promise<Attempt>
  readonly decrypt: (encrypted: Uint8Array, name: FormatName) => Promise<Attempt>
}

export const inProcess: Conclave = {
  encrypt: (plain, name, scope) =>
    attempt(async () => {
      const format = formatNamed(name)
      const { bytes } = await encryptDocument(unwritten(format.parsePlain(plain)), format, {
        layout: "canonical",
        cipher: nodeCipher,
        recipients,
        threshold: 0,
        rule: scope.rule ?? DEFAULT_RULE,
        macOnlyEncrypted: scope.macOnlyEncrypted ?? false,
        moment: new Date(),
      })
      return bytes
    }),

  decrypt: (encrypted, name) =>
    attempt(async () => {
      const format = formatNamed(name)
      const document = parseDocument(encrypted, format)
      const dataKey = await unwrapDocument(document, identities)
      const { tree } = await decryptDocument(document, dataKey, { cipher: nodeCipher })
      return format.printPlain(tree)
    }),
}

async function attempt(work: () => Promise<Uint8Array>): Promise<Attempt> {
  try {
    return { bytes: await work() }
  } catch (error) {
    if (error instanceof ConclaveError) return { code: error.code, message: error.message }
    return { code: "bug", message: String(error instanceof Error ? error.stack : error) }
  }
}

/**
 * The command line as a user runs it: one process for each answer.
 *
 * @param form - How it encrypts: as sops prints, or as it does by default.
 */
export function throughProgram(program: Program, form: "canonical" | "default" = "canonical"): Conclave {
  const answer = async (args: readonly string[], input: Uint8Array): Promise<Attempt> => {
    const options = { input, env: { SOPS_AGE_KEY_FILE: keyFile("alice") } }
    const outcome = await program(args, options)
    if (outcome.status === 0) return { bytes: outcome.stdout }
    const told = await program([...args, "--json"], options)
    return { code: codeOf(told.stdout.toString()), message: outcome.stderr }
  }
  return {
    encrypt(plain, name, { rule, macOnlyEncrypted }) {
      const args = [
        "encrypt",
        ...(form === "canonical" ? ["--canonical"] : []),
        "--age",
        recipientOf("alice"),
        "--filename-override",
        FILE_NAMES[name],
      ]
      if (rule !== undefined) args.push(`--${rule.field.replaceAll("_", "-")}`, rule.pattern)
      if (macOnlyEncrypted === true) args.push("--mac-only-encrypted")
      return answer(args, plain)
    },
    decrypt: (encrypted, name) =>
      answer(["decrypt", "--canonical", "--filename-override", FILE_NAMES[name]], encrypted),
  }
}

function codeOf(json: string): string {
  return /"code": "([a-z-]+)"/.exec(json)?.[1] ?? "bug"
}

/** Names by which both programs choose the format. */
export const FILE_NAMES: Readonly<Record<FormatName, string>> = {
  yaml: "d.yaml",
  json: "d.json",
  dotenv: "d.env",
  ini: "d.ini",
  binary: "d.bin",
}
