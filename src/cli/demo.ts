/**
 * `crossdock demo`, which `npm start` runs: the hub on its own PostgreSQL, in the middle of a simulated retailer
 * (shops, Amazon, stores with tills, an Odoo with its warehouses) that remembers as long as it does.
 */
import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { createServer } from '#api/server.ts'
import { startHub } from '#engine/hub.ts'
import { streams } from '#core/streams.ts'
import { disagreements, type Tally, tally } from '#sim/auditor.ts'
import { startBustle } from '#sim/bustle.ts'
import { ERP, type Estate, secretsOf, SHOP, WAREHOUSE } from '#sim/estate.ts'
import { houseClock, liveEve, liveEvening, OFF_HOURS_MS } from '#sim/off-hours.ts'
import { type HubProcess, startProcess } from '#sim/processes.ts'
import { amazon } from '#sim/outlets/amazon.ts'
import { OUTLET_KINDS } from '#sim/outlets/kinds.ts'
import { mirakl } from '#sim/outlets/mirakl.ts'
import type { OutletKind } from '#sim/outlets/outlet.ts'
import { woocommerce } from '#sim/outlets/woocommerce.ts'
import { listen, type Listening } from '#sim/listen.ts'
import { openMemory, readPlaces, writePlaces } from '#sim/memory.ts'
import { createRandom } from '#sim/random.ts'
import type { Database } from '#store/database.ts'
import { parseConfig, secretReader } from '../config.ts'
import { elapsedMs, type Fetch, realIo } from '../io.ts'
import { type Command, UsageError } from './command.ts'
import { demoConfigText, requireBoth, requireSame, startOver, writeConfig } from './demo-folder.ts'
import { plainLog } from './log.ts'
import { openEngine } from './open.ts'
import { CONSOLE } from './serve.ts'
import { JSON_OPTION, untilStopped } from './shared.ts'

const PORT = 4870

export const demo: Command = {
  name: 'demo',
  options: {
    'orders': {
      type: 'string',
      value: 'n',
      description: 'Close the shop after so many more orders. Without it customers keep coming.',
    },
    'per-minute': { type: 'string', value: 'n', description: 'Customers a minute. 30 unless said, 1200 with --exit.' },
    'exit': {
      type: 'boolean',
      description: 'End when all orders have settled; the exit code is 0 only if nothing went wrong.',
    },
    'directory': {
      type: 'string',
      value: 'folder',
      description: 'Where the database and the simulated systems are kept.',
      default: './.crossdock',
    },
    'port': {
      type: 'string',
      value: 'n',
      description: `Port of console and webhooks. ${PORT} unless said, any free one with --exit.`,
    },
    'seed': {
      type: 'string',
      value: 'n',
      description: 'Another seed gives other customers, when starting anew.',
      default: '1',
    },
    'fresh': {
      type: 'boolean',
      description: 'Start over: removes the database and the simulated systems of the folder.',
    },
    'channels': {
      type: 'string',
      value: 'which',
      description:
        'retailer: a Shopify and a WooCommerce shop, Amazon, two warehouses and 40 stores. all: Mirakl as well. shop: ' +
        'the Shopify shop alone. retailer unless said, shop with --exit; a folder keeps what it has.',
    },
    'json': JSON_OPTION,
  },
  examples: [
    { command: 'npm start', does: 'Opens for business and prints the address of the console.' },
    {
      command: 'npm start -- --orders 200 --exit --json',
      does: 'Sells 200 times, waits until all has settled, prints one JSON object.',
    },
    { command: 'npm start -- --fresh', does: 'Forgets all earlier orders and opens anew.' },
    { command: 'npm start -- --fresh --channels shop', does: 'The smallest retailer: one shop and one warehouse.' },
  ],
  async run(options, { out, err }) {
    const exit = options.flag('exit')
    const orders =
      options.text('orders') === undefined ? null : options.number('orders', { from: 1, to: 100_000, default: 200 })
    if (exit && orders === null) throw new UsageError('--exit needs --orders: how many orders to wait for.')
    const perMinute = options.number('per-minute', { from: 1, to: 60_000, default: exit ? 1_200 : 30 })
    const started = elapsedMs()
    const directory = resolve(options.text('directory')!)
    if (options.flag('fresh')) await startOver(directory, plainLog(err), err)
    const channels = options.text('channels')
    if (channels !== undefined && !isSize(channels))
      throw new UsageError(`--channels is one of ${Object.keys(SIZES).join(', ')}, not '${channels}'.`)
    const asked = options.number('port', { from: 0, to: 65_535, default: exit ? 0 : PORT })
    const day = await openDay(options.number('seed', { from: 0, to: 2 ** 31, default: 1 }), {
      directory,
      port: exit && asked === 0 ? null : asked,
      say: err,
      perMinute,
      orders,
      // What is waited for to the last piece is the smallest retailer: see decision 0020.
      size: channels ?? (exit ? 'shop' : undefined),
    })
    err(
      exit
        ? `The shop is open for ${orders} orders.`
        : `\n  Crossdock is open for business: ${day.url}\n\n  Stop it with Ctrl-C; starting it again goes on where it stopped.\n`,
    )
    let ended: Tally | null
    let duplicatesDropped: number
    try {
      const stopped = untilStopped().then(() => null)
      ended = await (exit ? Promise.race([stopped, settle(day, orders!, err)]) : stopped)
      if (ended === null) err('Closing: finishing what is under way.')
    } finally {
      duplicatesDropped = day.duplicates()
      await day.close()
    }
    if (ended === null) return exit ? 130 : 0
    const { oversold, lost, twice, stockDisagreements, ...rest } = ended
    const seconds = Math.round((elapsedMs() - started) / 100) / 10
    const result = { ...rest, duplicatesDropped, oversold, lost, twice, stockDisagreements, seconds }
    out(options.flag('json') ? JSON.stringify(result) : describe(result))
    return oversold + lost + twice + stockDisagreements === 0 ? 0 : 1
  },
}

