/** What the file of one kind of outside key exports, and what it is handed. */

import type { Identity } from "../../keys/identity.ts"
import type { KeySpec } from "../../keys/key-spec.ts"
import type { Recipient } from "../../keys/recipient.ts"
import type { Environment } from "../identities/locations.ts"
import type { Trust } from "../trust.ts"
import type { RemoteCalls } from "./remote-call.ts"

/** What adapters may reach for; one for all of them. */
export type KeyContext = {
  readonly env: Environment
  readonly platform: NodeJS.Platform
  /** For every name that comes from a file or the working tree and not from the user. */
  readonly trust: Trust
  readonly calls: RemoteCalls
  /** The user's `--aws-profile`, which takes the place of what a file names. */
  readonly awsProfile?: string | undefined
  /** Asks a person, with the answer shown or hidden; `null` if there is nobody. */
  ask(question: string, answer: "shown" | "hidden"): Promise<string | null>
}

/** What the file of one kind exports. */
export type KeyAdapter = {
  /** Its `handles` is the registry's business; its `unwrap` gets entries of its kind only. */
  createIdentity(context: KeyContext): Identity
  /** @throws {@link ConclaveError} `recipient-invalid` */
  createRecipient(spec: KeySpec, context: KeyContext): Recipient
  /** What of this machine its keys could be used with, found without a call; for `conclave doctor`. */
  survey(context: KeyContext): Promise<readonly Credential[]>
}

/** Something that lets this process in somewhere, by its name and never by its content. */
export type Credential = {
  readonly what: string
  /** Whether it is a stored secret that stays good until someone changes it. */
  readonly isStatic: boolean
}
