/**
 * The folder of a demo: what is remembered of the simulated systems and the hub's database belong together, or go
 * together.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Addresses, configTextFor, secretsOf, type Setting } from '#sim/estate.ts'
import { OUTLET_KINDS } from '#sim/outlets/kinds.ts'
import { estateFolder, isRemembered, type Places } from '#sim/memory.ts'
import type { Database } from '#store/database.ts'
import { dataFolder, stopUnused } from '#store/embedded.ts'
import { signedIn } from '#store/processes.ts'
import type { Log } from '../io.ts'

const CONFIG = 'demo.yaml'
const OURS = [
  'estate', 'postgres', 'postgres.log', 'postgres.log.1', 'postgres-access.json', CONFIG,
  ...Object.keys(secretsOf(OUTLET_KINDS)).map(secretFile),
] // prettier-ignore

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

/** `demo:odoo-key` is kept in `secret-odoo-key`: these open nothing but the simulated systems. */
function secretFile(reference: string): string {
  return `secret-${reference.slice(reference.indexOf(':') + 1)}`
}

/** Systems are compared so often that whoever looks around sees it. */
const COMPARED = ['orders', 'sales', 'stock', 'warehouse', 'products', 'fulfilments']
  .map((name) => `    ${name}: { everyMs: 120000 }\n`)
  .join('')

export const demoConfigText = (addresses: Addresses, setting: Setting): string =>
  `${configTextFor(addresses, setting)}  reconcile:\n${COMPARED}`

/** What the demo runs with, as a file for the other commands. @returns its path. */
export function writeConfig(directory: string, addresses: Addresses, setting: Setting): string {
  let text = demoConfigText(addresses, { ...setting, directory: '.' })
  for (const [reference, secret] of Object.entries(secretsOf(setting.beside ?? []))) {
    writeFileSync(join(directory, secretFile(reference)), `${secret}\n`)
    text = text.replaceAll(reference, `file:${secretFile(reference)}`)
  }
  const path = join(directory, CONFIG)
  writeFileSync(path, `# Written by the demo at each start. Its systems are simulated; so are its secrets.${text}`)
  return path
}
