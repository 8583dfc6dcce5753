/**
 * What the tests of this folder share: a clock that stands still, a shop, a connection to it, and its webhooks as
 * requests.
 */
import type { Surroundings, HookRequest } from '../kit/connector.ts'
import type { OutgoingHook } from '../kit/simulator.ts'
import type { Fetch, Io, Log } from '../../io.ts'
import { shopify, type ShopifyConfigInput } from './index.ts'
import { createShopify, type ShopOptions } from './simulator/index.ts'

export const SHOP = 'dockside.myshopify.com'
export const SECRET = 'shpss_a-client-secret'
export const CHANNEL = 'shopify-main'
export const HOOK_URL = 'https://hub.example/hooks/shopify-main'
export const START = Date.parse('2026-11-21T05:30:00.000Z')

export interface Clock {
  now: number
  /** Lets time pass. */
  pass(ms: number): void
}

export function createClock(): Clock {
  const clock: Clock = { now: START, pass: (ms) => void (clock.now += ms) }
  return clock
}

/** A small deterministic generator (mulberry32): the tests need chance, not surprise. */
export function createRandom(seed = 1): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface WorldOptions {
  shop?: Partial<ShopOptions>
  config?: Partial<ShopifyConfigInput>
  /** Stands between the connection and the shop. */
  wrap?(fetch: Fetch): Fetch
  log?: Log
  secrets?: Readonly<Record<string, string>>
  hookUrl?: string | null
}

export function createWorld({
  shop: options,
  config,
  wrap = (fetch) => fetch,
  log,
  secrets,
  hookUrl = HOOK_URL,
}: WorldOptions = {}) {
  const clock = createClock()
  const simulated = { now: () => clock.now, random: createRandom() }
  const shop = createShopify({ shop: SHOP, clientId: 'crossdock', clientSecret: SECRET, ...options }, simulated)
  const known: Readonly<Record<string, string>> = { 'env:SHOP': SECRET, ...secrets }
  const io: Io = {
    now: () => clock.now,
    id: () => '0'.repeat(32),
    jitter: () => 0,
    fetch: wrap(shop.fetch),
    secret: (reference) => known[reference] ?? fail(reference),
    log: log ?? (() => {}),
  }
  const parsed = shopify.config.parse({
    shop: SHOP,
    clientId: 'crossdock',
    clientSecret: 'env:SHOP',
    locations: [{ locationId: '7001', pool: 'WH' }],
    requestTimeoutMs: 0,
    ...config,
  })
  const surroundings: Surroundings = { name: CHANNEL, io, ...(hookUrl === null ? {} : { hookUrl }) }
  return { clock, shop, io, connection: shopify.open(parsed, surroundings) }
}

const fail = (reference: string): never => {
  throw new Error(`No secret ${reference}.`)
}

/** A webhook of the simulator as the hub's server would hand it on. */
export const asRequest = ({ headers, body }: Pick<OutgoingHook, 'headers' | 'body'>, at = START): HookRequest => ({
  headers,
  body: new TextEncoder().encode(body),
  receivedAt: new Date(at).toISOString(),
})

/** Lets time pass until all webhooks are out, and takes them. */
export function takeHooks(world: { clock: Clock; shop: { due(): OutgoingHook[] } }, ms = 10_000): OutgoingHook[] {
  world.clock.pass(ms)
  const hooks = world.shop.due()
  for (const hook of hooks) hook.settle(200)
  return hooks
}

export const MUG = { sku: 'MUG-01', title: 'Blue mug', price: '12.50', available: 10 }

export const BUYER = {
  firstName: 'Ada',
  lastName: 'Byron',
  email: 'ada.byron@example.com',
  phone: '+15125550100',
  marketing: true,
  address: {
    address1: '1 Dock Road',
    address2: 'Unit 4',
    city: 'Austin',
    zip: '78701',
    provinceCode: 'TX',
    countryCode: 'US',
  },
}

export const STANDARD = { code: 'standard', title: 'Standard', price: '4.90' }
