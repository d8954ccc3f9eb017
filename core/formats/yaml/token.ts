/**
 * The tokens between scanner and parser, and the comments that travel beside
 * them: libyaml's `yaml_token_t`, with the `yaml_comment_t` of yaml.v3.
 *
 * Ported from go.yaml.in/yaml/v3 (libyaml, MIT), see NOTICE: `yamlh.go`.
 */

import type { Mark } from "./event.ts"
import type { CommentLine, ScalarStyle } from "./node.ts"

/** Tokens that are their type and their place in the source, no more. */
export type BareTokenType =
  | "stream-start"
  | "stream-end"
  | "document-start"
  | "document-end"
  | "block-sequence-start"
  | "block-mapping-start"
  | "block-end"
  | "flow-sequence-start"
  | "flow-sequence-end"
  | "flow-mapping-start"
  | "flow-mapping-end"
  | "block-entry"
  | "flow-entry"
  | "key"
  | "value"

type Common = { readonly start: Mark; readonly end: Mark }

type BareToken = Common & { readonly type: BareTokenType }
/** `%YAML 1.2` */
export type VersionDirectiveToken = Common & {
  readonly type: "version-directive"
  readonly major: number
  readonly minor: number
}
/** `%TAG !e! tag:example.com,2000:` */
export type TagDirectiveToken = Common & {
  readonly type: "tag-directive"
  readonly handle: string
  readonly prefix: string
}
/** `value` is the name without its `*`. */
export type AliasToken = Common & { readonly type: "alias"; readonly value: string }
/** `value` is the name without its `&`. */
export type AnchorToken = Common & { readonly type: "anchor"; readonly value: string }
/**
 * `!<uri>` has handle "" and suffix uri; `!a!b` handle "!a!" and suffix "b";
 * `!b` handle "!" and suffix "b"; a lone `!` handle "" and suffix "!".
 */
export type TagToken = Common & { readonly type: "tag"; readonly handle: string; readonly suffix: string }
/** `start` to `end` is what the scalar covers in the source: quotes, indicators, a block's final breaks. */
export type ScalarToken = Common & {
  readonly type: "scalar"
  readonly value: string
  readonly style: ScalarStyle
}

export type Token =
  | BareToken
  | VersionDirectiveToken
  | TagDirectiveToken
  | AliasToken
  | AnchorToken
  | TagToken
  | ScalarToken

/**
 * A comment that no token has taken yet (`yaml_comment_t`). Exactly one of
 * `head`, `line` and `foot` has entries; joined with "\n", their texts are the
 * byte string that yaml.v3 holds, a blank line at its end included.
 *
 * `scan`, `start` and `end` serve the scanner alone (their columns count from
 * 1 in heads and feet, from 0 in line comments, as in yaml.v3); the parser
 * compares `token.offset` and takes the texts.
 */
export type ScannedComment = {
  /** Where scanning for comments started. */
  readonly scan: Mark
  /** A token that starts here or later takes the comment. */
  token: Mark
  /** The first `#`. */
  readonly start: Mark
  /** Where the comment ended. */
  readonly end: Mark
  head: readonly CommentLine[]
  line: readonly CommentLine[]
  readonly foot: readonly CommentLine[]
}

/** What the parser sees of the scanner; `Scanner` implements it. */
export interface TokenSource {
  /**
   * The next token, scanned when it is not there yet (yaml.v3 `peek_token`
   * without its `yaml_parser_unfold_comments`, which the parser does). After
   * the stream's end it is `stream-end` again and again.
   *
   * @throws {@link ConclaveError} `syntax`, `too-deep`
   */
  peek(): Token

  /** Consumes the token of the last {@link peek}; must not be called twice without a peek between. */
  skip(): void

  /** The oldest comment not taken yet (`comments[comments_head]`). */
  readonly comment: ScannedComment | undefined

  /** Takes {@link comment} off the queue (yaml.v3 clears it and increments `comments_head`). */
  takeComment(): void
}
