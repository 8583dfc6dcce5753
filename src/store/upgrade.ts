/**
 * Two releases on one database: a migration that the release before cannot live with waits for nobody, it refuses as
 * long as a process of that release lives. Who lives is seen by its heart, watched for a while.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Sql } from './database.ts'
import { type ProcessRow, readFleet, takeOver } from './fleet.ts'
import type { Migration } from './migrate.ts'

/** Longer than several beats (BEAT_MS in engine/life.ts), and no shorter than the others wait. */
const WATCH_MS = 15_000
const LOOK_MS = 500

/** Throws, naming them, when processes live whose release does not know the migration. A `guard` of `migrate`. */
export const refuseOlder =
  (now: () => number) =>
  (sql: Sql, migration: Migration): Promise<void> =>
    refuseOlderWithin(sql, migration, WATCH_MS, new Date(now()).toISOString())

/**
 * Those that are dead lose their rows here: one that only slept must find out before it touches what it does not know.
 *
 * @param watchMs how long a heart must stand still to be taken for dead.
 */
export async function refuseOlderWithin(
  sql: Sql,
  { number, name }: Migration,
  watchMs: number,
  now: string,
): Promise<void> {
  const [table] = await sql.query<{ there: boolean }>(`select to_regclass('process') is not null as there`)
  if (!table?.there) return
  const older = async () => (await readFleet(sql)).filter(({ migrations }) => migrations < number)
  const first = new Map((await older()).map(({ id, beat }) => [id, beat]))
  for (let watched = 0; first.size > 0 && watched < watchMs; watched += LOOK_MS) {
    await pause(Math.min(LOOK_MS, watchMs))
    const alive = (await older()).filter(({ id, beat }) => first.get(id) !== beat)
    if (alive.length > 0) throw new Error(refusal(name, alive))
  }
  for (const [id, beat] of first) await takeOver(sql, { id, beat, now })
}

function refusal(name: string, alive: readonly ProcessRow[]): string {
  const who = alive.map(({ host, pid, version }) => `${version} on ${host} (process ${pid})`).join(', ')
  return (
    `Migration ${name} cannot be applied while processes of an older release run: ${who}. ` +
    'Nothing was changed. Stop them, then start this release.'
  )
}
