/** Document trees as short texts, one line a node, for tests that compare whole trees. */

import { parseYamlNodes } from "#core/formats/yaml/composer.ts"
import type { CommentLine, YamlNode } from "#core/formats/yaml/node.ts"

/** Kind, anchor, tag, value and comments of each node: `'a' head(# x)`, indented by depth. */
export function outline(source: string): string[] {
  const lines: string[] = []
  for (const document of parseYamlNodes(source)) push(lines, document, 0)
  return lines
}

function push(lines: string[], node: YamlNode, depth: number): void {
  const words = [
    node.kind === "scalar" ? `'${node.value}'` : node.kind === "alias" ? `*${node.value}` : node.kind,
    node.anchor === "" ? "" : `&${node.anchor}`,
    node.tagged ? node.tag : "",
    comment("head", node.comments.head),
    comment("line", node.comments.line),
    comment("foot", node.comments.foot),
  ]
  lines.push("  ".repeat(depth) + words.filter((word) => word !== "").join(" "))
  if (node.kind === "scalar" || node.kind === "alias") return
  for (const child of node.content) push(lines, child, depth + 1)
}

function comment(place: string, lines: readonly CommentLine[]): string {
  return lines.length === 0 ? "" : `${place}(${lines.map((line) => line.text).join("|")})`
}
