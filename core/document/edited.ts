/** What a person has made of a file's plaintext. */

import type { Tree } from "../sops/tree.ts"
import { withKindsOf } from "./kinds.ts"
import type { OpenedDocument } from "./opened.ts"

/** @throws {@link ConclaveError} what the format refuses, with line and column. */
export function parseEdited(opened: OpenedDocument, plaintext: Uint8Array): Tree {
  return withKindsOf(opened.document.format.parsePlain(plaintext), opened.tree)
}
