/**
 * `delivery.ensure`: pieces of a sale have left a warehouse that others run, exactly once. The open delivery is done
 * for just these pieces and the rest waits in a backorder. The parcel's key stands in the delivery's origin; a
 * backorder inherits that, so only a delivery that is done counts as ours.
 */
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { oneByOne, type Outbound } from '../kit/connector.ts'
import type { Client } from './client.ts'
import { externalIds, findExternal } from './external.ts'
import type { Odoo } from './odoo.ts'
import { idOf, link, text } from './values.ts'

const pickingRow = z.object({ id: z.number(), name: z.string(), state: z.string(), origin: text })
type Picking = z.infer<typeof pickingRow>
const moveRow = z.object({
  id: z.number(),
  picking_id: link,
  sale_line_id: link,
  product_id: link,
  product_uom_qty: z.number(),
  quantity: z.number(),
  state: z.string(),
})
type Move = z.infer<typeof moveRow>
const lineRow = z.object({ id: z.number(), product_id: link, product_uom_qty: z.number() })

const isOpen = ({ state }: { state: string }): boolean => state !== 'done' && state !== 'cancel'

export function ensureDelivery(odoo: Odoo): Outbound<'delivery.ensure'> {
  return oneByOne(({ ask }) => book(ask, odoo), { serial: 'confirm' })
}

async function book(ask: Ask<'delivery.ensure'>, odoo: Odoo): Promise<Answer<'delivery.ensure'>> {
  const { client, directory } = odoo
  const saleId = await findExternal(client, externalIds.sale(ask.orderRef))
  if (saleId === null) throw fault('odoo.missing', `The sale of ${ask.orderRef} is not in Odoo any more.`)
  const pickings = await client.search('stock.picking', pickingRow, [
    ['sale_id', '=', saleId],
    ['picking_type_code', '=', 'outgoing'],
    ['picking_type_id.warehouse_id', '=', (await directory.warehouse(ask.warehouse)).id],
  ])
  const moves = await movesOf(ask, client)
  const ours = pickings.filter(({ state, origin }) => state === 'done' && (origin || '').endsWith(mark(ask.key)))
  const wanted = await wantedOf(ask, moves, client)
  for (const move of moves)
    if (ours.some(({ id }) => id === idOf(move.picking_id))) add(wanted, nameOf(move), -move.quantity)
  const open = pickings.filter(isOpen).toSorted((a, b) => a.id - b.id)
  const taken = take(wanted, open, moves)
  const done = ours.map(({ id, name }) => ({ id: String(id), name }))
  for (const [picking, pieces] of taken) done.push(await finish(picking, pieces, ask, client))
  return { deliveries: done }
}

const mark = (key: string): string => ` | ${key}`
const nameOf = ({ sale_line_id, product_id }: Move): string => `${idOf(sale_line_id)} ${idOf(product_id)}`
const add = (to: Map<string, number>, name: string, pieces: number) => void to.set(name, (to.get(name) ?? 0) + pieces)

const movesOf = ({ lines }: Ask<'delivery.ensure'>, client: Client): Promise<Move[]> =>
  client.search('stock.move', moveRow, [
    ['sale_line_id', 'in', lines.map(({ saleLineId }) => Number(saleLineId))],
    ['picking_id.picking_type_code', '=', 'outgoing'],
    ['state', '!=', 'cancel'],
  ])

/** Pieces by line and product. Odoo takes a kit apart: what leaves of it is its parts, in the planned proportion. */
async function wantedOf({ lines }: Ask<'delivery.ensure'>, moves: readonly Move[], client: Client) {
  const wanted = new Map<string, number>()
  const rows = await client.read('sale.order.line', lineRow, [...new Set(lines.map((one) => Number(one.saleLineId)))])
  for (const { saleLineId, quantity } of lines) {
    const row = rows.find(({ id }) => String(id) === saleLineId)
    if (!row) throw fault('odoo.missing', `Line ${saleLineId} of the sale is not in Odoo any more.`)
    const mine = moves.filter((move) => idOf(move.sale_line_id) === row.id)
    for (const [product, planned] of Map.groupBy(mine, ({ product_id }) => idOf(product_id))) {
      const all = planned.reduce((sum, { product_uom_qty }) => sum + product_uom_qty, 0)
      const each = product === idOf(row.product_id) ? 1 : all / row.product_uom_qty
      add(wanted, `${row.id} ${product}`, quantity * each)
    }
    if (mine.length === 0) throw tooMuch(quantity)
  }
  return wanted
}

/** What is taken from which delivery: from one that has all of it, or from the oldest on. */
function take(
  wanted: Map<string, number>,
  open: readonly Picking[],
  moves: readonly Move[],
): Map<Picking, Map<number, number>> {
  const has = ({ id }: Picking, [name, pieces]: [string, number]): boolean =>
    moves.reduce(
      (all, move) => all + (idOf(move.picking_id) === id && nameOf(move) === name ? move.product_uom_qty : 0),
      0,
    ) >= pieces
  const left = [...wanted].filter(([, pieces]) => pieces > 0)
  const whole = open.find((picking) => left.every((one) => has(picking, one)))
  const taken = new Map<Picking, Map<number, number>>()
  for (const [name, pieces] of left) {
    let rest = pieces
    for (const picking of whole ? [whole] : open) {
      for (const move of moves.filter(
        (one) => idOf(one.picking_id) === picking.id && nameOf(one) === name && isOpen(one),
      )) {
        const part = Math.min(rest, move.product_uom_qty)
        if (part <= 0) continue
        const mine = taken.get(picking) ?? new Map<number, number>()
        taken.set(picking, mine.set(move.id, part))
        rest -= part
      }
    }
    if (rest > 0) throw tooMuch(rest)
  }
  return taken
}

async function finish(
  { id, name, origin }: Picking,
  pieces: ReadonlyMap<number, number>,
  { key, trackingNumber }: Ask<'delivery.ensure'>,
  client: Client,
): Promise<{ id: string; name: string }> {
  // Whatever an attempt that broke off, or a person, had marked as picked is not what left now.
  const all = await client.search('stock.move', z.object({ id: z.number(), picked: z.boolean(), state: z.string() }), [
    ['picking_id', '=', id],
  ])
  const others = all.filter((move) => isOpen(move) && move.picked && !pieces.has(move.id)).map((move) => move.id)
  if (others.length > 0) await client.call('stock.move', 'write', { ids: others, args: [{ picked: false }] })
  for (const [move, quantity] of pieces)
    await client.call('stock.move', 'write', { ids: [move], args: [{ quantity, picked: true }] })
  const base = (origin || '').split(' | ')[0]
  const written = { origin: `${base}${mark(key)}`, ...(trackingNumber ? { carrier_tracking_ref: trackingNumber } : {}) }
  await client.call('stock.picking', 'write', { ids: [id], args: [written] })
  await client.call('stock.picking', 'button_validate', {
    ids: [id],
    context: { skip_sms: true, skip_backorder: true },
  })
  const [after] = await client.read('stock.picking', pickingRow, [id])
  if (after?.state === 'done') return { id: String(id), name }
  throw fault('odoo.not_delivered', `Odoo did not take delivery ${name} as done. Validate it there, then retry.`)
}

const tooMuch = (pieces: number): Fault =>
  fault(
    'odoo.deliver_too_much',
    `${pieces} pieces more have left than Odoo has open deliveries for. Look whether they were cancelled or booked there.`,
  )

const fault = (code: string, message: string) => new Fault('rejected', message, { code })
