/**
 * Backup and restore: what comes back is what was there, to the byte; a damaged file changes nothing; and a day whose
 * database is lost in the middle ends with every system agreeing all the same.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runWorld } from '#sim/world.ts'
import { columnsOf, tablesOf, writeBackup } from '#store/backup.ts'
import { type Database, openDatabase } from '#store/database.ts'
import { insertInbox } from '#store/inbox.ts'
import { readEpoch } from '#store/installation.ts'
import { migrate, type Migration, readMigrations } from '#store/migrate.ts'
import { checkBackup, HUB_NAME, restoreBackup } from '#store/restore.ts'
import { turn } from '../../src/engine/turn.ts'
import { dispatch, lanesOf } from '../../src/engine/dispatch.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, anOrder, aShop } from '../support/orders.ts'

const MIGRATIONS = fileURLToPath(new URL('../../src/store/migrations/', import.meta.url))
const migrations = readMigrations(MIGRATIONS)
const AT_MS = Date.parse('2026-11-21T12:00:00.000Z')
const AT = '2026-11-21T12:00:00.000Z'
const options = { migrations, replace: false, now: () => AT_MS }

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'crossdock-backup-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}
const aFile = () => join(folder(), 'hub.backup')

/** Every row of a table as PostgreSQL writes it, digested. */
async function digestsOf(database: Database): Promise<Record<string, string>> {
  const digests: Record<string, string> = {}
  for (const table of await tablesOf(database)) {
    const columns = (await columnsOf(database, table)).map(({ name }) => `"${name}"::text`).join(', ')
    const rows = await database.query<{ line: string }>(
      `select row(${columns})::text as line from "${table}" order by row(${columns})::text collate "C"`,
    )
    digests[table] = createHash('sha256')
      .update(rows.map(({ line }) => line).join('\n'))
      .digest('hex')
  }
  return digests
}

const delivery = (key: string, body: Uint8Array, kind: 'delivery' | 'note' = 'delivery') => ({
  source: 'shop', key, kind, topic: 'order', body, correlation: null, receivedAt: AT, priority: 5,
}) // prettier-ignore

/** A hub that has done something, holds values that are hard to carry, and owes nothing. */
async function aHub() {
  const database = await freshDatabase()
  const [erp, shop] = [anErp(), aShop({ MUG: 3 })]
  const engine = anEngine(database, { erp, shop })
  const listing = [
    { stream: 'stock/WH/MUG', command: { type: 'stock.know', stocked: true } },
    { stream: 'stock/WH/MUG', command: { type: 'stock.bind', channel: 'shop', place: { inventoryItemId: 'i', locationId: 'L1' } } },
  ] // prettier-ignore
  await insertInbox(database, [
    { ...delivery('list', Buffer.from(JSON.stringify(listing))), topic: 'messages' },
    ...[1, 2, 3].map((n) => delivery(`o${n}`, Buffer.from(JSON.stringify(anOrder(`${n}`))))),
  ])
  const settle = async () => {
    for (let some = 1; some > 0;) {
      some = await turn(engine)
      for (const [name, connection] of engine.connections) {
        for (const lane of lanesOf(name, connection)) some += await dispatch(engine, lane)
      }
    }
  }
  await settle()
  return { database, engine, erp, shop, settle }
}

async function addHardValues(database: Database): Promise<void> {
  await insertInbox(database, [
    delivery('bytes', Buffer.from(Array.from({ length: 512 }, (_, n) => n % 256))),
    delivery('empty', Buffer.alloc(0)),
    delivery('large', Buffer.alloc(5 << 20, 'é\0"\\\n')),
    delivery('key "with\\ \t\u2028 everything', Buffer.from('\n')),
  ])
  await database.query(
    `insert into cursor (connection, feed, position, read_at) values ('shop', 'odd', $1, '2026-11-21T01:02:03.123456Z')`,
    ['{ "b" :1.10, "a": "\\u0000 \\ud83d\\ude00 😀",\n  "a": 1e400 }'],
  )
}

