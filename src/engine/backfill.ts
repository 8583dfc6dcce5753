/**
 * Backfill reads a feed again from a moment of the past, beside its own cursor, which stays where it is. What is known
 * already drops out; the report says how much was not. It is bounded, and goes on where it was after a crash.
 */
import type { Feed } from '#connectors/kit/connector.ts'
import {
  insertBackfill, moveBackfill, settleBackfill, takeBackfill, type TakenBackfill,
} from '#store/backfill.ts' // prettier-ignore
import { insertInbox } from '#store/inbox.ts'
import { Fault, toFault } from '../fault.ts'
import { type Engine, instantAt, nowOf } from './engine.ts'
import { PAGES_MAX, rowsOf, traceRead } from './feed.ts'
import { enter, leave } from './gate.ts'
import { noteMaskedReadings } from './masked.ts'
import { countNews } from './news.ts'
import { nextPause } from './retry.ts'

const LEASE_MS = 5 * 60_000
/** How often to look for a backfill that another process asked for. */
const LOOK_MS = 5_000
/** A feed that has not come to its end after so many pages never will. */
export const BACKFILL_PAGES_MAX = 50_000

export interface BackfillRequest {
  connection: string
  feed: string
  sinceMs: number
  /** For a person. */
  reason: string
  /** Not before so many milliseconds. */
  delayMs?: number
}

/**
 * Asks for a feed to be read again; the hub does it with its other regular work. Throws `rejected` for a feed there is
 * not, or that cannot be read again.
 *
 * @returns its number; null when one that reaches as far back is under way.
 */
export async function startBackfill(
  engine: Engine,
  { connection, feed: name, sinceMs, reason, delayMs = 0 }: BackfillRequest,
): Promise<number | null> {
  const feed = feedNamed(engine, connection, name)
  const nowMs = engine.io.now()
  if (sinceMs > nowMs) throw new Fault('rejected', 'The moment lies ahead: there is nothing to read again.')
  const since = instantAt(sinceMs)
  const at = instantAt(nowMs)
  const position = feed.since(since)
  const dueAt = instantAt(nowMs + delayMs)
  const id = await insertBackfill(engine.database, { connection, feed: name, since, reason, position, at, dueAt })
  if (id !== null) {
    looks.get(engine)?.delete(connection)
    engine.io.log('warn', 'a feed is read again', { connection, feed: name, since, reason, backfill: id })
  }
  return id
}

function feedNamed(engine: Engine, connection: string, name: string): Feed & Required<Pick<Feed, 'since'>> {
  const feeds = engine.connections.get(connection)?.feeds
  const able = Object.entries(feeds ?? {}).filter(([, { since }]) => since !== undefined)
  const feed = able.find(([one]) => one === name)?.[1]
  if (feed) return feed as Feed & Required<Pick<Feed, 'since'>>
  const there = able.map(([one]) => one).join(', ') || 'none'
  throw new Fault('rejected', `'${connection}' has no feed '${name}' that can be read again. It has: ${there}.`, {
    code: 'backfill_unknown',
  })
}

const looks = new WeakMap<Engine, Map<string, number>>()

/** Goes on with the connection's oldest backfill, up to twenty pages. @returns how many new deliveries that brought. */
export async function workBackfill(engine: Engine, connection: string): Promise<number> {
  const nowMs = engine.io.now()
  const times = looks.get(engine) ?? new Map<string, number>()
  looks.set(engine, times)
  if (nowMs < (times.get(connection) ?? 0)) return 0
  const lease = { owner: engine.owner, now: instantAt(nowMs), leaseUntil: instantAt(nowMs + LEASE_MS) }
  const taken = await takeBackfill(engine.database, { connection, ...lease })
  if (!taken) {
    times.set(connection, nowMs + LOOK_MS)
    return 0
  }
  const pass = await enter(engine, connection)
  if (!pass.open) {
    await settle(engine, connection, taken, {
      state: 'open',
      pauseMs: Math.max(pass.untilMs - nowMs, LOOK_MS),
      report: '',
    })
    return 0
  }
  const progress: Progress = { pages: taken.pages, read: taken.read, missed: taken.missed, fresh: 0, ended: false }
  try {
    await readOn(engine, connection, taken, progress)
    await leave(engine, connection, pass, null)
    await conclude(engine, connection, taken, progress)
  } catch (error) {
    const fault = toFault(error)
    engine.meter.count('faults', [connection, fault.kind])
    await leave(engine, connection, pass, fault)
    const tries = { number: Math.min(taken.attempts, 10), firstAtMs: nowMs, nowMs, jitter: engine.io.jitter() }
    const pauseMs = nextPause(fault, tries)
    await settle(engine, connection, taken, {
      state: pauseMs === null ? 'failed' : 'open', pauseMs: pauseMs ?? 0, report: fault.message,
    }) // prettier-ignore
  }
  return progress.fresh
}

