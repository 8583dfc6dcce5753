/** Scheduled work on a real PostgreSQL: each moment once, whatever processes share it or die in it. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Engine } from '#engine/engine.ts'
import { planRuns, runDue, type Schedule } from '#engine/schedule.ts'
import type { CatchUp } from '#policy/schedule.ts'
import { timetableOf } from '#policy/timetable.ts'
import type { Database } from '#store/database.ts'
import { readRuns } from '#store/run.ts'
import { Fault } from '../../src/fault.ts'
import { freshDatabase, useDatabase } from '../support/database.ts'
import { anEngine } from '../support/orders.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const utc = (text: string) => Date.parse(`${text}Z`)
const iso = (ms: number) => new Date(ms).toISOString()

interface Mortality {
  dead: boolean
}

/** A process that can be killed: from then on nothing it does reaches the database. */
function processOf(database: Database, clock: { ms: number }, owner: string): Engine & { mortality: Mortality } {
  const mortality: Mortality = { dead: false }
  const alive = <T>(work: () => Promise<T>): Promise<T> =>
    mortality.dead ? Promise.reject(new Error('killed')) : work()
  const mortal: Database = {
    ...database,
    query: (text, values) => alive(() => database.query(text, values)),
    prepared: (text, values) => alive(() => database.prepared(text, values)),
    run: (text, values) => alive(() => database.run(text, values)),
    transaction: (work) => alive(() => database.transaction(work)),
  }
  const engine = anEngine(mortal, {}, { owner })
  return { ...engine, mortality, io: { ...engine.io, now: () => clock.ms, jitter: () => 1, log: () => {} } }
}

let counter = 0
const scheduleOf = (plan: string, zone: string, catchUp: CatchUp, change: Partial<Schedule> = {}): Schedule => ({
  connection: `c${(counter += 1)}`,
  task: 'feed:orders',
  table: timetableOf(plan, zone),
  catchUp,
  runsMax: 1_000,
  isOpen: () => true,
  ...change,
})

const momentsOf = ({ table }: Schedule, from: number, to: number): string[] => {
  const all: string[] = []
  for (let at = table.after(from); at !== null && at <= to; at = table.after(at)) all.push(iso(at))
  return all
}

const done =
  (report = 'done') =>
  () =>
    Promise.resolve({ report })

const DAYS = [
  ['Europe/Berlin', '2026-03-28T20:00'], ['Europe/Berlin', '2026-10-24T20:00'],
  ['America/New_York', '2026-03-08T02:00'], ['America/New_York', '2026-11-01T00:00'],
  ['Australia/Lord_Howe', '2026-04-04T09:00'], ['Australia/Lord_Howe', '2026-10-03T09:00'],
  ['Asia/Kolkata', '2026-03-28T20:00'],
] as const // prettier-ignore

const steps = fc.array(
  fc.record({
    waitMs: fc.oneof(fc.integer({ min: 1_000, max: 20 * MINUTE }), fc.integer({ min: HOUR, max: 5 * HOUR })),
    /** What the process that gets the run does: works, or is killed before or after the work. */
    fate: fc.constantFrom('works', 'works', 'works', 'killed before', 'killed after', 'fails'),
  }),
  { minLength: 5, maxLength: 25 },
)

