/**
 * YAML documents as text, the way people and tools write them, not the way a
 * library prints them: comments anywhere, any indentation, every scalar style,
 * anchors and merge keys, several documents, CRLF, BOM.
 *
 * Nearly all are accepted by sops. Left out is what sops refuses or cannot read
 * back (other tests list that): integers of more than 64 bits, duplicate keys,
 * keys that are no strings.
 */

import { type Random, seeded } from "./random.ts"
import { name, remark, text } from "./words.ts"
import { flow, looksTyped } from "./yaml-flow.ts"
import {
  block,
  doubleQuoted,
  foldedOverLines,
  inlineScalar,
  isPlain,
  type Spelled,
  singleQuoted,
} from "./yaml-scalar.ts"
import { drawStyle, type Style } from "./yaml-style.ts"

/** What an anchor stands for: only maps may be merged. */
type Anchor = { readonly name: string; readonly isMap: boolean }

type Page = {
  readonly random: Random
  readonly style: Style
  readonly lines: string[]
  readonly anchors: Anchor[]
  aliasesLeft: number
  /** The start of a line (`  - `) whose rest is still to come. */
  pending: string
}

export function yamlDocument(seed: number): Uint8Array {
  const random = seeded(seed)
  const documents = random.chance(0.08) ? random.between(2, 3) : 1
  const style = drawStyle(random)
  const lines: string[] = []
  for (let index = 0; index < documents; index++) {
    lines.push(...separator(random, style, index > 0))
    const page: Page = { random, style, lines, anchors: [], aliasesLeft: 4, pending: "" }
    root(page)
    if (random.chance(style.comments)) remarks(page, random.pick([0, 0, 2]))
    if (random.chance(0.02)) lines.push("...")
  }
  return encode(random, lines)
}

function separator(random: Random, style: Style, needed: boolean): string[] {
  const before = random.chance(style.comments / 4) ? [`#${remark(random, style.emptyRemarks)}`] : []
  if (!needed && random.chance(0.85)) return before
  return [...before, random.chance(style.comments / 2) ? `--- #${remark(random, style.emptyRemarks)}` : "---"]
}

function encode(random: Random, lines: readonly string[]): Uint8Array {
  const newline = random.chance(0.04) ? "\r\n" : "\n"
  const ending = random.chance(0.1) ? "" : newline.repeat(random.pick([1, 1, 1, 2, 3]))
  const whole = lines.join(newline) + ending
  const form = random.below(200)
  if (form === 0) return Buffer.from(`\ufeff${whole}`, "utf16le")
  if (form === 1) return Buffer.from(`\ufeff${whole}`, "utf16le").swap16()
  return Buffer.from(form < 5 ? `\ufeff${whole}` : whole)
}

function root(page: Page): void {
  const { random, style } = page
  if (random.chance(0.04)) {
    const { first, rest } = flow(random, { ...style, width: 4 }, 0)
    const isMap = first.startsWith("{")
    page.lines.push(...(isMap ? [first, ...rest] : [`l: ${first}`, ...rest]))
    return
  }
  if (random.chance(0.01)) page.lines.push(random.pick(["{}", "null", "~"]))
  else map(page, 0, 0)
}

function map(page: Page, column: number, depth: number): void {
  const { random, style } = page
  const used = new Set<string>()
  for (let left = random.between(1, style.width); left > 0; left--) {
    between(page, column)
    if (random.chance(style.anchors) && mergeEntry(page, column, used)) continue
    const key = random.chance(0.9) ? name(random) : text(random)
    if (used.has(key) || key === "<<" || key === "sops") continue
    used.add(key)
    entry(page, column, key, depth)
  }
  if (used.size === 0) entry(page, column, "only", depth)
  foot(page, column)
}

function entry(page: Page, column: number, key: string, depth: number): void {
  const { random } = page
  if (key.length > 100 ? random.chance(0.7) : random.chance(0.01)) {
    write(page, column, `? ${spellKey(page, key)}`)
    value(page, column, ":", depth)
  } else {
    value(page, column, `${spellKey(page, key)}${random.chance(0.03) ? " :" : ":"}`, depth)
  }
}

function spellKey({ random, style }: Page, key: string): string {
  if (isPlain(key, false) && !looksTyped(key) && !random.chance(style.quotes / 4)) return key
  const isPrintable = !/[\p{Cc}\u2028\u2029\ufeff]/u.test(key)
  return isPrintable && random.chance(0.5) ? singleQuoted(key) : doubleQuoted(random, key)
}

function mergeEntry(page: Page, column: number, used: Set<string>): boolean {
  const { random } = page
  const maps = page.anchors.filter((anchor) => anchor.isMap)
  if (maps.length === 0 || used.has("<<") || page.aliasesLeft === 0) return false
  used.add("<<")
  page.aliasesLeft--
  const target = `*${random.pick(maps).name}`
  write(page, column, `<<: ${random.chance(0.2) ? `[${target}]` : target}${inline(page)}`)
  return true
}

function list(page: Page, column: number, depth: number): void {
  const { random, style } = page
  for (let left = random.between(1, style.width); left > 0; left--) {
    between(page, column)
    value(page, column, "-", depth)
  }
  foot(page, column)
}

