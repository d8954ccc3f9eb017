/** Everything a command may reach for; made once, in `main`, from the process. */

import type { Cipher } from "#core/cipher/cipher.ts"
import type { Clock } from "#core/clock.ts"
import type { SourceReport } from "#core/host/identities/report.ts"
import type { Identity } from "#core/keys/identity.ts"
import type { KeySpec } from "#core/keys/key-spec.ts"
import type { Recipient } from "#core/keys/recipient.ts"
import type { Agent } from "./agent.ts"
import type { Editors } from "./editors.ts"
import type { Files } from "./files.ts"
import type { Http } from "./http.ts"
import type { Launcher } from "./launcher.ts"
import type { KeyRequest, OutsideKeys } from "./outside-keys.ts"
import type { Terminal } from "./terminal.ts"

export interface Context {
  readonly terminal: Terminal
  readonly files: Files
  readonly clock: Clock
  readonly cipher: Cipher
  /** Loaded only by commands that start others. */
  launcher(): Promise<Launcher>
  /** Loaded only where a person edits. */
  editors(): Promise<Editors>
  /** Loaded only by commands that talk to a server. */
  http(): Promise<Http>
  /** Loaded only by unlock and lock. */
  agent(): Promise<Agent>
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute. */
  readonly workingDirectory: string
  /** Identities in SOPS' order, each source opened only when it is reached; those of outside keys last. */
  identities(request?: Partial<KeyRequest>): IdentityPool
  /** Where sops and conclave keep a user's age identities; `null` where there is no such folder. */
  ageKeysFile(): string | null
  /** The user's own settings; `null` where there is no place for them. */
  userConfigFile(): string | null
  /** Where an edit that cannot be written is kept, encrypted: the first that takes it. */
  draftFolders(): readonly string[]
  /** @throws `kind-unsupported`, `recipient-invalid` */
  recipient(spec: KeySpec, request?: Partial<KeyRequest>): Promise<Recipient>
  /** Loaded only by commands that look at outside keys as such. */
  outsideKeys(): Promise<OutsideKeys>
}

export interface IdentityPool {
  readonly identities: AsyncIterable<Identity>
  /** What was looked at and what became of it. */
  reports(): readonly SourceReport[]
  /** The same for one file: what it names is trusted in its own repository. `null`: as it is. */
  near(file: string | null): IdentityPool
}
