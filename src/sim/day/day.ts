/**
 * A trading day of a chain of stores, in simulated time: every channel and the tills sell, stock changes by other hands
 * all day long, and one hub keeps up. Nothing goes wrong on purpose: what is measured is how much work a day is, and
 * that it needs no more of anything in the evening than in the morning.
 */
import type { Database } from '#store/database.ts'
import { secretReader } from '../../config.ts'
import { type Fetch, type Io, realIo } from '../../io.ts'
import { soldIn } from '../auditor.ts'
import { type Driven, drain, step } from '../driven.ts'
import { type Chain, configFor, createEstate, type Estate, HOSTS, secretsOf, SHOP } from '../estate.ts'
import { OUTLET_KINDS } from '../outlets/kinds.ts'
import { startProcess } from '../processes.ts'
import { createRandom } from '../random.ts'
import { disagreements, type Ledger, newLedger, settleDay, unsettled } from './settle.ts'
import { openTrade, type Trade } from './trade.ts'

export interface DayOptions {
  orders: number
  stores: number
  skus: number
  /** Told when trade begins, and after every twelfth of the day how many orders it had. */
  onBegin?(): void
  onHour?(orders: number): void
}

export interface DayReport {
  orders: number
  stockChanges: number
  lost: number
  twice: number
  /** From opening until the last of it was settled, on the simulated clock. */
  minutes: number
  disagreements: string[]
}

const START_MS = Date.parse('2026-11-20T06:00:00.000Z')
/** As many orders as a full day has in a step: a smaller day is a shorter one. */
const ORDERS_PER_STEP = 60
const STEP_MS = 60_000
/** While a vendor's limit holds something back, time goes on by no less. */
const PAUSE_MS = 1_000
const CHANGES_PER_ORDER = 4
const SETTLE_EVERY = 15
const HOURS = 12
const OPENING_STEPS_MAX = 90
const EVENING_STEPS_MAX = 120
/** Longer than any channel's orders feed: what waits for one asks for nothing meanwhile. */
const QUIET_STEPS = 15
const TRIES_MAX = 200

const CHAIN = { assortment: 40, uploadEveryMs: 180_000 }
const STOCK = [200, 400] as const
/** A plan for large shops. */
const BUDGET = { points: 20_000, perSecond: 1_000 }
const ADDRESSES = { shop: `http://${HOSTS.shop}`, erp: `http://${HOSTS.erp}`, hub: 'http://127.0.0.1:4870' } as const

interface Open {
  estate: Estate
  hub: Driven
  clock: { ms: number }
  ledger: Ledger
  database: Database
}

/** @param database migrated and empty. */
export async function runDay(database: Database, options: DayOptions): Promise<DayReport> {
  const { orders, onBegin, onHour } = options
  const open = openDay(database, options)
  const { estate, ledger } = open
  const random = createRandom(2)
  const trade = openTrade(estate, random)
  await untilStocked(open)
  const steps = Math.ceil(orders / ORDERS_PER_STEP)
  let [sold, moved, told] = [0, 0, 0]
  onBegin?.()
  for (let at = 1; at <= steps; at += 1) {
    for (; sold < Math.round((orders * at) / steps); sold += 1) sell(trade)
    for (; moved < sold * CHANGES_PER_ORDER; moved += 1) trade.move()
    trade.ship()
    if (at % SETTLE_EVERY === 0) trade.payAll()
    await pass(open)
    if (at % SETTLE_EVERY === 0) await settleDay(estate, database, ledger)
    if (Math.floor((at * HOURS) / steps) === Math.floor(((at - 1) * HOURS) / steps)) continue
    onHour?.(sold - told)
    told = sold
  }
  trade.payAll()
  estate.stores?.close()
  await evening(open, () => trade.ship())
  const { orders: left } = soldIn(estate)
  const receiptsLeft = estate.stores?.believes().receipts.size ?? 0
  const found = await disagreements(estate, database)
  return {
    orders: sold,
    stockChanges: moved,
    lost: left.length + receiptsLeft,
    twice: ledger.twice.size,
    minutes: (open.clock.ms - START_MS) / STEP_MS,
    disagreements: [...found, ...(await unsettled(estate, database))],
  }
}

