/**
 * What the tests of this folder share: a clock that stands still, a shop, a connection to it, and its webhooks as
 * requests.
 */
import type { Order } from '#canon/order.ts'
import type { Answer, Ask, IntentType } from '#core/intents.ts'
import type { Connection, HookRequest, Message, Outbound, Outcome, Surroundings } from '../kit/connector.ts'
import type { OutgoingHook } from '../kit/simulator.ts'
import { Fault, toFault } from '../../fault.ts'
import type { Fetch, Io, Log } from '../../io.ts'
import { woocommerce, type WooConfigInput } from './index.ts'
import { createWooCommerce, type WooOptions, type WooSimulator } from './simulator/index.ts'

export const HOME = 'http://shop.example/store'
export const KEY = 'ck_0123456789abcdef'
export const SECRET = 'cs_a-consumer-secret'
export const HOOK_SECRET = 'a-webhook-secret'
export const CHANNEL = 'woo-main'
export const HOOK_URL = 'https://hub.example/hooks/woo-main'
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
  wrap = (fetch) => fetch,
  log,
  hookUrl = HOOK_URL,
  idsFrom = 0,
}: WorldOptions = {}): World {
  const clock = createClock()
  const keys = [{ key: KEY, secret: SECRET, permissions: 'read_write' as const }]
  const simulated = { now: () => clock.now, random: createRandom() }
  const shop = createWooCommerce({ url: HOME, keys, ...options }, simulated)
  const known: Readonly<Record<string, string>> = {
    'env:WOO': SECRET,
    'env:HOOK': HOOK_SECRET,
    'env:OLD_HOOK': 'the-secret-before',
  }
  let ids = idsFrom
  const io: Io = {
    now: () => clock.now,
    id: () => String((ids += 1)).padStart(32, '0'),
    jitter: () => 0,
    fetch: wrap(shop.fetch),
    secret: (reference) => known[reference] ?? fail(reference),
    log: log ?? (() => {}),
  }
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

const fail = (reference: string): never => {
  throw new Error(`No secret ${reference}.`)
}

/** A webhook of the simulator as the hub's server would hand it on. */
export const asRequest = ({ headers, body }: Pick<OutgoingHook, 'headers' | 'body'>, at = START): HookRequest => ({
  headers,
  body: new TextEncoder().encode(body),
  receivedAt: new Date(at).toISOString(),
})

/** Lets time pass until all webhooks are out, and takes them; pings are answered and left out. */
export function takeHooks({ clock, shop }: Pick<World, 'clock' | 'shop'>, ms = 5_000): OutgoingHook[] {
  clock.pass(ms)
  const hooks = shop.due()
  for (const hook of hooks) hook.settle(200)
  return hooks.filter(({ headers }) => headers['x-wc-webhook-topic'] !== undefined)
}

/** What a webhook says in the hub's words. */
export function saying(
  { connection }: Pick<World, 'connection'>,
  hook: Pick<OutgoingHook, 'headers' | 'body'>,
  at = START,
): Message[] {
  const request = asRequest(hook, at)
  const received = connection.receive!(request)
  if ('ignore' in received) return []
  return connection.translate({
    topic: received.topic,
    body: JSON.parse(hook.body) as never,
    receivedAt: request.receivedAt,
  })
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

export async function send<T extends IntentType>(
  connection: Connection,
  type: T,
  ask: Ask<T>,
  attempt = 1,
): Promise<Outcome<T>> {
  const outbound = connection.outbound[type] as Outbound<T> | undefined
  try {
    return (await outbound!.send([{ key: 'stock/WH/x/1/0', attempt, ask }]))[0]!
  } catch (error) {
    return { fault: toFault(error) }
  }
}

export const answerOf = <T extends IntentType>(outcome: Outcome<T>): Answer<T> => {
  if ('fault' in outcome) throw outcome.fault
  return outcome.answer
}

export const faultOf = (outcome: object): Fault => {
  if ('fault' in outcome && outcome.fault instanceof Fault) return outcome.fault
  throw new Error('There was no fault.')
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
