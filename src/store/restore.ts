/**
 * Puts a backup in the place of a database, in one transaction, and makes the repeat safe: what the hub did after the
 * backup was taken is still done outside, and the hub no longer knows of it.
 *
 * - Keys: ledgers count versions a second time, so keys of calls begin with a new epoch. See `keyIn`.
 * - Feeds go on where they had read when the backup was taken: cursor and inbox are of one moment. All are due now.
 * - Stock: what channels show has moved on, so every ledger doubts what it believes, now and again when the feeds have
 *   caught up; nothing is published in between. Writes that were open are given up: only a reading says what they met.
 * - Calls: what was open is due now, with all its attempts before it. Each is an ensure.
 */
import { restorePartition } from './archive.ts'
import { type Column, columnsOf, quoted, rootTablesOf, tablesOf } from './backup.ts'
import { type Contents, type Header, type MigrationMark, readBackup, type TableHead } from './backup-file.ts'
import type { Database, Sql } from './database.ts'
import { doubtStock } from './installation.ts'
import { applyMissing, type Migration } from './migrate.ts'

export interface RestoreOptions {
  migrations: readonly Migration[]
  /** Throw away what is in the database. */
  replace: boolean
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number
  onProgress?(table: string, rows: number): void
}

export interface Restored extends Contents {
  epoch: number
  /** Migrations that the backup lacked. */
  migrated: string[]
  /** Ledgers that look at their channels again. */
  doubted: number
  /** Calls that were open and are due again. */
  open: number
}

/** What every process of a hub calls its connections in `pg_stat_activity`; ours while restoring is another. */
export const HUB_NAME = 'crossdock'
export const RESTORE_NAME = 'crossdock-restore'

/** Reads the whole file and says what is in it. Throws when it is damaged, or not for this release. */
export const checkBackup = (file: string, migrations: readonly Migration[]): Promise<Contents> =>
  readBackup(file, { header: async (header) => void knownMigrations(header, migrations) })

/**
 * Restores, all of it or nothing. Throws before anything is changed when the file cannot be used, when another hub uses
 * the database, and when it holds data and `replace` is false.
 */
export async function restoreBackup(database: Database, file: string, options: RestoreOptions): Promise<Restored> {
  await checkBackup(file, options.migrations)
  return database.transaction(async (sql) => {
    await refuseCompany(sql)
    const before = await clear(sql, options.replace)
    const contents = await load(sql, file, options)
    const migrated = (await applyMissing(sql, options.migrations, options)).map(({ name }) => name)
    return { ...contents, migrated, ...(await settle(sql, before, options.now())) }
  })
}

/** This release's migrations that the backup's schema was made by. */
function knownMigrations({ migrations }: Header, ours: readonly Migration[]): Migration[] {
  return migrations.map(({ name, checksum }: MigrationMark, index) => {
    const own = ours[index]
    if (own?.name === name && own.checksum === checksum) return own
    throw new Error(
      `The backup was made with migration ${name}, which this release ${own ? 'has in another form' : 'does not know'}. ` +
        'Nothing was changed. Use the release that made it, or a newer one.',
    )
  })
}

async function refuseCompany(sql: Sql): Promise<void> {
  const [row] = await sql.query<{ others: number }>(
    `select count(*) as others from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and application_name = any($1::text[])`,
    [[HUB_NAME, RESTORE_NAME]],
  )
  if (row && row.others > 0) {
    throw new Error(
      `Another hub uses the database (${row.others} connections). Nothing was changed. Stop every hub, then restore.`,
    )
  }
}

/** Takes the hub's tables away. @returns the epoch of what was there. */
async function clear(sql: Sql, replace: boolean): Promise<number> {
  const tables = await tablesOf(sql)
  if (tables.length === 0) return 0
  if (!tables.includes('migration'))
    throw new Error('The database holds tables that are not the hub’s. Nothing was changed. Give it one of its own.')
  await sql.query(`set local lock_timeout = 5000`)
  await sql.query(`lock table ${tables.map(quoted).join(', ')} in access exclusive mode`)
  for (const table of tables) {
    if (replace || table === 'migration' || table === 'installation') continue
    if ((await sql.query(`select 1 from ${quoted(table)} limit 1`)).length === 0) continue
    throw new Error(
      `The database holds data (table ${table}). Nothing was changed. ` +
        'Restore into an empty database, or add --replace to throw away what is there.',
    )
  }
  const known = tables.includes('installation')
  const [row] = known ? await sql.query<{ epoch: number }>('select epoch from installation') : []
  await sql.query(`drop table ${(await rootTablesOf(sql)).map(quoted).join(', ')} cascade`)
  return row?.epoch ?? 0
}

