/**
 * One seeded day of a simulated retailer, with the hub's own engine, connectors and database in the middle and
 * everything going wrong around them. Nothing here waits: the clock is a number, the network is a function, and which
 * step comes next is drawn from the seed. While one process waits for an answer, or sleeps, the others work. The same
 * seed gives the same journal, run after run and on every PostgreSQL.
 */
import { dispatch } from '#engine/dispatch.ts'
import { ringAlarms } from '#engine/alarms.ts'
import { regularWork } from '#engine/hub.ts'
import { turn } from '#engine/turn.ts'
import type { Database } from '#store/database.ts'
import { countLetters } from '#store/dead-letters.ts'
import type { Io } from '../io.ts'
import { type Config, secretReader } from '../config.ts'
import { audit, watch } from './auditor.ts'
import { auditMoney } from './audit-money.ts'
import { auditBooks } from './audit-books.ts'
import { createDesk, type Desk } from './desk.ts'
import { createHearts, drowsy, type Hearts } from './hearts.ts'
import { compareAll, createHousehold, endComparisons, equipment, type Household } from './household.ts'
import { configFor, createEstate, ERP, type Estate, HOSTS, secretsOf } from './estate.ts'
import { journalHash } from './journal-hash.ts'
import { losingIn } from './loss.ts'
import type { WorldOptions, WorldReport } from './world-report.ts'
import { hitches } from './hitches.ts'
import { createMishaps, type Mishaps } from './mishaps.ts'
import { CALM, napOf, network, STORMY, type Weather } from './network.ts'
import { createOddities, type Oddities } from './odd.ts'
import { createPeople, type People } from './people.ts'
import { createPost, type Post } from './post.ts'
import {
  attempt,
  dispatchAll,
  type HubProcess,
  isDue,
  light,
  type Owed,
  readMark,
  readOwed,
  startProcess,
} from './processes.ts'
import { createRandom, type Random } from './random.ts'
import { createRefusals, type Refusals } from './refusals.ts'
import { createTidings, TIDINGS_HOST, TIDINGS_SECRETS, type Tidings } from './tidings.ts'

const ADDRESSES = { shop: `http://${HOSTS.shop}`, erp: `http://${HOSTS.erp}`, hub: 'http://127.0.0.1:4870' } as const
const START_MS = Date.parse('2026-11-20T08:00:00.000Z')
const STEPS_MAX = 60_000
const PROCESSES = 3
/**
 * How many pieces of work a process does for one that waits, and how often it must be done before the hub counts as
 * restless.
 */
const MEANWHILE_MAX = 20
const PASSES_MAX = 120
/**
 * After the shop is closed the storm goes on for so many steps, and then for so many rounds of everybody doing what
 * there is.
 */
const STEPS_AFTER = 150
const EVENING_ROUNDS = 12
/**
 * Longer than every feed's interval, so that each runs in a quiet round; some rounds are longer than their overlaps.
 */
const QUIET_ROUND_MS = 61_000
const QUIET_ROUNDS = 5
const BUSY_ROUND_MS = 16_000
/** No lease and no pause of a retry is longer. */
const PAUSE_MAX_MS = 20 * 60_000

interface World {
  estate: Estate
  people: People
  mishaps: Mishaps
  random: Random
  weather: Weather
  clock: { ms: number }
  database: Database
  config: Config
  secrets: Readonly<Record<string, string>>
  processes: HubProcess[]
  hearts: Hearts
  skewsMs: readonly number[]
  /** Index of the process that waits for an answer while the others work. */
  waiting: number | null
  restarts: number
  post: Post
  oddities: Oddities
  desk: Desk
  tidings: Tidings
  refusals: Refusals
  household: Household
  /** Webhooks the hub says it stored; see `Counter`. */
  stored: Set<string>
  /** As last read; null once something may have changed it. */
  owed: Owed | null
  findings: Set<string>
  /** Of the database. */
  epoch: number
}

/** It makes no sense to go on: what was found says why. */
class Restless extends Error {}

