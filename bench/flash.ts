/**
 * A flash sale: order webhooks as fast as they come over real HTTP, while the ERP confirms three orders a second. All
 * are acknowledged and stored; stock goes on being published past the backlog; memory stays flat; and the backlog
 * drains as fast as a loop drains it that does nothing but call that ERP.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createServer } from '#api/server.ts'
import type { Connection, Outbound } from '#connectors/kit/connector.ts'
import type { IntentType } from '#core/intents.ts'
import type { Engine } from '#engine/engine.ts'
import { startHub } from '#engine/hub.ts'
import { NOTE_PRIORITY } from '#policy/priorities.ts'
import type { Database } from '#store/database.ts'
import { insertInbox } from '#store/inbox.ts'
import { openEngine } from './hub.ts'
import { stockUp } from './life.ts'
import { startLoad } from './load.ts'
import { percentile, rounded } from './measure.ts'
import type { Run } from './run.ts'
import { withServer } from './server.ts'
import { CHANNEL, POOL } from './shop.ts'

const ORDERS = 10_000
const CONNECTIONS = 100
/** Of the ERP; nothing here is scaled. */
const ORDERS_PER_SECOND = 3
const ORDERS_PER_CALL = 10
const SMALL_CALL_MS = 50
/** How long the drain is watched: 10,000 orders would take the better part of an hour. */
const DRAIN_MS = 100_000
const PROBES = 20
const PROBE_EVERY_MS = 2_000
/** Stock is shown within this time of its change in the ERP. */
const STOCK_SLO_MS = 60_000

const GOALS = {
  refused: 0,
  lost: 0,
  slowestAnswerMs: 5_000,
  ratioOfDrain: 0.95,
  memoryRatio: 1.3,
  stockSlowestMs: STOCK_SLO_MS,
}

export async function flash({ orders = ORDERS, report }: Run) {
  return withServer(async ({ version, create }) => {
    const database = await create('flash')
    const erp = slowErp()
    const shop = probedShop()
    const engine = openEngine(database)
    await stockUp(engine)
    const all = new Map(engine.connections)
    all.set(CHANNEL, { ...all.get(CHANNEL)!, outbound: { ...all.get(CHANNEL)!.outbound, ...shop.outbound } })
    all.set('odoo', erp.over(all.get('odoo')!))
    const busy: Engine = { ...engine, connections: all, parallel: 8 }
    await prepareProbes(database)
    const hub = startHub(busy)
    const server = await createServer({ engine: busy, receiver: hub.receiver, host: '127.0.0.1', port: 0 })
    const load = startLoad()
    try {
      await until(() => shop.known() === PROBES)
      const probing = probe(database, erp, shop)
      const port = Number(new URL(server.url).port)
      const path = `/hooks/${CHANNEL}`
      const said = await load.run({
        port, path, connections: CONNECTIONS, seconds: 600, duplicates: 0, run: 'flash', count: orders,
      }) // prettier-ignore
      report(`${said.answered} answered in ${said.seconds.toFixed(1)} s, the slowest in ${Math.round(said.maxMs)} ms`)
      const stored = await countOf(database, `select count(*) from inbox where topic = 'orders/create'`)
      await until(async () => (await countOf(database, `select count(*) from inbox where state = 'new'`)) < 500)
      const first = memoryMb()
      // What was confirmed before, while all was decided, counts for nobody.
      const sinceMs = performance.now()
      await wait(DRAIN_MS)
      const perSecond = erp.perSecond(sinceMs)
      const decided = await countOf(database, `select count(*) from stream where kind = 'order'`)
      const last = memoryMb()
      const published = await probing.stop()
      const direct = await directLoop(DRAIN_MS / 4)
      report(`confirmed ${perSecond.toFixed(2)}/s against ${direct.toFixed(2)}/s`)
      const sorted = Float64Array.from(published.lagsMs).sort()
      return {
        benchmark: 'flash',
        postgres: version,
        orders,
        answered: said.answered,
        refused: said.refused,
        lost: orders - Math.min(stored, decided),
        slowestAnswerMs: rounded(said.maxMs),
        answersPerSecond: rounded(said.answered / said.seconds),
        ratioOfDrain: rounded(perSecond / direct, 3),
        confirmedPerSecond: rounded(perSecond, 2),
        directPerSecond: rounded(direct, 2),
        backlog: await countOf(database, `select count(*) from outbox where state = 'open' and type = 'sale.ensure'`),
        stock: {
          changes: published.lagsMs.length,
          notShown: published.missing,
          p50Ms: rounded(percentile(sorted, 0.5)),
          slowestMs: rounded(sorted.at(-1) ?? 0),
        },
        memoryMb: { backlogDecided: rounded(first), atTheEnd: rounded(last) },
        memoryRatio: rounded(last / first, 2),
        goals: GOALS,
      }
    } finally {
      await load.stop()
      await server.close()
      erp.hurry()
      await hub.stop()
    }
  })
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await wait(50)
}

async function countOf(database: Database, text: string): Promise<number> {
  const [row] = await database.query<{ count: number }>(text)
  return row!.count
}

