/**
 * A retailer on five channels and one Odoo, in the test's own process: every vendor simulated, every connector real.
 * Nothing happens by itself: the test lets minutes go by.
 */
import { type AmazonSimulator, createAmazon } from '#connectors/amazon/simulator/index.ts'
import { createMirakl, type MiraklSimulator } from '#connectors/mirakl/simulator/index.ts'
import { createOdoo } from '#connectors/odoo/simulator/index.ts'
import type { OdooSimulator } from '#connectors/odoo/simulator/options.ts'
import { createShopify, type ShopifySimulator } from '#connectors/shopify/simulator/index.ts'
import { createSquare, type SquareSimulator } from '#connectors/square/simulator/index.ts'
import { createWooCommerce, type WooSimulator } from '#connectors/woocommerce/simulator/index.ts'
import { ringAlarms } from '#engine/alarms.ts'
import { dispatch } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { regularWork } from '#engine/hub.ts'
import { turn } from '#engine/turn.ts'
import { startProcess } from '#sim/processes.ts'
import { createRandom } from '#sim/random.ts'
import type { Database } from '#store/database.ts'
import { parseConfig } from '../../src/config.ts'
import { type Fetch, realIo } from '../../src/io.ts'

export const CHANNELS = ['shopify', 'woo', 'square', 'amazon', 'market'] as const
export type Channel = (typeof CHANNELS)[number]

export interface FiveChannels {
  engine: Engine
  erp: OdooSimulator
  shopify: ShopifySimulator
  woo: WooSimulator
  square: SquareSimulator
  amazon: AmazonSimulator
  market: MiraklSimulator
  /** So many minutes go by, with all regular work and alarms. */
  minutes(count: number): Promise<void>
  /** Rule of the price list `Web` for the MUG. */
  rule: number
}

const SECRET = 'a-secret-nobody-may-see'
const OWNED = '[title, price]'

const channel = (locationId: string, taxClasses = '') => ({
  policy: `{ pool: WH, locations: [{ locationId: '${locationId}', pool: WH }] }`,
  catalogue: `{ mode: on, priceList: Web, currency: USD, fields: ${OWNED}${taxClasses} }`,
})

function configText(mode: string, policy: string, odoo: string): string {
  const places: Record<Channel, string> = {
    shopify: '7001',
    woo: 'shop',
    square: 'L1MAIN',
    amazon: 'DEFAULT',
    market: 'main',
  }
  const lines = (of: (name: Channel) => string) => CHANNELS.map((name) => `    ${name}: ${of(name)}`).join('\n')
  return `
hub: { directory: ./.crossdock, publicUrl: 'http://127.0.0.1:4870' }
erp: odoo
connections:
  shopify:
    connector: shopify
    config:
      { shop: five.myshopify.com, url: 'http://shopify.sim', clientId: hub, clientSecret: 'demo:key', requestTimeoutMs: 0,
        locations: [{ locationId: '7001', pool: WH }] }
  woo:
    connector: woocommerce
    config:
      { url: 'http://woo.sim/shop', consumerKey: ck, consumerSecret: 'demo:key', webhookSecret: 'demo:key', pool: WH,
        requestTimeoutMs: 0 }
  square:
    connector: square
    config:
      { merchantId: M1, url: 'http://square.sim', accessToken: 'demo:key', requestTimeoutMs: 0,
        locations: [{ locationId: L1MAIN, pool: WH }] }
  amazon:
    connector: amazon
    config:
      { sellerId: A1, marketplaceId: ATVPDKIKX0DER, clientId: hub, clientSecret: 'demo:key', refreshToken: 'demo:key',
        url: 'http://amazon.sim', tokenUrl: 'http://amazon.sim/auth/o2/token', requestTimeoutMs: 0,
        locations: [{ locationId: DEFAULT, pool: WH }] }
  market:
    connector: mirakl
    config:
      { url: 'http://market.sim', shopKey: 'demo:key', requestTimeoutMs: 0, location: { locationId: main, pool: WH } }
  odoo:
    connector: odoo
    config:
      { url: 'http://odoo.sim', database: retail, user: hub@example.com, apiKey: 'demo:key',
        catalogue: { priceLists: [Web] }${odoo} }
policy:
  channels:
${lines((name) => channel(places[name]).policy)}
  catalogue:
${lines((name) => channel(places[name]).catalogue.replace('mode: on', `mode: ${mode}`))}
${policy}`
}

