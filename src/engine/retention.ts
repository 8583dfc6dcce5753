/** Keeping: what is settled moves to the archive a little at a time, and months that are old enough are dropped. */
import type { Retention } from '#policy/retention.ts'
import { ARCHIVED, type Archived, archivedMonths, dropMonth, moveSettled } from '#store/archive.ts'
import { hurryTask, reportTask, takeTask } from '#store/cursor.ts'
import { countUndecided } from '#store/inbox.ts'
import { type Engine, instantAt, nowOf } from './engine.ts'

const EVERY_MS = 60 * 60_000
/** Rows looked at in one transaction: short enough that nobody waits for it. */
const WINDOW_ROWS = 1_000
/** Windows per table and run; the rest is for the next run. */
const WINDOWS_MAX = 50
/** With so many messages waiting the hub has better things to do. */
const BUSY_MESSAGES = 1_000
const DAY_MS = 24 * 60 * 60_000
/** Under which the task of the whole hub is known among those of connections. */
const HUB = 'hub'
const TASK = 'retention'

export interface Kept {
  moved: Record<Archived, number>
  /** Months that were dropped, as `journal 2024-11`. */
  dropped: string[]
  /** Nothing is left to do for now. */
  done: boolean
}

export interface KeepOptions {
  windowsMax?: number
  /** Told after each window. */
  onProgress?(table: Archived, rows: number): void
}

/** Does one run. Any number of processes may: whoever gets a row moves it, whoever is first drops a month. */
export async function keep(
  engine: Engine,
  { hotDays, keepDays }: Retention,
  { windowsMax = WINDOWS_MAX, onProgress }: KeepOptions = {},
): Promise<Kept> {
  const nowMs = engine.io.now()
  const kept: Kept = { moved: { inbox: 0, journal: 0, outbox: 0 }, dropped: [], done: true }
  const before = instantAt(nowMs - hotDays * DAY_MS)
  for (const table of ARCHIVED) {
    let after: number | null = 0
    for (let windows = 0; after !== null; windows += 1) {
      if (windows >= windowsMax || (await countUndecided(engine.database)) > BUSY_MESSAGES) {
        kept.done = false
        break
      }
      const from: number = after
      const moved = await engine.database.transaction((sql) =>
        moveSettled(sql, table, { after: from, limit: WINDOW_ROWS, before }),
      )
      kept.moved[table] += moved.rows
      after = moved.next
      onProgress?.(table, kept.moved[table])
    }
  }
  if (keepDays === 'for ever') return kept
  const oldest = instantAt(nowMs - keepDays * DAY_MS)
  for (const month of await archivedMonths(engine.database)) {
    if (month.end > oldest) continue
    await dropMonth(engine.database, month)
    kept.dropped.push(`${month.table} ${month.month}`)
  }
  return kept
}

/** Keeps, when an hour has passed since anybody did. @returns null when it was not due. */
export async function keepRegularly(engine: Engine, retention: Retention): Promise<Kept | null> {
  const nowMs = engine.io.now()
  const task = { connection: HUB, task: TASK }
  const nextDueAt = instantAt(nowMs + EVERY_MS)
  if (!(await takeTask(engine.database, { ...task, now: instantAt(nowMs), nextDueAt }))) return null
  const kept = await keep(engine, retention)
  await reportTask(engine.database, { ...task, at: nowOf(engine), report: sentence(kept), well: true })
  if (kept.dropped.length > 0) engine.io.log('info', 'old months of the archive were dropped', { months: kept.dropped })
  if (!kept.done) await hurryTask(engine.database, HUB, TASK, nowOf(engine))
  return kept
}

export function sentence({ moved, dropped, done }: Kept): string {
  const rows = `${moved.inbox} messages, ${moved.journal} events and ${moved.outbox} calls moved to the archive`
  const months = dropped.length > 0 ? `; dropped ${dropped.join(', ')}` : ''
  return `${rows}${months}${done ? '' : '; more to move'}.`
}
