/** The readers: what Odoo holds, page by page in the order of its ids, for reconciliation. */
import { z } from 'zod'
import type { CensusPage, CensusRecord, Reader, Readers } from '../kit/reader.ts'
import { deliveriesOf, type PickingRow, pickingRow, readingOfDelivery, SHIPPED } from './feeds.ts'
import { LIMITS } from './limits.ts'
import type { Odoo } from './odoo.ts'
import { ORIGIN } from './sale-rows.ts'
import { readLevels } from './stock.ts'
import { fromFloat, fromOdooTime, link, text, toOdooTime } from './values.ts'

export const readers = (odoo: Odoo): Readers => ({
  orders: saleReader(odoo),
  stock: stockReader(odoo),
  products: productReader(odoo),
  fulfilments: deliveryReader(odoo),
})

const place = z.object({ lastId: z.int() })
const lastIdOf = (cursor: unknown): number => place.safeParse(cursor).data?.lastId ?? 0

/** A page is full or the last one. */
const pageOf = (rows: readonly { id: number }[], records: CensusRecord[], limit: number): CensusPage => ({
  records,
  cursor: { lastId: rows.at(-1)?.id ?? 0 },
  more: rows.length === limit,
})

const saleRow = z.object({
  id: z.number(),
  origin: text,
  state: z.string(),
  amount_total: z.number(),
  currency_id: link,
  write_date: z.string(),
})

/**
 * By the date of the order, which is the one it was placed at in the channel. A sale that was cancelled before anything
 * left says nothing about its total any more.
 */
const saleReader = ({ client, directory }: Odoo): Reader => ({
  async read(cursor, { since, channel }) {
    const rows = await client.search(
      'sale.order',
      saleRow,
      [
        ['id', '>', lastIdOf(cursor)],
        ['origin', '=like', `${ORIGIN}${channel}:%`],
        ['date_order', '>=', toOdooTime(since)],
      ],
      { limit: LIMITS.rowsPerPage },
    )
    const own = rows.length > 0 ? await directory.currency() : ''
    const records = rows.map((row): CensusRecord => {
      const currency = row.currency_id ? row.currency_id[1] : own
      const cancelled = row.state === 'cancel'
      return {
        key: (row.origin || '').slice(ORIGIN.length),
        fields: { total: cancelled ? null : fromFloat(row.amount_total, currency).amount, currency, cancelled },
        changedAt: fromOdooTime(row.write_date),
        alone: cancelled,
      }
    })
    return pageOf(rows, records, LIMITS.rowsPerPage)
  },
})

const productRow = z.object({ id: z.number(), default_code: text, is_storable: z.boolean(), write_date: z.string() })

/** Free pieces of everything that is counted, in every warehouse. Nothing says when a number changed. */
const stockReader = ({ client, directory }: Odoo): Reader => ({
  async read(cursor) {
    const products = await client.search(
      'product.product',
      productRow,
      [
        ['id', '>', lastIdOf(cursor)],
        ['default_code', '!=', false],
        ['is_storable', '=', true],
      ],
      { limit: LIMITS.rowsPerPage },
    )
    const records: CensusRecord[] = []
    const ids = products.map(({ id }) => id)
    for (const { id, pool } of ids.length > 0 ? await directory.warehouses() : []) {
      for (const { sku, free } of await readLevels(id, [['id', 'in', ids]], { client, directory })) {
        const key = sku.trim()
        if (key !== '') records.push({ key: `${pool}/${key}`, fields: { pieces: free }, changedAt: null })
      }
    }
    return pageOf(products, records, LIMITS.rowsPerPage)
  },
})

/** A product need not be sold in a channel. */
const productReader = ({ client }: Odoo): Reader => ({
  async read(cursor) {
    const rows = await client.search(
      'product.product',
      productRow,
      [
        ['id', '>', lastIdOf(cursor)],
        ['default_code', '!=', false],
      ],
      { limit: LIMITS.rowsPerPage },
    )
    const records = rows.flatMap(({ default_code, is_storable, write_date }): CensusRecord[] => {
      const key = (default_code || '').trim()
      if (key === '') return []
      return [{ key, fields: { counted: is_storable }, changedAt: fromOdooTime(write_date), alone: true }]
    })
    return pageOf(rows, records, LIMITS.rowsPerPage)
  },
})

const shippedSaleRow = z.object({ id: z.number(), origin: text })
const SALES_PER_PAGE = 100

/** Per order: pieces that left, over all its done deliveries. */
function deliveryReader(odoo: Odoo): Reader {
  const { client } = odoo
  const shippedPickings = (sales: readonly number[]) =>
    client.search('stock.picking', pickingRow, [['sale_id', 'in', sales], ...SHIPPED])
  return {
    async read(cursor, { since, channel }) {
      const sales = await client.search(
        'sale.order',
        shippedSaleRow,
        [
          ['id', '>', lastIdOf(cursor)],
          ['origin', '=like', `${ORIGIN}${channel}:%`],
          ['date_order', '>=', toOdooTime(since)],
          ['picking_ids.state', '=', 'done'],
        ],
        { limit: SALES_PER_PAGE },
      )
      if (sales.length === 0) return pageOf(sales, [], SALES_PER_PAGE)
      const pickings = await shippedPickings(sales.map(({ id }) => id))
      const deliveries = await deliveriesOf(pickings, odoo)
      const changed = new Map(pickings.map((row) => [row.id, fromOdooTime(row.write_date)]))
      const records = [...Map.groupBy(deliveries, ({ orderRef }) => orderRef)].map(([key, parcels]): CensusRecord => {
        const moments = parcels.map(({ id }) => changed.get(id)!).toSorted()
        const pieces = parcels.flatMap(({ lines }) => lines).reduce((all, { quantity }) => all + quantity, 0)
        return { key, fields: { pieces }, also: { parcels: parcels.length }, changedAt: moments.at(-1) ?? null }
      })
      return pageOf(sales, records, SALES_PER_PAGE)
    },
    async readings(keys) {
      const origins = keys.map((key) => `${ORIGIN}${key}`)
      const sales = await client.search('sale.order', shippedSaleRow, [['origin', 'in', origins]])
      const pickings: PickingRow[] = sales.length > 0 ? await shippedPickings(sales.map(({ id }) => id)) : []
      return (await deliveriesOf(pickings, odoo)).map(readingOfDelivery)
    },
  }
}
