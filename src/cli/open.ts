/** Opens what a configuration describes: the database, migrated, and every connection; the engine that moves them. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { hostname } from 'node:os'
import { openConnections as openAll } from '#connectors/catalogue.ts'
import type { Connection } from '#connectors/kit/connector.ts'
import { type Engine, instantAt } from '#engine/engine.ts'
import { createLife, guarded, type Life } from '#engine/life.ts'
import { smtp } from '#engine/mail.ts'
import { shareBudgets } from '#engine/rates.ts'
import { createMeter } from '#engine/meter.ts'
import { rememberPolicy } from '#engine/replay/policies.ts'
import type { Schedules } from '#engine/schedule.ts'
import { openSchedules as makeSchedules } from '#engine/schedules.ts'
import { createTracer, type Tracer, withTraceIds } from '#engine/tracing.ts'
import { shadowPolicyOf } from '#policy/shadow.ts'
import { policyOf } from '#policy/policy.ts'
import { calendarSchema } from '#policy/schedule.ts'
import type { TelemetryConfig } from '#policy/telemetry.ts'
import { type Database, openDatabase, type Sql } from '#store/database.ts'
import { type Embedded, startEmbedded } from '#store/embedded.ts'
import { emptyFleet } from '#store/fleet.ts'
import { readEpoch } from '#store/installation.ts'
import { migrate, planMigrations, readMigrations } from '#store/migrate.ts'
import { refuseOlder } from '#store/upgrade.ts'
import { releaseProbes } from '#store/governor.ts'
import { releaseLeases } from '#store/outbox.ts'
import { HUB_NAME } from '#store/restore.ts'
import { type Config, ConfigError } from '../config.ts'
import { fanOutOf } from './open-bus.ts'
import type { Io } from '../io.ts'

/** Longer than any pause between two statements of a transaction, unless its process sleeps. */
const SILENT_TRANSACTION_MS = 10_000

export const MIGRATIONS = fileURLToPath(new URL('../store/migrations/', import.meta.url))

const OWNER = `${hostname()}/${process.pid}`

export interface Opened {
  engine: Engine
  database: Database
  /** PostgreSQL's version, and whether it is the hub's own. */
  server: { embedded: boolean; version: string }
  close(): Promise<void>
}

export interface OpenOptions {
  /** Migrations that were applied, each as it is done. */
  onMigrated?(name: string): void
  parallel?: number
  /** What everything goes through on its way to the database. */
  through?(database: Database): Database
  /** Nobody else uses the database, as is always so for the embedded one. */
  alone?: boolean
}

/** Throws `ConfigError` for a connection that cannot be opened, and plain errors for a database that cannot. */
export async function openEngine(
  config: Config,
  io: Io,
  { onMigrated, parallel = 8, through = (database) => database, alone = false }: OpenOptions = {},
): Promise<Opened> {
  const { telemetry } = config.hub
  if (telemetry) io = { ...io, log: withTraceIds(io.log) }
  const own: { life?: Life } = {}
  const connections = openConnections(config, { ...io, fetch: guarded(io.fetch, () => own.life) })
  const schedules = openSchedules(config, connections)
  const store = await openStore(config, io, { silentTransactionMs: SILENT_TRANSACTION_MS })
  const { embedded, version } = store
  const database = through(store.database)
  let tracer: Tracer | null = null
  const close = async () => {
    await tracer?.close()
    await store.close()
  }
  const migrations = readMigrations(MIGRATIONS)
  try {
    if (telemetry) tracer = await openTracer(telemetry, OWNER, io)
    const guard = embedded ? {} : { guard: refuseOlder(io.now) }
    await migrate(database, migrations, {
      now: io.now, ...guard, onApplied: ({ name }) => onMigrated?.(name),
    }) // prettier-ignore
    // Of a database that is ours alone: whoever held leases when it was last used is gone.
    if (embedded || alone) {
      await releaseLeases(database, instantAt(io.now()))
      await releaseProbes(database, instantAt(io.now()))
      await emptyFleet(database)
    }
    const epoch = await readEpoch(database)
    const engine = engineOf(config, io, { database, connections, parallel, epoch, schedules, tracer })
    const about = { host: hostname(), pid: process.pid, version: release(), migrations: migrations.length }
    const check = (sql: Sql) => planMigrations(sql, migrations)
    const life = createLife({ database, io, meter: engine.meter, about, check })
    own.life = life
    shareBudgets(engine)
    await rememberPolicy(engine)
    return { engine: { ...engine, life }, database, server: { embedded: embedded !== null, version }, close }
  } catch (error) {
    await close()
    throw error
  }
}

interface Parts extends Pick<Engine, 'database' | 'connections' | 'parallel' | 'epoch'> {
  schedules?: Schedules
  tracer?: Tracer | null
}

function engineOf(
  config: Config,
  io: Io,
  { database, connections, parallel, epoch, schedules, tracer }: Parts,
): Engine {
  const fanOut = fanOutOf(config, io)
  return {
    database,
    io,
    connections,
    erp: config.erp,
    policy: policyOf(config.policy),
    reconcile: config.policy.reconcile,
    owner: OWNER,
    meter: createMeter(),
    ...(config.policy.windows ? { windows: config.policy.windows } : {}),
    parallel,
    epoch,
    retention: config.retention,
    ...deadLettersOf(config, io),
    ...(schedules ? { schedules } : {}),
    ...(tracer ? { tracer } : {}),
    ...(fanOut ? { fanOut } : {}),
  }
}

