/** The command lines of sops that hand a file to another command, with each of their flags, beside real sops. */

import { describe, test } from "vitest"
import { playSession } from "./command-session.ts"
import { EXEC_ENV_SESSIONS, EXEC_FILE_SESSIONS } from "./command-sessions/exec.ts"

describe.concurrent("sops exec-env", () => {
  test.for(EXEC_ENV_SESSIONS)("$name", (session) => playSession(session))
})

describe.concurrent("sops exec-file", () => {
  test.for(EXEC_FILE_SESSIONS)("$name", (session) => playSession(session))
})
