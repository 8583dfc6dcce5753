/** A SKU's numbers over time: each point says what was learnt at that moment, and nothing else. */
import type { StockEvent } from '#core/stock/stock.ts'
import { streams } from '#core/streams.ts'
import type { Sql } from '#store/database.ts'
import { statedNumbers, type StatedNumber } from '#store/stock-history.ts'
import { readState } from '#store/views.ts'

interface Learnt {
  onHand?: number
  free?: number
  channel?: string
  shown?: number | null
}

/** @returns null when the hub counts no such SKU there. */
export async function stockHistory(
  sql: Sql,
  { pool, sku, before, limit }: { pool: string; sku: string; before?: number | undefined; limit: number },
) {
  const stream = streams.stock(pool, sku)
  const rows = await statedNumbers(sql, stream, before ?? null, limit + 1)
  if (rows.length === 0 && !(await readState(sql, stream))) return null
  const kept = rows.slice(0, limit).reverse()
  return {
    points: kept.map((row) => ({ version: row.version, at: row.at, ...learnt(row) })),
    before: rows.length > limit ? kept[0]!.version : null,
  }
}

function learnt({ type, data }: StatedNumber): Learnt {
  const event = { ...(data as object), type } as StockEvent
  switch (event.type) {
    case 'stock.read':
      return { onHand: event.onHand, free: event.free }
    case 'stock.channelSeen':
    case 'stock.channelRead':
    case 'stock.publishStale':
      return { channel: event.channel, shown: event.available }
    case 'stock.published':
    case 'stock.put':
      return { channel: event.channel, shown: event.to }
    case 'stock.delisted':
      return { channel: event.channel, shown: null }
    default:
      return {}
  }
}
