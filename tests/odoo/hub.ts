/**
 * The whole hub in one process, driven step by step: the engine on a database of its own, a simulated shop, and a real
 * Odoo through the real connector. The hub's clock is the real one plus what a test adds, so that feeds come due
 * without waiting.
 */
import { openConnections } from '#cli/open.ts'
import { createShopify, type NewProduct, type ShopifySimulator } from '#connectors/shopify/simulator/index.ts'
import { ringAlarms } from '#engine/alarms.ts'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { regularWork } from '#engine/hub.ts'
import { createMeter } from '#engine/meter.ts'
import { createReceiver } from '#engine/receive.ts'
import { turn } from '#engine/turn.ts'
import { readUnrest } from '#sim/matrix/rest.ts'
import { policyOf } from '#policy/policy.ts'
import { createRandom } from '#sim/random.ts'
import { type Config, parseConfig } from '../../src/config.ts'
import { elapsedMs, type Fetch, type Io, realIo } from '../../src/io.ts'
import { freshDatabase } from '../support/database.ts'
import { type Access, runName } from './server.ts'
import { CARRIER } from './masterdata.ts'

/** Where the shop's goods lie, unless said. */
const LOCATIONS = [{ id: 7_001, pool: 'WH' }] as const
/** Longer than half the longest interval of a feed, so that three quiet rounds had them all. */
const ROUND_MS = 31_000
const ROUNDS_MAX = 60
/** Odoo's clock is the real one, and its feeds leave out the newest second, told in whole seconds. */
const LAG_MS = 2_500
const ERP = 'odoo'
const SECRETS: Readonly<Record<string, string>> = { 'test:shop': 'a-simulated-shop-secret' }

export interface Wire {
  /** Calls to Odoo so far, by `model.method`. */
  calls: Record<string, number>
  total: number
  /** Answers that said the call gave way to concurrent work. */
  conflicts: number
  /** Answers that were lost on purpose. */
  lost: number
}

export interface TestHub {
  shop: ShopifySimulator
  /** Name of the shop's connection: new each time, so that no order has been in Odoo before. */
  channel: string
  engine: Engine
  wire: Wire
  /** `<channel>:<id>`, as Odoo knows it. */
  refOf(orderId: string): string
  /** Lets the hub's clock and the shop's go on. */
  pass(ms: number): void
  /** Hands the shop's webhooks to the hub. @param times how often each one arrives. */
  deliverHooks(times?: number): Promise<string[]>
  /** Everything decided and dispatched that is due now, without reading feeds. */
  drain(): Promise<void>
  /** One round of everything, feeds included. */
  round(): Promise<void>
  /** Rounds until what is waited for has happened. Throws with what is open when it never does. */
  until(what: string, happened: () => boolean | Promise<boolean>): Promise<void>
  /** Rounds until nothing happens any more. */
  rest(): Promise<void>
  order(orderId: string): Promise<{ status: string; attention: boolean; exceptions: string[] } | null>
}

export interface HubOptions {
  /** One answer of Odoo in so many is lost: the work is done and nobody hears of it. */
  loseEvery?: number
  configure?(config: Config, channel: string): Config
  /** The shop's places, each with the warehouse it sells from; one of `WH` unless said. */
  locations?: readonly { id: number; pool: string }[]
  /** A simulated Odoo in place of the real one. */
  odoo?: Fetch
  /** Other simulated systems, by the host they answer for. Their secrets are `test:<anything>`. */
  systems?(now: () => number): Readonly<Record<string, Fetch>>
}

