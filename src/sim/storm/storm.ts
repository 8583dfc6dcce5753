/**
 * A storm: a thousand buyers for the last pieces of one SKU on five channels, while the network between them and the
 * hub loses, repeats, delays and breaks. The hub is the real one (engine, deciders, connectors, database); only the
 * outside and the clock are simulated. Buyers come in the middle of calls as well as between them.
 */
import { ringAlarms } from '#engine/alarms.ts'
import { regularWork } from '#engine/hub.ts'
import { turn } from '#engine/turn.ts'
import type { OutgoingHook } from '#connectors/kit/simulator.ts'
import type { Database } from '#store/database.ts'
import { Fault } from '../../fault.ts'
import type { Fetch, Io } from '../../io.ts'
import { createHearts, type Hearts } from '../hearts.ts'
import { CALM, type FaultRates, network, type Weather } from '../network.ts'
import { attempt, dispatchAll, type HubProcess, light, readOwed, startProcess } from '../processes.ts'
import { createRandom, type Random } from '../random.ts'
import { audit, type Books, countNow } from './audit.ts'
import { type Market, openMarket, type StormChannel } from './channels.ts'
import { ERP, SECRETS, SKU, type StockMode, stormConfig, WAREHOUSE } from './config.ts'

export interface StormOptions {
  seed: number
  buyers?: number
  /** Pieces in the warehouse. */
  units?: number
  mode?: StockMode
  rates?: FaultRates
  /** The hub hears nothing and says nothing for so long at a time; as seldom as chance has it unless said. */
  lagMs?: number
}

export interface StormReport extends Books {
  seed: number
  buyers: number
  /** Who found nothing left where they came. */
  refused: number
  faults: number
  restarts: number
}

/** What happens to calls and webhooks. Nobody is suspended: who comes too late is the subject, not who sleeps. */
export const STORM: FaultRates = {
  ...CALM,
  requestLost: 0.04, answerLost: 0.05, throttled: 0.02, broken: 0.03, slow: 0.05,
  hookTwice: 0.1, hookAnswerLost: 0.05, hookDropped: 0.1, hookLate: 0.1, crash: 0.02,
} // prettier-ignore

const START_MS = Date.parse('2026-11-20T08:00:00.000Z')
const PROCESSES = 2
const MINUTE_MS = 60_000
/** How long all buyers together take to come, from a run on the shops to a slow day. */
const LENGTHS_MS = [10, 40, 120, 360].map((minutes) => minutes * MINUTE_MS)
/** A call takes so long, half of it before the work is done there. */
const LATENCY_MS = [20, 300] as const
const LAGGING_MS = 30 * MINUTE_MS
/** So many of the pieces are there when it begins; the others arrive in small deliveries. */
const AT_FIRST = 0.6
/** So many orders, as a share of the pieces, are cancelled. */
const CANCELLED = 0.15
/** Some channels have many times the buyers of others. */
const LIKED = [1, 1, 3, 9] as const
const ROUNDS_MAX = 150
const PASSES_MAX = 60
const QUIET_ROUNDS = 4

interface Storm {
  market: Market
  random: Random
  clock: { ms: number }
  weather: Weather
  database: Database
  processes: HubProcess[]
  hearts: Hearts
  systems: readonly string[]
  restarts: number
  coming: Coming[]
  refused: number
  late: { hook: OutgoingHook; dueMs: number }[]
  books: Pick<Books, 'overOffered' | 'findings'>
  /** Pieces in all, and those that have arrived. */
  units: number
  there: number
  /** The channels, each as often as it is liked. */
  liked: readonly StormChannel[]
  mode: StockMode
}

interface Coming {
  what: 'buyer' | 'regret' | 'delivery'
  pieces: number
  atMs: number
}

/** @param database migrated and empty. */
export async function runStorm(database: Database, options: StormOptions): Promise<StormReport> {
  const { seed, buyers = 1_000, rates = STORM, lagMs } = options
  const storm = createStorm(database, options)
  await open(storm)
  storm.weather.rates = rates
  const lengthMs = lagMs === undefined ? storm.random.pick(LENGTHS_MS) : LAGGING_MS
  storm.coming = plan(storm, buyers, lengthMs)
  while (storm.coming.length > 0) {
    if (lagMs === undefined) await gust(storm)
    else await round(storm, lagMs)
  }
  storm.weather.rates = CALM
  await settle(storm)
  return {
    seed,
    buyers,
    refused: storm.refused,
    faults: storm.weather.faults,
    restarts: storm.restarts,
    ...(await audit(storm, database)),
  }
}

/** Before the storm: everything there is is on sale. */
async function open(storm: Storm): Promise<void> {
  const shown = () => countNow(storm.market).shown
  for (let left = ROUNDS_MAX; left > 0 && shown() < storm.there; left -= 1) await round(storm, 20_000)
  if (shown() < storm.there) storm.books.findings.push(`Only ${shown()} of ${storm.there} pieces were put on sale.`)
}

