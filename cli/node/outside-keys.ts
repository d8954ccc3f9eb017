/**
 * Keys that lie outside, for this user: one limit on calls for the process, and
 * for each repository what the user trusts there.
 */

import { ConclaveError } from "#core/errors.ts"
import { trustFile } from "#core/host/identities/locations.ts"
import type { KeyContext } from "#core/host/keys/adapter.ts"
import { outsideIdentities, outsideRecipient, surveyOutside } from "#core/host/keys/registry.ts"
import { createRemoteCalls } from "#core/host/keys/remote-call.ts"
import { type Repository, repositoryOf } from "#core/host/repository.ts"
import { createTrust, TRUST_ALL, type Trust } from "#core/host/trust.ts"
import { distrustNames, trustedNames, trustNames } from "#core/host/trust-file.ts"
import type { Identity } from "#core/keys/identity.ts"
import { confirm } from "../confirm.ts"
import type { KeyRequest, OutsideKeys, TrustBook } from "../outside-keys.ts"
import type { Terminal } from "../terminal.ts"

export function nodeOutsideKeys(terminal: Terminal): OutsideKeys {
  const calls = createRemoteCalls()
  const trusts = new Map<string, Trust>()
  const contexts = new Map<string, KeyContext>()
  const identities = new Map<KeyContext, readonly Identity[]>()

  function trustIn(repository: Repository): Trust {
    const id = JSON.stringify(repository)
    const trust =
      trusts.get(id) ??
      createTrust({
        env: process.env,
        file: trustFile(process.env, process.platform),
        repository,
        confirm: (question) => confirm(question, terminal),
      })
    trusts.set(id, trust)
    return trust
  }

  const trust = ({ folder, isNamedByUser }: KeyRequest) =>
    isNamedByUser === true ? TRUST_ALL : trustIn(repositoryOf(folder))

  function contextFor(request: KeyRequest): KeyContext {
    const { folder, awsProfile = "", isNamedByUser = false } = request
    const id = JSON.stringify([repositoryOf(folder), awsProfile, isNamedByUser])
    const context = contexts.get(id) ?? {
      env: process.env,
      platform: process.platform,
      trust: trust(request),
      calls,
      awsProfile,
      ask: (question, answer) =>
        answer === "hidden" ? terminal.askHidden(question) : terminal.ask(question),
    }
    contexts.set(id, context)
    return context
  }

  return {
    identities(request) {
      const context = contextFor(request)
      const known = identities.get(context) ?? outsideIdentities(context)
      identities.set(context, known)
      return known
    },
    recipient: (spec, request) => outsideRecipient(spec, contextFor(request)),
    survey: (request) => surveyOutside(contextFor(request)),
    trust,
    trustBook: (folder) => trustBookOf(repositoryOf(folder)),
  }
}

function trustBookOf(repository: Repository): TrustBook {
  const file = trustFile(process.env, process.platform)
  if (file === null) {
    throw new ConclaveError("write-failed", "there is no folder for the user's configuration here", {
      file: "conclave/trust.json",
      reason: "no HOME",
    })
  }
  return {
    root: repository.root,
    names: () => trustedNames(file, repository),
    add: (names) => trustNames(file, repository, names),
    remove: (names) => distrustNames(file, repository, names),
  }
}
