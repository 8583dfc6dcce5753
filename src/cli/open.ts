/** Opens what a configuration describes: the database, migrated, and every connection; the engine that moves them. */
import { fileURLToPath } from 'node:url'
import { hostname } from 'node:os'
import { openConnections as openAll } from '#connectors/catalogue.ts'
import type { Connection } from '#connectors/kit/connector.ts'
import { type Engine, instantAt } from '#engine/engine.ts'
import { createMeter } from '#engine/meter.ts'
import { policyOf } from '#policy/policy.ts'
import { type Database, openDatabase } from '#store/database.ts'
import { type Embedded, startEmbedded } from '#store/embedded.ts'
import { migrate, readMigrations } from '#store/migrate.ts'
import { releaseProbes } from '#store/governor.ts'
import { releaseLeases } from '#store/outbox.ts'
import { type Config, ConfigError } from '../config.ts'
import type { Io } from '../io.ts'

export const MIGRATIONS = fileURLToPath(new URL('../store/migrations/', import.meta.url))

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
  const connections = openConnections(config, io)
  const { database: direct, embedded, version } = await openStore(config, io)
  const database = through(direct)
  const close = async () => {
    await database.close()
    await embedded?.stop()
  }
  try {
    await migrate(database, readMigrations(MIGRATIONS), { now: io.now, onApplied: ({ name }) => onMigrated?.(name) })
    // Of a database that is ours alone: whoever held leases when it was last used is gone.
    if (embedded || alone) {
      await releaseLeases(database, instantAt(io.now()))
      await releaseProbes(database, instantAt(io.now()))
    }
  } catch (error) {
    await close()
    throw error
  }
  const engine: Engine = {
    database,
    io,
    connections,
    erp: config.erp,
    policy: policyOf(config.policy),
    owner: `${hostname()}/${process.pid}`,
    meter: createMeter(),
    parallel,
  }
  return { engine, database, server: { embedded: embedded !== null, version }, close }
}

/** Throws `ConfigError` naming everything that keeps a connection from being opened. */
export function openConnections(config: Config, io: Io): Map<string, Connection> {
  const { connections, problems } = openAll({ connections: config.connections, publicUrl: config.hub.publicUrl }, io)
  if (problems.length === 0) return connections
  const placed = problems.map(({ path, message }) => ({ ...config.lineOf(path.split('.')), path, message }))
  throw new ConfigError(config.file, placed)
}

/** The database alone, without migrating it. */
export async function openStore(
  config: Config,
  io: Io,
): Promise<{ database: Database; embedded: Embedded | null; version: string }> {
  const onError = (error: Error) =>
    io.log('warn', 'a database connection broke and was replaced', { reason: error.message })
  const options = { max: 10, applicationName: 'crossdock', onError }
  if (config.database === 'embedded') {
    const onState = (state: string, reason: string) => io.log('warn', `PostgreSQL is ${state}`, { reason })
    const embedded = await startEmbedded({ directory: config.hub.directory, log: io.log, onState })
    return { database: openDatabase(embedded.url, options), embedded, version: embedded.version }
  }
  const database = openDatabase(io.secret(config.database), options)
  const [row] = await database.query<{ server_version: string }>('show server_version')
  return { database, embedded: null, version: row?.server_version ?? 'unknown' }
}
