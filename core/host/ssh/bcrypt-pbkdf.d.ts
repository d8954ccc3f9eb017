/** What is used of the package, which has no types of its own. */

declare module "bcrypt-pbkdf" {
  /** @returns 0, or another number if an argument is out of range. */
  export function pbkdf(
    passphrase: Uint8Array,
    passphraseLength: number,
    salt: Uint8Array,
    saltLength: number,
    key: Uint8Array,
    keyLength: number,
    rounds: number,
  ): number
}
