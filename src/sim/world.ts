/**
 * One seeded day of a simulated retailer, with the hub's own engine, connectors and database in the middle and everything
 * going wrong around them. Nothing here waits: the clock is a number, the network is a function, and which step comes next is
 * drawn from the seed. The same seed gives the same journal, run after run and on every PostgreSQL.
 */
import { createHash } from 'node:crypto'
import type { OutgoingHook } from '#connectors/kit/simulator.ts'
import { dispatch, type Lane, lanesOf } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { regularWork } from '#engine/hub.ts'
import { createMeter } from '#engine/meter.ts'
import { createReceiver, type Receiver } from '#engine/receive.ts'
import { turn } from '#engine/turn.ts'
import { policyOf } from '#policy/policy.ts'
import { openConnections } from '#cli/open.ts'
import { type Database, isUniqueViolation } from '#store/database.ts'
import type { Io } from '../io.ts'
import { secretReader } from '../config.ts'
import { audit, type Findings, watch } from './auditor.ts'
import { Crash, mortal } from './crash.ts'
import { configFor, createEstate, ERP, type Estate, ESTATE_SECRETS, SHOP } from './estate.ts'
import { CALM, type FaultRates, network, STORMY, type Weather } from './network.ts'
import { createPeople, type People } from './people.ts'
import { createRandom, type Random } from './random.ts'

export interface WorldOptions {
  seed: number
  /** Customers who come; some find nothing left. */
  shoppers?: number
  skus?: number
  rates?: FaultRates
}

export interface WorldReport {
  seed: number
  orders: number
  faults: number
  restarts: number
  steps: number
  /** What the auditor found wrong, in words; empty when all is well. */
  findings: string[]
  /** SHA-256 over the whole journal. */
  journal: string
}

const HOSTS = { shop: 'http://shop.sim', erp: 'http://odoo.sim', hub: 'http://hub.sim' } as const
const START_MS = Date.parse('2026-11-20T08:00:00.000Z')
const STEPS_MAX = 60_000
/** Rounds without any work before the day counts as over: longer than leases, pauses and feed overlaps. */
const QUIET_ROUNDS = 30
const ROUND_MS = 25_000

interface World {
  estate: Estate
  people: People
  random: Random
  weather: Weather
  clock: { ms: number }
  database: Database
  /** The process that runs now. */
  process: Process
  restarts: number
  late: { hook: OutgoingHook; dueMs: number }[]
  findings: Set<string>
}

interface Process {
  engine: Engine
  receiver: Receiver
  lanes: Lane[]
  fuse: { left: number | null; died: boolean }
}

/** @param database migrated and empty. */
export async function runWorld(database: Database, options: WorldOptions): Promise<WorldReport> {
  const world = createWorld(database, options)
  const { shoppers = 20, rates = STORMY } = options
  await calmly(world, QUIET_ROUNDS)
  world.weather.rates = rates
  let steps = 0
  for (let left = shoppers; left > 0 && steps < STEPS_MAX; steps += 1) {
    if (await step(world)) left -= 1
    for (const finding of watch(world.estate)) world.findings.add(finding)
  }
  for (let more = 0; more < 300; more += 1) await step(world, false)
  world.weather.rates = CALM
  await calmly(world, QUIET_ROUNDS)
  // The shop repeats for four hours what it could not deliver.
  for (let hours = 0; hours < 5; hours += 1) {
    world.clock.ms += 3_600_000
    await calmly(world, 4)
  }
  await calmly(world, QUIET_ROUNDS)
  const found: Findings = await audit(world.estate, database)
  return {
    seed: options.seed,
    orders: world.people.placed,
    faults: world.weather.faults,
    restarts: world.restarts,
    steps,
    findings: [...world.findings, ...found],
    journal: await journalHash(database),
  }
}

function createWorld(database: Database, { seed, skus = 5 }: WorldOptions): World {
  const random = createRandom(seed)
  const clock = { ms: START_MS }
  const weather: Weather = { rates: CALM, faults: 0 }
  const simulatorRandom = createRandom(seed ^ 0x5bd1e995)
  const estate = createEstate({ now: () => clock.ms, random: simulatorRandom.next }, random, { skus, stock: [2, 12] })
  const world: World = {
    estate,
    people: createPeople(estate, random),
    random,
    weather,
    clock,
    database,
    process: null as unknown as Process,
    restarts: -1,
    late: [],
    findings: new Set(),
  }
  restart(world)
  return world
}

/** A new process on the same database: nothing of the old one's memory is left. */
function restart(world: World): void {
  world.restarts += 1
  const { random, clock, weather, estate } = world
  const { database, fuse } = mortal(world.database)
  const hosts = { 'shop.sim': estate.shop.fetch, 'odoo.sim': estate.erp.fetch }
  const io: Io = {
    now: () => clock.ms,
    id: () => Array.from({ length: 8 }, () => random.int(0, 0xffff).toString(16).padStart(4, '0')).join(''),
    jitter: random.next,
    fetch: network(hosts, weather, random, (ms) => (clock.ms += ms)),
    secret: secretReader('.', {}, ESTATE_SECRETS),
    log: () => {},
  }
  const config = configFor(HOSTS)
  const connections = openConnections(config, io)
  const engine: Engine = {
    database, io, connections, erp: ERP, policy: policyOf(config.policy),
    owner: `process-${world.restarts}`, meter: createMeter(), parallel: 1,
  } // prettier-ignore
  const lanes = [...connections].flatMap(([name, connection]) => lanesOf(name, connection))
  world.process = { engine, receiver: createReceiver(engine), lanes, fuse }
}

