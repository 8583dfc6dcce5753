/**
 * `crossdock demo`, which `npm start` runs: the hub on its own PostgreSQL, between a simulated shop and a simulated
 * Odoo that remember as long as it does.
 */
import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { createServer } from '#api/server.ts'
import { startHub } from '#engine/hub.ts'
import { type Tally, tally } from '#sim/auditor.ts'
import { startBustle } from '#sim/bustle.ts'
import { ERP, type Estate, secretsOf, SHOP } from '#sim/estate.ts'
import { OUTLET_KINDS } from '#sim/outlets/kinds.ts'
import type { Outlet } from '#sim/outlets/outlet.ts'
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
  summary: 'run the hub between a simulated shop and a simulated Odoo, and open for business',
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
      description: 'shop: the Shopify shop alone. all: a WooCommerce shop and a marketplace beside it.',
      default: 'shop',
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
    const channels = options.text('channels')!
    if (channels !== 'shop' && channels !== 'all') throw new UsageError(`--channels is shop or all, not '${channels}'.`)
    const asked = options.number('port', { from: 0, to: 65_535, default: exit ? 0 : PORT })
    const day = await openDay(options.number('seed', { from: 0, to: 2 ** 31, default: 1 }), {
      directory,
      port: exit && asked === 0 ? null : asked,
      say: err,
      perMinute,
      orders,
      beside: channels === 'all',
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
  duplicates(): number
  close(): Promise<void>
}

interface DayOptions {
  directory: string
  /** null takes the one of last time if it is free. */
  port: number | null
  perMinute: number
  orders: number | null
  /** Sells on other channels beside the shop. What a folder remembers stays. */
  beside: boolean
  say(line: string): void
}

/** A plan for large shops: what is measured here is the hub, and not how slowly a small plan lets it ask. */
const BUDGET = { points: 20_000, perSecond: 1_000 }

async function openDay(
  seed: number,
  { directory, port, perMinute, orders, beside: all, say }: DayOptions,
): Promise<Day> {
  const log = plainLog(say, 'error')
  const places = readPlaces(directory)
  const beside = OUTLET_KINDS.filter(({ name }) => all || places.systems?.[name] !== undefined)
  const io = realIo({ log, secret: secretReader('.', {}, secretsOf(beside)) })
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
    const estateOptions = { skus: 24, stock: [20, 90], budget: BUDGET, beside, urls } as const
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
    if (beside.length > 0 && memory.isNew)
      say('They all open once it is known what each has sold: in some ten minutes, the first time.')
    const placed = memory.placed()
    const before = countSold(memory.estate)
    if (!memory.isNew) say(`They go on where they stopped, with ${placed} orders.`)
    say('Starting PostgreSQL in the hub’s own folder …')
    const hub = port === null ? await freeAddress(places.hub ?? 0).catch(() => freeAddress(0)) : await freeAddress(port)
    const addresses = { shop, erp, hub: hub.url, beside: urls }
    const setting = { port: hub.port, beside }
    const config = parseConfig(demoConfigText(addresses, { ...setting, directory }), 'demo.yaml')
    const opened = await openEngine(config, io, { onMigrated: (name) => say(`Prepared the database: ${name}`) })
    closing.push(opened.close)
    say(`PostgreSQL ${opened.server.version} runs.`)
    const mark = await requireSame(opened.database, directory, places)
    const file = writeConfig(directory, addresses, setting)
    say(`Beside it every command works with --config ${relative('.', file)}`)
    const ports = Object.fromEntries(Object.entries(systems).map(([name, url]) => [name, portOf(url)]))
    writePlaces(directory, { systems: ports, hub: hub.port, database: mark })
    const running = startHub(opened.engine)
    closing.push(running.stop)
    const server = await createServer({
      engine: opened.engine,
      receiver: running.receiver,
      host: '127.0.0.1',
      port: hub.port,
      ...(existsSync(CONSOLE) ? { console: CONSOLE } : {}),
    })
    closing.push(server.close)
    if (memory.isNew) await stocked(memory.estate)
    const ordersMax = orders === null ? null : placed + orders
    const bustle = startBustle(memory, createRandom(seed + 2), { perMinute, ordersMax, twice: 0.05, onError: stumbled })
    closing.push(bustle.stop)
    return {
      url: server.url,
      figures: () => figuresSince(memory.estate, before),
      database: opened.database,
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

/** The doors open once the hub has put goods on sale. */
async function stocked({ outlets }: Estate): Promise<void> {
  // What a channel without compare-and-set has sold is known after the second pass of its orders.
  const minutes = outlets.length > 1 ? 12 : 1
  for (let tries = 0; tries < minutes * 600; tries += 1) {
    const isOpen = ({ believes }: Outlet) => Object.values(believes().offered).some((pieces) => pieces > 0)
    if (outlets.every(isOpen)) return
    await rest(100)
  }
  throw new Error(`The hub put nothing on sale within ${minutes} min. See the warnings above.`)
}

const STALLED_MS = 180_000

/** Waits until every order has reached its end, and the figures stand still. @throws when nothing moves any more. */
async function settle({ figures: read, database }: Day, orders: number, say: (line: string) => void): Promise<Tally> {
  let shown = ''
  let moved = ''
  let movedMs = elapsedMs()
  for (let calm = 0; ;) {
    const figures = read()
    const { placed: sold, confirmedInOdoo, shipped, fulfilledInChannels, invoiced, cancelled } = figures
    const early = `sold ${sold} of ${orders} · in Odoo ${confirmedInOdoo} · shipped ${shipped}`
    const line = `${early} · told the customer ${fulfilledInChannels} · invoiced ${invoiced} · cancelled ${cancelled}`
    if (line !== shown) say((shown = line))
    const [row] = await database.query<{ open: number }>(
      `select (select count(*) from inbox where state = 'new') + (select count(*) from outbox where state = 'open')
         + (select count(*) from stream where kind = 'order' and status not in ('completed', 'cancelled') and not attention) as open`,
    )
    const open = row?.open ?? 0
    const hubSettled = open === 0
    const worldSettled = sold - cancelled <= invoiced && figures.stockDisagreements === 0
    calm = sold >= orders && hubSettled && worldSettled ? calm + 1 : 0
    if (calm >= 3) return figures
    const stands = `${line} ${open} ${figures.stockDisagreements}`
    if (stands !== moved) [moved, movedMs] = [stands, elapsedMs()]
    if (elapsedMs() - movedMs > STALLED_MS) {
      throw new Error(
        `Nothing has moved for ${STALLED_MS / 60_000} minutes: ${line}; ${open} pieces of work are open in the hub, ` +
          `${figures.stockDisagreements} SKUs differ. Start it again without --exit and look at the orders in the console.`,
      )
    }
    await rest(500)
  }
}

const describe = (figures: Record<string, number> | Tally): string =>
  Object.entries(figures).map(([name, value]) => `${name} ${value}`).join(' · ') // prettier-ignore
