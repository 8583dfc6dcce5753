/** The line to PostgreSQL: values survive it, transactions are whole, and broken connections harm nobody. */
import { describe, expect, it } from 'vitest'
import { freshDatabase, useDatabase } from '../../tests/support/database.ts'
import { isRetryable, isUniqueViolation, jsonb, openDatabase } from './database.ts'

const database = useDatabase()

/** A second pool on the same database, with its own notice of broken connections. */
function another(options: { max?: number; statementTimeoutMs?: number } = {}) {
  const broken = Promise.withResolvers<Error>()
  const db = openDatabase(database().url, { max: 1, applicationName: 'another', onError: broken.resolve, ...options })
  return { db, broken: broken.promise }
}

const backendOf = async (db: { query: ReturnType<typeof another>['db']['query'] }) =>
  (await db.query<{ pid: number }>('select pg_backend_pid() as pid'))[0]!.pid

const end = (pid: number) => database().query('select pg_terminate_backend($1)', [pid])

const rejection = (promise: Promise<unknown>): Promise<Error & { code?: string }> =>
  promise.then(
    () => Promise.reject(new Error('It should have failed.')),
    (error) => error,
  )

describe('values', () => {
  it('come back as the hub keeps them', async () => {
    const [row] = await database().query(`
      select 9007199254740991::int8 as whole, array[1::int8, null] as wholes, sum(n)::int8 as total,
        '2026-03-29T01:59:59.1234+02'::timestamptz as moment, array['2026-01-01Z'::timestamptz] as moments,
        date '2026-03-29' as day, 1.10::numeric(10,2) as share, '\\x00ff'::bytea as bytes, '{"a":[1]}'::jsonb as json
      from generate_series(1, 3) n`)
    expect(row).toEqual({
      whole: 9007199254740991,
      wholes: [1, null],
      total: 6,
      moment: '2026-03-28T23:59:59.123Z',
      moments: ['2026-01-01T00:00:00.000Z'],
      day: '2026-03-29',
      share: '1.10',
      bytes: Buffer.from([0, 255]),
      json: { a: [1] },
    })
  })

  it('go in and come out the same', async () => {
    const values = ['2026-11-21T05:30:00.120Z', Buffer.from('é\0'), jsonb(['a', { b: null }]), 42, ['x,', '"y"']]
    const [row] = await database().query<Record<string, unknown>>(
      'select $1::timestamptz as moment, $2::bytea as bytes, $3::jsonb as json, $4::int8 as whole, $5::text[] as texts',
      values,
    )
    expect(row).toEqual({ moment: values[0], bytes: values[1], json: ['a', { b: null }], whole: 42, texts: values[4] })
  })

  it('that a number cannot hold are a bug, not a rounded number', async () => {
    await expect(database().query('select 9007199254740993::int8 as n')).rejects.toThrow('cannot hold exactly')
    expect(await database().query('select 1 as fine')).toEqual([{ fine: 1 }])
  })
})

describe('a transaction', () => {
  it('leaves everything or nothing', async () => {
    const db = await freshDatabase()
    await db.query('create table t (n int)')
    expect(await db.transaction((sql) => sql.run('insert into t values (1), (2)'))).toBe(2)
    const failed = db.transaction(async (sql) => {
      await sql.run('insert into t values (3)')
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    expect(await db.query('select n from t order by n')).toEqual([{ n: 1 }, { n: 2 }])
  })

  it('does not pass off as done what a swallowed failure undid', async () => {
    const db = await freshDatabase()
    await db.query('create table t (n int primary key)')
    const swallowing = db.transaction(async (sql) => {
      await sql.run('insert into t values (1)')
      await sql.run('insert into t values (1)').catch(() => {})
    })
    await expect(swallowing).rejects.toThrow('rolled back')
    expect(await db.query('select n from t')).toEqual([])
  })

  it('refuses statements after its end', async () => {
    const sql = await database().transaction(async (sql) => sql)
    await expect(sql.query('select 1')).rejects.toThrow('after its transaction had ended')
  })

  it('whose connection breaks fails as retryable, and the pool goes on', async () => {
    const { db } = another()
    const failed = await rejection(
      db.transaction(async (sql) => {
        await end(await backendOf(sql))
        await sql.query('select 1')
      }),
    )
    expect(isRetryable(failed), failed.message).toBe(true)
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }])
    await db.close()
  })

  it('is read committed and durable', async () => {
    const settings = await database().transaction((sql) =>
      sql.query(`select current_setting('transaction_isolation') as isolation,
        current_setting('synchronous_commit') as commit,
        current_setting('timezone') as zone`),
    )
    expect(settings).toEqual([{ isolation: 'read committed', commit: 'on', zone: 'UTC' }])
  })
})

