/** `--add-age LIST`, `--rm-age LIST` and so on: the flags that change a file's readers, as sops has them. */

import type { KeySpec } from "#core/keys/key-spec.ts"
import { parseKeySpec } from "#core/keys/parse-key-spec.ts"
import { splitList } from "#core/policy/config-keys.ts"
import type { OptionSpec } from "./command.ts"
import { KEY_FLAGS } from "./key-options.ts"

export const ADD_FLAGS: readonly string[] = KEY_FLAGS.map(({ flag }) => `add-${flag}`)
export const REMOVE_FLAGS: readonly string[] = KEY_FLAGS.map(({ flag }) => `rm-${flag}`)

/** The same for the help of conclave's own commands. */
export const READER_OPTIONS: Readonly<Record<string, OptionSpec>> = Object.fromEntries(
  KEY_FLAGS.flatMap(({ flag, what }): [string, OptionSpec][] => [
    [`add-${flag}`, { type: "string", value: "LIST", help: `${what} that shall read, comma-separated` }],
    [`rm-${flag}`, { type: "string", value: "LIST", help: `${what} that shall read no more` }],
  ]),
)

/**
 * The keys that the flags with this prefix name.
 *
 * @param flagValue - A flag's value, if given.
 * @throws {@link ConclaveError} `recipient-invalid`
 */
export function keysNamed(
  prefix: "add" | "rm",
  flagValue: (flag: string) => string | undefined,
  awsProfile: string,
): KeySpec[] {
  return KEY_FLAGS.flatMap(({ flag, kind }) =>
    splitList(flagValue(`${prefix}-${flag}`) ?? "").map((text) => parseKeySpec(kind, text, awsProfile)),
  )
}
