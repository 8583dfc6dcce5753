/** The outbox: what is owed to the outside, in order per stream and connection, leased to one process at a time. */
import type { Json } from '#canon/json.ts'
import type { Sql } from './database.ts'
import { type NewInboxRow, rowsFrom, rowValues } from './inbox.ts'
import { jsonList } from './journal.ts'

export interface NewIntent {
  key: string
  stream: string
  version: number
  connection: string
  type: string
  /** As JSON text. */
  ask: string
  correlation: string
  priority: number
}

export interface LeasedIntent {
  id: number
  key: string
  stream: string
  version: number
  type: string
  ask: Json
  correlation: string
  attempts: number
  first_tried_at: string
  created_at: string
  /** Of the attempt before that wrote one down. `untriedTo`: up to that attempt nothing was asked over there. */
  fault: { untriedTo?: number } | null
}

export const insertIntents = (sql: Sql, intents: readonly NewIntent[], at: string): Promise<number> =>
  sql.run(
    `insert into outbox (key, stream, version, connection, type, ask, correlation, priority, created_at, due_at)
     select key, stream, version, connection, type, ask, correlation, priority, $9, $9
     from rows from (unnest($1::text[]), unnest($2::text[]), unnest($3::int[]), unnest($4::text[]), unnest($5::text[]),
         json_array_elements($6::json), unnest($7::text[]), unnest($8::smallint[]))
       as i (key, stream, version, connection, type, ask, correlation, priority)`,
    [
      intents.map(({ key }) => key),
      intents.map(({ stream }) => stream),
      intents.map(({ version }) => version),
      intents.map(({ connection }) => connection),
      intents.map(({ type }) => type),
      jsonList(intents.map(({ ask }) => ask)),
      intents.map(({ correlation }) => correlation),
      intents.map(({ priority }) => priority),
      at,
    ],
  )

export interface Claim {
  connection: string
  types: readonly string[]
  limit: number
  owner: string
  now: string
  leaseUntil: string
  /** Types of which none is claimed while another process has one leased. */
  serial: readonly string[]
  /** Takes the longest waiting instead of the first by priority: nobody waits for ever. */
  oldestFirst: boolean
}

/**
 * A lease lasts as long as its owner lives: only that process itself, by its own clock, goes by when it ends. Of owners
 * that are not in the fleet (a release before it, or one presumed dead) the end of the lease is all there is to go by.
 */
const FREE = `(owner is null or owner = $4 or not exists (select 1 from process where process.id = owner))`

/**
 * Processes that claim in the same moment step past each other as long as there are no more than so many. One that
 * looked at the first in line alone found nothing, and slept over it.
 */
const RIVALS = 8

/**
 * The longest waiting is the first of one of the priorities, which are single digits: policy/priorities.ts. Said as a
 * range, since with one priority the planner would rather read the table in order of its ids.
 */
const EACH_PRIORITY = 'cross join generate_series(0, 9) as step (priority)'

/**
 * The first of each type that are due and have no earlier one of their stream before them. `offset 0` is a fence: what
 * is behind it is read in order and asked one by one, no further than needed, even when the planner believes that next
 * to nothing is open and would join all with all.
 */
const firstOf = (types: string, which: string): string => `
  select first.id from unnest($2::text[]) as wanted (type) ${types} cross join lateral (
    select id from (
      select id, stream, priority, due_at, owner from outbox
      where connection = $1 and type = wanted.type and state = 'open' ${which} order by priority, id offset 0
    ) as line
    where due_at <= $5 and ${FREE} and not exists (
      select from outbox as earlier
      where earlier.stream = line.stream and earlier.connection = $1 and earlier.state = 'open' and earlier.id < line.id
      offset 0)
    order by priority, id limit $3 * ${RIVALS}
  ) as first
  where not (wanted.type = any($7::text[]) and exists (
    select from outbox as held where held.connection = $1 and held.type = any($7::text[])
      and held.state = 'open' and held.owner is not null and held.owner <> $4
      and (held.due_at > $5 or exists (select 1 from process where process.id = held.owner))))`

