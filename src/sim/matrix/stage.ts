/**
 * The outside of a hub that is going to be killed: a shop and an Odoo that listen on real ports and survive, the people
 * who do business there, and the shop's webhooks. At the end it waits until the hub has come to rest and asks everybody
 * what they believe.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { OutgoingHook } from '#connectors/kit/simulator.ts'
import { type Loop, startLoop } from '#engine/loop.ts'
import type { Database } from '#store/database.ts'
import { audit, watch } from '../auditor.ts'
import { parseOrderRef } from '#core/streams.ts'
import { createEstate, type Estate } from '../estate.ts'
import { listen } from '../listen.ts'
import { createMishaps } from '../mishaps.ts'
import type { Outlet } from '../outlets/outlet.ts'
import { createPeople, type People } from '../people.ts'
import { createRandom, type Random } from '../random.ts'
import type { Clock } from './clock.ts'
import { readUnrest, type Unrest } from './rest.ts'

export interface StageOptions {
  seed: number
  /** The hub's, migrated or about to be. */
  database: Database
  clock: Clock
  /** Visits of customers. */
  shoppers: number
  skus?: number
  /** Called while waiting; throws when there is nothing to wait for any more. */
  check?(): void
  /** Whether there is a hub that could use the time; while there is none it is not put forward. */
  isUp?(): boolean
}

export interface Stage {
  shop: string
  erp: string
  estate: Estate
  /** For whoever wants more to happen. */
  people: Pick<People, 'buy' | 'receive'>
  /** Webhooks the hub said it had taken. */
  acknowledged: ReadonlySet<string>
  /** Answers to webhooks, by status; `none` when there was none. */
  answers: Readonly<Record<string, number>>
  /** Waits until the hub has put goods on sale. */
  open(): Promise<void>
  /** Business until all customers were there. Whether the hub lives is not looked at. */
  trade(): Promise<void>
  /** Waits for rest. @returns what the auditor found, and whatever was wrong on the way. */
  settle(): Promise<string[]>
  close(): Promise<void>
}

/** A plan for large shops: what is proved here has nothing to do with how slowly a small plan lets the hub ask. */
const BUDGET = { points: 20_000, perSecond: 1_000 }
/** The retailer was there before the hub. */
const OLDER_MS = 3_600_000
const LOOK_EVERY_MS = 10
const ACT_EVERY_MS = 10
/** So many looks without a change, and everybody only waits for time to pass. */
const STILL_LOOKS = 12
/** So many of them, once time has been put forward: whoever is slow to notice is not passed by. */
const STILL_LOOKS_AGAIN = 4
/** Longer than the interval of every feed that brings news of orders and stock. */
const ROUND_MS = 61_000
/** A reading may have begun before the clock was put forward, so one round is not enough. */
const QUIET_ROUNDS = 2
/** What has not come to rest by then never will. No lease and no pause of a retry is longer than minutes. */
const STUCK_MS = 4 * 3_600_000
/** Nobody waits longer for one thing. */
const WAIT_MAX_MS = 1_800_000
/** While somebody waits for the hub, the clock is put forward by so much at every look. */
const WAITING_MS = 700
/** Half a minute by the wall, which only a hub that notices nothing takes. */
const OUTAGE_LOOKS = 3_000
/** Shopify gives a webhook five seconds in all. */
const HOOK_DEADLINE_MS = 5_000

export async function openStage(options: StageOptions): Promise<Stage> {
  const { seed, clock, shoppers } = options
  const random = createRandom(seed)
  const systems = createRandom(seed ^ 0x5bd1e995)
  let agoMs = OLDER_MS
  const io = { now: () => clock.now() - agoMs, random: systems.next }
  const estate = createEstate(io, random, { skus: options.skus ?? 5, stock: [6, 14], budget: BUDGET })
  agoMs = 0
  const people = createPeople(estate, random)
  const findings = new Set<string>()
  const shop = await listen(estate.shop.fetch)
  const erp = await listen(estate.erp.fetch)
  const post = openPost(estate.outlets, (finding) => findings.add(finding))
  const onError = (error: unknown) => void findings.add(`The simulated retailer stumbled: ${String(error)}`)
  const watching = async (): Promise<number> => {
    for (const finding of watch(estate)) findings.add(finding)
    return post.deliver()
  }
  const courier: Loop = startLoop(watching, { idleMs: LOOK_EVERY_MS, onError })
  const world: World = { ...options, estate, people, random, findings, acknowledged: post.acknowledged }
  return {
    shop: shop.url,
    erp: erp.url,
    estate,
    people,
    acknowledged: post.acknowledged,
    answers: post.answers,
    open: () =>
      until(world, 'put anything on sale', () =>
        estate.outlets.every(({ believes }) => Object.values(believes().offered).some(Boolean)),
      ),
    trade: () => trade(world, shoppers),
    settle: () => settle(world),
    async close() {
      await courier.stop()
      await shop.close()
      await erp.close()
    },
  }
}

