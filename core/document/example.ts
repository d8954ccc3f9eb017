/** What sops puts into a file that `edit` is to create: one example for each format. */

import { toUtf8 } from "../bytes.ts"
import type { Format, PrintOptions } from "../formats/format.ts"
import { str } from "../sops/scalar.ts"
import type { Entry, ListNode, MapNode, Node } from "../sops/tree.ts"

const WELCOME = "Welcome to SOPS! Edit this file as you please!"

/** As sops prints it, to the byte. */
export function exampleOf(format: Format, options: PrintOptions = {}): Uint8Array {
  switch (format.name) {
    case "binary":
      return toUtf8(WELCOME)
    case "dotenv":
      return format.printPlain([FLAT], options)
    case "ini":
      return format.printPlain([SIMPLE], options)
    default:
      return format.printPlain([COMPLEX], options)
  }
}

function entry(key: string, value: Node): Entry {
  return { kind: "entry", key, value }
}

function list(...items: Node[]): ListNode {
  return { kind: "list", items }
}

const HELLO = [entry("hello", str(WELCOME)), entry("example_key", str("example_value"))]
const NOTE = { kind: "comment", text: " This is an example file." } as const

const COMPLEX: MapNode = {
  kind: "map",
  items: [
    ...HELLO,
    { kind: "comment", text: " Example comment" },
    entry("example_array", list(str("example_value1"), str("example_value2"))),
    entry("example_number", { kind: "float", value: 1234.56789 }),
    entry("example_booleans", list({ kind: "bool", value: true }, { kind: "bool", value: false })),
  ],
}

const FLAT: MapNode = {
  kind: "map",
  items: [NOTE, ...HELLO, entry("example_multiline", str("foo\nbar\nbaz"))],
}

const SIMPLE: MapNode = {
  kind: "map",
  items: [entry("Welcome!", { kind: "map", items: [NOTE, ...HELLO] })],
}
