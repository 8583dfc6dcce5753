/** What `reconcile` is held against: the same records in two plain tables, compared by one join written for it. */
import type { Database } from '#store/database.ts'
import { seconds, startClock } from './measure.ts'
import { type Made, recordsAt } from './reconcile-sides.ts'

/** @returns how long it took, in seconds. */
export async function loadTables(database: Database, made: Made, page: number): Promise<number> {
  await database.query('drop table if exists left_side, right_side')
  const started = startClock()
  for (const [side, table] of ['left_side', 'right_side'].entries()) {
    await database.query(`create unlogged table ${table} (key text collate "C", compared text, changed_at timestamptz)`)
    for (let from = 0; from < made.records; from += page) {
      const rows = Array.from({ length: page }, (_, index) => recordsAt(from + index, side as 0 | 1, made)).flat()
      await database.query(
        `insert into ${table} select key, compared, changed_at
         from unnest($1::text[], $2::text[], $3::timestamptz[]) as r (key, compared, changed_at)`,
        [
          rows.map(({ key }) => key),
          rows.map(({ fields }) => JSON.stringify(Object.values(fields))),
          rows.map(({ changedAt }) => changedAt),
        ],
      )
    }
    await database.query(`analyze ${table}`)
  }
  return seconds(started)
}

export async function joined(database: Database): Promise<{ seconds: number; found: number }> {
  const started = startClock()
  const rows = await database.query(
    `select key from left_side a full join right_side b using (key)
     where a.compared is distinct from b.compared
       or abs(extract(epoch from a.changed_at) - extract(epoch from b.changed_at)) > 3600
     union all (select key from left_side group by key having count(*) > 1)
     union all (select key from right_side group by key having count(*) > 1)`,
  )
  const took = seconds(started)
  await database.query('drop table left_side, right_side')
  return { seconds: took, found: rows.length }
}
