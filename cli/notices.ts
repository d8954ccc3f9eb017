/** Notices of a document, in words. */

import type { Notice } from "#core/sops/crypt.ts"

export function describeNotices(file: string, notices: readonly Notice[]): string[] {
  return notices.map(({ code, at }) => {
    const place = at === "" ? file : `${file}: ${at}`
    return code === "comment-clear"
      ? `warning: ${place}: a comment stands in clear where the rule encrypts it`
      : `warning: ${place}: an encrypted comment does not open here; it was moved or altered`
  })
}
