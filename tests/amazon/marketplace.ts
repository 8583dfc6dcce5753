/**
 * A retailer who sells at Amazon, in the test's own process: the simulated account and Odoo, and the hub's engine with
 * the real connectors between them. The test moves the clock and lets the hub work.
 */
import { createAmazon, type AmazonSimulator } from '#connectors/amazon/simulator/index.ts'
import { createOdoo } from '#connectors/odoo/simulator/index.ts'
import type { OdooSimulator } from '#connectors/odoo/simulator/options.ts'
import { dispatch } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { regularWork } from '#engine/hub.ts'
import { turn } from '#engine/turn.ts'
import { startProcess } from '#sim/processes.ts'
import { createRandom } from '#sim/random.ts'
import type { Database } from '#store/database.ts'
import { parseConfig, secretReader } from '../../src/config.ts'
import { type Fetch, realIo } from '../../src/io.ts'

export const AMAZON = 'amazon-us'
const ERP = 'odoo-main'
const QUEUE = { url: 'https://sqs.us-east-1.amazonaws.com/1/hub', arn: 'arn:aws:sqs:us-east-1:1:hub' }
const SECRETS = {
  'demo:lwa': 'a-client-secret', 'demo:refresh': 'a-refresh-token', 'demo:aws-id': 'AKIA', 'demo:aws': 'an-aws-secret',
  'demo:odoo': 'an-api-key',
} // prettier-ignore

const CONFIG = ({ channelPool, settlements }: Options) => `
hub: { directory: ./.crossdock, publicUrl: http://127.0.0.1:4870 }
erp: ${ERP}
connections:
  ${AMAZON}:
    connector: amazon
    config:
      sellerId: A3TH9S8BH6GOGM
      marketplaceId: ATVPDKIKX0DER
      clientId: crossdock
      clientSecret: demo:lwa
      refreshToken: demo:refresh
      queue: { url: '${QUEUE.url}', arn: '${QUEUE.arn}', accessKeyId: demo:aws-id, secretAccessKey: demo:aws }
      locations: [{ locationId: DEFAULT, pool: WH }]
      carriers: { UPS: UPS }
      ${settlements ? `settlements: { from: '2026-11-01' }` : ''}
  ${ERP}:
    connector: odoo
    config: { url: http://odoo.sim, database: retail, user: hub@example.com, apiKey: demo:odoo }
policy:
  channels:
    ${AMAZON}:
      pool: WH
      ${channelPool ? 'channelPool: FBA' : ''}
      locations: [{ locationId: DEFAULT, pool: WH }]
${settlements ? BOOKED : ''}`

/** Payouts are booked in the ERP. */
export const BOOKS = {
  transit: '101420', takings: '101410', fees: '601410', disputes: '601420', other: '601430', unknown: '101490',
} // prettier-ignore
const BOOKED = `  payouts:
    ${AMAZON}:
      from: '2026-11-01'
      timeZone: America/Los_Angeles
      journal: MISC
      accounts: ${JSON.stringify(BOOKS)}
`

export interface Marketplace {
  amazon: AmazonSimulator
  erp: OdooSimulator
  engine: Engine
  database: Database
  clock: { ms: number }
  /** So many documents to come break off on their way. */
  lost: { downloads: number }
  /** Lets time pass in steps of a minute, with all regular work. */
  pass(minutes: number): Promise<void>
  /** What the hub's own stream says of an order. */
  state(orderId: string): Promise<{ stage: string; exceptions: { code: string }[] }>
}

interface Options {
  channelPool: boolean
  settlements: boolean
}

const START_MS = Date.parse('2026-11-20T08:00:00.000Z')

export async function aMarketplace(
  database: Database,
  { channelPool = true, settlements = false }: Partial<Options> = {},
): Promise<Marketplace> {
  const clock = { ms: START_MS }
  const surroundings = { now: () => clock.ms, random: createRandom(2).next }
  const amazon = createAmazon(
    {
      sellerId: 'A3TH9S8BH6GOGM', clientId: 'crossdock', clientSecret: SECRETS['demo:lwa'],
      refreshToken: SECRETS['demo:refresh'], doubled: 0.5,
      queue: { ...QUEUE, accessKeyId: SECRETS['demo:aws-id'], secretAccessKey: SECRETS['demo:aws'] },
    },
    surroundings,
  ) // prettier-ignore
  const erp = createOdoo(
    {
      users: [{ login: 'hub@example.com', key: SECRETS['demo:odoo'] }],
      warehouses: ['WH', 'FBA'],
      products: [
        { sku: 'MUG', name: 'Mug', price: 12.5, available: { WH: 10 } },
        { sku: 'KETTLE', name: 'Kettle', price: 39.9, available: { WH: 5, FBA: 20 } },
      ],
      carriers: ['Standard delivery'],
      accounts: Object.values(BOOKS).map((code) => ({ code, kind: 'asset_current' })),
    },
    surroundings,
  )
  const lost = { downloads: 0 }
  const fetch: Fetch = async (request) => {
    const { host, pathname } = new URL(request.url)
    const response = await (host === 'odoo.sim' ? erp : amazon).fetch(request)
    if (!pathname.startsWith('/presigned/') || lost.downloads === 0) return response
    lost.downloads -= 1
    return new Response(new Uint8Array(await response.arrayBuffer()).slice(0, 40), response)
  }
  const io = realIo({
    now: () => clock.ms,
    fetch,
    log: () => {},
    jitter: () => 0,
    secret: secretReader('.', {}, SECRETS),
  })
  const config = parseConfig(CONFIG({ channelPool, settlements }), 'marketplace.yaml')
  const { engine, lanes, life } = startProcess('test', database, {
    config, io, wrap: (given) => given, elapsed: () => clock.ms, epoch: 0,
  }) // prettier-ignore

  const marketplace: Marketplace = {
    amazon,
    erp,
    engine,
    database,
    clock,
    lost,
    async pass(minutes) {
      for (let minute = 0; minute < minutes; minute += 1) {
        clock.ms += 60_000
        for (const name of [AMAZON, ERP]) await regularWork(engine, name)
        await life.beat()
        for (let found = 1; found > 0;) {
          found = await turn(engine)
          for (const lane of lanes) found += await dispatch(engine, lane)
        }
      }
    },
    async state(orderId) {
      const [row] = await database.query<{ state: { stage: string; exceptions: { code: string }[] } }>(
        `select state from stream where stream = $1`,
        [`order/${AMAZON}/${orderId}`],
      )
      return row!.state
    },
  }
  amazon.addListing({ sku: 'MUG', title: 'Mug', price: '12.50', quantity: 10 })
  amazon.addListing({ sku: 'KETTLE', title: 'Kettle', price: '39.90', fba: 20 })
  // Subscriptions, products and stock.
  await marketplace.pass(20)
  return marketplace
}
