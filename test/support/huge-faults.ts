/** Faults that are too large for a vector, or are bytes that no editor shows: made here instead. */

import type { ErrorCode } from "#core/errors.ts"
import { type FormatName, MAX_DEPTH, MAX_TEXT_SIZE } from "#core/formats/format.ts"
import type { Fault } from "./fault-vectors.ts"

const DEPTH = 10_000

function fault(
  name: string,
  format: FormatName,
  expect: ErrorCode,
  source: string | Uint8Array,
  command: Fault["command"] = "encrypt",
): Fault {
  const bytes = typeof source === "string" ? Buffer.from(source) : source
  return { name, format, expect, command, identities: ["alice"], source: bytes }
}

function blockNesting(depth: number): string {
  let text = ""
  for (let level = 0; level < depth; level++) text += `${" ".repeat(level)}a:\n`
  return `${text}${" ".repeat(depth)}b: canary\n`
}

/** Text with one byte that is not of it. */
function withByte(byte: number, before: string, behind: string): Uint8Array {
  return Buffer.concat([Buffer.from(before), Buffer.of(byte), Buffer.from(behind)])
}

function flat(line: (index: number) => string, size: number): string {
  let text = ""
  for (let index = 0; text.length < size; index++) text += line(index)
  return text
}

const ENCRYPTED_TAIL = "sops:\n    mac: x\n    version: 3.13.2\n"

export const HUGE_FAULTS: readonly Fault[] = [
  fault("deep_yaml_flow_list", "yaml", "too-deep", `a: ${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}\n`),
  fault("deep_yaml_flow_map", "yaml", "too-deep", `a: ${"{a: ".repeat(DEPTH)}canary${"}".repeat(DEPTH)}\n`),
  fault("deep_yaml_flow_unclosed", "yaml", "too-deep", `a: ${"[".repeat(DEPTH)}`),
  fault("deep_yaml_block_map", "yaml", "too-deep", blockNesting(MAX_DEPTH + 1)),
  fault("deep_yaml_block_list", "yaml", "too-deep", `a:\n  ${"- ".repeat(DEPTH)}canary\n`),
  fault(
    "deep_yaml_encrypted",
    "yaml",
    "too-deep",
    `a: ${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}\n${ENCRYPTED_TAIL}`,
    "decrypt",
  ),
  fault(
    "deep_yaml_metadata",
    "yaml",
    "too-deep",
    `sops: ${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}\n`,
    "decrypt",
  ),
  fault("deep_json_list", "json", "too-deep", `{"a": ${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}}`),
  fault("deep_json_map", "json", "too-deep", `${'{"a":'.repeat(DEPTH)}"canary"${"}".repeat(DEPTH)}`),
  fault("deep_json_unclosed", "json", "too-deep", `{"a": ${"[".repeat(DEPTH)}`),
  fault(
    "deep_json_encrypted",
    "json",
    "too-deep",
    `{"a": ${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}, "sops": {}}`,
    "decrypt",
  ),
  fault(
    "deep_dotenv_metadata",
    "dotenv",
    "malformed",
    `A=x\nsops_${"a__map_".repeat(DEPTH)}a=x\nsops_mac=x\n`,
    "decrypt",
  ),

  fault("oversize_yaml", "yaml", "too-large", Buffer.alloc(MAX_TEXT_SIZE + 1, "# canary\n")),
  fault("oversize_json", "json", "too-large", Buffer.alloc(MAX_TEXT_SIZE + 1, " "), "decrypt"),
  fault("oversize_dotenv", "dotenv", "too-large", Buffer.alloc(MAX_TEXT_SIZE + 1, "A=canary\n"), "decrypt"),
  fault("oversize_ini", "ini", "too-large", Buffer.alloc(MAX_TEXT_SIZE + 1, "a = canary\n")),

  fault("nul_in_yaml", "yaml", "syntax", withByte(0, "a: can", "ary\n")),
  fault("nul_in_json", "json", "syntax", withByte(0, '{"a": "can', 'ary"}')),
  fault(
    "nul_in_encrypted_yaml",
    "yaml",
    "syntax",
    withByte(0, "a: ENC[", `x]\n${ENCRYPTED_TAIL}`),
    "decrypt",
  ),
  fault("nul_in_metadata", "json", "malformed", '{"a": "", "sops": {"version": "3.13.2\\u0000"}}', "decrypt"),
  fault("control_in_yaml", "yaml", "syntax", withByte(7, "a: can", "ary\n")),

  fault("no_utf8_in_yaml", "yaml", "syntax", withByte(0xff, "a: can", "ary\n")),
  fault("no_utf8_in_yaml_key", "yaml", "syntax", withByte(0xc3, "a", ": canary\n")),
  fault("no_utf8_cut_in_yaml", "yaml", "syntax", Buffer.of(0x61, 0x3a, 0x20, 0xe2, 0x82)),
  fault(
    "no_utf8_in_encrypted_yaml",
    "yaml",
    "syntax",
    withByte(0xff, "a: ENC[", `x]\n${ENCRYPTED_TAIL}`),
    "decrypt",
  ),
  fault("no_utf8_in_encrypted_json", "json", "syntax", withByte(0xff, '{"a": "can', 'ary"}'), "decrypt"),

  fault("long_line_of_brackets", "yaml", "syntax", `a: ${"]".repeat(1_000_000)}\n`),
  fault("long_line_of_quotes", "yaml", "syntax", `a: ${'"'.repeat(1_000_001)}\n`),
  fault("long_line_of_anchors", "yaml", "syntax", `a: ${"&a ".repeat(300_000)}canary\n`),
  fault("long_key", "yaml", "syntax", `${"a".repeat(1_000_000)} canary\nb: 1\n`),
  fault(
    "many_keys_and_a_twin",
    "yaml",
    "duplicate-key",
    `${flat((i) => `key${i}: canary\n`, 500_000)}key0: canary\n`,
  ),
  fault("many_question_marks", "yaml", "syntax", `${"? ".repeat(900)}{\n`),
]