interface Day {
  url: string
  /** What this run's orders came to; what must never happen is counted over all there ever were. */
  figures(): Tally
  database: Database
  /** Orders taken in this run. */
  placed(): number
  /** Where channels, stores and Odoo count differently, in words. */
  disagreements(): string[]
  /** Ends the business, and lives through the evening in simulated time. */
  evening(isOver: () => Promise<boolean>): Promise<boolean>
  duplicates(): number
  close(): Promise<void>
}

interface DayOptions {
  directory: string
  /** null takes the one of last time if it is free. */
  port: number | null
  perMinute: number
  orders: number | null
  /** What a folder remembers stays; channels may come to it, stores may not. */
  size: Size | undefined
  say(line: string): void
}

/** Where it sells beside the shop, and whether it has stores. */
const SIZES = {
  shop: { beside: [] as readonly OutletKind[], chain: undefined },
  retailer: { beside: [woocommerce, amazon], chain: { stores: 40, assortment: 8, uploadEveryMs: 20_000 } },
  all: { beside: [woocommerce, amazon, mirakl], chain: { stores: 40, assortment: 8, uploadEveryMs: 20_000 } },
} as const
type Size = keyof typeof SIZES

const isSize = (text: string): text is Size => Object.hasOwn(SIZES, text)

/** A plan for large shops: what is measured here is the hub, and not how slowly a small plan lets it ask. */
const BUDGET = { points: 20_000, perSecond: 1_000 }

