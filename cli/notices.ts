/** Notices of a document, in words. */

import type { LayoutNotice } from "#core/formats/layout.ts"
import type { Notice } from "#core/sops/crypt.ts"

export function describeNotices(file: string, notices: readonly Notice[]): string[] {
  return notices.map(({ code, at }) => {
    const place = at === "" ? file : `${file}: ${at}`
    return code === "comment-clear"
      ? `warning: ${place}: a comment stands in clear where the rule encrypts it`
      : `warning: ${place}: an encrypted comment does not open here; it was moved or altered`
  })
}

/** What the layout could not keep as the user wrote it. */
export function describeLayoutNotices(file: string, notices: readonly LayoutNotice[]): string[] {
  return notices.map(({ code, line, at }) => `note: ${file}:${line}: ${at}: ${LAYOUT_NOTICES[code]}`)
}

const LAYOUT_NOTICES = {
  "expanded-alias": "an alias is written out, since a value below it is encrypted",
  "dropped-anchor": "an anchor is gone, since no alias names it any more",
  respelled: "will be spelled in another way when it is decrypted",
  "dropped-tag": "a tag is gone, which this value cannot carry",
  "moved-comment": "a comment has a line of its own now, since sops does not see it behind a bracket",
  "clear-comment": "a comment stays in clear, since sops does not see it here",
} as const satisfies Record<LayoutNotice["code"], string>
