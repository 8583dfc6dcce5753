/**
 * Work by the clock. Each run is a row, its task and the moment it was due, so that no two processes can do it twice;
 * it is taken with a lease, and a run whose process died is taken up again. What was missed is caught up by policy.
 */
import type { Calendar } from '#policy/calendar.ts'
import type { CatchUp } from '#policy/schedule.ts'
import type { Timetable } from '#policy/timetable.ts'
import {
  dropRuns, insertRuns, lockTimetable, moveTimetable, type NewRun, renewRun, settleRun, takeRun, type TaskKey,
} from '#store/run.ts' // prettier-ignore
import { toFault } from '../fault.ts'
import { type Engine, instantAt, nowOf } from './engine.ts'
import { nextPause } from './retry.ts'

export interface Schedule extends TaskKey {
  table: Timetable
  catchUp: CatchUp
  /** With `each`: at most so many runs are made up for, the latest ones. */
  runsMax: number
  /** Runs start only while this says yes. */
  isOpen(nowMs: number): boolean
}

/** What was configured: when tasks (`feed:orders`) run, how long silence is usual, and the calendar. */
export interface Schedules {
  calendar: Calendar
  of(connection: string, task: string): Schedule | undefined
  all: readonly Schedule[]
  watch(connection: string): { silentAfterMs: number; isQuiet(nowMs: number): boolean } | undefined
}

/** A run that starts this late was missed; before that the hub was merely busy. */
export const ON_TIME_MS = 60_000
/** Renewed with every piece of work, each of which takes seconds. */
const LEASE_MS = 5 * 60_000
/** How often to look for a run that somebody else left behind, when none of our own is due. */
const LOOK_MS = 30_000
/** Moments looked at in one go, so that a year of minutes cannot hold up the hub. */
const MOMENTS_MAX = 10_000
const KEPT_MS = 30 * 24 * 3_600_000

/** What one piece of a run came to; `more` lets it go on after others had their turn. */
export interface Piece {
  report: string
  more?: boolean
}

export interface RunDone {
  nominal: string
  state: 'done' | 'failed' | 'due'
  report: string
}

const looks = new WeakMap<Engine, Map<string, number>>()

/**
 * Does the task's run if one is due and no other process has it.
 *
 * @param work one piece; `held` says between steps whether the run is still ours, and keeps it so. A fault it throws is
 *   retried like any call.
 * @returns null when nothing was due, or another process took the run over.
 */
export async function runDue(
  engine: Engine,
  schedule: Schedule,
  work: (held: () => Promise<boolean>, run: { nominal: string; missed: number }) => Promise<Piece>,
): Promise<RunDone | null> {
  const nowMs = engine.io.now()
  const times = looks.get(engine) ?? new Map<string, number>()
  looks.set(engine, times)
  const key = `${schedule.connection} ${schedule.task}`
  if (nowMs < (times.get(key) ?? 0) || !schedule.isOpen(nowMs)) return null
  await planRuns(engine, schedule, nowMs)
  const lease = { owner: engine.owner, now: instantAt(nowMs), leaseUntil: instantAt(nowMs + LEASE_MS) }
  const taken = await takeRun(engine.database, schedule, lease)
  if (!taken) {
    times.set(key, Math.min(nowMs + LOOK_MS, schedule.table.after(nowMs) ?? Infinity))
    return null
  }
  const { connection, task } = schedule
  const held = { connection, task, nominal: taken.nominal, attempts: taken.attempts }
  const hold = () => renewRun(engine.database, held, instantAt(engine.io.now() + LEASE_MS))
  const ending = await work(hold, taken).then(
    ({ report, more }) => ({ state: more ? ('due' as const) : ('done' as const), report, at: nowOf(engine) }),
    (error: unknown) => failure(engine, schedule, taken, error),
  )
  const mine = await settleRun(engine.database, held, ending)
  if (!mine) {
    engine.io.log('warn', 'a run was taken over by another process', { connection, task, nominal: taken.nominal })
    return null
  }
  if (ending.state !== 'due') await dropRuns(engine.database, schedule, instantAt(nowMs - KEPT_MS))
  return { nominal: taken.nominal, state: ending.state, report: ending.report }
}

