/**
 * Thousands of generated documents through conclave and sops: the same bytes
 * when written canonically, and every file opens on both sides to the same.
 *
 * `CONCLAVE_INTEROP_SEED=<seed> CONCLAVE_INTEROP_COUNT=1` repeats one document.
 */

import { afterAll, describe, expect, it } from "vitest"
import type { FormatName } from "#core/formats/format.ts"
import { compare, compareOpened } from "./comparison.ts"
import { binaryDocument } from "./generate/binary.ts"
import { dotenvDocument } from "./generate/dotenv.ts"
import { iniDocument } from "./generate/ini.ts"
import { jsonDocument } from "./generate/json.ts"
import { seeded } from "./generate/random.ts"
import { yamlDocument } from "./generate/yaml.ts"
import { inProcess, throughProgram } from "./ours.ts"
import { conclave, createHome, inParallel, sopsWithKey } from "./programs.ts"
import { createTally, numberFrom, say } from "./tally.ts"

/** `least` documents must have been encrypted by both; a few more are made, since some are refused. */
const FORMATS: readonly {
  readonly name: FormatName
  readonly make: (seed: number) => Uint8Array
  readonly count: number
  readonly least: number
}[] = [
  { name: "yaml", make: yamlDocument, count: 2100, least: 2000 },
  { name: "json", make: jsonDocument, count: 510, least: 500 },
  { name: "dotenv", make: dotenvDocument, count: 520, least: 500 },
  { name: "ini", make: iniDocument, count: 580, least: 500 },
  { name: "binary", make: binaryDocument, count: 500, least: 500 },
]

const home = createHome()
afterAll(home.remove)

const programs = { sops: sopsWithKey(home.path, "alice"), conclave: inProcess }

describe.each(FORMATS)("generated $name documents", ({ name, make, count: standard, least }) => {
  it("are the same to conclave and sops", async () => {
    const count = numberFrom("CONCLAVE_INTEROP_COUNT", standard)
    const first = numberFrom("CONCLAVE_INTEROP_SEED", 1)
    const tally = createTally(name)
    const seeds = Array.from({ length: count }, (_, index) => first + index)
    await inParallel(seeds, async (seed) => {
      const source = make(seed)
      tally.add(seed, await compare(programs, name, source), source)
    })
    say(tally.line())
    expect(tally.failures.join(" "), `${tally.failures.length} of ${count} differ`).toBe("")
    if (count === standard) expect(tally.count("agree")).toBeGreaterThanOrEqual(least)
  })
})

describe("documents through conclave's command line", () => {
  const forms = [
    { form: "canonical", judge: compare, standard: 100, from: 200_000 },
    { form: "default", judge: compareOpened, standard: 300, from: 300_000 },
  ] as const

  it.each(forms)("are the same to sops ($form form)", async ({ form, judge, standard, from }) => {
    const count = numberFrom("CONCLAVE_INTEROP_COUNT", standard)
    const first = numberFrom("CONCLAVE_INTEROP_SEED", from)
    const throughCli = { ...programs, conclave: throughProgram(conclave(home.path), form) }
    const tally = createTally(`command line, ${form} form`)
    const seeds = Array.from({ length: count }, (_, index) => first + index)
    await inParallel(seeds, async (seed) => {
      const { name, make } = seeded(seed).pick(FORMATS)
      const source = make(seed)
      tally.add(seed, await judge(throughCli, name, source), source)
    })
    say(tally.line())
    expect(tally.failures.join(" "), `${tally.failures.length} of ${count} differ`).toBe("")
  })
})