/** @param products in the shop; it starts with nothing on sale. */
export async function openHub(
  odoo: Access,
  products: readonly Omit<NewProduct, 'available'>[],
  options: HubOptions = {},
): Promise<TestHub> {
  const channel = `shop-${runName()}`
  const locations = options.locations ?? LOCATIONS
  const clock = { aheadMs: 0 }
  const now = () => Date.now() + clock.aheadMs
  const secret = SECRETS['test:shop']!
  const shop = createShopify(
    {
      shop: 'dockside-goods.myshopify.com',
      clientId: 'crossdock',
      clientSecret: secret,
      locations: locations.map(({ id, pool }) => ({ id, name: pool })),
    },
    { now, random: createRandom(1).next },
  )
  for (const product of products) shop.addProduct({ ...product, available: 0 })
  const wire: Wire = { calls: {}, total: 0, conflicts: 0, lost: 0 }
  const toOdoo = watched(wire, options.loseEvery ?? Infinity, options.odoo ?? fetch)
  const systems: Readonly<Record<string, Fetch>> = { 'shop.sim': shop.fetch, ...options.systems?.(now) }
  const secrets: Readonly<Record<string, string>> = { ...SECRETS, 'test:odoo': odoo.key }
  const io: Io = realIo({
    now,
    fetch: (request) => (systems[new URL(request.url).hostname] ?? toOdoo)(request),
    secret: (reference) => secrets[reference] ?? reference,
  })
  const plain = configFor(odoo, channel, locations)
  const config = options.configure?.(plain, channel) ?? plain
  const database = await freshDatabase()
  const engine: Engine = {
    database,
    io,
    connections: openConnections(config, io),
    erp: ERP,
    policy: policyOf(config.policy),
    owner: 'test',
    meter: createMeter(),
    parallel: 4,
    epoch: 0,
  }
  const lanes = [...engine.connections].flatMap(([name, connection]) => lanesOf(name, connection))
  const receiver = createReceiver(engine)

  async function deliverHooks(times = 1): Promise<string[]> {
    const receipts: string[] = []
    for (const hook of shop.due()) {
      const headers = Object.fromEntries(Object.entries(hook.headers).map(([key, value]) => [key.toLowerCase(), value]))
      const request = { headers, body: Buffer.from(hook.body), receivedAt: new Date(now()).toISOString() }
      for (let time = 0; time < times; time += 1) receipts.push(await receiver.receive(channel, request))
      hook.settle(200)
    }
    return receipts
  }

  async function drain(): Promise<void> {
    for (;;) {
      let some = await turn(engine)
      for (const attempted of await Promise.all(lanes.map((lane) => dispatch(engine, lane)))) some += attempted
      if (some === 0) return
    }
  }

  async function round(): Promise<void> {
    clock.aheadMs += ROUND_MS
    await deliverHooks()
    for (const name of engine.connections.keys()) await regularWork(engine, name)
    await ringAlarms(engine)
    await drain()
  }

  async function until(what: string, happened: () => boolean | Promise<boolean>): Promise<void> {
    for (let rounds = 0; rounds < ROUNDS_MAX; rounds += 1) {
      if (await happened()) return
      await round()
    }
    throw new Error(`Never happened: ${what}. ${await openWork(engine)}`)
  }

  return {
    shop,
    channel,
    engine,
    wire,
    deliverHooks,
    drain,
    round,
    until,
    pass: (ms) => void (clock.aheadMs += ms),
    refOf: (orderId) => `${channel}:${orderId}`,
    async rest() {
      let quiet = 0
      let before = ''
      const startedMs = elapsedMs()
      await until('the hub comes to rest', async () => {
        await round()
        // That a feed says how far it has come is no work.
        const { mark, undecided, owed } = await readUnrest(database)
        quiet = mark === before && undecided + owed === 0 ? quiet + 1 : 0
        before = mark
        return quiet >= 3 && elapsedMs() - startedMs > LAG_MS
      })
    },
    async order(orderId) {
      const [row] = await engine.database.query<{
        status: string
        attention: boolean
        state: { exceptions: { code: string }[] }
      }>('select status, attention, state from stream where stream = $1', [`order/${channel}/${orderId}`])
      return row
        ? { status: row.status, attention: row.attention, exceptions: row.state.exceptions.map(({ code }) => code) }
        : null
    },
  }
}

/**
 * Counts what goes over the wire, and loses one answer in so many, each time at another place: at the same one, work
 * that always asks as much would lose the same answer for ever.
 */
function watched(wire: Wire, loseEvery: number, odoo: Fetch): Fetch {
  const random = createRandom(7)
  let unlucky = -1
  return async (request) => {
    const { params } = (await request.clone().json()) as { params?: { method?: string; args?: unknown[] } }
    const name =
      params?.method === 'execute_kw'
        ? `${String(params.args?.[3])}.${String(params.args?.[4])}`
        : `common.${params?.method}`
    wire.calls[name] = (wire.calls[name] ?? 0) + 1
    if (loseEvery < Infinity && wire.total % loseEvery === 0) unlucky = random.int(0, loseEvery - 1)
    const lost = wire.total % loseEvery === unlucky
    wire.total += 1
    const response = await odoo(request)
    const text = await response.text()
    if (/SerializationFailure|could not serialize|ir_model_data_module_name_uniq_index|DeadlockDetected/.test(text))
      wire.conflicts += 1
    if (!lost) return new Response(text, { status: response.status, headers: response.headers })
    wire.lost += 1
    throw new TypeError('The connection was cut before the answer arrived.')
  }
}

async function openWork({ database }: Engine): Promise<string> {
  const outbox = await database.query(
    `select key, type, state, attempts, fault from outbox where state <> 'done' order by id limit 10`,
  )
  const inbox = await database.query(
    `select key, topic, state, outcome from inbox where state <> 'done' order by id limit 10`,
  )
  const orders = await database.query(
    `select stream, status, state -> 'exceptions' as exceptions from stream where kind = 'order'`,
  )
  return `Open: ${JSON.stringify({ outbox, inbox, orders }, null, 1)}`
}

const locationsOf = (places: NonNullable<HubOptions['locations']>): string =>
  JSON.stringify(places.map(({ id, pool }) => ({ locationId: `${id}`, pool })))

const configFor = ({ url, database, user }: Access, channel: string, places: NonNullable<HubOptions['locations']>) =>
  parseConfig(
    `
hub: { publicUrl: http://hub.sim, token: test:token }
erp: ${ERP}
connections:
  ${channel}:
    connector: shopify
    config:
      shop: dockside-goods.myshopify.com
      url: http://shop.sim
      clientId: crossdock
      clientSecret: test:shop
      locations: ${locationsOf(places)}
      notifyCustomers: false
  ${ERP}:
    connector: odoo
    config:
      url: ${url}
      database: ${database}
      user: ${user}
      apiKey: test:odoo
      carriers: { standard: ${CARRIER} }
policy:
  channels:
    ${channel}:
      pool: WH
      locations: ${locationsOf(places)}
      releaseWhen: [paid]
      taxRates: ['0.0825', '0.2']
`,
    'test.yaml',
  )
