/**
 * Where the SDK's default chain would find credentials of AWS on this machine,
 * found without a call and without reading a secret out loud.
 */

import { readFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import type { Environment } from "../identities/locations.ts"
import type { Credential, KeyContext } from "./adapter.ts"

export async function surveyAws({ env }: KeyContext): Promise<readonly Credential[]> {
  const { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE } = env
  const home = env["HOME"] || homedir()
  return [
    ...variables(env),
    ...profilesIn(AWS_SHARED_CREDENTIALS_FILE || join(home, ".aws", "credentials")),
    ...profilesIn(AWS_CONFIG_FILE || join(home, ".aws", "config")),
  ]
}

function variables(env: Environment): Credential[] {
  const found: Credential[] = []
  if (env["AWS_ACCESS_KEY_ID"] && env["AWS_SECRET_ACCESS_KEY"]) {
    const isStatic = !env["AWS_SESSION_TOKEN"]
    found.push({ what: `AWS_ACCESS_KEY_ID${isStatic ? "" : ", for a session"}`, isStatic })
  }
  if (env["AWS_PROFILE"]) found.push({ what: `AWS_PROFILE=${env["AWS_PROFILE"]}`, isStatic: false })
  if (env["AWS_WEB_IDENTITY_TOKEN_FILE"] && env["AWS_ROLE_ARN"]) {
    found.push({ what: `web identity for ${env["AWS_ROLE_ARN"]}`, isStatic: false })
  }
  if (env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] || env["AWS_CONTAINER_CREDENTIALS_FULL_URI"]) {
    found.push({ what: "the container's role", isStatic: false })
  }
  return found
}

/** One for each profile that says where its credentials come from. */
function profilesIn(file: string): Credential[] {
  return [...sectionsOf(file)].flatMap(([name, keys]) => {
    const profile = `profile ${name} in ${file}`
    if (keys.has("aws_access_key_id")) return [{ what: profile, isStatic: !keys.has("aws_session_token") }]
    const source = SOURCES.find(([key]) => keys.has(key))?.[1]
    return source === undefined ? [] : [{ what: `${profile} (${source})`, isStatic: false }]
  })
}

const SOURCES: readonly (readonly [key: string, words: string])[] = [
  ["sso_session", "single sign-on"],
  ["sso_start_url", "single sign-on"],
  ["role_arn", "a role"],
  ["credential_process", "a command"],
  ["web_identity_token_file", "web identity"],
  ["login_session", "a login"],
]

/** The names of keys by section; no values. */
function sectionsOf(file: string): Map<string, Set<string>> {
  const sections = new Map<string, Set<string>>()
  let keys = new Set<string>()
  for (const line of readText(file).split("\n")) {
    const section = /^\s*\[\s*(?:profile\s+)?["']?([^\]"']+?)["']?\s*\]/.exec(line)?.[1]
    if (section !== undefined) {
      keys = sections.get(section) ?? new Set()
      sections.set(section, keys)
    }
    const key = /^([a-z_]+)\s*=/i.exec(line)?.[1]
    if (key !== undefined) keys.add(key.toLowerCase())
  }
  return sections
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8")
  } catch {
    // Not there, or not ours to read: the SDK would find nothing either.
    return ""
  }
}
