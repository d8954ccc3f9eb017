/** The agent port: the process of `conclave unlock` that holds identities for a while. */

export type AgentState = {
  /** Where its identities came from. */
  readonly sources: readonly string[]
  readonly until: Date
  /** Whether each use is asked for: by a program of the user's, at the terminal, or not at all. */
  readonly confirm: "no" | "program" | "terminal"
  /** Data keys and shares given out so far. */
  readonly uses: number
}

export interface Agent {
  /** Asks for the passphrases, and takes the place of one that runs. @throws `agent-failed` */
  unlock(forMs: number, confirm: boolean): Promise<AgentState>
  /** `null` when none runs. */
  state(): Promise<AgentState | null>
  /** @returns Whether one was running. */
  lock(): Promise<boolean>
}