/** Who comes when: buyers, people who change their minds, deliveries of what is not there yet. The next one last. */
function plan({ random, clock, units, there }: Storm, buyers: number, lengthMs: number): Coming[] {
  const some = (count: number, what: Coming['what'], pieces = 0): Coming[] =>
    Array.from({ length: count }, () => ({ what, pieces, atMs: clock.ms + random.int(0, lengthMs) }))
  const coming = [...some(buyers, 'buyer'), ...some(Math.ceil(units * CANCELLED), 'regret')]
  for (let left = units - there; left > 0;) {
    const pieces = Math.min(left, random.int(1, 5))
    coming.push(...some(1, 'delivery', pieces))
    left -= pieces
  }
  return coming.sort((a, b) => b.atMs - a.atMs)
}

function createStorm(database: Database, { seed, units = 50, mode = 'exclusive' }: StormOptions): Storm {
  const random = createRandom(seed)
  const clock = { ms: START_MS }
  const there = Math.ceil(units * AT_FIRST)
  const market = openMarket({ now: () => clock.ms, random: createRandom(seed ^ 0x5bd1e995).next }, there)
  const processes: HubProcess[] = []
  const storm: Storm = {
    market,
    random,
    clock,
    weather: { rates: CALM, faults: 0 },
    database,
    processes,
    hearts: createHearts(clock, processes, (process) => restart(storm, processes.indexOf(process))),
    systems: [...market.channels.map(({ name }) => name), ERP],
    restarts: -PROCESSES,
    coming: [],
    refused: 0,
    late: [],
    books: { overOffered: 0, findings: [] },
    units,
    there,
    liked: market.channels.flatMap((channel) => Array.from({ length: random.pick(LIKED) }, () => channel)),
    mode,
  }
  for (let index = 0; index < PROCESSES; index += 1) restart(storm, index)
  return storm
}

/** A new process on the same database: nothing of the old one's memory is left. */
function restart(storm: Storm, index: number): void {
  const { market, random, clock, weather } = storm
  storm.restarts += 1
  const slowly =
    (fetch: Fetch): Fetch =>
    async (request) => {
      await pass(storm, random.int(...LATENCY_MS) / 2)
      const response = await fetch(request)
      await pass(storm, random.int(...LATENCY_MS) / 2)
      return response
    }
  const hosts: Record<string, Fetch> = { 'odoo.sim': slowly(market.erp.fetch) }
  for (const { hosts: names, fetch } of market.channels) for (const host of names) hosts[host] = slowly(fetch)
  const secrets: Readonly<Record<string, string>> = SECRETS
  const io: Io = {
    now: () => clock.ms,
    id: () => Array.from({ length: 8 }, () => random.int(0, 0xffff).toString(16).padStart(4, '0')).join(''),
    jitter: random.next,
    fetch: network(hosts, weather, random, (ms) => pass(storm, ms)),
    secret: (reference) => secrets[reference] ?? '',
    log: () => {},
  }
  storm.hearts.mourn()
  storm.processes[index] = startProcess(`storm-${index}-${storm.restarts}`, storm.database, {
    config: stormConfig(storm.mode), io, wrap: (fetch) => fetch, elapsed: () => clock.ms, epoch: 0,
  }) // prettier-ignore
}

/** Time goes by, and whoever comes in it does what they came for. */
async function pass(storm: Storm, ms: number): Promise<void> {
  const { clock, coming, hearts } = storm
  const untilMs = clock.ms + Math.floor(ms)
  for (let next = coming.at(-1); next && next.atMs <= untilMs; next = coming.at(-1)) {
    coming.pop()
    await hearts.pass(Math.max(0, next.atMs - clock.ms))
    if (next.what === 'buyer') visit(storm)
    else if (next.what === 'regret') storm.random.pick(storm.liked).cancel(storm.random.int(0, 99))
    else {
      storm.there += next.pieces
      storm.market.erp.receive(SKU, WAREHOUSE, next.pieces)
    }
  }
  await hearts.pass(Math.max(0, untilMs - clock.ms))
  look(storm)
}

/** Somebody comes to one of the channels and wants a piece or some. */
function visit(storm: Storm): void {
  const { random, liked } = storm
  const pieces = random.chance(0.85) ? 1 : random.int(2, 3)
  if (random.pick(liked).buy(pieces)) look(storm)
  else storm.refused += 1
}

/** The invariant, from what the channels believe alone: what they show and what they sold is there. */
function look({ market, there, books }: Storm): void {
  const { shown, sold } = countNow(market)
  books.overOffered = Math.max(books.overOffered, shown + sold - there)
}

