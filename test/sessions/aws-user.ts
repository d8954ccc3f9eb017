/** A user of the built program who has credentials of AWS, and no identity of age. */

import { join } from "node:path"
import { expect, onTestFinished } from "vitest"
import { ACCESS_KEY, type FakeAws, SECRET_KEY, startFakeAws } from "../support/fake-aws.ts"
import { createHome, type Home, type Outcome } from "./home.ts"

/** What `secret` writes. */
export const PLAIN = "password: s3cret\n"

export type User = Home & {
  readonly aws: FakeAws
  readonly env: Record<string, string>
  asked(words: readonly string[], env?: Record<string, string>): Promise<Outcome>
  /** A file that one key of AWS opens, with a role or profile in its entry if wished. */
  secret(name: string, key: string, more?: readonly string[]): Promise<string>
}

/** A user with credentials of AWS and none of age. Must be called within a test. */
export async function createUser(): Promise<User> {
  const aws = await startFakeAws()
  onTestFinished(() => aws.close())
  const home = createHome()
  const env = {
    AWS_ACCESS_KEY_ID: ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: SECRET_KEY,
    AWS_ENDPOINT_URL: aws.url,
    AWS_EC2_METADATA_DISABLED: "true",
    SOPS_AGE_KEY_FILE: join(home.path, "none.txt"),
  }
  const user: User = {
    ...home,
    aws,
    env,
    asked: (words, more = {}) => home.run(words, { env: { ...env, ...more } }),
    async secret(name, key, more = []) {
      home.write(name, PLAIN)
      const done = await user.asked(["encrypt", "--in-place", "--kms", key, ...more, name])
      expect(done).toMatchObject({ status: 0 })
      return name
    },
  }
  return user
}
