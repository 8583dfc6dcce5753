/** The network between the hub and the simulators, with everything that goes wrong in one: lost, late, refused, broken. */
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
  /** The answer takes seconds. */
  slow: number
  /** A webhook is sent again although it was taken. */
  hookTwice: number
  /** A webhook is taken and its answer lost, so the shop sends it again. */
  hookAnswerLost: number
  /** A webhook is never sent, and not repeated either: as if the subscription had not existed for a moment. */
  hookDropped: number
  /** A webhook arrives long after others that were sent later. */
  hookLate: number
  /** The process dies before or after a transaction. */
  crash: number
}

export const CALM: FaultRates = {
  requestLost: 0, answerLost: 0, throttled: 0, broken: 0, slow: 0,
  hookTwice: 0, hookAnswerLost: 0, hookDropped: 0, hookLate: 0, crash: 0,
} // prettier-ignore

export const STORMY: FaultRates = {
  requestLost: 0.04, answerLost: 0.04, throttled: 0.03, broken: 0.03, slow: 0.05,
  hookTwice: 0.1, hookAnswerLost: 0.05, hookDropped: 0.03, hookLate: 0.05, crash: 0.02,
} // prettier-ignore

export interface Weather {
  rates: FaultRates
  /** Faults that happened so far. */
  faults: number
}

const BROKEN = new TypeError('fetch failed: the connection broke')

/** @param advance lets the world's clock run on while a slow answer is awaited. */
export function network(
  hosts: Readonly<Record<string, Fetch>>,
  weather: Weather,
  random: Random,
  advance: (ms: number) => void,
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
    if (happens(rates.slow)) advance(random.int(500, 8_000))
    const response = await server(request)
    if (happens(rates.answerLost)) throw BROKEN
    return response
  }
}
