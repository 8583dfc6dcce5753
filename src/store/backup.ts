/**
 * A consistent copy of the whole database in one file, taken while the hub works: one transaction that sees one moment,
 * read a few rows at a time, so that neither the hub nor the memory of this process feels it.
 */
import { createHash } from 'node:crypto'
import { createWriteStream, existsSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { type Contents, FORMAT, type Header, type MigrationMark, type TableSum } from './backup-file.ts'
import type { Database, Sql } from './database.ts'

export interface BackupOptions {
  /** The moment it is taken, as ISO text in UTC. */
  at: string
  /** Told now and then how far it is. */
  onProgress?(table: string, rows: number): void
}

export interface Column {
  name: string
  /** As PostgreSQL writes it in a cast. */
  type: string
  identity: boolean
}

/** Rows at once at most, and bytes aimed at: rows with large bodies are fetched a few at a time. */
const FETCH_ROWS = 1_000
const FETCH_BYTES = 2 << 20

/**
 * Writes the backup under another name, makes it durable, and only then gives it its own. Nobody but its owner may read
 * it: it holds names and addresses of customers.
 *
 * @throws a plain error when the file is there already, or the database was never migrated.
 */
export async function writeBackup(database: Database, file: string, options: BackupOptions): Promise<Contents> {
  if (existsSync(file)) throw new Error(`${file} is there already and was left as it is. Name another file.`)
  const draft = `${file}.part`
  await rm(draft, { force: true })
  try {
    const contents = await database.transaction(async (sql) => {
      await sql.query('set transaction isolation level repeatable read, read only')
      await sql.query('set local bytea_output = hex')
      const header = await headerOf(sql, options.at)
      const tables: Record<string, TableSum> = {}
      const lines = linesOf(sql, header, tables, options.onProgress)
      await pipeline(lines, createGzip(), createWriteStream(draft, { flags: 'wx', mode: 0o600 }))
      return { header, tables }
    })
    await sync(draft)
    if (existsSync(file)) throw new Error(`${file} appeared meanwhile and was left as it is. Name another file.`)
    await rename(draft, file)
    if (process.platform !== 'win32') await sync(dirname(file))
    return contents
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function headerOf(sql: Sql, at: string): Promise<Header> {
  const [server] = await sql.query<{ server_version: string }>('show server_version')
  if (!(await tablesOf(sql)).includes('migration'))
    throw new Error('The database is no hub database: it has no migrations. Nothing was written.')
  const migrations = await sql.query<MigrationMark>(
    'select number, name, checksum, compatible from migration order by number',
  )
  return { crossdock: 'backup', format: FORMAT, at, server: server?.server_version ?? 'unknown', migrations }
}

/**
 * Every table of the hub's schema that holds rows worth keeping itself, by name: of a partitioned one, its partitions.
 * What a comparison has staged is not: a run that finds it gone reads again.
 */
export async function tablesOf(sql: Sql): Promise<string[]> {
  const rows = await sql.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = current_schema()::regnamespace and relkind = 'r'
       and relpersistence = 'p' order by relname collate "C"`,
  )
  return rows.map(({ name }) => name)
}

/** Every table of the hub's schema that is not part of another: what has to be dropped to be rid of all. */
export async function rootTablesOf(sql: Sql): Promise<string[]> {
  const rows = await sql.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition`,
  )
  return rows.map(({ name }) => name)
}

/** The columns of a table that are stored rather than computed, in order. */
export const columnsOf = (sql: Sql, table: string): Promise<Column[]> =>
  sql.query<Column>(
    `select attname as name, format_type(atttypid, atttypmod) as type, attidentity <> '' as identity from pg_attribute
     where attrelid = to_regclass(quote_ident($1)) and attnum > 0 and not attisdropped and attgenerated = ''
     order by attnum`,
    [table],
  )

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

async function* linesOf(
  sql: Sql,
  header: Header,
  tables: Record<string, TableSum>,
  onProgress: BackupOptions['onProgress'],
): AsyncGenerator<string> {
  const whole = createHash('sha256')
  const line = (said: unknown): string => {
    const text = `${JSON.stringify(said)}\n`
    whole.update(text)
    return text
  }
  yield line(header)
  for (const table of await tablesOf(sql)) {
    const columns = await columnsOf(sql, table)
    yield line({ table, columns: columns.map(({ name }) => name) })
    const hash = createHash('sha256')
    let rows = 0
    for await (const chunk of rowsOf(sql, table, columns)) {
      const text = `${chunk.join('\n')}\n`
      hash.update(text)
      whole.update(text)
      rows += chunk.length
      onProgress?.(table, rows)
      yield text
    }
    tables[table] = { rows, sha256: hash.digest('hex') }
  }
  yield `${JSON.stringify({ tables, sha256: whole.digest('hex') })}\n`
}

async function* rowsOf(sql: Sql, table: string, columns: readonly Column[]): AsyncGenerator<string[]> {
  const values = columns.map(({ name }) => `${quoted(name)}::text`).join(', ')
  const order = columns.find(({ identity }) => identity)
  await sql.query(
    `declare backup no scroll cursor for select json_build_array(${values})::text as line from ${quoted(table)}
     ${order ? `order by ${quoted(order.name)}` : ''}`,
  )
  for (let size = 20; ;) {
    const rows = await sql.query<{ line: string }>(`fetch ${size} from backup`)
    if (rows.length === 0) break
    const lines = rows.map((row) => row.line)
    yield lines
    const bytes = lines.reduce((all, { length }) => all + length, 0)
    size = Math.max(1, Math.min(FETCH_ROWS, size * 4, Math.floor((FETCH_BYTES * rows.length) / bytes)))
  }
  await sql.query('close backup')
}