describe('the same schedule in several processes', () => {
  const database = useDatabase()

  test('with `each`, every moment is run to its end once, in order, one at a time, whoever dies', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...DAYS),
        fc.constantFrom('30 2 * * *', '*/30 1-3 * * *', '15 * * * *', '*/20 * * * *', 'every 40m'),
        steps,
        async ([zone, day], plan, life) => {
          const schedule = scheduleOf(plan, zone, 'each')
          const clock = { ms: utc(day) }
          const begun = clock.ms
          const processes = [processOf(database(), clock, 'one'), processOf(database(), clock, 'two')]
          await planRuns(processes[0]!, schedule, clock.ms)
          const begins: string[] = []
          const ended: string[] = []
          let inside = 0
          const tick = async (fate: string) => {
            let used = false
            await Promise.all(
              processes.map(async (engine, index) => {
                const work = async (held: () => Promise<boolean>, { nominal }: { nominal: string }) => {
                  expect((inside += 1)).toBe(1)
                  begins.push(nominal)
                  const mine = used ? 'works' : fate
                  used = true
                  try {
                    if (mine === 'killed before') engine.mortality.dead = true
                    expect(engine.mortality.dead || (await held())).toBe(true)
                    if (mine === 'killed after') engine.mortality.dead = true
                    if (mine === 'fails') throw new Fault('unavailable', 'It is away.')
                  } finally {
                    inside -= 1
                  }
                  return { report: 'done' }
                }
                try {
                  const result = await runDue(engine, schedule, work)
                  if (result && result.state !== 'due') ended.push(result.nominal)
                } catch (error) {
                  expect((error as Error).message).toBe('killed')
                  processes[index] = processOf(database(), clock, `next ${ended.length}`)
                }
              }),
            )
          }
          for (const { waitMs, fate } of life) {
            clock.ms += waitMs
            await tick(fate)
          }
          const until = clock.ms
          const expected = momentsOf(schedule, begun, until)
          for (let rounds = 0; ended.length < expected.length && rounds < 600; rounds += 1) {
            await tick('works')
            clock.ms += 31_000
          }
          expect(ended.filter((at) => at <= iso(until)).sort()).toEqual(expected)
          expect(begins).toEqual([...begins].sort())
          const rows = (await readRuns(database(), 1_000)).filter(
            ({ connection }) => connection === schedule.connection,
          )
          const over = rows.filter(({ state }) => state === 'done' || state === 'failed')
          expect(over.map(({ nominal }) => nominal).sort()).toEqual(ended.sort())
          // Only who failed for a day is given up.
          for (const { state, started_at, finished_at } of over) {
            if (state === 'failed')
              expect(Date.parse(finished_at!) - Date.parse(started_at!)).toBeGreaterThan(24 * HOUR)
          }
        },
      ),
      { numRuns: 25, endOnFailure: true },
    )
  })
})

/** A hub that ran at 01:00 and comes back at 05:10, having missed 02:00 to 05:00. */
async function back(catchUp: CatchUp, change: Partial<Schedule> = {}, backAt = '2026-11-21T05:10') {
  const database = await freshDatabase()
  const clock = { ms: utc('2026-11-21T00:30') }
  const engine = processOf(database, clock, 'one')
  const schedule = scheduleOf('0 * * * *', 'UTC', catchUp, change)
  await runDue(engine, schedule, done())
  clock.ms = utc('2026-11-21T01:00')
  expect((await runDue(engine, schedule, done()))?.nominal).toBe('2026-11-21T01:00:00.000Z')
  clock.ms = utc(backAt)
  const ran: [string, number][] = []
  const other = processOf(database, clock, 'two')
  for (let n = 0; n < 20; n += 1) {
    for (const one of [engine, other]) {
      await runDue(one, schedule, (_, { nominal, missed }) => {
        ran.push([nominal.slice(11, 16), missed])
        return Promise.resolve({ report: '' })
      })
    }
    clock.ms += 1_000
  }
  return { ran, clock, engine, schedule, database }
}

describe('runs that were missed', () => {
  test('skip: none of them is made up for', async () => {
    expect((await back('skip')).ran).toEqual([])
    expect((await back('skip', {}, '2026-11-21T05:00:20')).ran).toEqual([['05:00', 3]])
  })
  test('once: one run for all of them', async () => {
    expect((await back('once')).ran).toEqual([['05:00', 3]])
  })
  test('each: every one, with its own moment, at most as many as allowed', async () => {
    const each = [['02:00', 0], ['03:00', 0], ['04:00', 0], ['05:00', 0]] // prettier-ignore
    expect((await back('each')).ran).toEqual(each)
    expect((await back('each', { runsMax: 2 })).ran).toEqual([['04:00', 2], ['05:00', 0]]) // prettier-ignore
  })
  test('runs wait for their window', async () => {
    const window = { isOpen: (ms: number) => ms >= utc('2026-11-21T05:10:05') || ms < utc('2026-11-21T02:00') }
    const { ran, database } = await back('once', window)
    expect(ran).toEqual([['05:00', 3]])
    const [latest] = await readRuns(database, 1)
    expect(latest?.started_at).toBe('2026-11-21T05:10:05.000Z')
  })
})

