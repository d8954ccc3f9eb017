import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from "node:fs"
import { createConnection } from "node:net"
import { join } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { nativeAgeEngine } from "../../../../core/host/age-native.ts"
import { agentIdentity, askAgent } from "../../../../core/host/agent/client.ts"
import type { Consent } from "../../../../core/host/agent/consent.ts"
import { encodeMessage, MessageReader } from "../../../../core/host/agent/protocol.ts"
import { type Agent, startAgent } from "../../../../core/host/agent/server.ts"
import { parseAgeIdentities } from "../../../../core/keys/age/identity.ts"
import { parseAgeRecipient } from "../../../../core/keys/age/recipient.ts"
import type { AgeEntry } from "../../../../core/keys/key-entry.ts"
import { identityText, type Person, recipientText } from "../../keys/vectors.ts"
import { temporaryFolder } from "../temporary-folder.ts"

const uid = process.getuid?.() ?? -1
const dataKey = new Uint8Array(32).fill(7)

async function entryFor(person: Person): Promise<AgeEntry> {
  const recipient = recipientText(person)
  return { kind: "age", recipient, enc: await parseAgeRecipient(recipient).wrap(dataKey) }
}

const forAlice = await entryFor("alice")
const forBob = await entryFor("bob")

type Running = { readonly socket: string; readonly agent: Agent }

/** An agent that holds alice's identity. */
async function start(consent: Consent = { by: "no" }, holdMs = 60_000, folder?: string): Promise<Running> {
  const socket = join(folder ?? (await temporaryFolder()), "agent.sock")
  const agent = await startAgent({
    socket,
    uid,
    identities: parseAgeIdentities(identityText("alice"), "keys.txt", { engine: nativeAgeEngine }),
    until: Date.now() + holdMs,
    consent,
  })
  onTestFinished(() => agent.end())
  return { socket, agent }
}

/** Sends bytes as they are. @returns what comes back, parsed. */
function send(socket: string, ...chunks: Uint8Array[]): Promise<Record<string, unknown>[]> {
  return new Promise((resolve) => {
    const reader = new MessageReader()
    const received: Record<string, unknown>[] = []
    const connection = createConnection(socket)
    connection.on("error", () => undefined)
    connection.on("data", (chunk: Buffer) => received.push(...reader.push(chunk)))
    connection.on("close", () => resolve(received))
    for (const chunk of chunks) connection.write(chunk)
  })
}

const never = {
  askConsent: () => Promise.reject(new Error("asked")),
  fault: (reason: string) => expect.fail(reason),
}

test("an entry goes in, and its secret comes out", async () => {
  const { socket } = await start()
  expect(await agentIdentity(socket, never).unwrap(forAlice)).toEqual(dataKey)
})

test("an entry for someone else opens nothing, and is put to the agent once", async () => {
  const { socket, agent } = await start()
  const identity = agentIdentity(socket, never)
  expect(await identity.unwrap(forBob)).toBeNull()
  agent.end()
  await agent.ended
  expect(await identity.unwrap(forBob)).toBeNull()
})

test("a broken entry is a failure with words, not a secret", async () => {
  const { socket } = await start()
  const broken = { ...forAlice, enc: forAlice.enc.replace(/\n(.)/, "\n!") }
  await expect(agentIdentity(socket, never).unwrap(broken)).rejects.toMatchObject({ code: "agent-failed" })
})

test("the socket is for its owner alone, whatever the umask", async () => {
  const before = process.umask(0)
  onTestFinished(() => void process.umask(before))
  const { socket } = await start()
  expect(statSync(socket).mode & 0o777).toBe(0o600)
  expect(process.umask()).toBe(0)
})

test("a folder that others can enter is refused", async () => {
  const folder = await temporaryFolder()
  chmodSync(folder, 0o755)
  await expect(start({ by: "no" }, 60_000, folder)).rejects.toMatchObject({ code: "agent-failed" })
})

test("its state says whose identities it holds, until when, and how often they were used", async () => {
  const { socket } = await start()
  await agentIdentity(socket, never).unwrap(forAlice)
  const reply = await askAgent(socket, { op: "status" })
  expect(reply).toMatchObject({ ok: true, status: { sources: ["keys.txt"], confirm: "no", uses: 1 } })
})

test("told to lock, it ends and takes its socket along", async () => {
  const { socket, agent } = await start()
  expect(await askAgent(socket, { op: "lock" })).toEqual({ ok: true, done: true })
  await agent.ended
  expect(existsSync(socket)).toBe(false)
  expect(await askAgent(socket, { op: "status" })).toBeNull()
})

test("it ends by itself at its time", async () => {
  const { socket, agent } = await start({ by: "no" }, 50)
  await agent.ended
  expect(existsSync(socket)).toBe(false)
})

test("a second one takes the place of the first, which then leaves it alone", async () => {
  const folder = await temporaryFolder()
  const first = await start({ by: "no" }, 60_000, folder)
  const second = await start({ by: "no" }, 60_000, folder)
  first.agent.end()
  await first.agent.ended
  expect(await agentIdentity(second.socket, never).unwrap(forAlice)).toEqual(dataKey)
})

