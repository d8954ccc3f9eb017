/** Every command line of sops that changes a file, with each of its flags, beside real sops (see `command-session.ts`). */

import { describe, test } from "vitest"
import { playSession } from "./command-session.ts"
import { COMPLETION_SESSIONS, GROUPS_SESSIONS } from "./command-sessions/groups.ts"
import { ROTATE_SESSIONS } from "./command-sessions/rotate.ts"
import { SET_SESSIONS } from "./command-sessions/set.ts"
import { UNSET_SESSIONS } from "./command-sessions/unset.ts"
import { UPDATEKEYS_SESSIONS } from "./command-sessions/updatekeys.ts"

describe.concurrent("sops set", () => {
  test.for(SET_SESSIONS)("$name", (session) => playSession(session))
})

describe.concurrent("sops unset", () => {
  test.for(UNSET_SESSIONS)("$name", (session) => playSession(session))
})

describe.concurrent("sops rotate", () => {
  test.for(ROTATE_SESSIONS)("$name", (session) => playSession(session))
})

describe.concurrent("sops updatekeys", () => {
  test.for(UPDATEKEYS_SESSIONS)("$name", (session) => playSession(session))
})

describe.concurrent("sops groups", () => {
  test.for(GROUPS_SESSIONS)("$name", (session) => playSession(session))
})

describe.concurrent("sops completion", () => {
  test.for(COMPLETION_SESSIONS)("$name", (session) => playSession(session))
})
