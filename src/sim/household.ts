/**
 * What a hub does beside deciding, calling and reading, and what people ask of it in a day: it looks after dead letters
 * and tells of them, moves what is settled to the archive, compares the systems, reads again, decides again.
 */
import type { Connection } from '#connectors/kit/connector.ts'
import { ringAlarms } from '#engine/alarms.ts'
import { startBackfill } from '#engine/backfill.ts'
import { notifyPeople } from '#engine/dead-notify.ts'
import { tendLetters } from '#engine/dead-sweep.ts'
import type { Engine } from '#engine/engine.ts'
import type { Definition } from '#engine/reconcile/definition.ts'
import { definitionsOf } from '#engine/reconcile/definitions.ts'
import { type Outcome, reconcile } from '#engine/reconcile/run.ts'
import { previewReplay, replay } from '#engine/replay/replay.ts'
import type { Selection } from '#engine/replay/selection.ts'
import { tellStream } from '#engine/person.ts'
import { keep } from '#engine/retention.ts'
import { openSchedules } from '#engine/schedules.ts'
import { deadLetterPolicySchema } from '#policy/dead-letters.ts'
import { DEFAULT_RECONCILE } from '#policy/reconcile.ts'
import { calendarSchema, taskSchedule, watch } from '#policy/schedule.ts'
import { activeRun } from '#store/reconcile.ts'
import { listFindings } from '#store/reconcile-findings.ts'
import { Fault } from '../fault.ts'
import type { Desk } from './desk.ts'
import { streams } from '#core/streams.ts'
import { ERP, type Estate, SHOP } from './estate.ts'
import type { Random } from './random.ts'
import { type Tidings, TIDINGS_HOST } from './tidings.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** What was settled so long ago moves to the archive. In earnest it is days; a simulated one has only hours. */
export const HOT_MS = 20 * MINUTE

/** What the hub of a simulated day is told beside its connections. */
const DEAD_LETTERS = deadLetterPolicySchema.parse({
  notify: { log: false, webhook: { url: `http://${TIDINGS_HOST}/`, secret: 'demo:tidings' }, attempts: 50 },
  retriesMax: 100,
})
const CONNECTIONS = {
  [SHOP]: {
    schedule: taskSchedule.parse({ tasks: { products: '* * * * *' }, timeZone: 'America/Chicago' }),
    watch: watch.parse({ silentAfterMinutes: 20 }),
  },
  [ERP]: {
    schedule: taskSchedule.parse({ tasks: { deliveries: 'every 30s' } }),
    watch: watch.parse({ silentAfterMinutes: 30 }),
  },
}
const CALENDAR = calendarSchema.parse({})

export function equipment(connections: ReadonlyMap<string, Connection>): Partial<Engine> {
  const { schedules } = openSchedules({ connections: CONNECTIONS, calendar: CALENDAR }, connections)
  return { deadLetters: DEAD_LETTERS, reconcile: DEFAULT_RECONCILE, schedules }
}

export interface Household {
  /** One chore, whichever the seed says. @returns how much was done. */
  chore(engine: Engine): Promise<number>
  /** Everybody puts right what they can. @returns how much was done. */
  tidy(engine: Engine): Promise<number>
}