interface World extends StageOptions {
  estate: Estate
  people: People
  random: Random
  findings: Set<string>
  acknowledged: ReadonlySet<string>
}

/** Sends the channels' webhooks over real HTTP, and remembers which of them were taken. */
function openPost(outlets: readonly Outlet[], onFinding: (finding: string) => void) {
  const acknowledged = new Set<string>()
  const answers: Record<string, number> = {}
  const send = async (outlet: Outlet, hook: OutgoingHook): Promise<void> => {
    let status: number | null = null
    try {
      const signal = AbortSignal.timeout(HOOK_DEADLINE_MS)
      const response = await fetch(hook.url, { method: 'POST', headers: hook.headers, body: hook.body, signal })
      status = response.status
      // The status is the answer: a hub that dies while the rest of it is on its way has given its word.
      if (status === 200) acknowledged.add(`${outlet.name} ${outlet.keyOf(hook)}`)
      if (status === 503 && !(Number(response.headers.get('retry-after')) > 0))
        onFinding('A webhook was refused for now, and the channel was not told when to come back.')
      await response.arrayBuffer()
    } catch {
      // No answer, or one that broke off.
    }
    answers[status ?? 'none'] = (answers[status ?? 'none'] ?? 0) + 1
    hook.settle(status)
  }
  return {
    acknowledged,
    answers,
    async deliver(): Promise<number> {
      const due = outlets.flatMap((outlet) => outlet.due().map((hook) => ({ outlet, hook })))
      await Promise.all(due.map(({ outlet, hook }) => send(outlet, hook)))
      return due.length
    },
  }
}

const isUp = ({ isUp: say = () => true }: StageOptions): boolean => say()

async function until(world: World, what: string, done: () => boolean | Promise<boolean>): Promise<void> {
  const sinceMs = world.clock.now()
  while (!(await done())) {
    world.check?.()
    if (world.clock.now() - sinceMs > WAIT_MAX_MS) throw new Error(`The hub did not ${what} within half an hour.`)
    if (isUp(world)) world.clock.forward(WAITING_MS)
    await pause(LOOK_EVERY_MS)
  }
}

async function trade(world: World, shoppers: number): Promise<void> {
  const { people, random, estate } = world
  const mishaps = createMishaps(estate, random)
  for (let visit = 0; visit < shoppers; visit += 1) {
    people.buy()
    if (random.chance(0.2)) people.cancel()
    if (random.chance(0.3)) people.pay()
    if (random.chance(0.4)) people.ship()
    if (random.chance(0.15)) people.receive()
    if (random.chance(0.3)) mishaps.next()
    if (visit === Math.floor(shoppers / 2)) await outage(world)
    world.clock.forward(WAITING_MS)
    await pause(ACT_EVERY_MS)
  }
  mishaps.end()
  let cancelled: string | null = null
  await until(world, 'take a single order to Odoo', () => (cancelled = cancelSold(world)) !== null)
  // Nothing is shipped meanwhile, or there would be nothing left to cancel.
  const isCancelled = ({ ref, state }: { ref: string; state: string }) => ref === cancelled && state === 'cancel'
  await until(
    world,
    'cancel a sale in Odoo',
    () => cancelled === '' || world.estate.erp.beliefs().sales.some(isCancelled),
  )
}