/** How far a channel's orders are known is said by the feed itself, under a name that begins so. */
const CAUGHT_UP = 'caught-up/'

interface Progress {
  pages: number
  read: number
  missed: number
  fresh: number
  ended: boolean
}

async function readOn(engine: Engine, connection: string, taken: TakenBackfill, progress: Progress): Promise<void> {
  const feed = feedNamed(engine, connection, taken.feed)
  let { position } = taken
  for (let page = 0; page < PAGES_MAX && !progress.ended; page += 1) {
    const startMs = engine.io.now()
    const { readings: all, cursor, more } = await feed.read(position)
    // It begins later than the feed itself may stand: what it has caught up with says nothing of the time before.
    const readings = all.filter(({ key }) => !key.startsWith(CAUGHT_UP))
    const at = nowOf(engine)
    const rows = rowsOf(connection, readings, at)
    const leaseUntil = instantAt(engine.io.now() + LEASE_MS)
    const { stored, missed } = await engine.database.transaction(async (sql) => {
      const stored = readings.length > 0 ? await insertInbox(sql, rows) : []
      const keys = new Set(stored.map(({ key }) => key))
      const unknown = readings.filter(({ key }) => keys.delete(key))
      const missed = await countNews(engine, sql, connection, unknown)
      const step = { position: cursor, read: readings.length, missed, leaseUntil }
      if (!(await moveBackfill(sql, taken, step))) throw new Fault('conflict', 'Another process goes on with it.')
      return { stored, missed }
    })
    traceRead(engine, connection, rows, stored, startMs)
    noteMaskedReadings(engine, connection, readings, stored)
    position = cursor
    progress.pages += 1
    progress.read += readings.length
    progress.fresh += stored.length
    progress.missed += missed
    progress.ended = !more
    engine.meter.add('accepted', stored.length)
    if (missed > 0) engine.meter.count('missed', [connection, taken.feed], missed)
  }
}

async function conclude(engine: Engine, connection: string, taken: TakenBackfill, progress: Progress): Promise<void> {
  const { ended, pages, read, missed } = progress
  const so = `${missed} of ${read} were missed`
  if (!ended && pages < BACKFILL_PAGES_MAX) {
    return settle(engine, connection, taken, { state: 'open', pauseMs: 0, report: `${so} so far` })
  }
  if (!ended) {
    const report = `${so}; given up after ${pages} pages. Ask again from a later moment.`
    return settle(engine, connection, taken, { state: 'failed', pauseMs: 0, report })
  }
  const { feed, since, id: backfill } = taken
  await settle(engine, connection, taken, { state: 'done', pauseMs: 0, report: so })
  engine.io.log(missed > 0 ? 'warn' : 'info', 'a feed was read again', {
    connection,
    feed,
    since,
    backfill,
    read,
    missed,
  })
}

async function settle(
  engine: Engine,
  connection: string,
  taken: TakenBackfill,
  { state, pauseMs, report }: { state: 'open' | 'done' | 'failed'; pauseMs: number; report: string },
): Promise<void> {
  const nowMs = engine.io.now()
  const end = { state, at: instantAt(nowMs), dueAt: instantAt(nowMs + Math.ceil(pauseMs)), report }
  const mine = await settleBackfill(engine.database, taken, end)
  if (mine && state === 'failed') {
    const fields = { connection, feed: taken.feed, backfill: taken.id, reason: report }
    engine.io.log('error', 'a feed could not be read again', fields)
  }
}
