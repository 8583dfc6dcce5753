/**
 * Databases for tests: each test (or file) gets one of its own, cloned from a template that is migrated once. The
 * server is DATABASE_URL when that is set, else the embedded one in `.crossdock/test`, started by the first test that
 * asks and shared by all runs of this checkout. Tests that need no database pay nothing.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { threadId } from 'node:worker_threads'
import { type Database, isRetryable, openDatabase } from '#store/database.ts'
import { type EmbeddedOptions, isUsedByUs, startEmbedded, stopUnused } from '#store/embedded.ts'
import { migrate, readMigrations } from '#store/migrate.ts'
import { markOf } from '#store/processes.ts'
import { afterAll, beforeAll, onTestFinished } from 'vitest'

const EMBEDDED: EmbeddedOptions = {
  directory: fileURLToPath(new URL('../../.crossdock/test', import.meta.url)),
  log: () => {},
  shared: true,
  durable: false,
  supervised: false,
}
const MIGRATIONS = fileURLToPath(new URL('../../src/store/migrations/', import.meta.url))

/** Serialises the making of templates over all runs on this server. */
const TEMPLATE_LOCK = 4_017_226_312

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 10)
const HOST = digest(hostname())
/** In the names of this process's databases: host, process, when it started. */
const startOf = (pid: number) => digest(markOf(pid)?.started ?? 'gone')
const OWN = `test_${HOST}_${process.pid}_${startOf(process.pid)}_`

let counter = 0

/** A migrated, empty database of its own. `close` also drops it; inside a test that happens by itself at its end. */
export async function freshDatabase({ max = 5 }: { max?: number } = {}): Promise<Database> {
  const { admin, template } = await server()
  const name = `${OWN}${threadId}_${++counter}`
  await admin.query(`create database ${name} template ${template} strategy ${STRATEGY}`)
  const database = openDatabase(withName(admin.url, name), {
    max,
    applicationName: 'crossdock-test',
    onError: () => {},
  })
  let closed: Promise<void> | undefined
  const close = async () => {
    await database.close()
    await admin.query(`drop database if exists ${name} with (force)`)
  }
  const owned: Database = { ...database, close: () => (closed ??= close()) }
  try {
    onTestFinished(() => owned.close())
  } catch {
    // Not inside a test: whoever asked closes it; the end of the run drops what nobody did.
  }
  return owned
}

/** For a file or a `describe`: one database for all its tests. Call the function it gives inside them. */
export function useDatabase(options: { max?: number } = {}): () => Database {
  let database: Database | undefined
  beforeAll(async () => {
    database = await freshDatabase(options)
  })
  afterAll(() => database?.close())
  return () => {
    if (!database) throw new Error('The database is there once the tests run: ask for it inside one.')
    return database
  }
}

/** Measured with fsync off and 40 tables: 10 ms to copy and 4 ms to drop; with `wal_log` 95 ms and 12 ms. */
const STRATEGY = 'file_copy'

interface Server {
  /** Connected to the server's maintenance database. */
  admin: Database
  template: string
}

let started: Promise<Server> | undefined
const server = (): Promise<Server> => (started ??= start())

async function start(): Promise<Server> {
  const admin = openAdmin(await serverUrl())
  await admin.query('select 1').catch((cause: unknown) => {
    throw new Error(
      `The tests cannot reach PostgreSQL: ${(cause as Error).message}. ` +
        'Check DATABASE_URL, or unset it to use the embedded server.',
      { cause },
    )
  })
  const template = await admin.transaction(async (sql) => {
    await sql.query('select pg_advisory_xact_lock($1)', [TEMPLATE_LOCK])
    const template = await makeTemplate(admin)
    await dropStale(admin, template)
    return template
  })
  return { admin, template }
}

async function serverUrl(): Promise<string> {
  if (process.env['DATABASE_URL']) return process.env['DATABASE_URL']
  try {
    const { url } = await startEmbedded(EMBEDDED)
    return url
  } catch (cause) {
    throw new Error(
      `The tests need PostgreSQL and the embedded one could not be started. ${(cause as Error).message}\n` +
        'To test against another server, 15 or newer, set DATABASE_URL to a superuser of it. ' +
        'This brings one up where Debian has it installed: node tools/debian-postgres.mjs -- npm test',
      { cause },
    )
  }
}

const openAdmin = (url: string) =>
  openDatabase(withName(url, 'postgres'), { max: 4, applicationName: 'crossdock-test-admin', onError: () => {} })

function withName(url: string, name: string): string {
  const target = new URL(url)
  target.pathname = `/${name}`
  return target.href
}

/** The template for the migrations as they are now. It carries its final name only once it is complete. */
async function makeTemplate(admin: Database): Promise<string> {
  const migrations = existsSync(MIGRATIONS) ? readMigrations(MIGRATIONS) : []
  const name = `test_template_${digest(migrations.map(({ name, checksum }) => `${name} ${checksum}`).join('\n'))}`
  const there = await admin.query('select 1 from pg_database where datname = $1', [name])
  if (there.length > 0) return name
  const draft = `${name}_draft`
  await admin.query(`drop database if exists ${draft} with (force)`)
  await admin.query(`create database ${draft} template template0`)
  const database = openDatabase(withName(admin.url, draft), {
    max: 1,
    applicationName: 'crossdock-test',
    onError: () => {},
  })
  try {
    await migrate(database, migrations, { now: () => Date.parse('2026-01-01T00:00:00.000Z') })
    await database.query('analyze')
  } finally {
    await database.close()
  }
  await admin.query(`alter database ${draft} rename to ${name}`)
  return name
}

/** Drops what killed runs left, and templates of other migrations unless a run is there that may use them. */
async function dropStale(admin: Database, template: string): Promise<void> {
  const rows = await admin.query<{ name: string }>(
    `select datname as name from pg_database where datname like 'test\\_%'`,
  )
  const names = rows.map(({ name }) => name)
  const databases = names.filter((name) => /^test_[0-9a-f]{10}_\d+_/.test(name))
  const stale = databases.filter((name) => {
    const [, host, pid, start] = name.split('_')
    return host === HOST && startOf(Number(pid)) !== start
  })
  const others = databases.filter((name) => !stale.includes(name) && !name.startsWith(OWN))
  const templates =
    others.length > 0 ? [] : names.filter((name) => name.startsWith('test_template_') && name !== template)
  for (const name of [...stale, ...templates]) await admin.query(`drop database if exists ${name} with (force)`)
}

/**
 * At the end of a run, in the process that began it: drops what its tests left open, stops the server unless others use
 * it.
 */
export async function endOfRun(): Promise<void> {
  if (!process.env['DATABASE_URL'] && !isUsedByUs(EMBEDDED)) return
  const admin = openAdmin(await serverUrl())
  try {
    const left = await admin.query<{ name: string }>(
      'select datname as name from pg_database where starts_with(datname, $1)',
      [OWN],
    )
    for (const { name } of left) await admin.query(`drop database if exists ${name} with (force)`)
  } catch (error) {
    // With DATABASE_URL and no test that needed it, the server need not be there.
    if (!isRetryable(error)) throw error
  } finally {
    await admin.close()
  }
  if (!process.env['DATABASE_URL']) await stopUnused(EMBEDDED)
}
