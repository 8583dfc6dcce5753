/**
 * Brings the schema up to this release: numbered SQL files, forward only, each in a transaction of its own together
 * with the row that says so. Any number of processes may migrate at once; one of them does each file.
 *
 * A file whose first lines hold `-- compatible` changes nothing that the release before it relies on: that release may
 * run on the newer schema (while processes are replaced one by one, or after going back).
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database, Sql } from './database.ts'

export interface Migration {
  number: number
  /** File name without `.sql`: `0001_spine`. */
  name: string
  text: string
  /** SHA-256 of the text, whatever its line ends. */
  checksum: string
  compatible: boolean
}

export interface MigrateOptions {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number
  /** How long a file waits for a lock on a table in use. 5 s unless said. */
  lockTimeoutMs?: number
  /** Asked before a file that is not compatible, in its transaction; throws when somebody still relies on what was. */
  guard?(sql: Sql, migration: Migration): Promise<void>
  onApplied?(migration: Migration): void
}

interface AppliedRow {
  number: number
  name: string
  checksum: string
  compatible: boolean
}

/** Any number that nothing else in the database locks: processes that migrate wait for each other on it. */
export const MIGRATOR_LOCK = 4_017_226_311
const LOCK_TIMEOUT_MS = 5_000
/** Another process may have much to migrate. */
const MIGRATOR_WAIT_MS = 10 * 60_000

/** The migrations of a folder in order. Throws when a name, number or statement is not as it must be. */
export function readMigrations(folder: string): Migration[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
  return files.map((file, index) => {
    const match = /^(\d{4})_[a-z0-9-]+\.sql$/.exec(file)
    if (!match) throw new Error(`Migration ${file} is not named like 0001_what-it-brings.sql.`)
    const number = Number(match[1])
    if (number !== index + 1) {
      throw new Error(
        `Migration ${file} should have the number ${index + 1}: numbers start at 1, without gaps or repeats.`,
      )
    }
    const text = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n')
    if (/^\s*(begin|commit|rollback|start transaction|end)\s*;/im.test(text)) {
      throw new Error(`Migration ${file} begins or ends a transaction itself; take that out, each file runs in one.`)
    }
    const checksum = createHash('sha256').update(text).digest('hex')
    const head = text.split('\n', 10).filter((line) => line.startsWith('--'))
    return {
      number,
      name: file.slice(0, -4),
      text,
      checksum,
      compatible: head.some((line) => /^--\s*compatible\b/i.test(line)),
    }
  })
}

/** What `migrate` would apply, without applying it. Throws for the same reasons. */
export async function planMigrations(sql: Sql, migrations: readonly Migration[]): Promise<Migration[]> {
  const [found] = await sql.query<{ there: boolean }>(`select to_regclass('migration') is not null as there`)
  return pending(migrations, found?.there ? await appliedRows(sql) : [])
}

/**
 * Applies what is missing and says what it applied, in order. Stops at the first file that fails, of which nothing
 * stays; the files before it do. The database must be opened without `statementTimeoutMs`, since some files take their
 * time.
 */
export async function migrate(
  database: Database,
  migrations: readonly Migration[],
  options: MigrateOptions,
): Promise<Migration[]> {
  const applied: Migration[] = []
  for (;;) {
    const one = await database.transaction((sql) => applyNext(sql, migrations, options))
    if (!one) return applied
    applied.push(one)
    options.onApplied?.(one)
  }
}

/** Applies what is missing in the transaction that is under way: all of it is there when that commits, or nothing. */
export async function applyMissing(
  sql: Sql,
  migrations: readonly Migration[],
  options: MigrateOptions,
): Promise<Migration[]> {
  const applied: Migration[] = []
  for (;;) {
    const one = await applyNext(sql, migrations, options)
    if (!one) return applied
    applied.push(one)
  }
}

const appliedRows = (sql: Sql): Promise<AppliedRow[]> =>
  sql.query<AppliedRow>('select number, name, checksum, compatible from migration order by number')

function pending(migrations: readonly Migration[], applied: readonly AppliedRow[]): Migration[] {
  for (const row of applied) {
    const file = migrations[row.number - 1]
    if (!file) {
      if (row.compatible) continue
      throw new Error(
        `The database is newer than this release: it has migration ${row.name}, which this release does not know. ` +
          'Nothing was changed. Start the release that made it, or a newer one.',
      )
    }
    if (file.name !== row.name || file.checksum !== row.checksum) {
      throw new Error(
        `Migration ${file.name} is not the one that was applied to this database (${row.name}, checksum ` +
          `${row.checksum.slice(0, 12)}, now ${file.checksum.slice(0, 12)}). ` +
          'Put the file back as it was and write a new one.',
      )
    }
  }
  return migrations.slice(applied.filter((row) => row.number <= migrations.length).length)
}

async function applyNext(
  sql: Sql,
  migrations: readonly Migration[],
  options: MigrateOptions,
): Promise<Migration | undefined> {
  await sql.query(`set local lock_timeout = ${MIGRATOR_WAIT_MS}`)
  await sql.query('select pg_advisory_xact_lock($1)', [MIGRATOR_LOCK])
  await sql.query(`
    create table if not exists migration (
      number int primary key, name text not null, checksum text not null,
      compatible boolean not null, applied_at timestamptz not null
    )`)
  const next = pending(migrations, await appliedRows(sql))[0]
  if (!next) return undefined
  if (!next.compatible) await options.guard?.(sql, next)
  await sql.query(`set local lock_timeout = ${Math.trunc(options.lockTimeoutMs ?? LOCK_TIMEOUT_MS)}`)
  await sql.query(next.text).catch((error: unknown) => {
    throw explained(next, error)
  })
  await sql.query(
    'insert into migration (number, name, checksum, compatible, applied_at) values ($1, $2, $3, $4, $5)',
    [next.number, next.name, next.checksum, next.compatible, new Date(options.now()).toISOString()],
  )
  return next
}

function explained(migration: Migration, cause: unknown): Error {
  const { code, position, message } = cause as { code?: string; position?: string; message: string }
  const line = position === undefined ? '' : ` (line ${migration.text.slice(0, Number(position)).split('\n').length})`
  const cure = code === '55P03' ? ' Others use the table: stop the hubs that run on this database, or try again.' : ''
  return new Error(`Migration ${migration.name} failed and left nothing behind${line}: ${message}.${cure}`, { cause })
}
