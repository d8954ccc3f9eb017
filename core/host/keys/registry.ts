/**
 * The kinds of keys that lie outside: on other machines, on cards, in other
 * programs. Each is one file here, an adapter, imported when a document or a
 * rule names a key of its kind and not before; what an adapter needs of heavy
 * libraries it imports from a file `…-sdk.ts`, which the build bundles apart.
 */

import type { Identity } from "../../keys/identity.ts"
import type { KeyKind } from "../../keys/key-entry.ts"
import type { KeySpec } from "../../keys/key-spec.ts"
import type { Recipient } from "../../keys/recipient.ts"
import type { Credential, KeyAdapter, KeyContext } from "./adapter.ts"
import { sharing } from "./shared-unwraps.ts"

export type OutsideKind = {
  readonly kind: KeyKind
  /** For people. */
  readonly name: string
  readonly remote: boolean
  load(): Promise<KeyAdapter>
}

/** In the order in which their identities are asked. */
export const OUTSIDE_KINDS: readonly OutsideKind[] = [
  { kind: "kms", name: "AWS KMS", remote: true, load: () => import("./kms.ts") },
]

/** One identity for each kind, which loads its adapter when it is first asked to unwrap. */
export function outsideIdentities(context: KeyContext): readonly Identity[] {
  return OUTSIDE_KINDS.map((one) => {
    let identity: Promise<Identity> | undefined
    return sharing({
      source: one.name,
      remote: one.remote,
      handles: (entry) => entry.kind === one.kind,
      async unwrap(entry, signal) {
        identity ??= one.load().then((adapter) => adapter.createIdentity(context))
        return (await identity).unwrap(entry, signal)
      },
    })
  })
}

/** @returns `null` for a kind that has no adapter. @throws {@link ConclaveError} `recipient-invalid` */
export async function outsideRecipient(spec: KeySpec, context: KeyContext): Promise<Recipient | null> {
  const found = OUTSIDE_KINDS.find(({ kind }) => kind === spec.kind)
  if (found === undefined) return null
  const adapter = await found.load()
  return adapter.createRecipient(spec, context)
}

export type KindSurvey = {
  readonly kind: KeyKind
  readonly name: string
  readonly credentials: readonly Credential[]
}

/** What of this machine each kind could be used with. */
export function surveyOutside(context: KeyContext): Promise<readonly KindSurvey[]> {
  return Promise.all(
    OUTSIDE_KINDS.map(async ({ kind, name, load }) => ({
      kind,
      name,
      credentials: await (await load()).survey(context),
    })),
  )
}