const claiming = (first: string, order: string): string =>
  `update outbox set owner = $4, due_at = $6, attempts = attempts + 1, first_tried_at = coalesce(first_tried_at, $5)
  where id = any(array(
    select id from outbox where state = 'open' and due_at <= $5 and ${FREE} and id = any(array(${first}))
    order by ${order} limit $3 for update skip locked))
  returning id, key, stream, version, type, ask, correlation, attempts, first_tried_at, created_at, fault`

const CLAIM = claiming(firstOf('', ''), 'priority, id')
const CLAIM_OLDEST = claiming(firstOf(EACH_PRIORITY, 'and priority between step.priority and step.priority'), 'id')

/**
 * Leases intents that are due and first in line: an intent waits for every earlier one of its stream to the same
 * connection. Taking a lease counts as an attempt; a lease that ran out is simply due again, and the attempt number is
 * the fence that keeps the late one from finishing.
 *
 * How it is found, and what that costs: docs/decisions/0002-batched-turns.md.
 */
export const claimIntents = (sql: Sql, claim: Claim): Promise<LeasedIntent[]> =>
  sql.prepared(claim.oldestFirst ? CLAIM_OLDEST : CLAIM, [
    claim.connection,
    claim.types,
    claim.limit,
    claim.owner,
    claim.now,
    claim.leaseUntil,
    claim.serial,
  ])

export interface Finish {
  id: number
  attempt: number
  state: 'done' | 'failed'
  /** As JSON text. */
  answer: string | null
  fault: string | null
}

/**
 * Ends intents and tells their streams, in one statement: most calls end so, and need no transaction around it.
 *
 * @param finished each with the row that tells of it; told in the order in which they were owed.
 * @returns the ids that were really finished; a missing one had been taken over by somebody else, and nobody is told.
 */
export function finishIntents(
  sql: Sql,
  finished: readonly { finish: Finish; row: NewInboxRow }[],
  at: string,
): Promise<{ id: number }[]> {
  const ends = finished.map(({ finish }) => finish)
  return sql.prepared(
    `with finished as (
       update outbox set state = f.state, answer = f.answer::json, fault = coalesce(f.fault::json, outbox.fault),
         finished_at = $6, owner = null
       from unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[]) as f (id, attempt, state, answer, fault)
       where outbox.id = f.id and outbox.attempts = f.attempt and outbox.state = 'open'
       returning outbox.id
     ), told as (
       insert into inbox (source, key, kind, topic, body, correlation, received_at, priority)
       select source, key, kind, topic, body, correlation, received_at, priority
       from ${rowsFrom(7)} join (select id, of from unnest($1::bigint[]) with ordinality as u (id, of)) as named using (of)
       join finished using (id) order by id
       on conflict on constraint inbox_once do nothing
     )
     select id from finished`,
    [
      ends.map(({ id }) => id),
      ends.map(({ attempt }) => attempt),
      ends.map(({ state }) => state),
      ends.map(({ answer }) => answer),
      ends.map(({ fault }) => fault),
      at,
      ...rowValues(finished.map(({ row }) => row)),
    ],
  )
}

export interface Postponement {
  id: number
  attempt: number
  dueAt: string
  fault: string
}

export const postponeIntents = (sql: Sql, postponed: readonly Postponement[]): Promise<number> =>
  sql.run(
    `update outbox set due_at = p.due_at::timestamptz, fault = p.fault::json, owner = null
     from unnest($1::bigint[], $2::int[], $3::text[], $4::text[]) as p (id, attempt, due_at, fault)
     where outbox.id = p.id and outbox.attempts = p.attempt and outbox.state = 'open'`,
    [
      postponed.map(({ id }) => id),
      postponed.map(({ attempt }) => attempt),
      postponed.map(({ dueAt }) => dueAt),
      postponed.map(({ fault }) => fault),
    ],
  )

/** Ends every lease. Only for a database that nobody else can be using: the holders are dead processes. */
export const releaseLeases = (sql: Sql, now: string): Promise<number> =>
  sql.run(`update outbox set due_at = $1, owner = null where state = 'open' and owner is not null and due_at > $1`, [
    now,
  ])

export const countOpen = (sql: Sql): Promise<{ connection: string; open: number; oldest: string }[]> =>
  sql.prepared(
    `select connection, count(*) as open, min(created_at) as oldest from outbox where state = 'open'
     group by connection order by connection`,
  )
