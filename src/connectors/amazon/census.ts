/** The readers: what Amazon holds, page by page, for reconciliation. */
import { must } from '#canon/assert.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { minor } from './amounts.ts'
import type { CensusPage, Reader, Readers } from '../kit/reader.ts'
import type { Client } from './client.ts'
import type { SellerOptions } from './listings.ts'
import { orderOf, type OrderOptions } from './order.ts'
import { nodeOf, readingOf, readOrder, searchPage } from './orders.ts'
import { LISTINGS_REPORT, readDocument, reportState, requestReport } from './reports.ts'
import { instantOf } from './shape.ts'

export interface CensusOptions extends OrderOptions, SellerOptions {
  /** Which pool a fulfilment channel sells from. */
  pools: ReadonlyMap<string, string>
}

export const readers = (client: Client, options: CensusOptions): Readers => ({
  orders: orderReader(client, options),
  stock: stockReader(client, options),
})

const place = z.object({ token: z.string().nullable() })

function orderReader(client: Client, options: CensusOptions): Reader {
  const { channel, marketplaceId, marketplace } = options
  return {
    async read(cursor, { since }): Promise<CensusPage> {
      const token = place.safeParse(cursor).data?.token ?? null
      const { data } = await searchPage(client, { marketplaceId, createdAfter: since, token })
      const records = data.orders.flatMap((one) => {
        const node = nodeOf(one)
        if (!node) return []
        const { total, currency, cancelledAt, updatedAt } = orderOf(node, options)
        const cancelled = cancelledAt !== null
        const told = node.proceeds?.grandTotal
        return [{
          key: `${channel}:${node.orderId}`,
          fields: { total: cancelled || !told ? null : total.amount, currency, cancelled },
          also: { placedTotal: told ? minor(told, marketplace.currency) : null },
          changedAt: updatedAt,
          alone: cancelled,
        }] // prettier-ignore
      })
      const next = data.pagination?.nextToken ?? null
      return { records, cursor: { token: next }, more: next !== null }
    },
    async readings(keys) {
      const found = []
      for (const key of keys) {
        const order = await readOrder(client, key.slice(channel.length + 1))
        if (order) found.push(readingOf(order))
      }
      return found
    },
  }
}

const stockPlace = z.discriminatedUnion('part', [
  z.object({ part: z.literal('report'), reportId: z.string() }),
  z.object({ part: z.literal('fba'), token: z.string().nullable() }),
])

/** How long a report is waited for before it is looked for again. */
const REPORT_PAUSE_MS = 30_000

/** Our own stock by a report, which has to be made first; then what lies with Amazon. */
function stockReader(client: Client, options: CensusOptions): Reader {
  const { marketplaceId, pools } = options
  const own = pools.get('DEFAULT')
  const others = [...pools].filter(([code]) => code !== 'DEFAULT').map(([, pool]) => pool)
  return {
    async read(stored): Promise<CensusPage> {
      const cursor = stockPlace.safeParse(stored).data
      if (!cursor) {
        const reportId = await requestReport(client, LISTINGS_REPORT, marketplaceId)
        return { records: [], cursor: { part: 'report', reportId }, more: true }
      }
      if (cursor.part === 'fba') return fbaPage(client, marketplaceId, must(others[0], 'there is a pool'), cursor.token)
      const report = await reportState(client, cursor.reportId)
      if (report.state === 'waiting')
        throw new Fault('throttled', 'Amazon is still making the report of what it shows.', {
          code: 'amazon.report_waits', retryAfterMs: REPORT_PAUSE_MS, own: true,
        }) // prettier-ignore
      if (report.state === 'gone')
        throw new Fault('rejected', 'Amazon gave up the report of what it shows. Compare again.', {
          code: 'amazon.report_gone',
        })
      const shown = quantitiesIn(await readDocument(client, report.documentId))
      const changedAt = instantOf(report.made, 'createdTime')
      const records = own === undefined ? [] : shown.map(({ sku, pieces }) => ({
        key: `${own}/${sku}`, fields: { pieces }, changedAt,
      })) // prettier-ignore
      return { records, cursor: { part: 'fba', token: null }, more: others.length > 0 }
    },
  }
}

/** Offers that Amazon ships have no number of ours. */
function quantitiesIn(report: string): { sku: string; pieces: number }[] {
  const [head = '', ...lines] = report.replace(/^\uFEFF/, '').split(/\r?\n/)
  const names = head.split('\t').map((name) => name.trim().toLowerCase())
  const [sku, quantity, by] = ['seller-sku', 'quantity', 'fulfillment-channel'].map((name) => names.indexOf(name))
  return lines.flatMap((line) => {
    const cells = line.split('\t')
    const name = cells[sku!]?.trim()
    if (!name || (cells[by!]?.trim() || 'DEFAULT') !== 'DEFAULT') return []
    return [{ sku: name, pieces: Number(cells[quantity!]?.trim() || 0) }]
  })
}

const summaries = z.object({
  payload: z.object({
    inventorySummaries: z.array(
      z.object({
        sellerSku: z.string().nullish(),
        lastUpdatedTime: z.string().nullish(),
        totalQuantity: z.int().nullish(),
        inventoryDetails: z.object({ fulfillableQuantity: z.int().nullish() }).nullish(),
      }),
    ),
  }),
  pagination: z.object({ nextToken: z.string().nullish() }).nullish(),
})

async function fbaPage(client: Client, marketplaceId: string, pool: string, token: string | null): Promise<CensusPage> {
  const { data } = await client.call('getInventorySummaries', summaries, {
    patient: true,
    query: {
      details: 'true',
      granularityType: 'Marketplace',
      granularityId: marketplaceId,
      marketplaceIds: marketplaceId,
      nextToken: token ?? undefined,
    },
  })
  const { inventorySummaries } = data.payload
  const records = inventorySummaries.flatMap(({ sellerSku, lastUpdatedTime, inventoryDetails, totalQuantity }) =>
    sellerSku
      ? [{
          key: `${pool}/${sellerSku}`,
          fields: { pieces: inventoryDetails?.fulfillableQuantity ?? 0 },
          also: { inAll: totalQuantity ?? null },
          changedAt: lastUpdatedTime ? instantOf(lastUpdatedTime, 'lastUpdatedTime') : null,
        }]
      : [],
  ) // prettier-ignore
  const next = data.pagination?.nextToken ?? null
  return { records, cursor: { part: 'fba', token: next }, more: next !== null }
}
