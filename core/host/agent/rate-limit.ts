/** Slows down who asks too much: a burst is free, then so many a second. Nobody is refused, only made to wait. */

/** A whole repository at once. */
const BURST = 5_000
const PER_SECOND = 200

export type RateLimit = {
  /** Settles when there is room for one more. Not to be called again before. */
  take(): Promise<void>
}

/** @param now - Milliseconds of a clock that only goes forward. */
export function createRateLimit(now: () => number = () => performance.now()): RateLimit {
  let room = BURST
  let last = now()
  return {
    async take() {
      const time = now()
      room = Math.min(BURST, room + ((time - last) / 1000) * PER_SECOND)
      last = time
      room -= 1
      if (room < 0) await new Promise((resolve) => setTimeout(resolve, (-room / PER_SECOND) * 1000))
    },
  }
}
