/** What a simulated day came to, in one line: equal days have equal hashes, on every PostgreSQL. */
import { createHash } from 'node:crypto'
import type { Database } from '#store/database.ts'

/** SHA-256 over the whole journal, archive and all. */
export async function journalHash(database: Database): Promise<string> {
  const hash = createHash('sha256')
  const rows = await database.query<{ line: string }>(
    `select stream || ' ' || version || ' ' || type || ' ' || data::text || ' ' || extract(epoch from at) as line
     from journal_all order by stream collate "C", version`,
  )
  for (const { line } of rows) hash.update(line).update('\n')
  return hash.digest('hex')
}