test('what is restored is what was there, to the byte, and ids go on behind the highest', async () => {
  const { database } = await aHub()
  await addHardValues(database)
  const file = aFile()
  const contents = await writeBackup(database, file, { at: AT })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(contents.tables['journal']!.rows).toBeGreaterThan(10)
  expect(await checkBackup(file, migrations)).toEqual(contents)

  const other = await freshDatabase()
  const restored = await restoreBackup(other, file, options)
  expect(restored).toMatchObject({ doubted: 1, migrated: [], open: 0 })
  const [top] = await other.query<{ id: number }>(`select max(id) as id from inbox where source <> 'restore'`)
  const notes = await other.query<{ id: number; topic: string }>(
    `delete from inbox where source = 'restore' returning id, topic`,
  )
  expect(notes).toEqual([{ id: top!.id + 1, topic: 'stock/WH/MUG' }])
  expect(await readEpoch(other)).toBe(AT_MS / 1_000)
  await other.query('update installation set epoch = 0, catching_up_since = null')
  const [before, after] = [await digestsOf(database), await digestsOf(other)]
  expect({ ...after, upkeep: null }).toEqual({ ...before, upkeep: null })
  const ids = await other.query(`insert into journal (stream, version, type, data, at, cause, correlation, policy)
    values ('x', 1, 'x', '{}', now(), 1, 'x', 'x') returning position > (select max(position) from journal) as beyond`)
  expect(ids).toEqual([{ beyond: true }])
})

test('a backup shows one moment, whatever the hub writes meanwhile, and never overwrites', async () => {
  const { database } = await aHub()
  const file = aFile()
  const [before] = await database.query<{ count: number }>('select count(*) from journal')
  let written = false
  const contents = await writeBackup(database, file, {
    at: AT,
    onProgress(table) {
      if (written || table !== 'inbox') return
      written = true
      // Sent before the journal is read; the pool's other connection does it.
      void database.query(`insert into journal (stream, version, type, data, at, cause, correlation, policy)
        values ('late', 1, 'x', '{}', now(), 1, 'x', 'x')`)
    },
  })
  expect(written).toBe(true)
  expect(contents.tables['journal']!.rows).toBe(before!.count)
  const bytes = readFileSync(file)
  await expect(writeBackup(database, file, { at: AT })).rejects.toThrow('is there already')
  expect(readFileSync(file).equals(bytes)).toBe(true)
})

describe('a file that is not as it was written', () => {
  const change = (text: string, from: string, to: string) => {
    expect(text).toContain(from)
    return gzipSync(text.replace(from, to))
  }
  test.each<[string, (bytes: Buffer, text: string) => Buffer]>([
    ['cut off', (bytes) => bytes.subarray(0, bytes.length - 20)],
    ['cut off in the middle', (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ['with a bit turned', (bytes) => bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 4 : byte)) as Buffer],
    ['with another value', (_, text) => change(text, '"order.placed"', '"order.plaved"')],
    ['with another header', (_, text) => change(text, AT, AT.replace('12', '13'))],
    ['without its end', (_, text) => gzipSync(text.slice(0, text.trimEnd().lastIndexOf('\n') + 1))],
    ['with a row less', (_, text) => gzipSync(text.split('\n').filter((line) => !line.includes('"order.placed"')).join('\n'))], // prettier-ignore
    ['with something behind its end', (_, text) => gzipSync(`${text}["1"]\n`)],
    ['empty', () => gzipSync('')],
    ['something else', () => Buffer.from('create table x;')],
  ])('%s is refused and nothing is restored', async (_, alter) => {
    const { database } = await aHub()
    const file = aFile()
    await writeBackup(database, file, { at: AT })
    const bytes = readFileSync(file)
    writeFileSync(file, alter(bytes, gunzipSync(bytes).toString('utf8')))
    await expect(checkBackup(file, migrations)).rejects.toThrow(file)
    const before = await digestsOf(database)
    await expect(restoreBackup(database, file, { ...options, replace: true })).rejects.toThrow(file)
    expect(await digestsOf(database)).toEqual(before)
  })

  test('of a newer release is refused with what to do', async () => {
    const database = await freshDatabase()
    const file = aFile()
    await writeBackup(database, file, { at: AT })
    await expect(checkBackup(file, migrations.slice(0, -1))).rejects.toThrow('does not know')
  })
})

