/** What the tests of this folder share: a clock that stands still, a marketplace, and a shop's connection to it. */
import type { Fetch, Log } from '../../io.ts'
import { createClock, secretsIn, testIo } from '../kit/testing.ts'
import { mirakl, type MiraklConfigInput } from './index.ts'
import { createMirakl, type MarketOptions } from './simulator/index.ts'

export const KEY = 'shop-key-7f3a'
export const CHANNEL = 'market'
export const START = Date.parse('2026-11-21T05:30:00.000Z')
export const MINUTE = 60_000

export interface WorldOptions {
  market?: Partial<MarketOptions>
  config?: Partial<MiraklConfigInput>
  /** Stands between the connection and the marketplace. */
  wrap?(fetch: Fetch): Fetch
  log?: Log
}

export function createWorld({ market: options, config, wrap, log }: WorldOptions = {}) {
  const clock = createClock(START)
  const market = createMirakl({ shopKey: KEY, ...options }, { now: () => clock.now, random: () => 0.5 })
  const io = testIo({ clock, fetch: market.fetch, wrap, secret: secretsIn({ 'env:KEY': KEY }), log })
  const parsed = mirakl.config.parse({
    url: 'https://market.mirakl.net',
    shopKey: 'env:KEY',
    location: { locationId: 'main', pool: 'WH' },
    carriers: { 'DHL Express': 'dhl' },
    refundReasons: { unwanted: '17', other: '19' },
    requestTimeoutMs: 0,
    ...config,
  })
  return { clock, market, io, connection: mirakl.open(parsed, { name: CHANNEL, io }) }
}

export type World = ReturnType<typeof createWorld>

export const MUG = { sku: 'MUG-01', title: 'Blue mug', price: '12.50', available: 10 }
export const CUP = { sku: 'CUP-01', title: 'Red cup', price: '7.00', available: 10 }
export const STANDARD = { code: 'standard', title: 'Standard', price: '4.90' }

export const BUYER = {
  firstName: 'Ada',
  lastName: 'Byron',
  phone: '+33100000000',
  address: { address1: '1 rue du Port', address2: 'Bât. C', city: 'Brest', zip: '29200', countryCode: 'FR' },
}

/** The order as it is over there, whoever decided. */
export const orderIn = ({ market }: World, id: string) => {
  const found = market.beliefs().orders.find((order) => order.id === id)
  if (!found) throw new Error(`No order ${id}.`)
  return found
}

/** Accepted and paid: it waits for its parcel. */
export function readyOrder(world: World, ...lines: { sku: string; quantity: number }[]): string {
  const { market, clock } = world
  const id = market.placeOrder({ lines, customer: BUYER, shippingMethod: STANDARD })
  if (!id) throw new Error('There was not enough.')
  market.decideByHand(id, true)
  clock.pass(5 * MINUTE)
  market.tick()
  return id
}
