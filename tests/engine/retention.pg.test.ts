/** Retention: what is settled moves and is found again, what is not stays, and old months are gone in one stroke. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import { keep, keepRegularly } from '#engine/retention.ts'
import { turn } from '#engine/turn.ts'
import { archivedMonths } from '#store/archive.ts'
import { writeBackup } from '#store/backup.ts'
import { insertInbox } from '#store/inbox.ts'
import { readMigrations } from '#store/migrate.ts'
import { restoreBackup } from '#store/restore.ts'
import { readTrace } from '#store/trace.ts'
import { eventsAfter } from '#store/views.ts'
import { endOfJournal, journalBefore, readJournal } from '#store/readers.ts'
import { realIo } from '../../src/io.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, anOrder, aShop } from '../support/orders.ts'

const DAY_MS = 24 * 60 * 60_000
const START_MS = Date.parse('2026-09-28T12:00:00.000Z')
const RULES = { hotDays: 30, keepDays: 730 }

/** A hub whose clock the test sets, with an order a day. */
async function aHub() {
  const database = await freshDatabase()
  const clock = { ms: START_MS }
  const engine = anEngine(database, { erp: anErp(), shop: aShop() }, { io: { ...realIo(), now: () => clock.ms } })
  const settle = async () => {
    for (let some = 1; some > 0;) {
      some = await turn(engine)
      for (const [name, connection] of engine.connections) {
        for (const lane of lanesOf(name, connection)) some += await dispatch(engine, lane)
      }
    }
  }
  const buy = (id: string, body: unknown = anOrder(id)) =>
    insertInbox(database, [
      {
        source: 'shop', key: `o${id}`, kind: 'delivery', topic: 'order', body: Buffer.from(JSON.stringify(body)),
        correlation: null, receivedAt: new Date(clock.ms).toISOString(), priority: 5,
      },
    ]) // prettier-ignore
  const know = [{ stream: 'stock/WH/MUG', command: { type: 'stock.know', stocked: true } }]
  await insertInbox(database, [
    {
      source: 'shop', key: 'know', kind: 'delivery', topic: 'messages', body: Buffer.from(JSON.stringify(know)),
      correlation: null, receivedAt: new Date(clock.ms).toISOString(), priority: 5,
    },
  ]) // prettier-ignore
  await settle()
  const days = async (from: number, to: number) => {
    for (let day = from; day <= to; day += 1) {
      clock.ms = START_MS + day * DAY_MS
      await buy(`${day}`)
      await settle()
    }
  }
  const counts = async () => {
    const [row] = await database.query<Record<string, number>>(
      `select (select count(*) from inbox) as inbox, (select count(*) from inbox_all) as inbox_all,
         (select count(*) from journal) as journal, (select count(*) from journal_all) as journal_all,
         (select count(*) from outbox) as outbox, (select count(*) from outbox_all) as outbox_all`,
    )
    return row!
  }
  return { database, clock, engine, buy, settle, days, counts }
}

test('what is settled moves to the month it is of, once, and an order still shows all of it', async () => {
  const { database, clock, engine, days, counts } = await aHub()
  await days(1, 6)
  const before = await counts()
  const trace = await readTrace(database, 'order/shop/2', 500)
  const events = await eventsAfter(database, 'stock/WH/MUG', 0, 500)
  clock.ms = START_MS + 33.5 * DAY_MS
  const kept = await keep(engine, RULES)
  expect(kept).toMatchObject({ done: true, dropped: [] })
  const after = await counts()
  for (const table of ['inbox', 'journal', 'outbox'] as const) {
    expect(kept.moved[table]).toBeGreaterThan(0)
    expect(after[table]).toBe(before[table]! - kept.moved[table])
    expect(after[table]).toBeGreaterThan(0)
    expect(after[`${table}_all`]).toBe(before[`${table}_all`])
  }
  expect((await archivedMonths(database)).map(({ table, month }) => `${table} ${month}`)).toEqual([
    'inbox 2026-09', 'journal 2026-09', 'outbox 2026-09', 'inbox 2026-10', 'journal 2026-10', 'outbox 2026-10',
  ]) // prettier-ignore
  expect(await readTrace(database, 'order/shop/2', 500)).toEqual(trace)
  expect(await eventsAfter(database, 'stock/WH/MUG', 0, 500)).toEqual(events)
  expect((await keep(engine, RULES)).moved).toEqual({ inbox: 0, journal: 0, outbox: 0 })
})

test('what nobody decided, what is owed and what failed stays where people find it', async () => {
  const { database, clock, engine, buy, settle } = await aHub()
  await buy('bad', { nothing: true })
  engine.connections.get('erp')!.outbound['sale.ensure']!.send = () =>
    Promise.resolve([{ answer: null as never }].slice(1))
  await settle()
  await database.query(
    `update outbox set state = 'failed', finished_at = created_at where id = (select min(id) from outbox)`,
  )
  await insertInbox(database, [
    {
      source: 'shop', key: 'new', kind: 'delivery', topic: 'order', body: Buffer.from('{}'), correlation: null,
      receivedAt: new Date(clock.ms).toISOString(), priority: 5,
    },
  ]) // prettier-ignore
  clock.ms += 400 * DAY_MS
  await keep(engine, RULES)
  expect(await database.query('select key, state from inbox order by key')).toEqual([
    { key: 'new', state: 'new' },
    { key: 'obad', state: 'dead' },
  ])
  expect(await database.query(`select count(*) from outbox where state = 'failed'`)).toEqual([{ count: 1 }])
})

