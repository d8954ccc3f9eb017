import { expect, test } from "vitest"
import { accountOf, findUser, userVariables } from "../../../core/host/user.ts"

const PASSWD =
  "# users\nroot:x:0:0:root:/root:/bin/sh\ndeploy:x:1001:33:Deploy,,,:/srv/deploy:/bin/false\nbroken:x::\n"

test("an account is found by its whole name", () => {
  expect(accountOf("deploy", PASSWD)).toEqual({ name: "deploy", uid: 1001, gid: 33, home: "/srv/deploy" })
  expect(accountOf("dep", PASSWD)).toBeNull()
  expect(accountOf("broken", PASSWD)).toBeNull()
  expect(accountOf("", PASSWD)).toBeNull()
})

test("its variables are those of sops", () => {
  expect(userVariables({ name: "deploy", uid: 1, gid: 1, home: "/srv/deploy" })).toEqual({
    HOME: "/srv/deploy",
    USER: "deploy",
    LOGNAME: "deploy",
  })
})

test("an unknown user is an error, and a name is never taken for an option", () => {
  expect(() => findUser("nobody-has-this-name")).toThrow(/there is no user nobody-has-this-name/)
  expect(() => findUser("--help")).toThrow(/there is no user --help/)
})
