import { describe, expect, test } from "vitest"
import { IvStash } from "#core/sops/iv-stash.ts"
import { str } from "#core/sops/scalar.ts"
import type { Plain } from "#core/sops/value.ts"
import { bool, bytes, comment, float, int, time } from "../../support/trees.ts"

const iv = (number: number) => new Uint8Array(32).fill(number)

test("an unchanged value under the same path gets its IV back", () => {
  const stash = new IvStash()
  stash.remember(str("x"), "a:", iv(1))
  expect(stash.take(str("x"), "a:")).toEqual(iv(1))
})

test("another value, another path or another type gets none", () => {
  const stash = new IvStash()
  stash.remember(int(1), "a:", iv(1))
  expect(stash.take(int(2), "a:")).toBeUndefined()
  expect(stash.take(int(1), "b:")).toBeUndefined()
  expect(stash.take(float(1), "a:")).toBeUndefined()
  expect(stash.take(str("1"), "a:")).toBeUndefined()
  expect(stash.take(int(1), "a:")).toEqual(iv(1))
})

test("equal items of a list keep their own IVs in order, and a further one gets none", () => {
  const stash = new IvStash()
  stash.remember(str("x"), "l:", iv(1))
  stash.remember(str("x"), "l:", iv(2))
  expect(stash.take(str("x"), "l:")).toEqual(iv(1))
  expect(stash.take(str("x"), "l:")).toEqual(iv(2))
  expect(stash.take(str("x"), "l:")).toBeUndefined()
})

test("an IV that is not of 32 bytes is never written again", () => {
  const stash = new IvStash()
  stash.remember(str("x"), "a:", new Uint8Array(12))
  expect(stash.take(str("x"), "a:")).toBeUndefined()
})

describe("values that look alike are told apart", () => {
  const plains: Plain[] = [
    str("1"),
    int(1),
    float(1),
    bytes(0x31),
    bool(true),
    str("true"),
    comment("1") as Plain,
    time("2001-12-14T21:59:43Z"),
    str("2001-12-14T21:59:43Z"),
    float(0),
    float(-0),
    float(Number.NaN),
    float(Number.POSITIVE_INFINITY),
    str("NaN"),
  ]

  test("each gets its own IV", () => {
    const stash = new IvStash()
    for (const [i, plain] of plains.entries()) stash.remember(plain, "a:", iv(i + 1))
    for (const [i, plain] of plains.entries()) expect(stash.take(plain, "a:")).toEqual(iv(i + 1))
  })

  test("a separator in a path or a value does not confuse them", () => {
    const stash = new IvStash()
    stash.remember(str("x"), "a:\0str\0x", iv(1))
    expect(stash.take(str("x\0str\0x"), "a:")).toBeUndefined()
    stash.remember(str("b"), "__proto__", iv(2))
    expect(stash.take(str("b"), "__proto__")).toEqual(iv(2))
  })
})
