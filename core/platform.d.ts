/**
 * The few globals that core may use: they exist in Node, in Electron and in a
 * browser alike. Anything else of the platform does not compile here.
 */

declare class TextEncoder {
  encode(text: string): Uint8Array
}

declare class TextDecoder {
  constructor(label: "utf-8", options: { fatal: boolean; ignoreBOM: boolean })
  decode(bytes: Uint8Array): string
}

declare const crypto: { getRandomValues<T extends Uint8Array>(array: T): T }

/** Says to a call that its answer is no longer wanted. */
declare interface AbortSignal {
  readonly aborted: boolean
}

declare class AbortController {
  readonly signal: AbortSignal
  abort(): void
}
