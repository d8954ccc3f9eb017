/** Counts what became of many generated documents, and tells the first failures so that they can be made again. */

import type { Finding, Verdict } from "./comparison.ts"

export type Tally = {
  readonly add: (seed: number, finding: Finding, source: Uint8Array) => void
  readonly count: (verdict: Verdict) => number
  readonly failures: readonly string[]
  /** One line for the test's output. */
  readonly line: () => string
}

const SHOWN = 3

export function createTally(name: string): Tally {
  const verdicts = new Map<Verdict, number>()
  const known = new Map<string, number>()
  const failures: string[] = []
  const count = (verdict: Verdict): number => verdicts.get(verdict) ?? 0
  return {
    add(seed, finding, source) {
      verdicts.set(finding.verdict, count(finding.verdict) + 1)
      for (const one of finding.known ?? []) known.set(one, (known.get(one) ?? 0) + 1)
      if (finding.verdict !== "differ") return
      const shown =
        failures.length < SHOWN ? `\n--- source\n${Buffer.from(source)}\n--- ${finding.detail}` : ""
      failures.push(`${name} seed ${seed}${shown}`)
    },
    count,
    failures,
    line() {
      const counts = [...verdicts].map(([verdict, times]) => `${times} ${verdict}`)
      const names = [...known].map(([one, times]) => `; ${times} × ${one}`)
      return `${name}: ${counts.join(", ")}${names.join("")}`
    },
  }
}

/** A line on the test run's own output. */
export function say(line: string): void {
  process.stdout.write(`interop: ${line}\n`)
}

/** A positive whole number from the environment, to repeat one document or to run fewer. */
export function numberFrom(variable: string, standard: number): number {
  const given = process.env[variable]
  return given === undefined || given === "" ? standard : Number(given)
}
