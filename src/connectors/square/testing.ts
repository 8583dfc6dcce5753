/**
 * What the tests of this folder share: a clock that stands still, a seller's account, a connection to it, and its
 * webhooks as requests.
 */
import type { Fetch, Log } from '../../io.ts'
import type { Surroundings } from '../kit/connector.ts'
import type { OutgoingHook } from '../kit/simulator.ts'
import { type Clock, createClock, hooksAfter, secretsIn, simulatorIo, testIo } from '../kit/testing.ts'
import { square, type SquareConfigInput } from './index.ts'
import { createSquare, type SquareOptions } from './simulator/index.ts'

export const MERCHANT = 'MLEFBHHSJGVHD'
export const TOKEN = 'EAAAl-an-access-token'
export const CHANNEL = 'square-main'
export const HOOK_URL = 'https://hub.example/hooks/square-main'
export const PLACE = 'L1MAIN'

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
  const { account, config, wrap, log, secrets, hookUrl = HOOK_URL, aheadMs = 0 } = options
  const clock = createClock()
  const seller = createSquare({ merchantId: MERCHANT, accessToken: TOKEN, ...account }, simulatorIo(clock))
  const known: Readonly<Record<string, string>> = { 'env:SQUARE': TOKEN, ...secrets }
  const standing = testIo({ clock, fetch: seller.fetch, wrap, secret: secretsIn(known), log })
  const io = { ...standing, now: () => clock.now + aheadMs }
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

/** Lets time pass until all webhooks are out, and takes them. */
export function takeHooks(world: { clock: Clock; seller: { due(): OutgoingHook[] } }, ms = 10_000): OutgoingHook[] {
  return hooksAfter(world.clock, world.seller, ms)
}

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
