/**
 * age's cryptography by `age-encryption`, the port of age by its author. It is
 * loaded at the first use only: loading takes longer than unwrapping.
 */

import type { AgeEngine } from "./engine.ts"
import { notAuthentic } from "./engine.ts"

export const libraryEngine: AgeEngine = {
  sealerFor(recipient) {
    return async (payload) => {
      const { Encrypter } = await import("age-encryption")
      const encrypter = new Encrypter()
      encrypter.addRecipient(recipient.text)
      return encrypter.encrypt(payload)
    }
  },

  openerFor(identity) {
    return async (file) => {
      const { Decrypter } = await import("age-encryption")
      const decrypter = new Decrypter()
      decrypter.addIdentity(identity.text)
      // The library asks one identity after the other, so this one hears of it when the first has
      // found no stanza of its own; the error by itself would not tell.
      let isMine = true
      decrypter.addIdentity({
        unwrapFileKey() {
          isMine = false
          return null
        },
      })
      try {
        return await decrypter.decrypt(file.bytes)
      } catch (error) {
        if (!isMine) return null
        throw notAuthentic("file", error)
      }
    }
  },

  async sealWith(payload, wrap) {
    const { Encrypter, Stanza } = await import("age-encryption")
    const encrypter = new Encrypter()
    encrypter.addRecipient({
      async wrapFileKey(fileKey) {
        const stanzas = await wrap(fileKey)
        return stanzas.map(({ type, args, body }) => new Stanza([type, ...args], body))
      },
    })
    return encrypter.encrypt(payload)
  },

  async openWith(file, fileKey) {
    const { Decrypter } = await import("age-encryption")
    const decrypter = new Decrypter()
    decrypter.addIdentity({ unwrapFileKey: () => fileKey })
    try {
      return await decrypter.decrypt(file.bytes)
    } catch (error) {
      throw notAuthentic("file", error)
    }
  },
}