/**
 * For a command beside a hub that may be running: neither migrates nor ends anybody's lease. Throws when the database
 * is not of this release.
 *
 * @param name shown in `pg_stat_activity`.
 */
export async function openQuietly(config: Config, io: Io, name?: string): Promise<Pick<Opened, 'engine' | 'close'>> {
  const connections = openConnections(config, io)
  const schedules = openSchedules(config, connections)
  const { database, close } = await openStore(config, io, { ...(name ? { name } : {}), beside: true })
  try {
    const missing = await planMigrations(database, readMigrations(MIGRATIONS))
    if (missing.length > 0)
      throw new Error('The database is of an earlier release. Run crossdock migrate, or start the hub of this release.')
    const epoch = await readEpoch(database)
    const engine = engineOf(config, io, { database, connections, parallel: 1, epoch, schedules })
    // Its calls count against what the vendors allow all processes together.
    shareBudgets(engine)
    return { engine, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Who owns dead letters, and the line by which they are told. */
export function deadLettersOf({ policy: { deadLetters } }: Config, io: Io): Pick<Engine, 'deadLetters' | 'sendMail'> {
  const { email } = deadLetters.notify
  return { deadLetters, ...(email ? { sendMail: smtp(email, io.secret) } : {}) }
}

const release = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version

/** What is opened, and how what is in shadow is watched. */
function describedBy({ connections, hub: { publicUrl }, policy }: Config) {
  const { lookEverySeconds, missingAfterMinutes } = shadowPolicyOf(policy)
  return {
    connections,
    publicUrl,
    pace: { everyMs: lookEverySeconds * 1_000, missingMs: missingAfterMinutes * 60_000 },
  }
}

/** Throws `ConfigError` naming everything that keeps a connection from being opened. */
export function openConnections(config: Config, io: Io): Map<string, Connection> {
  const { connections, problems: found } = openAll(describedBy(config), io)
  const problems = [...found, ...catalogueProblems(config, connections)]
  if (problems.length === 0) return connections
  const placed = problems.map(({ path, message }) => ({ ...config.lineOf(path.split('.')), path, message }))
  throw new ConfigError(config.file, placed)
}

/** A catalogue that is on needs a channel that can show it: else its calls would wait for ever. */
function catalogueProblems({ policy, connections: kinds }: Config, connections: ReadonlyMap<string, Connection>) {
  return Object.entries(policy.catalogue ?? {}).flatMap(([name, { mode }]) => {
    const connection = connections.get(name)
    if (mode !== 'on' || !connection || connection.outbound['listing.ensure']) return []
    const message = `The hub cannot write what ${kinds[name]?.connector ?? name} shows of products. Set it to dry or off.`
    return [{ path: `policy.catalogue.${name}.mode`, message }]
  })
}

async function openTracer({ otlp, sample, headers, view }: TelemetryConfig, owner: string, io: Io): Promise<Tracer> {
  const resolved = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, io.secret(value)]))
  // Only whoever sends traces loads what sends them.
  const { openTelemetrySink } = await import('#engine/telemetry.ts')
  const sink = openTelemetrySink({ url: otlp, headers: resolved, instance: owner, log: io.log })
  return createTracer(sink, { sample, ...(view ? { view } : {}) })
}

/** Throws `ConfigError` for a schedule of a feed that there is not. */
function openSchedules(config: Config, connections: ReadonlyMap<string, Connection>): Schedules {
  const calendar = config.calendar ?? calendarSchema.parse({})
  const { schedules, problems } = makeSchedules({ connections: config.connections, calendar }, connections)
  if (problems.length === 0) return schedules
  const placed = problems.map(({ path, message }) => ({ ...config.lineOf(path), path: path.join('.'), message }))
  throw new ConfigError(config.file, placed)
}

export interface StoreOptions {
  /** Shown in `pg_stat_activity`. */
  name?: string
  /** Join a hub that runs, rather than be refused beside it. */
  beside?: boolean
  silentTransactionMs?: number
}

export interface Store {
  database: Database
  embedded: Embedded | null
  version: string
  /** The connections, and the server where it is ours. */
  close(): Promise<void>
}

/** The database alone, without migrating it. */
export async function openStore(
  config: Config,
  io: Io,
  { name = HUB_NAME, beside = false, ...more }: StoreOptions = {},
): Promise<Store> {
  const onError = (error: Error) =>
    io.log('warn', 'a database connection broke and was replaced', { reason: error.message })
  const options = { max: 10, applicationName: name, onError, ...more }
  if (config.database === 'embedded') {
    const onState = (state: string, reason: string) => io.log('warn', `PostgreSQL is ${state}`, { reason })
    const embedded = await startEmbedded({ directory: config.hub.directory, log: io.log, onState, shared: beside })
    const database = openDatabase(embedded.url, options)
    const close = async () => {
      await database.close()
      await embedded.stop()
    }
    return { database, embedded, version: embedded.version, close }
  }
  const database = openDatabase(io.secret(config.database), options)
  const close = () => database.close()
  try {
    const [row] = await database.query<{ server_version: string }>('show server_version')
    return { database, embedded: null, version: row?.server_version ?? 'unknown', close }
  } catch (error) {
    await close()
    throw error
  }
}
