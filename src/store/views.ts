/** What the console asks of the tables: lists by page, counts, and how the connections are doing. Reads only. */
import type { Json } from '#canon/json.ts'
import type { Sql } from './database.ts'

export interface StreamSummaryRow {
  stream: string
  label: string
  status: string
  attention: boolean
  version: number
  created_at: string
  updated_at: string
}

export interface StreamStateRow extends StreamSummaryRow {
  state: Json
}

export interface StreamFilter {
  kind: string
  /** Only streams whose name begins like this. */
  prefix?: string | undefined
  status?: string | undefined
  attention?: boolean | undefined
  /** Something goes on, or somebody has to look. */
  unsettled?: true
  /** The label, or how it begins; any of these. */
  labels?: readonly string[] | undefined
  /** Of ledgers alone. `waiting`: a number waits for orders of its channel. */
  stock?: { mode?: 'exclusive' | 'shared' | undefined; waiting?: boolean | undefined }
  /** The last row of the page before. */
  after?: { createdAt: string; stream: string } | undefined
  limit: number
}

const SUMMARY = 'stream, label, status, attention, version, created_at, updated_at'

const WAITING = `exists (select from json_array_elements(state -> 'channels') c
  where c.value #>> '{put,open,to}' is not null or c.value #>> '{put,fact,at}' is not null)`

/** Newest first; among equals by name. */
export function listStreams(sql: Sql, filter: StreamFilter): Promise<StreamStateRow[]> {
  const values: unknown[] = []
  const value = (one: unknown): string => `$${values.push(one)}`
  const where = [`kind = ${value(filter.kind)}`]
  if (filter.prefix !== undefined) where.push(`starts_with(stream, ${value(filter.prefix)})`)
  if (filter.status !== undefined) where.push(`status = ${value(filter.status)}`)
  if (filter.attention !== undefined) where.push(filter.attention ? 'attention' : 'not attention')
  if (filter.unsettled) where.push(`(status = 'open' or attention)`)
  if (filter.labels !== undefined) {
    where.push(`(${filter.labels.map((label) => `starts_with(label, ${value(label)})`).join(' or ')})`)
  }
  if (filter.stock?.mode) where.push(`coalesce(state #>> '{mode,is}', 'exclusive') = ${value(filter.stock.mode)}`)
  if (filter.stock?.waiting !== undefined) where.push(`${filter.stock.waiting ? '' : 'not '}${WAITING}`)
  if (filter.after) {
    const [at, stream] = [value(filter.after.createdAt), value(filter.after.stream)]
    where.push(`(created_at < ${at}::timestamptz or (created_at = ${at}::timestamptz and stream > ${stream}))`)
  }
  return sql.query(
    `select ${SUMMARY}, state from stream where ${where.join(' and ')}
     order by created_at desc, stream limit ${value(filter.limit)}`,
    values,
  )
}

export async function readState(sql: Sql, stream: string): Promise<StreamStateRow | null> {
  const [row] = await sql.prepared<StreamStateRow>(`select ${SUMMARY}, state from stream where stream = $1`, [stream])
  return row ?? null
}

export const readStates = (sql: Sql, streams: readonly string[]): Promise<StreamStateRow[]> =>
  sql.prepared(`select ${SUMMARY}, state from stream where stream = any($1::text[])`, [streams])

export interface EventView {
  stream: string
  version: number
  type: string
  data: Json
  at: string
  cause: number
  position: number
}

/** The columns of an `EventView`. */
export const EVENT = 'stream, version, type, data, at, cause, position'

export const eventsAfter = (sql: Sql, stream: string, version: number, limit: number): Promise<EventView[]> =>
  sql.prepared(`select ${EVENT} from journal_all where stream = $1 and version > $2 order by version limit $3`, [
    stream,
    version,
    limit,
  ])

export const lastEvents = (sql: Sql, stream: string, limit: number): Promise<EventView[]> =>
  sql.prepared(`select ${EVENT} from journal_all where stream = $1 order by version desc limit $2`, [stream, limit])

/** The newest events of the hub, newest first, without the orders they carry. */
export const newestEvents = (
  sql: Sql,
  after: number,
  limit: number,
): Promise<{ position: number; at: string; type: string; stream: string; data: Json | null; label: string | null }[]> =>
  sql.prepared(
    `select j.position, j.at, j.type, j.stream, case when length(j.data::text) < 4000 then j.data end as data, s.label
     from (select position, at, type, stream, data from journal where position > $1 order by position desc limit $2) j
     left join stream s on s.stream = j.stream
     order by j.position desc`,
    [after, limit],
  )

export const countByStatus = (sql: Sql, kind: string): Promise<{ status: string; count: number }[]> =>
  sql.prepared(`select status, count(*) as count from stream where kind = $1 group by status`, [kind])

/**
 * The database's own JSON functions fail on a document with characters it cannot write as text: NUL and halves of
 * pairs. A `json` column stores them all the same, so whoever looks inside looks past those documents.
 */
