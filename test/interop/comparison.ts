/**
 * One plaintext document through both programs: encrypted by each, each result
 * decrypted by both. All must agree, comments included.
 */

import type { FormatName } from "#core/formats/format.ts"
import { explain, readers } from "./divergences.ts"
import { compareTexts, FAULTS, LAYOUT_DIFFERENCES, panicOf } from "./faults.ts"
import { recipientOf } from "./keys.ts"
import { type Attempt, type Conclave, FILE_NAMES, type Scope } from "./ours.ts"
import type { SopsVersion } from "./peers.mjs"
import type { Outcome, Program } from "./programs.ts"
import { refusalOf } from "./refusals.ts"
import { skeleton, withoutCiphertext } from "./skeleton.ts"

/** What became of one document; `differ` alone is a failure. */
export type Verdict =
  | "agree"
  /** sops does not encrypt it. */
  | "refused-by-sops"
  /** sops writes a file that it cannot read back; conclave refuses to, or opens its own. */
  | "unreadable-to-sops"
  /** sops writes a file that it cannot read back; conclave's file opens in both. */
  | "readable-only-from-conclave"
  /** conclave does not encrypt what sops would change without a word. */
  | "refused-by-conclave"
  | "differ"

export type Finding = {
  readonly verdict: Verdict
  /** What differs, with both sides of it. */
  readonly detail?: string
  /** Known divergences, faults and refusals that the document shows, by name. */
  readonly known?: readonly string[]
}

type Refused = Exclude<Attempt, { readonly bytes: Uint8Array }>

/** What is encrypted and authenticated, said to both programs. */
export type Setting = { readonly scope: Scope; readonly sopsArguments: readonly string[] }

const DEFAULT_SETTING: Setting = { scope: {}, sopsArguments: [] }

export type Programs = {
  readonly sops: Readonly<Record<SopsVersion, Program>>
  readonly conclave: Conclave
}

export async function compare(
  { sops, conclave }: Programs,
  name: FormatName,
  plain: Uint8Array,
  setting: Setting = DEFAULT_SETTING,
): Promise<Finding> {
  const fileName = FILE_NAMES[name]
  const { reference, other } = readers(name)
  const opened = (version: SopsVersion, encrypted: Uint8Array): Promise<Outcome> =>
    sops[version](["decrypt", "--filename-override", fileName], { input: encrypted })

  const encrypt = ["encrypt", "--age", recipientOf("alice"), "--filename-override", fileName]
  const theirs = await sops["3.13.2"]([...setting.sopsArguments, ...encrypt], { input: plain })
  if (theirs.status !== 0) return { verdict: "refused-by-sops", detail: theirs.stderr }
  const meant = await opened(reference, theirs.stdout)

  const ours = await conclave.encrypt(plain, name, setting.scope)
  if (ours.bytes === undefined) return judgeRefusal(name, ours, theirs, meant)
  const here = await openedHere(conclave, ours.bytes, name)
  if (meant.status !== 0) return judgeRescue(name, here, await opened(reference, ours.bytes), meant)

  const known = new Set<string>()
  const look = (what: string, expected: string, actual: string): Finding | null => {
    const result = compareTexts(expected, actual)
    for (const fault of result?.faults ?? []) known.add(fault)
    return result === null ? differ(what, expected, actual) : null
  }

  const misprinted = look("the encrypted files", skeleton(theirs.stdout), skeleton(ours.bytes))
  if (misprinted !== null) return misprinted
  // Where a fault is in the file itself, sops' own file holds another value.
  const text = known.size > 0 ? here : withoutCiphertext(meant.stdout)
  const different =
    look(
      "conclave on theirs",
      withoutCiphertext(meant.stdout),
      await openedHere(conclave, theirs.stdout, name),
    ) ??
    look("conclave on ours", text, here) ??
    look(`sops ${reference} on ours`, text, told(await opened(reference, ours.bytes), meant))
  if (different !== null) return different

  const second = await opened(other, ours.bytes)
  if (compareTexts(text, told(second, meant)) === null) {
    const divergence = explain(name, other, ours.bytes, second)
    if (divergence === null) return differ(`sops ${other} on ours`, text, told(second, meant))
    known.add(divergence.name)
  }
  return { verdict: "agree", known: [...known] }
}

