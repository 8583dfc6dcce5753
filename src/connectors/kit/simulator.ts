/**
 * What a simulator is: the other end of the wire, as faithful as the facts allow. It _is_ a fetch, so a whole day runs
 * in one process from one seed; the same object can be served on a port. Through the control plane a test makes
 * customers buy, warehouses ship and things go wrong, and asks what the other system believes.
 */
import type { Fetch } from '../../io.ts'

/** The simulator's own surroundings: its clock and its chance come from the world it lives in. */
export interface SimulatorIo {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number
  /** From 0 to 1, seeded. */
  random(): number
}

export interface Simulator {
  /** Answers requests as the vendor's server does, whatever host they name. */
  fetch: Fetch
  /**
   * Webhooks that are due at `now()`: the world sends them, with whatever faults it likes, and reports how it went
   * through `settle`, so that the simulator retries, gives up and deletes subscriptions as the vendor does.
   */
  due(): OutgoingHook[]
}

export interface OutgoingHook {
  url: string
  headers: Record<string, string>
  body: string
  /** Call once with the status of the answer, or null when there was none within the vendor's deadline. */
  settle(status: number | null): void
}