const readable = (column: string): string => `${column}::text !~* '\\\\u(0000|d[89a-f])'`

/** What is at stake: what the order is worth, or, once it was cancelled, what was given back for it. */
export const stuckTotals = (sql: Sql): Promise<{ currency: string | null; count: number; amount: number }[]> =>
  sql.prepared(
    `select currency, count(*) as count, coalesce(sum(amount), 0)::int8 as amount
     from (
       select case when readable then state #>> '{order,total,currency}' end as currency,
         case when readable then greatest((state #>> '{order,total,amount}')::numeric,
           (state #>> '{order,refunded,amount}')::numeric) end as amount
       from (select state, ${readable('state')} as readable from stream where kind = 'order' and attention) stuck
     ) sums group by 1 order by 1`,
  )

/** The orders that wait longest for a person, and since when: their last event that raised something. */
export const longestStuck = (sql: Sql, limit: number): Promise<(StreamStateRow & { since: string })[]> =>
  sql.prepared(
    `select ${SUMMARY}, state, coalesce((
       select max(at) from journal j where j.stream = s.stream
         and type in ('order.heldBack', 'order.releaseFailed', 'order.exceptionRaised', 'order.cancelRefused')
     ), updated_at) as since
     from stream s where kind = 'order' and attention order by updated_at, stream limit $1`,
    [limit],
  )

/**
 * One row per counted SKU and pool, and what of it is worth telling. A difference counts once the ledger has been quiet
 * since `$1`: news of a sale and of the number it left travel apart, so in between they differ by nature.
 */
const LEDGERS = `
  select s.stream, s.updated_at, c.value as channel,
    (s.state ->> 'stocked')::bool is true as counted,
    (c.value ->> 'seen')::int8 as seen, (c.value ->> 'bound')::int8 as bound, c.value ->> 'trouble' as trouble,
    c.value ->> 'trouble' is not null or (
      (c.value ->> 'seen')::int8 is distinct from (c.value ->> 'bound')::int8
      and s.updated_at < $1 and c.value ->> 'seen' is not null and c.value -> 'flight' ->> 'version' is null and c.value ->> 'reading' is null
    ) as differs
  from stream s left join lateral json_array_elements(s.state -> 'channels') c on true
  where s.kind = 'stock'`

export interface StockSums {
  skus: number
  agreeing: number
  differing: number
  oversold: number
  /** Pieces on sale in channels that are not there to be promised; shared SKUs are not counted. */
  overOffered: number
  /** SKUs with something people have to know of. */
  incidents: number
}

export async function stockSums(sql: Sql, quietSince: string): Promise<StockSums> {
  const [row] = await sql.prepared<StockSums>(
    `with ledger as (${LEDGERS}), sku as (
       select stream, bool_or(counted) as counted, bool_or(differs) is true as differs, count(*) filter (where differs) as places
       from ledger group by stream
     )
     select count(*) filter (where counted) as skus, count(*) filter (where counted and not differs) as agreeing,
       coalesce(sum(places), 0)::int8 as differing,
       (select count(*) from stream s where kind = 'stock' and (state ->> 'stocked')::bool
          and (state #>> '{reading,free}')::int8 < (
            select coalesce(sum((h.value ->> 'quantity')::int8), 0) from json_array_elements(s.state -> 'holds') h
            where h.value ->> 'confirmed' is null and h.value ->> 'told' = 'reserved')) as oversold,
       (select coalesce(sum(greatest(0, offered - greatest(0, free - held))), 0)::int8 from (
          select (s.state #>> '{reading,free}')::int8 as free,
            (select coalesce(sum((h.value ->> 'quantity')::int8), 0)
             from json_array_elements(s.state -> 'holds') h) as held,
            (select coalesce(sum((c.value ->> 'bound')::int8), 0)
             from json_array_elements(s.state -> 'channels') c) as offered
          from stream s where kind = 'stock' and (state ->> 'stocked')::bool and state #>> '{reading,free}' is not null
            and coalesce(state #>> '{mode,is}', 'exclusive') = 'exclusive') pool) as "overOffered",
       (select count(*) from stream where kind = 'stock' and json_array_length(state -> 'incidents') > 0) as incidents
     from sku`,
    [quietSince],
  )
  return row ?? { skus: 0, agreeing: 0, differing: 0, oversold: 0, overOffered: 0, incidents: 0 }
}

export const stockDifferences = (
  sql: Sql,
  quietSince: string,
  limit: number,
): Promise<
  {
    stream: string
    channel: string
    seen: number | null
    bound: number | null
    trouble: string | null
    updated_at: string
  }[]
> =>
  sql.prepared(
    `select stream, channel ->> 'name' as channel, seen, bound, trouble, updated_at
     from (${LEDGERS}) ledger where differs order by updated_at, stream limit $2`,
    [quietSince, limit],
  )

