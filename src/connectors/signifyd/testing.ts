/** What the tests of this folder share: a clock that stands still, a team, a connection to it, and an order. */
import type { Ask } from '#core/intents.ts'
import type { Fetch, Io, Log } from '../../io.ts'
import type { HookRequest } from '../kit/connector.ts'
import type { OutgoingHook } from '../kit/simulator.ts'
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

export function createWorld({ team: options, config, wrap = (fetch) => fetch, log }: WorldOptions = {}) {
  const clock = { now: Date.parse('2026-11-21T15:30:00.000Z') }
  const team = createSignifyd(
    { teamKey: TEAM_KEY, hookUrl: HOOK_URL, ...options },
    { now: () => clock.now, random: () => 0.5 },
  )
  const io: Io = {
    now: () => clock.now,
    id: () => '0'.repeat(32),
    jitter: () => 0,
    fetch: wrap(team.fetch),
    secret: (reference) => (reference === 'env:KEY' ? TEAM_KEY : reference.replace(/^env:/, '')),
    log: log ?? (() => {}),
  }
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

export async function send({ connection }: Pick<World, 'connection'>, ask = askFor()) {
  const [outcome] = await connection.outbound['screening.ensure']!.send([{ key: 'k', attempt: 1, ask }])
  if ('fault' in outcome!) throw outcome.fault
  return outcome!.answer
}

export const asRequest = ({ headers, body }: Pick<OutgoingHook, 'headers' | 'body'>, at: number): HookRequest => ({
  headers,
  body: new TextEncoder().encode(body),
  receivedAt: new Date(at).toISOString(),
})
