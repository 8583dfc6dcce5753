/** What the tests of this folder share: a clock that stands still, an account, a connection to it, and its webhooks. */
import { must } from '#canon/assert.ts'
import type { Address } from '#canon/primitives.ts'
import type { Ask } from '#core/intents.ts'
import type { Fetch, Log } from '../../io.ts'
import { answer, createClock, simulatorIo, testIo, withWebhooks } from '../kit/testing.ts'
import { easypost, type EasypostConfigInput } from './index.ts'
import { createEasypost, type EasypostOptions } from './simulator/index.ts'

export const KEY = 'EZTK_a_secret_key'
export const HOOK_SECRET = 'sécret ﬁsh'
export const CARRIER = 'easypost'
export const HOOK_URL = 'https://hub.example/hooks/easypost'
export const START = Date.parse('2026-11-20T10:00:00.000Z')

export interface WorldOptions {
  account?: Partial<EasypostOptions>
  config?: Partial<EasypostConfigInput>
  wrap?(fetch: Fetch): Fetch
  log?: Log
  hookUrl?: string
}

export function createWorld({ account: options, config, wrap, log, hookUrl = HOOK_URL }: WorldOptions = {}) {
  const clock = createClock(START)
  const account = createEasypost({ apiKey: KEY, ...options }, simulatorIo(clock))
  const secrets: Readonly<Record<string, string>> = { 'env:KEY': KEY, 'env:HOOK': HOOK_SECRET }
  const io = testIo({ clock, fetch: account.fetch, wrap, secret: (reference) => secrets[reference] ?? reference, log })
  const parsed = easypost.config.parse({
    apiKey: 'env:KEY', webhookSecrets: ['env:HOOK'], requestsPerSecond: 1_000, requestTimeoutMs: 0, ...config,
  }) // prettier-ignore
  return { clock, account, io, connection: easypost.open(parsed, { name: CARRIER, io, hookUrl }) }
}

export type World = ReturnType<typeof createWorld>

export const runUpkeep = ({ connection }: World): Promise<string[]> =>
  must(connection.upkeep['webhooks'], 'the hub can be reached').run()

/** The upkeep makes the webhook, as it does in earnest. */
export const subscribed = (options: WorldOptions = {}): Promise<World> => withWebhooks(createWorld(options))

export const home: Address = {
  name: 'Ada Example', street: '1 Main St', city: 'Austin', postcode: '78701', region: 'TX', country: 'US',
} // prettier-ignore

export const labelAsk = (reference: string, change: Partial<Ask<'label.ensure'>> = {}): Ask<'label.ensure'> => ({
  reference,
  orderRef: 'shop:1001',
  from: { name: 'Us', street: '2 Dock Rd', city: 'Dallas', postcode: '75201', region: 'TX', country: 'US' },
  to: home,
  parcel: { lengthCm: 30, widthCm: 20, heightCm: 10, weightG: 500 },
  choose: { by: 'cheapest', withinDays: 3 },
  verify: true,
  ...change,
})

export const track = ({ connection }: World, trackingNumber: string, carrier?: string) =>
  answer(connection, 'parcel.track', { trackingNumber, orderRef: 'shop:1001', ...(carrier ? { carrier } : {}) })
