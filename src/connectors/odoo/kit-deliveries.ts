/**
 * Deliveries of kits. Odoo takes a kit apart in the sale: what leaves is its parts, each under the kit's own line of
 * the sale. A channel knows kits only, so a parcel holds as many as it made whole, counted over all parcels of the line
 * up to it. What a kit is made of shows in what the line planned, so no bill of materials is read.
 */
import { z } from 'zod'
import type { Client } from './client.ts'
import { idOf, link, text } from './values.ts'

export interface LeftMove {
  picking_id: [number, string] | false
  sale_line_id: [number, string] | false
  product_id: [number, string] | false
  quantity: number
}

const lineRow = z.object({ id: z.number(), product_id: link, product_uom_qty: z.number() })
const planRow = z.object({
  id: z.number(),
  picking_id: link,
  sale_line_id: link,
  product_id: link,
  product_uom_qty: z.number(),
  quantity: z.number(),
  state: z.string(),
})
const doneRow = z.object({ id: z.number(), date_done: text })

type Plan = z.infer<typeof planRow>

/** The moves, with those of kits replaced by the kits they made whole. */
export async function inKits<Move extends LeftMove>(moves: readonly Move[], client: Client): Promise<Move[]> {
  const ids = [...new Set(moves.map(({ sale_line_id }) => idOf(sale_line_id)))]
  if (ids.length === 0) return [...moves]
  const lines = new Map((await client.read('sale.order.line', lineRow, ids)).map((line) => [line.id, line]))
  const isPart = ({ sale_line_id, product_id }: Move): boolean => {
    const line = lines.get(idOf(sale_line_id))
    return line !== undefined && line.product_id !== false && idOf(line.product_id) !== idOf(product_id)
  }
  const kits = new Set(moves.filter(isPart).map(({ sale_line_id }) => idOf(sale_line_id)))
  if (kits.size === 0) return [...moves]
  const plans = await client.search('stock.move', planRow, [
    ['sale_line_id', 'in', [...kits]],
    ['picking_id.picking_type_code', '=', 'outgoing'],
  ])
  const left = [...new Set(plans.flatMap(({ state, picking_id }) => (state === 'done' ? idOf(picking_id) : [])))]
  const rows = await client.read('stock.picking', doneRow, left)
  const inOrder = rows.toSorted((a, b) => (a.date_done || '').localeCompare(b.date_done || '') || a.id - b.id)
  const order = inOrder.map(({ id }) => id)
  const told = new Set<string>()
  return moves.flatMap((move) => {
    const line = idOf(move.sale_line_id)
    if (!kits.has(line)) return [move]
    const picking = idOf(move.picking_id)
    if (told.has(`${picking} ${line}`)) return []
    told.add(`${picking} ${line}`)
    const mine = plans.filter(({ sale_line_id }) => idOf(sale_line_id) === line)
    const upTo = (at: number) => wholeBy(mine, lines.get(line)!.product_uom_qty, new Set(order.slice(0, at)))
    const at = order.indexOf(picking)
    return [{ ...move, quantity: upTo(at + 1) - upTo(at) }]
  })
}

/** Whole kits among what left with these deliveries. @param wanted kits on the line. */
function wholeBy(plans: readonly Plan[], wanted: number, pickings: ReadonlySet<number>): number {
  const byPart = Map.groupBy(plans, ({ product_id }) => idOf(product_id))
  const shares = [...byPart.values()].map((moves) => {
    // What was dropped was planned as well: without it a kit would look complete that is not.
    const planned = moves.reduce((all, { product_uom_qty }) => all + product_uom_qty, 0)
    const gone = moves.reduce(
      (all, { state, picking_id, quantity }) =>
        all + (state === 'done' && pickings.has(idOf(picking_id)) ? quantity : 0),
      0,
    )
    return planned === 0 ? Number.POSITIVE_INFINITY : gone / planned
  })
  const share = Math.min(...shares)
  return Number.isFinite(share) ? Math.floor(share * wanted + 1e-6) : 0
}