/** @param database migrated and empty. */
export async function runWorld(database: Database, options: WorldOptions): Promise<WorldReport> {
  const world = createWorld(database, options)
  let steps = 0
  try {
    steps = await liveThrough(world, options)
    for (const finding of await audit(world.estate, database)) world.findings.add(finding)
    for (const finding of await auditMoney(world.estate, database)) world.findings.add(finding)
    // Witnesses of a day whose database was lost remember letters that it does not.
    if (!options.loss) for (const finding of await auditBooks(database, world)) world.findings.add(finding)
    const more = (await options.afterwards?.(world.processes[0]!.engine, world.clock)) ?? []
    for (const finding of more) world.findings.add(finding)
  } catch (error) {
    if (!(error instanceof Restless)) throw error
    world.findings.add(error.message)
  }
  return {
    seed: options.seed,
    orders: world.people.placed,
    faults: world.weather.faults,
    restarts: world.restarts,
    steps,
    letters: await countLetters(database, { state: 'resolved' }),
    findings: [...world.findings],
    journal: await journalHash(database),
  }
}

async function liveThrough(world: World, { shoppers = 20, rates = STORMY, loss }: WorldOptions): Promise<number> {
  const { weather, mishaps } = world
  const quiet = quietRounds(world)
  // What other channels have sold is known at the end of a pass of their feeds; nothing is on sale before.
  await calmly(world, Math.min(quiet, 3) + quiet - QUIET_ROUNDS)
  weather.rates = loss ? { ...rates, chore: 0, hookOdd: 0 } : rates
  let steps = 0
  const losing =
    loss &&
    losingIn(loss, shoppers, {
      now: () => world.clock.ms,
      stored: world.stored,
      restored: (epoch) => startOver(world, epoch),
    })
  for (let left = shoppers; left > 0 && steps < STEPS_MAX; steps += 1) {
    if (!(await step(world))) continue
    left -= 1
    await losing?.(left)
  }
  for (let more = 0; more < STEPS_AFTER; more += 1) await step(world, false)
  for (let rounds = 0; rounds < EVENING_ROUNDS; rounds += 1) await round(world, rounds % PROCESSES, BUSY_ROUND_MS)
  weather.rates = CALM
  mishaps.end()
  world.refusals.end()
  world.tidings.end()
  await calmly(world, quiet)
  // The shop repeats for four hours what it could not deliver.
  for (let hours = 0; hours < 5; hours += 1) {
    await world.hearts.pass(3_600_000)
    await calmly(world, 1)
  }
  const [{ engine }] = world.processes as [HubProcess]
  const pass = (ms: number) => world.hearts.pass(ms)
  await endComparisons(engine, pass)
  await calmly(world, quiet)
  const compared = loss ? [] : await compareAll(engine, pass)
  for (const finding of compared) world.findings.add(finding)
  return steps
}

/** The database is an older one now: no process that worked on the lost one may go on. */
function startOver(world: World, epoch: number): void {
  world.epoch = epoch
  world.owed = null
  for (let index = 0; index < PROCESSES; index += 1) restart(world, index)
}

function createWorld(database: Database, options: WorldOptions): World {
  const { seed, skus = 5, skewsMs = [], beside = [], places = 1 } = options
  const random = createRandom(seed)
  const clock = { ms: START_MS }
  const weather: Weather = { rates: CALM, faults: 0 }
  const simulatorRandom = createRandom(seed ^ 0x5bd1e995)
  const estate = createEstate({ now: () => clock.ms, random: simulatorRandom.next }, random, {
    skus,
    places,
    stock: [2, 12],
    beside,
  })
  const processes: HubProcess[] = []
  const [oddities, tidings, refusals] = [
    createOddities(random, places > 1 ? ['inventory_levels/update'] : undefined),
    createTidings(random),
    createRefusals(random),
  ]
  const { change } = refusals
  const desk = createDesk(estate, oddities, random)
  const [stored, findings] = [new Set<string>(), new Set<string>()]
  const world: World = {
    estate,
    people: createPeople(estate, random),
    mishaps: createMishaps(estate, random, [change, change, change, change, ...hitches(estate, random, places)]),
    post: createPost({ estate, random, weather, clock, oddities, stored, findings }),
    oddities,
    desk,
    tidings,
    refusals,
    household: createHousehold(estate, desk, tidings, random, Math.max(0, ...skewsMs) - Math.min(0, ...skewsMs)),
    random,
    weather,
    clock,
    database,
    config: configFor(ADDRESSES, { beside, places }),
    secrets: { ...secretsOf(beside), ...TIDINGS_SECRETS },
    processes,
    hearts: createHearts(clock, processes, (process) => restart(world, processes.indexOf(process))),
    skewsMs,
    waiting: null,
    restarts: -PROCESSES,
    stored,
    owed: null,
    findings,
    epoch: 0,
  }
  for (let index = 0; index < PROCESSES; index += 1) restart(world, index)
  return world
}

