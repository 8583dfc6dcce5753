/**
 * Feeds read what webhooks lose. What they read goes the way of every delivery; the cursor moves in the same
 * transaction.
 */
import { canonicalJson } from '#canon/json.ts'
import type { Feed } from '#connectors/kit/connector.ts'
import { FEED_PRIORITY } from '#policy/priorities.ts'
import { isHeld } from '#policy/windows.ts'
import { hurryTask, moveCursor, readCursor, reportTask, takeTask } from '#store/cursor.ts'
import { insertInbox } from '#store/inbox.ts'
import { toFault } from '../fault.ts'
import { connectionNamed, type Engine, instantAt, nowOf } from './engine.ts'

/** Pages per run; what is left is read in the next run, after others had their turn. */
const PAGES_MAX = 20

export interface FeedReport {
  read: number
  fresh: number
  caughtUp: boolean
}

/** Runs the feed if it is due and no other process has it. @returns null when it was not. */
export async function poll(engine: Engine, connection: string, name: string): Promise<FeedReport | null> {
  const feed = connectionNamed(engine, connection).feeds[name]
  if (
    !feed ||
    (feed.bulk && isWaiting(engine, connection)) ||
    !(await take(engine, connection, `feed:${name}`, feed.everyMs))
  )
    return null
  const report: FeedReport = { read: 0, fresh: 0, caughtUp: false }
  try {
    for (let page = 0; page < PAGES_MAX && !report.caughtUp; page += 1)
      await readPage(engine, connection, name, feed, report)
  } catch (error) {
    const fault = toFault(error)
    const { kind, message } = fault
    if (fault.own && fault.retryAfterMs !== undefined) {
      const again = instantAt(engine.io.now() + fault.retryAfterMs)
      await hurryTask(engine.database, connection, `feed:${name}`, again)
      return report
    }
    engine.meter.count('faults', [connection, kind])
    engine.io.log('warn', 'a feed could not be read', { connection, feed: name, kind, reason: message })
    await reportTask(engine.database, { connection, task: `feed:${name}`, at: nowOf(engine), report: message })
    return report
  }
  const summary = `${report.read} read, ${report.fresh} new`
  await reportTask(engine.database, { connection, task: `feed:${name}`, at: nowOf(engine), report: summary })
  if (!report.caughtUp) await hurryTask(engine.database, connection, `feed:${name}`, nowOf(engine))
  return report
}

/** Outside the hours in which bulk work may go to the connection. */
function isWaiting({ windows, io }: Engine, connection: string): boolean {
  const mine = windows?.[connection]
  return mine !== undefined && isHeld(mine, FEED_PRIORITY, io.now())
}

async function readPage(
  engine: Engine,
  connection: string,
  name: string,
  feed: Feed,
  report: FeedReport,
): Promise<void> {
  const { readings, cursor, more } = await feed.read(await readCursor(engine.database, connection, name))
  const at = nowOf(engine)
  const rows = readings.map(({ key, topic, body }) => ({
    source: connection,
    key,
    kind: 'delivery' as const,
    topic,
    body: Buffer.from(canonicalJson(body)),
    correlation: null,
    receivedAt: at,
    priority: FEED_PRIORITY,
  }))
  const fresh = await engine.database.transaction(async (sql) => {
    const stored = rows.length > 0 ? await insertInbox(sql, rows) : []
    await moveCursor(sql, { connection, feed: name, position: cursor, at, caughtUp: !more })
    return stored.length
  })
  report.read += rows.length
  report.fresh += fresh
  report.caughtUp = !more
  engine.meter.add('accepted', fresh)
}

/** Regular work of a connection, such as mending its webhook subscriptions. @returns null when it was not due. */
export async function maintain(engine: Engine, connection: string, name: string): Promise<string[] | null> {
  const upkeep = connectionNamed(engine, connection).upkeep[name]
  if (!upkeep || !(await take(engine, connection, `upkeep:${name}`, upkeep.everyMs))) return null
  const said = await upkeep.run().catch((error: unknown) => [toFault(error).message])
  for (const sentence of said) engine.io.log('info', sentence, { connection, upkeep: name })
  await reportTask(engine.database, { connection, task: `upkeep:${name}`, at: nowOf(engine), report: said.join('\n') })
  return said
}

function take(engine: Engine, connection: string, task: string, everyMs: number): Promise<boolean> {
  const nowMs = engine.io.now()
  const nextDueAt = instantAt(nowMs + everyMs)
  return takeTask(engine.database, { connection, task, now: instantAt(nowMs), nextDueAt })
}