/** What follows `head` (a key with its colon, or a dash) that stands at `column`. */
function value(page: Page, column: number, head: string, depth: number): void {
  const { random, style } = page
  const anchor = random.chance(style.anchors) ? `a${page.anchors.length}x${page.lines.length}` : ""
  const start = anchor === "" ? head : `${head} &${anchor}`
  const kind = random.below(100)
  const isNested = depth < style.maxDepth && kind < (style.emptyRemarks ? 20 : 35)
  if (isNested && kind < 20) nestedMap(page, column, head, start, depth)
  else if (isNested) nestedList(page, column, head, start, depth)
  else if (random.chance(style.flow)) spelled(page, column, start, flow(random, style, column))
  else if (kind < 45) spelled(page, column, start, block(random, column))
  else if (kind < 49) spelled(page, column, start, foldedOverLines(random, column))
  else if (kind < 52) write(page, column, `${start}${inline(page)}`)
  else if (kind < 56)
    write(
      page,
      column,
      `${start} ${random.pick([style.emptyRemarks ? "{}" : "[]", "{}", '""', "''"])}${inline(page)}`,
    )
  else if (kind < 62 && anchor === "" && page.aliasesLeft > 0 && page.anchors.length > 0) {
    page.aliasesLeft--
    write(page, column, `${head} *${random.pick(page.anchors).name}${inline(page)}`)
  } else
    write(page, column, `${start}${gap(random)}${inlineScalar(random, false, style.quotes)}${inline(page)}`)
  if (anchor !== "") page.anchors.push({ name: anchor, isMap: isNested && kind < 20 })
}

function nestedMap(page: Page, column: number, head: string, start: string, depth: number): void {
  const { random, style } = page
  if (head === "-" && random.chance(0.8)) {
    openCompact(page, column, start === head ? head : "")
    if (start !== head) write(page, column, `${start}${inline(page)}`)
    map(page, column + 2, depth + 1)
  } else {
    write(page, column, `${start}${inline(page)}`)
    map(page, column + (head === ":" ? 2 : style.step), depth + 1)
  }
}

function nestedList(page: Page, column: number, head: string, start: string, depth: number): void {
  const { random, style } = page
  const isCompact = head === "-" && start === head && random.chance(0.7)
  if (isCompact) openCompact(page, column, head)
  else write(page, column, `${start}${inline(page)}`)
  const inset = head === "-" || head === ":" ? 2 : style.listStep
  list(page, column + inset, depth + 1)
}

function openCompact(page: Page, column: number, head: string): void {
  if (head !== "") page.pending = `${page.pending || " ".repeat(column)}${head} `
}

function spelled(page: Page, column: number, start: string, { first, rest }: Spelled): void {
  const closes = rest.length === 0 || /^[|>]/.test(first)
  write(page, column, `${start} ${first}${closes ? inline(page) : ""}`)
  page.lines.push(...rest)
  const last = rest.at(-1)
  if (!closes && last !== undefined) page.lines[page.lines.length - 1] = `${last}${inline(page)}`
}

/** A line at `column`, or the rest of the line that a compact list item has begun. */
function write(page: Page, column: number, content: string): void {
  page.lines.push(`${page.pending || " ".repeat(column)}${content}${page.random.chance(0.01) ? "  " : ""}`)
  page.pending = ""
}

function gap(random: Random): string {
  return random.chance(0.05) ? " ".repeat(random.between(2, 6)) : " "
}

function inline(page: Page): string {
  const { random, style } = page
  if (!random.chance(style.comments * 0.7)) return ""
  return `${random.pick([" ", " ", "  ", "\t"])}#${remark(random, style.emptyRemarks)}`
}

/** Blank lines and comment lines before an entry or item. */
function between(page: Page, column: number): void {
  const { random, style } = page
  if (page.pending !== "") {
    if (!random.chance(style.comments / 5)) return
    page.lines.push(`${page.pending}#${remark(random, style.emptyRemarks)}`)
    page.pending = ""
  }
  if (random.chance(style.blanks)) blank(page)
  if (!random.chance(style.comments)) return
  remarks(page, column)
  if (random.chance(style.blanks)) blank(page)
}

/** Comment lines behind the last entry of a collection, often at another depth. */
function foot(page: Page, column: number): void {
  const { random, style } = page
  if (!random.chance(style.comments / 2)) return
  if (random.chance(style.blanks)) blank(page)
  remarks(page, column)
  if (random.chance(0.3)) blank(page)
}

function remarks(page: Page, column: number): void {
  const { random, style } = page
  const own = random.chance(style.oddColumns) ? Math.max(0, column + random.between(-4, 4)) : column
  for (let left = random.pick([1, 1, 1, 2, 3]); left > 0; left--) {
    page.lines.push(`${" ".repeat(own)}#${remark(random, style.emptyRemarks)}`)
    if (random.chance(style.blanks / 3)) blank(page)
  }
}

function blank(page: Page): void {
  page.lines.push(page.random.chance(0.9) ? "" : " ".repeat(page.random.below(5)))
}
