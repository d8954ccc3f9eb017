/** Both ciphers, for `describe.each`: what holds for one must hold for the other. */

import type { Cipher } from "#core/cipher/cipher.ts"
import { pureCipher } from "#core/cipher/pure-cipher.ts"
import { nodeCipher } from "#core/host/node-cipher.ts"

export const CIPHERS: readonly { readonly name: string; readonly cipher: Cipher }[] = [
  { name: "the pure cipher", cipher: pureCipher },
  { name: "the cipher of node:crypto", cipher: nodeCipher },
]
