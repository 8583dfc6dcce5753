/** The database of simulated days: the embedded one that need not wait for the disk, or one in DATABASE_URL. */
import { fileURLToPath } from 'node:url'
import { migrate, readMigrations } from '#store/migrate.ts'
import { type Database, openDatabase } from '#store/database.ts'
import { startEmbedded } from '#store/embedded.ts'
import { environment } from '../config.ts'
import { MIGRATIONS } from './open.ts'

const DIRECTORY = fileURLToPath(new URL('../../.crossdock/sim', import.meta.url))

/** A migrated database of its own, gone afterwards. */
export async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const options = { max: 2, applicationName: 'crossdock-sim', onError: () => {} }
  const own = environment.databaseUrl === undefined
  const embedded = own
    ? await startEmbedded({ directory: DIRECTORY, log: () => {}, shared: true, durable: false })
    : null
  const admin = openDatabase(embedded?.url ?? environment.databaseUrl!, options)
  const name = `crossdock_sim_${process.pid}`
  await admin.query(`create database ${name} template template0`)
  const url = new URL(admin.url)
  url.pathname = `/${name}`
  const database = openDatabase(url.href, options)
  try {
    await migrate(database, readMigrations(MIGRATIONS), { now: () => 0 })
    return await work(database)
  } finally {
    await database.close()
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.close()
    await embedded?.stop()
  }
}

/** As new, identity columns included. */
export const empty = (database: Database): Promise<unknown[]> =>
  database.query(
    `do $$ begin execute (
       select 'truncate ' || string_agg(quote_ident(relname), ', ') || ' restart identity' from pg_class
       where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition
         and relname not in ('migration', 'installation')
     ); end $$`,
  )
