/**
 * What must hold of the hub's own books when a day is over: its journal has no gaps, archive and all; what it took is
 * decided; what died has a letter, of which people were told once, and which ended by a proof that is there.
 */
import type { Database } from '#store/database.ts'
import { LETTER_COLUMNS, type LetterRow } from '#store/dead-letters.ts'
import type { Desk } from './desk.ts'
import type { Oddities } from './odd.ts'
import type { Tidings } from './tidings.ts'

export interface Witnesses {
  desk: Desk
  tidings: Tidings
  oddities: Oddities
  /** What the hub says it stored; see `Counter`. */
  stored: ReadonlySet<string>
}

export async function auditBooks(database: Database, witnesses: Witnesses): Promise<string[]> {
  const letters = await database.query<LetterRow>(`select ${LETTER_COLUMNS} from dead_letter order by id`)
  const { desk, tidings } = witnesses
  return [
    ...(await auditJournal(database)),
    ...(await auditRegular(database)),
    ...(await auditStored(database, letters, witnesses)),
    ...(await auditDead(database)),
    ...(await auditEnds(database, letters, desk)),
    ...(await auditTidings(database, letters, tidings)),
    ...desk.complaints,
    ...tidings.complaints,
  ]
}

/** Every row once, in one of the two places; every stream's events one after the other, up to where it stands. */
async function auditJournal(database: Database): Promise<string[]> {
  const gaps = await database.query<{ stream: string; events: number; last: number; stands: number | null }>(
    `select j.stream, count(*) as events, max(j.version) as last, max(s.version) as stands
     from journal_all j left join stream s on s.stream = j.stream group by j.stream
     having count(*) <> max(j.version) or min(j.version) <> 1 or max(j.version) is distinct from max(s.version)
       or count(distinct j.version) <> count(*)
     order by j.stream`,
  )
  const twice = await database.query<{ what: string }>(
    `select 'message ' || id as what from inbox_all group by id having count(*) > 1
     union all select 'call ' || id from outbox_all group by id having count(*) > 1 order by 1`,
  )
  return [
    ...gaps.map(
      ({ stream, events, last, stands }) =>
        `Journal: ${stream} has ${events} events up to version ${last}, and stands at ${stands}.`,
    ),
    ...twice.map(({ what }) => `Archive: ${what} is in two places.`),
  ]
}

/** Nobody is cut off any more, and what was to be read again was. */
async function auditRegular(database: Database): Promise<string[]> {
  const shut = await database.query<{ connection: string; state: string }>(
    `select connection, state from governor where state <> 'closed' order by connection`,
  )
  const backfills = await database.query<{ id: number; feed: string; state: string; report: string | null }>(
    `select id, feed, state, report from backfill where state <> 'done' order by id`,
  )
  const runs = await database.query<{ task: string; nominal: string; state: string }>(
    `select distinct on (connection, task) task, nominal, state from run order by connection, task, nominal desc`,
  )
  return [
    ...shut.map(({ connection, state }) => `Breaker: ${connection} is still ${state}.`),
    ...backfills.map(({ id, feed, state, report }) => `Backfill ${id} of ${feed} is ${state}: ${report ?? ''}`),
    ...runs
      .filter(({ state }) => state === 'failed')
      .map(({ task, nominal, state }) => `Schedule: the last run of ${task}, of ${nominal}, is ${state}.`),
  ]
}

/** Every webhook that was acknowledged was decided, or has a letter; the bent ones cannot have been decided. */
async function auditStored(
  database: Database,
  letters: readonly LetterRow[],
  { oddities, stored }: Witnesses,
): Promise<string[]> {
  const rows = await database.query<{ id: number; source: string; key: string; state: string }>(
    `select id, source, key, state from inbox_all where kind = 'delivery' order by id`,
  )
  const named = Map.groupBy(rows, ({ source, key }) => `${source} ${key.slice(0, key.lastIndexOf(':'))}`)
  const dead = new Set(letters.map(({ inbox_id: id }) => id))
  const odd = rows.filter(({ key }) => oddities.of(key))
  return [
    ...[...stored]
      .filter(
        (one) => !named.get(one.split(' ', 2).join(' '))?.some(({ id, state }) => state === 'done' || dead.has(id)),
      )
      .map((one) => `Lost: the hub acknowledged ${one} and never decided it.`),
    ...odd.filter(({ id }) => !dead.has(id)).map(({ key }) => `Dead letters: the bent delivery ${key} has none.`),
  ]
}

