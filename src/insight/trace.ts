/** The trace of one order: what arrived, what was decided, what was asked of whom and what came of it, oldest first. */
import type { Json } from '#canon/json.ts'
import type { Trace, TracedInbox, TracedIntent, TracedLetter } from '#store/trace.ts'
import type { EventView } from '#store/views.ts'
import type { Mask } from './masking.ts'
import { type About, aboutOf } from './hop-about.ts'
import { answeredTitle, askedTitle, failedTitle } from './call-words.ts'
import { systemName } from './system-name.ts'
import { arrivedTitle, eventTitle } from './words.ts'
import { notedTitle } from './words-commands.ts'

export type HopKind = 'arrived' | 'decided' | 'asked' | 'attempted' | 'answered' | 'failed' | 'noted'

export interface Hop {
  at: string
  kind: HopKind
  about: About
  title: string
  /** The connection, `hub` or `person`. */
  system: string
  durationMs?: number
  key: string
  payload: Json
  inboxId?: number
  dead?: boolean
  /** Number of the dead letter that tells more. */
  letter?: number
}

interface Placed {
  hop: Hop
  /** Inbox row it goes back to, then its place in what follows from that row. */
  cause: number
  place: number
}

export const HOPS_MAX = 2_000

/** Teaches the mask everything personal that stands in the rows. Before any of them is shown. */
export function learnTrace({ inbox, events, intents }: Trace, mask: Mask): void {
  for (const { data } of events) mask.learn(data)
  for (const { ask } of intents) mask.learn(ask)
  for (const { kind, body } of inbox) {
    const value = parsed(body)
    if (kind === 'delivery') mask.learnForeign(value)
    else mask.learn(value)
  }
}

