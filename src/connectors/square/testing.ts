/**
 * What the tests of this folder share: a clock that stands still, a seller's account, a connection to it, and its
 * webhooks as requests.
 */
import type { Fetch, Io, Log } from '../../io.ts'
import type { Connection, Feed, HookRequest, Message, Reading, Surroundings } from '../kit/connector.ts'
import type { OutgoingHook } from '../kit/simulator.ts'
import { square, type SquareConfigInput } from './index.ts'
import { createSquare, type SquareOptions } from './simulator/index.ts'

export const MERCHANT = 'MLEFBHHSJGVHD'
export const TOKEN = 'EAAAl-an-access-token'
export const CHANNEL = 'square-main'
export const HOOK_URL = 'https://hub.example/hooks/square-main'
export const START = Date.parse('2026-11-21T15:30:00.000Z')
export const PLACE = 'L1MAIN'

export interface Clock {
  now: number
  pass(ms: number): void
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
  account?: Partial<SquareOptions>
  config?: Partial<SquareConfigInput>
  /** Stands between the connection and Square. */
  wrap?(fetch: Fetch): Fetch
  log?: Log
  secrets?: Readonly<Record<string, string>>
  hookUrl?: string | null
  /** Our clock less theirs, in milliseconds. */
  aheadMs?: number
}

export function createWorld(options: WorldOptions = {}) {
  const { account, config, wrap = (fetch) => fetch, log, secrets, hookUrl = HOOK_URL, aheadMs = 0 } = options
  const clock: Clock = { now: START, pass: (ms) => void (clock.now += ms) }
  const simulated = { now: () => clock.now, random: createRandom() }
  const seller = createSquare({ merchantId: MERCHANT, accessToken: TOKEN, ...account }, simulated)
  const known: Readonly<Record<string, string>> = { 'env:SQUARE': TOKEN, ...secrets }
  const io: Io = {
    now: () => clock.now + aheadMs,
    id: () => '0'.repeat(32),
    jitter: () => 0,
    fetch: wrap(seller.fetch),
    secret: (reference) => known[reference] ?? fail(reference),
    log: log ?? (() => {}),
  }
  const parsed = square.config.parse({
    merchantId: MERCHANT,
    accessToken: 'env:SQUARE',
    locations: [
      { locationId: PLACE, pool: 'WH', store: 'main-street' },
      { locationId: 'L2DOCK', pool: 'WH2' },
    ],
    requestsPerSecond: 1_000,
    requestTimeoutMs: 0,
    ...config,
  })
  const surroundings: Surroundings = { name: CHANNEL, io, ...(hookUrl === null ? {} : { hookUrl }) }
  return { clock, seller, io, config: parsed, connection: square.open(parsed, surroundings) }
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
export function takeHooks(world: { clock: Clock; seller: { due(): OutgoingHook[] } }, ms = 10_000): OutgoingHook[] {
  world.clock.pass(ms)
  const hooks = world.seller.due()
  for (const hook of hooks) hook.settle(200)
  return hooks
}

/** Reads a feed to the end of its pass. */
export async function readAll(feed: Feed, from: Parameters<Feed['read']>[0] = null) {
  const readings: Reading[] = []
  let cursor = from
  for (let page = 0; page < 200; page += 1) {
    const read = await feed.read(cursor)
    readings.push(...read.readings)
    cursor = read.cursor
    if (!read.more) return { readings, cursor, pages: page + 1 }
  }
  throw new Error('The feed comes to no end.')
}

/** What the readings say, in the hub's words. */
export const translated = (connection: Connection, readings: readonly Reading[]): Message[] =>
  readings.flatMap(({ topic, body }) =>
    connection.translate({ topic, body, receivedAt: new Date(START).toISOString() }),
  )

export const MUG = { name: 'Blue mug', sku: 'MUG-01', price: 1_250, stock: 10 }
export const CAP = { name: 'Cap', sku: 'CAP-01', price: 1_999, stock: 5 }
export const TAX = { name: 'Sales tax', percentage: '8.875' }

export const RECIPIENT = {
  display_name: 'Ada Byron',
  email_address: 'ada.byron@example.com',
  phone_number: '+15125550100',
  address: {
    address_line_1: '1 Dock Road',
    address_line_2: 'Unit 4',
    locality: 'Austin',
    administrative_district_level_1: 'TX',
    postal_code: '78701',
    country: 'US',
  },
}