/** One thing that the hub does, or some quiet seconds. */
async function gust(storm: Storm): Promise<void> {
  const { random, systems } = storm
  const draw = random.int(1, 100)
  const index = random.int(0, PROCESSES - 1)
  if (draw <= 20) await pass(storm, random.int(200, 12_000))
  else if (draw <= 40) await work(storm, index, () => deliver(storm, index))
  else if (draw <= 60) await work(storm, index, () => regularWork(storm.processes[index]!.engine, random.pick(systems)))
  else if (draw <= 85) await work(storm, index, () => turn(storm.processes[index]!.engine, random.int(1, 40)))
  else {
    const owed = await readOwed(storm.database)
    await work(storm, index, () => dispatchAll(storm.processes[index]!, owed))
  }
  await pass(storm, random.int(10, 400))
}

/** Everybody does what there is to do. @returns how many calls that took, feeds apart: those are never done. */
async function round(storm: Storm, ms: number): Promise<number> {
  const { random, processes } = storm
  const index = random.int(0, PROCESSES - 1)
  await pass(storm, ms)
  await work(storm, index, () => deliver(storm, index))
  for (const name of storm.systems) await work(storm, index, () => regularWork(processes[index]!.engine, name))
  await work(storm, index, () => ringAlarms(processes[index]!.engine))
  for (let calls = 0, passes = 0; ; passes += 1) {
    const owed = await readOwed(storm.database)
    const decided = owed.undecided ? await work(storm, index, () => turn(processes[index]!.engine)) : 0
    const called = await work(storm, index, () => dispatchAll(processes[index]!, owed))
    calls += called
    if (decided + called === 0 || passes === PASSES_MAX) return calls
  }
}

/** The storm is over: everything that is owed is done, feeds read to their end, and the last numbers shown. */
async function settle(storm: Storm): Promise<void> {
  for (let quiet = 0, rounds = 0; quiet < QUIET_ROUNDS; rounds += 1) {
    if (rounds > ROUNDS_MAX) return void storm.books.findings.push('The hub never came to rest.')
    const calls = await round(storm, 61_000)
    const { due } = await readOwed(storm.database)
    quiet = calls === 0 && due.size === 0 && storm.late.length === 0 ? quiet + 1 : 0
    const nextMs = Math.min(...storm.late.map(({ dueMs }) => dueMs), ...due.values())
    if (calls === 0 && nextMs < Infinity) await pass(storm, Math.max(0, nextMs - storm.clock.ms))
  }
}

/** Runs a piece of work of a process, which may die in it. */
async function work(storm: Storm, index: number, run: () => Promise<unknown>): Promise<number> {
  const { random, weather, processes } = storm
  const process = processes[index]!
  if (weather.rates.crash > 0 && random.chance(weather.rates.crash)) light(process, random)
  if (process.life.state() === 'new') await attempt(process, () => process.life.beat())
  const ending = await attempt(process, run)
  if ('found' in ending) return ending.found
  if ('bug' in ending) storm.books.findings.push(`The hub stumbled: ${ending.bug}`)
  else {
    weather.faults += 1
    // Its heart may have stopped first.
    if (processes[index] === process) restart(storm, index)
  }
  return 1
}

/** Webhooks reach the hub: late, twice or never. */
async function deliver(storm: Storm, index: number): Promise<number> {
  const { market, random, weather, clock } = storm
  const happens = (share: number) => share > 0 && random.chance(share) && ((weather.faults += 1), true)
  const now = storm.late.filter(({ dueMs }) => dueMs <= clock.ms).map(({ hook }) => hook)
  storm.late = storm.late.filter(({ dueMs }) => dueMs > clock.ms)
  const hooks = [...now, ...market.channels.flatMap((channel) => channel.due())]
  const hand = async ({ url, headers, body }: OutgoingHook) => {
    const name = new URL(url).pathname.split('/').at(-1)!
    const lower = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]))
    const receivedAt = new Date(clock.ms).toISOString()
    await storm.processes[index]!.receiver.receive(name, { headers: lower, body: Buffer.from(body), receivedAt })
  }
  for (const [at, hook] of hooks.entries()) {
    const { rates } = weather
    if (happens(rates.hookDropped)) hook.settle(200)
    else if (happens(rates.hookLate)) storm.late.push({ hook, dueMs: clock.ms + random.int(60_000, 40 * MINUTE_MS) })
    else {
      try {
        await hand(hook)
        if (happens(rates.hookTwice)) await hand(hook)
      } catch (error) {
        // A process that has just started does not know every key yet: it answers 401, and it comes again.
        if (error instanceof Fault && error.kind === 'forged') {
          hook.settle(401)
          continue
        }
        for (const left of hooks.slice(at)) left.settle(null)
        throw error
      }
      hook.settle(happens(rates.hookAnswerLost) ? null : 200)
    }
  }
  return hooks.length
}
