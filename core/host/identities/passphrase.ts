/** Asking for the passphrase of a file, as often as a person may mistype. */

import { ConclaveError, hasCode } from "../../errors.ts"

const MAX_TRIES = 3

/**
 * Asks for the passphrase of a source; `null` if there is nobody to ask.
 *
 * @param again - The last answer did not open it. Answering the same again
 * ends the asking.
 */
export type AskPassphrase = (source: string, again: boolean) => Promise<string | null>

/**
 * Asks until `open` opens.
 *
 * @param label - What to call the file to a person.
 * @param open - Throws `passphrase-wrong` to be called again; any other failure
 * ends the asking.
 * @throws {@link ConclaveError} `passphrase-needed` if there is nobody to ask,
 * and else what `open` threw last.
 */
export async function askUntilOpen<T>(
  label: string,
  ask: AskPassphrase,
  open: (passphrase: string) => Promise<T>,
): Promise<T> {
  let last: string | null = null
  let failure: unknown = new ConclaveError(
    "passphrase-needed",
    `${label} is behind a passphrase, and there is nobody to ask`,
    { source: label },
  )
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const passphrase = await ask(label, tries > 0)
    if (passphrase === null || passphrase === last) break
    last = passphrase
    try {
      return await open(passphrase)
    } catch (error) {
      if (!hasCode(error, "passphrase-wrong")) throw error
      failure = error
    }
  }
  throw failure
}
