import { describe, expect, it } from "vitest"
import { concat, toUtf8 } from "../../../../core/bytes.ts"
import {
  encodeMessage,
  MAX_MESSAGE,
  MessageReader,
  parseReply,
  parseRequest,
} from "../../../../core/host/agent/protocol.ts"

function framed(body: string): Uint8Array {
  const bytes = toUtf8(body)
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, bytes.length)
  return concat(length, bytes)
}

const FAILED = expect.objectContaining({ code: "agent-failed" })

describe("messages", () => {
  it("come out as they went in, whole, in pieces, and several at once", () => {
    const all = concat(encodeMessage({ a: "é" }), encodeMessage({ b: "x".repeat(5000) }))
    expect(new MessageReader().push(all)).toEqual([
      { v: 1, a: "é" },
      { v: 1, b: "x".repeat(5000) },
    ])
    const reader = new MessageReader()
    const received = [...all].flatMap((byte) => reader.push(Uint8Array.of(byte)))
    expect(received).toEqual([
      { v: 1, a: "é" },
      { v: 1, b: "x".repeat(5000) },
    ])
  })

  it("have a limit that is judged by the length, before the bytes come", () => {
    const reader = new MessageReader()
    expect(() => reader.push(Uint8Array.of(0xff, 0xff, 0xff, 0xff))).toThrow(FAILED)
    const largest = JSON.stringify({ v: 1, a: "x".repeat(MAX_MESSAGE - 14) })
    expect(largest).toHaveLength(MAX_MESSAGE)
    expect(new MessageReader().push(framed(largest))).toHaveLength(1)
    expect(() => new MessageReader().push(framed(`${largest} `))).toThrow(FAILED)
  })

  it.each(["", "x", "[]", "null", '"x"', "{}", '{"v":2}', '{"v":"1"}'])("refuse the body %j", (body) => {
    expect(() => new MessageReader().push(framed(body))).toThrow(FAILED)
  })
})

describe("requests", () => {
  const entry = { kind: "age", recipient: "age1x", enc: "y" }

  it("keep what is known and nothing else", () => {
    expect(parseRequest({ v: 1, op: "lock", x: 1 })).toEqual({ op: "lock" })
    expect(parseRequest({ op: "unwrap", entry: { ...entry, x: 1 }, consent: 1 })).toEqual({
      op: "unwrap",
      entry,
    })
    expect(parseRequest({ op: "unwrap", entry, consent: "t" })).toEqual({ op: "unwrap", entry, consent: "t" })
  })

  it.each([
    {},
    { op: "export" },
    { op: "unwrap" },
    { op: "unwrap", entry: [] },
    { op: "unwrap", entry: { ...entry, kind: "pgp" } },
    { op: "unwrap", entry: { ...entry, enc: 1 } },
    { op: "unwrap", entry: { kind: "age", enc: "x" } },
  ])("refuse %j", (message) => {
    expect(() => parseRequest(message)).toThrow(FAILED)
  })
})

describe("replies", () => {
  it.each([
    { ok: true, secret: null },
    { ok: true, secret: "AA==" },
    { ok: true, done: true },
    { ok: true, status: { sources: ["a"], until: 1, confirm: "no", uses: 0 } },
    { ok: false, code: "consent", message: "?", ticket: "t" },
    { ok: false, code: "refused", message: "no" },
  ])("take %j", (message) => {
    expect(parseReply(message)).toEqual(message)
  })

  it.each([
    {},
    { ok: 1 },
    { ok: false, code: "consent", message: "?" },
    { ok: false, code: "other", message: "?" },
    { ok: true, status: {} },
    { ok: true, status: { sources: [1], until: 1, confirm: "no", uses: 0 } },
    { ok: true, status: { sources: [], until: 1, confirm: "maybe", uses: 0 } },
  ])("refuse %j", (message) => {
    expect(() => parseReply(message)).toThrow(FAILED)
  })
})
