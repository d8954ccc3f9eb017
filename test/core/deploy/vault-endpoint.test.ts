import { expect, test } from "vitest"
import { vaultEndpoint } from "../../../core/deploy/vault-endpoint.ts"

const own = "https://vault.example.com:8200"

function endpoint(named: string | null, address?: string, allowList?: string): string {
  try {
    return vaultEndpoint(named, { address, allowList })
  } catch (error) {
    return (error as { code: string }).code
  }
}

test("without a name in the rule it is the user's own", () => {
  expect(endpoint(null, "HTTPS://Vault.example.com:8200/")).toBe(own)
  expect(endpoint(null)).toBe("malformed")
  expect(endpoint(null, "vault.example.com")).toBe("malformed")
})

test("a name in the rule counts only if the user has given it too", () => {
  expect(endpoint(own, own)).toBe(own)
  expect(endpoint(own)).toBe("endpoint-untrusted")
  expect(endpoint(own, "https://vault.example.com")).toBe("endpoint-untrusted")
  expect(endpoint("https://evil.example", own)).toBe("endpoint-untrusted")
  expect(endpoint("http://vault.example.com:8200", own)).toBe("endpoint-untrusted")
  expect(endpoint(own, "no url")).toBe("malformed")
})

test("or has put it on the list, by whole steps", () => {
  expect(endpoint(own, undefined, "all")).toBe(own)
  expect(endpoint(own, undefined, "none")).toBe("endpoint-untrusted")
  expect(endpoint(own, undefined, "")).toBe("endpoint-untrusted")
  expect(endpoint(own, undefined, ` https://other , ${own}/ `)).toBe(own)
  expect(endpoint(`${own}/base`, undefined, own)).toBe(`${own}/base`)
  expect(endpoint("https://vault.example.com.evil.example", undefined, "https://vault.example.com")).toBe(
    "endpoint-untrusted",
  )
  expect(endpoint(own, undefined, "https://vault.example.com")).toBe("endpoint-untrusted")
})

test("the error names what would have been contacted, and what would have been sent", () => {
  expect(() => vaultEndpoint("https://evil.example", { address: own, allowList: undefined })).toThrow(
    /Vault token and this plaintext sent to https:\/\/evil\.example,/,
  )
})
