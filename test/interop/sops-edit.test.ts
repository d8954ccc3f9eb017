/** The command lines of sops that edit, beside real sops (see `command-session.ts`). */

import { describe, test } from "vitest"
import { playSession } from "./command-session.ts"
import { EDIT_SESSIONS } from "./command-sessions/edit.ts"

describe.concurrent("sops edit", () => {
  test.for(EDIT_SESSIONS)("$name", (session) => playSession(session))
})