async function openDay(seed: number, { directory, port, perMinute, orders, size, say }: DayOptions): Promise<Day> {
  const log = plainLog(say, 'error')
  const places = readPlaces(directory)
  const known = places.systems
  const asked = SIZES[size ?? (known ? 'shop' : 'retailer')]
  const beside = OUTLET_KINDS.filter((kind) => asked.beside.includes(kind) || known?.[kind.name] !== undefined)
  const chain = known ? places.chain : asked.chain
  const clock = houseClock(realIo().now)
  const io = realIo({ log, now: clock.now, secret: secretReader('.', {}, secretsOf(beside)) })
  const stumbled = (error: unknown) => log('error', 'the simulated retailer stumbled', { reason: String(error) })
  requireBoth(directory, places)
  const closing: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const one of closing.splice(0).reverse()) await one()
  }
  try {
    return await openDoors()
  } catch (error) {
    await close()
    throw error
  }

  /** What is opened last is closed first: the shop, the hub's doors, its loops, its database, the simulated systems. */
  async function openDoors(): Promise<Day> {
    const reserved = new Map<string, { url: string; port: number }>()
    for (const { name } of beside) {
      const before = places.systems?.[name] ?? 0
      reserved.set(name, await freeAddress(before).catch(() => freeAddress(0)))
    }
    const urls = Object.fromEntries([...reserved].map(([name, { url }]) => [name, url]))
    const chained = chain ? { chain } : {}
    const estateOptions = { skus: 24, stock: [20, 90] as const, budget: BUDGET, beside, urls, ...chained }
    const memory = await openMemory({ directory, now: io.now, seed, estate: estateOptions, onError: stumbled })
    closing.push(memory.close)
    const at = async (name: string, port = places.systems?.[name]) => {
      const door = await listenAgain(memory.reached(name), port)
      closing.push(door.close)
      return door.url
    }
    const systems: Record<string, string> = { [SHOP]: await at(SHOP), [ERP]: await at(ERP) }
    for (const [name, { port: own }] of reserved) systems[name] = await at(name, own)
    const [shop, erp] = [systems[SHOP]!, systems[ERP]!]
    say(`A simulated Shopify shop listens at ${shop}, a simulated Odoo 18 at ${erp}.`)
    for (const { name, title } of beside) say(`Beside it ${title} at ${systems[name]}.`)
    if (chain) say(`${chain.stores} stores have a till each and shelves of their own; two warehouses send parcels.`)
    if (memory.isNew) clock.stop(OFF_HOURS_MS)
    const placed = memory.placed()
    const before = countSold(memory.estate)
    if (!memory.isNew) say(`They go on where they stopped, with ${placed} orders.`)
    say('Starting PostgreSQL in the hub’s own folder …')
    const hub = port === null ? await freeAddress(places.hub ?? 0).catch(() => freeAddress(0)) : await freeAddress(port)
    const addresses = { shop, erp, hub: hub.url, beside: urls }
    const setting = { port: hub.port, beside, ...chained }
    const config = parseConfig(demoConfigText(addresses, { ...setting, directory }), 'demo.yaml')
    const opened = await openEngine(config, io, { onMigrated: (name) => say(`Prepared the database: ${name}`) })
    closing.push(opened.close)
    say(`PostgreSQL ${opened.server.version} runs.`)
    /** While nobody is there the hub is driven step by step, as a process of its own. */
    const offHours = async <T>(name: string, live: (hub: HubProcess) => Promise<T>): Promise<T> => {
      const process = startProcess(name, opened.database, {
        config, io, wrap: (fetch) => fetch, elapsed: clock.now, epoch: opened.engine.epoch,
      }) // prettier-ignore
      try {
        return await live(process)
      } finally {
        await process.life.leave()
      }
    }
    const mark = await requireSame(opened.database, directory, places)
    const file = writeConfig(directory, addresses, setting)
    say(`Beside it every command works with --config ${relative('.', file)}`)
    const ports = Object.fromEntries(Object.entries(systems).map(([name, url]) => [name, portOf(url)]))
    writePlaces(directory, { systems: ports, hub: hub.port, database: mark, ...chained })
    if (memory.isNew) {
      say(
        'The eve of the first day, in simulated time: the hub learns what each channel has sold, then puts goods on sale …',
      )
      await offHours('eve', (hub) => liveEve(hub, memory, { outlets: memory.estate.outlets, clock }))
      clock.go()
    }
    const running = startHub(opened.engine)
    const business: (() => Promise<unknown>)[] = [running.stop]
    const endBusiness = async () => {
      for (const one of business.splice(0).reverse()) await one()
    }
    closing.push(endBusiness)
    const server = await createServer({
      engine: opened.engine,
      receiver: running.receiver,
      host: '127.0.0.1',
      port: hub.port,
      ...(existsSync(CONSOLE) ? { console: CONSOLE } : {}),
    })
    business.push(server.close)
    const ordersMax = orders === null ? null : placed + orders
    const bustle = startBustle(memory, createRandom(seed + 2), {
      perMinute, ordersMax, twice: 0.05, hubUrl: server.url, flashSales: () => flashSales(opened.database),
      onError: stumbled,
    }) // prettier-ignore
    business.push(bustle.stop)
    return {
      url: server.url,
      figures: () => figuresSince(memory.estate, before),
      database: opened.database,
      placed: () => memory.placed() - placed,
      disagreements: () => disagreements(memory.estate),
      async evening(isOver) {
        await endBusiness()
        clock.stop(0)
        return offHours('evening', (hub) => liveEvening(hub, memory, { clock, isOver }))
      },
      duplicates: () => opened.engine.meter.read().duplicates,
      close,
    }
  }
}

