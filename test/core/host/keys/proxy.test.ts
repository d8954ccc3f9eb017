import { expect, test } from "vitest"
import { proxyFor } from "../../../../core/host/keys/proxy.ts"

const PROXY = "http://proxy.example:3128"

function through(target: string, env: Record<string, string>): string | null {
  return proxyFor(new URL(target), env)?.href ?? null
}

test("requests go through the proxy of their protocol", () => {
  expect(through("https://kms.example", { HTTPS_PROXY: PROXY })).toBe(`${PROXY}/`)
  expect(through("https://kms.example", { https_proxy: PROXY })).toBe(`${PROXY}/`)
  expect(through("https://kms.example", { HTTP_PROXY: PROXY })).toBe(null)
  expect(through("http://kms.example", { HTTP_PROXY: PROXY })).toBe(`${PROXY}/`)
  expect(through("https://kms.example", { HTTPS_PROXY: "proxy.example:3128" })).toBe(`${PROXY}/`)
  expect(through("https://kms.example", { HTTPS_PROXY: "" })).toBe(null)
})

test.each(["http://localhost", "http://127.0.0.1:8080", "http://127.9.9.9", "http://[::1]:8200"])(
  "%s is never asked for through a proxy",
  (target) => {
    expect(through(target, { HTTP_PROXY: PROXY })).toBe(null)
  },
)

test.each([
  ["*", true],
  ["kms.example", true],
  ["KMS.Example", true],
  ["example", true],
  [".example", true],
  ["*.example", true],
  [".kms.example", false],
  ["ms.example", false],
  ["kms.example.com", false],
  ["kms.example:443", true],
  ["kms.example:8443", false],
  ["other.test, kms.example", true],
  ["other.test kms.example", true],
  ["10.0.0.0/8", false],
  ["", false],
])("NO_PROXY=%j leaves out https://kms.example: %s", (list, isLeftOut) => {
  for (const name of ["NO_PROXY", "no_proxy"]) {
    expect(through("https://kms.example", { HTTPS_PROXY: PROXY, [name]: list }) === null).toBe(isLeftOut)
  }
})

test.each([
  ["10.0.0.0/8", "https://10.1.2.3", true],
  ["10.0.0.0/8", "https://11.1.2.3", false],
  ["10.1.2.3", "https://10.1.2.3", true],
  ["10.1.2.3:443", "https://10.1.2.3", true],
  ["10.1.2.3:1", "https://10.1.2.3", false],
  ["fd00::/8", "https://[fd12::1]", true],
  ["fd12::1", "https://[fd12::1]", true],
  ["[fd12::1]:443", "https://[fd12::1]", true],
  ["10.0.0.0/99", "https://10.1.2.3", false],
  ["10.0.0.0/8", "https://[fd12::1]", false],
])("NO_PROXY=%s leaves out %s: %s", (list, target, isLeftOut) => {
  expect(through(target, { HTTPS_PROXY: PROXY, NO_PROXY: list }) === null).toBe(isLeftOut)
})

test.each(["socks5://proxy.example", "http://", "::"])("%j is no proxy, and is not passed over", (text) => {
  expect(() => through("https://kms.example", { HTTPS_PROXY: text })).toThrow(
    expect.objectContaining({ code: "malformed", message: expect.stringContaining("HTTPS_PROXY") }),
  )
})
