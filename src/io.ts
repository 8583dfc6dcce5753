/**
 * The six ways out of the hub. Whatever is not a pure function of its arguments goes through here, so that a whole
 * trading day can run from one seed: the simulation hands in its own clock, ids, jitter, network and secrets.
 */
import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'

/** A request goes in, a response comes out: the real network, or a simulator in the same process. */
export type Fetch = (request: Request) => Promise<Response>

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type Log = (level: LogLevel, message: string, fields?: Record<string, unknown>) => void

export interface Io {
  /** Now, in milliseconds since 1970-01-01 UTC. */
  now(): number
  /** A new unguessable identifier, 32 hexadecimal digits. */
  id(): string
  /** A number from 0 (inclusive) to 1 (exclusive), to spread retries. */
  jitter(): number
  fetch: Fetch
  /** The value behind a secret reference such as `env:SHOPIFY_SECRET`. Throws when there is none. */
  secret(reference: string): string
  log: Log
}

/** Milliseconds from an arbitrary start, for durations only; never stored. */
export const elapsedMs = (): number => performance.now()

/** The real world: system clock, random numbers, the platform's fetch. */
export function realIo(overrides: Partial<Io> = {}): Io {
  return {
    now: () => Date.now(),
    id: () => randomBytes(16).toString('hex'),
    jitter: () => Math.random(),
    fetch: (request) => globalThis.fetch(request),
    secret: (reference) => {
      throw new Error(`No secret store is set up to resolve '${reference}'.`)
    },
    log: () => {},
    ...overrides,
  }
}
