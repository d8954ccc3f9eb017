/** One secret of Vault's key-value engine: read, compared, and written if it differs. */

import { fromUtf8 } from "#core/bytes.ts"
import { isSameSecret, secretBody, storedSecret } from "#core/deploy/vault-secret.ts"
import { ConclaveError, hasCode } from "#core/errors.ts"
import type { MapNode, Node } from "#core/sops/tree.ts"
import type { Context } from "../context.ts"
import type { Http } from "../http.ts"

export type VaultWrite = {
  readonly url: string
  /** Of the engine. */
  readonly version: 1 | 2
  readonly secret: MapNode
}

const TOKEN_FILE = ".vault-token"
const MAX_TOKEN_SIZE = 64 * 1024
const NOT_FOUND = 404

/** @throws {@link ConclaveError} `upload-failed` */
export async function writeVaultSecret(
  { url, version, secret }: VaultWrite,
  context: Context,
): Promise<"uploaded" | "unchanged"> {
  const http = await context.http()
  const headers = await vaultHeaders(url, context)
  const stored = await readStored(url, version, headers, http, context)
  if (stored !== null && isSameSecret(secret, stored)) return "unchanged"
  const body = secretBody(secret, version)
  const { status } = await http.call({
    method: "PUT",
    url,
    headers: { ...headers, "content-type": "application/json" },
    body,
  })
  if (!isSuccess(status)) throw uploadFailed(url, `status ${status}`)
  return "uploaded"
}

/** A token that may only write is no reason to stop: then it is written without comparing. */
async function readStored(
  url: string,
  version: 1 | 2,
  headers: Readonly<Record<string, string>>,
  http: Http,
  { terminal }: Context,
): Promise<Node | null> {
  const { status, body } = await http.call({ method: "GET", url, headers })
  if (status === NOT_FOUND) return null
  try {
    if (isSuccess(status)) return storedSecret(body, version)
  } catch (error) {
    if (!(error instanceof ConclaveError)) throw error
  }
  const reason = isSuccess(status) ? "its answer is not understood" : `status ${status}`
  terminal.stderr.write(
    `warning: ${url} cannot be read (${reason}); it is written anew even if nothing changed\n`,
  )
  return null
}

async function vaultHeaders(url: string, context: Context): Promise<Record<string, string>> {
  const namespace = context.env["VAULT_NAMESPACE"]
  return {
    "x-vault-token": await vaultToken(url, context),
    "x-vault-request": "true",
    ...(namespace === undefined || namespace === "" ? {} : { "x-vault-namespace": namespace }),
  }
}

async function vaultToken(url: string, { env, files }: Context): Promise<string> {
  const token = env["VAULT_TOKEN"] || (await tokenFromFile(env["HOME"], files))
  // What a header cannot hold would be an error with the token in its text.
  if (token !== null && /^[\x21-\x7e]+$/.test(token)) return token
  throw uploadFailed(
    url,
    token === null
      ? "there is no token: VAULT_TOKEN is not set, nor is there a ~/.vault-token"
      : "the token is malformed",
  )
}

async function tokenFromFile(home: string | undefined, files: Context["files"]): Promise<string | null> {
  if (home === undefined || home === "") return null
  try {
    return fromUtf8(await files.read(`${home}/${TOKEN_FILE}`, MAX_TOKEN_SIZE))?.trim() ?? ""
  } catch (error) {
    if (hasCode(error, "read-failed")) return null
    throw error
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}

function uploadFailed(destination: string, reason: string): ConclaveError<"upload-failed"> {
  return new ConclaveError("upload-failed", `${destination}: ${reason}`, { destination, reason })
}