/** @param options more of the configuration, as it is written there: rules of the policy, options of Odoo. */
export async function fiveChannels(
  database: Database,
  { mode = 'on', policy = '', odoo = '' } = {},
): Promise<FiveChannels> {
  const clock = { ms: Date.parse('2026-11-20T08:00:00.000Z') }
  const world = { now: () => clock.ms, random: createRandom(7).next }
  const key = SECRET
  const shopify = createShopify({ shop: 'five.myshopify.com', clientId: 'hub', clientSecret: key }, world)
  const keys = [{ key: 'ck', secret: key, permissions: 'read_write' as const }]
  const woo = createWooCommerce({ url: 'http://woo.sim/shop', keys, tax: { id: 1, label: 'Tax', percent: 8 } }, world)
  const square = createSquare({ merchantId: 'M1', accessToken: key }, world)
  const amazon = createAmazon({ sellerId: 'A1', clientId: 'hub', clientSecret: key, refreshToken: key }, world)
  const market = createMirakl({ shopKey: key, currency: 'USD', taxIncluded: false }, world)
  const products = ['MUG', 'CUP'].map((sku) => ({ sku, name: sku, price: 12.5, available: { WH: 50 } }))
  const erp = createOdoo(
    { users: [{ login: 'hub@example.com', key }], warehouses: ['WH'], products, carriers: [] },
    world,
  )
  erp.addPricelist('Web', 0)
  const rule = erp.addPriceRule('Web', { sku: 'MUG', price: 11 })
  for (const { sku } of products) {
    shopify.addProduct({ sku, title: sku, price: '12.50', available: 5 })
    woo.addProduct({ sku, title: sku, price: '12.50', available: 5 })
    square.addItem({ sku, name: sku, price: 1_250, stock: 5 })
    amazon.addListing({ sku, title: sku, price: '12.50', quantity: 5 })
    market.addProduct({ sku, title: sku, price: '12.50', available: 5 })
  }
  const ends: Record<string, Fetch> = {
    'shopify.sim': shopify.fetch, 'woo.sim': woo.fetch, 'square.sim': square.fetch, 'amazon.sim': amazon.fetch,
    'market.sim': market.fetch, 'odoo.sim': erp.fetch,
  } // prettier-ignore
  const io = realIo({
    now: () => clock.ms,
    fetch: (request) => ends[new URL(request.url).host]!(request),
    log: () => {},
    jitter: () => 0,
    secret: () => key,
  })
  const config = parseConfig(configText(mode, policy, odoo), 'five.yaml')
  const { engine, lanes, life } = startProcess('test', database, {
    config, io, wrap: (one) => one, elapsed: () => clock.ms, epoch: 0,
  }) // prettier-ignore

  async function work(): Promise<void> {
    await life.beat()
    await ringAlarms(engine)
    for (let found = 1; found > 0;) {
      found = await turn(engine)
      for (const lane of lanes) found += await dispatch(engine, lane)
    }
  }
  const five: FiveChannels = {
    engine, erp, shopify, woo, square, amazon, market, rule,
    async minutes(count) {
      for (let minute = 0; minute < count; minute += 1) {
        clock.ms += 61_000
        for (const name of engine.connections.keys()) await regularWork(engine, name)
        await work()
      }
    },
  } // prettier-ignore
  await five.minutes(4)
  return five
}