describe('connections', () => {
  it('that break while idle are told of and replaced', async () => {
    const { db, broken } = another()
    await end(await backendOf(db))
    expect(isRetryable(await broken)).toBe(true)
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }])
    await db.close()
  })

  it('prepare a statement once, under its own name', async () => {
    const { db } = another()
    for (const n of [1, 2, 3]) expect(await db.prepared('select $1::int as n', [n])).toEqual([{ n }])
    await db.prepared('select $1::int as m', [1])
    expect(await db.query('select statement from pg_prepared_statements order by 1')).toEqual([
      { statement: 'select $1::int as m' },
      { statement: 'select $1::int as n' },
    ])
    await db.close()
  })

  it('drop plans that a migration made stale', async () => {
    const fresh = await freshDatabase()
    const db = openDatabase(fresh.url, { max: 1, applicationName: 'stale', onError: () => {} })
    await fresh.query('create table t (n int)')
    const read = () => db.transaction((sql) => sql.prepared('table t'))
    expect(await read()).toEqual([])
    await fresh.query('alter table t add column m int')
    expect(isRetryable(await rejection(read()))).toBe(true)
    expect(await read()).toEqual([])
    await db.close()
  })

  it('do not wait longer for a statement than they were told', async () => {
    const { db } = another({ statementTimeoutMs: 20 })
    expect((await rejection(db.query('select pg_sleep(60)'))).code).toBe('57014')
    await db.close()
  })

  it('keep to a schema when given one', async () => {
    const fresh = await freshDatabase()
    await fresh.query('create schema side')
    const db = openDatabase(fresh.url, { max: 1, applicationName: 'side', schema: 'side', onError: () => {} })
    await db.query('create table t (n int)')
    expect(await fresh.query(`select to_regclass('side.t')::text as t`)).toEqual([{ t: 'side.t' }])
    await db.close()
  })

  it('to a URL that is none are refused without showing it', () => {
    const open = () => openDatabase('host=x password=hunter2', { max: 1, applicationName: 'x', onError: () => {} })
    expect(open).toThrow('DATABASE_URL')
    expect(open).not.toThrow('hunter2')
  })
})

describe('notifications', () => {
  /** Everything heard on a channel, one after the other. */
  async function listening(db: ReturnType<typeof another>['db'], channel: string) {
    const heard: string[] = []
    let wake = Promise.withResolvers<void>()
    const stop = await db.listen(channel, (payload) => {
      heard.push(payload)
      wake.resolve()
      wake = Promise.withResolvers()
    })
    const next = async () => {
      while (heard.length === 0) await wake.promise
      return heard.shift()
    }
    return { next, heard, stop }
  }

  it('reach those who listen to the channel, after the commit, until they stop', async () => {
    const { db } = another()
    const [one, two] = [await listening(db, 'One'), await listening(db, 'two')]
    await db.transaction(async (sql) => {
      await sql.query(`select pg_notify('One', 'first')`)
      await sql.query(`select pg_notify('two', 'second')`)
      expect(one.heard).toEqual([])
    })
    expect(await one.next()).toBe('first')
    expect(await two.next()).toBe('second')
    await one.stop()
    await db.query(`select pg_notify('One', 'unheard'), pg_notify('two', 'third')`)
    expect(await two.next()).toBe('third')
    expect(one.heard).toEqual([])
    await db.close()
  })

  it('that may have been missed are said to be, and listening goes on', async () => {
    const { db, broken } = another()
    const { next } = await listening(db, 'news')
    const [listener] = await database().query<{ pid: number }>(
      `select pid from pg_stat_activity where application_name = 'another' and query like 'listen%'`,
    )
    await end(listener!.pid)
    await broken
    expect(await next()).toBe('')
    await db.query(`select pg_notify('news', 'again')`)
    expect(await next()).toBe('again')
    await db.close()
  })
})

describe('errors', () => {
  const coded = (code: string) => Object.assign(new Error('x'), { code })

  it('that pass are told from those that stay', () => {
    const passing = [
      '40001',
      '40P01',
      '55P03',
      '57P01',
      '57P03',
      '08006',
      '53300',
      '53100',
      'ECONNRESET',
      'ECONNREFUSED',
    ]
    const staying = ['23505', '42P01', '22P02', '28P01', '57014', '0A000', 'ENOTFOUND', '']
    expect(passing.filter((code) => !isRetryable(coded(code)))).toEqual([])
    expect(staying.filter((code) => isRetryable(coded(code)))).toEqual([])
    expect(isRetryable(new Error('wrapped', { cause: coded('40001') }))).toBe(true)
    expect([null, undefined, 'x', {}].some(isRetryable)).toBe(false)
  })

  it('of unique constraints are known by the constraint', async () => {
    const db = await freshDatabase()
    await db.query('create table t (n int constraint one_n unique)')
    await db.query('insert into t values (1)')
    const error = await rejection(db.query('insert into t values (1)'))
    expect([isUniqueViolation(error), isUniqueViolation(error, 'one_n'), isUniqueViolation(error, 'other')]).toEqual([
      true,
      true,
      false,
    ])
    expect(isUniqueViolation(await rejection(db.query('select 1/0')))).toBe(false)
  })
})
