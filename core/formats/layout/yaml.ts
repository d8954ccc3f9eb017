/**
 * YAML in the user's own layout: the nodes' places in the source are changed,
 * the text between them stays. Facts about what SOPS reads of such files are
 * in `sops-format.md` 6.
 */

import { toUtf8 } from "../../bytes.ts"
import { parseYamlNodes } from "../yaml/composer.ts"
import { yaml as yamlFormat } from "../yaml.ts"
import { applyEdits } from "./edits.ts"
import type { Layout } from "./rewrite.ts"
import { attachComments } from "./yaml/attachment.ts"
import { encryptYaml, parsePrevious } from "./yaml/encrypting.ts"
import { replaceMetadata } from "./yaml/metadata-block.ts"
import { notationOf } from "./yaml/notation.ts"
import { decryptYaml } from "./yaml/opening.ts"
import { refuseSeparators } from "./yaml/separators.ts"
import { setYaml } from "./yaml/setting.ts"
import { unsetYaml } from "./yaml/unsetting.ts"

export const yamlLayout: Layout = {
  parse(source, previous) {
    refuseSeparators(source)
    return attachComments(source, yamlFormat.parsePlain(toUtf8(source)), parsePrevious(previous))
  },

  encrypt(source, plain, encrypted, metadata, previous, reseal) {
    return encryptYaml(source, plain, encrypted, metadata, parsePrevious(previous), reseal)
  },

  decrypt: decryptYaml,

  replaceMetadata(source, metadata) {
    const documents = parseYamlNodes(source)
    const parsed = { source, documents }
    return applyEdits(source, replaceMetadata(parsed, metadata, notationOf(source, documents)))
  },

  set: (source, _, path, value) => setYaml(source, path, value),

  unset: (source, _, path) => unsetYaml(source, path),
}
