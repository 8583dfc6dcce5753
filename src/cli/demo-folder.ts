/**
 * The folder of a demo: what is remembered of the simulated systems and the hub's database belong together, or go
 * together.
 */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { estateFolder, isRemembered, type Places } from '#sim/memory.ts'
import type { Database } from '#store/database.ts'
import { dataFolder, stopUnused } from '#store/embedded.ts'
import { signedIn } from '#store/processes.ts'
import type { Log } from '../io.ts'

const OURS = ['estate', 'postgres', 'postgres.log', 'postgres.log.1', 'postgres-access.json'] as const

const hasDatabase = (directory: string): boolean => existsSync(join(dataFolder(directory), 'PG_VERSION'))

/** Removes the simulated systems and the database, and nothing else that may lie in the folder. */
export async function startOver(directory: string, log: Log, say: (line: string) => void): Promise<void> {
  if (!OURS.some((name) => existsSync(join(directory, name)))) return
  const users = [join(directory, 'users'), join(estateFolder(directory), 'users')]
  const other = users.filter(existsSync).flatMap(signedIn)[0]
  if (other) throw new Error(`Process ${other.pid} runs a hub in ${directory}. Stop it before starting over.`)
  // A killed hub leaves its PostgreSQL running.
  if (hasDatabase(directory)) await stopUnused({ directory, log })
  for (const path of [dataFolder(directory), ...OURS.map((name) => join(directory, name))])
    rmSync(path, { recursive: true, force: true })
  say(`Started over: the simulated systems and the hub's database in ${directory} were removed.`)
}

/** @throws with the cure when only one of the two is there. */
export function requireBoth(directory: string, { database }: Places): void {
  if (hasDatabase(directory) && !isRemembered(directory)) {
    throw apart(`There is a database in ${directory}, but the simulated systems it knows are gone.`)
  }
  // An estate that has never met a database has nothing to miss.
  if (!hasDatabase(directory) && database !== undefined) {
    throw apart(`The simulated systems in ${directory} are there, but the hub's database is gone.`)
  }
}

/** @returns the mark of this cluster. @throws with the cure when the estate was used with another. */
export async function requireSame(database: Database, directory: string, places: Places): Promise<string> {
  const [row] = await database.query<{ mark: string }>(
    'select system_identifier::text as mark from pg_control_system()',
  )
  if (places.database === undefined || places.database === row!.mark) return row!.mark
  throw apart(`The simulated systems in ${directory} were used with another database than the one that is there.`)
}

const apart = (what: string): Error =>
  new Error(
    `${what} The one cannot go on without the other. Start over with --fresh, which removes both, or use --directory.`,
  )
