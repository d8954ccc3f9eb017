/**
 * The scanner: a decoded YAML text into tokens, fetched as the parser asks for
 * them, with the comments between them.
 *
 * It behaves as yaml.v3's in everything that reaches a document, with two
 * exceptions: nesting stops at MAX_DEPTH instead of 10,000, and a byte order
 * mark within the text is an ordinary character (yaml.v3 passes over the first
 * character of lines when one happens to be at the start of its buffer).
 *
 * Ported from go.yaml.in/yaml/v3 (libyaml, MIT), see NOTICE: `scannerc.go`.
 */

import { MAX_DEPTH } from "../format.ts"
import {
  AMPERSAND,
  ASTERISK,
  AT,
  BAR,
  COLON,
  COMMA,
  DOUBLE_QUOTE,
  EXCLAMATION,
  GRAVE,
  GREATER,
  HASH,
  isBreak,
  isLowSurrogate,
  isSpaceOrEnd,
  LEFT_BRACE,
  LEFT_BRACKET,
  MINUS,
  PERCENT,
  QUESTION,
  RIGHT_BRACE,
  RIGHT_BRACKET,
  SINGLE_QUOTE,
  SPACE,
  TAB,
} from "./characters.ts"
import type { Mark } from "./event.ts"
import { scanBlockScalar } from "./scanner-block.ts"
import { CommentQueue, scanComments, scanLineComment } from "./scanner-comments.ts"
import { Cursor } from "./scanner-cursor.ts"
import { scanDirective } from "./scanner-directive.ts"
import { syntaxError, tooDeepError } from "./scanner-error.ts"
import { SimpleKeys } from "./scanner-keys.ts"
import { scanPlainScalar } from "./scanner-plain.ts"
import { scanQuotedScalar } from "./scanner-quoted.ts"
import { scanAnchor, scanTag } from "./scanner-tag.ts"
import { TokenQueue } from "./scanner-tokens.ts"
import type { BareTokenType, ScannedComment, Token, TokenSource } from "./token.ts"

/** Tokens that yaml.v3 keeps ahead of the parser, so that comments find their place. */
const LOOK_AHEAD = 3

export class Scanner implements TokenSource {
  readonly #cursor: Cursor
  readonly #keys: SimpleKeys
  readonly #tokens = new TokenQueue()
  readonly #comments = new CommentQueue()
  #available = false
  #indent = -1
  readonly #indents: number[] = []
  #flowLevel = 0
  #simpleKeyAllowed = true

  /** `source` must come from `decodeSource`: a NUL would end it. */
  constructor(source: string) {
    this.#cursor = new Cursor(source)
    this.#keys = new SimpleKeys(this.#cursor)
    const mark = this.#cursor.mark()
    this.#tokens.push({ type: "stream-start", start: mark, end: mark })
  }

  get comment(): ScannedComment | undefined {
    return this.#comments.first
  }

  takeComment(): void {
    this.#comments.take()
  }

