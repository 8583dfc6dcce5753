/** Stock as people look at it: per SKU and pool what is there, what is promised, and what each channel shows. */
import type { Policy } from '#core/policy.ts'
import type { ChannelStock, Ledger } from '#core/stock/ledger.ts'
import { safetyOf } from '#core/stock/mode.ts'
import { parseOrderRef, streams } from '#core/streams.ts'
import type { Sql } from '#store/database.ts'
import { lastEvents, listStreams, readState, type StreamStateRow } from '#store/views.ts'
import { pageOf, readCursor } from './paging.ts'
import { eventsOf } from './streams.ts'

export interface StockFilter {
  q?: string | undefined
  pool?: string | undefined
  attention?: boolean | undefined
  cursor?: string | undefined
  limit: number
}

const RECENT = 50

/** @returns null when the cursor is none of ours. */
export async function listStock(sql: Sql, { q, pool, attention, cursor, limit }: StockFilter, policy: Policy) {
  const after = readCursor(cursor)
  if (after === null) return null
  const rows = await listStreams(sql, {
    kind: 'stock',
    attention,
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
  const { holds } = row.state as unknown as Ledger
  return {
    stock: stockRow(row, policy),
    holds: holds.flatMap(({ orderRef, quantity, told, claim }) => {
      const ref = parseOrderRef(orderRef)
      return ref ? [{ ...ref, quantity, outcome: claim?.granted ? ('reserved' as const) : told }] : []
    }),
    recent: eventsOf(recent),
  }
}

export function partsOf(stream: string): { pool: string; sku: string } {
  const [, pool = '', ...rest] = stream.split('/')
  return { pool, sku: rest.join('/') }
}

function waitsFor({ put, name }: ChannelStock): string | null {
  if (put?.open) return `${name} has accepted ${put.open.to} and does not show it yet.`
  return put?.fact ? `All orders of ${name} up to ${put.fact.at} have to be known.` : null
}

function stockRow(row: StreamStateRow, policy: Policy) {
  const { stocked, reading, holds, channels, mode, incidents = [] } = row.state as unknown as Ledger
  const held = holds.reduce((all, { quantity }) => all + quantity, 0)
  const status = stocked === null ? ('unknown' as const) : stocked ? ('stocked' as const) : ('uncounted' as const)
  return {
    ...partsOf(row.stream),
    status,
    attention: row.attention,
    onHand: reading?.onHand ?? null,
    free: reading?.free ?? null,
    held,
    safety: safetyOf(policy, partsOf(row.stream)),
    available: reading ? reading.free - held : null,
    channels: channels.map((one) => ({
      name: one.name,
      shown: one.seen,
      bound: one.bound,
      inFlight: one.flight && { from: one.flight.from, to: one.flight.to },
      trouble: one.trouble,
      waits: waitsFor(one),
    })),
    mode: mode?.is ?? ('exclusive' as const),
    incidents: incidents.map(({ words }) => words),
    updatedAt: row.updated_at,
  }
}
