/**
 * Which proxy a request goes through, by the variables that everyone reads:
 * HTTPS_PROXY, HTTP_PROXY and NO_PROXY, each also in lower case. The rules are
 * those of Go's `httpproxy`, as with sops: loopback never, and NO_PROXY holds
 * names (with their subdomains), `.names` (subdomains only), addresses, CIDR
 * ranges, each with a port if wanted, or `*`.
 */

import { BlockList, isIP } from "node:net"
import { ConclaveError } from "../../errors.ts"
import type { Environment } from "../identities/locations.ts"

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" }

/**
 * @returns `null` for a direct connection.
 * @throws {@link ConclaveError} `malformed` if the variable holds no address of a proxy.
 */
export function proxyFor(target: URL, env: Environment): URL | null {
  const isSecure = target.protocol === "https:"
  const name = isSecure ? "HTTPS_PROXY" : "HTTP_PROXY"
  const text = env[name] || env[name.toLowerCase()]
  if (!text || isLoopback(hostOf(target))) return null
  if (isExcluded(target, env["NO_PROXY"] || env["no_proxy"] || "")) return null
  // A bare `proxy:3128` is common.
  const address = text.includes("://") ? text : `http://${text}`
  const url = URL.canParse(address) ? new URL(address) : null
  if (url?.protocol === "http:" || url?.protocol === "https:") return url
  throw new ConclaveError("malformed", `${name} is not the address of an HTTP proxy`, { at: name })
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "").toLowerCase()
}

function isLoopback(host: string): boolean {
  if (host === "localhost" || host === "::1") return true
  return isIP(host) === 4 && host.startsWith("127.")
}

function isExcluded(target: URL, list: string): boolean {
  const host = hostOf(target)
  const port = target.port || DEFAULT_PORTS[target.protocol]
  return list.split(/[\s,]+/).some((item) => {
    if (item === "*") return true
    const [name, wantedPort] = splitPort(item.toLowerCase())
    if (name === "" || (wantedPort !== undefined && wantedPort !== port)) return false
    if (isIP(host) !== 0) return coversAddress(name, host)
    const suffix = name.startsWith("*.") ? name.slice(1) : name
    if (suffix.startsWith(".")) return host.endsWith(suffix)
    return host === suffix || host.endsWith(`.${suffix}`)
  })
}

function splitPort(item: string): [name: string, port: string | undefined] {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(item)
  if (bracketed !== null) return [bracketed[1] ?? "", bracketed[2]]
  const [name = "", port, ...more] = item.split(":")
  // More than one colon: an address of IPv6 without brackets.
  return more.length > 0 ? [item, undefined] : [name, port]
}

function coversAddress(item: string, host: string): boolean {
  const [network = "", bits] = item.split("/")
  const version = isIP(network)
  if (version === 0 || version !== isIP(host)) return false
  const size = version === 4 ? 32 : 128
  const prefix = bits === undefined ? size : Number(bits)
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > size) return false
  const family = version === 4 ? "ipv4" : "ipv6"
  const list = new BlockList()
  list.addSubnet(network, prefix, family)
  return list.check(host, family)
}
