/** Stock as people look at it: per SKU and pool what is there, what is promised, and what each channel shows. */
import type { Policy } from '#core/policy.ts'
import type { Ledger } from '#core/stock/ledger.ts'
import { safetyOf } from '#core/stock/mode.ts'
import { offerable } from '#core/stock/offer.ts'
import { streams } from '#core/streams.ts'
import type { Sql } from '#store/database.ts'
import { lastEvents, listStreams, readState, type StreamStateRow } from '#store/views.ts'
import { pageOf, readCursor } from './paging.ts'
import { channelsOf, holdsOf, presaleOf, sumsOf } from './stock-books.ts'
import { eventsOf } from './streams.ts'

export interface StockFilter {
  q?: string | undefined
  pool?: string | undefined
  attention?: boolean | undefined
  mode?: 'exclusive' | 'shared' | undefined
  waiting?: boolean | undefined
  cursor?: string | undefined
  limit: number
}

const RECENT = 50

/** @returns null when the cursor is none of ours. */
export async function listStock(sql: Sql, filter: StockFilter, policy: Policy) {
  const { q, pool, attention, mode, waiting, cursor, limit } = filter
  const after = readCursor(cursor)
  if (after === null) return null
  const rows = await listStreams(sql, {
    kind: 'stock',
    attention,
    stock: { mode, waiting },
    prefix: pool === undefined ? undefined : streams.stock(pool, ''),
    labels: q === undefined ? undefined : [q],
    after: after ?? undefined,
    limit: limit + 1,
  })
  return pageOf(rows, limit, (row) => stockRow(row, policy))
}

/** @returns null when the hub counts no such SKU there. */
export async function stockPage(sql: Sql, pool: string, sku: string, policy: Policy) {
  const stream = streams.stock(pool, sku)
  const [row, recent] = await Promise.all([readState(sql, stream), lastEvents(sql, stream, RECENT)])
  if (!row) return null
  const ledger = row.state as unknown as Ledger
  return {
    stock: stockRow(row, policy),
    holds: holdsOf(ledger),
    sums: sumsOf(ledger, policy, { pool, sku }),
    presale: presaleOf(ledger),
    recent: eventsOf(recent),
  }
}

export function partsOf(stream: string): { pool: string; sku: string } {
  const [, pool = '', ...rest] = stream.split('/')
  return { pool, sku: rest.join('/') }
}

function stockRow(row: StreamStateRow, policy: Policy) {
  const ledger = row.state as unknown as Ledger
  const { stocked, reading, holds, mode, incidents = [] } = ledger
  const place = partsOf(row.stream)
  const held = holds.reduce((all, { quantity }) => all + quantity, 0)
  const status = stocked === null ? ('unknown' as const) : stocked ? ('stocked' as const) : ('uncounted' as const)
  return {
    ...place,
    status,
    attention: row.attention,
    onHand: reading?.onHand ?? null,
    free: reading?.free ?? null,
    held,
    safety: safetyOf(policy, place),
    available: reading ? (ledger.presale ? offerable(ledger) : reading.free - held) : null,
    channels: channelsOf(ledger, policy, place),
    mode: mode?.is ?? ('exclusive' as const),
    modeByHand: mode?.byHand ?? false,
    incidents: incidents.map(({ words }) => words),
    updatedAt: row.updated_at,
  }
}
