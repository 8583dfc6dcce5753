/**
 * Everything that belongs to one order, from what remembers it, archive and all: where its streams stand, and what
 * arrived, happened, was asked and died under its correlation, or under those of its payments and parcels. One
 * statement, one round trip; every table is read by an index. Reads only.
 */
import type { Json } from '#canon/json.ts'
import type { Sql } from './database.ts'
import type { InboxKind } from './inbox.ts'
import type { EventView, StreamStateRow } from './views.ts'

export interface TracedInbox {
  id: number
  source: string
  key: string
  kind: InboxKind
  topic: string
  body: Buffer
  received_at: string
  decided_at: string | null
  state: 'new' | 'done' | 'dead'
  outcome: string | null
}

export interface TracedIntent {
  id: number
  key: string
  stream: string
  version: number
  connection: string
  type: string
  ask: Json
  state: 'open' | 'done' | 'failed'
  created_at: string
  due_at: string
  attempts: number
  first_tried_at: string | null
  finished_at: string | null
  answer: Json | null
  fault: { kind: string; code: string; message: string } | null
}

/** Of a dead letter what an order's page tells; its own page has the rest. */
export interface TracedLetter {
  id: number
  class: string
  /** The system it came from, or was to go to. */
  connection: string
  message: string
  owner: string
  state: 'open' | 'retrying' | 'resolved'
  opened_at: string
  resolved_at: string | null
  resolution: string | null
}

export interface Trace {
  /** Of the order, and of its fulfilment, route, returns and labels, as far as there are any. */
  states: StreamStateRow[]
  inbox: TracedInbox[]
  events: EventView[]
  intents: TracedIntent[]
  letters: TracedLetter[]
}

/** Bodies that take more bytes than this are left out: nobody reads them in a page. */
export const TRACED_BODY_BYTES = 256 * 1024

/** Streams that have no history apart from their order's. */
const BESIDE = ['fulfilment', 'route', 'return', 'label'] as const

/**
 * Payments and parcels have correlations of their own, which the order's state names. `readable`: see views.ts. Each
 * correlation is looked up by itself, so that an index is the only sensible way whatever the statistics say.
 */
export const TRACE = `
with own as materialized (
  select stream, label, status, attention, version, created_at, updated_at, state from stream where stream = any($1::text[])
), known as materialized (
  select state from own where stream = $2 and state::text !~* '\\\\u(0000|d[89a-f])'
), line as materialized (
  select $2::text as correlation
  union select 'payment/' || (p ->> 'provider') || '/' || (p ->> 'paymentId')
  from known, json_array_elements(known.state -> 'payments') p
  union select 'parcel/' || (p ->> 'connection') || '/' || (p ->> 'trackingNumber')
  from known, json_array_elements(known.state -> 'parcels') p
)
select 'state' as part, null::bigint as id, stream as key, label as name, status as state, version as n, attention as flag,
  null::text as "from", null::text as kind, null::text as words, created_at as at, updated_at as later, null::timestamptz as ended,
  null::timestamptz as due, state as data, null::json as answer, null::json as fault, null::bytea as body
from own
union all
select 'inbox', i.id, i.key, i.topic, i.state, null, null, i.source, i.kind, i.outcome, i.received_at, i.decided_at, null, null,
  null, null, null, i.body
from line cross join lateral (
  select id, key, topic, state, source, kind, outcome, received_at, decided_at,
    case when length(body) <= $4 then body else ''::bytea end as body
  from inbox_all where correlation = line.correlation order by id limit $3
) i
union all
select 'event', j.position, j.stream, j.type, null, j.version, null, j.cause::text, null, null, j.at, null, null, null,
  j.data, null, null, null
from line cross join lateral (
  select stream, version, type, data, at, cause, position
  from journal_all where correlation = line.correlation order by position limit $3
) j
union all
select 'intent', o.id, o.key, o.type, o.state, o.version, null, o.connection, o.stream, o.attempts::text, o.created_at,
  o.first_tried_at, o.finished_at, o.due_at, o.ask, o.answer, o.fault, null
from line cross join lateral (
  select id, key, stream, version, connection, type, ask, state, created_at, due_at, attempts, first_tried_at,
    finished_at, answer, fault
  from outbox_all where correlation = line.correlation order by id limit $3
) o
union all
select 'letter', d.id, d.owner, d.class, d.state, null, null, d.connection, d.resolution, d.message, d.opened_at,
  d.resolved_at, null, null, null, null, null, null
from dead_letter d where d.stream = any(array(select stream from own union select correlation from line))`

interface Row {
  part: 'state' | 'inbox' | 'event' | 'intent' | 'letter'
  id: number
  key: string
  name: string
  state: string
  n: number
  flag: boolean
  from: string
  kind: string
  words: string | null
  at: string
  later: string | null
  ended: string | null
  due: string | null
  data: Json
  answer: Json | null
  fault: Json | null
  body: Buffer
}

/** What `TRACE` takes. @param order its stream. */
export const traceValues = (order: string, limit: number): unknown[] => [
  [order, ...BESIDE.map((kind) => `${kind}${order.slice('order'.length)}`)],
  order,
  limit,
  TRACED_BODY_BYTES,
]

/** Oldest first, at most `limit` of each; the newest are left out when there are more. @param order its stream. */
export async function readTrace(sql: Sql, order: string, limit: number): Promise<Trace> {
  const rows = await sql.prepared<Row>(TRACE, traceValues(order, limit))
  const of = <T>(part: Row['part'], shape: (row: Row) => T): T[] => {
    const some = rows.filter((row) => row.part === part)
    return some.sort((a, b) => a.id - b.id).slice(0, limit).map(shape) // prettier-ignore
  }
  return {
    states: of('state', stateOf),
    inbox: of('inbox', inboxOf),
    events: of('event', eventOf),
    intents: of('intent', intentOf),
    letters: of('letter', letterOf),
  }
}

const stateOf = ({ key, name, state, flag, n, at, later, data }: Row): StreamStateRow => ({
  stream: key,
  label: name,
  status: state,
  attention: flag,
  version: n,
  created_at: at,
  updated_at: later!,
  state: data,
})

const inboxOf = ({ id, from, key, kind, name, body, at, later, state, words }: Row): TracedInbox => ({
  id,
  source: from,
  key,
  kind: kind as InboxKind,
  topic: name,
  body,
  received_at: at,
  decided_at: later,
  state: state as TracedInbox['state'],
  outcome: words,
})

const eventOf = ({ id, key, n, name, data, at, from }: Row): EventView => ({
  stream: key,
  version: n,
  type: name,
  data,
  at,
  cause: Number(from),
  position: id,
})

const intentOf = (row: Row): TracedIntent => ({
  id: row.id,
  key: row.key,
  stream: row.kind,
  version: row.n,
  connection: row.from,
  type: row.name,
  ask: row.data,
  state: row.state as TracedIntent['state'],
  created_at: row.at,
  due_at: row.due!,
  attempts: Number(row.words),
  first_tried_at: row.later,
  finished_at: row.ended,
  answer: row.answer,
  fault: row.fault as TracedIntent['fault'],
})

const letterOf = ({ id, name, from, words, key, state, at, later, kind }: Row): TracedLetter => ({
  id,
  class: name,
  connection: from,
  message: words ?? '',
  owner: key,
  state: state as TracedLetter['state'],
  opened_at: at,
  resolved_at: later,
  resolution: kind,
})
