/**
 * `return.ensure`: pieces that had left are back in the warehouse, exactly once. Odoo makes a return of a delivery with
 * a name of its own choice, so the mark that tells ours apart is written a moment later; a return without one, of just
 * these pieces and not received yet, is the same goods: an attempt that broke off, or announced by a person.
 */
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { oneByOne, type Outbound } from '../kit/connector.ts'
import type { Client } from './client.ts'
import { externalIds, findExternal, findLines } from './external.ts'
import type { Odoo } from './odoo.ts'
import { readSettled, settleQuantities } from './sale-quantities.ts'
import { originOf } from './sale-rows.ts'
import { idOf, link, text } from './values.ts'

const moveRow = z.object({
  id: z.number(),
  product_id: link,
  quantity: z.number(),
  product_uom_qty: z.number(),
  state: z.string(),
  picking_id: link,
  sale_line_id: link,
  location_id: link,
  origin_returned_move_id: link,
})
type Move = z.infer<typeof moveRow>
const pickingRow = z.object({
  id: z.number(),
  name: z.string(),
  state: z.string(),
  origin: text,
  move_line_ids: z.array(z.number()),
})
const actionRow = z.object({ res_id: z.number() })
const placeRow = z.object({ id: z.number(), lot_stock_id: link })

/** Pieces of one delivery's move that come back. */
interface Taken {
  move: Move
  quantity: number
}

export function ensureReturn(odoo: Odoo): Outbound<'return.ensure'> {
  return oneByOne(async ({ ask }) => bookAll(ask, odoo), { serial: 'confirm' })
}

async function bookAll(ask: Ask<'return.ensure'>, odoo: Odoo): Promise<Answer<'return.ensure'>> {
  const { client } = odoo
  const saleId = await findExternal(client, externalIds.sale(ask.orderRef))
  const sale = saleId === null ? undefined : await readSettled(saleId, client)
  if (!sale) throw fault('odoo.missing', `The sale of ${ask.orderRef} is not in Odoo any more.`)
  const lineIds = ask.lines.map(({ lineId }) => lineId)
  const saleLines = await findLines(client, ask.orderRef, sale.order_line, lineIds)
  const unknown = lineIds.find((lineId) => !saleLines.has(lineId))
  if (unknown !== undefined) throw fault('odoo.return_too_much', `The sale has no line for ${unknown} of the order.`)
  const deliveries: string[] = []
  for (const disposition of ['sellable', 'damaged'] as const) {
    const lines = ask.lines.filter((line) => line.disposition === disposition)
    if (lines.length === 0) continue
    const wanted = new Map<number, number>()
    for (const { lineId, quantity } of lines) {
      const id = saleLines.get(lineId)!
      wanted.set(id, (wanted.get(id) ?? 0) + quantity)
    }
    const place = disposition === 'sellable' ? await shelf(ask.warehouse, odoo) : await scrap(odoo)
    const mark = `${originOf(ask.orderRef)}:back:${ask.key}:${disposition}`
    deliveries.push(...(await book(wanted, place, mark, client)))
  }
  await settleQuantities(sale, [...saleLines.values()], client)
  return { deliveries }
}

/** @param wanted pieces by line of the sale. @returns names of the returns that stand for them. */
async function book(wanted: Map<number, number>, place: number, mark: string, client: Client): Promise<string[]> {
  const moves = await client.search('stock.move', moveRow, [
    ['sale_line_id', 'in', [...wanted.keys()]],
    ['state', '!=', 'cancel'],
  ])
  const backs = moves.filter(({ origin_returned_move_id: of }) => of)
  const ids = [...new Set(backs.flatMap(({ picking_id }) => (picking_id ? [picking_id[0]] : [])))]
  const returns = ids.length === 0 ? [] : await client.read('stock.picking', pickingRow, ids)
  const ours = returns.filter(({ origin }) => origin === mark)
  const done = new Map<number, number>()
  for (const back of backs)
    if (ours.some(({ id }) => back.picking_id && back.picking_id[0] === id)) count(done, back, piecesOf(back))
  const left = new Map([...wanted].map(([line, quantity]) => [line, quantity - (done.get(line) ?? 0)]))
  const names: string[] = []
  for (const one of ours) names.push(await receive(one.id, place, client))
  for (const [delivery, taken] of Map.groupBy(allocate(left, moves, adoptable(returns, backs)), pickingOf)) {
    const known = returns.find((one) => isOpen(one) && one.origin !== mark && isSame(one.id, taken, backs))
    const id = known?.id ?? (await create(delivery, taken, client))
    await client.call('stock.picking', 'write', { ids: [id], args: [{ origin: mark }] })
    names.push(await receive(id, place, client))
  }
  return names
}

const isOpen = ({ state, origin }: z.infer<typeof pickingRow>): boolean =>
  state !== 'done' && state !== 'cancel' && !(origin || '').includes(':back:')

