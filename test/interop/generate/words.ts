/** Pieces of text that documents of every format are made of: ordinary names and the strings that break parsers. */

import type { Random } from "./random.ts"

function words(list: string): readonly string[] {
  return list.trim().split(/\s+/)
}

const NAMES = words(`
  host port user password token api_key url enabled name path db cache timeout-ms retry.count region
  ca_cert replicas labels env image version note _private A x id secret_unencrypted UPPER_CASE camelCase
  k8s.io/name ümlaut 鍵
`)

/** Ordinary values: what most secrets look like. */
const PLAIN = [
  "hello",
  "s3cret",
  "db.internal",
  "postgres://u:p@host:5432/db?sslmode=require",
  "a b c",
  "v1.2.3",
  "10.0.0.1",
  "2001:db8::1",
  "user@example.org",
  "/etc/passwd",
  "C:\\dir\\file",
  "x=y",
  "a,b",
  "it's",
  'say "hi"',
  "100%",
  "dGVzdA==",
  "AKIA0000",
  "$HOME/x",
  "ab",
  "the quick brown fox",
  "x",
  "_",
  "-",
  "--",
  "=",
  "a#b",
  "a:b",
  "`tick`",
] as const

/** Strings that some YAML version, or some tool, takes for something else. */
const TYPED = words(`
  yes no on off y n Y N YES No true True TRUE false null Null ~ 1 0 -1 +1 007 0755 0o17 0x1F 0b101 1_000
  1.5 1e3 1E+2 .5 5. -.5 .inf -.inf .nan .NaN 12:30 190:20:30 1:30.5 2001-12-14
  2001-12-14T21:59:43.1-05:00 2001-12-14t21:59:43Z 089 08 1__0 0x_1 -0o7 _1 1e 9223372036854775807
  -9223372036854775808 0.1 1e400 -0 -0.0 << = !!str Inf NaN +.inf
`)

/** Strings that need care: indicators, blanks at the ends, control characters, other planes. */
const ODD = [
  "",
  " ",
  "  lead",
  "trail ",
  " both ",
  "a: b",
  "key:",
  "a #b",
  "#hash",
  "# note",
  "- item",
  "-x",
  "? q",
  "? ",
  ": v",
  ":x",
  "!bang",
  "!tag x",
  "&anchor",
  "*alias",
  "{brace",
  "}x",
  "[bracket",
  "]x",
  "{}",
  "[]",
  "{a: b}",
  "[1, 2]",
  ",x",
  "|",
  ">",
  "|-",
  "%percent",
  "@at",
  "`x",
  "'",
  '"',
  "''",
  '""',
  "'quoted'",
  '"quoted"',
  "it's: fine",
  "a'b\"c",
  "\\",
  "\\n",
  "a\\b",
  "tab\there",
  "\ttab",
  "tab\t",
  "line\nbreak",
  "line\n",
  "\nline",
  "\n",
  "\n\n",
  "a\n\nb",
  "a\n\n",
  "  a\nb",
  "a\n  b\n",
  "a \nb",
  "a\n b\n\n c\n",
  "x\ny: z\n# no comment\n",
  "cr\rhere",
  "crlf\r\nhere",
  "---",
  "--- x",
  "...",
  "... x",
  "é",
  "naïve café",
  "日本語",
  "🔑",
  "a🔑b",
  "👩‍👩‍👧",
  "\u00a0nbsp\u00a0",
  "\u0085nel",
  "a\u2028b",
  "a\u2029b",
  "\ufeffbom",
  "\u200bzero",
  "\u0007bell",
  "\u001besc",
  "\u007f",
  "\u0000nul",
  "\ue000private",
  "\ufffd",
  "<&>",
  "</x>",
  "ENC[nothing]",
  "ENC[AES256_GCM",
  "sops",
  "a\u0300",
  "عربى",
  "x".repeat(90),
  "word ".repeat(40),
  "é".repeat(70),
  "long line without end ".repeat(12),
  "-----BEGIN KEY-----\nAAAA\nBBBB==\n-----END KEY-----\n",
] as const

export function name(random: Random): string {
  return random.chance(0.7) ? random.pick(NAMES) : `${random.pick(NAMES)}${random.below(100)}`
}

export function text(random: Random): string {
  const kind = random.below(10)
  if (kind < 4) return random.pick(PLAIN)
  if (kind < 6) return random.pick(TYPED)
  if (kind < 9) return random.pick(ODD)
  return random.pick(ODD) + random.pick(PLAIN)
}

/** Text on one line, without control characters: for places where a format has no escapes. */
export function line(random: Random): string {
  for (;;) {
    const candidate = text(random)
    if (!/[\p{Cc}\u2028\u2029\ufeff]/u.test(candidate)) return candidate
  }
}

const REMARKS = [
  " note",
  " TODO: rotate",
  "no space",
  " ",
  "  two",
  " a: b",
  " #twice",
  "# more",
  " trailing  ",
  " ünïcode 🔑",
  " - item",
  " key: value # and more",
  "!/bin/sh",
  " 'quote'",
  ' "quote"',
  " {x}",
  "\ttab",
  " vim: set ts=2:",
  " x",
  " a long remark that goes on for longer than the width of eighty columns, as remarks sometimes do",
  ":",
  "-",
] as const

/** What stands behind a comment's first `#`. */
export function remark(random: Random, mayBeEmpty = true): string {
  if (mayBeEmpty && random.chance(0.1)) return ""
  return random.chance(0.75) ? random.pick(REMARKS) : ` remark ${random.below(1000)}`
}
