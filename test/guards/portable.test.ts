/** core runs where there is no Node: bundled for a browser, in a context that has nothing but what `platform.d.ts` declares. */

import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { createContext, runInContext } from "node:vm"
import { build } from "esbuild"
import { describe, expect, test } from "vitest"

const root = resolve(import.meta.dirname, "../..")

describe("core in a browser", () => {
  test("decrypts a file of sops without any module of Node", async () => {
    const { outputFiles } = await build({
      entryPoints: [resolve(root, "core/index.ts")],
      bundle: true,
      write: false,
      platform: "browser",
      format: "iife",
      globalName: "conclave",
      logLevel: "silent",
    })
    const bundle = outputFiles[0]?.text ?? ""
    const vector = resolve(root, "test/vectors/sops/yaml-types")
    const key = readFileSync(resolve(root, "test/vectors/keys/alice.age-key.txt"), "utf8")
    const context = createContext({
      TextEncoder,
      TextDecoder,
      crypto: { getRandomValues: crypto.getRandomValues.bind(crypto), subtle: crypto.subtle },
      source: new Uint8Array(readFileSync(resolve(vector, "encrypted.yaml"))),
      key,
      // Of the libraries below core, not of core: age streams its payload, the noble libraries yield.
      ReadableStream,
      TransformStream,
      Response,
      Uint8Array,
      ArrayBuffer,
      setTimeout,
    })
    const plain = await runInContext(
      `${bundle}
      (async () => {
        const format = conclave.formatNamed("yaml")
        const document = conclave.parseDocument(source, format)
        const dataKey = await conclave.unwrapDocument(document, conclave.parseAgeIdentities(key, "test"))
        const { tree } = await conclave.decryptDocument(document, dataKey, { cipher: conclave.pureCipher })
        return format.printPlain(tree)
      })()`,
      context,
    )
    expect(Buffer.from(plain as Uint8Array).toString()).toBe(
      readFileSync(resolve(vector, "decrypted.yaml"), "utf8"),
    )
  })
})