/** Every letter is of something that died, and everything that died has one. */
async function auditDead(database: Database): Promise<string[]> {
  const rows = await database.query<{ what: string }>(
    `select 'message ' || i.id || ' is dead and has no letter' as what from inbox_all i
     where i.state = 'dead' and not exists (select 1 from dead_letter d where d.inbox_id = i.id)
     union all
     select o.type || ' of ' || o.key || ' failed and has no letter' from outbox_all o
     where o.state = 'failed' and not exists (select 1 from dead_letter d where d.outbox_id = o.id)
     union all
     select 'letter ' || d.id || ' is of nothing that died' from dead_letter d
     left join inbox_all i on i.id = d.inbox_id left join outbox_all o on o.id = d.outbox_id
     where d.state <> 'resolved' and coalesce(i.state, o.state, '') not in ('dead', 'failed') order by 1`,
  )
  return rows.map(({ what }) => `Dead letters: ${what}.`)
}

/** None is left, and what ended each is there. */
async function auditEnds(database: Database, letters: readonly LetterRow[], desk: Desk): Promise<string[]> {
  const findings: string[] = []
  for (const letter of letters) {
    const { id, state, what, code, resolution, proof } = letter
    const name = `Dead letters: letter ${id} (${what}, ${code})`
    if (state !== 'resolved') findings.push(`${name} is ${state}.`)
    else if (!(await isProved(database, letter, desk)))
      findings.push(`${name} ended as '${resolution}', and nothing shows it: ${proof}`)
  }
  return findings
}

const EVENT = /^(\S+)\/(\d+) (\S+) at /
const TROUBLE = /^(\S+)\/(\d+): the customer has no trouble/

async function isProved(database: Database, letter: LetterRow, desk: Desk): Promise<boolean> {
  const { id, inbox_id: inbox, outbox_id: outbox, resolution, proof } = letter
  const asks = async (text: string, values: unknown[]) => (await database.query(text, values)).length > 0
  switch (resolution) {
    case 'by_hand':
      return desk.endedByHand.has(id)
    case 'decided':
      return asks(`select 1 from inbox_all where id = $1 and state = 'done'`, [inbox])
    case 'answered':
      return asks(`select 1 from outbox_all where id = $1 and state = 'done'`, [outbox])
    case 'superseded':
      return asks(`select 1 from dead_letter where id > $1 and stream = $2 and what = $3`, [
        id,
        letter.stream,
        letter.what,
      ])
    case 'mended': {
      const [, stream, version, type] = EVENT.exec(proof ?? '') ?? []
      const found = `select 1 from journal_all where stream = $1 and version = $2 and type = $3 and version > $4`
      if (type) return asks(found, [stream, Number(version), type, letter.stream_version ?? 0])
      const [, customer, stood] = TROUBLE.exec(proof ?? '') ?? []
      const calm = `select 1 from stream where stream = $1 and version >= $2 and state ->> 'trouble' is null`
      return customer !== undefined && asks(calm, [customer, Number(stood)])
    }
    default:
      return false
  }
}

/** A message names this many letters at most. */
const NAMED_MAX = 20

/** Of every letter people heard once; of one that had ended and was opened again, once more. */
async function auditTidings(database: Database, letters: readonly LetterRow[], { heard }: Tidings): Promise<string[]> {
  const rows = await database.query<{ letter: number; action: string }>(
    `select letter, action from dead_letter_comment where action in ('resolved', 'failed') order by letter, id`,
  )
  const opened = new Map(letters.map(({ id }) => [id, 1]))
  for (const [at, { letter, action }] of rows.entries()) {
    const before = rows[at - 1]
    if (action === 'failed' && before?.letter === letter && before.action === 'resolved')
      opened.set(letter, opened.get(letter)! + 1)
  }
  const times = new Map<number, number>()
  let partly = false
  for (const named of heard.values()) {
    partly ||= named.length >= NAMED_MAX
    for (const letter of named) times.set(letter, (times.get(letter) ?? 0) + 1)
  }
  return letters
    .filter(({ id }) => (times.get(id) ?? 0) !== opened.get(id) && !(partly && !times.has(id)))
    .map(({ id }) => `Tidings: of letter ${id} people heard ${times.get(id) ?? 0} times instead of ${opened.get(id)}.`)
}
