/**
 * A retailer on a marketplace, in the test's own process: the simulated marketplace and Odoo, and the hub's engine with
 * the real connectors between them. Nothing happens by itself: the test moves the clock and lets the hub work.
 */
import { createMirakl, type MarketOptions, type MiraklSimulator } from '#connectors/mirakl/simulator/index.ts'
import type { OdooSimulator } from '#connectors/odoo/simulator/options.ts'
import { createOdoo } from '#connectors/odoo/simulator/index.ts'
import { ringAlarms } from '#engine/alarms.ts'
import { dispatch } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { regularWork } from '#engine/hub.ts'
import { turn } from '#engine/turn.ts'
import { startProcess } from '#sim/processes.ts'
import type { Database } from '#store/database.ts'
import { parseConfig } from '../../src/config.ts'
import { type Fetch, realIo } from '../../src/io.ts'

export const MARKET = 'market'
const ERP = 'odoo-main'
const START_MS = Date.parse('2026-11-20T08:00:00.000Z')
const SECRETS: Readonly<Record<string, string>> = { 'demo:market': 'simulated-market-key', 'demo:odoo': 'odoo-key' }

export interface MarketRetailer {
  market: MiraklSimulator
  erp: OdooSimulator
  engine: Engine
  clock: { ms: number }
  /** Log lines, as `level message`. */
  said: string[]
  /** Requests to the marketplace pass here on their way. */
  between: { market: (fetch: Fetch) => Fetch }
  /** Everything that is due, until nothing is. */
  work(): Promise<void>
  /** So many minutes go by, one after the other, with feeds and alarms. */
  minutes(count: number): Promise<void>
  /** Where the order stands: its status, and the codes of what is in its way. */
  order(id: string): Promise<{ status: string; codes: string[]; state: Record<string, unknown> } | null>
}

export interface MarketRetailerOptions {
  market?: Partial<MarketOptions>
  /** Of the channel, as people write it. */
  acceptance?: string
  stock?: number
  /** Of the connection. */
  config?: string
}

const configText = (acceptance: string, config: string): string => `
hub: { directory: ./.crossdock, publicUrl: 'http://127.0.0.1:4870', port: 4870 }
erp: ${ERP}
connections:
  ${MARKET}:
    connector: mirakl
    config:
      url: http://market.sim
      shopKey: demo:market
      location: { locationId: main, pool: WH }
      ordersEveryMinutes: 1
      requestTimeoutMs: 0
      ${config}
  ${ERP}:
    connector: odoo
    config: { url: 'http://odoo.sim', database: retail, user: hub@example.com, apiKey: 'demo:odoo' }
policy:
  channels:
    ${MARKET}:
      pool: WH
      locations: [{ locationId: main, pool: WH }]
      releaseWhen: [paid, authorised, partly_refunded]
      ${acceptance}
`

export async function aMarketRetailer(
  database: Database,
  { market: options = {}, acceptance = '', stock = 10, config = '' }: MarketRetailerOptions = {},
): Promise<MarketRetailer> {
  const clock = { ms: START_MS }
  const world = { now: () => clock.ms, random: () => 0.5 }
  const market = createMirakl(
    { shopKey: SECRETS['demo:market']!, currency: 'USD', taxIncluded: false, taxRate: 8.25, ...options },
    world,
  )
  const products = ['MUG', 'CUP'].map((sku) => ({ sku, name: sku, price: 12.5, available: { WH: stock } }))
  const erp = createOdoo(
    { users: [{ login: 'hub@example.com', key: SECRETS['demo:odoo']! }], warehouses: ['WH'], products, carriers: ['Standard delivery'] },
    world,
  ) // prettier-ignore
  for (const { sku } of products) market.addProduct({ sku, title: sku, price: '12.50', available: stock })
  const between: MarketRetailer['between'] = { market: (fetch) => fetch }
  const fetch: Fetch = (request) =>
    new URL(request.url).host === 'market.sim' ? between.market(market.fetch)(request) : erp.fetch(request)
  const said: string[] = []
  const io = realIo({
    now: () => clock.ms,
    fetch,
    log: (level, message, fields) => void said.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`),
    jitter: () => 0,
    secret: (reference) => SECRETS[reference] ?? 'none',
  })
  const { engine, lanes, life } = startProcess('test', database, {
    config: parseConfig(configText(acceptance, config), 'market.yaml'), io, wrap: (one) => one,
    elapsed: () => clock.ms, epoch: 0,
  }) // prettier-ignore

  const retailer: MarketRetailer = {
    market,
    erp,
    engine,
    clock,
    said,
    between,
    async work() {
      await life.beat()
      await ringAlarms(engine)
      for (let found = 1; found > 0;) {
        found = await turn(engine)
        for (const lane of lanes) found += await dispatch(engine, lane)
      }
    },
    async minutes(count) {
      for (let minute = 0; minute < count; minute++) {
        clock.ms += 62_000
        for (const name of [MARKET, ERP]) await regularWork(engine, name)
        await retailer.work()
      }
    },
    async order(id) {
      const [row] = await database.query<{ status: string; state: { exceptions: { code: string }[] } }>(
        `select status, state from stream where stream = 'order/${MARKET}/${id}'`,
      )
      if (!row) return null
      return { status: row.status, codes: row.state.exceptions.map(({ code }) => code), state: row.state }
    },
  }
  // Products and stock are read; what is on sale over there is there already.
  await retailer.minutes(3)
  return retailer
}
