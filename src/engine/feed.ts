/**
 * Feeds read what webhooks lose. What they read goes the way of every delivery; the cursor moves in the same
 * transaction.
 */
import { attemptIn } from '#connectors/kit/budget.ts'
import type { Feed, Reading } from '#connectors/kit/connector.ts'
import { FEED_PRIORITY } from '#policy/priorities.ts'
import { isHeld } from '#policy/windows.ts'
import { hurryTask, moveCursor, readCursor, reportTask, takeTask } from '#store/cursor.ts'
import { insertInbox, type NewInboxRow } from '#store/inbox.ts'
import { endCatchingUp } from '#store/installation.ts'
import { type Fault, toFault } from '../fault.ts'
import { connectionNamed, type Engine, instantAt, nowOf } from './engine.ts'
import { enter, leave } from './gate.ts'
import { noteMaskedReadings } from './masked.ts'
import { type Piece, runDue, type Schedule } from './schedule.ts'

/** Pages per run; what is left is read in the next run, after others had their turn. */
export const PAGES_MAX = 20

export interface FeedReport {
  read: number
  fresh: number
  caughtUp: boolean
}

/** Runs the feed if it is due and no other process has it. @returns null when it was not, or nobody may call. */
export async function poll(engine: Engine, connection: string, name: string): Promise<FeedReport | null> {
  const feed = connectionNamed(engine, connection).feeds[name]
  if (!feed || (feed.bulk && isWaiting(engine, connection))) return null
  const task = `feed:${name}`
  const report: FeedReport = { read: 0, fresh: 0, caughtUp: false }
  const schedule = engine.schedules?.of(connection, task)
  if (schedule) {
    const done = await runScheduled(engine, schedule, (held) => readPages(engine, connection, name, feed, report, held))
    return done ? report : null
  }
  if (!(await take(engine, connection, task, feed.everyMs))) return null
  const pass = await enter(engine, connection)
  if (!pass.open) {
    await hurryTask(engine.database, connection, task, instantAt(pass.untilMs))
    return null
  }
  const fault = await readPages(engine, connection, name, feed, report).then(() => null, toFault)
  if (fault?.own && fault.retryAfterMs !== undefined) {
    await leave(engine, connection, pass, fault)
    await hurryTask(engine.database, connection, task, instantAt(engine.io.now() + fault.retryAfterMs))
    return report
  }
  if (fault) noteFault(engine, connection, name, fault)
  await leave(engine, connection, pass, fault)
  const said = fault?.message ?? summaryOf(report)
  await reportTask(engine.database, { connection, task, at: nowOf(engine), report: said, well: !fault })
  if (!fault && !report.caughtUp) await hurryTask(engine.database, connection, task, nowOf(engine))
  return report
}

/** Outside the hours in which bulk work may go to the connection. */
function isWaiting({ windows, io }: Engine, connection: string): boolean {
  const mine = windows?.[connection]
  return mine !== undefined && isHeld(mine, FEED_PRIORITY, io.now())
}

function noteFault(engine: Engine, connection: string, feed: string, { kind, message }: Fault): void {
  engine.meter.count('faults', [connection, kind])
  engine.io.log('warn', 'a feed could not be read', { connection, feed, kind, reason: message })
}

const summaryOf = ({ read, fresh }: FeedReport): string => `${read} read, ${fresh} new`

/** One run by its schedule; while nobody may call it stays due. @returns whether one was begun. */
export async function runScheduled(
  engine: Engine,
  schedule: Schedule,
  work: (held: () => Promise<boolean>) => Promise<Piece>,
): Promise<boolean> {
  const { connection, task } = schedule
  const done = await runDue(engine, schedule, async (held) => {
    const pass = await enter(engine, connection)
    if (!pass.open) return { report: 'Waits: the connection is left alone because its calls fail.', more: true }
    try {
      const piece = await work(held)
      await leave(engine, connection, pass, null)
      return piece
    } catch (error) {
      const fault = toFault(error)
      engine.meter.count('faults', [connection, fault.kind])
      await leave(engine, connection, pass, fault)
      throw fault
    }
  })
  if (!done) return false
  await reportTask(engine.database, {
    connection, task, at: nowOf(engine), report: done.report, well: done.state === 'done',
  }) // prettier-ignore
  return true
}

