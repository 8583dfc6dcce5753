/** What the tests of this folder share: a clock that stands still, an account, a connection to it, and its webhooks. */
import { must } from '#canon/assert.ts'
import type { Ask } from '#core/intents.ts'
import type { Fetch, Io, Log } from '../../io.ts'
import type { Connection, Feed, HookRequest, Message, Reading } from '../kit/connector.ts'
import type { OutgoingHook } from '../kit/simulator.ts'
import { shipbob, type ShipbobConfigInput } from './index.ts'
import { createShipbob, type ShipbobOptions } from './simulator/index.ts'

export const TOKEN = 'a-token-nobody-may-see'
export const HOOK_URL = 'https://hub.example/hooks/shipbob-main'
export const START = Date.parse('2026-11-21T15:30:00.000Z')
export const REFERENCE = 'shop:1001:BOB'

export interface WorldOptions {
  account?: Partial<ShipbobOptions>
  config?: Partial<ShipbobConfigInput>
  wrap?(fetch: Fetch): Fetch
  log?: Log
}

export function createWorld({ account: options, config, wrap = (fetch) => fetch, log }: WorldOptions = {}) {
  const clock = { now: START, pass: (ms: number) => void (clock.now += ms) }
  let seed = 1
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
  const stock = { MUG: 10, BOWL: 10 }
  const account = createShipbob({ token: TOKEN, channelId: 7, stock, ...options }, { now: () => clock.now, random })
  const io: Io = {
    now: () => clock.now,
    id: () => '0'.repeat(32),
    jitter: () => 0,
    fetch: wrap(account.fetch),
    secret: (reference) => (reference === 'env:TOKEN' ? TOKEN : reference.replace(/^env:/, '')),
    log: log ?? (() => {}),
  }
  const parsed = shipbob.config.parse({ token: 'env:TOKEN', channelId: 7, requestTimeoutMs: 0, ...config })
  return { clock, account, io, connection: shipbob.open(parsed, { name: 'shipbob-main', io, hookUrl: HOOK_URL }) }
}

export type World = ReturnType<typeof createWorld>

export async function subscribed(options: WorldOptions = {}): Promise<World> {
  const world = createWorld(options)
  await must(world.connection.upkeep['webhooks'], 'the hub can be reached').run()
  return world
}

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

export async function send<T extends 'warehouseOrder.ensure' | 'warehouseOrder.cancel'>(
  { connection }: Pick<World, 'connection'>,
  type: T,
  ask: Ask<T>,
) {
  const [outcome] = await connection.outbound[type]!.send([{ key: 'k', attempt: 1, ask: ask as never }])
  if ('fault' in outcome!) throw outcome.fault
  return outcome!.answer
}

export const asRequest = ({ headers, body }: Pick<OutgoingHook, 'headers' | 'body'>, at: number): HookRequest => ({
  headers,
  body: new TextEncoder().encode(body),
  receivedAt: new Date(at).toISOString(),
})

/** Lets time pass until all webhooks are out, and says what they mean. */
export function heard({ clock, account, connection }: World): Message[] {
  clock.pass(5_000)
  return account.due().flatMap((hook) => {
    hook.settle(200)
    return meaning(connection, asRequest(hook, clock.now))
  })
}

export function meaning(connection: Connection, request: HookRequest): Message[] {
  const received = connection.receive!(request)
  if ('ignore' in received) return []
  const body = JSON.parse(new TextDecoder().decode(request.body)) as never
  return connection.translate({ topic: received.topic, body, receivedAt: request.receivedAt })
}

/** Reads a feed to the end of its pass. */
export async function readAll(feed: Feed | undefined, from: Parameters<Feed['read']>[0] = null) {
  const readings: Reading[] = []
  let cursor = from
  for (let page = 0; page < 50; page += 1) {
    const read = await must(feed, 'there is such a feed').read(cursor)
    readings.push(...read.readings)
    cursor = read.cursor
    if (!read.more) return { readings, cursor }
  }
  throw new Error('The feed comes to no end.')
}

export const translated = (connection: Connection, readings: readonly Reading[]): Message[] =>
  readings.flatMap(({ topic, body }) =>
    connection.translate({ topic, body, receivedAt: new Date(START).toISOString() }),
  )
