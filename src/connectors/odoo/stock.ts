/** Free stock as Odoo sees it, in whole pieces. */
import { z } from 'zod'
import type { Client, Domain } from './client.ts'
import type { Directory } from './directory.ts'
import { link, text } from './values.ts'

export interface Level {
  productId: number
  sku: string
  /** On hand, less everything promised to confirmed orders, reserved or not. May be negative. */
  free: number
  onHand: number
}

const levelRow = z.object({
  id: z.number(),
  default_code: text,
  free_qty: z.number(),
  qty_available: z.number(),
  outgoing_qty: z.number(),
})
const kitRow = levelRow.extend({ is_kits: z.boolean() })

/** Levels by SKU; two for a SKU that two products share. */
export async function readStock(
  pool: string,
  skus: readonly string[],
  client: Client,
  directory: Directory,
): Promise<Map<string, Level[]>> {
  const { id } = await directory.warehouse(pool)
  return Map.groupBy(await readLevels(id, [['default_code', 'in', skus]], { client, directory }), ({ sku }) => sku)
}

/**
 * `free_qty` leaves out only what is reserved; an order confirmed without stock is promised all the same. The context
 * key is `warehouse_id`: `warehouse`, as it was called up to 16, is ignored without a word.
 *
 * Of a kit there is nothing here: what Odoo says of it is what its parts would allow, and those are on sale by
 * themselves. The hub counts the kits it is told of (`policy.kits`) by itself.
 */
export async function readLevels(
  warehouseId: number,
  domain: Domain,
  { client, directory }: { client: Client; directory: Directory },
  limit?: number,
): Promise<Level[]> {
  const row = (await directory.knowsKits()) ? kitRow : levelRow
  const rows: (z.infer<typeof levelRow> & { is_kits?: boolean })[] = await client.search(
    'product.product',
    row,
    domain,
    {
      context: { warehouse_id: warehouseId },
      ...(limit === undefined ? {} : { limit }),
    },
  )
  const aside = await lyingAside(
    warehouseId,
    rows.map(({ id }) => id),
    { client, directory },
  )
  return rows.map(({ id, default_code, free_qty, qty_available, outgoing_qty, is_kits: kit = false }) => {
    const { quantity, free } = aside.get(id) ?? { quantity: 0, free: 0 }
    const onHand = qty_available - quantity
    return {
      productId: id,
      sku: default_code || '',
      free: kit ? 0 : pieces(Math.min(free_qty - free, onHand - outgoing_qty)),
      onHand: kit ? 0 : pieces(onHand),
    }
  })
}

const quantRow = z.object({
  id: z.number(),
  product_id: link,
  quantity: z.number(),
  reserved_quantity: z.number(),
})

/**
 * By product, what Odoo counts for a warehouse though it lies on no shelf of it. Its sums ask where a location is, not
 * what it is: goods in a transit location that somebody made inside the warehouse are on hand and free to it.
 */
async function lyingAside(
  warehouseId: number,
  products: readonly number[],
  { client, directory }: { client: Client; directory: Directory },
): Promise<ReadonlyMap<number, { quantity: number; free: number }>> {
  const sums = new Map<number, { quantity: number; free: number }>()
  const places = products.length === 0 ? [] : await directory.offShelf(warehouseId)
  if (places.length === 0) return sums
  const quants = await client.search('stock.quant', quantRow, [
    ['location_id', 'in', places],
    ['product_id', 'in', products],
  ])
  for (const { product_id, quantity, reserved_quantity } of quants) {
    if (!product_id) continue
    const sum = sums.get(product_id[0]) ?? { quantity: 0, free: 0 }
    sums.set(product_id[0], { quantity: sum.quantity + quantity, free: sum.free + quantity - reserved_quantity })
  }
  return sums
}

/** Rounded down, but not by the noise of a float that means a whole number. */
const pieces = (quantity: number): number => Math.floor(quantity + 1e-6) + 0