/** @param skewMs between the clocks of any two processes: what one has just settled looks so much older to another. */
export function createHousehold(
  { outlets }: Estate,
  desk: Desk,
  tidings: Tidings,
  random: Random,
  skewMs: number,
): Household {
  const hotDays = (HOT_MS + skewMs) / DAY
  const tell = async (engine: Engine) =>
    (await tendLetters(engine)) + (await notifyPeople(engine)) + (await ringAlarms(engine))

  const decideAgain = async (engine: Engine): Promise<number> => {
    const orders = outlets.flatMap(({ name, believes }) => believes().orders.map(({ id }) => streams.order(name, id)))
    const sinceMs = engine.io.now() - random.int(1, 40) * MINUTE
    const all: readonly Selection[] = [
      { connection: random.pick([...outlets.map(({ name }) => name), ERP]), from: new Date(sinceMs).toISOString() },
      ...(orders.length > 0 ? [{ stream: random.pick(orders) }] : []),
    ]
    return replaySome(engine, random.pick(all))
  }

  const readAgain = async (engine: Engine): Promise<number> => {
    const able = [...engine.connections].flatMap(([connection, { feeds }]) =>
      Object.entries(feeds).flatMap(([feed, { since }]) => (since ? [{ connection, feed }] : [])),
    )
    const sinceMs = engine.io.now() - random.int(1, 90) * MINUTE
    const id = await startBackfill(engine, { ...random.pick(able), sinceMs, reason: 'Somebody asked for it.' })
    return id === null ? 0 : 1
  }

  const compare = async (engine: Engine): Promise<number> => {
    // This world has no kits: that both sides know of none is looked at in the evening.
    const definitions = definitionsOf(engine).filter(({ name }) => !name.startsWith('kits/'))
    await reconcile(engine, random.pick(definitions), { mends: true })
    return 1
  }

  const archive = async (engine: Engine): Promise<number> => {
    const { moved } = await keep(engine, { hotDays, keepDays: 'for ever' })
    return moved.inbox + moved.journal + moved.outbox
  }

  const leave = (): Promise<number> => Promise.resolve((tidings.change(), 0))
  const chores = [
    desk.act,
    desk.act,
    desk.act,
    desk.act,
    tell,
    tell,
    tell,
    decideAgain,
    readAgain,
    compare,
    archive,
    leave,
  ]

  return {
    chore: (engine) => random.pick(chores)(engine),
    async tidy(engine) {
      const told = await tell(engine)
      return told + (await desk.clear(engine)) + (await resumeStock(engine))
    },
  }
}

/** Somebody looks at what a channel never showed or refused, and lets the hub go on. @returns how many SKUs. */
export async function resumeStock(engine: Engine): Promise<number> {
  const stuck = await engine.database.query<{ stream: string; version: number }>(
    `select stream, version from stream where kind = 'stock' and state::text like '%"trouble":"%' order by stream`,
  )
  for (const { stream, version } of stuck) await tellStream(engine, stream, { type: 'stock.resume' }, `look-${version}`)
  return stuck.length
}

async function replaySome(engine: Engine, selection: Selection): Promise<number> {
  try {
    const { token } = await previewReplay(engine, selection)
    return (await replay(engine, selection, token, 'Ines')).preview.rows
  } catch (error) {
    if (error instanceof Fault && (error.code === 'replay_empty' || error.code === 'replay_changed')) return 0
    throw error
  }
}

type Pass = (ms: number) => Promise<void>

async function runOut(engine: Engine, definition: Definition, pass: Pass): Promise<Outcome> {
  for (;;) {
    const outcome = await reconcile(engine, definition, { mends: true })
    if (outcome.state !== 'paused') return outcome
    await pass(Math.max(0, Date.parse(outcome.dueAt) - engine.io.now()))
  }
}

/** Comparisons that were begun in the storm come to their end: what they find was so when they read it. */
export async function endComparisons(engine: Engine, pass: Pass): Promise<void> {
  for (const definition of definitionsOf(engine))
    if (await activeRun(engine.database, definition.name)) await runOut(engine, definition, pass)
}

/** In the evening of a day all agree: whoever compares finds nothing, and mends nothing. */
export async function compareAll(engine: Engine, pass: Pass): Promise<string[]> {
  const said: string[] = []
  for (const definition of definitionsOf(engine)) {
    const outcome = await runOut(engine, definition, pass)
    if (outcome.state !== 'done') said.push(`Reconciliation: ${definition.name} is ${outcome.state}.`)
    else if (outcome.run.mended > 0) said.push(`Reconciliation: ${definition.name} mended what was whole.`)
  }
  const open = await listFindings(engine.database, { open: true, before: null, limit: 20 })
  return [
    ...said,
    ...open.map(
      ({ definition, kind, key, field, ours, theirs }) =>
        `Reconciliation: ${definition} finds ${key} ${kind}: ${field} ${ours} ${theirs}`,
    ),
  ]
}
