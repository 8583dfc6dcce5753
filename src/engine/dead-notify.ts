/**
 * Tells people of dead letters: once per letter and channel, however many processes run. A message is written down
 * before it is sent and marked after; when the hub dies in between it is sent again under the same id, by which
 * receivers know a repeat. Nothing personal is in it: what it is about is looked up in the console.
 */
import { DEAD_CLASSES, type DeadClass } from '#policy/dead-classes.ts'
import type { NotifyPolicy } from '#policy/dead-letters.ts'
import {
  type Cause, type Channel, type ClaimedNotice, claimNotices, markSent, markUnsent, takeCauses, writeNotice,
} from '#store/dead-notices.ts' // prettier-ignore
import { toFault } from '../fault.ts'
import { deadLetterPolicy } from './death.ts'
import { type Engine, instantAt, nowOf } from './engine.ts'
import { signedRequest } from './standard-webhook.ts'

const AT_ONCE = 20
/** Longer than the longest attempt. */
const CLAIM_MS = 2 * 60_000
const PATIENCE_MS = 20_000
const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = 15 * 60_000
/** Letters that a message names; more are only counted. */
const NAMED_MAX = 20

/** @returns how many messages were attempted. */
export async function notifyPeople(engine: Engine): Promise<number> {
  await gatherNotices(engine)
  return sendNotices(engine)
}

/** Writes one message per cause whose first letter has waited long enough for others of its kind. */
export async function gatherNotices(engine: Engine): Promise<number> {
  const { notify } = deadLetterPolicy(engine)
  const channels = channelsOf(notify)
  const nowMs = engine.io.now()
  return engine.database.transaction(async (sql) => {
    const causes = await takeCauses(sql, instantAt(nowMs - notify.gatherSeconds * 1_000))
    for (const cause of causes) {
      const messageId = `dead-${engine.io.id()}`
      const { letters } = cause
      await writeNotice(sql, { messageId, channels, content: { ...contentOf(cause) }, letters, at: instantAt(nowMs) })
    }
    return causes.length
  })
}

/** A dead letter always tells somebody: without any channel it is the log. */
function channelsOf({ log, webhook, email }: NotifyPolicy): Channel[] {
  const chosen: Channel[] = [...(webhook ? (['webhook'] as const) : []), ...(email ? (['email'] as const) : [])]
  return log || chosen.length === 0 ? ['log', ...chosen] : chosen
}

interface Content {
  count: number
  class: string
  means: string
  next: string
  owner: string
  connection: string
  step: string
  what: string
  code: string
  oldestAt: string
  letters: number[]
}

function contentOf({ letters, oldest, ...cause }: Cause): Content {
  const { means, next } = DEAD_CLASSES[cause.class as DeadClass] ?? DEAD_CLASSES.unknown
  return { count: letters.length, ...cause, means, next, oldestAt: oldest, letters: letters.slice(0, NAMED_MAX) }
}

export async function sendNotices(engine: Engine): Promise<number> {
  const nowMs = engine.io.now()
  const claim = { now: instantAt(nowMs), leaseUntil: instantAt(nowMs + CLAIM_MS), limit: AT_ONCE }
  const claimed = await claimNotices(engine.database, claim)
  for (const notice of claimed) await sendOne(engine, notice)
  return claimed.length
}

async function sendOne(engine: Engine, notice: ClaimedNotice): Promise<void> {
  try {
    await SENDERS[notice.channel](engine, notice, notice.content as unknown as Content)
  } catch (error) {
    return failed(engine, notice, toFault(error).message)
  }
  await engine.database.transaction((sql) => markSent(sql, notice, nowOf(engine)))
}

async function failed(engine: Engine, notice: ClaimedNotice, reason: string): Promise<void> {
  const { attempts } = deadLetterPolicy(engine).notify
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(notice.attempts - 1, 20))
  const spread = Math.ceil(pause / 2 + (pause / 2) * engine.io.jitter())
  const dueAt = notice.attempts >= attempts ? null : instantAt(engine.io.now() + spread)
  // Mail servers quote the address they refuse.
  const fault = reason.replaceAll(/[^\s@<>]+@[^\s@<>]+/g, '•••').slice(0, 300)
  await markUnsent(engine.database, notice, { fault, dueAt })
  const { channel, message_id: message, attempts: attempt } = notice
  const said = dueAt === null ? 'nobody could be told of dead letters' : 'a message about dead letters was not taken'
  engine.io.log(dueAt === null ? 'error' : 'warn', said, { channel, message, attempt, reason: fault, nextAt: dueAt })
}

type Sender = (engine: Engine, notice: ClaimedNotice, content: Content) => Promise<void>

const SENDERS: Readonly<Record<Channel, Sender>> = {
  log: (engine, { message_id: message }, { count, letters, ...cause }) => {
    engine.io.log('error', titleOf({ count, letters, ...cause }), { message, count, letters, ...cause })
    return Promise.resolve()
  },
  async webhook(engine, { message_id: id }, content) {
    const { webhook } = deadLetterPolicy(engine).notify
    if (!webhook) throw new Error('No webhook is configured any more.')
    const { io } = engine
    const body = JSON.stringify({ type: 'dead_letter.opened', timestamp: instantAt(io.now()), data: content })
    const signed = { id, seconds: Math.floor(io.now() / 1_000), body, secret: io.secret(webhook.secret) }
    const response = await io.fetch(signedRequest(webhook.url, signed, AbortSignal.timeout(PATIENCE_MS)))
    await response.body?.cancel()
    if (!response.ok) throw new Error(`The receiver answered ${response.status}.`)
  },
  async email({ sendMail }, { message_id: id }, content) {
    if (!sendMail) throw new Error('No mail server is set up for this process.')
    await sendMail({ id, subject: titleOf(content), text: textOf(content) })
  },
}

const titleOf = ({ count, connection, class: named, what }: Content): string =>
  `${count === 1 ? 'A dead letter' : `${count} dead letters`} of ${connection}: ${named.replaceAll('_', ' ')} (${what})`

const textOf = (content: Content): string => {
  const { count, means, next, owner, connection, step, what, code, oldestAt, letters } = content
  const more = count > letters.length ? ` and ${count - letters.length} more` : ''
  return [
    titleOf(content),
    '',
    means,
    `What to do: ${next}`,
    '',
    `Owner: ${owner}`,
    `Where: ${connection}, ${what}, at the step '${step}'`,
    `Code: ${code}`,
    `Since: ${oldestAt}`,
    `Numbers: ${letters.join(', ')}${more}`,
    '',
    'See them in the console under "Needs attention", or with: crossdock dead list',
  ].join('\n')
}