/**
 * As {@link compare} for a file that conclave does not write as sops prints:
 * the bytes differ, but both open to the same, comments included.
 */
export async function compareOpened(
  { sops, conclave }: Programs,
  name: FormatName,
  plain: Uint8Array,
): Promise<Finding> {
  const flags = ["--filename-override", FILE_NAMES[name]]
  const { reference, other } = readers(name)
  const theirs = await sops["3.13.2"](["encrypt", "--age", recipientOf("alice"), ...flags], { input: plain })
  if (theirs.status !== 0) return { verdict: "refused-by-sops", detail: theirs.stderr }
  const meant = await sops[reference](["decrypt", ...flags], { input: theirs.stdout })
  const ours = await conclave.encrypt(plain, name, {})
  if (ours.bytes === undefined) return judgeRefusal(name, ours, theirs, meant)

  const here = await openedHere(conclave, ours.bytes, name)
  const isMeant = meant.status === 0 && !meant.stderr.includes(UNOPENED)
  const text = isMeant ? withoutCiphertext(meant.stdout) : here
  // sops also loses a comment behind an opening bracket, which a kept layout gives a line of its own.
  const hasOtherComments = / \*a\d|[[{][ \t]*#/.test(Buffer.from(plain).toString())
  const allowed = [...FAULTS, ...LAYOUT_DIFFERENCES.slice(0, hasOtherComments ? 2 : 1)]
  const result = compareTexts(text, here, allowed)
  if (result === null) return differ("conclave on ours", text, here)
  const known = new Set(result.faults)
  for (const version of [reference, other]) {
    const opened = await sops[version](["decrypt", ...flags], { input: ours.bytes })
    if (compareTexts(here, told(opened, meant)) !== null) continue
    const divergence = explain(name, version, ours.bytes, opened)
    if (divergence === null || divergence.canonicalOnly) {
      return differ(`sops ${version} on ours`, here, told(opened, meant))
    }
    known.add(divergence.name)
  }
  return { verdict: "agree", known: [...known] }
}

function judgeRefusal(name: FormatName, refused: Refused, theirs: Outcome, meant: Outcome): Finding {
  if (meant.status !== 0) return { verdict: "unreadable-to-sops", detail: meant.stderr }
  const refusal = refusalOf(name, refused, skeleton(theirs.stdout))
  if (refusal !== null) return { verdict: "refused-by-conclave", known: [refusal.name] }
  return differ("conclave does not encrypt", withoutCiphertext(meant.stdout), refused.message)
}

function judgeRescue(name: FormatName, here: string, back: Outcome, meant: Outcome): Finding {
  const result = back.status === 0 ? compareTexts(withoutCiphertext(back.stdout), here) : null
  if (result !== null) return { verdict: "readable-only-from-conclave", known: result.faults }
  const panic = panicOf(name, back.stderr)
  if (panic !== null) return { verdict: "unreadable-to-sops", known: [panic] }
  return differ("neither file opens in sops", meant.stderr, back.stderr || here)
}

/** What conclave decrypts, or its error in words. */
async function openedHere(conclave: Conclave, encrypted: Uint8Array, name: FormatName): Promise<string> {
  const result = await conclave.decrypt(encrypted, name)
  return result.bytes === undefined ? `${result.code}: ${result.message}` : withoutCiphertext(result.bytes)
}

const UNOPENED = "possibly unencrypted comment"

/** What sops decrypts, or what went wrong, in words. */
function told(outcome: Outcome, meant: Outcome): string {
  if (outcome.status !== 0) return `exit ${outcome.status}: ${outcome.stderr}`
  // Where sops' own file already loses a comment, ours may do no better.
  if (outcome.stderr.includes(UNOPENED) && !meant.stderr.includes(UNOPENED)) return outcome.stderr
  return withoutCiphertext(outcome.stdout)
}

function differ(what: string, expected: string, actual: string): Finding {
  return { verdict: "differ", detail: `${what}\n--- expected\n${expected}\n--- but\n${actual}` }
}
