/** Opens what a configuration describes: the database, migrated, and every connection; the engine that moves them. */
import { fileURLToPath } from 'node:url'
import { hostname } from 'node:os'
import { openConnections as openAll } from '#connectors/catalogue.ts'
import type { Connection } from '#connectors/kit/connector.ts'
import { type Engine, instantAt } from '#engine/engine.ts'
import { createMeter } from '#engine/meter.ts'
import { rememberPolicy } from '#engine/replay/policies.ts'
import { shadowPolicyOf } from '#policy/shadow.ts'
import { policyOf } from '#policy/policy.ts'
import { type Database, openDatabase } from '#store/database.ts'
import { type Embedded, startEmbedded } from '#store/embedded.ts'
import { readEpoch } from '#store/installation.ts'
import { migrate, readMigrations } from '#store/migrate.ts'
import { releaseProbes } from '#store/governor.ts'
import { releaseLeases } from '#store/outbox.ts'
import { HUB_NAME } from '#store/restore.ts'
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
}

/** Throws `ConfigError` for a connection that cannot be opened, and plain errors for a database that cannot. */
export async function openEngine(
  config: Config,
  io: Io,
  { onMigrated, parallel = 8 }: OpenOptions = {},
): Promise<Opened> {
  const connections = openConnections(config, io)
  const { database, embedded, version } = await openStore(config, io)
  const close = async () => {
    await database.close()
    await embedded?.stop()
  }
  let epoch: number
  try {
    await migrate(database, readMigrations(MIGRATIONS), { now: io.now, onApplied: ({ name }) => onMigrated?.(name) })
    // The embedded database is ours alone: whoever held leases when it was last used is gone.
    if (embedded) {
      await releaseLeases(database, instantAt(io.now()))
      await releaseProbes(database, instantAt(io.now()))
    }
    epoch = await readEpoch(database)
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
    epoch,
  }
  await rememberPolicy(engine)
  return { engine, database, server: { embedded: embedded !== null, version }, close }
}

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
  const { connections, problems } = openAll(describedBy(config), io)
  if (problems.length === 0) return connections
  const placed = problems.map(({ path, message }) => ({ ...config.lineOf(path.split('.')), path, message }))
  throw new ConfigError(config.file, placed)
}

export interface StoreOptions {
  /** Shown in `pg_stat_activity`. */
  name?: string
  /** Join a hub that runs, rather than be refused beside it. */
  beside?: boolean
}

/** The database alone, without migrating it. */
export async function openStore(
  config: Config,
  io: Io,
  { name = HUB_NAME, beside = false }: StoreOptions = {},
): Promise<{ database: Database; embedded: Embedded | null; version: string }> {
  const onError = (error: Error) =>
    io.log('warn', 'a database connection broke and was replaced', { reason: error.message })
  const options = { max: 10, applicationName: name, onError }
  if (config.database === 'embedded') {
    const onState = (state: string, reason: string) => io.log('warn', `PostgreSQL is ${state}`, { reason })
    const embedded = await startEmbedded({ directory: config.hub.directory, log: io.log, onState, shared: beside })
    return { database: openDatabase(embedded.url, options), embedded, version: embedded.version }
  }
  const database = openDatabase(io.secret(config.database), options)
  const [row] = await database.query<{ server_version: string }>('show server_version')
  return { database, embedded: null, version: row?.server_version ?? 'unknown' }
}
