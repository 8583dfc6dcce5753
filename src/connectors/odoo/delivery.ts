/**
 * `delivery.ensure`: what a channel has sent from the goods that lie with it has left the warehouse in Odoo, too. The
 * pieces are counted in all, so a repeat finds nothing missing. Odoo may know less stock there than the channel had:
 * what was sent has gone, and its number there falls below zero for people to see.
 */
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { oneByOne, type Outbound } from '../kit/connector.ts'
import type { Client } from './client.ts'
import { externalIds, findExternal } from './external.ts'
import type { Odoo } from './odoo.ts'
import { link } from './values.ts'

const moveRow = z.object({
  id: z.number(),
  product_id: link,
  quantity: z.number(),
  product_uom_qty: z.number(),
  state: z.string(),
  picking_id: link,
  sale_line_id: link,
  origin_returned_move_id: link,
})
type Move = z.infer<typeof moveRow>
const pickingRow = z.object({ id: z.number(), name: z.string(), state: z.string() })

export function ensureDelivery({ client }: Odoo): Outbound<'delivery.ensure'> {
  return oneByOne(async ({ ask }) => deliver(ask, client), { serial: 'confirm' })
}

async function deliver(ask: Ask<'delivery.ensure'>, client: Client): Promise<Answer<'delivery.ensure'>> {
  const wanted = new Map<number, number>()
  for (const { lineId, quantity } of ask.lines) {
    const line = await findExternal(client, externalIds.line(ask.orderRef, 'line', lineId))
    if (line === null)
      throw fault('odoo.missing', `The sale of order ${ask.orderName} has no line for ${lineId} any more.`)
    wanted.set(line, quantity)
  }
  const moves = await movesOf([...wanted.keys()], client)
  const open = new Map<number, { id: number; quantity: number }[]>()
  for (const [line, quantity] of wanted)
    for (const { move, pieces } of missing(line, quantity, moves, ask.orderName)) {
      const picking = move.picking_id ? move.picking_id[0] : 0
      open.set(picking, [...(open.get(picking) ?? []), { id: move.id, quantity: pieces }])
    }
  for (const [picking, pieces] of open) await complete(picking, pieces, ask.orderName, client)
  const after = open.size === 0 ? moves : await movesOf([...wanted.keys()], client)
  const done = after.filter(({ state }) => state === 'done').flatMap(({ picking_id }) => picking_id || [])
  return { deliveries: [...new Set(done.filter((one) => typeof one === 'string'))].sort() }
}

/** What was taken back is no delivery. */
async function movesOf(lines: readonly number[], client: Client): Promise<Move[]> {
  const all = await client.search('stock.move', moveRow, [
    ['sale_line_id', 'in', [...lines]],
    ['state', '!=', 'cancel'],
  ])
  return all.filter((move) => !move.origin_returned_move_id)
}

/** Which open moves make up what is missing of a line, and with how many pieces. */
function missing(
  line: number,
  quantity: number,
  all: readonly Move[],
  order: string,
): { move: Move; pieces: number }[] {
  const moves = all.filter(({ sale_line_id }) => sale_line_id && sale_line_id[0] === line)
  const products = new Set(moves.map(({ product_id }) => product_id && product_id[0]))
  if (products.size > 1)
    throw fault(
      'odoo.delivery_of_kit',
      `A line of order ${order} is delivered as the parts of a kit. Validate it in Odoo.`,
    )
  let left = quantity - moves.reduce((sum, move) => sum + (move.state === 'done' ? move.quantity : 0), 0)
  const found: { move: Move; pieces: number }[] = []
  for (const move of moves.filter(({ state }) => state !== 'done')) {
    const pieces = Math.min(left, move.product_uom_qty)
    if (pieces > 0) found.push({ move, pieces })
    left -= Math.max(0, pieces)
  }
  if (left > 0)
    throw fault(
      'odoo.delivery_too_much',
      `The channel sent ${left} pieces more of order ${order} than Odoo is to deliver.`,
    )
  return found
}

async function complete(
  picking: number,
  pieces: readonly { id: number; quantity: number }[],
  order: string,
  client: Client,
): Promise<void> {
  for (const { id, quantity } of pieces)
    await client.call('stock.move', 'write', { ids: [id], args: [{ quantity, picked: true }] })
  // What the channel has not sent yet stays in a delivery of its own.
  await client.call('stock.picking', 'button_validate', {
    ids: [picking],
    context: { skip_sms: true, skip_backorder: true },
  })
  const [after] = await client.read('stock.picking', pickingRow, [picking])
  if (after?.state !== 'done')
    throw fault(
      'odoo.not_delivered',
      `Odoo did not complete the delivery of order ${order}. Validate it there, then retry.`,
    )
}

const fault = (code: string, message: string) => new Fault('rejected', message, { code })
