/** What became of each place where identities are looked for, so that a failure can list them all. */

type SourceState =
  /** Not set, or no such file. */
  | "absent"
  /** There, and without a single identity. */
  | "empty"
  /** Identities are at hand; those behind a passphrase or a command are not asked for yet. */
  | "loaded"
  /** Known to hold identities that this build cannot use. */
  | "unsupported"
  /** Behind a passphrase that nobody could give. */
  | "passphrase-needed"
  | "failed"

export type SourceReport = {
  /** The name of a variable, or a path. */
  readonly source: string
  readonly state: SourceState
  /** Why it failed, without any secret. */
  readonly reason?: string
  /** What a person should know, though it works. */
  readonly warnings: readonly string[]
}

/** Keeps the latest report on each source, in the order in which they were first met. */
export type Journal = {
  report(source: string, state: SourceState, reason?: string): void
  warn(source: string, warning: string): void
  reports(): readonly SourceReport[]
}

export function createJournal(): Journal {
  const latest = new Map<string, SourceReport>()
  return {
    report(source, state, reason) {
      const warnings = latest.get(source)?.warnings ?? []
      latest.set(source, { source, state, warnings, ...(reason === undefined ? {} : { reason }) })
    },
    warn(source, warning) {
      const report = latest.get(source) ?? { source, state: "loaded", warnings: [] }
      latest.set(source, { ...report, warnings: [...report.warnings, warning] })
    },
    reports: () => [...latest.values()],
  }
}
