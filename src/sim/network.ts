/**
 * The network between the hub and the simulators, with everything that goes wrong in one: lost, late, refused, broken.
 */
import type { Fetch } from '../io.ts'
import type { Random } from './random.ts'

/** Shares of calls, from 0 to 1. */
export interface FaultRates {
  /** The request never arrives. */
  requestLost: number
  /** The work is done and the answer never comes back. */
  answerLost: number
  /** A proxy answers 429 with Retry-After; nothing was done. */
  throttled: number
  /** A proxy answers 502 or 503; nothing was done. */
  broken: number
  /** The answer takes seconds, and everybody else goes on meanwhile. */
  slow: number
  /** The answer takes longer than a lease lasts by the clock. Nobody else may do the work: its process lives. */
  stalled: number
  /** The process is suspended before or in a call: others bury it and do its work, then it goes on. */
  asleep: number
  /** A webhook is sent again although it was taken. */
  hookTwice: number
  /** A webhook is taken and its answer lost, so the shop sends it again. */
  hookAnswerLost: number
  /** A webhook is never sent, and not repeated either: as if the subscription had not existed for a moment. */
  hookDropped: number
  /** A webhook arrives long after others that were sent later. */
  hookLate: number
  /** A webhook arrives bent by somebody in between; now and then the straight one comes as well. */
  hookOdd: number
  /** The process dies before or after a transaction. */
  crash: number
  /** Something is wrong with the shop or Odoo themselves for a while. A share of the steps of a day. */
  mishap: number
  /** Somebody asks something of the hub, or it does a chore. A share of the steps of a day. */
  chore: number
}

export const CALM: FaultRates = {
  requestLost: 0, answerLost: 0, throttled: 0, broken: 0, slow: 0, stalled: 0, asleep: 0,
  hookTwice: 0, hookAnswerLost: 0, hookDropped: 0, hookLate: 0, hookOdd: 0, crash: 0, mishap: 0, chore: 0,
} // prettier-ignore

export const STORMY: FaultRates = {
  requestLost: 0.04, answerLost: 0.04, throttled: 0.03, broken: 0.03, slow: 0.05, stalled: 0.005, asleep: 0.01,
  hookTwice: 0.1, hookAnswerLost: 0.05, hookDropped: 0.03, hookLate: 0.05, hookOdd: 0.05,
  crash: 0.08, mishap: 0.04, chore: 0.1,
} // prettier-ignore

export interface Weather {
  rates: FaultRates
  /** Faults that happened so far. */
  faults: number
}

const BROKEN = new TypeError('fetch failed: the connection broke')

const LEASE_MS = 5 * 60_000

/** How long a process is suspended: some are buried meanwhile, some are not. */
export const napOf = (random: Random): number => random.int(5_000, 90_000)

/** @param meanwhile lets the world go on for so long while an answer is awaited, or while the process is suspended. */
export function network(
  hosts: Readonly<Record<string, Fetch>>,
  weather: Weather,
  random: Random,
  meanwhile: (ms: number, asleep: boolean) => Promise<void>,
): Fetch {
  return async (request) => {
    const host = new URL(request.url).host
    const server = hosts[host]
    if (!server) throw new TypeError(`fetch failed: no such host ${host}`)
    const { rates } = weather
    const happens = (share: number): boolean => {
      if (share === 0 || !random.chance(share)) return false
      weather.faults += 1
      return true
    }
    if (happens(rates.requestLost)) throw BROKEN
    if (happens(rates.throttled)) {
      return new Response('Too many requests', { status: 429, headers: { 'retry-after': String(random.int(1, 10)) } })
    }
    if (happens(rates.broken)) return new Response('<html>Bad gateway</html>', { status: random.pick([502, 503]) })
    // Slow before the work is done there, or after.
    const asleep = happens(rates.asleep)
    const waitMs = asleep
      ? napOf(random)
      : happens(rates.stalled)
        ? random.int(LEASE_MS, LEASE_MS + 60_000)
        : happens(rates.slow)
          ? random.int(500, 8_000)
          : 0
    const early = waitMs > 0 && random.chance(0.5)
    if (early) await meanwhile(waitMs, asleep)
    const response = await server(request)
    if (waitMs > 0 && !early) await meanwhile(waitMs, asleep)
    if (happens(rates.answerLost)) throw BROKEN
    return response
  }
}
