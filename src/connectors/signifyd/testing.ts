/** What the tests of this folder share: a clock that stands still, a team, a connection to it, and an order. */
import type { Ask } from '#core/intents.ts'
import type { Fetch, Log } from '../../io.ts'
import type { Connection } from '../kit/connector.ts'
import { answer, createClock, testIo } from '../kit/testing.ts'
import { signifyd, type SignifydConfigInput } from './index.ts'
import { createSignifyd, type SignifydOptions } from './simulator/index.ts'

export const TEAM_KEY = 'a-key-nobody-may-see'
export const SCREENER = 'signifyd-main'
export const HOOK_URL = `https://hub.example/hooks/${SCREENER}`
export const REFERENCE = 'shop:1001:1-0a1b2c3d'

export interface WorldOptions {
  team?: Partial<SignifydOptions>
  config?: Partial<SignifydConfigInput>
  wrap?(fetch: Fetch): Fetch
  log?: Log
}

export function createWorld({ team: options, config, wrap, log }: WorldOptions = {}) {
  const clock = createClock()
  const team = createSignifyd(
    { teamKey: TEAM_KEY, hookUrl: HOOK_URL, ...options },
    { now: () => clock.now, random: () => 0.5 },
  )
  const secret = (reference: string) => (reference === 'env:KEY' ? TEAM_KEY : reference.replace(/^env:/, ''))
  const io = testIo({ clock, fetch: team.fetch, wrap, secret, log })
  const parsed = signifyd.config.parse({ teamKey: 'env:KEY', requestTimeoutMs: 0, ...config })
  return { clock, team, io, connection: signifyd.open(parsed, { name: SCREENER, io, hookUrl: HOOK_URL }) }
}
export type World = ReturnType<typeof createWorld>

const address = {
  name: 'Ada Byron',
  street: '1 Dock Road',
  city: 'Austin',
  postcode: '78701',
  region: 'TX',
  country: 'US',
}

export const askFor = (change: Partial<Ask<'screening.ensure'>> = {}): Ask<'screening.ensure'> => ({
  reference: REFERENCE,
  orderName: '#1001',
  placedAt: '2026-11-21T15:00:00.000Z',
  total: { amount: 2_165, currency: 'USD' },
  lines: [{ sku: 'MUG', title: 'Mug', quantity: 2, unitPrice: { amount: 1_000, currency: 'USD' } }],
  customer: { key: 'shop-7', email: 'ada@example.com', phone: '+15125550100', name: 'Ada Byron' },
  shippingAddress: address,
  billingAddress: { ...address, street: '2 Bank Street' },
  ...change,
})

export const screen = ({ connection }: { connection: Connection }, ask = askFor()) =>
  answer(connection, 'screening.ensure', ask)
