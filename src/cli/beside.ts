/** Opens database and connections beside a hub that may be running: nothing is migrated, no lease is ended. */
import { hostname } from 'node:os'
import type { Engine } from '#engine/engine.ts'
import { createMeter } from '#engine/meter.ts'
import { policyOf } from '#policy/policy.ts'
import { readEpoch } from '#store/installation.ts'
import { planMigrations, readMigrations } from '#store/migrate.ts'
import type { Config } from '../config.ts'
import type { Io } from '../io.ts'
import { MIGRATIONS, openConnections, openStore } from './open.ts'

/** Throws when the database is not of this release. */
export async function openBeside(config: Config, io: Io): Promise<{ engine: Engine; close(): Promise<void> }> {
  const connections = openConnections(config, io)
  const { database, embedded } = await openStore(config, io, { name: 'crossdock-beside', beside: true })
  const close = async () => {
    await database.close()
    await embedded?.stop()
  }
  try {
    const missing = await planMigrations(database, readMigrations(MIGRATIONS))
    if (missing.length > 0)
      throw new Error('The database is of an earlier release. Run crossdock migrate, or start the hub of this release.')
    const more = { owner: `${hostname()}/${process.pid}/beside`, meter: createMeter(), parallel: 1 }
    const epoch = await readEpoch(database)
    const engine = { database, io, connections, erp: config.erp, policy: policyOf(config.policy), epoch, ...more }
    return { engine, close }
  } catch (error) {
    await close()
    throw error
  }
}
