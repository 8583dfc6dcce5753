/** Kits: bills of materials that are taken apart in the sale. The kit itself never lies anywhere. */
import type { Row } from './database.ts'
import type { World } from './world.ts'

export interface BomPart {
  product: number
  /** Pieces in one kit. */
  each: number
}

/** Down to what lies on shelves; null for a product that is no kit. */
export function partsOf(world: World, product: number): BomPart[] | null {
  const [id] = world.db.where('mrp.bom', 'product_id', product)
  if (id === undefined) return null
  const sums = new Map<number, number>()
  for (const line of world.db.where('mrp.bom.line', 'bom_id', id)) {
    const { product_id: part, product_qty: each } = world.db.row('mrp.bom.line', line)! as Row & Record<string, number>
    for (const one of partsOf(world, part!) ?? [{ product: part!, each: 1 }]) {
      sums.set(one.product, (sums.get(one.product) ?? 0) + each! * one.each)
    }
  }
  return [...sums].map(([part, each]) => ({ product: part, each }))
}

/** How many whole kits there are in so many of each part. */
export const wholeKits = (parts: readonly BomPart[], piecesOf: (product: number) => number): number =>
  Math.floor(Math.min(...parts.map(({ product, each }) => piecesOf(product) / each)))
