/**
 * sops' own command line, word for word: Go's flag rules (`-name`, `--name`,
 * `-name=value`, `-flag=true`, `--` ends them), a value also as the next word.
 * As in urfave/cli v1 a command's flags may also stand behind its arguments,
 * where a word that is none of its flags is an argument; those before the
 * command, or without one, end at the first argument. Table-driven; what the
 * table lacks is an error.
 */

export type FlagKind = "bool" | "string" | "int" | "strings"

export type FlagSpec = {
  /** The long name first, then short ones. */
  readonly names: readonly string[]
  readonly kind: FlagKind
  /** Read when the flag is not given. */
  readonly variable?: string
}

export class Flags {
  readonly #values: ReadonlyMap<string, readonly string[]>
  readonly positionals: readonly string[]

  constructor(values: ReadonlyMap<string, readonly string[]>, positionals: readonly string[]) {
    this.#values = values
    this.positionals = positionals
  }

  /** Whether the flag stood on the command line (or its variable is set). */
  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** Empty when not given. */
  text(name: string): string {
    return this.#values.get(name)?.at(-1) ?? ""
  }

  bool(name: string): boolean {
    return TRUE_WORDS.has(this.text(name))
  }

  int(name: string): number {
    return Number(this.text(name) || "0")
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? []
  }
}

/** What Go's `strconv.ParseBool` takes for true, and for false. */
const TRUE_WORDS = new Set(["1", "t", "T", "TRUE", "true", "True"])
const FALSE_WORDS = new Set(["0", "f", "F", "FALSE", "false", "False"])

/** A word that is no flag of sops; the text is urfave's. */
export class FlagError extends Error {
  override readonly name = "FlagError"
}

/** Whether flags may stand behind arguments. */
export type FlagPlaces = "anywhere" | "first"

/**
 * @param words - What follows the command's name.
 * @throws {@link FlagError} for a flag that the table lacks or whose value is missing or no number.
 */
export function parseFlags(
  table: readonly FlagSpec[],
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  places: FlagPlaces,
): Flags {
  const byName = new Map(table.flatMap((spec) => spec.names.map((name) => [name, spec] as const)))
  const values = new Map<string, string[]>()
  const positionals: string[] = []
  let at = 0
  for (; at < words.length; at++) {
    const word = words[at] as string
    if (word === "--") {
      at++
      break
    }
    const isWord = !word.startsWith("-") || word === "-"
    if (isWord && places === "first") break
    const [name, inline] = splitFlag(word)
    const spec = byName.get(name)
    if (isWord || (spec === undefined && positionals.length > 0)) {
      positionals.push(word)
      continue
    }
    if (spec === undefined) throw new FlagError(`flag provided but not defined: -${name}`)
    const long = spec.names[0] as string
    const value = inline ?? (spec.kind === "bool" ? "true" : words[++at])
    if (value === undefined) throw new FlagError(`flag needs an argument: -${name}`)
    checkValue(spec, name, value)
    values.set(long, spec.kind === "strings" ? [...(values.get(long) ?? []), value] : [value])
  }
  for (const { names, variable } of table) {
    const value = variable === undefined ? undefined : env[variable]
    const long = names[0] as string
    if (value !== undefined && value !== "" && !values.has(long)) values.set(long, [value])
  }
  return new Flags(values, [...positionals, ...words.slice(at)])
}

function splitFlag(word: string): [string, string | undefined] {
  const text = word.replace(/^--?/, "")
  const at = text.indexOf("=")
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

function checkValue(spec: FlagSpec, name: string, value: string): void {
  const fits =
    spec.kind === "bool"
      ? TRUE_WORDS.has(value) || FALSE_WORDS.has(value)
      : spec.kind !== "int" || /^[+-]?\d{1,9}$/.test(value)
  if (!fits) throw new FlagError(`invalid value ${JSON.stringify(value)} for flag -${name}`)
}
