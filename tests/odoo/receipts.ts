/**
 * Goods on their way to a real Odoo, as its people deal with them: expected, put off, fewer, received in parts, called
 * off.
 */
import type { Rpc } from './server.ts'

const OPEN = ['state', 'not in', ['done', 'cancel']] as const

export async function openReceipts(rpc: Rpc) {
  const [warehouse] = await rpc.search('stock.warehouse', [['company_id', '=', 1]], ['lot_stock_id', 'in_type_id'])
  const [vendors] = await rpc.search('stock.location', [['usage', '=', 'supplier']], [])

  const movesOf = (receipt: number) => rpc.search('stock.move', [['picking_id', '=', receipt], OPEN], [])

  return {
    /** @param date as 2026-12-05. @returns the receipt. */
    async expect(sku: string, pieces: number, date: string): Promise<number> {
      const [product] = await rpc.search('product.product', [['default_code', '=', sku]], [])
      const places = { location_id: vendors!.id, location_dest_id: warehouse!['lot_stock_id'] }
      const move = { ...places, name: sku, product_id: product!.id, product_uom_qty: pieces }
      const values = { ...places, picking_type_id: warehouse!['in_type_id'], move_ids: [[0, 0, move]] }
      const receipt = (await rpc.call('stock.picking', 'create', [values])) as number
      await rpc.call('stock.picking', 'action_confirm', [[receipt]])
      await rpc.call('stock.picking', 'write', [[receipt], { scheduled_date: `${date} 08:00:00` }])
      return receipt
    },

    async replan(receipt: number, { date, pieces }: { date?: string; pieces?: number }): Promise<void> {
      if (date !== undefined)
        await rpc.call('stock.picking', 'write', [[receipt], { scheduled_date: `${date} 08:00:00` }])
      const moves = (await movesOf(receipt)).map(({ id }) => id)
      if (pieces !== undefined) await rpc.call('stock.move', 'write', [moves, { product_uom_qty: pieces }])
    },

    /** What is missing is still expected. */
    async receive(receipt: number, pieces: number): Promise<void> {
      const moves = (await movesOf(receipt)).map(({ id }) => id)
      await rpc.call('stock.move', 'write', [moves, { quantity: pieces, picked: true }])
      const context = { skip_sms: true, skip_backorder: true }
      const done = await rpc.call('stock.picking', 'button_validate', [[receipt]], { context })
      if (done !== true) throw new Error(`Odoo asks instead of receiving ${receipt}: ${JSON.stringify(done)}`)
    },

    /** Nothing of it comes any more. */
    async callOff(sku: string): Promise<void> {
      const open = await rpc.search('stock.picking', [['picking_type_code', '=', 'incoming'], ['product_id.default_code', '=', sku], OPEN], []) // prettier-ignore
      await rpc.call('stock.picking', 'action_cancel', [open.map(({ id }) => id)])
    },
  }
}