test("a file in the place of the socket is replaced, a folder is not", async () => {
  const folder = await temporaryFolder()
  writeFileSync(join(folder, "agent.sock"), "left over")
  expect(await askAgent((await start({ by: "no" }, 60_000, folder)).socket, { op: "status" })).not.toBeNull()
  const blocked = await temporaryFolder()
  mkdirSync(join(blocked, "agent.sock"))
  await expect(start({ by: "no" }, 60_000, blocked)).rejects.toThrow()
})

test("what is not understood is refused with a word, and the agent goes on", async () => {
  const { socket } = await start()
  const malformed = [expect.objectContaining({ ok: false, code: "malformed" })]
  expect(await send(socket, Buffer.from("GET / HTTP/1.1\r\n\r\n"))).toEqual(malformed)
  expect(await send(socket, Uint8Array.of(0xff, 0xff, 0xff, 0xff))).toEqual(malformed)
  expect(await send(socket, encodeMessage({ op: "export" }))).toEqual(malformed)
  expect(await send(socket, encodeMessage({ v: 2, op: "status" }))).toEqual(malformed)
  expect(await agentIdentity(socket, never).unwrap(forAlice)).toEqual(dataKey)
})

test("one connection gets one answer", async () => {
  const { socket } = await start()
  const twice = Buffer.concat([encodeMessage({ op: "status" }), encodeMessage({ op: "status" })])
  expect(await send(socket, twice)).toHaveLength(1)
})

test("many at once are all served", async () => {
  const { socket } = await start()
  const identities = Array.from({ length: 40 }, () => agentIdentity(socket, never))
  const secrets = await Promise.all(identities.map((identity) => identity.unwrap(forAlice)))
  expect(secrets).toEqual(identities.map(() => dataKey))
})

test("with --confirm at the terminal each use needs its own consent", async () => {
  const { socket } = await start({ by: "terminal" })
  const questions: string[] = []
  const saying = (answer: boolean | null) => ({
    ...never,
    askConsent: async (question: string) => {
      questions.push(question)
      return answer
    },
  })
  expect(await agentIdentity(socket, saying(true)).unwrap(forAlice)).toEqual(dataKey)
  expect(await agentIdentity(socket, saying(true)).unwrap(forAlice)).toEqual(dataKey)
  expect(questions).toHaveLength(2)
  expect(questions[0]).toMatch(/^conclave: use the identity of keys.txt for age1\S+\?$/)
  await expect(agentIdentity(socket, saying(false)).unwrap(forAlice)).rejects.toThrow(/was not confirmed/)
  await expect(agentIdentity(socket, saying(null)).unwrap(forAlice)).rejects.toThrow(/no terminal to ask on/)
  // Whose entry it is not need not be asked.
  expect(await agentIdentity(socket, saying(false)).unwrap(forBob)).toBeNull()
})

test("a ticket is good for one entry, once", async () => {
  const { socket } = await start({ by: "terminal" })
  const ask = (entry: AgeEntry, consent?: string) =>
    askAgent(socket, { op: "unwrap", entry, ...(consent === undefined ? {} : { consent }) })
  const first = await ask(forAlice)
  const ticket = first !== null && !first.ok && first.code === "consent" ? first.ticket : ""
  expect(await ask(await entryFor("alice"), ticket)).toMatchObject({ code: "consent" })
  expect(await ask(forAlice, ticket)).toMatchObject({ code: "consent" })
  const second = await ask(forAlice)
  const good = second !== null && !second.ok && second.code === "consent" ? second.ticket : ""
  expect(await ask(forAlice, good)).toMatchObject({ ok: true })
  expect(await ask(forAlice, good)).toMatchObject({ code: "consent" })
  expect(await ask(forAlice, "made up")).toMatchObject({ code: "consent" })
})

test.each([
  ["exit 0", true],
  ["exit 1", false],
  ['test "$SSH_ASKPASS_PROMPT" = confirm && test -n "$1" && test -z "$SECRET"', true],
])("with --confirm a program that does `%s` decides", async (script, agrees) => {
  const program = join(await temporaryFolder(), "askpass")
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o700 })
  const { socket } = await start({ by: "program", program, env: { PATH: "/usr/bin:/bin" } })
  const unwrapping = agentIdentity(socket, never).unwrap(forAlice)
  if (agrees) expect(await unwrapping).toEqual(dataKey)
  else await expect(unwrapping).rejects.toThrow(/was not confirmed/)
})

test("a program that is not there agrees to nothing", async () => {
  const { socket } = await start({ by: "program", program: "/nonexistent/askpass", env: {} })
  await expect(agentIdentity(socket, never).unwrap(forAlice)).rejects.toThrow(/was not confirmed/)
})

test("an agent that answers nonsense counts as none, and that is told", async () => {
  const { socket } = await start()
  const folder = await temporaryFolder()
  const faults: string[] = []
  const { createServer } = await import("node:net")
  const liar = createServer((connection) => connection.end("nonsense that is long enough"))
  const path = join(folder, "liar.sock")
  await new Promise<void>((resolve) => liar.listen(path, resolve))
  onTestFinished(() => void liar.close())
  const identity = agentIdentity(path, { ...never, fault: (reason) => faults.push(reason) })
  expect(await identity.unwrap(forAlice)).toBeNull()
  expect(faults).toHaveLength(1)
  expect(socket).not.toBe(path)
})
