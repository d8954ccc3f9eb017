import { writeFileSync } from "node:fs"
import { compare } from "./comparison.ts"
import { iniDocument } from "./generate/ini.ts"
import { jsonDocument } from "./generate/json.ts"
import { yamlDocument } from "./generate/yaml.ts"
import { createHome, inParallel, sopsWithKey } from "./programs.ts"

const makes = { yaml: yamlDocument, ini: iniDocument, json: jsonDocument } as const
const [fmt, from, count] = [process.argv[2] as "yaml", Number(process.argv[3]), Number(process.argv[4])]
const home = createHome()
const sops = sopsWithKey(home.path, "alice")
const by = new Map<string, number[]>()
await inParallel(
  Array.from({ length: count }, (_, i) => from + i),
  async (seed) => {
    const src = makes[fmt](seed)
    const f = await compare(sops, fmt, src)
    let key = f.verdict as string
    if (f.verdict === "differ") {
      const d = f.detail ?? ""
      const err = /\n--- but\n(\w*Error.*)/.exec(d)?.[1] ?? ""
      key = `${d.split("\n")[0]} | ${err.replace(/\d+/g, "N").slice(0, 150)}`
      const [e, a] = d.split("\n--- but\n")
      const ex = (e ?? "").split("\n--- expected\n")[1] ?? ""
      writeFileSync(`/work/peers/scratch-interop/s${seed}.src`, src)
      writeFileSync(`/work/peers/scratch-interop/s${seed}.exp`, ex)
      writeFileSync(`/work/peers/scratch-interop/s${seed}.act`, a ?? "")
    }
    by.set(key, [...(by.get(key) ?? []), seed])
  },
)
for (const [k, v] of [...by].sort((a, b) => b[1].length - a[1].length))
  console.log(v.length, k, v.length > 60 ? "" : v.slice(0, 12).join(" "))
home.remove()
