/** The network port: through the user's proxies, against the user's authorities. */

import { callHttp } from "#core/host/http-call.ts"
import { createHttpAgents } from "#core/host/keys/http-agent.ts"
import type { Http } from "../http.ts"

export function nodeHttp(): Http {
  const agents = createHttpAgents({ env: process.env, caFile: process.env["VAULT_CACERT"] })
  return {
    async call(request) {
      try {
        return await callHttp(request, { agents })
      } finally {
        // Kept-open connections would keep the process: each command makes a few calls and ends.
        agents.http.destroy()
        agents.https.destroy()
      }
    },
  }
}
