/** The scanner's work in lines of text, as the tables of expected tokens and comments have them. */

import { Scanner } from "#core/formats/yaml/scanner.ts"
import type { ScannedComment, Token } from "#core/formats/yaml/token.ts"

/** All tokens of `source`, each behind the comments that the parser would take with it. */
export function listTokens(source: string): string[] {
  const lines: string[] = []
  for (const { token, comments } of scan(source)) {
    for (const comment of comments) lines.push(`  ${describeComment(comment)}`)
    lines.push(place(token) + describe(token, source))
  }
  return lines
}

/** All comments of `source`, each with the token that takes it. */
export function listComments(source: string): string[] {
  const lines: string[] = []
  for (const { token, comments } of scan(source)) {
    for (const comment of comments) lines.push(`${describeComment(comment)} > ${place(token)}`)
  }
  return lines
}

type Step = { readonly token: Token; readonly comments: readonly ScannedComment[] }

/** Takes everything from a scanner in the parser's order. */
export function scan(source: string): Step[] {
  const scanner = new Scanner(source)
  const steps: Step[] = []
  for (;;) {
    const token = scanner.peek()
    const comments: ScannedComment[] = []
    for (let comment = scanner.comment; comment && takes(token, comment); comment = scanner.comment) {
      comments.push(comment)
      scanner.takeComment()
    }
    steps.push({ token, comments })
    scanner.skip()
    if (token.type === "stream-end") return steps
  }
}

function takes(token: Token, comment: ScannedComment): boolean {
  if (token.start.offset < comment.token.offset) return false
  return comment.head.length === 0 || token.type !== "block-end"
}

function place({ start, type }: Token): string {
  return `${start.line + 1}:${start.column + 1} ${type}`
}

function describeComment({ head, line, foot }: ScannedComment): string {
  const kind = head.length > 0 ? "head" : line.length > 0 ? "line" : "foot"
  const text = [...head, ...line, ...foot].map((entry) => entry.text).join("\n")
  return `${kind} ${JSON.stringify(text)}`
}

function describe(token: Token, source: string): string {
  const covered = ` <- ${JSON.stringify(source.slice(token.start.offset, token.end.offset))}`
  switch (token.type) {
    case "scalar":
      return ` ${token.style} ${JSON.stringify(token.value)}${covered}`
    case "alias":
    case "anchor":
      return ` ${token.value}${covered}`
    case "tag":
      return ` ${JSON.stringify(token.handle)} ${JSON.stringify(token.suffix)}${covered}`
    case "tag-directive":
      return ` ${JSON.stringify(token.handle)} ${JSON.stringify(token.prefix)}${covered}`
    case "version-directive":
      return ` ${token.major}.${token.minor}`
    default:
      return ""
  }
}
