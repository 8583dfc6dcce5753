/** What a simulated day is asked, and what it tells. */
import type { Engine } from '#engine/engine.ts'
import type { Loss } from './loss.ts'
import type { FaultRates } from './network.ts'
import type { OutletKind } from './outlets/outlet.ts'

export interface WorldOptions {
  seed: number
  /** Customers who come; some find nothing left. */
  shoppers?: number
  skus?: number
  /** Where the retailer sells beside the shop. */
  beside?: readonly OutletKind[]
  /** How many locations the shop sells from, each with a warehouse of its own; one unless said. */
  places?: 1 | 2
  rates?: FaultRates
  /** How far each process's clock is off, in milliseconds; right unless said. */
  skewsMs?: readonly number[]
  /** The database is lost in the middle of the day, and an older one put in its place. */
  loss?: Loss
  /** Looks at the end of the day, with the engine of a process that runs and the clock. Adds what it finds wrong. */
  afterwards?(engine: Engine, clock: { ms: number }): Promise<string[]>
}

export interface WorldReport {
  seed: number
  orders: number
  faults: number
  restarts: number
  steps: number
  /** Dead letters that people or a proof ended. */
  letters: number
  /** What the auditor found wrong, in words; empty when all is well. */
  findings: string[]
  /** SHA-256 over the whole journal. */
  journal: string
}
