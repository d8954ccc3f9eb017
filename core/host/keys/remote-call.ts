/**
 * Calls to other machines, the same for every kind of outside key: at most 16
 * at a time in the whole process, 10 seconds for each attempt, again with
 * growing random pauses (full jitter) where the fault may pass, and an end to
 * all of it before 15 seconds are over. A target that could not be reached is
 * not tried again at once: the other files of a tree would each wait as long.
 */

import { setMaxListeners } from "node:events"

/** At a time, in this process. */
export const MAX_CALLS = 16

/** What an attempt's failure means. */
export type Verdict =
  /** Refused for good: denied, no such key, malformed. */
  | "final"
  /** Throttled, or a fault of the server's: it may pass. */
  | "transient"
  /** No answer at all. */
  | "unreachable"

export type RemoteCall<T> = {
  /** Which server; what is known of one call's target holds for the next. */
  readonly target: string
  /** One try. It should end when the signal is aborted; nobody waits for it then. */
  attempt(signal: AbortSignal): Promise<T>
  judge(error: unknown): Verdict
}

export interface RemoteCalls {
  /**
   * @param signal - Calls it off.
   * @throws what the last attempt has thrown; a `TimeoutError` if it did not
   * end in time; the signal's reason once it is aborted.
   */
  run<T>(call: RemoteCall<T>, signal?: AbortSignal): Promise<T>
}

export type RemoteLimits = {
  readonly attemptMs: number
  /** From the first attempt's start to the last one's end. */
  readonly totalMs: number
  readonly pauseMs: number
  readonly maxPauseMs: number
  readonly attempts: Readonly<Record<Verdict, number>>
  /** How long an unreachable target is left alone. */
  readonly restMs: number
}

export const REMOTE_LIMITS: RemoteLimits = {
  attemptMs: 10_000,
  totalMs: 14_000,
  pauseMs: 200,
  maxPauseMs: 3_000,
  attempts: { final: 1, transient: 6, unreachable: 3 },
  restMs: 30_000,
}

/** Less is no use for another attempt. */
const MIN_ATTEMPT_SHARE = 0.1

/** @param interruption - Ends all calls, as Ctrl-C does. */
export function createRemoteCalls(
  interruption?: AbortSignal,
  limits: RemoteLimits = REMOTE_LIMITS,
): RemoteCalls {
  if (interruption !== undefined) setMaxListeners(0, interruption)
  const places = createPlaces(MAX_CALLS)
  const resting = new Map<string, { readonly error: unknown; readonly until: number }>()

  async function attempts<T>(call: RemoteCall<T>, stop: AbortSignal): Promise<T> {
    const deadline = performance.now() + limits.totalMs
    for (let count = 1; ; count++) {
      refuseResting(call.target)
      try {
        return await once(call, stop, Math.min(limits.attemptMs, deadline - performance.now()))
      } catch (error) {
        stop.throwIfAborted()
        const verdict = isTimeout(error) ? "unreachable" : call.judge(error)
        const pause = Math.random() * Math.min(limits.maxPauseMs, limits.pauseMs * 2 ** (count - 1))
        const left = deadline - performance.now() - pause
        if (count < limits.attempts[verdict] && left > limits.attemptMs * MIN_ATTEMPT_SHARE) {
          await sleep(pause, stop)
          continue
        }
        if (verdict === "unreachable") {
          resting.set(call.target, { error, until: performance.now() + limits.restMs })
        }
        throw error
      }
    }
  }

  function refuseResting(target: string): void {
    const known = resting.get(target)
    if (known === undefined) return
    if (performance.now() < known.until) throw known.error
    resting.delete(target)
  }

  return {
    async run(call, signal) {
      const stop = anyOf(signal, interruption)
      await places.take(stop)
      try {
        return await attempts(call, stop)
      } finally {
        places.free()
      }
    },
  }
}

/** Ends with the attempt, with the time, or with the signal, whichever is first. */
async function once<T>(call: RemoteCall<T>, stop: AbortSignal, limitMs: number): Promise<T> {
  const time = new AbortController()
  // Not `AbortSignal.timeout`, which does not keep the process waiting for it.
  const timer = setTimeout(() => time.abort(new DOMException("no answer in time", "TimeoutError")), limitMs)
  const signal = AbortSignal.any([stop, time.signal])
  try {
    return await unlessAborted(call.attempt(signal), signal)
  } finally {
    clearTimeout(timer)
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === "TimeoutError"
}

/** @throws the signal's reason once it is aborted; what the promise does then is nobody's business. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener("abort", onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort))
  })
}

function anyOf(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  const stop = AbortSignal.any(signals.filter((signal) => signal !== undefined))
  setMaxListeners(0, stop)
  return stop
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const slept = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  return unlessAborted(slept, signal).finally(() => clearTimeout(timer))
}

type Places = { take(signal: AbortSignal): Promise<void>; free(): void }

/** First come, first served. */
function createPlaces(count: number): Places {
  let available = count
  const waiting: (() => void)[] = []

  function free(): void {
    const next = waiting.shift()
    if (next === undefined) available++
    else next()
  }

  async function take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (available > 0) {
      available--
      return
    }
    let grant: () => void = () => undefined
    const turn = new Promise<void>((resolve) => {
      grant = resolve
      waiting.push(grant)
    })
    try {
      await unlessAborted(turn, signal)
    } catch (error) {
      const place = waiting.indexOf(grant)
      // Granted in the same moment: it goes to the next one.
      if (place < 0) free()
      else waiting.splice(place, 1)
      throw error
    }
  }

  return { take, free }
}
