import { execFileSync } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:net"
import { dirname, join } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { chooseAgentSocket, findAgentSocket, type PlaceOptions } from "../../../../core/host/agent/place.ts"
import { temporaryFolder } from "../temporary-folder.ts"

const uid = process.getuid?.() ?? -1

/** On a platform without `/run/user`, so that the test's own folders are all there are. */
async function place(env: Record<string, string> = {}): Promise<PlaceOptions & { root: string }> {
  const root = await temporaryFolder()
  mkdirSync(join(root, "run"), { mode: 0o700 })
  return { root, env: { XDG_RUNTIME_DIR: join(root, "run"), ...env }, platform: "darwin", uid }
}

async function listenAt(path: string, mode = 0o600): Promise<Server> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(path, resolve))
  chmodSync(path, mode)
  onTestFinished(() => void server.close())
  return server
}

test("the socket goes into a private folder of the runtime directory", async () => {
  const options = await place()
  const socket = chooseAgentSocket(options)
  expect(socket).toBe(join(options.root, "run/conclave/agent.sock"))
  expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700)
  expect(findAgentSocket(options)).toBeNull()
  await listenAt(socket)
  expect(findAgentSocket(options)).toBe(socket)
})

test("without a runtime directory it goes into the home", async () => {
  const options = await place()
  const home = { ...options, env: { HOME: options.root } }
  expect(chooseAgentSocket(home)).toBe(join(options.root, ".local/state/conclave/agent.sock"))
})

test("a runtime directory that others can enter is passed over", async () => {
  const options = await place()
  chmodSync(join(options.root, "run"), 0o755)
  expect(() => chooseAgentSocket(options)).toThrow(/run is open to other users \(mode 0755\)/)
  const withHome = { ...options, env: { ...options.env, HOME: options.root } }
  expect(chooseAgentSocket(withHome)).toContain(".local/state")
})

test("a folder of ours that others can enter, a link and a file in its place are refused", async () => {
  const options = await place()
  const folder = join(options.root, "run/conclave")
  mkdirSync(folder, { mode: 0o755 })
  chmodSync(folder, 0o755)
  expect(() => chooseAgentSocket(options)).toThrow(/open to other users/)

  const linked = await place()
  mkdirSync(join(linked.root, "elsewhere"), { mode: 0o700 })
  symlinkSync(join(linked.root, "elsewhere"), join(linked.root, "run/conclave"))
  expect(() => chooseAgentSocket(linked)).toThrow(/is no folder/)

  const blocked = await place()
  writeFileSync(join(blocked.root, "run/conclave"), "")
  expect(() => chooseAgentSocket(blocked)).toThrow(/is no folder/)
})

test("a runtime directory that is not absolute, or not there, is none", async () => {
  const options = await place({ XDG_RUNTIME_DIR: "run" })
  expect(() => chooseAgentSocket(options)).toThrow(/no private place for a socket \(set XDG_RUNTIME_DIR\)/)
  expect(() => chooseAgentSocket({ ...options, env: { XDG_RUNTIME_DIR: "/nonexistent" } })).toThrow(
    /is not there/,
  )
})

test("a folder of someone else is refused", async () => {
  const options = await place()
  expect(() => chooseAgentSocket({ ...options, uid: uid + 1 })).toThrow(/belongs to someone else/)
})

test("a path that is too long for a socket is refused", async () => {
  const options = await place()
  const long = join(options.root, "x".repeat(100))
  mkdirSync(long, { mode: 0o700 })
  expect(() => chooseAgentSocket({ ...options, env: { XDG_RUNTIME_DIR: long } })).toThrow(/too long/)
})

test("nothing is sent to a socket that others can reach, to a link, or to a pipe", async () => {
  const open = await place()
  await listenAt(join(open.root, "run/conclave/agent.sock"), 0o666)
  expect(() => findAgentSocket(open)).toThrow(/agent.sock is open to other users/)

  const linked = await place()
  await listenAt(join(linked.root, "other.sock"))
  mkdirSync(join(linked.root, "run/conclave"), { mode: 0o700 })
  symlinkSync(join(linked.root, "other.sock"), join(linked.root, "run/conclave/agent.sock"))
  expect(() => findAgentSocket(linked)).toThrow(/is no socket/)

  const pipe = await place()
  mkdirSync(join(pipe.root, "run/conclave"), { mode: 0o700 })
  execFileSync("mkfifo", ["-m", "600", join(pipe.root, "run/conclave/agent.sock")])
  expect(() => findAgentSocket(pipe)).toThrow(/is no socket/)
})

test("of two places the one that is the user's own is taken", async () => {
  const options = await place()
  await listenAt(join(options.root, "run/conclave/agent.sock"), 0o666)
  const own = join(options.root, ".local/state/conclave/agent.sock")
  await listenAt(own)
  expect(findAgentSocket({ ...options, env: { ...options.env, HOME: options.root } })).toBe(own)
})

test("Windows has no private sockets", () => {
  const options: PlaceOptions = { env: {}, platform: "win32", uid: -1 }
  expect(findAgentSocket(options)).toBeNull()
  expect(() => chooseAgentSocket(options)).toThrow(/Windows/)
})

test("looking makes nothing", async () => {
  const options = await place()
  findAgentSocket(options)
  expect(existsSync(join(options.root, "run/conclave"))).toBe(false)
})