/** Who finds nothing goes elsewhere. */
function sell(trade: Trade): void {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) if (trade.buy()) return
  throw new Error('Everything is sold out.')
}

function openDay(database: Database, { stores, skus }: DayOptions): Open {
  const clock = { ms: START_MS - 3_600_000 }
  const random = createRandom(1)
  const chain: Chain = { ...CHAIN, assortment: Math.min(CHAIN.assortment, skus), stores }
  const shared = { beside: OUTLET_KINDS, chain }
  const surroundings = { now: () => clock.ms, random: random.next }
  const estate = createEstate(surroundings, random, {
    skus,
    stock: STOCK,
    budget: BUDGET,
    keyLifeMs: 3_600_000,
    ...shared,
  })
  clock.ms = START_MS
  const hosts = new Map<string, Fetch>([[HOSTS.erp, estate.erp.fetch]])
  for (const outlet of estate.outlets) hosts.set(outlet.name === SHOP ? HOSTS.shop : outlet.host, outlet.fetch)
  const secrets = secretReader('.', {}, secretsOf(OUTLET_KINDS))
  const io: Io = realIo({
    now: () => clock.ms,
    fetch: (request) => hosts.get(new URL(request.url).host)!(request),
    secret: secrets,
    log: () => {},
  })
  const config = configFor(ADDRESSES, shared)
  const surrounding = { config, io, wrap: (fetch: Fetch) => fetch, elapsed: () => clock.ms, epoch: 0 }
  const hub = startProcess('day', database, surrounding)
  return { estate, hub, clock, database, ledger: newLedger() }
}

async function pass({ estate, hub, clock }: Open): Promise<number> {
  for (const outlet of estate.outlets) outlet.tick()
  const hooks = [...estate.outlets.flatMap((outlet) => outlet.due()), ...(estate.stores?.due() ?? [])]
  const untilMs = clock.ms + STEP_MS
  let calls = await step(hub, hooks)
  for (let waitMs = heldBackMs(hub); waitMs > 0 && clock.ms + waitMs < untilMs; waitMs = heldBackMs(hub)) {
    clock.ms += waitMs
    calls += await drain(hub)
  }
  clock.ms = untilMs
  return calls + hooks.length
}

/**
 * How long the first of the vendors' limits holds something back; 0 when none does. A minute in which the clock stands
 * has one burst in it: of Amazon's five numbers a second it took five a minute, and the channels never showed it all.
 */
function heldBackMs({ engine }: Driven): number {
  const waits = [...engine.connections.values()].flatMap(({ budget }) => budget?.waitMs() || [])
  return waits.length > 0 ? Math.max(PAUSE_MS, Math.min(...waits)) : 0
}

/** The doors open once every channel has something on sale. */
async function untilStocked(open: Open): Promise<void> {
  const { outlets } = open.estate
  const isOpen = () => outlets.every(({ believes }) => Object.values(believes().offered).some((pieces) => pieces > 0))
  for (let steps = 0; !isOpen(); steps += 1) {
    if (steps > OPENING_STEPS_MAX) throw new Error('The hub put nothing on sale in half an hour.')
    await pass(open)
  }
}

/** Everything that is under way comes to its end. */
async function evening(open: Open, ship: () => void): Promise<void> {
  const { estate, database, ledger } = open
  const { stores } = estate
  for (let steps = 1, quiet = 0; quiet < QUIET_STEPS; steps += 1) {
    ship()
    const calls = await pass(open)
    if (steps % SETTLE_EVERY === 0) await settleDay(estate, database, ledger)
    const isOver = soldIn(estate).orders.length === 0 && (stores?.believes().receipts.size ?? 0) === 0
    quiet = isOver && calls === 0 ? quiet + 1 : 0
    if (steps > EVENING_STEPS_MAX) return
  }
}
