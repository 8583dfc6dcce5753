/**
 * What the tests of this folder share: a clock that stands still, a shop, a connection to it, and its webhooks as
 * requests.
 */
import type { Surroundings } from '../kit/connector.ts'
import type { OutgoingHook } from '../kit/simulator.ts'
import type { Fetch, Log } from '../../io.ts'
import { type Clock, createClock, hooksAfter, secretsIn, simulatorIo, testIo } from '../kit/testing.ts'
import { shopify, type ShopifyConfigInput } from './index.ts'
import { createShopify, type ShopOptions } from './simulator/index.ts'

export const SHOP = 'dockside.myshopify.com'
export const SECRET = 'shpss_a-client-secret'
export const CHANNEL = 'shopify-main'
export const HOOK_URL = 'https://hub.example/hooks/shopify-main'
export const START = Date.parse('2026-11-21T05:30:00.000Z')

export interface WorldOptions {
  shop?: Partial<ShopOptions>
  config?: Partial<ShopifyConfigInput>
  /** Stands between the connection and the shop. */
  wrap?(fetch: Fetch): Fetch
  log?: Log
  secrets?: Readonly<Record<string, string>>
  hookUrl?: string | null
}

export function createWorld({ shop: options, config, wrap, log, secrets, hookUrl = HOOK_URL }: WorldOptions = {}) {
  const clock = createClock(START)
  const simulated = simulatorIo(clock)
  const shop = createShopify({ shop: SHOP, clientId: 'crossdock', clientSecret: SECRET, ...options }, simulated)
  const known: Readonly<Record<string, string>> = { 'env:SHOP': SECRET, ...secrets }
  const io = testIo({ clock, fetch: shop.fetch, wrap, secret: secretsIn(known), log })
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

/** Lets time pass until all webhooks are out, and takes them. */
export function takeHooks(world: { clock: Clock; shop: { due(): OutgoingHook[] } }, ms = 10_000): OutgoingHook[] {
  return hooksAfter(world.clock, world.shop, ms)
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