/** One thing happens. @returns whether it was a shopper's visit. */
async function step(world: World, open = true): Promise<boolean> {
  const { random, people, clock } = world
  const draw = random.int(1, 100)
  if (draw <= 6) return open ? (people.buy(), true) : false
  if (draw <= 8) people.cancel()
  else if (draw <= 10) people.pay()
  else if (draw <= 14) people.ship()
  else if (draw <= 15) people.receive()
  else if (draw <= 25) clock.ms += random.int(100, 15_000)
  else await work(world, () => hubStep(world, draw))
  return false
}

function hubStep(world: World, draw: number): Promise<unknown> {
  const { random, process } = world
  if (draw <= 45) return deliverHooks(world)
  if (draw <= 70) return turn(process.engine, random.int(1, 20))
  if (draw <= 95) return dispatch(process.engine, random.pick(process.lanes))
  return regularWork(process.engine, random.pick([SHOP, ERP]))
}

/** Runs a step of the process, which may die in it. */
async function work(world: World, run: () => Promise<unknown>): Promise<number> {
  const { process, random, weather } = world
  if (weather.rates.crash > 0 && random.chance(weather.rates.crash)) process.fuse.left = random.int(1, 10)
  try {
    return Number(await run()) || 0
  } catch (error) {
    if (isUniqueViolation(error)) return 1
    if (!(error instanceof Crash) && !process.fuse.died) throw error
    weather.faults += 1
    restart(world)
    return 1
  }
}

/** Sends what the shop has to say, with whatever happens to it on the way. @returns how many were sent. */
async function deliverHooks(world: World): Promise<number> {
  const { random, clock, weather, late } = world
  const now = late.filter(({ dueMs }) => dueMs <= clock.ms)
  world.late = late.filter(({ dueMs }) => dueMs > clock.ms)
  const hooks = [...now.map(({ hook }) => hook), ...world.estate.shop.due()]
  // The order in which they were sent says nothing.
  for (let at = hooks.length - 1; at > 0; at -= 1) {
    const other = random.int(0, at)
    ;[hooks[at], hooks[other]] = [hooks[other]!, hooks[at]!]
  }
  for (const [index, hook] of hooks.entries()) {
    const { rates } = weather
    const happens = (share: number) => share > 0 && random.chance(share) && ((weather.faults += 1), true)
    if (happens(rates.hookDropped)) hook.settle(200)
    else if (happens(rates.hookLate)) world.late.push({ hook, dueMs: clock.ms + random.int(60_000, 3 * 3_600_000) })
    else {
      try {
        await deliver(world, hook, happens(rates.hookAnswerLost))
        if (happens(rates.hookTwice)) await deliver(world, hook, false)
      } catch (error) {
        // The process died under it: the shop saw no answer, and the rest finds the next process.
        for (const left of hooks.slice(index)) left.settle(null)
        throw error
      }
    }
  }
  return hooks.length
}

async function deliver(world: World, hook: OutgoingHook, answerLost: boolean): Promise<void> {
  const name = new URL(hook.url).pathname.split('/').at(-1)!
  const headers = Object.fromEntries(Object.entries(hook.headers).map(([key, value]) => [key.toLowerCase(), value]))
  const receivedAt = new Date(world.clock.ms).toISOString()
  await world.process.receiver.receive(name, { headers, body: Buffer.from(hook.body), receivedAt })
  hook.settle(answerLost ? null : 200)
}

/** Everything does its work until nothing has happened for some rounds. */
async function calmly(world: World, quietRounds: number): Promise<void> {
  for (let quiet = 0, round = 0; quiet < quietRounds; round += 1) {
    if (round > 3_000) {
      world.findings.add('The hub never came to rest.')
      return
    }
    world.clock.ms += ROUND_MS
    let found = await work(world, () => deliverHooks(world))
    for (const name of [SHOP, ERP]) found += await work(world, () => regularWork(world.process.engine, name))
    found += await drain(world)
    while (world.people.pay()) found += 1
    while (world.people.ship(true)) found += 1
    quiet = found === 0 && world.late.length === 0 ? quiet + 1 : 0
  }
}

async function drain(world: World): Promise<number> {
  let found = 0
  for (;;) {
    let some = await work(world, () => turn(world.process.engine))
    for (const lane of world.process.lanes) some += await work(world, () => dispatch(world.process.engine, lane))
    if (some === 0) return found
    found += some
  }
}

async function journalHash(database: Database): Promise<string> {
  const hash = createHash('sha256')
  const rows = await database.query<{ line: string }>(
    `select stream || ' ' || version || ' ' || type || ' ' || data::text || ' ' || extract(epoch from at) as line
     from journal order by stream collate "C", version`,
  )
  for (const { line } of rows) hash.update(line).update('\n')
  return hash.digest('hex')
}
