/** A small estate in one process, with the hub between the two simulators: news can be lost on the way. */
import { regularWork } from '#engine/hub.ts'
import type { Engine } from '#engine/engine.ts'
import { definitionsOf } from '#engine/reconcile/definitions.ts'
import { type Outcome, reconcile } from '#engine/reconcile/run.ts'
import { turn } from '#engine/turn.ts'
import { DEFAULT_RECONCILE } from '#policy/reconcile.ts'
import type { Database } from '#store/database.ts'
import { secretReader } from '../../src/config.ts'
import type { Io } from '../../src/io.ts'
import { configFor, createEstate, ERP, type Estate, ESTATE_SECRETS, SHOP, TAX_RATE } from '../../src/sim/estate.ts'
import { dispatchAll, type HubProcess, readOwed, startProcess } from '../../src/sim/processes.ts'
import { createRandom } from '../../src/sim/random.ts'

export { ERP, SHOP } from '../../src/sim/estate.ts'

export const MINUTE = 60_000

export interface SmallEstate extends Estate {
  engine: Engine
  clock: { ms: number }
  /** While set, webhooks get lost and nothing is polled. */
  deaf: boolean
  /** Everything that can happen does, until the hub is at rest. */
  settle(): Promise<void>
  buy(sku: string, quantity?: number, paid?: boolean): string
  /** Runs one reconciliation, or all of them. @returns what is open afterwards: `definition kind key field`. */
  check(name?: string, mends?: boolean): Promise<string[]>
  lastOutcome: Outcome | null
}

const BUYER = {
  firstName: 'Ada', lastName: 'Byron', email: 'ada.byron@example.com',
  address: { address1: '1 Dock Road', city: 'Austin', zip: '78701', provinceCode: 'TX', countryCode: 'US' },
} // prettier-ignore

export async function openEstate(database: Database, skus = 4): Promise<SmallEstate> {
  const clock = { ms: Date.parse('2026-11-20T08:00:00.000Z') }
  const random = createRandom(7)
  const estate = createEstate({ now: () => clock.ms, random: random.next }, random, { skus, stock: [20, 30] })
  const hosts: Readonly<Record<string, Io['fetch']>> = { 'shop.sim': estate.shop.fetch, 'odoo.sim': estate.erp.fetch }
  const io: Io = {
    now: () => clock.ms,
    id: () => String(random.int(0, 1e9)).padStart(32, '0'),
    jitter: random.next,
    fetch: (request) => hosts[new URL(request.url).hostname]!(request),
    secret: secretReader('.', {}, ESTATE_SECRETS),
    log: () => {},
  }
  const config = configFor({ shop: 'http://shop.sim', erp: 'http://odoo.sim', hub: 'http://127.0.0.1:4870' })
  const process = startProcess('hub', database, {
    config, io, wrap: (fetch) => fetch, elapsed: () => clock.ms, epoch: 0,
  }) // prettier-ignore
  const engine: Engine = { ...process.engine, reconcile: DEFAULT_RECONCILE }
  const small: SmallEstate = {
    ...estate,
    engine,
    clock,
    deaf: false,
    lastOutcome: null,
    async settle() {
      for (let quiet = 0; quiet < QUIET_ROUNDS;) quiet = (await round(small, process)) === 0 ? quiet + 1 : 0
    },
    buy(sku, quantity = 1, paid = true) {
      const id = estate.shop.placeOrder({
        lines: [{ sku, quantity }],
        customer: BUYER,
        shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
        taxRate: TAX_RATE,
        financialStatus: paid ? 'paid' : 'pending',
      })
      if (id === null) throw new Error(`the shop had no ${quantity} of ${sku}`)
      return id
    },
    async check(name, mends = false) {
      for (const definition of definitionsOf(engine)) {
        if (name !== undefined && definition.name !== name) continue
        do small.lastOutcome = await reconcile(engine, definition, { mends })
        while (small.lastOutcome.state === 'paused' && (clock.ms = Date.parse(small.lastOutcome.dueAt)) > 0)
        if (small.lastOutcome.state !== 'done') throw new Error(JSON.stringify(small.lastOutcome))
      }
      const rows = await database.query<{ definition: string; kind: string; key: string; field: string }>(
        `select definition, kind, key, field from reconcile_finding where state <> 'resolved' order by id`,
      )
      return rows.map((row) => `${row.definition} ${row.kind} ${row.key} ${row.field}`.trim())
    },
  }
  await small.settle()
  return small
}

/** How far a channel is caught up is told three minutes behind its clock, and may be waited for. */
const QUIET_ROUNDS = 5

/** @returns what happened: webhooks, events and calls. That a feed tells how far it has come is nothing. */
async function round(small: SmallEstate, process: HubProcess): Promise<number> {
  const { clock, shop, engine } = small
  clock.ms += 61_000
  await process.life.beat()
  let found = 0
  for (const hook of shop.due()) {
    found += 1
    if (!small.deaf) {
      const headers = Object.fromEntries(
        Object.entries(hook.headers).map(([name, value]) => [name.toLowerCase(), value]),
      )
      const receivedAt = new Date(clock.ms).toISOString()
      await process.receiver.receive(SHOP, { headers, body: Buffer.from(hook.body), receivedAt })
    }
    hook.settle(200)
  }
  const before = await countEvents(engine)
  if (!small.deaf) for (const name of [SHOP, ERP]) await regularWork(engine, name)
  for (let more = 1; more > 0;) {
    const calls = await dispatchAll(process, await readOwed(engine.database))
    found += calls
    more = calls + (await turn(engine))
  }
  return found + (await countEvents(engine)) - before
}

const countEvents = async ({ database }: Engine): Promise<number> =>
  (await database.query<{ count: number }>('select count(*) from journal'))[0]!.count

/** What happened up to now never comes by the feed either: its cursor stands behind it. */
export async function skipFeed({ engine, clock }: SmallEstate, connection: string, feed: string): Promise<void> {
  const now = new Date(clock.ms).toISOString()
  const position =
    connection === SHOP
      ? { since: now, after: null, high: now, read: {} }
      : { from: now.slice(0, 19).replace('T', ' '), lastId: 0, to: null }
  await engine.database.query('update cursor set position = $3::json where connection = $1 and feed = $2', [
    connection,
    feed,
    JSON.stringify(position),
  ])
}
