/** What an order needs from stock: pieces per SKU, summed over its lines, in a fixed order. */
import type { Order } from '#canon/order.ts'

export interface Demand {
  sku: string
  quantity: number
}

/** What one piece of news says happened to the pieces of one SKU since the news before. */
export interface Move {
  sku: string
  /** Pieces wanted more, or (negative) fewer. */
  change: number
  /** Pieces the channel took off its shelf. */
  sold: number
  /** Pieces the channel itself put back on its shelf. */
  restocked: number
}

type Line = Order['lines'][number]

const moves = (line: Line): boolean => line.sku !== null && line.requiresShipping && !line.giftCard

/** Goods that lie with the channel are none of our stock. */
const linesOf = ({ lines, fulfilledBy }: Order): readonly Line[] => (fulfilledBy === 'channel' ? [] : lines)

export function demandOf(order: Order): Demand[] {
  const pieces = new Map<string, number>()
  for (const line of linesOf(order)) {
    if (!moves(line) || line.quantity === 0) continue
    pieces.set(line.sku!, (pieces.get(line.sku!) ?? 0) + line.quantity)
  }
  return [...pieces].map(([sku, quantity]) => ({ sku, quantity })).sort((a, b) => (a.sku < b.sku ? -1 : 1))
}

/**
 * A cancelled order with what it wanted before. After a restore nobody knows whether its goods have left: they count as
 * held until the ERP has said what there was to cancel.
 */
export const asItWas = (order: Order): Order => ({
  ...order,
  lines: order.lines.map((line) => ({ ...line, quantity: Math.max(line.quantity, line.ordered - line.restocked) })),
})

/** @param before null when the order is news itself. */
export function movesBetween(before: Order | null, after: Order): Move[] {
  const found = new Map<string, Move>()
  const count = (sku: string, { change, sold, restocked }: Omit<Move, 'sku'>) => {
    const move = found.get(sku) ?? { sku, change: 0, sold: 0, restocked: 0 }
    found.set(sku, { sku, change: move.change + change, sold: move.sold + sold, restocked: move.restocked + restocked })
  }
  const known = new Map((before ? linesOf(before) : []).filter(moves).map((line) => [`${line.id} ${line.sku}`, line]))
  for (const line of linesOf(after).filter(moves)) {
    const name = `${line.id} ${line.sku}`
    count(line.sku!, moveOf(known.get(name) ?? { quantity: 0, ordered: 0, restocked: 0 }, line))
    known.delete(name)
  }
  for (const { sku, quantity, offShelf = 0 } of known.values())
    count(sku!, { change: -quantity, sold: 0, restocked: offShelf })
  return [...found.values()].filter(isMove).sort((a, b) => (a.sku < b.sku ? -1 : 1))
}

/** Whether anything moved at all. */
export const isMove = ({ change, sold, restocked }: Move): boolean => change !== 0 || sold > 0 || restocked > 0

type Pieces = Pick<Line, 'quantity' | 'ordered' | 'restocked' | 'offShelf'>

function moveOf(before: Pieces, after: Pieces): Omit<Move, 'sku'> {
  const change = after.quantity - before.quantity
  if (after.offShelf !== undefined) {
    const taken = after.offShelf - (before.offShelf ?? 0)
    return { change, sold: Math.max(0, taken), restocked: Math.max(0, -taken) }
  }
  return {
    change,
    sold: Math.max(0, after.ordered - before.ordered),
    restocked: Math.max(0, after.restocked - before.restocked),
  }
}
