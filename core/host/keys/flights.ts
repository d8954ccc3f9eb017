/**
 * Work that several ask for at once and that is done once: everyone gets the
 * same answer, and it is called off when nobody waits for it any more.
 */

import { setMaxListeners } from "node:events"
import { unlessAborted } from "./remote-call.ts"

/** How long a failure is taken for the answer: long enough for all files of a tree. */
const FAILURE_MEMORY_MS = 30_000

export type Flights<T> = {
  /**
   * The answer to `id`: one that is known, or under way, or a new one.
   *
   * @param signal - This one no longer waits.
   */
  take(id: string, start: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T>
}

type Flight<T> = {
  readonly answer: Promise<T>
  readonly controller: AbortController
  waiting: number
  isUnderWay: boolean
  /** By `performance.now()`. */
  until: number
}

/** @param lifeMs - How long an answer holds. */
export function createFlights<T>(lifeMs: (answer: T) => number): Flights<T> {
  const flights = new Map<string, Flight<T>>()

  function begin(start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController()
    setMaxListeners(0, controller.signal)
    const answer = start(controller.signal)
    const flight = { answer, controller, waiting: 0, isUnderWay: true, until: Number.POSITIVE_INFINITY }
    const land = (forMs: number) => {
      flight.isUnderWay = false
      flight.until = performance.now() + forMs
    }
    answer.then(
      (value) => land(lifeMs(value)),
      () => land(FAILURE_MEMORY_MS),
    )
    return flight
  }

  return {
    async take(id, start, signal) {
      signal?.throwIfAborted()
      const known = flights.get(id)
      const isGood =
        known !== undefined && !known.controller.signal.aborted && performance.now() < known.until
      const flight = isGood ? known : begin(start)
      flights.set(id, flight)
      flight.waiting++
      try {
        return await unlessAborted(flight.answer, signal)
      } finally {
        flight.waiting--
        if (flight.waiting === 0 && flight.isUnderWay) flight.controller.abort()
      }
    },
  }
}
