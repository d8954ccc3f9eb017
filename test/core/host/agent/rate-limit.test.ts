import { expect, test } from "vitest"
import { createRateLimit } from "../../../../core/host/agent/rate-limit.ts"

/** Whether it settles without waiting. */
async function isFree(taking: Promise<void>): Promise<boolean> {
  return Promise.race([
    taking.then(() => true),
    new Promise<boolean>((resolve) => setImmediate(() => resolve(false))),
  ])
}

test("a burst is free, the next one waits, and time makes room again", async () => {
  let time = 0
  const rate = createRateLimit(() => time)
  for (let i = 0; i < 5000; i++) await rate.take()
  expect(await isFree(rate.take())).toBe(false)
  time += 1000
  for (let i = 0; i < 150; i++) expect(await isFree(rate.take())).toBe(true)
})

test("more room than the burst is never saved up", async () => {
  let time = 0
  const rate = createRateLimit(() => time)
  time += 1_000_000
  for (let i = 0; i < 5000; i++) await rate.take()
  expect(await isFree(rate.take())).toBe(false)
})
