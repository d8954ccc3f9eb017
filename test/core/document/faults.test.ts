/** One vector for each fault, on both ciphers: its code, its place, and nothing of a value in what is told. */

import { describe, expect, test } from "vitest"
import { reportOf } from "#cli/report.ts"
import type { Cipher } from "#core/cipher/cipher.ts"
import { checkSize, sizeLimit } from "#core/document/document.ts"
import { ConclaveError, type ErrorDetails } from "#core/errors.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { DEFAULT_RULE } from "#core/sops/selection.ts"
import { CIPHERS } from "../../support/ciphers.ts"
import { decryptWith, encryptFor, identities } from "../../support/custody.ts"
import { CANARY, type Fault, readFaults, TIME_LIMIT_MS } from "../../support/fault-vectors.ts"
import { HUGE_FAULTS } from "../../support/huge-faults.ts"

const FAULTS = [...readFaults(), ...HUGE_FAULTS]

describe.each(CIPHERS)("with $name", ({ cipher }) => {
  test.each(FAULTS)("$name: $expect", async (fault) => {
    const start = performance.now()
    const { code, at, text, shown } = await work(fault, cipher)
    expect({ code, at }).toEqual({ code: fault.expect, at: fault.at ?? at })
    expect(text).toBe(fault.plaintext)
    expect(shown).not.toMatch(CANARY)
    expect(performance.now() - start).toBeLessThan(TIME_LIMIT_MS)
  })
})

/** `shown` is all that a person or a program is told of a failure. */
type Result = { code: string; at: string; shown: string; text?: string }

async function work(fault: Fault, cipher: Cipher): Promise<Result> {
  const format = formatNamed(fault.format)
  try {
    checkSize(fault.source, sizeLimit(format))
    if (fault.command === "encrypt") {
      await encryptFor(format.parsePlain(fault.source), fault.format, {
        cipher,
        rule: fault.rule ?? DEFAULT_RULE,
      })
      return { code: "ok", at: "", shown: "" }
    }
    const { tree } = await decryptWith(fault.source, fault.format, identities(...fault.identities), cipher)
    return { code: "ok", at: "", shown: "", text: Buffer.from(format.printPlain(tree)).toString() }
  } catch (error) {
    if (!(error instanceof ConclaveError)) throw error
    return { code: error.code, at: placeOf(error.details), shown: JSON.stringify(reportOf(error)) }
  }
}

/** Where a failure says that the fault is, whatever its code. */
function placeOf(details: object): string {
  const { at, line, column, key, field, fields, have, need } = details as Partial<
    ErrorDetails["malformed"] &
      ErrorDetails["syntax"] &
      ErrorDetails["reserved-key"] &
      ErrorDetails["regex-invalid"] &
      ErrorDetails["rule-conflict"] &
      ErrorDetails["below-threshold"]
  >
  if (line !== undefined) return `${line}:${column}`
  if (need !== undefined) return `${have} of ${need}`
  return at ?? key ?? field ?? fields?.join(" ") ?? ""
}
