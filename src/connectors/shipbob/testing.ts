/** What the tests of this folder share: a clock that stands still, an account, a connection to it, and its webhooks. */
import type { Ask } from '#core/intents.ts'
import type { Fetch, Log } from '../../io.ts'
import type { Message } from '../kit/connector.ts'
import { asRequest, createClock, heard, hooksAfter, simulatorIo, testIo, withWebhooks } from '../kit/testing.ts'
import { shipbob, type ShipbobConfigInput } from './index.ts'
import { createShipbob, type ShipbobOptions } from './simulator/index.ts'

export const TOKEN = 'a-token-nobody-may-see'
export const HOOK_URL = 'https://hub.example/hooks/shipbob-main'
export const REFERENCE = 'shop:1001:BOB'

export interface WorldOptions {
  account?: Partial<ShipbobOptions>
  config?: Partial<ShipbobConfigInput>
  wrap?(fetch: Fetch): Fetch
  log?: Log
}

export function createWorld({ account: options, config, wrap, log }: WorldOptions = {}) {
  const clock = createClock()
  const stock = { MUG: 10, BOWL: 10 }
  const account = createShipbob({ token: TOKEN, channelId: 7, stock, ...options }, simulatorIo(clock))
  const secret = (reference: string) => (reference === 'env:TOKEN' ? TOKEN : reference.replace(/^env:/, ''))
  const io = testIo({ clock, fetch: account.fetch, wrap, secret, log })
  const parsed = shipbob.config.parse({ token: 'env:TOKEN', channelId: 7, requestTimeoutMs: 0, ...config })
  return { clock, account, io, connection: shipbob.open(parsed, { name: 'shipbob-main', io, hookUrl: HOOK_URL }) }
}

export type World = ReturnType<typeof createWorld>

export const subscribed = (options: WorldOptions = {}): Promise<World> => withWebhooks(createWorld(options))

export const askFor = (change: Partial<Ask<'warehouseOrder.ensure'>> = {}): Ask<'warehouseOrder.ensure'> => ({
  reference: REFERENCE,
  orderRef: 'shop:1001',
  orderName: '#1001',
  pool: 'BOB',
  placedAt: '2026-11-21T15:00:00.000Z',
  shippingAddress: {
    name: 'Ada Byron',
    street: '1 Dock Road',
    city: 'Austin',
    postcode: '78701',
    region: 'TX',
    country: 'US',
  },
  customer: { key: 'shop-7', email: 'ada@example.com', name: 'Ada Byron' },
  shippingMethod: 'standard',
  lines: [lineOf('L1', 'MUG', 1), lineOf('L2', 'BOWL', 2), lineOf('L3', 'MUG', 2)],
  ...change,
})

const lineOf = (lineId: string, sku: string, quantity: number) => ({
  lineId,
  saleLineId: `s-${lineId}`,
  sku,
  title: sku,
  quantity,
  unitPrice: { amount: 1_000, currency: 'USD' },
})

export const cancelAsk = {
  reference: REFERENCE,
  fulfillerOrderId: null,
  orderName: '#1001',
  reason: 'customer',
}

/** Lets time pass until all webhooks are out, and says what they mean. */
export function told({ clock, account, connection }: World): Message[] {
  return hooksAfter(clock, account, 5_000).flatMap((hook) => heard(connection, asRequest(hook, clock.now)))
}