test('a run that was cut short is gone on with, and a busy hub is left alone', async () => {
  const { clock, engine, days, counts, buy } = await aHub()
  await days(1, 3)
  clock.ms += 60 * DAY_MS
  expect(await keep(engine, RULES, { windowsMax: 0 })).toMatchObject({ done: false, moved: { inbox: 0 } })
  for (let n = 0; n < 1_001; n += 1) await buy(`busy-${n}`)
  expect(await keep(engine, RULES)).toMatchObject({ done: false, moved: { inbox: 0 } })
  expect((await counts())['inbox']).toBe((await counts())['inbox_all'])
})

test('a month is dropped when its last moment is old enough, and never with for ever', async () => {
  const { database, clock, engine, days, counts } = await aHub()
  await days(1, 6)
  clock.ms = START_MS + 100 * DAY_MS
  await keep(engine, RULES)
  const { journal_all: all } = await counts()
  clock.ms = Date.parse('2026-10-01T00:00:00.000Z') + 730 * DAY_MS - 1
  expect((await keep(engine, RULES)).dropped).toEqual([])
  clock.ms += 1
  expect((await keep(engine, { ...RULES, keepDays: 'for ever' })).dropped).toEqual([])
  expect((await keep(engine, RULES)).dropped).toEqual(['inbox 2026-09', 'journal 2026-09', 'outbox 2026-09'])
  expect((await archivedMonths(database)).map(({ month }) => month)).toEqual(['2026-10', '2026-10', '2026-10'])
  expect((await counts())['journal_all']).toBeLessThan(all!)
})

test('of two processes one keeps, within an hour', async () => {
  const { clock, engine, days } = await aHub()
  await days(1, 1)
  clock.ms += 40 * DAY_MS
  const both = await Promise.all([keepRegularly(engine, RULES), keepRegularly(engine, RULES)])
  expect(both.filter((one) => one !== null)).toHaveLength(1)
  expect(await keepRegularly(engine, RULES)).toBeNull()
  clock.ms += DAY_MS
  expect(await keepRegularly(engine, RULES)).not.toBeNull()
})

test('bodies take less room in the archive, and come back to the byte', async () => {
  const { database, clock, engine, buy, settle } = await aHub()
  const body = { ...anOrder('1'), note: 'the same words again and again '.repeat(400) }
  await buy('1', body)
  await settle()
  const sizeOf = (table: string) =>
    database.query<{ size: number; body: Buffer }>(
      `select pg_column_size(body) as size, body from ${table} where key = 'o1'`,
    )
  const [hot] = await sizeOf('inbox')
  clock.ms += 60 * DAY_MS
  await keep(engine, RULES)
  const [archived] = await sizeOf('inbox_archive')
  expect(archived!.body.equals(hot!.body)).toBe(true)
  expect(archived!.size).toBeLessThan(hot!.size / 4)
})

test('a backup holds the archive, and a restore brings it back', async () => {
  const { database, clock, engine, days, counts } = await aHub()
  await days(1, 6)
  clock.ms = START_MS + 40 * DAY_MS
  await keep(engine, RULES)
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-archive-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'hub.backup')
  await writeBackup(database, file, { at: new Date(clock.ms).toISOString() })
  const other = await freshDatabase()
  const migrations = readMigrations(fileURLToPath(new URL('../../src/store/migrations/', import.meta.url)))
  const restored = await restoreBackup(other, file, { migrations, replace: false, now: () => clock.ms })
  const rows = async (from: typeof database) =>
    from.query(`select stream, version, data::text from journal_archive order by position`)
  expect(await rows(other)).toEqual(await rows(database))
  expect(restored.tables['journal_archive_2026_09']!.rows).toBeGreaterThan(0)
  expect((await counts())['journal']).toBe(restored.tables['journal']!.rows)
})

test('a reader of the journal goes through what was archived in its order, and on into what is hot', async () => {
  const { database, clock, engine, days } = await aHub()
  await days(1, 6)
  const all = await readJournal(database, 0, 10_000)
  const end = await endOfJournal(database)
  clock.ms = START_MS + 33.5 * DAY_MS
  await keep(engine, RULES)
  const [moved] = await database.query<{ archived: number; hot: number; months: number }>(
    `select (select count(*) from journal_archive) as archived, (select count(*) from journal) as hot,
       (select count(distinct tableoid) from journal_archive) as months`,
  )
  expect(moved).toMatchObject({ months: 2, hot: expect.any(Number) })
  expect(Math.min(moved!.archived, moved!.hot)).toBeGreaterThan(5)
  const heard: typeof all = []
  for (let some = all; some.length > 0; heard.push(...some))
    some = await readJournal(database, heard.at(-1)?.position ?? 0, 3)
  expect(heard).toEqual(all)
  const old = await journalBefore(database, heard[moved!.archived]!.at, 0)
  expect(old.count).toBeGreaterThanOrEqual(moved!.archived)
  // On a quiet day nothing is hot: the end is where it was.
  clock.ms = START_MS + 90 * DAY_MS
  await keep(engine, RULES)
  expect(await database.query('select 1 from journal')).toEqual([])
  expect(await endOfJournal(database)).toBe(end)
})
