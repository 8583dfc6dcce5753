/** What the tests of this folder share: a clock that stands still, an account, a connection to it, and its webhooks. */
import type { Address } from '#canon/primitives.ts'
import type { Ask } from '#core/intents.ts'
import type { Fetch, Log } from '../../io.ts'
import { answer, createClock, simulatorIo, testIo } from '../kit/testing.ts'
import { uber, type UberConfigInput } from './index.ts'
import { createUber, type UberOptions } from './simulator/index.ts'

export const SECRET = 'a_client_secret'
export const CUSTOMER = 'cus_1'
export const COURIER = 'uber'
export const HOOK_URL = 'https://hub.example/hooks/uber'
export const START = Date.parse('2026-11-20T16:00:00.000Z')

export interface WorldOptions {
  account?: Partial<UberOptions>
  config?: Partial<UberConfigInput>
  wrap?(fetch: Fetch): Fetch
  log?: Log
  hookUrl?: string
}

/** Somebody made the webhook in the dashboard: nothing else can. */
export function createWorld({ account: options, config, wrap, log, hookUrl = HOOK_URL }: WorldOptions = {}) {
  const clock = createClock(START)
  const account = createUber(
    { customerId: CUSTOMER, clientId: 'app', clientSecret: SECRET, ...options },
    simulatorIo(clock),
  )
  const key = account.subscribe(hookUrl)
  const secrets: Readonly<Record<string, string>> = { 'env:SECRET': SECRET, 'env:HOOK': key }
  const io = testIo({ clock, fetch: account.fetch, wrap, secret: (reference) => secrets[reference] ?? reference, log })
  const parsed = uber.config.parse({
    customerId: CUSTOMER, clientId: 'app', clientSecret: 'env:SECRET', webhookKeys: ['env:HOOK'],
    requestsPerSecond: 1_000, requestTimeoutMs: 0, ...config,
  }) // prettier-ignore
  return { clock, account, io, key, connection: uber.open(parsed, { name: COURIER, io, hookUrl }) }
}

export type World = ReturnType<typeof createWorld>

export const home: Address = {
  name: 'Ada Example', street: '1 Main St', street2: 'Apt 5', city: 'Austin', postcode: '78701', region: 'TX', country: 'US',
  phone: '(512) 555-0100',
} // prettier-ignore

export const store: Address = {
  name: 'Us', street: '2 Dock Rd', city: 'Austin', postcode: '78702', region: 'TX', country: 'US', phone: '+15125550199',
} // prettier-ignore

export const courierAsk = (reference: string, change: Partial<Ask<'label.ensure'>> = {}): Ask<'label.ensure'> => ({
  reference,
  orderRef: 'shop:1001',
  from: store,
  to: home,
  parcel: { lengthCm: 30, widthCm: 20, heightCm: 10, weightG: 500 },
  choose: { by: 'cheapest', withinDays: 0 },
  verify: true,
  courier: { maxCost: { amount: 1_000, currency: 'USD' }, withinMinutes: 60 },
  ...change,
})

export const sent = ({ connection }: World, reference: string, change: Partial<Ask<'label.ensure'>> = {}) =>
  answer(connection, 'label.ensure', courierAsk(reference, change))
