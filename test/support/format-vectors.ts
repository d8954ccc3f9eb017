/**
 * Values, a document and MACs computed apart from this code and accepted by
 * sops 3.13.2: the data key is bytes 0 to 31, and every byte of an IV is the
 * row's number.
 */

import { fromBase64, toBase64 } from "#core/bytes.ts"
import { str } from "#core/sops/scalar.ts"
import type { Tree } from "#core/sops/tree.ts"
import type { Plain } from "#core/sops/value.ts"
import { bool, comment, entry, float, int, list, map, NULL, time } from "./trees.ts"

export const VECTOR_KEY: Uint8Array = Uint8Array.from({ length: 32 }, (_, i) => i)

export type ValueVector = {
  readonly name: string
  readonly aad: string
  readonly plain: Plain
  readonly iv: Uint8Array
  readonly text: string
}

function row(
  number: number,
  aad: string,
  type: string,
  plain: Plain,
  data: string,
  tag: string,
): ValueVector {
  const iv = new Uint8Array(32).fill(number)
  const text = `ENC[AES256_GCM,data:${data},iv:${toBase64(iv)},tag:${tag},type:${type}]`
  return { name: `${type} at ${aad}`, aad, plain, iv, text }
}

export const VALUE_VECTORS: readonly ValueVector[] = [
  row(1, ":", "comment", comment(" note") as Plain, "mcrGk7w=", "u3/7DjTmjXUc7Dr8mPLsgg=="),
  row(2, "a:", "str", str("hello"), "Bx6VKSU=", "OklkUWAgxu00y4e5JhXG4Q=="),
  row(3, "n:", "int", int(42), "XkY=", "aF7aW+nHR6MADIJYUn9F0w=="),
  row(4, "f:", "float", float(1e21), "XzxfWQLObQlT6xb30XS+X2qDrgirjg==", "jiwRR9Gb5pi8XPMdJKFv1Q=="),
  row(5, "t:", "bool", bool(true), "pMiN2Q==", "w/abg3vHTUISQDt3R38M8Q=="),
  row(
    6,
    "ts:",
    "time",
    time("2001-12-14T21:59:43.1-05:00"),
    "iqGDTpX9QeHcfPDbbGkUDeGgsijAShI3RUDw",
    "vGPHUe8mT741DSqHWjauIQ==",
  ),
  row(7, "m:l:", "str", str("x"), "QQ==", "Q//Stk6/LgoZuquI5wKE6A=="),
  row(8, "m:l:k:", "str", str("é"), "VQA=", "tvepGpqRJAQMIkk5gL7TuQ=="),
]

/** The plaintext of all of them as one document, under SOPS' default rule. */
export const VECTOR_DOCUMENT: Tree = [
  map(
    comment(" note"),
    entry("a", "hello"),
    entry("n", int(42)),
    entry("f", float(1e21)),
    entry("t", bool(true)),
    entry("ts", time("2001-12-14T21:59:43.1-05:00")),
    entry("m", map(entry("l", list("x", map(entry("k", "é")))))),
    entry("e", ""),
    entry("z", NULL),
    entry("p_unencrypted", list(float(1.5), bool(false))),
  ),
]

export const VECTOR_MAC =
  "BEB319CF0EE0A1CC95D801509D34046F1FA99E9172D48D99CD86B8749058CC47" +
  "660F1171274913E79AAF2728F5D974C95A927EAB7C074D68E09A6A9E3890123F"

/** With `mac_only_encrypted`. */
export const VECTOR_MAC_ONLY_ENCRYPTED =
  "AB99F70712111C8E809A7EB8E457553305566762375FC7D2C4E857A70BEF7EAB" +
  "2B23629F21C06873E7297CD56589325F99C387A87676640F29C48C00262402BD"

/** From sops' own `aes/cipher_test.go`: 32 bytes `f` as the key, AAD `bar:`, plaintext `foo`. */
export const UPSTREAM_VECTOR = {
  key: new Uint8Array(32).fill(0x66),
  aad: "bar:",
  plain: str("foo"),
  iv: fromBase64("MyIDYbT718JRr11QtBkcj3Dwm4k1aCGZBVeZf0EyV8o=", "iv"),
  text: "ENC[AES256_GCM,data:oYyi,iv:MyIDYbT718JRr11QtBkcj3Dwm4k1aCGZBVeZf0EyV8o=,tag:t5z2Z023Up0kxwCgw1gNxg==,type:str]",
} as const
