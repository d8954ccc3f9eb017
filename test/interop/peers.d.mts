/** Types of `peers.mjs`, which stays plain JavaScript so that a bare Node 20 runs it. */

export type SopsVersion = "3.13.1" | "3.13.2"

export type Peers = {
  readonly sops: Readonly<Record<SopsVersion, string>>
  readonly age: string
  readonly ageKeygen: string
}

export function peersFolder(): string
export function peers(): Peers | null
/** `null` where moto is not installed. */
export function motoServer(): string | null