/** The schema as it was, and the rows in it. */
async function load(sql: Sql, file: string, { migrations, onProgress }: RestoreOptions): Promise<Contents> {
  let columns: Column[] = []
  let insert = ''
  let rows = 0
  const contents = await readBackup(file, {
    async header(header) {
      const upTo = { now: () => Date.parse(header.at) }
      await applyMissing(sql, knownMigrations(header, migrations), upTo)
    },
    async table(head) {
      await restorePartition(sql, head.table)
      columns = await fitting(sql, head)
      rows = 0
      insert = insertInto(head, columns)
      await sql.query(`delete from ${quoted(head.table)}`)
    },
    async rows(head, lines) {
      await sql.query(insert, [`[${lines.map((line) => line.toString('utf8')).join(',')}]`])
      rows += lines.length
      onProgress?.(head.table, rows)
    },
  })
  for (const table of Object.keys(contents.tables)) await liftSequences(sql, table)
  return contents
}

async function fitting(sql: Sql, { table, columns }: TableHead): Promise<Column[]> {
  const known = new Map((await columnsOf(sql, table)).map((column) => [column.name, column]))
  return columns.map((name) => {
    const column = known.get(name)
    if (!column) throw new Error(`The backup has ${table}.${name}, which its own migrations do not make.`)
    return column
  })
}

function insertInto({ table }: TableHead, columns: readonly Column[]): string {
  const names = columns.map(({ name }) => quoted(name)).join(', ')
  const values = columns.map(({ type }, index) => `(r.value ->> ${index})::${type}`).join(', ')
  return (
    `insert into ${quoted(table)} (${names}) overriding system value ` +
    `select ${values} from json_array_elements($1::json) with ordinality as r (value, n) order by n`
  )
}

/** The next id is beyond every one that was given. */
async function liftSequences(sql: Sql, table: string): Promise<void> {
  for (const { name } of (await columnsOf(sql, table)).filter(({ identity }) => identity)) {
    await sql.query(
      `select setval(pg_get_serial_sequence($1, $2), coalesce(max(${quoted(name)}), 1), max(${quoted(name)}) is not null)
       from ${quoted(table)}`,
      [quoted(table), name],
    )
  }
}

/**
 * The clock is part of the new epoch: the same backup restored a second time, elsewhere, must not give the keys of the
 * first time.
 */
async function settle(
  sql: Sql,
  before: number,
  nowMs: number,
): Promise<{ epoch: number; doubted: number; open: number }> {
  const at = new Date(nowMs).toISOString()
  const [row] = await sql.query<{ epoch: number }>(
    `update installation set epoch = greatest(epoch + 1, $1::bigint + 1, $2::bigint), catching_up_since = $3
     returning epoch`,
    [before, Math.floor(nowMs / 1_000), at],
  )
  const epoch = row!.epoch
  await giveUpWrites(sql, at)
  const open = await sql.run(
    `update outbox set owner = null, first_tried_at = null, due_at = $1 where state = 'open'`,
    [at],
  )
  await sql.query(`delete from upkeep`)
  await sql.query(`delete from process`)
  return { epoch, doubted: await doubtStock(sql, { reason: String(epoch), at }), open }
}

/**
 * Stock that was to be written belongs to another day. Its ledger is told that nobody knows what became of it, which
 * keeps counting it, and then doubts the channel anyway.
 */
async function giveUpWrites(sql: Sql, at: string): Promise<void> {
  const fault = { kind: 'unavailable', code: 'restored', message: 'A backup was restored before the answer was heard.' }
  await sql.query(
    `with given_up as (
       update outbox set state = 'failed', fault = $1::json, finished_at = $2, owner = null
       where state = 'open' and type = 'inventory.set' returning *
     )
     insert into inbox (source, key, kind, topic, body, correlation, received_at, priority)
     select connection, 'answer/' || key, 'answer', stream, convert_to(json_build_object(
       'type', 'failed', 'intent', type, 'version', version, 'fault', $1::json)::text, 'UTF8'), correlation, $2, 2
     from given_up order by id`,
    [JSON.stringify(fault), at],
  )
}