export interface FlowRow {
  minute: string
  type: string
  count: number
  first: number
}

/** How often each of these happened per minute, among the events from this position on. */
export const flowSince = (sql: Sql, position: number, types: readonly string[]): Promise<FlowRow[]> =>
  sql.prepared(
    `select date_trunc('minute', at) as minute, type, count(*) as count, min(position) as first
     from journal where position >= $1 and type = any($2::text[]) group by 1, 2 order by 1, 2`,
    [position, types],
  )

/** The first event at or after this position; null beyond the end. */
export async function eventAt(sql: Sql, position: number): Promise<{ position: number; at: string } | null> {
  const [row] = await sql.prepared<{ position: number; at: string }>(
    `select position, at from journal where position >= $1 order by position limit 1`,
    [position],
  )
  return row ?? null
}

export async function lastPosition(sql: Sql): Promise<number> {
  const [row] = await sql.prepared<{ position: number | null }>(`select max(position) as position from journal`)
  return row?.position ?? 0
}

export interface QueueFigures {
  undecided: number
  oldest: string | null
  dead: number
  /** Not resolved. */
  letters: number
  /** Of reconciliation, not resolved. */
  findings: number
}

export async function queueFigures(sql: Sql): Promise<QueueFigures> {
  const [row] = await sql.prepared<QueueFigures>(
    `select (select count(*) from inbox where state = 'new') as undecided,
       (select min(received_at) from inbox where state = 'new') as oldest,
       (select count(*) from inbox where state = 'dead') as dead,
       (select count(*) from dead_letter where state <> 'resolved') as letters,
       (select count(*) from reconcile_finding where state <> 'resolved') as findings`,
  )
  return row!
}

export interface FaultView {
  kind?: string
  code?: string
  message?: string
}

export interface OwedRow {
  connection: string
  open: number
  oldest: string
  /** Of the open intent that was tried last. */
  fault: FaultView | null
  fault_at: string | null
}

/** What is owed to each connection that is owed anything, and what its last failed attempt said. */
export const owedPerConnection = (sql: Sql): Promise<OwedRow[]> =>
  sql.prepared(
    `select connection, count(*) as open, min(created_at) as oldest,
       (array_agg(fault order by due_at desc) filter (where fault is not null))[1] as fault,
       max(first_tried_at) filter (where fault is not null) as fault_at
     from outbox where state = 'open' group by connection`,
  )

export interface OpenIntentsRow {
  connection: string
  type: string
  count: number
  oldest: string
}

export const openPerIntent = (sql: Sql): Promise<OpenIntentsRow[]> =>
  sql.prepared(
    `select connection, type, count(*) as count, min(created_at) as oldest
     from outbox where state = 'open' group by connection, type`,
  )

/** In bytes, indexes and all. */
export async function databaseSize(sql: Sql): Promise<number> {
  const [row] = await sql.prepared<{ bytes: number }>(`select pg_database_size(current_database()) as bytes`)
  return row!.bytes
}

/** The last call to each connection that was given up, among the newest failures. */
export const lastFailures = (sql: Sql): Promise<{ connection: string; fault: FaultView | null; at: string }[]> =>
  sql.prepared(
    `select distinct on (connection) connection, fault, finished_at as at
     from (select id, connection, fault, finished_at from outbox where state = 'failed' order by id desc limit 500) failed
     order by connection, id desc`,
  )

/** When each source was last heard of, among the newest rows of the inbox. */
export const lastHeard = (sql: Sql): Promise<{ source: string; at: string }[]> =>
  sql.prepared(
    `select source, max(received_at) as at from inbox
     where id > (select coalesce(max(id), 0) from inbox) - 5000 group by source`,
  )

export const feedFigures = (
  sql: Sql,
): Promise<
  { connection: string; feed: string; read_at: string | null; caught_up_at: string | null; report: string | null }[]
> =>
  sql.prepared(
    `select coalesce(c.connection, u.connection) as connection, coalesce(c.feed, substr(u.task, 6)) as feed,
       c.read_at, c.caught_up_at, u.report
     from cursor c full join (select connection, task, report from upkeep where starts_with(task, 'feed:')) u
       on u.connection = c.connection and u.task = 'feed:' || c.feed
     order by 1, 2`,
  )

export interface InboxView {
  id: number
  source: string
  kind: 'delivery' | 'answer' | 'note'
  topic: string
  key: string
  received_at: string
  outcome: string | null
  correlation: string | null
}

/** Newest first. */
export const listInbox = (
  sql: Sql,
  { state, before, limit }: { state: 'new' | 'dead'; before: number | null; limit: number },
): Promise<InboxView[]> =>
  sql.prepared(
    `select id, source, kind, topic, key, received_at, outcome, correlation
     from inbox where state = $1 and ($2::bigint is null or id < $2) order by id desc limit $3`,
    [state, before, limit],
  )
