/**
 * Where sops 3.13.1 and 3.13.2 disagree about one and the same file, each by
 * name. A file that only one of them reads must be in this table, or the test
 * that found it fails.
 */

import type { FormatName } from "#core/formats/format.ts"
import type { SopsVersion } from "./peers.mjs"
import type { Outcome } from "./programs.ts"

export type Divergence = {
  readonly name: string
  readonly format: FormatName
  /** The version that does not read the file as it was meant. */
  readonly fails: SopsVersion
  /** What it says; it may also say nothing and print another value. */
  readonly says: RegExp
  readonly mayBeSilent?: boolean
  /** Whether conclave's own form, which keeps the layout, does without it. */
  readonly canonicalOnly?: boolean
  /** Whether an encrypted file is of this kind. */
  readonly concerns: (encrypted: string) => boolean
}

export const DIVERGENCES: readonly Divergence[] = [
  {
    // Its MAC covers the ciphertext of a comment that stands as an item of a list (getsops/sops#2243).
    name: "R1 encrypted comment as a list item",
    format: "yaml",
    fails: "3.13.2",
    says: /MAC mismatch/,
    canonicalOnly: true,
    concerns: (encrypted) => /^ *(?:: +)?(?:- )+ENC\[[^\]]*,type:comment\]/m.test(encrypted),
  },
  {
    // 3.13.1 reads every JSON number as a float: digits beyond 2^53 are lost, and with them the MAC.
    name: "JSON integer that is no float, in clear",
    format: "json",
    fails: "3.13.1",
    says: /MAC mismatch/,
    // With `mac_only_encrypted`.
    mayBeSilent: true,
    concerns: (encrypted) => /[[:,]\s*-?\d{16,}\s*[,}\]]/.test(encrypted),
  },
  {
    // 3.13.2 writes line ends within metadata as \n, which 3.13.1 takes literally.
    name: "INI metadata in one line",
    format: "ini",
    fails: "3.13.1",
    says: /Failed to get the data key/,
    concerns: () => true,
  },
]

/** The version that reads everything of a format, and the one to compare with it. */
export function readers(format: FormatName): {
  readonly reference: SopsVersion
  readonly other: SopsVersion
} {
  return format === "yaml"
    ? { reference: "3.13.1", other: "3.13.2" }
    : { reference: "3.13.2", other: "3.13.1" }
}

/** The divergence that explains what `version` made of a file; null when none does. */
export function explain(
  format: FormatName,
  version: SopsVersion,
  encrypted: Uint8Array,
  { status, stderr }: Outcome,
): Divergence | null {
  const text = Buffer.from(encrypted).toString("latin1")
  const fits = (known: Divergence): boolean =>
    known.format === format &&
    known.fails === version &&
    (status === 0 ? known.mayBeSilent === true : known.says.test(stderr)) &&
    known.concerns(text)
  return DIVERGENCES.find(fits) ?? null
}