/** Up to so many pages. @param held ends it when it says that somebody else goes on. */
async function readPages(
  engine: Engine,
  connection: string,
  name: string,
  feed: Feed,
  report: FeedReport,
  held: () => Promise<boolean> = () => Promise.resolve(true),
): Promise<Piece> {
  for (let page = 0; page < PAGES_MAX && !report.caughtUp && (page === 0 || (await held())); page += 1)
    await readPage(engine, connection, name, feed, report)
  return { report: summaryOf(report), more: !report.caughtUp }
}

/** What a feed read, as rows of the inbox. */
export const rowsOf = (connection: string, readings: readonly Reading[], at: string): NewInboxRow[] =>
  readings.map(({ key, topic, body }) => ({
    source: connection,
    key,
    kind: 'delivery',
    topic,
    body: Buffer.from(JSON.stringify(body)),
    correlation: null,
    receivedAt: at,
    priority: FEED_PRIORITY,
  }))

async function readPage(
  engine: Engine,
  connection: string,
  name: string,
  feed: Feed,
  report: FeedReport,
): Promise<void> {
  const startMs = engine.io.now()
  const { budget } = connectionNamed(engine, connection)
  const position = await readCursor(engine.database, connection, name)
  const { readings, cursor, more } = await attemptIn(budget, { key: `feed ${name}`, kind: `feed ${name}` }, () =>
    feed.read(position),
  )
  const at = nowOf(engine)
  const rows = rowsOf(connection, readings, at)
  const moved = { connection, feed: name, position: cursor, at, caughtUp: !more }
  // Most pages of most feeds are empty: then the cursor is all there is to write.
  if (rows.length === 0) await moveCursor(engine.database, moved)
  const stored =
    rows.length === 0
      ? []
      : await engine.database.transaction(async (sql) => {
          const stored = await insertInbox(sql, rows)
          await moveCursor(sql, moved)
          return stored
        })
  traceRead(engine, connection, rows, stored, startMs)
  noteMaskedReadings(engine, connection, readings, stored)
  report.read += rows.length
  report.fresh += stored.length
  report.caughtUp = !more
  engine.meter.add('accepted', stored.length)
}

/** Search indexes and long transactions: what happened before the restore is listed by then. */
const SETTLE_MS = 60_000

/** After a restore: once all feeds have read what was missed, stock is published again. */
export async function catchUp(engine: Engine): Promise<void> {
  if (engine.epoch === 0) return
  const feeds = [...engine.connections].flatMap(([name, { feeds }]) =>
    Object.keys(feeds).map((feed) => `${name} ${feed}`),
  )
  const ended = await engine.database.transaction((sql) =>
    endCatchingUp(sql, { feeds, settleMs: SETTLE_MS, at: nowOf(engine) }),
  )
  if (ended) engine.io.log('info', 'Caught up after the restore: stock is read again and published from now on.')
}

/** Of what was read, what was new has its span. */
export function traceRead(
  { tracer, connections, io }: Engine,
  connection: string,
  rows: readonly NewInboxRow[],
  stored: readonly { key: string }[],
  startMs: number,
): void {
  if (!tracer || stored.length === 0) return
  const keys = new Set(stored.map(({ key }) => key))
  const span = { startMs, endMs: io.now() }
  for (const row of rows) if (keys.delete(row.key)) tracer.received(connections.get(connection)!, row, 'feed', span)
}

export function take(engine: Engine, connection: string, task: string, everyMs: number): Promise<boolean> {
  const nowMs = engine.io.now()
  const nextDueAt = instantAt(nowMs + everyMs)
  return takeTask(engine.database, { connection, task, now: instantAt(nowMs), nextDueAt })
}
