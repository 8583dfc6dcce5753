/**
 * What people do about a dead letter: retry, assign, comment, resolve. Each is written down with who and when, and each
 * may be done twice. Nothing automatic ever retries one.
 */
import { recoveryOf } from '#core/recovery.ts'
import { correlationOf } from '#core/summary.ts'
import type { Sql } from '#store/database.ts'
import {
  assignLetter, comment, type LetterRow, type LetterState, lockLetter, markRetrying, resolveLetter,
} from '#store/dead-letters.ts' // prettier-ignore
import { readIntent, reopenIntent } from '#store/dead-subjects.ts'
import { insertInbox, reviveInbox } from '#store/inbox.ts'
import { lockStreams } from '#store/journal.ts'
import { denied, type Denial } from './dead-denials.ts'
import { deadLetterPolicy } from './death.ts'
import { type Engine, nowOf } from './engine.ts'
import { personRow } from './person.ts'

export interface By {
  /** Who asks for it, as they call themselves. */
  who: string
}

export interface Acted {
  id: number
  state: LetterState
  /** False when it had been done before. */
  changed: boolean
  /** In plain words. */
  said: string
}

/** `step`: the same ask again, under the same key. `latest`: the stream decides again on what it knows today. */
export type RetryMode = 'step' | 'latest'

export function retryLetter(
  engine: Engine,
  id: number,
  { who, mode }: By & { mode: RetryMode },
): Promise<Acted | Denial> {
  return onLetter(engine, id, async (sql, letter, at) => {
    if (letter.state === 'resolved') return denied('resolved')
    if (letter.state === 'retrying')
      return { id, state: letter.state, changed: false, said: 'It is being retried already.' }
    if (letter.retries >= deadLetterPolicy(engine).retriesMax) return denied('retries_used_up')
    const begun =
      letter.inbox_id !== null
        ? await decideAgain(sql, letter.inbox_id)
        : mode === 'step'
          ? await callAgain(sql, letter, at)
          : await askAgain(sql, engine, letter)
    if ('code' in begun) return begun
    await markRetrying(sql, id, begun.retryKey)
    await comment(sql, id, { at, who, action: 'retried', text: begun.said })
    return { id, state: 'retrying', changed: true, said: begun.said }
  })
}

interface Begun {
  retryKey: string | null
  said: string
}

/** A message has no version of its own: translated by this release and decided on today's state, both modes are one. */
async function decideAgain(sql: Sql, inbox: number): Promise<Begun> {
  const revived = await reviveInbox(sql, inbox)
  const said = revived ? 'The message is decided again.' : 'The message had been given back already.'
  return { retryKey: null, said }
}

async function callAgain(sql: Sql, letter: LetterRow, at: string): Promise<Begun | Denial> {
  const intent = await readIntent(sql, letter.outbox_id!)
  const recovery = recoveryOf(letter.what)
  if (!intent || !recovery) return denied('overtaken')
  if (recovery.never) return { ...denied('overtaken'), reason: recovery.never }
  // As a turn does, so that the stream cannot move on in between.
  const [row] = await lockStreams(sql, [intent.stream])
  if (!row || !recovery.stands(row.state, intent)) return denied('overtaken')
  const nth = letter.deaths
  const what = await reopenIntent(sql, intent, { nth, at })
  if (what === 'undecided') return denied('undecided')
  if (what === 'not_failed') return denied('under_way')
  return { retryKey: null, said: `The same call is made again, under the same key.` }
}

async function askAgain(sql: Sql, engine: Engine, letter: LetterRow): Promise<Begun | Denial> {
  const recovery = recoveryOf(letter.what)
  const stream = recovery?.toOrder ? correlationOf(letter.stream!) : letter.stream
  if (!recovery || !stream) return denied('no_latest')
  const row = personRow(engine, stream, recovery.again, `dead-${letter.id}-${letter.deaths}-${letter.retries}`)
  await insertInbox(sql, [row])
  return { retryKey: row.key, said: 'The stream decides again, on what it knows today.' }
}

/** @param assignee null takes it from whoever had it. */
export function assignTo(
  engine: Engine,
  id: number,
  { who, assignee }: By & { assignee: string | null },
): Promise<Acted | Denial> {
  return onLetter(engine, id, async (sql, letter, at) => {
    const said = assignee === null ? 'It is nobody’s in particular.' : `It is ${assignee}’s now.`
    if (letter.assignee === assignee) return { id, state: letter.state, changed: false, said }
    await assignLetter(sql, id, assignee)
    await comment(sql, id, { at, who, action: 'assigned', text: said })
    return { id, state: letter.state, changed: true, said }
  })
}

export function commentOn(engine: Engine, id: number, { who, text }: By & { text: string }): Promise<Acted | Denial> {
  return onLetter(engine, id, async (sql, letter, at) => {
    const [last] = await sql.prepared<{ who: string; text: string }>(
      `select who, text from dead_letter_comment where letter = $1 order by id desc limit 1`,
      [id],
    )
    // Sent twice by an impatient hand, it is said once.
    if (last?.who === who && last.text === text)
      return { id, state: letter.state, changed: false, said: 'Said already.' }
    await comment(sql, id, { at, who, action: 'commented', text })
    return { id, state: letter.state, changed: true, said: 'The comment is there.' }
  })
}

/** Ends it by a person's word. What is still wrong stays wrong: the row itself is left as it is. */
export function resolveBy(
  engine: Engine,
  id: number,
  { who, reason }: By & { reason: string },
): Promise<Acted | Denial> {
  return onLetter(engine, id, async (sql, _, at) => {
    const proof = `${who}: ${reason}`
    const changed = await resolveLetter(sql, id, { at, resolution: 'by_hand', proof })
    if (changed) await comment(sql, id, { at, who, action: 'resolved', text: reason })
    return { id, state: 'resolved', changed, said: changed ? 'It is resolved.' : 'It had been resolved already.' }
  })
}

function onLetter(
  engine: Engine,
  id: number,
  work: (sql: Sql, letter: LetterRow, at: string) => Promise<Acted | Denial>,
): Promise<Acted | Denial> {
  return engine.database.transaction(async (sql) => {
    const letter = await lockLetter(sql, id)
    return letter ? work(sql, letter, nowOf(engine)) : denied('letter_unknown')
  })
}
