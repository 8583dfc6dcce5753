/** How each connection is doing, from what is owed to it, what failed, what was heard, and how its feeds come along. */
import type { Sql } from '#store/database.ts'
import { type GovernorRow, readGovernors } from '#store/governor.ts'
import {
  type FaultView,
  feedFigures,
  lastFailures,
  lastHeard,
  owedPerConnection,
  readStates,
  type OwedRow,
} from '#store/views.ts'
import { lastWords, type WordsRow } from '#store/watch.ts'
import { plainly } from './masking.ts'

export interface KnownConnection {
  name: string
  /** The connector's name. */
  kind: string
  role: 'erp' | 'channel'
  feeds: readonly string[]
  /** The next run of a feed after a moment; null where it runs as usual. */
  due?(feed: string, afterMs: number): number | null
}

export type ConnectionState = 'ok' | 'waiting' | 'trouble' | 'lost'

/** Work older than this is late. */
const LATE_MS = 60_000
/** A call that was given up is news for this long. */
const FAILURE_NEWS_MS = 15 * 60_000
/** What the watchdog found is told for a day. */
const WORDS_MS = 24 * 3_600_000

interface LastFault {
  kind: string
  code: string
  message: string
  at: string
}

/** @param heard when each source was last heard of; kept between calls, since only the inbox's end is asked. */
export async function connectionsNow(
  sql: Sql,
  known: readonly KnownConnection[],
  nowMs: number,
  heard: Map<string, string>,
) {
  const [owed, failures, sources, feeds, states, governors, words] = await Promise.all([
    owedPerConnection(sql),
    lastFailures(sql),
    lastHeard(sql),
    feedFigures(sql),
    readStates(sql, known.map(({ name }) => `connection/${name}`)),
    readGovernors(sql),
    lastWords(sql, new Date(nowMs - WORDS_MS).toISOString()),
  ]) // prettier-ignore
  for (const { source, at } of sources) keepNewest(heard, source, at)
  for (const { connection, read_at } of feeds) if (read_at) keepNewest(heard, connection, read_at)
  const lost = new Set(states.filter(({ status }) => status === 'lost').map(({ stream }) => stream))
  return known.map(({ name, kind, role, feeds: names, due }) => {
    const mine = owed.find(({ connection }) => connection === name)
    const given = failures.find(({ connection }) => connection === name)
    const open = faultOf(mine?.fault ?? null, mine?.fault_at ?? null)
    const lastFault = open ?? faultOf(given?.fault ?? null, given?.at ?? null)
    const breaker = breakerOf(governors.find(({ connection }) => connection === name))
    const failing = breaker.breaker === 'closed' ? stateOf(mine, open, lastFault, nowMs) : 'trouble'
    const state = lost.has(`connection/${name}`) ? 'lost' : failing
    return {
      name,
      kind,
      role,
      state,
      ...breaker,
      openIntents: mine?.open ?? 0,
      oldestOpenAt: mine?.oldest ?? null,
      lastFault,
      lastHeardAt: heard.get(name) ?? null,
      feeds: names.map((feed) => {
        const row = feeds.find((one) => one.connection === name && one.feed === feed)
        const caughtUpAt = row?.caught_up_at ?? null
        const dueMs = due?.(feed, caughtUpAt ? Date.parse(caughtUpAt) : nowMs) ?? null
        return {
          name: feed,
          caughtUpAt,
          report: row?.report ? plainly(row.report) : null,
          ...(dueMs === null ? {} : { dueAt: new Date(dueMs).toISOString() }),
        }
      }),
      watchdog: sentenceOf(words.find(({ connection }) => connection === name)),
    }
  })
}

/** Found silent, or read again because of what vanished, in plain words. */
function sentenceOf(said: WordsRow | undefined): string | null {
  if (!said) return null
  if (said.feed === null) return plainly(said.report)
  // As it is stored: 2026-11-21T06:07:09.378Z.
  const since = `${said.since.slice(0, 16).replace('T', ' ')} UTC`
  const what = `The feed ${said.feed} ${said.state === 'open' ? 'is being' : 'was'} read again from ${since} on`
  return plainly(`${what}${said.report === '' ? '.' : `: ${said.report}.`}`)
}

const breakerOf = (row: GovernorRow | undefined) => ({
  breaker: row?.state ?? 'closed',
  openUntil: row?.state === 'open' ? row.probe_at : null,
  failuresInARow: row?.failures ?? 0,
  pausedBecause: row && row.state !== 'closed' ? plainly(row.reason ?? '') : null,
})

function stateOf(
  owed: OwedRow | undefined,
  open: LastFault | null,
  last: LastFault | null,
  nowMs: number,
): ConnectionState {
  if (open && open.kind !== 'throttled') return 'trouble'
  // A refusal is an answer: the system works, and the order it was about says what is wrong.
  if (last && !open && last.kind !== 'rejected' && nowMs - Date.parse(last.at) < FAILURE_NEWS_MS) return 'trouble'
  if (open) return 'waiting'
  return owed && nowMs - Date.parse(owed.oldest) > LATE_MS ? 'waiting' : 'ok'
}

const faultOf = (fault: FaultView | null, at: string | null): LastFault | null =>
  fault && at
    ? { kind: fault.kind ?? 'unavailable', code: fault.code ?? '', message: plainly(fault.message ?? ''), at }
    : null

function keepNewest(heard: Map<string, string>, source: string, at: string): void {
  if ((heard.get(source) ?? '') < at) heard.set(source, at)
}
