/** What a kit is made of, down to the goods that lie on shelves: a kit within a kit counts by its own parts. */
import type { KitPolicy, Policy } from '../policy.ts'

export interface Part {
  sku: string
  /** Pieces in one kit. */
  quantity: number
}

/** A kit as the rules have it now. */
export interface Recipe {
  /** In the order of their SKUs: kits that want the same goods ask for them in the same order. */
  parts: readonly Part[]
  upTo: number
  share: number
}

/** Null for a SKU that is no kit. @throws Error when a kit is among its own parts. */
export function recipeOf({ kits }: Pick<Policy, 'kits'>, sku: string): Recipe | null {
  const kit = kits && Object.hasOwn(kits, sku) ? kits[sku]! : null
  return kits && kit ? { parts: piecesOf(kits, sku), upTo: kit.upTo, share: kit.share } : null
}

/** What lies on shelves, in one kit, in the order of the SKUs. @throws Error when it is among its own parts. */
export function piecesOf(kits: Readonly<Record<string, Pick<KitPolicy, 'parts'>>>, sku: string): Part[] {
  const pieces = new Map<string, number>()
  const add = (parts: KitPolicy['parts'], times: number, within: readonly string[]): void => {
    for (const [part, quantity] of Object.entries(parts)) {
      if (within.includes(part)) throw new Error(`the kit ${part} is among its own parts`)
      if (Object.hasOwn(kits, part)) add(kits[part]!.parts, times * quantity, [...within, part])
      else pieces.set(part, (pieces.get(part) ?? 0) + times * quantity)
    }
  }
  add(kits[sku]!.parts, 1, [sku])
  return [...pieces].map(([part, quantity]) => ({ sku: part, quantity })).sort((a, b) => (a.sku < b.sku ? -1 : 1))
}

/** Names what the rules say of a SKU: equal rules, equal name. Nothing for one that is no kit. */
export function ruleOf(policy: Pick<Policy, 'kits'>, sku: string): string {
  const recipe = recipeOf(policy, sku)
  if (!recipe) return ''
  const { parts, upTo, share } = recipe
  return `${partsText(parts)}; ${upTo}; ${share}`
}

/** `2 MUG, 1 TRAY`: equal parts, equal text. */
export const partsText = (parts: readonly Part[]): string =>
  parts.map(({ quantity, sku }) => `${quantity} ${sku}`).join(', ')

export const sameParts = (a: readonly Part[], b: readonly Part[]): boolean =>
  a.length === b.length && a.every((part, at) => part.sku === b[at]!.sku && part.quantity === b[at]!.quantity)
