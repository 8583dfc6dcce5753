/**
 * Looks after dead letters whose cause may be gone, and ends those for which something shows it: an event of the
 * stream, the answer of the call, the decision of the message. It never retries one.
 */
import { recoveryOf } from '#core/recovery.ts'
import type { Sql } from '#store/database.ts'
import { takeTask } from '#store/cursor.ts'
import { comment, markOpen, openLetters, resolveLetter } from '#store/dead-letters.ts'
import {
  eventsSince, inherit, isUnderWay, orphanIntents, orphanMessages, type WatchedRow, watchLetters,
} from '#store/dead-subjects.ts' // prettier-ignore
import { readState } from '#store/views.ts'
import { intentLetter, messageLetter } from './death.ts'
import { type Engine, instantAt, nowOf } from './engine.ts'

const LETTERS_AT_ONCE = 200
const SWEEP_EVERY_MS = 5_000
const ADOPT_EVERY_MS = 10 * 60_000
const ADOPTED_AT_ONCE = 500

/** Whatever is due of the regular work on dead letters, by one process at a time. @returns how many it ended. */
export async function tendLetters(engine: Engine): Promise<number> {
  if (await mine(engine, 'dead-letters:adopt', ADOPT_EVERY_MS)) await adoptOrphans(engine)
  return (await mine(engine, 'dead-letters:sweep', SWEEP_EVERY_MS)) ? sweepLetters(engine) : 0
}

function mine(engine: Engine, task: string, everyMs: number): Promise<boolean> {
  const nowMs = engine.io.now()
  const due = { now: instantAt(nowMs), nextDueAt: instantAt(nowMs + everyMs) }
  return takeTask(engine.database, { connection: 'hub', task, ...due })
}

export async function sweepLetters(engine: Engine): Promise<number> {
  const at = nowOf(engine)
  return engine.database.transaction(async (sql) => {
    let ended = 0
    for (const row of await watchLetters(sql, at, LETTERS_AT_ONCE)) {
      const end = await endOf(sql, row)
      if (!end) continue
      if ('again' in end) {
        await markOpen(sql, row.id)
        await comment(sql, row.id, { at, who: 'hub', action: 'failed', text: end.again })
        continue
      }
      if (end.heir !== undefined) await inherit(sql, row.id, end.heir)
      if (!(await resolveLetter(sql, row.id, { at, resolution: end.resolution, proof: end.proof }))) continue
      await comment(sql, row.id, { at, who: 'hub', action: 'resolved', text: end.proof })
      ended += 1
    }
    return ended
  })
}

/** How a letter ends, or that its retry came to nothing. */
type End = { resolution: string; proof: string; heir?: number } | { again: string }

async function endOf(sql: Sql, row: WatchedRow): Promise<End | null> {
  if (row.inbox_id !== null) return decidedEnd(row)
  if (row.intent_state === 'done') {
    return { resolution: 'answered', proof: `The call was answered at ${row.intent_finished_at}.` }
  }
  if (row.later !== null) {
    const proof = `A later call of the same kind failed as well: dead letter ${row.later} goes on with it.`
    return { resolution: 'superseded', proof, heir: row.later }
  }
  // Asked first: what has come to its end by now shows in what is read next.
  const ended = row.retry_state === 'done' && !(await isUnderWay(sql, row))
  return (await mendedEnd(sql, row)) ?? vainEnd(row, ended)
}

function decidedEnd({ inbox_state, inbox_outcome, inbox_decided_at }: WatchedRow): End | null {
  if (inbox_state !== 'done') return null
  const outcome = inbox_outcome === null || inbox_outcome === '' ? 'nothing had to be done' : inbox_outcome
  return { resolution: 'decided', proof: `The message was decided at ${inbox_decided_at}: ${outcome}` }
}

/** The stream tells of what mended it. */
async function mendedEnd(sql: Sql, row: WatchedRow): Promise<End | null> {
  const recovery = recoveryOf(row.what)
  if (!recovery || row.stream === null) return null
  const { connection, intent_ask: ask } = row
  const given = { connection, ask, version: row.intent_version ?? 0 }
  const since = row.stream_version ?? given.version
  const events = await eventsSince(sql, row.stream, since, recovery.proofs)
  const proof = events.find(({ data }) => recovery.speaksOf?.(data, given) ?? true)
  if (proof) {
    return { resolution: 'mended', proof: `${row.stream}/${proof.version} ${proof.type} at ${proof.at}.` }
  }
  return row.what === 'customer.ensure' ? customerEnd(sql, row.stream, since) : null
}

/** A customer whom the ERP knew already is not bound a second time: that the trouble is gone has to be enough. */
async function customerEnd(sql: Sql, stream: string, since: number): Promise<End | null> {
  const row = await readState(sql, stream)
  const state = row?.state as unknown as { version: number; partnerId: string | null; trouble: string | null } | null
  if (!state || state.trouble !== null || state.partnerId === null || state.version <= since + 1) return null
  const [open] = await sql.prepared(`select 1 from outbox where stream = $1 and state = 'open' limit 1`, [stream])
  if (open) return null
  return { resolution: 'mended', proof: `${stream}/${state.version}: the customer has no trouble any more.` }
}

/** The command that asked to decide anew came to nothing: the letter waits for people again. */
function vainEnd({ state, retry_key, retry_state, retry_outcome }: WatchedRow, ended: boolean): End | null {
  if (state !== 'retrying' || retry_key === null) return null
  if (retry_state === 'dead') return { again: `The retry could not be decided: ${retry_outcome}` }
  if (retry_state !== 'done') return null
  const refused = /^refused (\w+): (.*)/s.exec(retry_outcome ?? '')
  if (refused) return { again: `The retry was refused (${refused[1]}): ${refused[2]}` }
  if (!retry_outcome) return { again: 'The retry came to nothing: there was nothing to do again.' }
  return ended ? { again: `The retry did something else (${retry_outcome}), and this is as it was.` } : null
}

/**
 * Opens letters for what died without one: before there were letters, or under a release that knows none. What is
 * mended since ends with the next sweep.
 */
export async function adoptOrphans(engine: Engine): Promise<number> {
  const at = nowOf(engine)
  return engine.database.transaction(async (sql) => {
    const messages = await orphanMessages(sql, ADOPTED_AT_ONCE)
    const intents = await orphanIntents(sql, ADOPTED_AT_ONCE)
    const unknown = (message: string | null) => ({ kind: 'unknown', code: 'unknown', message: message ?? 'No reason.' })
    const graves = messages.map((row) => {
      const place = { step: 'decide', stream: null, correlation: row.correlation } as const
      return messageLetter(engine, row, place, unknown(row.outcome))
    })
    const given = intents.map((one) => {
      const { kind, code, message } = (one.fault ?? {}) as { kind?: string; code?: string; message?: string }
      const failure = kind && code ? { kind, code, message: message ?? '' } : unknown(message ?? null)
      return intentLetter(engine, one.connection, one, failure, one.version)
    })
    if (graves.length > 0) await openLetters(sql, 'inbox', graves, at)
    if (given.length > 0) await openLetters(sql, 'outbox', given, at)
    return graves.length + given.length
  })
}
