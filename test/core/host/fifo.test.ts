import { execFile, spawn } from "node:child_process"
import { existsSync, readdirSync, rmSync, statSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { basename, dirname } from "node:path"
import { promisify } from "node:util"
import { afterEach, expect, test } from "vitest"
import { type ServedFifo, serveFifo } from "../../../core/host/fifo.ts"

const run = promisify(execFile)
const served: ServedFifo[] = []

async function serve(text: string, name = "db.yaml"): Promise<ServedFifo> {
  const fifo = await serveFifo(Buffer.from(text), name)
  served.push(fifo)
  return fifo
}

afterEach(async () => {
  for (const fifo of served.splice(0)) await fifo.close()
})

test("every reader gets the whole, one after the other", async () => {
  const { path } = await serve("a: 1\nb: 2\n")
  for (let i = 0; i < 20; i++) expect(await readFile(path, "utf8")).toBe("a: 1\nb: 2\n")
})

test("a reader that stops half-way does not spoil the next", async () => {
  const text = "0123456789\n".repeat(20_000)
  const { path } = await serve(text)
  const { stdout } = await run("sh", ["-c", 'head -c 5 "$0"; head -c 5 "$0"; wc -c < "$0"', path])
  expect(stdout.trim()).toBe(`0123401234${text.length}`)
})

test("a reader that reads for a long time and one that comes meanwhile each get the whole", async () => {
  const text = "x".repeat(300_000)
  const { path } = await serve(text)
  const { stdout } = await run("bash", ["-c", 'exec 3< "$0"; sleep 0.1; wc -c < "$0"; wc -c <&3', path])
  expect(stdout.trim().split(/\s+/)).toEqual(["300000", "300000"])
})

test("the pipe is for its owner alone, in a folder of its own", async () => {
  const { path } = await serve("x", "key.json")
  expect(basename(path)).toBe("key.json")
  expect(statSync(path).isFIFO()).toBe(true)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
  expect(readdirSync(dirname(path))).toEqual(["key.json"])
})

test("closing ends it at once, with nobody reading, somebody reading, and the path taken away", async () => {
  const unread = await serve("x")
  await unread.close()
  expect(existsSync(dirname(dirname(unread.path)))).toBe(false)

  const stalled = await serve("x".repeat(300_000))
  const reader = spawn("sh", ["-c", 'exec 3< "$0"; sleep 10', stalled.path])
  await new Promise((resolve) => setTimeout(resolve, 100))
  await stalled.close()
  reader.kill()
  expect(existsSync(stalled.path)).toBe(false)

  const removed = await serve("x")
  rmSync(removed.path)
  await removed.close()
  await removed.close()
})
