/**
 * The watch over silent connections: one that was not heard of for longer than usual is looked at. Was it silent
 * because nothing happened, or has it news that never came? What it has is then read.
 */
import { knownKeys, lastDelivery, saveWatch } from '#store/watch.ts'
import { toFault } from '../fault.ts'
import { startBackfill } from './backfill.ts'
import { connectionNamed, type Engine, instantAt } from './engine.ts'
import { take } from './feed.ts'
import { enter, leave } from './gate.ts'
import { countNews } from './news.ts'

/** How often to ask whether a connection is silent; no statement in between. */
const LOOK_MS = 60_000
/** News is given so long to arrive of its own accord. */
const SETTLE_MS = 2 * 60_000

const looks = new WeakMap<Engine, Map<string, number>>()

/** @returns what was found; null when there was nothing to look at. */
export async function watchSilence(engine: Engine, connection: string): Promise<string | null> {
  const watch = engine.schedules?.watch(connection)
  const nowMs = engine.io.now()
  const times = looks.get(engine) ?? new Map<string, number>()
  looks.set(engine, times)
  if (!watch || nowMs < (times.get(connection) ?? 0) || watch.isQuiet(nowMs)) return null
  times.set(connection, nowMs + LOOK_MS)
  const heardAt = await lastDelivery(engine.database, connection)
  if (heardAt === null || nowMs - Date.parse(heardAt) < watch.silentAfterMs) return null
  if (!(await take(engine, connection, 'watch', watch.silentAfterMs))) return null
  const pass = await enter(engine, connection)
  if (!pass.open) return null
  try {
    const found = await look(engine, connection, heardAt)
    await leave(engine, connection, pass, null)
    return await say(engine, connection, heardAt, found)
  } catch (error) {
    const fault = toFault(error)
    engine.meter.count('faults', [connection, fault.kind])
    await leave(engine, connection, pass, fault)
    return say(engine, connection, heardAt, [], fault.message)
  }
}

interface Found {
  feed: string
  news: number
}

/** The first page of each feed since it was last heard: cheap, and enough to know whether there is anything. */
async function look(engine: Engine, connection: string, heardAt: string): Promise<Found[]> {
  const found: Found[] = []
  const settledMs = engine.io.now() - SETTLE_MS
  for (const [feed, { since, read }] of Object.entries(connectionNamed(engine, connection).feeds)) {
    if (!since || Date.parse(heardAt) > settledMs) continue
    const { readings } = await read(since(heardAt))
    const known = await knownKeys(engine.database, connection, readings.map(({ key }) => key)) // prettier-ignore
    const unknown = readings.filter(({ key }) => !known.has(key))
    const news = await countNews(engine, engine.database, connection, unknown)
    if (news > 0) found.push({ feed, news })
  }
  return found
}

async function say(
  engine: Engine,
  connection: string,
  heardAt: string,
  found: readonly Found[],
  trouble?: string,
): Promise<string> {
  const missed = found.reduce((all, { news }) => all + news, 0)
  const what = found.map(({ feed, news }) => `${news} of ${feed}`).join(', ')
  const report = trouble
    ? `Silent since ${heardAt}, and it cannot be asked why: ${trouble}`
    : missed > 0
      ? `Silent since ${heardAt} although it has news the hub does not know (at least ${what}). It is read now.`
      : `Silent since ${heardAt}; it has nothing new.`
  const checkedAt = instantAt(engine.io.now())
  await saveWatch(engine.database, { connection, heard_at: heardAt, checked_at: checkedAt, missed, report })
  if (missed === 0) return report
  engine.meter.count('silences', [connection])
  engine.io.log('warn', 'a connection was silent although it has news; it is read', { connection, heardAt, missed })
  for (const { feed } of found) {
    await startBackfill(engine, {
      connection,
      feed,
      sinceMs: Date.parse(heardAt),
      reason: 'The connection was silent.',
    })
  }
  return report
}
