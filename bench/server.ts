/**
 * The PostgreSQL that is measured: the embedded one in `.crossdock/bench`, with fsync on, or DATABASE_URL (a
 * superuser's). Every benchmark gets databases of its own and leaves none behind.
 */
import { fileURLToPath } from 'node:url'
import { type Database, openDatabase } from '#store/database.ts'
import { startEmbedded } from '#store/embedded.ts'
import { migrate, readMigrations } from '#store/migrate.ts'

const DIRECTORY = fileURLToPath(new URL('../.crossdock/bench', import.meta.url))
const MIGRATIONS = fileURLToPath(new URL('../src/store/migrations/', import.meta.url))

export interface BenchServer {
  version: string
  admin: Database
  /** A database with the hub's tables, empty. */
  create(name: string): Promise<Database>
}

export async function withServer<T>(work: (server: BenchServer) => Promise<T>): Promise<T> {
  const own = process.env['DATABASE_URL']
  const embedded = own ? null : await startEmbedded({ directory: DIRECTORY, log: () => {} })
  const url = own ?? embedded!.url
  const admin = open(withName(url, 'postgres'))
  const made: Database[] = []
  const names: string[] = []
  try {
    const [settings] = await admin.query<{ version: string; fsync: string; commit: string }>(
      `select current_setting('server_version') as version, current_setting('fsync') as fsync,
         current_setting('synchronous_commit') as commit`,
    )
    if (settings!.fsync !== 'on' || settings!.commit !== 'on') {
      throw new Error(
        'The server does not wait for the disk (fsync or synchronous_commit is off): its figures mean nothing.',
      )
    }
    const create = async (name: string): Promise<Database> => {
      const full = `bench_${name}_${process.pid}`
      await admin.query(`drop database if exists ${full} with (force)`)
      await admin.query(`create database ${full} template template0`)
      names.push(full)
      const database = open(withName(url, full))
      made.push(database)
      await migrate(database, readMigrations(MIGRATIONS), { now: () => Date.now() })
      return database
    }
    return await work({ version: settings!.version, admin, create })
  } finally {
    for (const database of made) await database.close()
    for (const name of names) await admin.query(`drop database if exists ${name} with (force)`)
    await admin.close()
    await embedded?.stop()
  }
}

const open = (url: string): Database =>
  openDatabase(url, {
    max: 4,
    applicationName: 'crossdock-bench',
    onError: () => {},
  })

function withName(url: string, name: string): string {
  const target = new URL(url)
  target.pathname = `/${name}`
  return target.href
}

/** Tables that a life of orders writes. */
export const TABLES = ['inbox', 'journal', 'stream', 'outbox'] as const

/** Empties the tables and starts their numbers at 1, so that every round meets the same database. */
export async function empty(database: Database): Promise<void> {
  await database.query(`truncate ${TABLES.join(', ')} restart identity`)
  await database.query('checkpoint')
}
