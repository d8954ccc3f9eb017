/** The options that commands working on encrypted files share, and the request they make. */

import type { OptionSpec } from "./command.ts"
import { UsageError } from "./command.ts"
import type { Context } from "./context.ts"
import { parseOrder } from "./decryption-order.ts"
import type { ChangeRequest } from "./operations/change.ts"
import type { OpenRequest } from "./operations/open.ts"

/** For commands that read a file without opening it. */
export const SOURCE_OPTIONS = {
  "input-type": {
    type: "string",
    value: "TYPE",
    help: "yaml, json, dotenv, ini or binary; by suffix otherwise",
  },
  "max-size": { type: "string", value: "BYTES", help: "the largest text file to read (32 MiB)" },
} as const satisfies Record<string, OptionSpec>

/** For commands that open one. */
export const OPEN_OPTIONS = {
  ...SOURCE_OPTIONS,
  "decryption-order": {
    type: "string",
    value: "KINDS",
    help: "kinds of keys to try first, comma-separated",
  },
  config: {
    type: "string",
    value: "FILE",
    help: "this configuration instead of the repository's .sops.yaml",
  },
} as const satisfies Record<string, OptionSpec>

/** For commands that write it back. */
export const CHANGE_OPTIONS = {
  ...OPEN_OPTIONS,
  "accept-rule": {
    type: "boolean",
    help: "go by the file's own selection rule where the configuration's differs",
  },
  canonical: { type: "boolean", help: "print as sops does instead of keeping the layout" },
} as const satisfies Record<string, OptionSpec>

export const IGNORE_MAC_OPTION = {
  "ignore-mac": { type: "boolean", help: "do not verify the MAC: values may have been altered" },
} as const satisfies Record<string, OptionSpec>

type OpenValues = {
  readonly "input-type"?: string
  readonly "max-size"?: string
  readonly "decryption-order"?: string
  readonly config?: string
  readonly "ignore-mac"?: boolean
}

export function openRequest(file: string, values: OpenValues, context: Context): OpenRequest {
  return {
    file,
    inputType: values["input-type"],
    maxSize: values["max-size"],
    ignoreMac: values["ignore-mac"] === true,
    order: parseOrder(values["decryption-order"] ?? context.env["SOPS_DECRYPTION_ORDER"]),
    lookup: "repository",
    config: values.config,
    layout: "kept",
  }
}

/** @throws {@link UsageError} for standard input: there is nothing to write back to. */
export function changeRequest(
  file: string,
  values: OpenValues & { readonly "accept-rule"?: boolean; readonly canonical?: boolean },
  context: Context,
): ChangeRequest {
  if (file === "-") throw new UsageError("this changes a file in place: name a FILE")
  return {
    ...openRequest(file, values, context),
    layout: values.canonical === true ? "canonical" : "kept",
    target: { inPlace: true },
    strictness: values["accept-rule"] === true ? "accepted" : "any-difference",
  }
}