/** A new process on the same database: nothing of the old one's memory is left. */
function restart(world: World, index: number): void {
  world.restarts += 1
  const { random, clock, weather, estate, refusals, tidings } = world
  const hosts = {
    ...Object.fromEntries(estate.outlets.map(({ host, fetch }) => [host, fetch])),
    [HOSTS.erp]: refusals.around(estate.erp.fetch), [TIDINGS_HOST]: tidings.fetch,
  } // prettier-ignore
  const io: Io = {
    now: () => clock.ms + (world.skewsMs[index] ?? 0),
    id: () => Array.from({ length: 8 }, () => random.int(0, 0xffff).toString(16).padStart(4, '0')).join(''),
    jitter: random.next,
    fetch: network(hosts, weather, random, (ms, asleep) => wait(ms, asleep)),
    secret: secretReader('.', {}, world.secrets),
    log: () => {},
  }
  world.hearts.mourn()
  const process = startProcess(`process-${index}-${world.restarts}`, world.database, {
    config: world.config,
    io,
    wrap: (fetch) =>
      drowsy(
        fetch,
        () => weather.rates,
        random,
        () => wait(napOf(random), true),
      ),
    elapsed: () => clock.ms,
    epoch: world.epoch,
    equip: equipment,
  })
  const wait = (ms: number, asleep: boolean) => meanwhile(world, { process, index }, ms, asleep)
  world.processes[index] = process
}

/** While a process waits for an answer, or sleeps. Those that work in this time find every answer at once. */
async function meanwhile(
  world: World,
  { process, index }: { process: HubProcess; index: number },
  ms: number,
  asleep: boolean,
): Promise<void> {
  const { hearts, random } = world
  if (asleep) hearts.sleep(process)
  await hearts.pass(ms)
  if (world.waiting === null) {
    world.waiting = index
    world.owed = null
    for (let left = random.int(0, MEANWHILE_MAX); left > 0; left -= 1) await step(world, false)
    world.waiting = null
  }
  hearts.wake(process)
}

/** One thing happens. @returns whether it was a shopper's visit. */
async function step(world: World, open = true): Promise<boolean> {
  const { random, people, hearts, weather, mishaps, household } = world
  const draw = random.int(1, 100)
  let changed = true
  if (weather.rates.mishap > 0 && random.chance(weather.rates.mishap)) {
    weather.faults += 1
    mishaps.next()
  } else if (weather.rates.chore > 0 && random.chance(weather.rates.chore)) {
    const index = somebody(world)
    changed = (await work(world, index, () => household.chore(world.processes[index]!.engine))) > 0
  } else if (draw <= 6) {
    if (!open) return false
    people.buy()
  } else if (draw <= 8) people.cancel()
  else if (draw <= 10) people.pay()
  else if (draw <= 14) people.ship()
  else if (draw <= 15) people.receive()
  else if (draw <= 25) await hearts.pass(random.int(100, 15_000))
  else changed = (await hubStep(world, draw)) > 0
  if (changed) for (const finding of watch(world.estate)) world.findings.add(finding)
  return draw <= 6 && open
}

/** Everything the hub is connected to. */
const systemsOf = ({ estate: { outlets } }: World): string[] => [...outlets.map(({ name }) => name), ERP]

/** Rounds in which every feed runs: those of marketplaces do so every five minutes. */
const quietRounds = ({ estate: { outlets } }: World): number => (outlets.length > 1 ? 12 : QUIET_ROUNDS)

/** One of the processes that do not wait. */
const somebody = ({ random, waiting }: World): number =>
  waiting === null ? random.int(0, PROCESSES - 1) : (waiting + random.int(1, PROCESSES - 1)) % PROCESSES