  peek(): Token {
    if (!this.#available) {
      while (this.#tokens.waiting < LOOK_AHEAD || this.#keys.mayBegin(this.#tokens.taken)) this.#fetchToken()
      this.#available = true
    }
    return this.#tokens.first
  }

  skip(): void {
    if (!this.#available) throw new Error("no token was peeked")
    this.#available = false
    this.#tokens.take()
  }

  #fetchToken(): void {
    const cursor = this.#cursor
    const before = cursor.mark()
    this.#passWhite(before)
    this.#unrollIndent(cursor.column, before)

    const code = cursor.code()
    if (code === 0) this.#fetchStreamEnd()
    else if (code === PERCENT && cursor.column === 0) this.#fetchDirective()
    else if (cursor.atDocumentIndicator()) this.#fetchDocumentIndicator(code)
    else this.#fetchContent(code)
  }

  #fetchContent(code: number): void {
    // A comment behind `:` or `,` belongs to the token before it.
    const separates = code === (this.#flowLevel === 0 ? COLON : COMMA)
    const commented = separates ? this.#tokens.last.start : this.#cursor.mark()
    this.#fetchByIndicator(code)
    // Behind a `-` alone it becomes the head of what follows.
    if (this.#tokens.last.type !== "block-entry") scanLineComment(this.#cursor, commented, this.#comments)
  }

  #fetchByIndicator(code: number): void {
    const inFlow = this.#flowLevel > 0
    switch (code) {
      case LEFT_BRACKET:
        this.#fetchFlowStart("flow-sequence-start")
        break
      case LEFT_BRACE:
        this.#fetchFlowStart("flow-mapping-start")
        break
      case RIGHT_BRACKET:
        this.#fetchFlowEnd("flow-sequence-end")
        break
      case RIGHT_BRACE:
        this.#fetchFlowEnd("flow-mapping-end")
        break
      case COMMA:
        this.#fetchFlowEntry()
        break
      case MINUS:
        if (isSpaceOrEnd(this.#cursor.next())) this.#fetchBlockEntry()
        else this.#fetchPlain()
        break
      case QUESTION:
        if (inFlow || isSpaceOrEnd(this.#cursor.next())) this.#fetchKey()
        else this.#fetchPlain()
        break
      case COLON:
        if (inFlow || isSpaceOrEnd(this.#cursor.next())) this.#fetchValue()
        else this.#fetchPlain()
        break
      case ASTERISK:
      case AMPERSAND:
        this.#saveKey()
        this.#tokens.push(scanAnchor(this.#cursor, code === ASTERISK ? "alias" : "anchor"))
        break
      case EXCLAMATION:
        this.#saveKey()
        this.#tokens.push(scanTag(this.#cursor))
        break
      case SINGLE_QUOTE:
      case DOUBLE_QUOTE:
        this.#saveKey()
        this.#tokens.push(scanQuotedScalar(this.#cursor, code === SINGLE_QUOTE ? "single" : "double"))
        break
      case BAR:
      case GREATER:
        if (inFlow) throw this.#strayCharacter()
        this.#fetchBlockScalar(code === BAR ? "literal" : "folded")
        break
      case HASH:
      case PERCENT:
      case AT:
      case GRAVE:
        throw this.#strayCharacter()
      default:
        if (isSpaceOrEnd(code)) throw this.#strayCharacter()
        this.#fetchPlain()
    }
  }

  #strayCharacter(): Error {
    const problem = "found character that cannot start any token"
    return syntaxError(problem, this.#cursor.mark(), "while scanning for the next token")
  }

  #fetchStreamEnd(): void {
    const cursor = this.#cursor
    if (cursor.column !== 0) {
      cursor.lineStart = cursor.pos
      cursor.line++
    }
    this.#leaveBlocks()
    this.#pushBare("stream-end", 0)
  }

  #fetchDirective(): void {
    this.#leaveBlocks()
    this.#tokens.push(scanDirective(this.#cursor))
  }

  #fetchDocumentIndicator(code: number): void {
    this.#leaveBlocks()
    this.#pushBare(code === MINUS ? "document-start" : "document-end", 3)
  }

  #fetchFlowStart(type: "flow-sequence-start" | "flow-mapping-start"): void {
    this.#saveKey()
    this.#keys.pushLevel(this.#tokens.end)
    this.#flowLevel++
    if (this.#flowLevel > MAX_DEPTH) throw tooDeepError(this.#cursor.mark())
    this.#simpleKeyAllowed = true
    this.#pushBare(type, 1)
  }

  #fetchFlowEnd(type: "flow-sequence-end" | "flow-mapping-end"): void {
    this.#keys.remove()
    if (this.#flowLevel > 0) {
      this.#flowLevel--
      this.#keys.popLevel()
    }
    this.#simpleKeyAllowed = false
    this.#pushBare(type, 1)
  }

  #fetchFlowEntry(): void {
    this.#keys.remove()
    this.#simpleKeyAllowed = true
    this.#pushBare("flow-entry", 1)
  }

  #fetchBlockEntry(): void {
    // In a flow collection it is an error too, which the parser tells better.
    if (this.#flowLevel === 0) {
      this.#startBlock("block-sequence-start", "block sequence entries are not allowed in this context")
    }
    this.#keys.remove()
    this.#simpleKeyAllowed = true
    this.#pushBare("block-entry", 1)
  }

  #fetchKey(): void {
    if (this.#flowLevel === 0) {
      this.#startBlock("block-mapping-start", "mapping keys are not allowed in this context")
    }
    this.#keys.remove()
    this.#simpleKeyAllowed = this.#flowLevel === 0
    this.#pushBare("key", 1)
  }

