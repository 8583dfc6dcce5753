/** The products in the order of their SKUs, page by page: what a look at the whole catalogue walks through. */
import type { Json } from '#canon/json.ts'
import type { Sql } from './database.ts'

export interface ProductRow {
  stream: string
  state: Json
}

/** Products after this stream, which is the last of the page before; `product/` begins. */
export const productsAfter = (sql: Sql, after: string, limit: number): Promise<ProductRow[]> =>
  sql.prepared(`select stream, state from stream where kind = 'product' and stream > $1 order by stream limit $2`, [
    after,
    limit,
  ])

export async function countProducts(sql: Sql): Promise<number> {
  const [row] = await sql.prepared<{ count: number }>(`select count(*) as count from stream where kind = 'product'`, [])
  return row?.count ?? 0
}

const LATELY = 20_000

/** What was refused by this code among the latest messages: whose it was, and why. */
export const refusedLately = (sql: Sql, code: string): Promise<{ source: string; reason: string }[]> =>
  sql.prepared(
    `select source, substring(outcome from position(': ' in outcome) + 2) as reason from inbox
     where id > (select coalesce(max(id), 0) from inbox) - $2 and starts_with(outcome, $1)`,
    [`refused ${code}:`, LATELY],
  )
