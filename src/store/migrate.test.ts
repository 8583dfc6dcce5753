/** Migrations happen once, in order, whole or not at all, and never against a schema they do not fit. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { freshDatabase } from '../../tests/support/database.ts'
import { type Database, openDatabase } from './database.ts'
import { type Migration, migrate, planMigrations, readMigrations } from './migrate.ts'

const AT = '2026-11-21T05:30:00.000Z'
const options = { now: () => Date.parse(AT) }

/** The migrations of a folder with these files. */
function folder(files: Record<string, string>): Migration[] {
  const path = mkdtempSync(join(tmpdir(), 'crossdock-migrations-'))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
    return readMigrations(path)
  } finally {
    rmSync(path, { recursive: true })
  }
}

const THREE = {
  '0001_one.sql': 'create table log (line text); insert into log values ($$one$$);',
  '0002_two.sql': "-- compatible\ninsert into log values ('two');",
  '0003_three.sql': "insert into log values ('three');",
}
const names = (migrations: Migration[]) => migrations.map(({ name }) => name)

let db: Database
let open: () => Database
beforeEach(async () => {
  // The database comes with the hub's own migrations: an empty schema stands in for an empty database.
  const fresh = await freshDatabase({ max: 1 })
  onTestFinished(() => fresh.close())
  await fresh.query('create schema empty')
  open = () => {
    const one = openDatabase(fresh.url, { max: 2, applicationName: 'migrate', schema: 'empty', onError: () => {} })
    onTestFinished(() => one.close())
    return one
  }
  db = open()
})

describe('migrations', () => {
  it("are applied once, in order, at the caller's time, and planned without a trace", async () => {
    const three = folder(THREE)
    expect(names(await planMigrations(db, three))).toEqual(['0001_one', '0002_two', '0003_three'])
    expect(await db.query(`select to_regclass('migration') as t`)).toEqual([{ t: null }])
    const seen: string[] = []
    const applied = await migrate(db, three.slice(0, 1), { ...options, onApplied: ({ name }) => seen.push(name) })
    expect([names(applied), seen]).toEqual([['0001_one'], ['0001_one']])
    expect(names(await migrate(db, three, options))).toEqual(['0002_two', '0003_three'])
    expect(await migrate(db, three, options)).toEqual([])
    expect(await db.query('select line from log')).toEqual([{ line: 'one' }, { line: 'two' }, { line: 'three' }])
    expect(await db.query('select number, name, compatible, applied_at from migration order by number')).toEqual([
      { number: 1, name: '0001_one', compatible: false, applied_at: AT },
      { number: 2, name: '0002_two', compatible: true, applied_at: AT },
      { number: 3, name: '0003_three', compatible: false, applied_at: AT },
    ])
  })

  it('are applied once by many processes at a time', async () => {
    const three = folder(THREE)
    const applied = await Promise.all([db, open(), open(), open()].map((one) => migrate(one, three, options)))
    expect(names(applied.flat()).sort()).toEqual(['0001_one', '0002_two', '0003_three'])
    expect(await db.query('select count(*) as n from log')).toEqual([{ n: 3 }])
  })

  it('that fail leave nothing, say where, and keep those before', async () => {
    const bad = { ...THREE, '0003_three.sql': 'create table half (n int);\n\nselect nonsense;' }
    await expect(migrate(db, folder(bad), options)).rejects.toThrow(
      /0003_three failed and left nothing behind \(line 3\).*nonsense/,
    )
    expect(await db.query(`select to_regclass('half') as t`)).toEqual([{ t: null }])
    expect(await db.query('select count(*) as n from migration')).toEqual([{ n: 2 }])
    expect(names(await migrate(db, folder(THREE), options))).toEqual(['0003_three'])
  })

  it('that were changed after they were applied are refused by name, whatever their line ends', async () => {
    await migrate(db, folder(THREE), options)
    const changed = folder({ ...THREE, '0002_two.sql': `${THREE['0002_two.sql']} ` })
    await expect(migrate(db, changed, options)).rejects.toThrow('0002_two is not the one that was applied')
    await expect(planMigrations(db, changed)).rejects.toThrow('0002_two is not the one that was applied')
    const crlf = folder({ ...THREE, '0002_two.sql': THREE['0002_two.sql'].replace('\n', '\r\n') })
    expect(await migrate(db, crlf, options)).toEqual([])
  })

  it('of a newer release are refused unless all are compatible', async () => {
    const three = folder(THREE)
    await migrate(db, three.slice(0, 2), options)
    expect(await migrate(db, three.slice(0, 1), options)).toEqual([])
    await migrate(db, three, options)
    await expect(migrate(db, three.slice(0, 1), options)).rejects.toThrow(/newer than this release.*0003_three/)
  })

  it('do not wait for ever for a table that others use', async () => {
    await migrate(db, folder(THREE), options)
    const more = folder({ ...THREE, '0004_four.sql': 'alter table log add column n int;' })
    await open().transaction(async (sql) => {
      await sql.query('select line from log')
      await expect(migrate(db, more, { ...options, lockTimeoutMs: 20 })).rejects.toThrow(
        /0004_four.*Others use the table/,
      )
    })
    expect(names(await migrate(db, more, options))).toEqual(['0004_four'])
  })

  it('need names, numbers without gaps and no transactions of their own', () => {
    expect(() => folder({ '1_one.sql': '' })).toThrow('not named like')
    expect(() => folder({ '0001_one.sql': '', '0003_three.sql': '' })).toThrow(
      '0003_three.sql should have the number 2',
    )
    expect(() => folder({ '0001_one.sql': '', '0001_two.sql': '' })).toThrow('0001_two.sql should have the number 2')
    expect(() => folder({ '0001_one.sql': 'select 1;\n  COMMIT;' })).toThrow('transaction itself')
    expect(folder({ '0001_one.sql': 'do $$\nbegin\n  perform 1;\nend $$;', 'README.md': '' })).toHaveLength(1)
  })
})