function memoryMb(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().rss / 1024 / 1024
}

/** One worker confirms sales, so many a second and no more; everything else takes a moment. */
function slowErp() {
  const free = new Map<string, number>()
  const confirmed: { atMs: number; count: number }[] = []
  let isHurried = false
  const confirming = async (count: number) => {
    if (!isHurried) await wait((count / ORDERS_PER_SECOND) * 1_000)
    confirmed.push({ atMs: performance.now(), count })
  }
  const over = (erp: Connection): Connection => {
    const outbound: Record<string, Outbound<IntentType>> = {}
    for (const [type, answering] of Object.entries(erp.outbound) as [IntentType, Outbound<IntentType>][]) {
      const isSale = type === 'sale.ensure'
      outbound[type] = {
        ...answering,
        batch: isSale ? ORDERS_PER_CALL : type === 'stock.read' ? 100 : 1,
        async send(intents) {
          if (isSale) await confirming(intents.length)
          else if (!isHurried) await wait(SMALL_CALL_MS)
          if (type !== 'stock.read') return answering.send(intents)
          return intents.map(({ ask }) => {
            const pieces = free.get((ask as { sku: string }).sku) ?? 1_000_000
            return { answer: { free: pieces, onHand: pieces } }
          }) as never
        },
      }
    }
    return { ...erp, outbound: outbound as Connection['outbound'] }
  }
  return {
    over,
    free,
    /** From the first confirmation after `sinceMs` to the last. */
    perSecond(sinceMs: number): number {
      const [first, ...rest] = confirmed.filter(({ atMs }) => atMs >= sinceMs)
      const count = rest.reduce((all, one) => all + one.count, 0)
      return (count * 1_000) / (rest.at(-1)!.atMs - first!.atMs)
    },
    hurry: () => void (isHurried = true),
  }
}

/** What a loop gets out of the same ERP that has nothing else to do. @returns orders a second. */
async function directLoop(ms: number): Promise<number> {
  const startedMs = performance.now()
  let count = 0
  while (performance.now() - startedMs < ms) {
    await wait((ORDERS_PER_CALL / ORDERS_PER_SECOND) * 1_000)
    count += ORDERS_PER_CALL
  }
  return (count * 1_000) / (performance.now() - startedMs)
}

const skuOfProbe = (index: number): string => `PROBE-${index}`

/** Remembers when each number was shown. */
function probedShop() {
  const shown = new Map<string, { pieces: number; atMs: number }>()
  const outbound: Connection['outbound'] = {
    'inventory.read': { batch: 50, send: async (sent) => sent.map(() => ({ answer: { available: 0 } })) },
    'inventory.set': {
      batch: 50,
      async send(sent) {
        for (const { ask } of sent) shown.set(ask.sku, { pieces: ask.to, atMs: performance.now() })
        return sent.map(() => ({ answer: { outcome: 'set' } }))
      },
    },
  }
  const known = () => Array.from({ length: PROBES }, (_, index) => shown.has(skuOfProbe(index))).filter(Boolean).length
  return { outbound, shown, known }
}

async function tell(database: Database, key: string, sku: string, command: unknown): Promise<void> {
  await insertInbox(database, [{
    source: 'core', key, kind: 'note', topic: `stock/${POOL}/${sku}`, body: Buffer.from(JSON.stringify(command)),
    correlation: null, receivedAt: new Date().toISOString(), priority: NOTE_PRIORITY,
  }]) // prettier-ignore
}

async function prepareProbes(database: Database): Promise<void> {
  for (let index = 0; index < PROBES; index += 1) {
    const sku = skuOfProbe(index)
    const place = { inventoryItemId: `9${index}`, locationId: '1' }
    await tell(database, `know ${index}`, sku, { type: 'stock.know', stocked: true })
    await tell(database, `bind ${index}`, sku, { type: 'stock.bind', channel: CHANNEL, place })
  }
}

/** Somebody counts in the ERP, every now and then, and the shop has to show it. */
function probe(database: Database, erp: ReturnType<typeof slowErp>, shop: ReturnType<typeof probedShop>) {
  const lagsMs: number[] = []
  const watched: Promise<void>[] = []
  let [isOver, missing, count] = [false, 0, 0]
  const watch = async (sku: string, pieces: number, sinceMs: number) => {
    const isShown = () => shop.shown.get(sku)?.pieces === pieces
    await until(() => isShown() || performance.now() - sinceMs > STOCK_SLO_MS)
    if (isShown()) lagsMs.push(shop.shown.get(sku)!.atMs - sinceMs)
    else missing += 1
  }
  const run = async () => {
    while (!isOver) {
      const sku = skuOfProbe((count += 1) % PROBES)
      const pieces = 5_000 + count
      erp.free.set(sku, pieces)
      await tell(database, `count ${count}`, sku, { type: 'stock.nudge', free: pieces })
      watched.push(watch(sku, pieces, performance.now()))
      await wait(PROBE_EVERY_MS)
    }
  }
  const running = run()
  return {
    async stop() {
      isOver = true
      await running
      await Promise.all(watched)
      return { lagsMs, missing }
    },
  }
}
