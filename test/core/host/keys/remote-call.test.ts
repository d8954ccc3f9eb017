import { describe, expect, test } from "vitest"
import {
  createRemoteCalls,
  MAX_CALLS,
  REMOTE_LIMITS,
  type RemoteCall,
  type Verdict,
} from "../../../../core/host/keys/remote-call.ts"

const QUICK = { ...REMOTE_LIMITS, attemptMs: 200, totalMs: 300, pauseMs: 2, maxPauseMs: 4, restMs: 10_000 }

class Fault extends Error {
  readonly verdict: Verdict
  constructor(verdict: Verdict) {
    super(verdict)
    this.verdict = verdict
  }
}

/** A call that fails as the list says, one after the other, and then answers. */
function failing(...verdicts: Verdict[]): RemoteCall<string> & { made: number } {
  const call = {
    target: "there",
    made: 0,
    async attempt() {
      const verdict = verdicts[call.made++]
      if (verdict !== undefined) throw new Fault(verdict)
      return "answer"
    },
    judge: (error: unknown) => (error as Fault).verdict,
  }
  return call
}

function hanging(target = "there"): RemoteCall<never> & { made: number } {
  const call = {
    target,
    made: 0,
    attempt() {
      call.made++
      return new Promise<never>(() => undefined)
    },
    judge: (): Verdict => "final",
  }
  return call
}

test("all attempts together end before 15 seconds are over, each after 10 at most", () => {
  expect(REMOTE_LIMITS.totalMs).toBeLessThan(15_000)
  expect(REMOTE_LIMITS.attemptMs).toBe(10_000)
  expect(MAX_CALLS).toBe(16)
})

describe("a call", () => {
  test("is made once when it is answered", async () => {
    const call = failing()
    expect(await createRemoteCalls(undefined, QUICK).run(call)).toBe("answer")
    expect(call.made).toBe(1)
  })

  test.each<[Verdict, number]>([
    ["final", 1],
    ["unreachable", 3],
    ["transient", 6],
  ])("that fails as %s is made %d times", async (verdict, times) => {
    const call = failing(...new Array<Verdict>(10).fill(verdict))
    await expect(createRemoteCalls(undefined, QUICK).run(call)).rejects.toThrow(verdict)
    expect(call.made).toBe(times)
  })

  test("that fails for a while answers in the end", async () => {
    const call = failing("transient", "unreachable", "transient")
    expect(await createRemoteCalls(undefined, QUICK).run(call)).toBe("answer")
  })

  test("without an answer is given up in time, and tried again in what is left of it", async () => {
    const call = hanging()
    const start = performance.now()
    await expect(createRemoteCalls(undefined, QUICK).run(call)).rejects.toMatchObject({
      name: "TimeoutError",
    })
    expect(performance.now() - start).toBeLessThan(2_000)
    expect(call.made).toBe(2)
  })

  test("is called off by its signal, by an interruption, and before it begins", async () => {
    const own = new AbortController()
    const running = createRemoteCalls(undefined, QUICK).run(hanging(), own.signal)
    own.abort(new Error("enough"))
    await expect(running).rejects.toThrow("enough")

    const interruption = new AbortController()
    const calls = createRemoteCalls(interruption.signal, QUICK)
    const interrupted = calls.run(hanging())
    interruption.abort(new Error("Ctrl-C"))
    await expect(interrupted).rejects.toThrow("Ctrl-C")
    const late = failing()
    await expect(calls.run(late)).rejects.toThrow("Ctrl-C")
    expect(late.made).toBe(0)
  })

  test("is called off while it pauses", async () => {
    const own = new AbortController()
    const call = failing("transient")
    const slow = { ...QUICK, totalMs: 60_000, pauseMs: 100_000, maxPauseMs: 50_000 }
    const running = createRemoteCalls(undefined, slow).run(call, own.signal)
    setTimeout(() => own.abort(new Error("enough")), 20)
    await expect(running).rejects.toThrow("enough")
    expect(call.made).toBe(1)
  })
})

describe("many calls", () => {
  test("are made 16 at a time", async () => {
    const calls = createRemoteCalls(undefined, { ...QUICK, attemptMs: 10_000, totalMs: 10_000 })
    let now = 0
    let most = 0
    const answers = Array.from({ length: 100 }, (_, index) =>
      calls.run({
        target: "there",
        async attempt() {
          most = Math.max(most, ++now)
          await new Promise((resolve) => setTimeout(resolve, 1))
          now--
          return index
        },
        judge: () => "final",
      }),
    )
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 100 }, (_, index) => index))
    expect(most).toBe(16)
  })

  test("leave a place when they wait for one and are called off", async () => {
    const calls = createRemoteCalls(undefined, { ...QUICK, attemptMs: 60_000, totalMs: 60_000 })
    const stop = new AbortController()
    const held = Array.from({ length: MAX_CALLS }, () => calls.run(hanging(), stop.signal))
    const own = new AbortController()
    const waiting = calls.run(failing(), own.signal)
    own.abort(new Error("enough"))
    await expect(waiting).rejects.toThrow("enough")
    const next = Array.from({ length: 40 }, () => calls.run(failing()))
    stop.abort(new Error("all"))
    await expect(Promise.allSettled(held)).resolves.toHaveLength(MAX_CALLS)
    expect(new Set(await Promise.all(next))).toEqual(new Set(["answer"]))
  })

  test("to a target that was not reached fail at once for a while, others do not", async () => {
    const calls = createRemoteCalls(undefined, QUICK)
    await expect(calls.run(failing("unreachable", "unreachable", "unreachable"))).rejects.toThrow(
      "unreachable",
    )
    const again = failing()
    await expect(calls.run(again)).rejects.toThrow("unreachable")
    expect(again.made).toBe(0)
    expect(await calls.run({ ...failing(), target: "elsewhere" })).toBe("answer")

    const rested = createRemoteCalls(undefined, { ...QUICK, restMs: 0 })
    await expect(rested.run(failing("unreachable", "unreachable", "unreachable"))).rejects.toThrow()
    expect(await rested.run(failing())).toBe("answer")
  })
})
