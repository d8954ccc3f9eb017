/** A list that takes its items from an iterable one by one, when they are first asked for. */

export type LazyList<T> = {
  /** The item at an index of at most one more than any asked for before; `undefined` behind the end. */
  at(index: number): Promise<T | undefined>
  /** Lets the iterable end early. */
  close(): Promise<void>
}

export function toLazyList<T>(items: AsyncIterable<T> | readonly T[]): LazyList<T> {
  if (!(Symbol.asyncIterator in items)) {
    return { at: async (index) => items[index], close: async () => undefined }
  }
  const taken: T[] = []
  const iterator = items[Symbol.asyncIterator]()
  return {
    async at(index) {
      if (index < taken.length) return taken[index]
      const { done, value } = await iterator.next()
      if (done) return undefined
      taken.push(value)
      return value
    },
    async close() {
      await iterator.return?.()
    },
  }
}
