/**
 * The line to PostgreSQL: a pool of connections, transactions, prepared statements and notifications. SQL is written by
 * hand in this room; this file only carries it. What comes back is typed by the caller and shaped by `wire-types.ts`.
 */
import { createHash } from 'node:crypto'
import { assert } from '#canon/assert.ts'
import pg from 'pg'
import { isStalePlan } from './database-errors.ts'
import { openListener } from './listener.ts'
import { wireTypes } from './wire-types.ts'

export { isDataError, isRetryable, isUniqueViolation } from './database-errors.ts'

/** What can run a statement: the pool, or one transaction. Values are `$1`, `$2`, …; lists become PostgreSQL arrays. */
export interface Sql {
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>
  /** Like `query`, parsed once per connection. For statements whose text never varies: each text is kept. */
  prepared<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>
  /** How many rows the statement touched. Prepared as well. */
  run(text: string, values?: readonly unknown[]): Promise<number>
}

export interface Database extends Sql {
  /** As given to `openDatabase`. Holds the password: never log it. */
  readonly url: string
  /**
   * Runs `work` in one transaction (read committed) and commits when it returns; rolls back and rethrows when it
   * throws. The `sql` it is given ends with it.
   */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>
  /**
   * Calls `on` with the payload of every notification on the channel, and with `''` whenever some may have been missed
   * because the line was down: look for work then. The promise settles once the first `listen` is in force. Ends with
   * the function it gives.
   */
  listen(channel: string, on: (payload: string) => void): Promise<() => Promise<void>>
  /** Waits for what runs, then closes every connection. */
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** Connections at most. Listening takes one more. */
  max: number
  /** Shown in `pg_stat_activity`. */
  applicationName: string
  /** A statement that takes longer is cancelled by the server; 5 s later the connection is given up. */
  statementTimeoutMs?: number
  /**
   * The server ends a session that begins a transaction and then says nothing for so long, and with it all its locks:
   * its process was suspended or cut off. No bound unless said.
   */
  silentTransactionMs?: number
  /** Where unqualified names are looked up and created. `public` unless said. */
  schema?: string
  /** Told of connections that broke while nobody used them. The pool has replaced them already. */
  onError(error: Error): void
}

/**
 * A value for a `jsonb` or `json` parameter. Needed for lists and texts, which would otherwise go as array or plain
 * text.
 */
export const jsonb = (value: unknown): string => JSON.stringify(value)

const ANSWER_GRACE_MS = 5_000

const names = new Map<string, string>()
function nameOf(text: string): string {
  let name = names.get(text)
  if (name === undefined) names.set(text, (name = createHash('sha256').update(text).digest('base64url').slice(0, 24)))
  return name
}

type Runner = Pick<pg.Pool | pg.PoolClient, 'query'>

function sqlOver(runner: Runner, check: () => void = () => {}): Sql {
  const send = (text: string, values: readonly unknown[], name?: string) => {
    check()
    return runner.query({ text, values: values as unknown[], ...(name === undefined ? {} : { name }) })
  }
  return {
    async query<Row>(text: string, values: readonly unknown[] = []) {
      return (await send(text, values)).rows as Row[]
    },
    async prepared<Row>(text: string, values: readonly unknown[] = []) {
      return (await send(text, values, nameOf(text))).rows as Row[]
    },
    async run(text, values = []) {
      return (await send(text, values, nameOf(text))).rowCount ?? 0
    },
  }
}

/**
 * The URL with what every session needs: UTC, so that `date_trunc` and casts mean the same on every server; and the
 * price of a random page as it is on today's disks, without which a claim reads and sorts all that is open.
 */
function sessionUrl(url: string, schema: string | undefined): string {
  assert(
    schema === undefined || /^[a-z_][a-z0-9_]{0,62}$/.test(schema),
    'a schema name is lower-case letters, digits and _',
  )
  if (!URL.canParse(url)) {
    throw new Error(
      'The database URL cannot be read. It looks like postgres://user:password@host:5432/name; check DATABASE_URL.',
    )
  }
  const target = new URL(url)
  const own = [
    '-c timezone=UTC',
    '-c datestyle=ISO',
    '-c random_page_cost=1.1',
    ...(schema === undefined ? [] : [`-c search_path=${schema}`]),
  ]
  target.searchParams.set('options', [target.searchParams.get('options'), ...own].filter(Boolean).join(' '))
  // URL writes a blank as '+', which PostgreSQL URLs do not know.
  target.search = target.search.replaceAll('+', '%20')
  return target.href
}

async function inTransaction<T>(
  pool: pg.Pool,
  work: (sql: Sql) => Promise<T>,
  onError: (error: Error) => void,
): Promise<T> {
  const client = await pool.connect()
  let open = true
  let broken: Error | undefined
  const onBroken = (error: Error) => {
    broken = error
    onError(error)
  }
  client.on('error', onBroken)
  try {
    await client.query('begin isolation level read committed')
    const result = await work(
      sqlOver(client, () => assert(open, 'a statement was sent after its transaction had ended')),
    )
    open = false
    const { command } = await client.query('commit')
    // The server answers a commit after a failed statement with a rollback and no error.
    if (command !== 'COMMIT')
      throw new Error(
        'The transaction was rolled back: one of its statements failed and the failure was not passed on.',
      )
    return result
  } catch (error) {
    open = false
    await client.query('rollback').catch((failure: Error) => (broken ??= failure))
    if (isStalePlan(error)) broken ??= error as Error
    throw error
  } finally {
    client.off('error', onBroken)
    client.release(broken)
  }
}

/** Opens lazily: nothing is connected before the first statement. Works with PostgreSQL 15 and newer. */
export function openDatabase(url: string, options: DatabaseOptions): Database {
  const connection = {
    connectionString: sessionUrl(url, options.schema),
    application_name: options.applicationName,
    types: wireTypes,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 10_000,
  }
  const timeouts =
    options.statementTimeoutMs === undefined
      ? {}
      : {
          statement_timeout: options.statementTimeoutMs,
          query_timeout: options.statementTimeoutMs + ANSWER_GRACE_MS,
        }
  const silence =
    options.silentTransactionMs === undefined
      ? {}
      : { idle_in_transaction_session_timeout: options.silentTransactionMs }
  const pool = new pg.Pool({ ...connection, ...timeouts, ...silence, max: options.max, idleTimeoutMillis: 60_000 })
  // Without a listener a connection that breaks while idle would end the process.
  pool.on('error', (error) => options.onError(error))
  // Between the pool's listener and that of a transaction lies a moment in which an error would end the process.
  pool.on('connect', (client) => void client.on('error', () => {}))
  const listener = openListener(() => new pg.Client(connection), options.onError)
  let closing: Promise<void> | undefined
  return {
    ...sqlOver(pool),
    url,
    transaction: (work) => inTransaction(pool, work, options.onError),
    listen: (channel, on) => listener.listen(channel, on),
    close: () => (closing ??= listener.close().then(() => pool.end())),
  }
}
