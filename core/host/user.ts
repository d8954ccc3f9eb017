/**
 * Another user for the command that is about to run: looked up by name, then
 * this whole process becomes that user, with the groups it has. As in sops
 * (`SwitchUser`); there is no way back, so everything that needs our own keys
 * comes before, and what is made afterwards belongs to the other user.
 */

import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { ConclaveError } from "../errors.ts"

export type UserAccount = {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
}

/** @throws {@link ConclaveError} `process-failed` if the system knows no such user. */
export function findUser(name: string): UserAccount {
  const account = accountOf(name, localAccounts()) ?? accountOf(name, directoryAccounts(name))
  if (account !== null) return account
  throw failed(`there is no user ${name}`)
}

/** @throws {@link ConclaveError} `process-failed` unless we are root or that user already. */
export function becomeUser({ name, uid, gid }: UserAccount): void {
  const { getuid, getgid, setgid, setuid } = process
  // Node has it on POSIX; its types do not.
  const { initgroups } = process as { initgroups?: (user: string, extraGroup: number) => void }
  if (getuid === undefined || setuid === undefined || setgid === undefined || initgroups === undefined) {
    throw failed("this system has no way to run a command as another user")
  }
  if (getuid() === uid && getgid?.() === gid) return
  if (getuid() !== 0) throw failed(`only root may run a command as ${name}`)
  try {
    initgroups.call(process, name, gid)
    setgid(gid)
    setuid(uid)
  } catch (error) {
    throw failed(`cannot become ${name}: ${(error as NodeJS.ErrnoException).code ?? "unknown"}`)
  }
  if (getuid() !== uid) throw failed(`did not become ${name}`)
}

/** The variables that name the user, as sops sets them. */
export function userVariables({ name, home }: UserAccount): Record<string, string> {
  return { HOME: home, USER: name, LOGNAME: name }
}

/** passwd(5): name, password, user id, group id, comment, home, shell. */
export function accountOf(name: string, passwd: string): UserAccount | null {
  for (const line of passwd.split("\n")) {
    const [found, , uid = "", gid = "", , home = ""] = line.split(":")
    if (found !== name || !/^[0-9]+$/.test(uid) || !/^[0-9]+$/.test(gid)) continue
    return { name, uid: Number(uid), gid: Number(gid), home }
  }
  return null
}

function localAccounts(): string {
  try {
    return readFileSync("/etc/passwd", "utf8")
  } catch {
    return ""
  }
}

/** Users of a directory service, where there is one. */
function directoryAccounts(name: string): string {
  if (name.startsWith("-")) return ""
  try {
    return execFileSync("getent", ["passwd", name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
  } catch {
    return ""
  }
}

function failed(reason: string): ConclaveError<"process-failed"> {
  return new ConclaveError("process-failed", reason, { reason })
}
