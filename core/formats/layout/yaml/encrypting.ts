/**
 * From the text of a YAML plaintext to that of the encrypted file. The text is
 * parsed again: where a comment came to stand under other keys, or can be seen
 * only now, it is encrypted for that place and the text written once more.
 */

import { ConclaveError } from "../../../errors.ts"
import type { Comment, MapNode, Tree } from "../../../sops/tree.ts"
import { parseYamlNodes } from "../../yaml/composer.ts"
import { applyEdits, LineCounter } from "../edits.ts"
import type { LayoutNotice, Previous, Rewritten } from "../rewrite.ts"
import { blanksBefore } from "./extent.ts"
import { lostComments } from "./lost-comments.ts"
import { addMetadata, type Parsed } from "./metadata-block.ts"
import { clearIn, type Reattached, reattach, takeMoved } from "./reattachment.ts"
import { type Decisions, Sealing } from "./sealing.ts"

export function parsePrevious(previous: Previous | undefined): Parsed | null {
  if (previous === undefined) return null
  return { source: previous.source, documents: parseYamlNodes(previous.source) }
}

/** @param reseal - Encrypts a plaintext tree of another shape, if comments turn out to be elsewhere. */
export function encryptYaml(
  source: string,
  plain: Tree,
  encrypted: Tree,
  metadata: MapNode,
  previous: Parsed | null,
  reseal: ((plain: Tree) => Tree) | undefined,
): Rewritten {
  const documents = parseYamlNodes(source)
  const write = (from: Tree, to: Tree, decisions: Decisions) => {
    const sealing = new Sealing(source, documents, previous, decisions)
    sealing.walk(from, to)
    const { edits, isClosed, notation, notices, comments, ledger } = sealing
    const block = addMetadata(source, documents, metadata, notation, previous, isClosed)
    const all = [...edits, ...block]
    return { text: applyEdits(source, all), edits: all, notices, comments, aliases: ledger.aliases }
  }
  const lost = lostComments(source, documents, plain)
  const behindBrackets =
    reseal === undefined ? [] : lost.filter((comment) => isBehindBracket(source, comment))
  const first = write(plain, encrypted, { aliases: null, ownLines: behindBrackets })
  const mayMove = reseal !== undefined && (first.comments > 0 || lost.length > 0)
  const moved = mayMove ? reattach(first.text, first.edits, plain, encrypted, lost) : null
  const known = previous?.source ?? ""
  if (moved === null || reseal === undefined) return withClear(source, first, lost, known)
  const resealed = takeMoved(moved, reseal(moved.plain))
  // What the rule leaves in clear may as well stay where it is.
  const clear = clearIn(moved.plain, resealed)
  const ownLines = behindBrackets.filter((comment) => !clear.has(comment))
  const second = write(moved.plain, resealed, { aliases: first.aliases, ownLines })
  return withClear(source, second, unseen(lost, moved), known)
}

/** A comment behind an opening bracket, on its line, is one that yaml.v3 loses. */
function isBehindBracket(source: string, { span }: Comment): boolean {
  const before = source[blanksBefore(source, span?.start ?? 0) - 1]
  return before === "[" || before === "{"
}

function unseen(lost: readonly Comment[], { moved }: Reattached): Comment[] {
  return lost.filter((comment) => !moved.has(comment))
}

/**
 * Comments that stay in clear because SOPS does not see them: announced where
 * the encrypted file has shown them already, refused where they would be new.
 */
function withClear(
  source: string,
  { text, notices }: { readonly text: string; readonly notices: readonly LayoutNotice[] },
  clear: readonly Comment[],
  known: string,
): Rewritten {
  const lines = new LineCounter(source)
  for (const comment of clear) {
    if (known.includes(`#${comment.text}`)) continue
    const line = lines.lineAt(comment.span?.start ?? 0)
    const message = `line ${line}: sops does not see the comment here, so it could only stay in clear`
    throw new ConclaveError("comment-hidden", message, { line })
  }
  const more = clear.map(({ span }): LayoutNotice => {
    return { code: "clear-comment", line: lines.lineAt(span?.start ?? 0), at: "" }
  })
  return { text, notices: [...notices, ...more] }
}
