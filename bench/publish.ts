/**
 * After a count of the whole warehouse every SKU is published on five channels: how much of what the vendors' limits
 * allow is used, over two simulated minutes, and whether what is scarce and sells goes first. Decided by the real
 * deciders, sent by the real connectors under their own budgets; the vendors are simulators that enforce their limits.
 */
import { createAmazon } from '#connectors/amazon/simulator/index.ts'
import { openConnections } from '#connectors/catalogue.ts'
import type { Outbound } from '#connectors/kit/connector.ts'
import { createMirakl } from '#connectors/mirakl/simulator/index.ts'
import { createShopify } from '#connectors/shopify/simulator/index.ts'
import { createSquare } from '#connectors/square/simulator/index.ts'
import { createWooCommerce } from '#connectors/woocommerce/simulator/index.ts'
import { stock, type StockEvent } from '#core/stock/stock.ts'
import { streams } from '#core/streams.ts'
import { dispatch, type Lane, lanesOf } from '#engine/dispatch.ts'
import { type Engine, instantAt } from '#engine/engine.ts'
import { createMeter } from '#engine/meter.ts'
import { personRow } from '#engine/person.ts'
import { shareBudgets } from '#engine/rates.ts'
import { turn } from '#engine/turn.ts'
import { policyOf } from '#policy/policy.ts'
import { ERP, PLACES, QUEUE, SECRETS, stormConfig, WAREHOUSE } from '#sim/storm/config.ts'
import type { Database } from '#store/database.ts'
import { insertInbox } from '#store/inbox.ts'
import { type Fetch, realIo } from '../src/io.ts'
import { rounded } from './measure.ts'
import type { Run } from './run.ts'
import { withServer } from './server.ts'
import { type SimulatedTime, simulatedTime } from './simulated-time.ts'

const SKUS = 100_000
const START_MS = Date.parse('2026-11-27T10:00:00.000Z')
const LENGTH_MS = 2 * 60_000
const LATENCY_MS = 40
/** A worker that finds nothing looks again after a while, ever longer, until it gives up. */
const IDLE_MS = { first: 20, last: 60_000 } as const
/** Every so many-th SKU is wanted and nearly gone; the others are neither. */
const SCARCE = 50
const SHOWN = 30
const FREE = { scarce: 10, plenty: 400 } as const
const SHOPIFY = { bucketSize: 2_000, restoreRate: 100 }

/** Every so many-th claim of a lane is for what has waited longest, by design. */
const OLDEST_EVERY = 8
/** What the vendors allow in so many seconds, in their own unit; those without a rate bear one call at a time. */
const ALLOWED: Readonly<Record<string, (seconds: number) => number>> = {
  shopify: (seconds) => SHOPIFY.bucketSize + SHOPIFY.restoreRate * seconds,
  amazon: (seconds) => 5 + 5 * seconds,
  square: (seconds) => 20 + 10 * seconds,
}

export async function publishBench({ orders: skus = SKUS, report }: Run) {
  return withServer(async ({ version, create }) => {
    const database = await create('publish')
    const time = simulatedTime(START_MS)
    const shops = openShops(time, skus)
    report(`${skus} SKUs are listed on five channels`)
    const engine = openEngine(database, time, shops.fetch)
    await listAll(database, shops.items, skus)
    const publications = await count(engine, skus)
    report(`the count is decided: ${publications} publications wait`)
    const lanes = [...engine.connections].flatMap(([name, one]) => (name === ERP ? [] : lanesOf(name, one)))
    const ours = lanes.filter(({ types }) => types.some((type) => type.startsWith('inventory.')))
    shops.begin()
    await time.run(ours.map((lane) => worker(engine, time, lane)))
    const channels = await channelsOf(database, shops.used)
    const shares = Object.values(channels).flatMap(({ used }) => used ?? [])
    return {
      benchmark: 'publish',
      postgres: version,
      skus,
      publications,
      minutes: LENGTH_MS / 60_000,
      ratioOfLimits: Math.min(...shares),
      scarceFirst: Object.values(channels).every(({ scarceFirst }) => scarceFirst),
      channels,
      goals: { ratioOfLimits: 0.95, scarceFirst: true },
    }
  })
}

type Items = Readonly<Record<string, readonly string[]>>

interface Shops {
  fetch: Fetch
  /** What each channel calls the SKUs. */
  items: Items
  /** Of the vendor's limit, since `begin`. */
  used: Record<string, number>
  begin(): void
}

const skuOf = (index: number): string => `SKU-${String(index).padStart(6, '0')}`
const isScarce = (index: number): boolean => index % SCARCE === SCARCE - 1