test('a database that holds data is left alone, unless it is to be replaced', async () => {
  const { database } = await aHub()
  const file = aFile()
  await writeBackup(database, file, { at: AT })
  await addHardValues(database)
  const before = await digestsOf(database)
  await expect(restoreBackup(database, file, options)).rejects.toThrow('holds data')
  expect(await digestsOf(database)).toEqual(before)
  await restoreBackup(database, file, { ...options, replace: true })
  expect(await database.query(`select 1 from cursor`)).toEqual([])
})

test('a database that another hub uses is left alone', async () => {
  const database = await freshDatabase()
  const file = aFile()
  await writeBackup(database, file, { at: AT })
  const hub = openDatabase(database.url, { max: 1, applicationName: HUB_NAME, onError: () => {} })
  await hub.query('select 1')
  await expect(restoreBackup(database, file, options)).rejects.toThrow('Another hub uses the database')
  await hub.close()
})

test('a backup of an older release is brought up to this one', async () => {
  const database = await freshDatabase()
  await database.query('drop schema public cascade')
  await database.query('create schema public')
  await migrate(database, migrations.slice(0, 1), { now: () => AT_MS })
  await insertInbox(database, [delivery('one', Buffer.from('1'))])
  const file = aFile()
  await writeBackup(database, file, { at: AT })
  const newer: Migration = {
    number: migrations.length + 1, name: '9999_more', text: 'create table more (n int)', checksum: 'c', compatible: false,
  } // prettier-ignore
  const other = await freshDatabase()
  const restored = await restoreBackup(other, file, { ...options, migrations: [...migrations, newer] })
  expect(restored.migrated).toEqual([...migrations.slice(1).map(({ name }) => name), '9999_more'])
  expect(await other.query('select key from inbox')).toEqual([{ key: 'one' }])
  expect(await migrate(other, [...migrations, newer], { now: () => AT_MS })).toEqual([])
})

test('after a restore no key of a call is used a second time', async () => {
  const { database, engine, erp, settle } = await aHub()
  const file = aFile()
  await writeBackup(database, file, { at: AT })
  const buy = (name: string, id: string) =>
    insertInbox(database, [delivery(name, Buffer.from(JSON.stringify(anOrder(id))))])
  await buy('lost', '8')
  await settle()
  const lost = new Set(erp.calls)
  const epochs: number[] = []
  // The same backup again: its keys must differ from those of the first time as well.
  for (const seconds of [0, 1]) {
    const now = () => AT_MS + seconds * 1_000
    const restored = await restoreBackup(database, file, { ...options, now, replace: true })
    epochs.push(restored.epoch)
    engine.epoch = restored.epoch
    await database.query('update installation set catching_up_since = null')
    erp.calls.length = 0
    await buy('fresh', '9')
    await settle()
    expect(erp.calls.length).toBeGreaterThan(0)
    expect(erp.calls.filter((call) => lost.has(call))).toEqual([])
    expect(erp.calls.every((call) => call.includes(` ${restored.epoch}~`))).toBe(true)
    for (const call of erp.calls) lost.add(call)
  }
  expect(epochs[1]).toBeGreaterThan(epochs[0]!)
  expect(await database.query(`select key from outbox where state <> 'done'`)).toEqual([])
})

/**
 * Calls that were open at the backup and that the restore gives up, or that Odoo refuses because it has heard of the
 * cancellation already. That the order itself ends cancelled is a finding of its own.
 */