function failure(
  { io }: Engine,
  { connection, task }: TaskKey,
  { attempts, started_at: first, nominal }: { attempts: number; started_at: string; nominal: string },
  error: unknown,
): { state: 'due' | 'failed'; at: string; report: string } {
  const fault = toFault(error)
  const nowMs = io.now()
  const pause = nextPause(fault, { number: attempts, firstAtMs: Date.parse(first), nowMs, jitter: io.jitter() })
  const fields = { connection, task, nominal, kind: fault.kind, reason: fault.message }
  if (pause !== null) io.log('warn', 'a scheduled run failed and is tried again', fields)
  else io.log('error', 'a scheduled run failed for good; its next one comes by the schedule', fields)
  return { state: pause === null ? 'failed' : 'due', at: instantAt(nowMs + (pause ?? 0)), report: fault.message }
}

/**
 * Writes down every run that has come due since the last look.
 *
 * @returns how many moments were left out.
 */
export async function planRuns(engine: Engine, schedule: Schedule, nowMs: number): Promise<number> {
  const plan = schedule.table.text
  return engine.database.transaction(async (sql) => {
    const line = await lockTimetable(sql, schedule, { plan, now: instantAt(nowMs) })
    if (!line) return 0
    const known = Date.parse(line.planned_to)
    // A new schedule promised nothing for the past; but while two processes differ, neither may lose a moment.
    const from = line.plan === plan ? known : Math.max(known, nowMs - ON_TIME_MS)
    const { moments, beyond } = momentsIn(schedule.table, from, nowMs)
    const { runs, left } = caughtUp(schedule, moments, beyond, nowMs)
    if (runs.length > 0) await insertRuns(sql, schedule, runs)
    const plannedTo = moments.at(-1) ?? from
    if (plannedTo !== known || line.plan !== plan)
      await moveTimetable(sql, schedule, { plan, plannedTo: instantAt(plannedTo) })
    if (left > 0) {
      const { connection, task, catchUp } = schedule
      engine.io.log('warn', 'runs were missed while no hub was there', { connection, task, missed: left, catchUp })
    }
    return left
  })
}

/** The moments after `from` until now; of very many the latest, and how many more there were at least. */
function momentsIn({ after }: Timetable, from: number, nowMs: number): { moments: number[]; beyond: number } {
  const moments: number[] = []
  let beyond = 0
  for (let at = after(from); at !== null && at <= nowMs; at = after(at)) {
    moments.push(at)
    if (moments.length > MOMENTS_MAX) beyond += moments.splice(0, MOMENTS_MAX / 2).length
  }
  return { moments, beyond }
}

/** @returns the rows to write, and how many moments get no run of their own. */
function caughtUp(
  { catchUp, runsMax }: Schedule,
  moments: readonly number[],
  beyond: number,
  nowMs: number,
): { runs: NewRun[]; left: number } {
  const latest = moments.at(-1)
  if (latest === undefined) return { runs: [], left: 0 }
  const row = (ms: number, missed: number, state: NewRun['state'] = 'due') => ({
    nominal: instantAt(ms),
    missed,
    state,
  })
  if (catchUp === 'each') {
    const kept = moments.slice(-runsMax)
    const left = beyond + moments.length - kept.length
    return { runs: kept.map((ms, index) => row(ms, index === 0 ? left : 0)), left }
  }
  const left = beyond + moments.length - 1
  if (catchUp === 'once' || nowMs - latest < ON_TIME_MS) return { runs: [row(latest, left)], left }
  return { runs: [row(latest, left, 'skipped')], left: left + 1 }
}
