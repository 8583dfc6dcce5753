/**
 * A whole retailer in the test's own process: the simulated shop and Odoo, and the hub's engine with the real
 * connectors between them. Nothing happens by itself: the test moves the clock, hands webhooks over or keeps them, and
 * lets the hub work until it has nothing left to do.
 */
import type { OutgoingHook } from '#connectors/kit/simulator.ts'
import { dispatch } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { regularWork } from '#engine/hub.ts'
import type { Receiver } from '#engine/receive.ts'
import { turn } from '#engine/turn.ts'
import { configFor, createEstate, ERP, type Estate, type EstateOptions, ESTATE_SECRETS, SHOP } from '#sim/estate.ts'
import { startProcess } from '#sim/processes.ts'
import { createRandom } from '#sim/random.ts'
import type { Database } from '#store/database.ts'
import { type Config, secretReader } from '../../src/config.ts'
import { type Fetch, type Log, realIo } from '../../src/io.ts'

export interface Retailer {
  estate: Estate
  engine: Engine
  clock: { ms: number }
  /** Requests to the shop or to Odoo pass here on their way. */
  between: { shop: (fetch: Fetch) => Fetch; erp: (fetch: Fetch) => Fetch }
  /** Log lines, as `level message`. */
  said: string[]
  /** Webhooks the shop has to send, half a minute later. */
  hooks(topic?: string): OutgoingHook[]
  deliver(hooks: readonly OutgoingHook[]): Promise<void>
  receiver: Receiver
  /** Everything that is due now, until nothing is. */
  work(): Promise<void>
  /** The same some seconds later, feeds included. */
  later(ms: number): Promise<void>
}

/** Of the estate, and of whatever else a test connects. */
const SECRETS = { ...ESTATE_SECRETS, 'demo:direct-key': 'simulated-key-of-the-portal' }

const START_MS = Date.parse('2026-11-20T08:00:00.000Z')
const HOSTS = { shop: 'http://shop.sim', erp: 'http://odoo.sim', hub: 'http://127.0.0.1:4870' }

interface Settings {
  skus?: number
  stock?: number
  /** More of the estate than one warehouse and one shop. */
  estate?: Partial<EstateOptions>
  /** Makes the configuration another one. */
  configure?(config: Config): Config
}

export async function aRetailer(
  database: Database,
  { skus = 1, stock = 10, configure = (config) => config, estate: more = {} }: Settings = {},
): Promise<Retailer> {
  const clock = { ms: START_MS - 3_600_000 }
  const systems = createRandom(2)
  const options = { skus, stock: [stock, stock] as const, budget: { points: 20_000, perSecond: 1_000 }, ...more }
  const estate = createEstate({ now: () => clock.ms, random: systems.next }, createRandom(1), options)
  clock.ms = START_MS
  const between: Retailer['between'] = { shop: (fetch) => fetch, erp: (fetch) => fetch }
  const fetch: Fetch = (request) =>
    new URL(request.url).host === 'shop.sim'
      ? between.shop(estate.shop.fetch)(request)
      : between.erp(estate.erp.fetch)(request)
  const said: string[] = []
  const log: Log = (level, message) => void said.push(`${level} ${message}`)
  const io = realIo({ now: () => clock.ms, fetch, log, jitter: () => 0, secret: secretReader('.', {}, SECRETS) })
  const { engine, receiver, lanes, life } = startProcess('test', database, {
    config: configure(configFor(HOSTS)), io, wrap: (fetch) => fetch, elapsed: () => clock.ms, epoch: 0,
  }) // prettier-ignore

  const retailer: Retailer = {
    estate,
    engine,
    clock,
    between,
    said,
    receiver,
    hooks(topic = '') {
      // They leave the shop some seconds after what they tell of.
      clock.ms += 30_000
      return estate.shop.due().filter(({ headers }) => topicOf(headers).startsWith(topic))
    },
    async deliver(hooks) {
      for (const { headers, body, settle } of hooks) {
        const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
        const receivedAt = new Date(clock.ms).toISOString()
        await receiver.receive(SHOP, { headers: lower, body: Buffer.from(body), receivedAt })
        settle(200)
      }
    },
    async work() {
      await life.beat()
      for (let found = 1; found > 0;) {
        found = await turn(engine)
        for (const lane of lanes) found += await dispatch(engine, lane)
      }
    },
    async later(ms) {
      clock.ms += ms
      for (const name of [SHOP, ERP]) await regularWork(engine, name)
      await retailer.work()
    },
  }
  // Products, stock and subscriptions; then everything is on sale.
  for (const ms of [0, 61_000, 61_000]) await retailer.later(ms)
  return retailer
}

const topicOf = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-shopify-topic')?.[1] ?? ''