const countSold = ({ outlets }: Estate) =>
  new Map(outlets.map(({ name, believes }) => [name, believes().orders.length]))

function figuresSince(estate: Estate, before: ReadonlyMap<string, number>): Tally {
  const all = tally(estate)
  const outlets = estate.outlets.map((outlet) => ({
    ...outlet,
    believes() {
      const { orders, offered } = outlet.believes()
      return { orders: orders.slice(before.get(outlet.name)), offered }
    },
  }))
  const { oversold, lost, twice, stockDisagreements } = all
  return { ...tally({ ...estate, outlets }), oversold, lost, twice, stockDisagreements }
}

const portOf = (url: string): number => Number(new URL(url).port)

/** At the port of last time if it is free, so that what others wrote down still fits. */
const listenAgain = (fetch: Fetch, port = 0): Promise<Listening> => listen(fetch, port).catch(() => listen(fetch))

/** A port to tell the shop of before the server listens on it. */
async function freeAddress(wanted: number): Promise<{ url: string; port: number }> {
  const probe = await listen(() => Promise.resolve(new Response()), wanted).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EADDRINUSE') throw cause
    throw new Error(`Port ${wanted} is taken. Stop what listens there, or give another with --port.`, { cause })
  })
  await probe.close()
  return { url: probe.url, port: Number(new URL(probe.url).port) }
}

const rest = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))

/** Customers hear of a flash sale when a person says that a SKU is exclusive. */
async function flashSales(database: Database): Promise<string[]> {
  const rows = await database.query<{ sku: string }>(
    `select substr(stream, $1) as sku from stream
     where stream like $2 and state #>> '{mode,is}' = 'exclusive' and state #>> '{mode,byHand}' = 'true'`,
    [streams.stock(WAREHOUSE, '').length + 1, `${streams.stock(WAREHOUSE, '')}%`],
  )
  return rows.map(({ sku }) => sku)
}

const STALLED_MS = 60_000

/** Waits until everything is sold, and lives through the evening. @throws when it does not come to its end. */
async function settle(day: Day, orders: number, say: (line: string) => void): Promise<Tally> {
  for (let [shown, movedMs] = [-1, elapsedMs()]; shown < orders; await rest(500)) {
    const sold = day.placed()
    if (sold !== shown) [shown, movedMs] = [sold, elapsedMs()]
    say(`sold ${sold} of ${orders}`)
    if (elapsedMs() - movedMs > STALLED_MS)
      throw new Error(`Nobody has bought anything for ${STALLED_MS / 1_000} s: ${sold} of ${orders} are sold.`)
  }
  say('The evening, in simulated time: what is under way comes to its end …')
  let figures = day.figures()
  let open = 0
  const isOver = async (): Promise<boolean> => {
    figures = day.figures()
    say(describe({ ...figures }))
    const { placed: sold, cancelled, invoiced, receipts, receiptsInOdoo, stockDisagreements } = figures
    open = await openIn(day.database)
    return open === 0 && sold - cancelled <= invoiced && receiptsInOdoo >= receipts && stockDisagreements === 0
  }
  if (await day.evening(isOver)) return figures
  throw new Error(
    `The evening did not end in an hour: ${describe(figures)}; ${open} pieces of work are open in the hub. ` +
      day
        .disagreements()
        .slice(0, 3)
        .map((one) => `${one} `)
        .join('') +
      'Start it again without --exit and look at the orders in the console.',
  )
}

/** Messages, calls and orders that are not at their end, without those that people have to look at. */
async function openIn(database: Database): Promise<number> {
  const [row] = await database.query<{ open: number }>(
    `select (select count(*) from inbox where state = 'new') + (select count(*) from outbox where state = 'open')
       + (select count(*) from stream where kind = 'order' and status not in ('completed', 'cancelled') and not attention) as open`,
  )
  return row?.open ?? 0
}

const describe = (figures: Record<string, number> | Tally): string =>
  Object.entries(figures).map(([name, value]) => `${name} ${value}`).join(' · ') // prettier-ignore
