/** Flow collections, on one line or over several, with comments between their items when there are lines to hold them. */

import type { Random } from "./random.ts"
import { name, remark, text } from "./words.ts"
import { doubleQuoted, inlineScalar, inlineString, isPlain, type Spelled } from "./yaml-scalar.ts"
import type { Style } from "./yaml-style.ts"

type Pieces = { readonly open: string; readonly items: readonly string[]; readonly close: string }

/** A flow collection that starts behind the key or dash at `column`. */
export function flow(random: Random, style: Style, column: number): Spelled {
  const pieces =
    style.emptyRemarks || random.chance(0.5) ? flowMap(random, style, 0) : flowList(random, style, 0)
  if (pieces.items.length === 0 || random.chance(0.6)) return { first: onOneLine(random, pieces), rest: [] }
  return overLines(random, style, column, pieces)
}

function flowMap(random: Random, style: Style, depth: number): Pieces {
  const used = new Set<string>()
  const items: string[] = []
  for (let left = random.below(style.width + 1); left > 0; left--) {
    const key = random.chance(0.85) ? name(random) : text(random)
    if (used.has(key) || key === "<<") continue
    used.add(key)
    const spelled =
      isPlain(key, true) && random.chance(0.8) && !looksTyped(key) ? key : doubleQuoted(random, key)
    if (random.chance(0.05)) items.push(spelled)
    else
      items.push(
        `${spelled}:${spelled.startsWith('"') && random.chance(0.2) ? "" : " "}${item(random, style, depth)}`,
      )
  }
  return { open: "{", items, close: "}" }
}

function flowList(random: Random, style: Style, depth: number): Pieces {
  const items = random.times(random.below(style.width + 1), () => {
    if (random.chance(0.05))
      return `${inlineString(random, "pair", true, style.quotes)}: ${inlineScalar(random, true, 1)}`
    return item(random, style, depth)
  })
  return { open: "[", items, close: "]" }
}

function item(random: Random, style: Style, depth: number): string {
  if (depth < 2 && random.chance(0.2)) {
    return onOneLine(
      random,
      style.emptyRemarks || random.chance(0.5)
        ? flowMap(random, style, depth + 1)
        : flowList(random, style, depth + 1),
    )
  }
  return inlineScalar(random, true, style.quotes)
}

function onOneLine(random: Random, { open, items, close }: Pieces): string {
  const pad = random.pick(["", "", " "])
  const comma = random.pick([", ", ", ", ",", " , "])
  const last = items.length > 0 && random.chance(0.1) ? "," : ""
  // `{a:1,b:2}` needs its blank when the item before the comma is plain and empty.
  return `${open}${pad}${items.join(comma === "," ? ", " : comma)}${last}${pad}${close}`
}

function overLines(random: Random, style: Style, column: number, { open, items, close }: Pieces): Spelled {
  const pad = " ".repeat(column + random.between(1, 4))
  const comment = (): string =>
    random.chance(style.comments) ? ` #${remark(random, style.emptyRemarks)}` : ""
  const rest: string[] = []
  items.forEach((content, index) => {
    if (random.chance(style.comments / 2)) rest.push(`${pad}#${remark(random, style.emptyRemarks)}`)
    const comma = index < items.length - 1 || random.chance(0.3) ? "," : ""
    rest.push(`${pad}${content}${comma}${comment()}`)
  })
  if (random.chance(style.comments / 2)) rest.push(`${pad}#${remark(random, style.emptyRemarks)}`)
  rest.push(`${" ".repeat(column + 1)}${close}`)
  return { first: `${open}${comment()}`, rest }
}

/** Keys must be strings for sops: one that reads as another type is quoted. */
export function looksTyped(key: string): boolean {
  return /^[-+.\d~]|^(true|false|null|<<|=)$/i.test(key)
}
