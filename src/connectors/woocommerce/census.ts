/** The readers: what the shop holds, page by page, for reconciliation. */
import { z } from 'zod'
import type { CensusRecord, Reader, Readers, Scope } from '../kit/reader.ts'
import { exact, rounded } from './amounts.ts'
import type { Client } from './http.ts'
import { PER_PAGE_MAX, PRODUCTS_PER_READ } from './limits.ts'
import { orderBody, type OrderBody } from './order-body.ts'
import { parcelsOf } from './parcels.ts'
import { orderReadings } from './poll-orders.ts'
import { listProducts, variationsOf } from './poll-products.ts'
import { type Sold, soldBy } from './products.ts'
import { instantOf, shaped } from './shape.ts'
import { DRAFTS } from './status.ts'

export interface CensusOptions {
  /** Name of the connection. */
  channel: string
  pool: string
}

export const readers = (client: Client, options: CensusOptions): Readers => ({
  orders: {
    ...orderReader(client, (order) => orderRecord(order, options)),
    readings: (keys) => orderReadings(client, keys.map(idIn)),
  },
  stock: productReader(client, ({ sku, pieces, item, counted, at }) => ({
    key: `${options.pool}/${sku}`,
    fields: { pieces },
    also: { item },
    changedAt: at === '' ? null : at,
    alone: !counted,
  })),
  products: productReader(client, ({ sku, counted, at }) => ({
    key: sku,
    fields: { counted },
    changedAt: at === '' ? null : at,
  })),
  fulfilments: orderReader(client, (order) => fulfilmentRecord(order, options)),
})

/** Keys are `<channel>:<id>`. */
const idIn = (key: string): string => key.slice(key.indexOf(':') + 1)

const place = z.object({ page: z.int().min(1) })
const pageAt = (cursor: unknown): number => place.safeParse(cursor).data?.page ?? 1

/** By id, so that orders which change meanwhile do not move the others. */
function orderReader(client: Client, recordOf: (order: OrderBody) => CensusRecord | null): Reader {
  return {
    async read(cursor, { since }: Scope) {
      const page = pageAt(cursor)
      const after = new Date(Date.parse(since) - 1_000).toISOString().slice(0, 19)
      const query = { after, dates_are_gmt: 'true', orderby: 'id', order: 'asc', per_page: PER_PAGE_MAX, page }
      const { body } = await client.call({ method: 'GET', path: '/orders', query, what: 'the list of orders' })
      const orders = shaped(z.array(orderBody), body, 'orders')
      const records = orders.filter(({ status }) => !DRAFTS.has(status)).flatMap((order) => recordOf(order) ?? [])
      return { records, cursor: { page: page + 1 }, more: orders.length >= PER_PAGE_MAX }
    },
  }
}

/** A cancelled order has no total: what is left of it is nothing on this side and the whole sale on the other. */
function orderRecord(order: OrderBody, { channel }: CensusOptions): CensusRecord {
  const { currency } = order
  const placed = exact(order.total, currency, 'the total').amount
  const refunded = order.refunds.reduce(
    (all, { total }) => all + Math.abs(rounded(total, currency, 'a refund').amount),
    0,
  )
  const cancelled = order.status === 'cancelled'
  // Which part of a refund was for goods is not in the list: then the totals are not compared.
  return {
    key: `${channel}:${order.id}`,
    fields: { total: cancelled || refunded > 0 ? null : placed, currency, cancelled },
    also: { placedTotal: placed, refunded, status: order.status },
    changedAt: changedAt(order),
    alone: cancelled || ['pending', 'failed', 'refunded'].includes(order.status),
  }
}

function fulfilmentRecord(order: OrderBody, { channel }: CensusOptions): CensusRecord | null {
  const parcels = parcelsOf(order)
  if (parcels.length === 0) return null
  const pieces = parcels.flatMap(({ lines }) => lines).reduce((all, { quantity }) => all + quantity, 0)
  return {
    key: `${channel}:${order.id}`,
    fields: { pieces },
    also: { parcels: parcels.length, cancelled: order.status === 'cancelled' },
    changedAt: changedAt(order),
  }
}

const changedAt = ({ date_modified_gmt: changed, date_created_gmt: created }: OrderBody): string =>
  instantOf(changed ?? created, 'date_modified_gmt')

/** A record for everything that is sold under a SKU. When a variation changed is not known. */
const productReader = (client: Client, recordOf: (sold: Sold) => CensusRecord): Reader => ({
  async read(cursor) {
    const page = pageAt(cursor)
    const { products } = await listProducts(client, { since: null, page })
    const records: CensusRecord[] = []
    for (const product of products) {
      if (product.status === 'trash') continue
      records.push(...soldBy(product, await variationsOf(client, product), '').map(recordOf))
    }
    return { records, cursor: { page: page + 1 }, more: products.length >= PRODUCTS_PER_READ }
  },
})