function openShops(time: SimulatedTime, skus: number): Shops {
  const io = { now: time.now, random: () => 0.5 }
  const { shopify: shop, square: seller, woocommerce: woo, amazon: listing } = PLACES
  const shopify = createShopify(
    {
      shop: shop.shop, clientId: shop.clientId, clientSecret: SECRETS['storm:shopify'],
      locations: [{ id: Number(shop.location), name: 'Main' }], ...SHOPIFY,
    },
    io,
  ) // prettier-ignore
  const locations = [{ id: seller.location, name: 'Main street', timezone: 'America/Chicago' }]
  const square = createSquare({ merchantId: seller.merchant, accessToken: SECRETS['storm:square'], locations }, io)
  const keys = [{ key: woo.key, secret: SECRETS['storm:woo'], permissions: 'read_write' as const }]
  const woocommerce = createWooCommerce({ url: woo.url, keys }, io)
  const amazon = createAmazon(
    {
      sellerId: listing.seller, clientId: listing.clientId, clientSecret: SECRETS['storm:lwa'],
      refreshToken: SECRETS['storm:refresh'],
      queue: { ...QUEUE, accessKeyId: SECRETS['storm:aws-id'], secretAccessKey: SECRETS['storm:aws'] },
    },
    io,
  ) // prettier-ignore
  const mirakl = createMirakl({ shopKey: SECRETS['storm:market'], currency: 'USD' }, io)
  const all = { shopify: [], square: [], woocommerce: [], amazon: [], mirakl: [] } as Record<string, string[]>
  for (let index = 0; index < skus; index += 1) {
    const product = { sku: skuOf(index), title: 'Mug', price: '12.50', available: SHOWN }
    all['shopify']!.push(shopify.addProduct(product).inventoryItemId)
    all['square']!.push(square.addItem({ name: 'Mug', sku: product.sku, price: 1_250, stock: SHOWN }).variationId)
    all['woocommerce']!.push(woocommerce.addProduct(product).inventoryItemId)
    all['amazon']!.push(amazon.addListing({ ...product, quantity: SHOWN }).sku)
    all['mirakl']!.push(mirakl.addProduct(product).inventoryItemId)
  }
  const used: Record<string, number> = {}
  let isOpen = false
  const through =
    (name: string, fetch: Fetch): Fetch =>
    async (request) => {
      if (isOpen) await time.sleep(LATENCY_MS / 2)
      const response = await fetch(request)
      if (isOpen) used[name] = (used[name] ?? 0) + (await priceOf(name, request, response))
      if (isOpen) await time.sleep(LATENCY_MS / 2)
      return response
    }
  const hosts: Readonly<Record<string, Fetch>> = {
    'shopify.sim': through('shopify', shopify.fetch),
    'square.sim': through('square', square.fetch),
    'woo.sim': through('woocommerce', woocommerce.fetch),
    'amazon.sim': through('amazon', amazon.fetch),
    'api.amazon.com': amazon.fetch,
    'market.sim': through('mirakl', mirakl.fetch),
  }
  const fetch: Fetch = (request) => hosts[new URL(request.url).host]!(request)
  return { fetch, items: all, used, begin: () => void (isOpen = true) }
}

/** What the vendor charges for it; what it turned down is a call that was wasted. */
async function priceOf(name: string, request: Request, response: Response): Promise<number> {
  if (response.status === 429) throw new Error(`${name} was called too often: ${request.url}`)
  if (name === 'amazon') return request.method === 'PATCH' ? 1 : 0
  if (name !== 'shopify') return 1
  const body = (await response.clone().json()) as { extensions?: { cost?: { actualQueryCost?: number | null } } }
  return body.extensions?.cost?.actualQueryCost ?? 0
}

function openEngine(database: Database, time: SimulatedTime, fetch: Fetch): Engine {
  const config = stormConfig('exclusive')
  const secrets: Readonly<Record<string, string>> = SECRETS
  const log = () => {}
  const io = realIo({ now: time.now, fetch, secret: (reference) => secrets[reference] ?? '', log })
  const { connections } = openConnections({ connections: config.connections, publicUrl: config.hub.publicUrl }, io)
  const erp = connections.get(ERP)!
  const read: Outbound<'stock.read'> = {
    batch: 400,
    send: async (asked) =>
      asked.map(({ ask: { sku } }) => {
        const free = isScarce(Number(sku.slice(-6))) ? FREE.scarce : FREE.plenty
        return { answer: { free, onHand: free } }
      }),
  }
  const engine: Engine = {
    database,
    io,
    connections: new Map(connections).set(ERP, { ...erp, outbound: { ...erp.outbound, 'stock.read': read } }),
    erp: ERP,
    policy: policyOf(config.policy),
    owner: 'bench',
    meter: createMeter(),
    parallel: 1,
    epoch: 0,
  }
  shareBudgets(engine)
  return engine
}

const LOCATIONS: Readonly<Record<string, { locationId: string; writes?: 'plain' | 'later' }>> = {
  shopify: { locationId: PLACES.shopify.location },
  square: { locationId: PLACES.square.location, writes: 'plain' },
  woocommerce: { locationId: 'shop', writes: 'plain' },
  amazon: { locationId: 'DEFAULT', writes: 'later' },
  mirakl: { locationId: 'main', writes: 'later' },
}