async function hubStep(world: World, draw: number): Promise<number> {
  const { random, processes, clock } = world
  const index = somebody(world)
  const { engine, lanes } = processes[index]!
  if (draw <= 40) return work(world, index, () => world.post.deliver(() => world.processes[index]!))
  if (draw <= 90) {
    world.owed ??= await readOwed(world.database)
    const due = lanes.filter((lane) => isDue(lane, world.owed!, clock.ms))
    const size = random.int(1, 20)
    const decides = draw <= 65
    if (decides ? !world.owed.undecided : due.length === 0) return 0
    return work(world, index, () => (decides ? turn(engine, size) : dispatch(engine, random.pick(due))))
  }
  return work(world, index, () => regularWork(engine, random.pick(systemsOf(world))))
}

/** Runs a step of a process, which may die in it. */
async function work(world: World, index: number, run: () => Promise<unknown>): Promise<number> {
  const { random, weather, processes } = world
  const process = processes[index]!
  if (weather.rates.crash > 0 && random.chance(weather.rates.crash)) light(process, random)
  if (process.life.state() === 'new') await attempt(process, () => process.life.beat())
  const ending = await attempt(process, run)
  world.owed = null
  if ('found' in ending) return ending.found
  if ('bug' in ending) world.findings.add(`The hub stumbled: ${ending.bug}`)
  else {
    weather.faults += 1
    // Its heart may have stopped first.
    if (processes[index] === process) restart(world, index)
  }
  return 1
}

/** Everything does its work until nothing is owed and nothing has happened for some rounds. */
async function calmly(world: World, quietRounds: number): Promise<void> {
  const { clock } = world
  // A number that Amazon takes minutes to show is looked for once in six.
  const roundsMax = world.estate.outlets.length > 1 ? 5 * PASSES_MAX : PASSES_MAX
  let mark = ''
  for (let quiet = 0, rounds = 0; quiet < quietRounds; rounds += 1) {
    if (rounds > roundsMax) throw new Restless('The hub never came to rest.')
    const { done, owed } = await round(world, rounds % PROCESSES, quiet > 0 ? QUIET_ROUND_MS : BUSY_ROUND_MS)
    const dueMs = Math.min(...owed.due.values())
    if (dueMs < Infinity && dueMs > clock.ms + PAUSE_MAX_MS)
      throw new Restless('Work is owed that the hub means to leave for hours.')
    const nextMs = Math.min(dueMs, world.post.nextMs())
    const before = mark
    const now = await readMark(world.database)
    mark = now.mark
    const found = done > 0 || mark !== before || now.reading > 0
    quiet = !found && nextMs === Infinity ? quiet + 1 : 0
    // Nobody does anything before that.
    if (!found && nextMs < Infinity) await world.hearts.pass(Math.max(0, nextMs - clock.ms))
  }
}

/** Everybody does what there is to do. @returns what people and the post had to do, and what waits. */
async function round(world: World, index: number, ms: number): Promise<{ done: number; owed: Owed }> {
  const { people, processes } = world
  await world.hearts.pass(ms)
  let done = await work(world, index, () => world.post.deliver(() => world.processes[index]!))
  for (const name of systemsOf(world)) await work(world, index, () => regularWork(processes[index]!.engine, name))
  await work(world, index, () => ringAlarms(processes[index]!.engine))
  const owed = await drain(world, index)
  done += await work(world, index, () => world.household.tidy(processes[index]!.engine))
  while (people.pay()) done += 1
  while (people.ship(true)) done += 1
  for (const finding of watch(world.estate)) world.findings.add(finding)
  return { done, owed }
}

async function drain(world: World, index: number): Promise<Owed> {
  for (let pass = 0; ; pass += 1) {
    if (pass > PASSES_MAX) throw new Restless('The hub never came to rest: it does the same work for ever.')
    const owed = await readOwed(world.database)
    let some = 0
    if (owed.undecided) some += await work(world, index, () => turn(world.processes[index]!.engine))
    some += await work(world, index, () => dispatchAll(world.processes[index]!, owed))
    if (some === 0) return owed
  }
}
