/** A file that `edit` creates: sops' example before the person, encrypted when they have made something of it. */

import { basename } from "node:path"
import { exampleOf } from "#core/document/example.ts"
import { formatNamed } from "#core/formats/registry.ts"
import type { Context } from "../context.ts"
import { describeNotices } from "../notices.ts"
import type { Source } from "../source.ts"
import { chooseFormat } from "../source.ts"
import { type EditorOptions, editText } from "./editing.ts"
import { type EncryptRequest, type EncryptResult, encryptSource } from "./encrypt.ts"

export type CreateRequest = Omit<EncryptRequest, "source"> &
  EditorOptions & {
    readonly file: string
    readonly inputType?: string | undefined
    /** The configuration's rule and the format are chosen by this name. */
    readonly filenameOverride?: string | undefined
  }

export type Created = { readonly result: EncryptResult; readonly warnings: readonly string[] }

/**
 * @returns `null` if the example was left as it is; then nothing is written.
 * @throws {@link ConclaveError} as `encryptSource`, before anybody types; `file-changed` if the file is there by then.
 */
export async function createFile(request: CreateRequest, context: Context): Promise<Created | null> {
  const { file } = request
  const path = context.files.resolve(file)
  const name = request.filenameOverride === undefined ? path : context.files.resolve(request.filenameOverride)
  const format = chooseFormat(name, request.inputType)
  const sourceOf = (bytes: Uint8Array): Source => ({ shown: file, name, path, bytes, format })
  const encrypt = (bytes: Uint8Array) => encryptSource({ ...request, source: sourceOf(bytes) }, context)

  const example = exampleOf(format)
  // Whatever is wrong with keys or configuration is said now.
  await encrypt(example)
  const lock = await (await context.editors()).lock(path)
  try {
    return await editText<EncryptResult, Created>(
      {
        shown: file,
        name: basename(path),
        text: example,
        take: encrypt,
        async write(result) {
          await context.files.replace(path, result.bytes, { expected: null, secret: false })
          return { result, warnings: describeNotices(file, result.notices) }
        },
        async seal(bytes) {
          const source = { ...sourceOf(bytes), format: formatNamed("binary") }
          return (await encryptSource({ ...request, source, outputType: "binary" }, context)).bytes
        },
      },
      request,
      context,
    )
  } finally {
    lock.release()
  }
}
