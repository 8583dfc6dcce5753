/** The numbers a SKU had, as its journal tells them. Reads only. */
import type { Json } from '#canon/json.ts'
import type { Sql } from './database.ts'

/** Events that state a number, of the ERP or of a channel. */
const STATING = [
  'stock.read', 'stock.channelSeen', 'stock.channelRead', 'stock.published', 'stock.publishStale', 'stock.put',
  'stock.delisted',
] as const // prettier-ignore

export interface StatedNumber {
  version: number
  at: string
  type: string
  data: Json
}

/** Newest first, from before `version` on. */
export const statedNumbers = (
  sql: Sql,
  stream: string,
  version: number | null,
  limit: number,
): Promise<StatedNumber[]> =>
  sql.prepared(
    `select version, at, type, data from journal_all
     where stream = $1 and ($2::bigint is null or version < $2) and type = any($3::text[])
     order by version desc limit $4`,
    [stream, version, STATING, limit],
  )
