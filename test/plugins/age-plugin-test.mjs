/**
 * A plugin of age for tests, written from the specification (C2SP age-plugin)
 * and sharing no code with conclave. Its cryptography is a toy: both halves of
 * a key pair hold the same data, which encrypts.
 *
 * AGE_PLUGIN_TEST says how it behaves: a fault to have, or what to ask before
 * it does its work. AGE_PLUGIN_TEST_LOG names a file for what it was answered.
 */

import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto"
import { appendFileSync, readSync, writeSync } from "node:fs"

const behaviour = process.env.AGE_PLUGIN_TEST ?? ""

/** A pipe that Node has set to non-blocking may be full or empty for now. */
function patiently(step) {
  for (;;) {
    try {
      return step()
    } catch (error) {
      if (error.code !== "EAGAIN") throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

const write = (text) => {
  let rest = Buffer.from(text)
  while (rest.length > 0) rest = rest.subarray(patiently(() => writeSync(1, rest)))
}

let input = ""

function readLine() {
  for (;;) {
    const end = input.indexOf("\n")
    if (end >= 0) {
      const line = input.slice(0, end)
      input = input.slice(end + 1)
      return line
    }
    const buffer = Buffer.alloc(65536)
    const size = patiently(() => readSync(0, buffer))
    if (size === 0) process.exit(0)
    input += buffer.toString("latin1", 0, size)
  }
}

function readStanza() {
  const [arrow, type, ...args] = readLine().split(" ")
  if (arrow !== "->") throw new Error("not a stanza")
  let body = ""
  for (;;) {
    const line = readLine()
    body += line
    if (line.length < 64) return { type, args, body: Buffer.from(body, "base64") }
  }
}

const encode = (bytes) => Buffer.from(bytes).toString("base64").replace(/=+$/, "")

function writeStanza(words, body = "") {
  const text = encode(body)
  const lines = []
  for (let at = 0; at <= text.length; at += 64) lines.push(text.slice(at, at + 64))
  write(`-> ${words.join(" ")}\n${lines.join("\n")}\n`)
}

function command(words, body) {
  writeStanza(words, body)
  const { type, args, body: answer } = readStanza()
  const said = `${words[0]}: ${[type, ...args].join(" ")} ${answer}`.trim()
  if (process.env.AGE_PLUGIN_TEST_LOG) appendFileSync(process.env.AGE_PLUGIN_TEST_LOG, `${said}\n`)
  return { type, args, body: answer }
}

function readPhaseOne() {
  const stanzas = []
  for (;;) {
    const stanza = readStanza()
    if (stanza.type === "done") return stanzas
    stanzas.push(stanza)
  }
}

/** The data that both texts of a key pair hold, without their checksums. */
const keyOf = (text) => createHash("sha256").update(text.toLowerCase().split("1").pop().slice(0, -6)).digest()

function seal(key, fileKey) {
  const nonce = randomBytes(12)
  const cipher = createCipheriv("aes-256-gcm", key, nonce)
  return { nonce, body: Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]) }
}

function open(key, nonce, body) {
  const decipher = createDecipheriv("aes-256-gcm", key, nonce).setAuthTag(body.subarray(-16))
  return Buffer.concat([decipher.update(body.subarray(0, -16)), decipher.final()])
}

function wrap(stanzas) {
  const fileKey = stanzas.find(({ type }) => type === "wrap-file-key").body
  for (const { type, args } of stanzas) {
    if (type !== "add-recipient") continue
    const { nonce, body } = seal(keyOf(args[0]), fileKey)
    command(["recipient-stanza", "0", "conclave.example/test", encode(nonce)], body)
    if (behaviour === "labels") command(["labels", "postquantum"])
  }
}

function unwrap(stanzas) {
  const key = keyOf(stanzas.find(({ type }) => type === "add-identity").args[0])
  for (const { type, args, body } of stanzas) {
    if (type !== "recipient-stanza" || args[1] !== "conclave.example/test") continue
    try {
      command(["file-key", args[0]], open(key, Buffer.from(args[2], "base64"), body))
      return
    } catch {
      // For somebody else.
    }
  }
}

const BEFORE = {
  ask() {
    command(["msg"], "touch it\x1b[2J")
    command(["request-public"], "Serial number:")
    command(["confirm", encode("Yes"), encode("No")], "Go on?")
    command(["confirm", encode("Fine")], "It will blink")
    const pin = command(["request-secret"], "PIN:")
    if (pin.type === "ok" && pin.body.toString() === "1234") return
    command(["error", "internal"], "the PIN is wrong")
    done()
  },
  unknown: () => command(["play-music", "loudly"]),
  error() {
    process.stderr.write("a hint on stderr\n")
    command(["error", "internal"], "no card\n in the \x1b[31mreader")
    done()
  },
  crash() {
    process.stderr.write("a trace on stderr\n")
    process.exit(3)
  },
  hang: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  flood() {
    write("-> msg\n")
    for (;;) write(`${"A".repeat(64)}\n`.repeat(1000))
  },
  chatter() {
    for (;;) command(["msg"], "again")
  },
  garbage: () => write("HTTP/1.1 200 OK\n"),
  binary: () => write(Buffer.from([0xff, 0x00, 0x0a])),
  "cut-stanza"() {
    write("-> msg\nAAA")
    process.exit(0)
  },
  nothing: done,
  "wrong-index"() {
    command(["recipient-stanza", "1", "x"], "x")
    command(["file-key", "1"], Buffer.alloc(16))
  },
  "short-key": () => command(["file-key", "0"], Buffer.alloc(15)),
  "two-keys"() {
    command(["file-key", "0"], Buffer.alloc(16))
    command(["file-key", "0"], Buffer.alloc(16))
  },
  "two-labels"() {
    command(["labels", "a"])
    command(["labels", "b"])
  },
  "bare-stanza": () => command(["recipient-stanza", "0"]),
  "odd-question": () => command(["confirm", "%%%"], "What?"),
}

function done() {
  writeStanza(["done"])
  process.exit(0)
}

if (behaviour === "deaf") process.on("SIGINT", () => undefined)
const machine = process.argv[2]
const stanzas = readPhaseOne()
BEFORE[behaviour]?.()
if (machine === "--age-plugin=recipient-v1") wrap(stanzas)
else if (machine === "--age-plugin=identity-v1") unwrap(stanzas)
else process.exit(64)
writeStanza(["done"])
if (behaviour === "deaf") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
process.exit(0)
