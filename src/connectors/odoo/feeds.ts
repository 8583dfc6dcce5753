/** What Odoo is asked for regularly: products and deliveries that changed. Stock has its own file. */
import { z } from 'zod'
import type { Feed, Reading } from '../kit/connector.ts'
import type { Domain } from './client.ts'
import { inKits } from './kit-deliveries.ts'
import { detailsOf } from './product-details.ts'
import { priceFeed } from './price-feed.ts'
import type { Odoo } from './odoo.ts'
import { type DeliveryReading, type ProductReading, reading, TOPICS } from './readings.ts'
import { promiseFeed } from './promise-feed.ts'
import { readyFeed } from './ready-feed.ts'
import { ORIGIN } from './sale-rows.ts'
import { stockFeed } from './stock-feed.ts'
import { fromFloat, fromOdooTime, idOf, link, some, text } from './values.ts'
import { parseWindow, readWindow, windowSince } from './window.ts'

export const feeds = (odoo: Odoo): Readonly<Record<string, Feed>> => ({
  deliveries: deliveryFeed(odoo),
  stock: stockFeed(odoo),
  promises: promiseFeed(odoo),
  products: productFeed(odoo),
  ...(odoo.config.labelWarehouses.length > 0 ? { ready: readyFeed(odoo) } : {}),
  ...pricesOf(odoo),
})

function pricesOf(odoo: Odoo): Record<string, Feed> {
  const names = odoo.config.catalogue?.priceLists ?? []
  return names.length > 0 ? { prices: priceFeed(odoo, names) } : {}
}

const productRow = z.object({
  id: z.number(),
  default_code: text,
  name: z.string(),
  barcode: text,
  active: z.boolean(),
  is_storable: z.boolean(),
  lst_price: z.number(),
  write_date: z.string(),
})

const productFeed = (odoo: Odoo): Feed => ({
  everyMs: 60_000,
  since: windowSince,
  bulk: true,
  async read(cursor) {
    const { client, directory, config } = odoo
    const page = await readWindow(
      client,
      'product.product',
      productRow,
      [['default_code', '!=', false]],
      parseWindow(cursor),
    )
    const currency = await directory.currency()
    const wanted = config.catalogue?.details ? page.rows.map(({ id }) => id) : []
    const details = await detailsOf(odoo, wanted)
    const readings = page.rows.flatMap((row) => {
      const sku = (row.default_code || '').trim()
      if (sku === '') return []
      const body: ProductReading = {
        id: row.id,
        sku,
        name: row.name,
        ...some('barcode', row.barcode),
        active: row.active,
        stocked: row.is_storable,
        ...(currency ? { listPrice: fromFloat(row.lst_price, currency) } : {}),
        ...details.get(row.id),
        changedAt: fromOdooTime(row.write_date),
      }
      return [reading(TOPICS.product, String(row.id), body)]
    })
    return { readings, cursor: page.window, more: page.more }
  },
})

export const pickingRow = z.object({
  id: z.number(),
  sale_id: link,
  date_done: text,
  carrier_id: link,
  carrier_tracking_ref: text,
  carrier_tracking_url: text,
  write_date: z.string(),
})
export type PickingRow = z.infer<typeof pickingRow>
const moveRow = z.object({
  id: z.number(),
  picking_id: link,
  sale_line_id: link,
  product_id: link,
  quantity: z.number(),
})
const originRow = z.object({ id: z.number(), origin: text })

/** Goods that come back are incoming, so they are not among these. */
export const SHIPPED: Domain = [
  ['state', '=', 'done'],
  ['picking_type_code', '=', 'outgoing'],
  ['sale_id.origin', '=like', `${ORIGIN}%`],
]

const deliveryFeed = (odoo: Odoo): Feed => ({
  everyMs: 15_000,
  since: windowSince,
  async read(cursor) {
    const page = await readWindow(odoo.client, 'stock.picking', pickingRow, SHIPPED, parseWindow(cursor))
    const deliveries = await deliveriesOf(page.rows, odoo)
    return { readings: deliveries.map(readingOfDelivery), cursor: page.window, more: page.more }
  },
})

export const readingOfDelivery = (body: DeliveryReading): Reading => reading(TOPICS.delivery, String(body.id), body)

/** What left with these deliveries, per line of the sale. Those with nothing of a sale in them are left out. */
export async function deliveriesOf(rows: readonly PickingRow[], { client }: Odoo): Promise<DeliveryReading[]> {
  if (rows.length === 0) return []
  const sales = [...new Set(rows.flatMap(({ sale_id }) => (sale_id ? [sale_id[0]] : [])))]
  const origins = new Map((await client.read('sale.order', originRow, sales)).map((row) => [row.id, row.origin]))
  const left = await client.search('stock.move', moveRow, [
    ['picking_id', 'in', rows.map(({ id }) => id)],
    ['state', '=', 'done'],
    ['sale_line_id', '!=', false],
  ])
  const moves = await inKits(left, client)
  const byPicking = Map.groupBy(moves, ({ picking_id }) => idOf(picking_id))
  return rows.flatMap((row) => {
    const origin = (row.sale_id && origins.get(row.sale_id[0])) || ''
    return deliveryOf(row, origin.slice(ORIGIN.length), byPicking.get(row.id) ?? []) ?? []
  })
}

function deliveryOf(
  row: PickingRow,
  orderRef: string,
  moves: readonly z.infer<typeof moveRow>[],
): DeliveryReading | null {
  const quantities = new Map<string, number>()
  for (const { sale_line_id, quantity } of moves) {
    if (!sale_line_id) continue
    const id = String(sale_line_id[0])
    quantities.set(id, (quantities.get(id) ?? 0) + Math.round(quantity))
  }
  const lines = [...quantities].flatMap(([saleLineId, quantity]) => (quantity > 0 ? [{ saleLineId, quantity }] : []))
  if (lines.length === 0) return null
  return {
    id: row.id,
    orderRef,
    shippedAt: fromOdooTime(row.date_done || row.write_date),
    ...some('trackingNumber', row.carrier_tracking_ref),
    ...some('trackingUrl', row.carrier_tracking_url),
    ...(row.carrier_id ? { carrier: row.carrier_id[1] } : {}),
    lines,
  }
}