  #fetchValue(): void {
    const key = this.#keys.current
    if (this.#keys.isValid(key)) {
      this.#tokens.insert(key.tokenNumber, { type: "key", start: key.mark, end: key.mark })
      this.#rollIndent(key.mark, key.tokenNumber, "block-mapping-start")
      this.#keys.confirm(key)
      this.#simpleKeyAllowed = false
    } else {
      if (this.#flowLevel === 0) {
        this.#startBlock("block-mapping-start", "mapping values are not allowed in this context")
      }
      this.#simpleKeyAllowed = this.#flowLevel === 0
    }
    this.#pushBare("value", 1)
  }

  #fetchBlockScalar(style: "literal" | "folded"): void {
    this.#keys.remove()
    this.#simpleKeyAllowed = true
    this.#tokens.push(scanBlockScalar(this.#cursor, style, this.#indent, this.#comments))
  }

  #fetchPlain(): void {
    this.#saveKey()
    const token = scanPlainScalar(this.#cursor, this.#indent + 1, this.#flowLevel > 0)
    this.#tokens.push(token)
    if (this.#cursor.line > token.end.line) this.#simpleKeyAllowed = true
  }

  /** Adds a token of `width` characters that start at the cursor. */
  #pushBare(type: BareTokenType, width: number): void {
    const start = this.#cursor.mark()
    if (width > 0) this.#cursor.skip(width)
    this.#tokens.push({ type, start, end: this.#cursor.mark() })
  }

  /** Of the tokens that may begin a simple key and cannot be followed by one. */
  #saveKey(): void {
    if (this.#simpleKeyAllowed) {
      const required = this.#flowLevel === 0 && this.#indent === this.#cursor.column
      this.#keys.save(this.#tokens.end, required)
    }
    this.#simpleKeyAllowed = false
  }

  #startBlock(type: "block-sequence-start" | "block-mapping-start", refusal: string): void {
    const mark = this.#cursor.mark()
    if (!this.#simpleKeyAllowed) throw syntaxError(refusal, mark)
    this.#rollIndent(mark, this.#tokens.end, type)
  }

  /** Opens a block collection at `mark`, if it is deeper than the open one. */
  #rollIndent(mark: Mark, tokenNumber: number, type: "block-sequence-start" | "block-mapping-start"): void {
    if (this.#flowLevel > 0 || this.#indent >= mark.column) return
    this.#indents.push(this.#indent)
    this.#indent = mark.column
    if (this.#indents.length > MAX_DEPTH) throw tooDeepError(mark)
    this.#tokens.insert(tokenNumber, { type, start: mark, end: mark })
  }

  #leaveBlocks(): void {
    this.#unrollIndent(-1, this.#cursor.mark())
    this.#keys.remove()
    this.#simpleKeyAllowed = false
  }

  /**
   * Closes the block collections that are deeper than `column`. Each ends
   * before the comments that stand at its own column, so that those become
   * feet of it and not of its last item.
   */
  #unrollIndent(column: number, scan: Mark): void {
    if (this.#flowLevel > 0 || this.#indent <= column) return
    const isPair = isLowSurrogate(this.#cursor.source.charCodeAt(scan.offset - 1))
    let mark: Mark = { ...scan, offset: scan.offset - (isPair ? 2 : 1) }
    const last = this.#comments.last
    const trail = last === undefined ? null : this.#comments.trail()
    while (this.#indent > column) {
      if (last !== undefined && last.end.offset >= mark.offset) mark = trail?.get(this.#indent + 1) ?? mark
      this.#tokens.push({ type: "block-end", start: mark, end: mark })
      this.#indent = this.#indents.pop() as number
    }
  }

  /** Passes white space and comments up to the next token. */
  #passWhite(scan: Mark): void {
    const cursor = this.#cursor
    for (;;) {
      const tabs = this.#flowLevel > 0 || !this.#simpleKeyAllowed
      let code = cursor.code()
      while (code === SPACE || (tabs && code === TAB)) {
        cursor.pos++
        code = cursor.code()
      }
      if (!isBreak(code)) this.#liftComment()
      if (code === HASH) {
        const previous = this.#tokens.lastBeforeEntry
        const context = { indent: this.#indent, inFlow: this.#flowLevel > 0, previous }
        scanComments(cursor, scan, context, this.#comments)
        code = cursor.code()
      }
      if (!isBreak(code)) return
      cursor.skipBreak()
      if (this.#flowLevel === 0) this.#simpleKeyAllowed = true
    }
  }

  /**
   * A comment behind the `-` that opens a sequence is the head of its item;
   * if that follows in the next line, it moves there.
   */
  #liftComment(): void {
    const comment = this.#comments.last
    if (comment === undefined || comment.line.length === 0 || !this.#tokens.endsWithFirstEntry) return
    comment.head = comment.line
    comment.line = []
    if (comment.start.line === this.#cursor.line - 1) comment.token = this.#cursor.mark()
  }
}
