/**
 * Killed while it writes: `set`, `edit` and `rekey` are killed with SIGKILL at
 * random moments between the appearance of their temporary file and a little
 * behind the rename, as measured first. The file is always whole, old or new,
 * and opens.
 */

import { readdirSync, readFileSync, watch } from "node:fs"
import { join } from "node:path"
import { describe, expect, onTestFinished, test } from "vitest"
import { decryptDocument, unwrapDocument } from "#core/document/decrypt.ts"
import { parseDocument } from "#core/document/document.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { nativeAgeEngine } from "#core/host/age-native.ts"
import { nodeCipher } from "#core/host/node-cipher.ts"
import { parseAgeIdentities } from "#core/keys/age/identity.ts"
import { ALICE, createHome, type Home, type Running } from "./home.ts"

const KILLS = 200
const SECRET = "a value that must never lie in a temporary file"
const LEAVES = 300
const identities = parseAgeIdentities(ALICE, "alice", { engine: nativeAgeEngine })

type Operation = {
  readonly name: string
  words(round: number): string[]
  readonly env?: Record<string, string>
}

const OPERATIONS: readonly Operation[] = [
  { name: "set", words: (round) => ["set", "f.yaml", "n", "--json-value", "--value-file", `v${round % 2}`] },
  { name: "edit", words: () => ["edit", "f.yaml"], env: { EDITOR: "" } },
  { name: "rekey", words: () => ["rekey", "f.yaml"] },
]

const SOURCE = `n: 0\nsecret: ${SECRET}\n${Array.from({ length: LEAVES }, (_, i) => `k${i}: value ${i}\n`).join("")}`

/** Resolves when the temporary file of a write has appeared. */
function writing(home: Home): { appeared: Promise<void>; stop(): void } {
  let seen: () => void = () => undefined
  const appeared = new Promise<void>((resolve) => {
    seen = resolve
  })
  const watcher = watch(home.path, (_, name) => {
    if (name?.startsWith(".f.yaml.")) seen()
  })
  onTestFinished(() => watcher.close())
  return { appeared, stop: () => watcher.close() }
}

function start(home: Home, { words, env }: Operation, round: number): Running {
  // Each round of edit writes another number, or there would be nothing to write.
  const editor = env === undefined ? {} : { EDITOR: editorFor(round) }
  return home.start(words(round), { env: { ...env, ...editor } })
}

/** Puts the round's number into the file; the blank is spelled so that no shell is needed. */
function editorFor(round: number): string {
  return `sed -i s/^n:.*/n:\\\\x20${round + 1}/`
}

async function opens(home: Home): Promise<boolean> {
  const document = parseDocument(readFileSync(join(home.path, "f.yaml")), formatNamed("yaml"))
  const dataKey = await unwrapDocument(document, identities)
  const { tree } = await decryptDocument(document, dataKey, { cipher: nodeCipher })
  return tree[0]?.items.filter((item) => item.kind === "entry").length === LEAVES + 2
}

describe("killed while it writes", () => {
  test.each(OPERATIONS)(
    "$name leaves the old file or the new one, whole",
    { timeout: 600_000 },
    async (operation) => {
      const home = createHome()
      home.write("v0", "1")
      home.write("v1", "2")
      await home.encrypt("f.yaml", SOURCE)
      const lasts: number[] = []
      for (let round = 0; round < 5; round++) {
        const { appeared, stop } = writing(home)
        const running = start(home, operation, round)
        await appeared
        const from = performance.now()
        expect((await running.ended).status).toBe(0)
        lasts.push(performance.now() - from)
        stop()
      }
      const lasting = lasts.toSorted((a, b) => a - b)[2] ?? 0

      let killed = 0
      for (let round = 5; round < 5 + Math.ceil(KILLS / OPERATIONS.length); round++) {
        const { appeared, stop } = writing(home)
        const running = start(home, operation, round)
        await Promise.race([appeared, running.ended])
        // The phase ends with the process: what lies behind the rename is part of it.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * lasting))
        if (running.child.kill("SIGKILL")) killed++
        await running.ended
        stop()
        expect(await opens(home)).toBe(true)
      }
      expect(killed).toBeGreaterThan(KILLS / OPERATIONS.length / 2)
      for (const name of readdirSync(home.path).filter((one) => one.startsWith(".f.yaml."))) {
        expect(readFileSync(join(home.path, name), "utf8")).not.toContain(SECRET)
      }
      expect((await home.run(operation.words(999), { env: { EDITOR: editorFor(999) } })).status).toBe(0)
    },
  )
})
