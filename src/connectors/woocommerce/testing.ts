/**
 * What the tests of this folder share: a clock that stands still, a shop, a connection to it, and its webhooks as
 * requests.
 */
import type { Order } from '#canon/order.ts'
import type { Connection, Message, Surroundings } from '../kit/connector.ts'
import type { OutgoingHook } from '../kit/simulator.ts'
import type { Fetch, Io, Log } from '../../io.ts'
import {
  asRequest,
  type Clock,
  createClock,
  heard,
  hooksAfter,
  secretsIn,
  simulatorIo,
  testIo,
} from '../kit/testing.ts'
import { woocommerce, type WooConfigInput } from './index.ts'
import { createWooCommerce, type WooOptions, type WooSimulator } from './simulator/index.ts'

export const HOME = 'http://shop.example/store'
export const KEY = 'ck_0123456789abcdef'
export const SECRET = 'cs_a-consumer-secret'
export const HOOK_SECRET = 'a-webhook-secret'
export const CHANNEL = 'woo-main'
export const HOOK_URL = 'https://hub.example/hooks/woo-main'
export const START = Date.parse('2026-11-21T05:30:00.000Z')

export interface WorldOptions {
  shop?: Partial<WooOptions>
  config?: Partial<WooConfigInput>
  /** Stands between the connection and the shop. */
  wrap?(fetch: Fetch): Fetch
  log?: Log
  hookUrl?: string | null
  /** Where its nonces begin: a second hub at one shop has others. */
  idsFrom?: number
}

export interface World {
  clock: Clock
  shop: WooSimulator
  io: Io
  connection: Connection
}

export function createWorld({
  shop: options,
  config,
  wrap,
  log,
  hookUrl = HOOK_URL,
  idsFrom = 0,
}: WorldOptions = {}): World {
  const clock = createClock(START)
  const keys = [{ key: KEY, secret: SECRET, permissions: 'read_write' as const }]
  const shop = createWooCommerce({ url: HOME, keys, ...options }, simulatorIo(clock))
  const known: Readonly<Record<string, string>> = {
    'env:WOO': SECRET,
    'env:HOOK': HOOK_SECRET,
    'env:OLD_HOOK': 'the-secret-before',
  }
  let ids = idsFrom
  const standing = testIo({ clock, fetch: shop.fetch, wrap, secret: secretsIn(known), log })
  const io: Io = { ...standing, id: () => String((ids += 1)).padStart(32, '0') }
  const parsed = woocommerce.config.parse({
    url: options?.url ?? HOME,
    consumerKey: KEY,
    consumerSecret: 'env:WOO',
    webhookSecret: 'env:HOOK',
    pool: 'WH',
    requestTimeoutMs: 0,
    ...config,
  })
  const surroundings: Surroundings = { name: CHANNEL, io, ...(hookUrl === null ? {} : { hookUrl }) }
  return { clock, shop, io, connection: woocommerce.open(parsed, surroundings) }
}

/** Lets time pass until all webhooks are out, and takes them; pings are answered and left out. */
export function takeHooks({ clock, shop }: Pick<World, 'clock' | 'shop'>, ms = 5_000): OutgoingHook[] {
  return hooksAfter(clock, shop, ms).filter(({ headers }) => headers['x-wc-webhook-topic'] !== undefined)
}

/** What a webhook says in the hub's words. */
export function saying(
  { connection }: Pick<World, 'connection'>,
  hook: Pick<OutgoingHook, 'headers' | 'body'>,
  at = START,
): Message[] {
  return heard(connection, asRequest(hook, at))
}

/** The order as the feed brings it. */
export async function pollOrder({ connection }: Pick<World, 'connection'>, id: string): Promise<Order> {
  const page = await connection.feeds['orders']!.read(null)
  const reading = page.readings.findLast(({ key }) => key.startsWith(`order:${id}:`))
  if (!reading) throw new Error(`The feed did not bring order ${id}.`)
  const [message] = connection.translate({
    topic: reading.topic,
    body: reading.body,
    receivedAt: new Date(START).toISOString(),
  })
  return (message!.command as unknown as { order: Order }).order
}

export const MUG = { sku: 'MUG-01', title: 'Blue mug', price: '12.50', available: 10 }

export const BUYER = {
  first_name: 'Ada',
  last_name: 'Byron',
  email: 'ada.byron@example.com',
  phone: '+15125550100',
  address_1: '1 Dock Road',
  address_2: 'Unit 4',
  city: 'Austin',
  postcode: '78701',
  state: 'TX',
  country: 'US',
}

export const STANDARD = { id: 'flat_rate', instance: '3', title: 'Standard', price: '4.90' }
export const VAT = { id: 1, label: 'VAT', percent: 20 }
