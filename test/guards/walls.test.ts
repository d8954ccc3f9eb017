/**
 * Who may import whom, as in the house's plan: every arrow points down, and
 * types count. The rooms' tsconfig files and Biome enforce parts of it; this
 * reads every import of core and cli and names the one that breaks a wall.
 */

import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, posix, relative, resolve, sep } from "node:path"
import { describe, expect, it } from "vitest"

const ROOT = resolve(import.meta.dirname, "../..")

/** From the ground up. A file belongs to the floor with the longest prefix of its path. */
const FLOORS: readonly (readonly [number, readonly string[]])[] = [
  [1, ["core/errors", "core/bytes", "core/clock", "core/platform", "core/cipher/", "core/shamir/"]],
  [2, ["core/keys/"]],
  [3, ["core/sops/"]],
  [4, ["core/formats/", "core/policy/"]],
  [5, ["core/document/"]],
  [6, ["core/quorum/", "core/deploy/", "core/history/"]],
  [7, ["core/host/", "core/index", "cli/"]],
  [8, ["cli/commands/", "cli/sops/"]],
  [9, ["cli/main", "cli/bundle", "cli/code-cache", "cli/entries/"]],
]

type Wall = {
  readonly room: string
  readonly except?: readonly string[]
  readonly forbidden: readonly string[]
  readonly because: string
}

/** What a room may not import, beside what lies above it. */
const WALLS: readonly Wall[] = [
  {
    room: "core/",
    except: ["core/host/"],
    forbidden: ["node:", "core/host/"],
    because: "core is pure: it names things and does not touch the machine",
  },
  { room: "core/", forbidden: ["cli/", "desktop/"], because: "core knows none of its users" },
  {
    room: "cli/",
    forbidden: ["node:crypto", "@noble/", "age-encryption", "shamir-secret-sharing", "core/shamir/"],
    because: "the terminal has no cryptography of its own",
  },
  {
    room: "cli/commands/",
    forbidden: ["core/cipher/pure-cipher", "core/host/node-cipher", "core/host/age-native"],
    because: "a command is handed its cipher; only the edge chooses one",
  },
  {
    room: "cli/commands/",
    forbidden: ["node:fs", "node:child_process", "node:process", "node:tty"],
    because: "a command is handed its files, streams and processes",
  },
]

/** Packages with one home: nobody else may import them. */
const HOMES: readonly (readonly [name: string, homes: readonly string[]])[] = [
  ["@noble/", ["core/cipher/", "core/keys/"]],
  ["age-encryption", ["core/keys/age/"]],
  ["@aws-sdk/", ["core/host/keys/aws-sdk"]],
  ["@smithy/", ["core/host/keys/aws-sdk"]],
  ["bcrypt-pbkdf", ["core/host/ssh/"]],
  ["shamir-secret-sharing", ["core/shamir/"]],
  ["re2js", ["core/sops/", "core/policy/"]],
]

type Import = { readonly from: string; readonly line: number; readonly target: string }

const IMPORT = /\bfrom\s+"([^"\n]+)"|\bimport\s*\(\s*"([^"\n]+)"\s*\)|^import\s+"([^"\n]+)"/gm
const COMPUTED = /\bimport\s*\(\s*[^"\s]/
const COMMENT = /\/\*[\s\S]*?\*\/|(?<![:"'`\w])\/\/.*$/gm

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .map((file) => posix.join(folder, file.split(sep).join("/")))
}

function importsOf(file: string): Import[] {
  const source = readFileSync(join(ROOT, file), "utf8").replace(COMMENT, keepLines)
  if (COMPUTED.test(source)) throw new Error(`${file} imports a computed name: no wall can be checked`)
  return [...source.matchAll(IMPORT)].map((found) => ({
    from: file,
    line: source.slice(0, found.index).split("\n").length,
    target: targetOf(file, found[1] ?? found[2] ?? found[3] ?? ""),
  }))
}

function keepLines(comment: string): string {
  return comment.replace(/[^\n]/g, " ")
}

/** A path from the root for our own files, the package's name for others. */
function targetOf(file: string, name: string): string {
  if (name === "#core") return "core/index.ts"
  if (name.startsWith("#")) return name.slice(1)
  if (!name.startsWith(".")) return name
  return relative(ROOT, resolve(ROOT, dirname(file), name))
    .split(sep)
    .join("/")
}

function floorOf(file: string): number | null {
  let best: { readonly floor: number; readonly length: number } | null = null
  for (const [floor, prefixes] of FLOORS) {
    for (const prefix of prefixes) {
      if (file.startsWith(prefix) && prefix.length > (best?.length ?? 0))
        best = { floor, length: prefix.length }
    }
  }
  return best?.floor ?? null
}

function within(file: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => file.startsWith(prefix))
}

function show({ from, line, target }: Import, because: string): string {
  return `${from}:${line} imports ${target}: ${because}`
}

function pointsUp(imports: readonly Import[]): string[] {
  return imports.flatMap((one) => {
    const from = floorOf(one.from) ?? 0
    const to = floorOf(one.target) ?? 0
    return to > from ? [show(one, `floor ${from} may not know floor ${to}`)] : []
  })
}

function breaks({ room, except = [], forbidden, because }: Wall, imports: readonly Import[]): string[] {
  return imports
    .filter(({ from }) => from.startsWith(room) && !within(from, except))
    .filter(({ target }) => within(target, forbidden))
    .map((one) => show(one, because))
}

const files = [...sourceFiles("core"), ...sourceFiles("cli")]
const imports = files.flatMap(importsOf)

describe("the walls between the rooms", () => {
  it("are checked on real files", () => {
    expect(files.length).toBeGreaterThan(50)
    expect(imports.length).toBeGreaterThan(files.length)
  })

  it("give every file a floor", () => {
    expect(files.filter((file) => floorOf(file) === null)).toEqual([])
  })

  it("let no import point up", () => {
    expect(pointsUp(imports)).toEqual([])
  })

  it.each(WALLS)("keep $forbidden out of $room", (wall) => {
    expect(breaks(wall, imports)).toEqual([])
  })

  it.each(HOMES)("keep the package %s at home", (name, homes) => {
    const wrong = imports
      .filter(({ from, target }) => target.startsWith(name) && !within(from, homes))
      .map((one) => show(one, `only ${homes.join(" and ")} may`))
    expect(wrong).toEqual([])
  })
})

describe("the check itself", () => {
  it("sees types, re-exports and dynamic imports", () => {
    const seen = (file: string): string[] => importsOf(file).map(({ target }) => target)
    expect(seen("core/sops/selection.ts")).toEqual(expect.arrayContaining(["core/errors.ts", "re2js"]))
    expect(seen("core/formats/format.ts")).toContain("core/sops/tree.ts")
    expect(seen("core/keys/age/identity.ts")).toContain("core/keys/key-entry.ts")
  })

  it("names the file, the line and the import that breaks a wall", () => {
    const up = { from: "core/keys/x.ts", line: 3, target: "core/document/open.ts" }
    expect(pointsUp([up])).toEqual([
      "core/keys/x.ts:3 imports core/document/open.ts: floor 2 may not know floor 5",
    ])
    const impure = { from: "core/sops/x.ts", line: 1, target: "node:fs" }
    expect(WALLS.flatMap((wall) => breaks(wall, [impure]))).toHaveLength(1)
    expect(WALLS.flatMap((wall) => breaks(wall, [{ ...impure, from: "core/host/x.ts" }]))).toEqual([])
  })
})
