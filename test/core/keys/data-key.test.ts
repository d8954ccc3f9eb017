import { expect, test } from "vitest"
import { generateDataKey, toDataKey } from "../../../core/keys/data-key.ts"

test("generates 32 bytes, other ones each time", () => {
  const key = generateDataKey()
  expect(key.length).toBe(32)
  expect(generateDataKey()).not.toEqual(key)
})

test.each([0, 16, 31, 33])("does not take %d bytes for a data key", (size) => {
  expect(() => toDataKey(new Uint8Array(size))).toThrow(expect.objectContaining({ code: "malformed" }))
})

test("takes 32 bytes without copying them", () => {
  const bytes = new Uint8Array(32)
  expect(toDataKey(bytes)).toBe(bytes)
})
