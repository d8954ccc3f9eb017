/**
 * The user's word on names that a file or the working tree's configuration
 * brings along, and that could hand a credential to someone or run a program:
 * no such name is used before the user has agreed to it, since whoever opens a
 * pull request can write it.
 *
 * A word is given for one name in one repository. It lies in the user's own
 * file (`trust-file.ts`), comes from CONCLAVE_TRUST (a comma list, for
 * pipelines), or is asked for on the terminal the first time, and then kept.
 */

import { ConclaveError } from "../errors.ts"
import { splitList } from "../policy/config-keys.ts"
import type { Environment } from "./identities/locations.ts"
import type { Repository } from "./repository.ts"
import { trustedNames, trustNames } from "./trust-file.ts"

/** What a name may be about, as its first part says, and what using it would do. */
const PURPOSES: Readonly<Record<string, (of: string) => string>> = {
  "kms-role": (role) => `assume the AWS role ${role} with your credentials`,
  "aws-profile": (profile) => `use your AWS profile ${profile}`,
  vault: (address) => `send your Vault token to ${address}`,
  azure: (address) => `send a token of yours to the Azure vault ${address}`,
  keyservice: (address) => `hand keys to the key service at ${address}`,
  "age-plugin": (name) => `run age-plugin-${name} from your PATH`,
  endpoint: (address) => `call ${address} with your credentials in place of the provider's own address`,
}

/** The first parts of names, for messages. */
export const TRUST_KINDS: readonly string[] = Object.keys(PURPOSES)

const MAX_NAME_LENGTH = 2048

/** Asked by whatever is about to use a name that the user has not typed. */
export interface Trust {
  /** @param name - `kms-role:arn:…`, `aws-profile:NAME`, `vault:https://host`, `age-plugin:NAME`, … */
  allows(name: string): Promise<boolean>
}

/** For names that come from the user's own flags and variables. */
export const TRUST_ALL: Trust = { allows: async () => true }

export type TrustOptions = {
  readonly env: Environment
  /** The user's trust file; `null` where there is no place for it. */
  readonly file: string | null
  /** Of the file that is being worked on. */
  readonly repository: Repository
  /** Asks a person; `null` if there is nobody. */
  confirm(question: string): Promise<boolean | null>
}

export function createTrust({ env, file, repository, confirm }: TrustOptions): Trust {
  const listed = new Set(splitList(env["CONCLAVE_TRUST"] ?? ""))
  const words = new Map<string, Promise<boolean>>()
  let last: Promise<unknown> = Promise.resolve()

  async function ask(name: string): Promise<boolean> {
    const purpose = purposeOf(name)
    if (purpose === null || name.length > MAX_NAME_LENGTH) return false
    const question = `A file in ${repository.root} asks to ${purpose}. Allow it here, from now on?`
    if ((await confirm(question)) !== true) return false
    if (file !== null) await trustNames(file, repository, [name])
    return true
  }

  async function decide(name: string): Promise<boolean> {
    if (listed.has(name)) return true
    if (file !== null && (await trustedNames(file, repository)).includes(name)) return true
    // One question at a time: many keys are asked for together.
    const turn = last.catch(() => undefined).then(() => ask(name))
    last = turn
    return turn
  }

  return {
    allows(name) {
      const word = words.get(name) ?? decide(name)
      words.set(name, word)
      return word
    },
  }
}

/** What using a name would do, to stand behind "to"; `null` if it is of no kind that is known. */
export function purposeOf(name: string): string | null {
  const at = name.indexOf(":")
  const kind = name.slice(0, at)
  const of = name.slice(at + 1)
  if (at < 0 || of === "" || !Object.hasOwn(PURPOSES, kind)) return null
  return PURPOSES[kind]?.(of) ?? null
}

/** @throws {@link ConclaveError} `not-trusted`, saying what was not done, unless the user has agreed. */
export async function demandTrust(trust: Trust, name: string): Promise<void> {
  if (await trust.allows(name)) return
  const purpose = purposeOf(name) ?? `use ${name}`
  throw new ConclaveError(
    "not-trusted",
    `not done without your word: to ${purpose} (conclave trust ${name})`,
    { name },
  )
}