/** The ledgers as they are when every channel has been read and the ERP has not been heard. */
async function listAll(database: Database, items: Items, skus: number): Promise<void> {
  for (let from = 0; from < skus; from += 1_000) {
    const rows = Array.from({ length: Math.min(1_000, skus - from) }, (_, offset) => ledgerOf(items, from + offset))
    await database.query(
      `insert into stream (stream, kind, version, state, label, status, attention, created_at, updated_at)
       select stream, 'stock', version, state, stream, 'known', false, $4, $4
       from rows from (unnest($1::text[]), unnest($2::int[]), json_array_elements($3::json)) as s (stream, version, state)`,
      [
        rows.map(({ stream }) => stream),
        rows.map(({ state }) => state.version),
        `[${rows.map(({ state }) => JSON.stringify(state)).join(',')}]`,
        instantAt(START_MS),
      ],
    )
  }
  await database.query('analyze')
}

function ledgerOf(items: Items, index: number) {
  const at = instantAt(START_MS)
  const events = Object.entries(LOCATIONS).flatMap(([channel, place]): StockEvent[] => [
    { type: 'stock.listed', channel, inventoryItemId: items[channel]![index]!, ...place },
    { type: 'stock.channelRead', channel, available: SHOWN, raised: 0, at },
    { type: 'stock.settled', channel, bound: SHOWN, shown: true },
  ])
  const known = events.reduce((state, event) => stock.evolve(state, event), stock.initial)
  const channels = known.channels.map((one) => ({ ...one, bound: SHOWN }))
  const hold = { orderRef: 'shopify:1', channel: 'shopify', quantity: 1, confirmed: null, told: 'reserved' as const }
  return {
    stream: streams.stock(WAREHOUSE, skuOf(index)),
    state: { ...known, channels, holds: isScarce(index) ? [hold] : [] },
  }
}

/** The ERP counts everything. @returns how many publications wait now. */
async function count(engine: Engine, skus: number): Promise<number> {
  for (let from = 0; from < skus; from += 500) {
    const rows = Array.from({ length: Math.min(500, skus - from) }, (_, offset) => {
      const sku = skuOf(from + offset)
      return personRow(engine, streams.stock(WAREHOUSE, sku), { type: 'stock.know', stocked: true } as never, sku)
    })
    await insertInbox(engine.database, rows)
  }
  const [reading] = lanesOf(ERP, engine.connections.get(ERP)!).filter(({ types }) => types.includes('stock.read'))
  for (let found = 1; found > 0;) found = (await turn(engine)) + (await dispatch(engine, reading!))
  const [row] = await engine.database.query<{ count: number }>(
    `select count(*) as count from outbox where state = 'open' and type in ('inventory.set', 'inventory.put')`,
  )
  await engine.database.query('analyze')
  return row!.count
}

/** Works until the time is over, or nothing has been due for a while. */
const worker = (engine: Engine, time: SimulatedTime, lane: Lane) => async (): Promise<void> => {
  const until = START_MS + LENGTH_MS
  const { budget } = engine.connections.get(lane.connection)!
  for (let idleMs = IDLE_MS.first; time.now() < until && idleMs < IDLE_MS.last;) {
    // Nothing can go out while its budget is empty: no need to look.
    const waitMs = Math.min(...lane.types.map((type) => budget?.waitMs(type) ?? 0))
    if (waitMs === 0 && (await dispatch(engine, lane)) > 0) idleMs = IDLE_MS.first
    else {
      if (waitMs === 0) idleMs *= 2
      await time.sleep(Math.max(waitMs, idleMs))
    }
  }
}

interface Published {
  connection: string
  published: number
  waiting: number
  last: string
  pressing: number
  /** Others that went out before the last pressing one. */
  early: number
}

async function channelsOf(database: Database, used: Readonly<Record<string, number>>) {
  const rows = await database.query<Published>(
    `with published as (
       select connection, state, priority, first_tried_at, finished_at,
         max(first_tried_at) filter (where priority = 1) over (partition by connection) as pressed_at
       from outbox where type in ('inventory.set', 'inventory.put'))
     select connection, count(*) filter (where state = 'done') as published,
       count(*) filter (where state = 'open') as waiting, max(finished_at) as last,
       count(*) filter (where priority = 1) as pressing,
       count(*) filter (where priority > 1 and first_tried_at < pressed_at) as early
     from published group by 1 order by 1`,
  )
  return Object.fromEntries(
    rows.map(({ connection, published, waiting, last, pressing, early }) => {
      const seconds = (Date.parse(last) - START_MS) / 1_000
      const allowed = ALLOWED[connection]?.(seconds)
      const scarceFirst = early <= Math.ceil((pressing + early) / OLDEST_EVERY)
      const share = allowed === undefined ? {} : { used: rounded((used[connection] ?? 0) / allowed, 3) }
      const counts = { published, waiting, seconds: rounded(seconds) }
      return [connection, { ...counts, spent: used[connection] ?? 0, ...share, scarceFirst }] as const
    }),
  ) as Record<string, { published: number; used?: number; scarceFirst: boolean }>
}