test('a schedule that changed makes up for nothing of the past, and goes on', async () => {
  const { engine, clock, schedule } = await back('each')
  const changed = { ...schedule, table: timetableOf('*/10 * * * *', 'UTC') }
  expect(await runDue(engine, changed, done())).toBeNull()
  clock.ms = utc('2026-11-21T05:20')
  expect((await runDue(engine, changed, done()))?.nominal).toBe('2026-11-21T05:20:00.000Z')
})

test('two processes with different schedules for a moment lose none of their own', async () => {
  const database = await freshDatabase()
  const clock = { ms: utc('2026-11-21T00:59') }
  const [old, young] = [processOf(database, clock, 'old'), processOf(database, clock, 'young')]
  const before = scheduleOf('0 * * * *', 'UTC', 'each')
  const after = { ...before, table: timetableOf('0,30 * * * *', 'UTC') }
  const ran: string[] = []
  for (; clock.ms < utc('2026-11-21T02:40'); clock.ms += 7_000) {
    for (const [engine, schedule] of [
      [old, before],
      [young, after],
    ] as const)
      // prettier-ignore
      ran.push(...((await runDue(engine, schedule, done()))?.nominal.slice(11, 16).split(' ') ?? []))
  }
  expect(ran).toEqual(['01:00', '01:30', '02:00', '02:30'])
})

test('a run in several pieces goes on after others had their turn; who lost its lease cannot finish it', async () => {
  const database = await freshDatabase()
  const clock = { ms: utc('2026-11-21T00:59') }
  const [one, two] = [processOf(database, clock, 'one'), processOf(database, clock, 'two')]
  const schedule = scheduleOf('0 * * * *', 'UTC', 'each')
  await runDue(one, schedule, done())
  clock.ms = utc('2026-11-21T01:00')
  expect((await runDue(one, schedule, () => Promise.resolve({ report: 'half', more: true })))?.state).toBe('due')
  let takenOver = () => {}
  const over = new Promise<void>((resolve) => (takenOver = resolve))
  const slow = runDue(one, schedule, async (held) => {
    clock.ms += 6 * MINUTE
    await over
    expect(await held()).toBe(false)
    return { report: 'by one' }
  })
  // While the one still works, the other has it; what the one then says counts for nothing.
  while (clock.ms < utc('2026-11-21T01:06')) await database.query('select 1')
  const fast = runDue(two, schedule, async () => {
    takenOver()
    expect(await slow).toBeNull()
    return { report: 'by two' }
  })
  expect((await fast)?.state).toBe('done')
  expect(await readRuns(database, 5)).toMatchObject([{ state: 'done', report: 'by two', attempts: 3 }])
})

test('a refusal ends the run and the next one comes; a passing fault is tried again', async () => {
  const database = await freshDatabase()
  const clock = { ms: utc('2026-11-21T00:59') }
  const engine = processOf(database, clock, 'one')
  const schedule = scheduleOf('0 * * * *', 'UTC', 'each')
  await runDue(engine, schedule, done())
  clock.ms = utc('2026-11-21T01:00')
  const fails = (kind: 'rejected' | 'unavailable') => () => Promise.reject(new Fault(kind, 'No.'))
  expect(await runDue(engine, schedule, fails('unavailable'))).toMatchObject({ state: 'due', report: 'No.' })
  clock.ms += 31_000
  expect(await runDue(engine, schedule, fails('rejected'))).toMatchObject({ state: 'failed' })
  clock.ms = utc('2026-11-21T02:00')
  expect(await runDue(engine, schedule, done())).toMatchObject({ state: 'done', nominal: '2026-11-21T02:00:00.000Z' })
})