export function hopsOf(
  { inbox, events, intents, letters }: Trace,
  mask: Mask,
  kinds: ReadonlyMap<string, string>,
): Hop[] {
  const causes = new Map(events.map(({ stream, version, cause }) => [`${stream}/${version}`, cause]))
  const answers = new Map(
    inbox.flatMap(({ kind, key, id }) => (kind === 'answer' ? [[key.slice('answer/'.length), id]] : [])),
  )
  const placed: Placed[] = [
    ...inbox.flatMap((row) => inboxHops(row, mask, kinds)),
    ...events.map((event, index) => decidedHop(event, index, mask)),
    ...intents.flatMap((intent) => {
      const cause = causes.get(`${intent.stream}/${intent.version}`) ?? 0
      return intentHops(intent, { cause, answer: answers.get(intent.key) ?? Number.MAX_SAFE_INTEGER }, mask, kinds)
    }),
    ...letters.flatMap((letter) => letterHops(letter, mask)),
  ]
  placed.sort((a, b) => compare(a.hop.at, b.hop.at) || a.cause - b.cause || a.place - b.place)
  return placed.slice(0, HOPS_MAX).map(({ hop }) => hop)
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function inboxHops(row: TracedInbox, mask: Mask, kinds: ReadonlyMap<string, string>): Placed[] {
  const { id, kind, state, source, topic, key, body } = row
  // What an answer says is told by the call it answers.
  if (kind === 'answer' && state !== 'dead') return []
  const value = parsed(body)
  const isDelivery = kind === 'delivery'
  const system = isDelivery ? systemName(source, kinds) : 'hub'
  const said = (value as { type?: string } | null)?.type ?? topic
  const byPerson = source === 'person'
  const title = isDelivery ? arrivedTitle(system, topic) : notedTitle(said)
  const about: About = isDelivery ? 'call' : byPerson ? aboutOf(said) : 'inside'
  const took = durationOf(row.received_at, row.decided_at)
  const arrived: Hop = {
    at: row.received_at,
    kind: isDelivery ? 'arrived' : 'noted',
    about,
    title,
    system: isDelivery || byPerson ? source : 'hub',
    ...(took === null ? {} : { durationMs: took }),
    key,
    payload: isDelivery ? mask.foreign(value) : mask.ours(value),
    inboxId: id,
  }
  const hops: Placed[] = [{ hop: arrived, cause: id, place: 0 }]
  const refused = /^refused (\w+): (.*)/s.exec(row.outcome ?? '')
  if (state === 'dead') {
    const why = mask.text(row.outcome ?? '')
    const hop: Hop = {
      at: row.decided_at ?? row.received_at,
      kind: 'failed',
      about: 'call',
      title: `Nobody could decide it: ${why}`,
      system: 'hub',
      key,
      payload: null,
      inboxId: id,
      dead: true,
    }
    hops.push({ hop, cause: id, place: 1 })
  } else if (refused) {
    const hop: Hop = {
      at: row.decided_at ?? row.received_at,
      kind: 'noted',
      about,
      title: `Nothing came of it: ${mask.text(refused[2]!)}`,
      system: 'hub',
      key,
      payload: null,
    }
    hops.push({ hop, cause: id, place: 1 })
  }
  return hops
}

const decidedHop = ({ stream, version, type, data, at, cause }: EventView, index: number, mask: Mask): Placed => ({
  hop: {
    at,
    kind: 'decided',
    about: aboutOf(type),
    title: mask.text(eventTitle(type, data)),
    system: 'hub',
    key: `${stream}/${version}`,
    payload: mask.ours(data),
  },
  cause,
  place: 2 + index,
})

function intentHops(
  intent: TracedIntent,
  { cause, answer }: { cause: number; answer: number },
  mask: Mask,
  kinds: ReadonlyMap<string, string>,
): Placed[] {
  const { connection, type, key, state, attempts, fault } = intent
  const system = systemName(connection, kinds)
  const said = fault ? `: ${mask.text(fault.message)}` : ''
  const base = { about: 'call' as const, system: connection, key }
  const late = 10_000_000 + intent.id
  const hops: Placed[] = [
    {
      hop: {
        ...base,
        at: intent.created_at,
        kind: 'asked',
        title: askedTitle(system, type),
        payload: mask.ours(intent.ask),
      },
      cause,
      place: late,
    },
  ]
  if (intent.first_tried_at && (attempts > 1 || (state === 'open' && fault))) {
    const times = attempts === 1 ? 'once' : `${attempts} times`
    const title = state === 'open' ? `Tried ${times}${said}` : `Tried ${times}`
    hops.push({
      hop: {
        ...base,
        at: intent.first_tried_at,
        kind: 'attempted',
        title,
        payload: fault ? mask.ours({ fault, nextAt: state === 'open' ? intent.due_at : null }) : null,
      },
      cause,
      place: late,
    })
  }
  const took = durationOf(intent.first_tried_at, intent.finished_at)
  const end = { ...base, at: intent.finished_at ?? intent.created_at, ...(took === null ? {} : { durationMs: took }) }
  if (state === 'done') {
    const title = mask.text(answeredTitle(system, type, intent.answer))
    hops.push({ hop: { ...end, kind: 'answered', title, payload: mask.ours(intent.answer) }, cause: answer, place: 0 })
  } else if (state === 'failed') {
    hops.push({
      hop: { ...end, kind: 'failed', title: `${failedTitle(system, type)}${said}`, payload: mask.ours(fault) },
      cause: answer,
      place: 0,
    })
  }
  return hops
}

/** That something is given to people to mend, and how that ended. */
function letterHops(letter: TracedLetter, mask: Mask): Placed[] {
  const { id, connection: system, message, owner, opened_at: at, resolved_at: over, resolution } = letter
  const base = { about: 'call' as const, system, key: `dead letter ${id}`, letter: id }
  const place = Number.MAX_SAFE_INTEGER
  const why = mask.text(message)
  const opened: Hop = { ...base, at, kind: 'failed', title: `Given to ${owner} to mend: ${why}`, payload: null }
  const mended: Hop = { ...base, at: over ?? at, kind: 'noted', title: MENDED[resolution ?? ''] ?? 'It is mended', payload: null } // prettier-ignore
  return [opened, ...(over === null ? [] : [mended])].map((hop) => ({ hop, cause: place, place }))
}

const MENDED: Readonly<Record<string, string>> = {
  by_hand: 'A person says that it is mended',
  answered: 'It is mended: the call was answered',
  mended: 'It is mended: what failed has happened since',
  decided: 'It is mended: the message was decided',
  superseded: 'It does not matter any more: something newer took its place',
}

function durationOf(from: string | null, to: string | null): number | null {
  const ms = Date.parse(to ?? '') - Date.parse(from ?? '')
  return Number.isNaN(ms) ? null : Math.max(0, ms)
}

const read = new WeakMap<Buffer, Json>()

/** The body as JSON; what cannot be read is described, not shown. Learnt from first, shown later, and read once. */
function parsed(body: Buffer): Json {
  const known = read.get(body)
  if (known !== undefined) return known
  let value: Json
  try {
    value = JSON.parse(body.toString('utf8')) as Json
  } catch {
    value = { bytes: body.length }
  }
  read.set(body, value)
  return value
}