/** Somebody cancels what is a sale already. @returns which; null when nothing is yet, and '' when nothing will be. */
function cancelSold({ estate: { outlets, erp }, people }: World): string | null {
  for (const { ref } of erp.openDeliveries()) {
    const sold = parseOrderRef(ref.replace('crossdock:', ''))
    const outlet = outlets.find(({ name }) => name === sold?.channel)
    if (sold && outlet?.cancel(sold.externalId, false)) return ref
  }
  const orders = outlets.flatMap(({ believes }) => believes().orders)
  const isOpen = ({ fulfilled, current }: { fulfilled: number; current: number }) => fulfilled < current
  const open = orders.some(({ cancelled, lines }) => !cancelled && lines.some(isOpen))
  return !open && people.buy() === null ? '' : null
}

/** Odoo is down until the hub has noticed. It is asked something all the time, so that only a broken hub never does. */
async function outage({ estate, database, clock }: World): Promise<void> {
  estate.erp.down(true)
  for (let looks = 0; looks < OUTAGE_LOOKS; looks += 1) {
    const [row] = await database
      .query<{ paused: number }>(`select count(*) as paused from governor where state <> 'closed'`)
      .catch(() => [])
    if (row && row.paused > 0) break
    clock.forward(WAITING_MS)
    await pause(LOOK_EVERY_MS)
  }
  estate.erp.down(false)
}

async function settle(world: World): Promise<string[]> {
  const { clock, findings, estate, database } = world
  const beganMs = clock.now()
  let mark = ''
  let still = 0
  /** Rounds of all feeds since anything happened. */
  let rounds = 0
  let roundMs = 0
  let suspected = false
  for (;;) {
    world.check?.()
    const busy = finishUp(world)
    const unrest = await readUnrest(database).catch(() => UNKNOWN)
    if (busy || unrest.mark !== mark) [mark, still, rounds, roundMs] = [unrest.mark, 0, 0, 0]
    still += 1
    const isStill = isUp(world) && still > STILL_LOOKS
    const hookMs = Math.min(Infinity, ...estate.outlets.map(hookDueMs))
    if (unrest.undecided > 0 || unrest.owed > 0 || hookMs < Infinity) {
      // Whoever works is left alone; what waits for its time gets it.
      if (isStill) clock.forward(Math.min(unrest.dueMs, hookMs, clock.now() + ROUND_MS) - clock.now())
    } else if (roundMs === 0 || unrest.readMs >= roundMs) {
      if (roundMs > 0) rounds += 1
      if (rounds >= QUIET_ROUNDS) {
        const found = [...(await audit(estate, database)), ...(await auditAcknowledged(world))]
        // News may have been where nobody can look: what is bad counts if it is still bad some rounds later.
        if (found.length === 0 || suspected) return [...findings, ...found]
        suspected = true
        rounds = 0
      }
      clock.forward(ROUND_MS)
      roundMs = clock.now()
    } else if (isStill) clock.forward(1_000)
    if (isStill) still -= STILL_LOOKS_AGAIN
    if (clock.now() - beganMs > STUCK_MS) {
      const stuck = `Stuck: ${unrest.undecided} messages undecided, ${unrest.owed} intents owed, hours later.`
      return [...findings, ...(await audit(estate, database).catch(() => [])), stuck]
    }
    await pause(LOOK_EVERY_MS)
  }
}

/** When its next webhook is due; at once while one is on its way. */
const hookDueMs = ({ onTheWay, nextDueAt }: Outlet): number => (onTheWay().length > 0 ? 0 : (nextDueAt() ?? Infinity))

/** The database is down. */
const UNKNOWN: Unrest = { undecided: 1, owed: 1, mark: 'unknown', dueMs: Infinity, readMs: 0 }

/** Everything is paid and everything leaves. @returns whether there was anything to do. */
function finishUp({ people }: World): boolean {
  let some = false
  while (people.pay()) some = true
  while (people.ship(true)) some = true
  return some
}

/** What the hub said it had taken is in its inbox. */
async function auditAcknowledged({ acknowledged, database }: World): Promise<string[]> {
  const rows = await database.query<{ source: string; key: string }>(
    `select source, key from inbox where kind = 'delivery'`,
  )
  const stored = new Set(rows.map(({ source, key }) => `${source} ${key.slice(0, key.lastIndexOf(':'))}`))
  return [...acknowledged]
    .filter((event) => !stored.has(event))
    .map((event) => `Lost: the webhook ${event} was acknowledged, and the hub does not have it.`)
}
