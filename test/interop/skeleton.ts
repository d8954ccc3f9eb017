/**
 * What two encrypted files of the same content have in common: all of it but
 * the random parts. Each encrypted value keeps its length and its type, each
 * wrapped key its place; the rest must agree byte for byte.
 */

const VALUE = /ENC\[AES256_GCM,data:([A-Za-z0-9+/=]*),iv:[A-Za-z0-9+/=]+,tag:[A-Za-z0-9+/=]+,type:([a-z]+)\]/g
const WRAPPED = /-----BEGIN AGE ENCRYPTED FILE-----[\s\S]*?-----END AGE ENCRYPTED FILE-----/g
const MOMENT = /(lastmodified[":=\s]*)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g

/** A file with its random parts masked. Bytes that are not UTF-8 are compared one by one, too. */
export function skeleton(encrypted: Uint8Array): string {
  return Buffer.from(encrypted)
    .toString("latin1")
    .replace(WRAPPED, maskArmor)
    .replace(VALUE, (_, data: string, type: string) => `ENC[${data.length},${type}]`)
    .replace(MOMENT, "$1MOMENT")
}

/** A decrypted file with those comments masked that did not open at their place and stay random. */
export function withoutCiphertext(decrypted: Uint8Array): string {
  return Buffer.from(decrypted)
    .toString("latin1")
    .replace(VALUE, (_, data: string, type: string) => `ENC[${data.length},${type}]`)
}

/** Keeps the number and indentation of lines: a wrapped key of the same kind has the same length. */
function maskArmor(armor: string): string {
  return armor.replace(/[A-Za-z0-9+/=]{8,}/g, (run) => `<${run.length}>`)
}
