/**
 * Key groups and thresholds, both ways: whichever program splits the data key,
 * any sufficient choice of identities opens the file in the other, and no
 * smaller one does.
 */

import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { identityOf, type Person, recipientOf } from "./keys.ts"
import { conclave, createHome, type Outcome, type Program, SOPS_VERSIONS, sops } from "./programs.ts"
import { say } from "./tally.ts"

type Layout = {
  readonly groups: readonly (readonly Person[])[]
  /** As configured; without one all groups are needed. */
  readonly threshold?: number
  readonly file: string
  readonly opens: readonly (readonly Person[])[]
  readonly opensNot: readonly (readonly Person[])[]
}

const LAYOUTS: readonly Layout[] = [
  {
    groups: [["alice"], ["bob"]],
    file: "all-of-2.yaml",
    opens: [["alice", "bob"]],
    opensNot: [["alice"], ["bob"], ["carol", "bob"], []],
  },
  {
    groups: [["carol"], ["dave"], ["erin"]],
    threshold: 2,
    file: "2-of-3.json",
    opens: [
      ["carol", "dave"],
      ["dave", "erin"],
      ["erin", "carol"],
      ["carol", "dave", "erin"],
    ],
    opensNot: [["carol"], ["dave"], ["erin"], ["alice", "bob"]],
  },
  {
    groups: [["carol", "alice"], ["dave", "alice"], ["erin"]],
    threshold: 2,
    file: "2-of-3-reader.env",
    opens: [["alice"], ["carol", "dave"], ["erin", "alice"]],
    opensNot: [["carol"], ["erin"]],
  },
  {
    groups: [["alice"], ["bob"], ["carol"], ["dave"], ["erin"]],
    threshold: 3,
    file: "3-of-5.yaml",
    opens: [
      ["alice", "bob", "carol"],
      ["erin", "carol", "alice"],
      ["bob", "dave", "erin", "alice"],
    ],
    opensNot: [
      ["alice", "bob"],
      ["dave", "erin"],
      ["ci", "quinn", "alice"],
    ],
  },
  {
    groups: [
      ["alice", "quinn"],
      ["bob", "ci"],
      ["dave", "quinn"],
    ],
    threshold: 2,
    file: "mixed-2-of-3.ini",
    opens: [["quinn"], ["alice", "ci"], ["bob", "dave"]],
    opensNot: [["alice"], ["bob", "ci"], ["dave"]],
  },
]

const PLAIN: Readonly<Record<string, string>> = {
  yaml: "root: s3cret\nlist:\n    - 1\n    - 2.5\n",
  json: '{\n\t"root": "s3cret",\n\t"list": [\n\t\t1,\n\t\t2.5\n\t]\n}\n',
  env: "ROOT=s3cret\n",
  ini: "[root]\nkey = s3cret\n",
}

const home = createHome()
afterAll(home.remove)

const ours = conclave(home.path)
const oursAsSops: Program = (args, options) => ours(["sops", ...args], options)
const theirs = { "3.13.1": sops("3.13.1", home.path), "3.13.2": sops("3.13.2", home.path) }

let opened = 0
let refused = 0
afterAll(() => say(`groups: ${opened} openings with enough identities, ${refused} refusals with too few`))

function withIdentities(program: Program, file: string, people: readonly Person[]): Promise<Outcome> {
  return program(["decrypt", file], { env: { SOPS_AGE_KEY: people.map(identityOf).join("\n") } })
}

async function expectThreshold(program: Program, file: string, plain: string, layout: Layout): Promise<void> {
  for (const people of layout.opens) {
    const outcome = await withIdentities(program, file, people)
    expect(outcome.status, `${people}: ${outcome.stderr}`).toBe(0)
    expect(outcome.stdout.toString()).toBe(plain)
    opened++
  }
  for (const people of layout.opensNot) {
    const outcome = await withIdentities(program, file, people)
    expect(outcome.status, String(people)).toBe(128)
    expect(outcome.stdout).toHaveLength(0)
    refused++
  }
}

describe.each(LAYOUTS)("the layout $file", (layout) => {
  const { groups, threshold, file } = layout
  const plain = PLAIN[file.split(".")[1] ?? ""] ?? ""
  const config = join(home.path, `${file}.config.yaml`)
  const rule = {
    key_groups: groups.map((group) => ({ age: group.map(recipientOf) })),
    ...(threshold === undefined ? {} : { shamir_threshold: threshold }),
  }
  writeFileSync(config, JSON.stringify({ creation_rules: [rule] }))

  async function written(program: Program, name: string, flags: readonly string[]): Promise<string> {
    const source = join(home.path, `plain-${file}`)
    writeFileSync(source, plain)
    const outcome = await program([...flags, "--filename-override", file, source])
    expect(outcome.status, outcome.stderr).toBe(0)
    const path = join(home.path, `${name}-${file}`)
    writeFileSync(path, outcome.stdout)
    return path
  }

  it.each(SOPS_VERSIONS)("of sops %s opens in conclave, with enough identities only", async (version) => {
    const path = await written(theirs[version], version, ["--config", config, "encrypt"])
    await expectThreshold(oursAsSops, path, plain, layout)
  })

  it("of conclave opens in sops, with enough identities only", async () => {
    const path = await written(ours, "ours", ["encrypt", "--config", config])
    await expectThreshold(theirs["3.13.2"], path, plain, layout)
    // 3.13.1 does not read the metadata of an INI file that 3.13.2 or conclave writes.
    if (!file.endsWith(".ini")) await expectThreshold(theirs["3.13.1"], path, plain, layout)
    await expectThreshold(oursAsSops, path, plain, layout)
  })

  it("asks for as many groups as the flag says", async () => {
    const flags = ["--shamir-secret-sharing-threshold", String(groups.length)]
    const path = await written(ours, "flag", ["encrypt", "--config", config, ...flags])
    const everyone = groups.flatMap(([first]) => (first === undefined ? [] : [first]))
    const all = { ...layout, opens: [everyone], opensNot: [everyone.slice(1)] }
    await expectThreshold(theirs["3.13.2"], path, plain, all)
    await expectThreshold(oursAsSops, path, plain, all)
  })
})
