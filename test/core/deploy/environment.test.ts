import { describe, expect, it } from "vitest"
import { toUtf8 } from "../../../core/bytes.ts"
import { clearKeys, type EnvironmentOptions, environmentOf } from "../../../core/deploy/environment.ts"
import { isLoaderVariable } from "../../../core/deploy/loader-variables.ts"
import { parseDocument } from "../../../core/document/document.ts"
import { formatNamed } from "../../../core/formats/registry.ts"
import { str } from "../../../core/sops/scalar.ts"
import type { Node, Tree } from "../../../core/sops/tree.ts"

function treeOf(...entries: readonly (readonly [string, Node])[]): Tree {
  return [{ kind: "map", items: entries.map(([key, value]) => ({ kind: "entry", key, value })) }]
}

function refusal(key: string, value: Node, options: EnvironmentOptions = {}): string {
  try {
    environmentOf(treeOf([key, value]), options)
    return "accepted"
  } catch (error) {
    return (error as { details: { reason: string } }).details.reason
  }
}

const allowing = (...names: string[]): EnvironmentOptions => ({ allow: new Set(names) })

describe("a document as environment variables", () => {
  it("spells scalars as sops does", () => {
    const tree = formatNamed("yaml").parsePlain(
      toUtf8(
        "s: a b\ni: 5\nf: 1.5\nf2: 2.0\nf3: 1e21\nf4: 0.00001\nb: true\nt: 2001-12-14T21:59:43.123Z\ne: ''\n",
      ),
    )
    expect([...environmentOf(tree)]).toEqual([
      ["s", "a b"],
      ["i", "5"],
      ["f", "1.5"],
      ["f2", "2.0"],
      ["f3", "1E+21"],
      ["f4", "1E-05"],
      ["b", "true"],
      ["t", "2001-12-14T21:59:43Z"],
      ["e", ""],
    ])
  })

  it("takes the first document only, leaves comments out, and keeps the last of two keys", () => {
    const tree: Tree = [
      {
        kind: "map",
        items: [
          { kind: "comment", text: " K" },
          { kind: "entry", key: "A", value: str("1") },
          { kind: "entry", key: "B", value: str("2") },
          { kind: "entry", key: "A", value: str("3") },
        ],
      },
      { kind: "map", items: [{ kind: "entry", key: "C", value: str("4") }] },
    ]
    expect([...environmentOf(tree)]).toEqual([
      ["B", "2"],
      ["A", "3"],
    ])
  })

  it("is empty for an empty tree", () => {
    expect(environmentOf([]).size).toBe(0)
  })

  it.each<[string, Node]>([
    ["complex", { kind: "map", items: [] }],
    ["complex", { kind: "list", items: [] }],
    ["null", { kind: "null" }],
    ["not-text", { kind: "bytes", bytes: Uint8Array.of(0xff) }],
    ["not-text", str("a\0b")],
  ])("refuses what is %s", (reason, value) => {
    expect(refusal("KEY", value)).toBe(reason)
  })

  it.each(["", "a=b", "a\0b"])("refuses the impossible name %j even when it is allowed", (key) => {
    expect(refusal(key, str("x"), allowing(key))).toBe("name")
  })

  it.each(["a b", "1x", "né", "a\nb", "$(x)", "-x"])(
    "takes the odd name %j only when it is allowed",
    (key) => {
      expect(refusal(key, str("x"))).toBe("name")
      expect(refusal(key, str("x"), allowing(key))).toBe("accepted")
    },
  )

  it("names the key and no value", () => {
    expect(() => environmentOf(treeOf(["PATH", str("hunter2")]))).toThrow(/^PATH would change/)
    expect(() => environmentOf(treeOf(["PATH", str("hunter2")]))).not.toThrow(/hunter2/)
  })

  it("passes an allowed null as the empty text", () => {
    expect(environmentOf(treeOf(["A", { kind: "null" }]), allowing("A")).get("A")).toBe("")
  })

  it("passes an allowed loader variable, but not one that the MAC does not cover", () => {
    expect(refusal("PATH", str("/bin"))).toBe("loader")
    expect(refusal("PATH", str("/bin"), allowing("PATH"))).toBe("accepted")
    expect(refusal("PATH", str(""), allowing("PATH"))).toBe("unauthenticated")
    expect(refusal("PATH", { kind: "null" }, allowing("PATH"))).toBe("unauthenticated")
    const outside = { ...allowing("PATH"), unauthenticated: new Set(["PATH"]) }
    expect(refusal("PATH", str("/bin"), outside)).toBe("unauthenticated")
    expect(refusal("A", str("x"), { unauthenticated: new Set(["A"]) })).toBe("accepted")
  })
})

describe("loader variables", () => {
  it.each([
    ...["PATH", "LD_PRELOAD", "LD_X", "DYLD_INSERT_LIBRARIES", "NODE_OPTIONS", "PYTHONPATH", "PYTHONSTARTUP"],
    ...["PERL5OPT", "RUBYOPT", "BASH_ENV", "ENV", "IFS", "GIT_SSH_COMMAND", "GIT_CONFIG_COUNT", "HTTP_PROXY"],
    ...[
      "https_proxy",
      "no_proxy",
      "BASH_FUNC_ls%%",
      "npm_config_script_shell",
      "SSLKEYLOGFILE",
      "CONCLAVE_ALLOW_ENV",
    ],
  ])("include %s", (name) => {
    expect(isLoaderVariable(name)).toBe(true)
  })

  it.each([
    ...[
      "env",
      "path",
      "home",
      "NODE_ENV",
      "PYTHONUNBUFFERED",
      "DATABASE_URL",
      "GIT_TOKEN",
      "LDAP_URL",
      "PATHS",
    ],
    ...["AWS_SECRET_ACCESS_KEY", "VAULT_TOKEN", "SOPS_AGE_KEY", "GIT_AUTHOR_NAME", "", "TERM"],
  ])("do not include %s", (name) => {
    expect(isLoaderVariable(name)).toBe(false)
  })

  it("are found in any case where the system ignores it", () => {
    expect(isLoaderVariable("Path", true)).toBe(true)
    expect(refusal("Path", str("x"), { caseSensitive: false })).toBe("loader")
  })
})

describe("keys outside of the MAC", () => {
  const encrypted = (more: string) =>
    parseDocument(
      toUtf8(
        `a_unencrypted: 1\nb: ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str]\nm:\n  a_unencrypted: 1\nsops:\n  age:\n  - recipient: age1x\n    enc: x\n  lastmodified: "2024-01-01T00:00:00Z"\n  mac: x\n  version: 3.9.0\n${more}`,
      ),
      formatNamed("yaml"),
    )

  it("are none as long as the MAC covers all", async () => {
    expect([...(await clearKeys(encrypted("")))]).toEqual([])
  })

  it("are those in clear under mac_only_encrypted", async () => {
    expect([...(await clearKeys(encrypted("  mac_only_encrypted: true\n")))]).toContain("a_unencrypted")
    expect([...(await clearKeys(encrypted("  mac_only_encrypted: true\n")))]).not.toContain("b")
  })
})
