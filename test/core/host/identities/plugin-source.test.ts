/** Identities of plugins among the places where sops looks. */

import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { type AgePlugins, createAgePlugins } from "../../../../core/host/age-plugin.ts"
import { ageIdentitySources } from "../../../../core/host/identities.ts"
import { sealIdentityFile } from "../../../../core/keys/age/identity-file.ts"
import { parseAgeRecipient } from "../../../../core/keys/age/recipient.ts"
import type { AgeEntry } from "../../../../core/keys/key-entry.ts"
import { unwrapDataKey } from "../../../../core/keys/unwrap.ts"
import { createPluginFolder, OTHER_PAIR, PLUGIN_PAIR } from "../../../plugins/test-plugin.ts"
import { identityText, recipientText } from "../../keys/vectors.ts"
import { temporaryFolder } from "../temporary-folder.ts"

const SECRET = new Uint8Array(32).fill(7)
const folder = createPluginFolder()
afterAll(folder.remove)

function pluginsOn(path: string): AgePlugins {
  return createAgePlugins({
    env: { PATH: path },
    platform: "linux",
    silenceMs: 5000,
    waiting: () => undefined,
    stderr: () => undefined,
    failed: () => undefined,
    mayRun: async () => true,
    interaction: { message: async () => false, request: async () => null, confirm: async () => null },
  })
}

const entry: AgeEntry = {
  kind: "age",
  recipient: PLUGIN_PAIR.recipient,
  enc: await pluginsOn(folder.path).recipient(PLUGIN_PAIR.recipient).wrap(SECRET),
}

async function open(
  env: Record<string, string>,
  entries: readonly AgeEntry[],
  path = folder.path,
): Promise<unknown> {
  const { identities } = ageIdentitySources({
    env: { HOME: "/nonexistent", PATH: process.env["PATH"], ...env },
    platform: "linux",
    askPassphrase: async () => "secret",
    pluginIdentity: pluginsOn(path).identity,
  })
  try {
    return (await unwrapDataKey([entries], 0, identities)).dataKey
  } catch (error) {
    return (error as { details: { attempts: readonly { reason?: string }[] } }).details.attempts.at(-1)
      ?.reason
  }
}

test("opens from a variable", async () => {
  expect(await open({ SOPS_AGE_KEY: `${OTHER_PAIR.identity} ${PLUGIN_PAIR.identity}` }, [entry])).toEqual(
    SECRET,
  )
})

test("opens from a file, and from one behind a passphrase", async () => {
  const text = `# a token\n${PLUGIN_PAIR.identity}\n`
  for (const content of [text, await sealIdentityFile(text, "secret", 4)]) {
    const path = join(await temporaryFolder(), "keys.txt")
    await writeFile(path, content, { mode: 0o600 })
    expect(await open({ SOPS_AGE_KEY_FILE: path }, [entry])).toEqual(SECRET)
  }
})

test("opens from a command", async () => {
  expect(await open({ SOPS_AGE_KEY_CMD: `echo ${PLUGIN_PAIR.identity}` }, [entry])).toEqual(SECRET)
})

test("runs no plugin where an identity beside it opens", async () => {
  const enc = await parseAgeRecipient(recipientText("alice")).wrap(SECRET)
  const forAlice: AgeEntry = { kind: "age", recipient: recipientText("alice"), enc }
  const key = `${PLUGIN_PAIR.identity} ${identityText("alice")}`
  expect(await open({ SOPS_AGE_KEY: key }, [forAlice], "/nonexistent")).toEqual(SECRET)
})

test("says what is missing", async () => {
  expect(await open({ SOPS_AGE_KEY: PLUGIN_PAIR.identity }, [entry], "/nonexistent")).toBe(
    "age-plugin-test is not on PATH",
  )
})
