import { expect, test } from "vitest"
import { ageKeysFile, sshKeyFiles } from "../../../../core/host/identities/locations.ts"

test.each<[NodeJS.Platform, Record<string, string>, string | null]>([
  ["linux", { HOME: "/home/a" }, "/home/a/.config/sops/age/keys.txt"],
  ["linux", { HOME: "/home/a", XDG_CONFIG_HOME: "/cfg" }, "/cfg/sops/age/keys.txt"],
  ["linux", { HOME: "/home/a", XDG_CONFIG_HOME: "" }, "/home/a/.config/sops/age/keys.txt"],
  ["linux", { HOME: "/home/a", XDG_CONFIG_HOME: "cfg" }, null],
  ["linux", { HOME: "" }, null],
  ["linux", {}, null],
  ["darwin", { HOME: "/Users/a" }, "/Users/a/Library/Application Support/sops/age/keys.txt"],
  ["darwin", { HOME: "/Users/a", XDG_CONFIG_HOME: "/cfg" }, "/cfg/sops/age/keys.txt"],
  ["darwin", {}, null],
  [
    "win32",
    { AppData: "C:\\Users\\a\\AppData\\Roaming" },
    "C:\\Users\\a\\AppData\\Roaming\\sops\\age\\keys.txt",
  ],
  ["win32", { APPDATA: "C:\\R" }, "C:\\R\\sops\\age\\keys.txt"],
  ["win32", { HOME: "/home/a" }, null],
])("on %s, %j, age keys are in %s", (platform, env, path) => {
  expect(ageKeysFile(env, platform)).toBe(path)
})

test.each<[NodeJS.Platform, Record<string, string>, string[]]>([
  ["linux", { HOME: "/home/a" }, ["/home/a/.ssh/id_ed25519", "/home/a/.ssh/id_rsa"]],
  ["win32", { USERPROFILE: "C:\\a" }, ["C:\\a\\.ssh\\id_ed25519", "C:\\a\\.ssh\\id_rsa"]],
  ["linux", {}, []],
])("on %s, %j, SSH keys are in %j", (platform, env, paths) => {
  expect(sshKeyFiles(env, platform)).toEqual(paths)
})
