import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, test } from "vitest"
import { type Repository, repositoryOf } from "../../../core/host/repository.ts"
import { createTrust, demandTrust, purposeOf, TRUST_KINDS } from "../../../core/host/trust.ts"
import { distrustNames, trustedNames, trustNames } from "../../../core/host/trust-file.ts"
import { temporaryFolder } from "./temporary-folder.ts"

async function isTrusted(file: string, repository: Repository, name: string): Promise<boolean> {
  return (await trustedNames(file, repository)).includes(name)
}

const ROLE = "kms-role:arn:aws:iam::1:role/x"

/** A folder that looks like a clone of `url`. */
async function clone(url: string, config = `[remote "origin"]\n\turl = ${url}\n`): Promise<string> {
  const root = join(await temporaryFolder(), "clone")
  mkdirSync(join(root, ".git"), { recursive: true })
  mkdirSync(join(root, "a/b"), { recursive: true })
  writeFileSync(join(root, ".git/config"), `[core]\n\tbare = false\n${config}`)
  return root
}

describe("the repository of a folder", () => {
  test("is the nearest one above, with the digest of its origin", async () => {
    const root = await clone("https://token@example.org/a.git")
    const found = repositoryOf(join(root, "a/b"))
    expect(found).toEqual({ root, origin: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(repositoryOf(root)).toEqual(found)
    expect(repositoryOf(join(root, "not/there"))).toEqual(found)
  })

  test("has another origin with another URL, and none without", async () => {
    const origins = await Promise.all(
      ["https://example.org/a", "https://example.org/b"].map(
        async (url) => repositoryOf(await clone(url)).origin,
      ),
    )
    expect(new Set(origins).size).toBe(2)
    expect(repositoryOf(await clone("", '[remote "fork"]\n\turl = https://example.org/f\n')).origin).toBe("")
  })

  test("is found from a worktree and a submodule, which share the clone's configuration", async () => {
    const main = await clone("https://example.org/a")
    const tree = join(dirname(main), "tree")
    const folder = join(main, ".git/worktrees/tree")
    mkdirSync(folder, { recursive: true })
    mkdirSync(tree)
    writeFileSync(join(tree, ".git"), `gitdir: ${folder}\n`)
    writeFileSync(join(folder, "commondir"), "../..\n")
    expect(repositoryOf(tree)).toEqual({ root: tree, origin: repositoryOf(main).origin })
  })

  test("is the same through a link", async () => {
    const root = await clone("https://example.org/a")
    const link = join(dirname(root), "link")
    symlinkSync(root, link)
    expect(repositoryOf(link).root).toBe(root)
  })

  test("is the folder itself where there is none", async () => {
    const folder = await temporaryFolder()
    expect(repositoryOf(folder)).toEqual({ root: folder, origin: "" })
  })
})

describe("the trust file", () => {
  const here = { root: "/r", origin: "aa" }

  test("holds names for one repository, is the user's alone, and is not there without need", async () => {
    const file = join(await temporaryFolder(), "conclave", "trust.json")
    expect(await isTrusted(file, here, ROLE)).toBe(false)
    expect(await distrustNames(file, here, [ROLE])).toEqual([])
    expect(await trustNames(file, here, [ROLE, "vault:https://v"])).toEqual([ROLE, "vault:https://v"])
    expect(await trustNames(file, here, [ROLE])).toEqual([])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700)
    expect(await isTrusted(file, here, ROLE)).toBe(true)
    expect(await isTrusted(file, { ...here, root: "/s" }, ROLE)).toBe(false)
    expect(await isTrusted(file, { ...here, origin: "bb" }, ROLE)).toBe(false)
    expect(await isTrusted(file, here, `${ROLE}y`)).toBe(false)
  })

  test("forgets a name, and a repository without names", async () => {
    const file = join(await temporaryFolder(), "trust.json")
    await trustNames(file, here, ["a:1", "b:2"])
    await trustNames(file, { root: "/s", origin: "" }, ["c:3"])
    expect(await distrustNames(file, here, ["b:2", "c:3"])).toEqual(["b:2"])
    expect(await distrustNames(file, here, ["a:1"])).toEqual(["a:1"])
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      version: 1,
      repositories: [{ root: "/s", origin: "", names: ["c:3"] }],
    })
  })

  test("keeps what several processes write at once", async () => {
    const file = join(await temporaryFolder(), "trust.json")
    const names = ["a:1", "b:2", "c:3"]
    await Promise.all(names.map((name) => trustNames(file, here, [name])))
    expect(await trustedNames(file, here)).toEqual(names)
  })

  test.each([
    ["of others", '{"version":1,"repositories":[]}', 0o666],
    ["of the group", '{"version":1,"repositories":[]}', 0o620],
    ["of another version", '{"version":2,"repositories":[]}', 0o600],
    ["that is no JSON", "{", 0o600],
    ["of another shape", '{"version":1,"repositories":[{"root":"/r","origin":"aa","names":[1]}]}', 0o600],
    ["that is null", "null", 0o600],
  ])("%s is refused, and stays as it is", async (_, text, mode) => {
    const file = join(await temporaryFolder(), "trust.json")
    writeFileSync(file, text)
    chmodSync(file, mode)
    for (const use of [isTrusted(file, here, ROLE), trustNames(file, here, [ROLE])]) {
      await expect(use).rejects.toMatchObject({ code: "malformed", details: { at: file } })
    }
    expect(readFileSync(file, "utf8")).toBe(text)
  })
})

