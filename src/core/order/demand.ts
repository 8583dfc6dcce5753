/** What an order needs from stock: pieces per SKU, summed over its lines, in a fixed order. */
import type { Order } from '#canon/order.ts'

export interface Demand {
  sku: string
  quantity: number
}

/** What one piece of news says happened to the pieces of one SKU since the news before. */
export interface Move {
  sku: string
  /** Where, when the channel says so; else at home. */
  pool?: string
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

type Pieces = Pick<Line, 'quantity' | 'ordered' | 'restocked'> & { offShelf?: number | undefined }
type Stack = Pieces & { sku: string; pool?: string }

/** A line as it lies in one place, or in several. What lies in a place that is none of ours is not counted. */
const stacksOf = (order: Order, poolOf: (locationId: string) => string | null): [string, Stack][] =>
  linesOf(order)
    .filter(moves)
    .flatMap((line): [string, Stack][] => {
      const [name, sku] = [`${line.id} ${line.sku}`, line.sku!]
      if (!line.shelves) return [[name, { ...line, sku }]]
      return line.shelves.flatMap(({ locationId, quantity, offShelf }): [string, Stack][] => {
        const pool = poolOf(locationId)
        return pool === null
          ? []
          : [[`${name} ${locationId}`, { sku, pool, quantity, offShelf, ordered: 0, restocked: 0 }]]
      })
    })

/**
 * @param before null when the order is news itself.
 * @param poolOf of a place of the channel.
 */
export function movesBetween(
  before: Order | null,
  after: Order,
  poolOf: (locationId: string) => string | null = () => null,
): Move[] {
  const found = new Map<string, Move>()
  const count = ({ sku, pool }: Stack, { change, sold, restocked }: Omit<Move, 'sku'>) => {
    const name = `${sku} ${pool ?? ''}`
    const move = found.get(name) ?? { sku, ...(pool !== undefined && { pool }), change: 0, sold: 0, restocked: 0 }
    found.set(name, {
      ...move, change: move.change + change, sold: move.sold + sold, restocked: move.restocked + restocked,
    }) // prettier-ignore
  }
  const known = new Map(before ? stacksOf(before, poolOf) : [])
  for (const [name, stack] of stacksOf(after, poolOf)) {
    count(stack, moveOf(known.get(name) ?? { quantity: 0, ordered: 0, restocked: 0 }, stack))
    known.delete(name)
  }
  // Told by the line before, and by the place now: what the line had is put back where it was counted.
  const byPlace = after.lines.some(({ shelves }) => shelves)
  for (const stack of known.values()) {
    const { quantity, ordered, restocked, offShelf = byPlace ? ordered - restocked : 0 } = stack
    count(stack, { change: -quantity, sold: Math.max(0, -offShelf), restocked: Math.max(0, offShelf) })
  }
  return [...found.values()].filter(isMove).sort(byName)
}

const byName = (a: Move, b: Move): number =>
  a.sku === b.sku ? ((a.pool ?? '') < (b.pool ?? '') ? -1 : 1) : a.sku < b.sku ? -1 : 1

/**
 * What is left to do once the ERP may have the sale, or another pool is asked: a hold ends only with what they say,
 * since goods may be on their way already. Pieces that changed places in the channel are held where they were.
 */
export function keptMoves(all: readonly Move[], homeOf: (sku: string) => string): Move[] {
  const still = all.map((move) => ({ ...move, change: 0 }))
  const more = [...Map.groupBy(all, ({ sku }) => sku)].flatMap(([sku, group]): Move[] => {
    const change = group.reduce((sum, move) => sum + move.change, 0)
    const [only] = group
    if (change <= 0) return []
    const pool = only!.pool === undefined ? {} : { pool: homeOf(sku) }
    return [{ sku, ...pool, change, sold: 0, restocked: 0 }]
  })
  const joined = new Map<string, Move>()
  for (const move of [...still, ...more]) {
    const name = `${move.sku} ${move.pool ?? ''}`
    const known = joined.get(name)
    joined.set(name, known ? { ...known, change: known.change + move.change } : move)
  }
  return [...joined.values()].filter(isMove).sort(byName)
}

/** Whether anything moved at all. */
export const isMove = ({ change, sold, restocked }: Move): boolean => change !== 0 || sold > 0 || restocked > 0

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
