/**
 * A retailer with a WooCommerce shop, in the test's own process: the simulated shop and Odoo, and the hub's engine with
 * the real connectors between them. Nothing happens by itself: the test moves the clock and lets the hub work.
 */
import type { OutgoingHook } from '#connectors/kit/simulator.ts'
import type { OdooSimulator } from '#connectors/odoo/simulator/options.ts'
import { createOdoo } from '#connectors/odoo/simulator/index.ts'
import { createWooCommerce, type WooOptions, type WooSimulator } from '#connectors/woocommerce/simulator/index.ts'
import { dispatch } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { regularWork } from '#engine/hub.ts'
import { turn } from '#engine/turn.ts'
import { startProcess } from '#sim/processes.ts'
import { createRandom } from '#sim/random.ts'
import type { Database } from '#store/database.ts'
import { parseConfig } from '../../src/config.ts'
import { type Fetch, realIo } from '../../src/io.ts'

export const WOO = 'woo-main'
const ERP = 'odoo-main'
const URL_OF_SHOP = 'http://woo.sim/shop'
const START_MS = Date.parse('2026-11-20T08:00:00.000Z')
const SECRETS: Readonly<Record<string, string>> = {
  'demo:woo': 'cs_simulated', 'demo:hook': 'simulated-hook-secret', 'demo:odoo': 'odoo-key',
} // prettier-ignore

export interface WooRetailer {
  shop: WooSimulator
  erp: OdooSimulator
  engine: Engine
  clock: { ms: number }
  /** Log lines, as `level message`. */
  said: string[]
  /** Requests to the shop pass here on their way. */
  between: { shop: (fetch: Fetch) => Fetch }
  /** Webhooks that are due some seconds later. */
  hooks(): OutgoingHook[]
  deliver(hooks: readonly OutgoingHook[]): Promise<void>
  /** Everything that is due, until nothing is. */
  work(): Promise<void>
  /** So many half minutes go by, with feeds and, unless said, with all webhooks. */
  pass(count: number, hooks?: boolean): Promise<void>
  /** Where the order stands: its status, and the codes of what is in its way. */
  order(id: string): Promise<{ status: string; codes: string[] } | null>
}

const configWith = (odoo: string, policy: string) => `
hub: { directory: ./.crossdock, publicUrl: 'http://127.0.0.1:4870', port: 4870 }
erp: ${ERP}
connections:
  ${WOO}:
    connector: woocommerce
    config:
      url: ${URL_OF_SHOP}
      consumerKey: ck_simulated
      consumerSecret: demo:woo
      webhookSecret: demo:hook
      pool: WH
      requestTimeoutMs: 0
  ${ERP}:
    connector: odoo
    config: { url: 'http://odoo.sim', database: retail, user: hub@example.com, apiKey: 'demo:odoo'${odoo} }
policy:
  channels:
    ${WOO}:
      pool: WH
      locations: [{ locationId: shop, pool: WH }]
${policy}`

export interface WooRetailerOptions {
  shop?: Partial<WooOptions>
  stock?: number
  shown?: number
  /** More of the configuration, as it is written there: options of the connector, rules of the policy. */
  odoo?: string
  policy?: string
  /** Before the hub is started. */
  prepare?: (world: { shop: WooSimulator; erp: OdooSimulator }) => void
}

export async function aWooRetailer(
  database: Database,
  { shop: options = {}, stock = 10, shown = 0, odoo = '', policy = '', prepare = () => {} }: WooRetailerOptions = {},
): Promise<WooRetailer> {
  const clock = { ms: START_MS }
  const world = { now: () => clock.ms, random: createRandom(3).next }
  const keys = [{ key: 'ck_simulated', secret: SECRETS['demo:woo']!, permissions: 'read_write' as const }]
  const shop = createWooCommerce(
    { url: URL_OF_SHOP, keys, tax: { id: 1, label: 'Tax', percent: 8.25 }, ...options },
    world,
  )
  const products = ['MUG', 'CUP'].map((sku) => ({ sku, name: sku, price: 12.5, available: { WH: stock } }))
  const users = [{ login: 'hub@example.com', key: SECRETS['demo:odoo']! }]
  const erp = createOdoo({ users, warehouses: ['WH'], products, carriers: ['Standard delivery'] }, world)
  for (const { sku } of products) shop.addProduct({ sku, title: sku, price: '12.50', available: shown })
  prepare({ shop, erp })
  const between: WooRetailer['between'] = { shop: (fetch) => fetch }
  const fetch: Fetch = (request) =>
    new URL(request.url).host === 'woo.sim' ? between.shop(shop.fetch)(request) : erp.fetch(request)
  const said: string[] = []
  const io = realIo({
    now: () => clock.ms,
    fetch,
    log: (level, message, fields) => void said.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`),
    jitter: () => 0,
    secret: (reference) => SECRETS[reference] ?? 'none',
  })
  const { engine, lanes, life, receiver } = startProcess('test', database, {
    config: parseConfig(configWith(odoo, policy), 'woo.yaml'), io, wrap: (one) => one, elapsed: () => clock.ms, epoch: 0,
  }) // prettier-ignore

  const retailer: WooRetailer = {
    shop,
    erp,
    engine,
    clock,
    said,
    between,
    hooks() {
      clock.ms += 5_000
      return shop.due()
    },
    async deliver(hooks) {
      for (const { headers, body, settle } of hooks) {
        await receiver.receive(WOO, { headers, body: Buffer.from(body), receivedAt: new Date(clock.ms).toISOString() })
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
    async pass(count, hooks = true) {
      for (let half = 0; half < count; half += 1) {
        if (hooks) await retailer.deliver(retailer.hooks())
        clock.ms += 31_000
        for (const name of [WOO, ERP]) await regularWork(engine, name)
        await retailer.work()
      }
    },
    async order(id) {
      const [row] = await database.query<{ status: string; state: { exceptions: { code: string }[] } }>(
        `select status, state from stream where stream = 'order/${WOO}/${id}'`,
      )
      return row ? { status: row.status, codes: row.state.exceptions.map(({ code }) => code) } : null
    },
  }
  // Products, stock and webhooks.
  await retailer.pass(6)
  return retailer
}