describe("a name that a file brings along", () => {
  const repository = { root: "/r", origin: "aa" }

  async function trustWith(answer: boolean | null, env: Record<string, string> = {}) {
    const file = join(await temporaryFolder(), "trust.json")
    const questions: string[] = []
    const options = {
      env,
      file,
      repository,
      async confirm(question: string) {
        questions.push(question)
        return answer
      },
    }
    return { file, questions, options, trust: createTrust(options) }
  }

  test("is asked about once, and what it would do is said", async () => {
    const { trust, questions, file, options } = await trustWith(true)
    expect(await Promise.all([trust.allows(ROLE), trust.allows(ROLE)])).toEqual([true, true])
    expect(questions).toEqual([
      "A file in /r asks to assume the AWS role arn:aws:iam::1:role/x with your credentials. Allow it here, from now on?",
    ])
    expect(await isTrusted(file, repository, ROLE)).toBe(true)
    expect(await createTrust({ ...options, confirm: async () => null }).allows(ROLE)).toBe(true)
    const elsewhere = { ...options, repository: { ...repository, origin: "bb" }, confirm: async () => null }
    expect(await createTrust(elsewhere).allows(ROLE)).toBe(false)
  })

  test.each([false, null])("is refused when the answer is %s", async (answer) => {
    const { trust, file } = await trustWith(answer)
    expect(await trust.allows(ROLE)).toBe(false)
    expect(await isTrusted(file, repository, ROLE)).toBe(false)
    await expect(demandTrust(trust, ROLE)).rejects.toMatchObject({
      code: "not-trusted",
      message:
        "not done without your word: to assume the AWS role arn:aws:iam::1:role/x with your credentials (conclave trust kms-role:arn:aws:iam::1:role/x)",
      details: { name: ROLE },
    })
  })

  test("is allowed by CONCLAVE_TRUST, and nothing that is only like it", async () => {
    const { trust, questions } = await trustWith(null, { CONCLAVE_TRUST: ` ${ROLE} , vault:https://v` })
    expect(await trust.allows(ROLE)).toBe(true)
    expect(await trust.allows("vault:https://v")).toBe(true)
    expect(questions).toEqual([])
    expect(await trust.allows("vault:https://v.evil.example")).toBe(false)
    expect(await trust.allows(`${ROLE}/y`)).toBe(false)
  })

  test("is not even asked about when it is of no known kind, or endless", async () => {
    const { trust, questions } = await trustWith(true)
    for (const name of ["", "x", "role:", "kms-role:", "constructor:x", `kms-role:${"x".repeat(3000)}`]) {
      expect(await trust.allows(name)).toBe(false)
    }
    expect(questions).toEqual([])
  })

  test("of every kind has words for what it does", () => {
    for (const kind of TRUST_KINDS) expect(purposeOf(`${kind}:NAME`)).toMatch(/NAME/)
  })

  test("is asked about after the one before it", async () => {
    const { options } = await trustWith(true)
    let open = 0
    const trust = createTrust({
      ...options,
      async confirm() {
        expect(++open).toBe(1)
        await new Promise((resolve) => setTimeout(resolve, 5))
        open--
        return true
      },
    })
    expect(await Promise.all(["vault:a", "vault:b", "azure:c"].map(trust.allows))).toEqual([true, true, true])
  })
})