/** Returns that were announced and not received: they take no pieces away from what may come back. */
const adoptable = (returns: readonly z.infer<typeof pickingRow>[], backs: readonly Move[]): ReadonlySet<number> => {
  const open = new Set(returns.filter(isOpen).map(({ id }) => id))
  return new Set(backs.filter(({ picking_id }) => picking_id && open.has(picking_id[0])).map(({ id }) => id))
}

const piecesOf = ({ state, quantity, product_uom_qty: planned }: Move): number =>
  state === 'done' ? quantity : planned
const pickingOf = ({ move }: Taken): number => idOf(move.picking_id)

function count(sums: Map<number, number>, { sale_line_id: line }: Move, quantity: number): void {
  if (line) sums.set(line[0], (sums.get(line[0]) ?? 0) + quantity)
}

/** Which deliveries the pieces are taken back from, the oldest first. Odoo itself would take back any number. */
function allocate(wanted: ReadonlyMap<number, number>, moves: readonly Move[], ignored: ReadonlySet<number>): Taken[] {
  const taken: Taken[] = []
  const back = new Map<number, number>()
  for (const move of moves) {
    const of = move.origin_returned_move_id
    if (of && !ignored.has(move.id)) back.set(of[0], (back.get(of[0]) ?? 0) + piecesOf(move))
  }
  for (const [line, quantity] of wanted) {
    let left = quantity
    for (const move of moves) {
      if (move.origin_returned_move_id || move.state !== 'done' || !move.sale_line_id || move.sale_line_id[0] !== line)
        continue
      const part = Math.min(left, Math.max(0, move.quantity - (back.get(move.id) ?? 0)))
      if (part > 0) taken.push({ move, quantity: part })
      left -= part
    }
    if (left > 0)
      throw fault('odoo.return_too_much', `${left} pieces more are to come back than had left by Odoo's deliveries.`)
  }
  return taken
}

function isSame(id: number, taken: readonly Taken[], backs: readonly Move[]): boolean {
  const lines = backs.filter(({ picking_id }) => picking_id && picking_id[0] === id)
  return (
    lines.length === taken.length &&
    taken.every(({ move, quantity }) =>
      lines.some((one) => {
        const of = one.origin_returned_move_id
        return of && of[0] === move.id && one.product_uom_qty === quantity
      }),
    )
  )
}

async function create(delivery: number, taken: readonly Taken[], client: Client): Promise<number> {
  const wizard = await client.create('stock.return.picking', {
    picking_id: delivery,
    product_return_moves: taken.map(({ move, quantity }) => [
      0,
      0,
      { product_id: idOf(move.product_id), quantity, move_id: move.id, to_refund: true },
    ]),
  })
  const action = actionRow.parse(await client.call('stock.return.picking', 'action_create_returns', { ids: [wizard] }))
  return action.res_id
}

/** Puts the pieces where they are and says that they arrived. */
async function receive(id: number, place: number, client: Client): Promise<string> {
  const [picking] = await client.read('stock.picking', pickingRow, [id])
  if (!picking) throw fault('odoo.missing', 'A return vanished from Odoo while it was being received.')
  if (picking.state === 'done') return picking.name
  // The details go where they were planned to go, whatever is written on the delivery later: both have to be said.
  const details = picking.move_line_ids.map((detail) => [1, detail, { location_dest_id: place }])
  await client.call('stock.picking', 'write', {
    ids: [id],
    args: [{ location_dest_id: place, move_line_ids: details }],
  })
  await client.call('stock.picking', 'button_validate', {
    ids: [id],
    context: { skip_sms: true, skip_backorder: true },
  })
  const [after] = await client.read('stock.picking', pickingRow, [id])
  if (after?.state === 'done') return after.name
  throw fault('odoo.not_received', `Odoo did not receive the return ${picking.name}. Validate it there, then retry.`)
}

async function shelf(pool: string, { client, directory }: Odoo): Promise<number> {
  const { id } = await directory.warehouse(pool)
  const [row] = await client.read('stock.warehouse', placeRow, [id])
  if (row?.lot_stock_id) return row.lot_stock_id[0]
  throw fault('odoo.missing', `The warehouse ${pool} has no stock location in Odoo.`)
}

/** Where nothing is sold from: the location named for it, or Odoo's own for scrap. */
async function scrap({ client, config }: Odoo): Promise<number> {
  const row = z.object({ id: z.number() })
  const named = config.damagedLocation
  const [found] = await client.search(
    'stock.location',
    row,
    named ? [['complete_name', '=', named]] : [['scrap_location', '=', true], ['company_id', 'in', [config.company, false]]],
  ) // prettier-ignore
  if (found) return found.id
  throw fault('odoo.damaged_location', 'Odoo has no location for damaged goods.')
}

const fault = (code: string, message: string) => new Fault('rejected', message, { code })
