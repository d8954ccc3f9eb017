import { chmod, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"
import { ConclaveError } from "../../../../core/errors.ts"
import { ageIdentitySources } from "../../../../core/host/identities.ts"
import { sealIdentityFile } from "../../../../core/keys/age/identity-file.ts"
import { parseAgeRecipient } from "../../../../core/keys/age/recipient.ts"
import type { Identity } from "../../../../core/keys/identity.ts"
import type { AgeEntry } from "../../../../core/keys/key-entry.ts"
import { unwrapDataKey } from "../../../../core/keys/unwrap.ts"
import { identityText, keyFile, type Person, recipientText } from "../../keys/vectors.ts"
import { temporaryFolder } from "../temporary-folder.ts"

const dataKey = new Uint8Array(32).fill(3)

async function entryFor(person: Person): Promise<AgeEntry> {
  const recipient = recipientText(person)
  return { kind: "age", recipient, enc: await parseAgeRecipient(recipient).wrap(dataKey) }
}

const forAlice = await entryFor("alice")
const forBob = await entryFor("bob")
const lockedAlice = await sealIdentityFile(keyFile("alice"), "open sesame", 4)

/** A user with a locked file, perhaps an open key, and an agent; all that happens is written down. */
async function userWith(options: { key?: Person; agent?: (entry: AgeEntry) => Uint8Array | null | Error }) {
  const path = join(await temporaryFolder(), "keys.txt")
  await writeFile(path, lockedAlice)
  await chmod(path, 0o600)
  const events: string[] = []
  const agent: Identity = {
    source: "conclave unlock",
    handles: (entry) => entry.kind === "age",
    async unwrap(entry) {
      events.push("agent asked")
      const answer = entry.kind === "age" ? (options.agent?.(entry) ?? null) : null
      if (answer instanceof Error) throw answer
      return answer === null ? null : Uint8Array.from(answer)
    },
  }
  const sources = ageIdentitySources({
    env: {
      HOME: "/nonexistent",
      SOPS_AGE_KEY_FILE: path,
      ...(options.key === undefined ? {} : { SOPS_AGE_KEY: identityText(options.key) }),
    },
    platform: "linux",
    async askPassphrase() {
      events.push("person asked")
      return "open sesame"
    },
    async findAgent() {
      events.push("agent looked for")
      return options.agent === undefined ? null : agent
    },
  })
  const open = (...entries: AgeEntry[]) => unwrapDataKey([entries], 0, sources.identities)
  return { ...sources, events, open }
}

test("an open identity is used before the agent is looked for", async () => {
  const user = await userWith({ key: "alice", agent: () => dataKey })
  await user.open(forAlice)
  expect(user.events).toEqual([])
})

test("the agent is asked before a person is", async () => {
  const user = await userWith({ agent: () => dataKey })
  expect((await user.open(forAlice)).dataKey).toEqual(dataKey)
  expect(user.events).toEqual(["agent looked for", "agent asked"])
})

test("a person is asked when the agent opens nothing, and the agent is looked for once", async () => {
  const user = await userWith({ agent: () => null })
  await user.open(forAlice)
  await user.open(forAlice)
  expect(user.events).toEqual(["agent looked for", "agent asked", "person asked", "agent asked"])
})

test("without an agent everything is as before", async () => {
  const user = await userWith({})
  await user.open(forAlice)
  expect(user.events).toEqual(["agent looked for", "person asked"])
})

test("a refusal of the agent is not got round by asking for the passphrase", async () => {
  const refusal = new ConclaveError("agent-failed", "its use was not confirmed", { reason: "refused" })
  const user = await userWith({ agent: () => refusal })
  await expect(user.open(forAlice)).rejects.toMatchObject({
    code: "no-identity",
    details: { attempts: [{ outcome: "failed", reason: "its use was not confirmed" }] },
  })
  expect(user.events).not.toContain("person asked")
})

test("it also opens what no place here is for", async () => {
  const user = await userWith({ agent: (entry) => (entry.recipient === forBob.recipient ? dataKey : null) })
  expect((await user.open(forBob)).dataKey).toEqual(dataKey)
})
