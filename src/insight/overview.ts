/**
 * The figures of the first page. Asked for by many at once they are computed once: at most every second, and the whole
 * stock, which means reading every ledger, at most every five.
 */
import { money } from '#canon/money.ts'
import type { OrderState } from '#core/order/state.ts'
import { ORDER_STATUSES, type OrderStatus } from '#core/summary.ts'
import type { Sql } from '#store/database.ts'
import {
  countByStatus, longestStuck, newestEvents, queueFigures, stockDifferences, stockSums, stuckTotals,
} from '#store/views.ts' // prettier-ignore
import { acceptancesDue } from './acceptances.ts'
import { connectionsNow, type KnownConnection } from './connections.ts'
import { createFlow } from './flow.ts'
import { createMask, plainly } from './masking.ts'
import { amountOf } from './amount.ts'
import { partsOf } from './stock.ts'
import { type Stores, storesNow } from './stores.ts'
import { eventTitle } from './words.ts'

export interface OverviewSource {
  sql: Sql
  now(): number
  connections: readonly KnownConnection[]
  /** Deliveries that were known already, since this process started. */
  duplicates(): number
  /** What the policy says of stores. */
  stores?: Stores | undefined
  startedMs: number
  version: string
}

const FRESH_MS = 1_000
/** So long news of a sale and of the number it left may travel apart. */
const STOCK_SETTLES_MS = 60_000
const STOCK_FRESH_MS = 5_000
const STUCK_SHOWN = 10
const DIFFERENCES_SHOWN = 20

/** Runs `work` again only when its last result is older than `freshMs`; callers meanwhile share one run. */
export function atMostEvery<T>(freshMs: number, now: () => number, work: () => Promise<T>): () => Promise<T> {
  let last: { at: number; result: Promise<T> } | null = null
  return () => {
    const at = now()
    if (last && at >= last.at && at - last.at < freshMs) return last.result
    const result = work()
    const mine = { at, result }
    last = mine
    result.catch(() => {
      if (last === mine) last = null
    })
    return result
  }
}

export type Overview = Awaited<ReturnType<ReturnType<typeof createOverview>>>

export function createOverview(source: OverviewSource) {
  const { sql, now, version, startedMs } = source
  const flow = createFlow()
  const heard = new Map<string, string>()
  const stock = atMostEvery(STOCK_FRESH_MS, now, () => stockNow(sql, now()))
  const tills = atMostEvery(STOCK_FRESH_MS, now, () => storesNow(sql, { stores: source.stores ?? {}, nowMs: now() }))
  return atMostEvery(FRESH_MS, now, async () => {
    const nowMs = now()
    const [ordersPerMinute, byStatus, stuck, stockFigures, connections, queue, stores, acceptances] = await Promise.all(
      [
        flow.read(sql, nowMs),
        statusesNow(sql),
        stuckNow(sql),
        stock(),
        connectionsNow(sql, source.connections, nowMs, heard),
        queueFigures(sql),
        tills(),
        acceptancesDue(sql),
      ],
    )
    return {
      now: new Date(nowMs).toISOString(),
      ordersPerMinute,
      byStatus,
      stuck,
      stock: stockFigures,
      connections,
      stores,
      acceptances,
      queue: {
        undecided: queue.undecided,
        oldestUndecidedAt: queue.oldest,
        dead: queue.dead,
        deadLetters: queue.letters,
        findings: queue.findings,
      },
      duplicatesDropped: source.duplicates(),
      uptimeSeconds: Math.max(0, Math.floor((nowMs - startedMs) / 1_000)),
      version,
    }
  })
}

async function statusesNow(sql: Sql): Promise<{ status: OrderStatus; count: number }[]> {
  const rows = await countByStatus(sql, 'order')
  return ORDER_STATUSES.map((status) => ({ status, count: rows.find((row) => row.status === status)?.count ?? 0 }))
}

async function stuckNow(sql: Sql) {
  const [totals, oldest] = await Promise.all([stuckTotals(sql), longestStuck(sql, STUCK_SHOWN)])
  return {
    count: totals.reduce((all, { count }) => all + count, 0),
    value: totals.flatMap(({ currency, amount }) => (currency === null ? [] : [amountOf(money(amount, currency))])),
    oldest: oldest.map((row) => {
      const { order, exceptions } = row.state as unknown as OrderState
      const [, channel = '', externalId = ''] = row.stream.split('/')
      const mask = createMask()
      mask.learn(row.state)
      return {
        channel,
        externalId,
        label: row.label,
        codes: exceptions.map(({ code }) => code),
        detail: mask.text(exceptions[0]?.detail ?? ''),
        since: row.since,
        value: order ? amountOf(order.total.amount >= order.refunded.amount ? order.total : order.refunded) : null,
      }
    }),
  }
}

async function stockNow(sql: Sql, nowMs: number) {
  const quietSince = new Date(nowMs - STOCK_SETTLES_MS).toISOString()
  const [{ skus, agreeing, differing, oversold, overOffered, incidents }, rows] = await Promise.all([
    stockSums(sql, quietSince),
    stockDifferences(sql, quietSince, DIFFERENCES_SHOWN),
  ])
  return {
    skus,
    agreeing,
    disagreeing: rows.map(({ stream, channel, seen, bound, trouble, updated_at }) => ({
      ...partsOf(stream),
      channel,
      shown: seen,
      promised: bound,
      trouble: trouble === null ? null : plainly(trouble),
      since: updated_at,
    })),
    disagreeingCount: differing,
    oversold,
    overOffered,
    incidents,
  }
}

/** The newest events after a position, oldest first, and the position to go on from. */
export async function tickerAfter(sql: Sql, position: number, limit: number) {
  const rows = (await newestEvents(sql, position, limit)).reverse()
  const events = rows.map(({ position: at, at: when, type, stream, data, label }) => ({
    position: at,
    at: when,
    type,
    title: plainly(eventTitle(type, data)),
    stream,
    label: label ?? stream.slice(stream.lastIndexOf('/') + 1),
  }))
  return { events, position: rows.at(-1)?.position ?? position }
}
