/**
 * After goods and money went back, a sale still says what was once ordered. Where products are billed by what was
 * ordered, the next run of Odoo's invoicing would bill the returned pieces again: so the quantity follows what is with
 * the customer, and billed.
 */
import { z } from 'zod'
import type { Client } from './client.ts'
import { link } from './values.ts'

const lineRow = z.object({
  id: z.number(),
  product_uom_qty: z.number(),
  qty_delivered: z.number(),
  qty_invoiced: z.number(),
})
const moveRow = z.object({ id: z.number(), sale_line_id: link })
const saleRow = z.object({ id: z.number(), locked: z.boolean(), state: z.string(), order_line: z.array(z.number()) })
export type SettledSale = z.infer<typeof saleRow>

export const readSettled = async (saleId: number, client: Client): Promise<SettledSale | undefined> =>
  (await client.read('sale.order', saleRow, [saleId]))[0]

/** Lines of which something is still to be delivered are left alone. */
export async function settleQuantities(sale: SettledSale, lineIds: readonly number[], client: Client): Promise<void> {
  if (sale.state !== 'sale') return
  const lines = await client.read('sale.order.line', lineRow, [...new Set(lineIds)])
  // While more is billed than is with the customer a credit note is still to come, and settles it. More than what is
  // there must never be written: Odoo would deliver the difference anew.
  const over = lines.filter(
    (line) => line.qty_invoiced <= line.qty_delivered && line.qty_delivered < line.product_uom_qty,
  )
  const open = over.length === 0 ? [] : await client.search('stock.move', moveRow, [
    ['sale_line_id', 'in', over.map(({ id }) => id)],
    ['state', 'not in', ['done', 'cancel']],
  ]) // prettier-ignore
  const changes = over.filter(({ id }) => !open.some(({ sale_line_id: of }) => of && of[0] === id))
  const saleId = sale.id
  if (changes.length > 0 && sale.locked) await client.call('sale.order', 'action_unlock', { ids: [saleId] })
  for (const { id, qty_delivered: quantity } of changes)
    await client.call('sale.order.line', 'write', { ids: [id], args: [{ product_uom_qty: quantity }] })
  // Also what an attempt that broke off left open.
  if (changes.length > 0 || !sale.locked) await client.call('sale.order', 'action_lock', { ids: [saleId] })
}
