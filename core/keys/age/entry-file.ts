/** The age file within an age entry of a SOPS document. */

import { ConclaveError } from "../../errors.ts"
import type { AgeEntry } from "../key-entry.ts"
import { type AgeFile, parseAgeFile } from "./age-file.ts"
import { decodeArmor } from "./armor.ts"

/** A wrapped data key takes about 420 bytes, 2,000 with a hybrid stanza. */
const MAX_ENC_LENGTH = 1 << 20

/** @throws {@link ConclaveError} `malformed`, and `too-large` for what age would never make. */
export function ageFileOf(entry: AgeEntry): AgeFile {
  const size = entry.enc.length
  if (size > MAX_ENC_LENGTH) {
    const details = { size, limit: MAX_ENC_LENGTH }
    throw new ConclaveError("too-large", "a wrapped key is far larger than any that age makes", details)
  }
  return parseAgeFile(decodeArmor(entry.enc))
}
