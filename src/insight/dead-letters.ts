/** Dead letters as people look at them: rows of a list, and the page of one with its payload. Masked. */
import { money } from '#canon/money.ts'
import type { Json } from '#canon/json.ts'
import { recoveryOf } from '#core/recovery.ts'
import { DEAD_CLASSES, type DeadClass, type DeadStep } from '#policy/dead-classes.ts'
import type { Sql } from '#store/database.ts'
import {
  countByClass, type LetterFilter, type LetterRow, listLetters, readComments, readLetter, valueAtRisk,
} from '#store/dead-letters.ts' // prettier-ignore
import { noticesOf } from '#store/dead-notices.ts'
import { type DeadIntent, type DeadMessage, readBodies, readIntent, readMessage } from '#store/dead-subjects.ts'
import { readStates } from '#store/views.ts'
import { nextAction } from './cures.ts'
import { createMask, type Mask } from './masking.ts'
import { amountOf } from './amount.ts'
import { failedTitle } from './call-words.ts'
import { systemName } from './system-name.ts'
import { arrivedTitle } from './words.ts'

export interface LetterQuery extends LetterFilter {
  cursor?: string | undefined
  limit: number
}

type Kinds = ReadonlyMap<string, string>

/** @returns null when the cursor is none of ours. */
export async function listDeadLetters(sql: Sql, { cursor, limit, ...filter }: LetterQuery, kinds: Kinds) {
  if (cursor !== undefined && !/^[1-9]\d{0,14}$/.test(cursor)) return null
  const before = cursor === undefined ? null : Number(cursor)
  const [rows, figures] = await Promise.all([listLetters(sql, filter, { before, limit: limit + 1 }), deadFigures(sql)])
  const kept = rows.slice(0, limit)
  const mask = await maskFor(sql, kept)
  const next = rows.length > limit ? String(kept.at(-1)!.id) : null
  return { rows: kept.map((row) => letterView(row, mask, kinds)), next, figures }
}

/** How many there are and what they are worth. An order that died of two things counts once. */
export async function deadFigures(sql: Sql) {
  const [counts, value] = await Promise.all([countByClass(sql), valueAtRisk(sql)])
  return {
    count: counts.reduce((all, { count }) => all + count, 0),
    value: value.map(({ amount, currency }) => amountOf(money(amount, currency))),
    byClass: counts.map((one) => ({
      class: one.class as DeadClass,
      owner: one.owner,
      count: one.count,
      oldestAt: one.oldest,
    })),
  }
}

/** A reason may quote the person an order is for. */
async function maskFor(sql: Sql, rows: readonly LetterRow[]): Promise<Mask> {
  const mask = createMask()
  const names = rows.flatMap(({ correlation, stream }) => [correlation, stream]).filter((name) => name !== null)
  const states = names.length === 0 ? [] : await readStates(sql, [...new Set(names)])
  for (const { state } of states) mask.learn(state)
  return mask
}

/** How a letter ended. */
type Resolution = 'by_hand' | 'answered' | 'mended' | 'decided' | 'superseded'

function letterView(row: LetterRow, mask: Mask, kinds: Kinds) {
  const { means } = DEAD_CLASSES[row.class as DeadClass] ?? DEAD_CLASSES.unknown
  return {
    id: row.id,
    class: row.class as DeadClass,
    means,
    step: row.step as DeadStep,
    title: titleOf(row, kinds),
    connection: row.connection,
    what: row.what,
    stream: row.stream,
    correlation: row.correlation,
    code: row.code,
    kind: row.kind,
    reason: mask.text(row.message),
    next: nextAction(row.class, row.code),
    owner: row.owner,
    assignee: row.assignee,
    value: row.value_amount === null ? null : amountOf(money(row.value_amount, row.value_currency!)),
    state: row.state,
    openedAt: row.opened_at,
    failedAt: row.failed_at,
    deaths: row.deaths,
    retries: row.retries,
    notifiedAt: row.notified_at,
    resolvedAt: row.resolved_at,
    resolution: row.resolution as Resolution | null,
    proof: row.proof === null ? null : mask.text(row.proof),
  }
}

function titleOf({ inbox_id, connection, what }: LetterRow, kinds: Kinds): string {
  const system = systemName(connection, kinds)
  if (inbox_id === null) return failedTitle(system, what)
  if (connection === 'core' || connection === 'person') return `A message to ${what} could not be decided`
  // The topic of an answer is the stream it is for.
  if (/^(order|stock|fulfilment|customer)\//.test(what)) return `What ${system} answered could not be decided`
  return `${arrivedTitle(system, what)}; nobody could decide it`
}

/** @returns null when there is no such letter. */
export async function deadLetterPage(sql: Sql, id: number, kinds: Kinds) {
  const row = await readLetter(sql, id)
  if (!row) return null
  const [message, intent, comments, bodies, notices, mask] = await Promise.all([
    row.inbox_id === null ? null : readMessage(sql, row.inbox_id),
    row.outbox_id === null ? null : readIntent(sql, row.outbox_id),
    readComments(sql, id),
    readBodies(sql, id),
    row.notice === null ? [] : noticesOf(sql, row.notice),
    maskFor(sql, [row]),
  ])
  const payload = payloadOf(message, intent, mask)
  return {
    letter: letterView(row, mask, kinds),
    payload,
    key: intent?.key ?? message?.key ?? null,
    attempts: intent?.attempts ?? null,
    inboxId: row.inbox_id,
    can: possibilities(row, message),
    bodies: bodies.map(({ version, at, who, body }) => ({ version, at, who, bytes: body.length })),
    comments: comments.map(({ text, ...one }) => ({ ...one, text: mask.text(text) })),
    notices: notices.map((one) => ({
      channel: one.channel,
      state: one.state,
      letters: one.letters,
      attempts: one.attempts,
      sentAt: one.sent_at,
      nextAt: one.state === 'open' ? one.due_at : null,
      fault: one.fault === null ? null : mask.text(one.fault),
    })),
  }
}

/** Learns first, so that the reason shown beside it is masked as well. */
function payloadOf(message: DeadMessage | null, intent: DeadIntent | null, mask: Mask): Json {
  if (intent) {
    mask.learn(intent.ask)
    return mask.ours(intent.ask)
  }
  if (!message) return null
  const value = parsed(message.body)
  if (message.kind === 'delivery') {
    mask.learnForeign(value)
    return mask.foreign(value)
  }
  mask.learn(value)
  return mask.ours(value)
}

function parsed(body: Buffer): Json {
  try {
    return JSON.parse(body.toString('utf8')) as Json
  } catch {
    return { bytes: body.length }
  }
}

function possibilities({ state, inbox_id, what }: LetterRow, message: DeadMessage | null) {
  const open = state === 'open'
  const recovery = inbox_id === null ? recoveryOf(what) : null
  return {
    retryStep: open && (inbox_id !== null || (recovery !== null && recovery.never === undefined)),
    retryLatest: open && recovery !== null,
    edit: open && message !== null && message.kind !== 'answer' && message.state === 'dead',
    resolve: state !== 'resolved',
  }
}