const EXPECTED = /is failed: (A backup was restored before|The sale of order #\d+ was cancelled in Odoo)/

/**
 * Pieces put back on sale just before the channel was read again, of which the news comes after: the ledger takes them
 * for pieces it has not seen yet, so the shop offers fewer than there are. Never more; reconciliation shows it to
 * people.
 */
function isCautious(finding: string): boolean {
  const [, offered, free] = /^Stock: the channels offer (\d+) of \S+, Odoo has (\d+) free\.$/.exec(finding) ?? []
  return offered !== undefined && Number(offered) < Number(free)
}

describe('a day whose database is lost in the middle', () => {
  test.each(Array.from({ length: 13 }, (_, index) => 501 + index))(
    'seed %i ends with every system agreeing',
    async (seed) => {
      const database = await freshDatabase()
      const file = aFile()
      let lost = 0
      const report = await runWorld(database, {
        seed,
        loss: {
          backUp: async (atMs) => void (await writeBackup(database, file, { at: new Date(atMs).toISOString() })),
          async restore(atMs) {
            const [before] = await database.query<{ count: number }>('select count(*) from journal')
            const restored = await restoreBackup(database, file, { migrations, replace: true, now: () => atMs })
            lost = before!.count - restored.tables['journal']!.rows
            return restored.epoch
          },
        },
      })
      expect(report.findings.filter((finding) => !EXPECTED.test(finding) && !isCautious(finding))).toEqual([])
      expect(lost).toBeGreaterThan(0)
      expect(await database.query(`select 1 from outbox where key like '%~%' limit 1`)).toHaveLength(1)
    },
  )
})

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

describe('the commands', () => {
  const CONFIG = [
    'database: env:BACKUP_DATABASE', 'erp: odoo', 'connections:', '  odoo:', '    connector: odoo',
    "    config: { url: 'http://127.0.0.1:1', database: x, user: x, apiKey: env:KEY }",
    'policy: { channels: {} }',
  ].join('\n') // prettier-ignore
  const crossdock = (args: readonly string[], database: Database, flags: readonly string[] = []) => {
    const env = { ...process.env, BACKUP_DATABASE: database.url, KEY: 'x' }
    return new Promise<{ code: number; out: string; err: string }>((resolve) => {
      execFile(process.execPath, [...flags, MAIN, ...args], { env }, (error, out, err) => {
        resolve({ code: error ? Number(error.code ?? 1) : 0, out, err })
      })
    })
  }
  const configured = () => {
    const path = folder()
    const config = join(path, 'crossdock.yaml')
    writeFileSync(config, CONFIG)
    return { path, config, file: join(path, 'a.backup') }
  }

  test('say what was done and what to look at', async () => {
    const { database } = await aHub()
    const { config, file } = configured()
    const wrote = await crossdock(['backup', '--to', file, '--config', config], database)
    expect(wrote).toMatchObject({ code: 0, err: '' })
    expect(wrote.out).toMatch(/^Wrote \d+ rows of \d+ tables to /)
    expect((await crossdock(['backup', '--to', file, '--config', config], database)).code).toBe(1)
    const checked = await crossdock(['restore', '--from', file, '--check', '--json'], database)
    expect(JSON.parse(checked.out)).toMatchObject({ rows: { journal: expect.any(Number) } })
    const refused = await crossdock(['restore', '--from', file, '--config', config], database)
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.err).toContain('--replace')
    const done = await crossdock(['restore', '--from', file, '--config', config, '--replace'], database)
    expect(done).toMatchObject({ code: 0, err: '' })
    expect(done.out).toContain('crossdock doctor')
    expect((await crossdock(['restore'], database)).code).toBe(2)
  })

  test('carry 60,000 large rows in less memory than they take', async () => {
    const database = await freshDatabase()
    await database.query(
      `insert into inbox (source, key, kind, topic, body, received_at)
       select 'shop', 'k' || n, 'delivery', 'order', convert_to(repeat(md5(n::text), 60), 'UTF8'), now()
       from generate_series(1, 60000) n`,
    )
    const { path, config, file } = configured()
    const small = ['--max-old-space-size=128']
    expect(await crossdock(['backup', '--to', file, '--config', config], database, small)).toMatchObject({ code: 0 })
    expect(readdirSync(path).sort()).toEqual(['a.backup', 'crossdock.yaml'])
    expect(existsSync(`${file}.part`)).toBe(false)
    const args = ['restore', '--from', file, '--config', config, '--replace']
    expect(await crossdock(args, database, small)).toMatchObject({ code: 0 })
    expect(await database.query('select count(*) from inbox')).toEqual([{ count: 60_000 }])
  })
})
