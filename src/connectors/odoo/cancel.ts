/**
 * `sale.cancel`: whatever of the sale has not left the warehouse is cancelled. The open deliveries go first: Odoo
 * refuses that for one that just left, while cancelling the sale itself would be accepted even after everything was
 * delivered.
 */
import type { Answer } from '#core/intents.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { oneByOne, type Outbound } from '../kit/connector.ts'
import type { Client } from './client.ts'
import { externalIds, findExternal } from './external.ts'
import type { Odoo } from './odoo.ts'

const saleRow = z.object({ id: z.number(), state: z.string(), locked: z.boolean() })
const pickingRow = z.object({ id: z.number(), state: z.string() })
const moveRow = z.object({ id: z.number(), state: z.string(), quantity: z.number(), product_uom_qty: z.number() })

export function cancelSale({ client }: Odoo): Outbound<'sale.cancel'> {
  return oneByOne(
    async ({ ask }) => {
      const saleId = await findExternal(client, externalIds.sale(ask.orderRef))
      if (saleId === null) return { outcome: 'absent' }
      await cancelDeliveries(saleId, client)
      const shipped = await whatLeft(saleId, client)
      if (shipped) return { outcome: shipped }
      return cancelAll(saleId, client)
    },
    { serial: 'confirm' },
  )
}

async function cancelDeliveries(saleId: number, client: Client): Promise<void> {
  const all = await deliveries(saleId, client)
  const ids = all.filter(({ state }) => state !== 'done' && state !== 'cancel').map(({ id }) => id)
  if (ids.length === 0) return
  try {
    await client.call('stock.picking', 'action_cancel', { ids })
  } catch (error) {
    // One of them left in this moment: look again another time rather than guess.
    if (!(error instanceof Fault) || error.code !== 'odoo.user_error') throw error
    throw new Fault('conflict', 'A delivery of the sale left the warehouse while it was being cancelled.', {
      code: 'odoo.delivery_left',
      cause: error,
    })
  }
}

/** null when nothing left the warehouse. */
export async function whatLeft(saleId: number, client: Client): Promise<'partly_shipped' | 'shipped' | null> {
  const all = await deliveries(saleId, client)
  if (!all.some(({ state }) => state === 'done')) return null
  const moves = await client.search('stock.move', moveRow, [
    ['sale_line_id.order_id', '=', saleId],
    ['picking_id.picking_type_code', '=', 'outgoing'],
    ['state', 'in', ['done', 'cancel']],
  ])
  // A backorder that was cancelled leaves cancelled moves; one that was never wanted leaves a move short of its demand.
  const short = moves.some(({ state, quantity, product_uom_qty }) => state === 'cancel' || quantity < product_uom_qty)
  return short ? 'partly_shipped' : 'shipped'
}

const deliveries = (saleId: number, client: Client) =>
  client.search('stock.picking', pickingRow, [
    ['sale_id', '=', saleId],
    ['picking_type_code', '=', 'outgoing'],
  ])

async function cancelAll(saleId: number, client: Client): Promise<Answer<'sale.cancel'>> {
  const [sale] = await client.read('sale.order', saleRow, [saleId])
  if (!sale) return { outcome: 'absent' }
  if (sale.state === 'cancel') return { outcome: 'cancelled' }
  if (sale.locked) await client.call('sale.order', 'action_unlock', { ids: [saleId] })
  // Without the context Odoo 18 opens a dialogue and cancels nothing.
  await client.call('sale.order', 'action_cancel', { ids: [saleId], context: { disable_cancel_warning: true } })
  const [after] = await client.read('sale.order', saleRow, [saleId])
  if (after && after.state !== 'cancel') {
    throw new Fault('rejected', 'Odoo did not cancel the sale. Look at it there.', { code: 'odoo.not_cancelled' })
  }
  return { outcome: 'cancelled' }
}
