/**
 * Stock that may have changed. Rows of stock carry a time of change, but vanish when they reach zero and say nothing of
 * orders confirmed without stock; so the free quantities of what moved are read again, and those of everything now and
 * then.
 */
import { z } from 'zod'
import type { Feed, FeedPage, Reading } from '../kit/connector.ts'
import { digest } from './digest.ts'
import { LIMITS } from './limits.ts'
import type { Odoo } from './odoo.ts'
import { type StockReading, TOPICS } from './readings.ts'
import { type Level, readLevels } from './stock.ts'
import { idOf, link, msToOdooTime } from './values.ts'
import { readWindow, windowSince } from './window.ts'

const cursorSchema = z.object({
  from: z.string().default('1970-01-01 00:00:00'),
  lastId: z.int().default(0),
  to: z.string().nullable().default(null),
  /** Runs since everything was read. */
  runs: z.int().default(LIMITS.runsPerFullStockRead),
  /** Set while everything is being read: when that began, and the last product done. */
  full: z.object({ at: z.string(), lastId: z.int() }).nullable().default(null),
})
type Cursor = z.infer<typeof cursorSchema>

const quantRow = z.object({
  id: z.number(),
  product_id: link,
  /** Of its location; a computed field. */
  warehouse_id: link.optional(),
  quantity: z.number(),
  reserved_quantity: z.number(),
  write_date: z.string(),
})

export const stockFeed = (odoo: Odoo): Feed => ({
  everyMs: 15_000,
  since: (at) => ({ ...windowSince(at), runs: 0, full: null }),
  async read(stored) {
    const cursor = cursorSchema.parse(stored ?? {})
    if (cursor.full) return readAll(cursor, cursor.full, odoo)
    if (cursor.to === null && cursor.runs >= LIMITS.runsPerFullStockRead) {
      const at = msToOdooTime((await odoo.client.serverNow()) - LIMITS.lagMs)
      return readAll(cursor, { at, lastId: 0 }, odoo)
    }
    return readChanged(cursor, odoo)
  },
})

async function readChanged(cursor: Cursor, odoo: Odoo): Promise<FeedPage> {
  // Not only shelves: what lies aside in a warehouse is taken off what Odoo counts there.
  const inside = [['location_id.warehouse_id', '!=', false]] as const
  const page = await readWindow(odoo.client, 'stock.quant', quantRow, inside, cursor)
  const readings = await readingsOfMoved(
    page.rows,
    ({ warehouse_id }) => idOf(warehouse_id ?? false),
    withoutPlace,
    odoo,
  )
  return {
    readings,
    cursor: { ...page.window, runs: page.more ? cursor.runs : cursor.runs + 1, full: null },
    more: page.more,
  }
}

const withoutPlace = ({ warehouse_id: _, ...quant }: z.infer<typeof quantRow>) => quant

/**
 * News of products where something moved, and there alone: with many warehouses a product that moved in one would be
 * news in all. Going from 5 to 4 and back to 5 is news both times, so the rows are part of the name.
 *
 * @param placeOf the warehouse of a row. @param said what of it is part of the name.
 */
export async function readingsOfMoved<Row extends { product_id: z.infer<typeof link> }>(
  rows: readonly Row[],
  placeOf: (row: Row) => number,
  said: (row: Row) => object,
  odoo: Odoo,
): Promise<Reading[]> {
  const readings: Reading[] = []
  const places = Map.groupBy(rows, placeOf)
  for (const { id: warehouse, pool } of rows.length === 0 ? [] : await odoo.directory.warehouses()) {
    const moved = Map.groupBy(places.get(warehouse) ?? [], ({ product_id }) => idOf(product_id))
    const stampOf = (product: number) => digest(moved.get(product)!.map(said))
    readings.push(...(await readingsAt(warehouse, pool, [...moved.keys()], stampOf, odoo)))
  }
  return readings
}

/** Everything, a page of products at a time. The windows go on from where this began. */
async function readAll(cursor: Cursor, full: { at: string; lastId: number }, odoo: Odoo): Promise<FeedPage> {
  const products = await odoo.client.search(
    'product.product',
    z.object({ id: z.number() }),
    [
      ['id', '>', full.lastId],
      ['default_code', '!=', false],
      ['is_storable', '=', true],
    ],
    { limit: LIMITS.rowsPerPage },
  )
  // As in every window: our own clock may have been set since Odoo last told its time, and it has told it again now.
  const latest = msToOdooTime((await odoo.client.serverNow()) - LIMITS.lagMs)
  const at = full.at < latest ? full.at : latest
  const readings = await readingsOf(
    products.map(({ id }) => id),
    () => at,
    odoo,
  )
  if (products.length === LIMITS.rowsPerPage) {
    return { readings, cursor: { ...cursor, full: { at, lastId: products.at(-1)!.id } }, more: true }
  }
  const from = msToOdooTime(Date.parse(`${at.replace(' ', 'T')}Z`) - LIMITS.overlapMs)
  return {
    readings,
    cursor: { from: cursor.from > from ? cursor.from : from, lastId: 0, to: null, runs: 0, full: null },
    more: false,
  }
}

async function readingsOf(ids: readonly number[], stampOf: (id: number) => string, odoo: Odoo): Promise<Reading[]> {
  const readings: Reading[] = []
  if (ids.length === 0) return readings
  for (const { id, pool } of await odoo.directory.warehouses())
    readings.push(...(await readingsAt(id, pool, ids, stampOf, odoo)))
  return readings
}

/** News of products in one warehouse. @param stampOf makes going to a number and back news both times. */
async function readingsAt(
  warehouse: number,
  pool: string,
  ids: readonly number[],
  stampOf: (id: number) => string,
  odoo: Odoo,
): Promise<Reading[]> {
  if (ids.length === 0) return []
  const levels = await readLevels(
    warehouse,
    [
      ['id', 'in', ids],
      ['default_code', '!=', false],
    ],
    odoo,
  )
  return levels.map((level) => reading(pool, level, stampOf(level.productId)))
}

function reading(pool: string, { sku, free, onHand }: Level, stamp: string): Reading {
  const body: StockReading = { pool, sku: sku.trim(), free }
  return { key: `${TOPICS.stock}:${pool}:${body.sku}:${digest({ free, onHand, stamp })}`, topic: TOPICS.stock, body }
}
