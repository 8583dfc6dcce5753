/**
 * A retailer for whole lives of orders: a shop, an Odoo and a Stripe in this process, the hub between them, and a tape
 * of everything that was said to the three. Played to three others that know nothing yet, the tape says what they take
 * alone.
 */
import { assert } from '#canon/assert.ts'
import type { OutgoingHook } from '#connectors/kit/simulator.ts'
import { createStripe, type StripeAccount } from '#connectors/stripe/simulator/index.ts'
import { type Driven, step } from '#sim/driven.ts'
import { configTextFor, createEstate, type Estate, HOSTS, secretsOf, SHOP } from '#sim/estate.ts'
import { startProcess } from '#sim/processes.ts'
import { createRandom } from '#sim/random.ts'
import type { Database } from '#store/database.ts'
import { parse, stringify } from 'yaml'
import { parseConfig, secretReader } from '../src/config.ts'
import { type Fetch, realIo } from '../src/io.ts'
import { seconds, startClock } from './measure.ts'

export const PROVIDER = 'stripe-main'
const STRIPE_HOST = 'stripe.sim'
const STRIPE_KEY = 'sk_test_simulated_key'
const START_MS = Date.parse('2026-11-20T06:00:00.000Z')
const MINUTE_MS = 60_000
const SKUS = 40
/** Calls at once, as a hub is installed. */
const PARALLEL = 8

/** The three systems, and the clock they live by. */
export interface Systems {
  clock: { ms: number }
  estate: Estate
  stripe: StripeAccount
  fetch: Fetch
  due(): OutgoingHook[]
}

function createSystems(): Systems {
  const clock = { ms: START_MS - 60 * MINUTE_MS }
  const random = createRandom(2)
  const surroundings = { now: () => clock.ms, random: random.next }
  const budget = { points: 1_000_000, perSecond: 100_000 }
  const options = { skus: SKUS, stock: [1_000_000, 1_000_000] as const, budget, keyLifeMs: 60 * MINUTE_MS }
  const estate = createEstate(surroundings, createRandom(1), options)
  const stripe = createStripe({ secretKey: STRIPE_KEY, doublesOfTen: 0, hookDelayMs: [0, 0] }, surroundings)
  clock.ms = START_MS
  const hosts: Readonly<Record<string, Fetch>> = {
    [HOSTS.shop]: estate.shop.fetch,
    [HOSTS.erp]: estate.erp.fetch,
    [STRIPE_HOST]: stripe.fetch,
  }
  return {
    clock,
    estate,
    stripe,
    fetch: (request) => hosts[new URL(request.url).host]!(request),
    due: () => [...estate.shop.due(), ...stripe.due()],
  }
}

/** Orders wait for their payment; each parcel is captured; returns are received by people and paid at the provider. */
function configuration() {
  const addresses = { shop: `http://${HOSTS.shop}`, erp: `http://${HOSTS.erp}`, hub: 'http://127.0.0.1:4870' }
  const raw = parse(configTextFor(addresses)) as { connections: object; policy: { channels: Record<string, object> } }
  const stripe = {
    connector: 'stripe',
    config: {
      url: `http://${STRIPE_HOST}`,
      secretKey: 'demo:stripe-key',
      requestsPerSecond: 1_000,
      orders: [{ metadata: 'order_id', channel: SHOP }],
    },
  }
  const returns = { goods: 'receipts', refund: { through: 'provider', when: 'received' } }
  const whole = {
    ...raw,
    connections: { ...raw.connections, [PROVIDER]: stripe },
    policy: {
      ...raw.policy,
      channels: { ...raw.policy.channels, [SHOP]: { ...raw.policy.channels[SHOP], returns } },
      payments: { [PROVIDER]: { channels: [SHOP], waitFor: 'authorised', capture: 'at_shipment' } },
    },
  }
  return parseConfig(stringify(whole), 'life.yaml')
}

type Said = { atMs: number } & ({ request: Request; status: number } | { does(systems: Systems): unknown })

export interface Retail {
  hub: Driven
  /** What the hub lives between. Nothing is done to them but by `happens` and `minute`. */
  systems: Systems
  /** Something in the three systems, not by the hub. */
  happens<T>(does: (systems: Systems) => T): T
  /** A minute: what they have to tell is told, and everything is done that is due. */
  minute(): Promise<void>
  /** Spent on the tape since the last time this was asked, in seconds: no part of anybody's work. */
  recordingSeconds(): number
  /** Plays what was said since the last time to the others, and forgets it. Throws when they answer otherwise. */
  replay(): Promise<void>
}

/** @param database migrated and empty. */
export async function openRetail(database: Database): Promise<Retail> {
  const [systems, others] = [createSystems(), createSystems()]
  const { clock } = systems
  let tape: Said[] = []
  let recording = 0
  // One at a time, so that they are played in the order in which they took effect.
  let last: Promise<unknown> = Promise.resolve()
  const fetch: Fetch = (request) => {
    const startedMs = startClock()
    const copy = request.clone()
    recording += seconds(startedMs)
    const answer = last.then(async () => {
      const response = await systems.fetch(request)
      tape.push({ atMs: clock.ms, request: copy, status: response.status })
      return response
    })
    last = answer.catch(() => {})
    return answer
  }
  const secret = secretReader('.', {}, { ...secretsOf([]), 'demo:stripe-key': STRIPE_KEY })
  const io = realIo({ now: () => clock.ms, fetch, secret, log: () => {}, jitter: () => 0 })
  const equip = () => ({ parallel: PARALLEL })
  const surroundings = {
    config: configuration(),
    io,
    wrap: (one: Fetch) => one,
    elapsed: () => clock.ms,
    epoch: 0,
    equip,
  }
  const hub = startProcess('life', database, surroundings)

  const retail: Retail = {
    hub,
    systems,
    happens(does) {
      tape.push({ atMs: clock.ms, does })
      return does(systems)
    },
    async minute() {
      clock.ms += MINUTE_MS
      tape.push({ atMs: clock.ms, does: settled })
      await step(hub, systems.due())
    },
    recordingSeconds() {
      const spent = recording
      recording = 0
      return spent
    },
    async replay() {
      const played = tape
      tape = []
      for (const said of played) {
        others.clock.ms = said.atMs
        if ('does' in said) said.does(others)
        else {
          const { status } = await others.fetch(said.request)
          assert(status === said.status, `played again, ${said.request.url} answered ${status} and not ${said.status}`)
        }
      }
    },
  }
  // Products, stock and subscriptions; then everything is on sale.
  for (let minutes = 0; minutes < 5; minutes += 1) await retail.minute()
  return retail
}

const settled = (systems: Systems): void => {
  for (const hook of systems.due()) hook.settle(200)
}

export { SHOP }
