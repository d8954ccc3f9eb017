/** What a call fails with, for assertions on code, details and words together. */

import { ConclaveError, type ErrorCode } from "#core/errors.ts"

/** The ConclaveError that `work` throws; any other end fails the test. */
export function failureOf(work: () => unknown): ConclaveError {
  try {
    work()
  } catch (error) {
    if (error instanceof ConclaveError) return error
    throw error
  }
  throw new Error("no failure where one is expected")
}

/** The same for a promise. */
export async function rejectionOf(work: Promise<unknown>): Promise<ConclaveError> {
  try {
    await work
  } catch (error) {
    if (error instanceof ConclaveError) return error
    throw error
  }
  throw new Error("no failure where one is expected")
}

/** The code that `work` fails with. */
export function codeOf(work: () => unknown): ErrorCode {
  return failureOf(work).code
}
