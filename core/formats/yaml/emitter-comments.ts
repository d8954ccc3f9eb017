/**
 * Writing of comments: before a node (head), on its line, behind it (foot),
 * and behind the last entry of a mapping (tail).
 *
 * ported from go.yaml.in/yaml/v3 (libyaml, MIT / Apache-2.0), see NOTICE:
 * `yaml_emitter_process_*_comment` and `yaml_emitter_write_comment`.
 */

import { isBreak } from "./characters.ts"
import { type Emitter, put, putBreak, putBreakOf, putSpace, writeIndent } from "./emitter-output.ts"

/** The tail comment of the mapping's entry before, then the node's own. */
export function processHeadComment(emitter: Emitter): void {
  if (emitter.tailComment !== "") {
    writeIndent(emitter)
    writeComment(emitter, emitter.tailComment)
    emitter.tailComment = ""
    emitter.footIndent = Math.max(emitter.indent, 0)
  }
  if (emitter.headComment === "") return
  writeIndent(emitter)
  writeComment(emitter, emitter.headComment)
  emitter.headComment = ""
}

/** Whether it was written: it ends its line. */
export function processLineComment(emitter: Emitter): boolean {
  if (emitter.lineComment === "") return false
  putSpace(emitter)
  writeComment(emitter, emitter.lineComment)
  emitter.lineComment = ""
  return true
}

export function processFootComment(emitter: Emitter): void {
  if (emitter.footComment === "") return
  writeIndent(emitter)
  writeComment(emitter, emitter.footComment)
  emitter.footComment = ""
  emitter.footIndent = Math.max(emitter.indent, 0)
}

/** Whether a comment waits that must stand behind the comma of a flow item. */
export function hasTrailingComment(emitter: Emitter): boolean {
  return emitter.lineComment !== "" || emitter.footComment !== "" || emitter.tailComment !== ""
}

/** Writes each line at the indentation, with a `#` where it has none, and ends the last. */
function writeComment(emitter: Emitter, comment: string): void {
  let afterBreak = false
  for (let i = 0; i < comment.length; ) {
    if (isBreak(comment.charCodeAt(i))) {
      putBreakOf(emitter, comment, i++)
      afterBreak = true
      continue
    }
    if (afterBreak) writeIndent(emitter)
    const start = i
    while (i < comment.length && !isBreak(comment.charCodeAt(i))) i++
    const line = comment.slice(start, i)
    put(emitter, line.startsWith("#") ? line : `# ${line}`)
    emitter.indention = false
    afterBreak = false
  }
  if (!afterBreak) putBreak(emitter)
  emitter.whitespace = true
}
