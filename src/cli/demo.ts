/** `crossdock demo`, which `npm start` runs: the hub on its own PostgreSQL, between a simulated shop and a simulated Odoo. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { createServer } from '#api/server.ts'
import { startHub } from '#engine/hub.ts'
import { type Tally, tally } from '#sim/auditor.ts'
import { startBustle } from '#sim/bustle.ts'
import { configFor, createEstate, type Estate, ESTATE_SECRETS } from '#sim/estate.ts'
import { listen } from '#sim/listen.ts'
import { createPeople } from '#sim/people.ts'
import { createRandom } from '#sim/random.ts'
import type { Database } from '#store/database.ts'
import { secretReader } from '../config.ts'
import { elapsedMs, realIo } from '../io.ts'
import { type Command, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { openEngine } from './open.ts'
import { CONSOLE } from './serve.ts'
import { JSON_OPTION, untilStopped } from './shared.ts'

const PORT = 4870

export const demo: Command = {
  name: 'demo',
  summary: 'run the hub between a simulated shop and a simulated Odoo, and open for business',
  options: {
    orders: { type: 'string', value: 'n', description: 'Close the shop after so many orders. Without it customers keep coming.' },
    'per-minute': { type: 'string', value: 'n', description: 'Customers a minute. 30 unless said, 1200 with --exit.' },
    exit: { type: 'boolean', description: 'End when all orders have settled; the exit code is 0 only if nothing went wrong.' },
    directory: { type: 'string', value: 'folder', description: 'Where the database is kept.', default: './.crossdock' },
    port: { type: 'string', value: 'n', description: `Port of console and webhooks. ${PORT} unless said, any free one with --exit.` },
    seed: { type: 'string', value: 'n', description: 'Another seed gives other customers.', default: '1' },
    json: JSON_OPTION,
  },
  examples: [
    { command: 'npm start', does: 'Opens for business and prints the address of the console.' },
    { command: 'npm start -- --orders 200 --exit --json', does: 'Sells 200 times, waits until all has settled, prints one JSON object.' },
  ],
  async run(options, { out, err }) {
    const exit = options.flag('exit')
    const orders = options.text('orders') === undefined ? null : options.number('orders', { from: 1, to: 100_000, default: 200 })
    if (exit && orders === null) throw new UsageError('--exit needs --orders: how many orders to wait for.')
    const perMinute = options.number('per-minute', { from: 1, to: 60_000, default: exit ? 1_200 : 30 })
    const started = elapsedMs()
    const day = await openDay(options.number('seed', { from: 0, to: 2 ** 31, default: 1 }), {
      directory: resolve(options.text('directory')!),
      port: options.number('port', { from: 0, to: 65_535, default: exit ? 0 : PORT }),
      say: err,
      perMinute,
      orders,
    })
    err(exit ? `The shop is open for ${orders} orders.` : `\n  Crossdock is open for business: ${day.url}\n\n  Stop it with Ctrl-C; starting it again goes on where it stopped.\n`)
    const stopped = untilStopped()
    const settled = exit ? settle(day.estate, day.database, orders!, err) : new Promise<never>(() => {})
    const ended = await Promise.race([stopped.then(() => null), settled])
    if (ended === null) err('Closing: finishing what is under way.')
    const duplicatesDropped = day.duplicates()
    await day.close()
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
  estate: Estate
  database: Database
  duplicates(): number
  close(): Promise<void>
}

interface DayOptions {
  directory: string
  port: number
  perMinute: number
  orders: number | null
  say(line: string): void
}

async function openDay(seed: number, { directory, port, perMinute, orders, say }: DayOptions): Promise<Day> {
  const random = createRandom(seed)
  const log = plainLog(say)
  const io = realIo({ log, secret: secretReader('.', {}, ESTATE_SECRETS) })
  const simulatorRandom = createRandom(seed + 1)
  // The retailer was there before the hub: what it has is older than what any reader leaves out as too fresh.
  let agoMs = 3_600_000
  const estate = createEstate({ now: () => io.now() - agoMs, random: simulatorRandom.next }, random, { skus: 24, stock: [20, 90] })
  agoMs = 0
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

  async function openDoors(): Promise<Day> {
    const shop = await listen(estate.shop.fetch)
    closing.push(shop.close)
    const erp = await listen(estate.erp.fetch)
    closing.push(erp.close)
    say(`A simulated Shopify shop listens at ${shop.url}, a simulated Odoo 18 at ${erp.url}.`)
    say('Starting PostgreSQL in the hub’s own folder …')
    const hub = await freeAddress(port)
    const config = configFor({ shop: shop.url, erp: erp.url, hub: hub.url }, directory, hub.port)
    const opened = await openEngine(config, io, { onMigrated: (name) => say(`Prepared the database: ${name}`) })
    closing.push(opened.close)
    say(`PostgreSQL ${opened.server.version} runs.`)
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
    await stocked(estate)
    const bustle = startBustle(estate, createPeople(estate, random), random, {
      perMinute,
      ordersMax: orders,
      twice: 0.05,
      onError: (error) => log('error', 'the simulated retailer stumbled', { reason: String(error) }),
    })
    closing.push(bustle.stop)
    const duplicates = () => opened.engine.meter.read().duplicates
    return { url: server.url, estate, database: opened.database, duplicates, close }
  }
}

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
async function stocked({ shop }: Estate): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (Object.values(shop.beliefs().available).some((pieces) => pieces > 0)) return
    await rest(100)
  }
  throw new Error('The hub put nothing on sale within a minute. See the warnings above.')
}

/** Waits until every order has reached its end, and the figures stand still. */
async function settle(estate: Estate, database: Database, orders: number, say: (line: string) => void): Promise<Tally> {
  let shown = ''
  for (let calm = 0; ; ) {
    const figures = tally(estate)
    const { placed: sold, confirmedInOdoo, shipped, fulfilledInShopify, invoiced, cancelled } = figures
    const line = `sold ${sold} of ${orders} · in Odoo ${confirmedInOdoo} · shipped ${shipped} · told the shop ${fulfilledInShopify} · invoiced ${invoiced} · cancelled ${cancelled}`
    if (line !== shown) say((shown = line))
    const [row] = await database.query<{ open: number }>(
      `select (select count(*) from inbox where state = 'new') + (select count(*) from outbox where state = 'open')
         + (select count(*) from stream where kind = 'order' and status not in ('completed', 'cancelled') and not attention) as open`,
    )
    const placed = sold >= orders
    const hubSettled = row?.open === 0
    const worldSettled = sold - cancelled <= invoiced && figures.stockDisagreements === 0
    calm = placed && hubSettled && worldSettled ? calm + 1 : 0
    if (calm >= 3) return figures
    await rest(500)
  }
}

const describe = (figures: Record<string, number> | Tally): string =>
  Object.entries(figures).map(([name, value]) => `${name} ${value}`).join(' · ') // prettier-ignore

