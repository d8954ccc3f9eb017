import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { filesBelow } from "../../../core/host/files-below.ts"
import { temporaryFolder } from "./temporary-folder.ts"

test("files come sorted, from all folders but git's, through links to files only", async () => {
  const folder = await temporaryFolder()
  for (const name of ["b/c", ".git", "empty"]) mkdirSync(join(folder, name), { recursive: true })
  for (const name of ["b/c/z.yaml", "b/a.yaml", "a.yaml", ".git/config", ".hidden"])
    writeFileSync(join(folder, name), "")
  symlinkSync("a.yaml", join(folder, "link.yaml"))
  symlinkSync("b", join(folder, "loop"))
  symlinkSync("nowhere", join(folder, "dangling"))
  expect(filesBelow(folder)).toEqual([".hidden", "a.yaml", "b/a.yaml", "b/c/z.yaml", "link.yaml"])
})

test("a folder that is not there is an error", () => {
  expect(() => filesBelow("/nonexistent")).toThrow(expect.objectContaining({ code: "read-failed" }))
})
