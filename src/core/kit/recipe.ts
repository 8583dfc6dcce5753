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
  if (!kits || !kit) return null
  const pieces = new Map<string, number>()
  const add = (parts: KitPolicy['parts'], times: number, within: readonly string[]): void => {
    for (const [part, quantity] of Object.entries(parts)) {
      if (within.includes(part)) throw new Error(`the kit ${part} is among its own parts`)
      if (Object.hasOwn(kits, part)) add(kits[part]!.parts, times * quantity, [...within, part])
      else pieces.set(part, (pieces.get(part) ?? 0) + times * quantity)
    }
  }
  add(kit.parts, 1, [sku])
  const parts = [...pieces].map(([part, quantity]) => ({ sku: part, quantity }))
  return { parts: parts.sort((a, b) => (a.sku < b.sku ? -1 : 1)), upTo: kit.upTo, share: kit.share }
}

/** Names what the rules say of a SKU: equal rules, equal name. Nothing for one that is no kit. */
export function ruleOf(policy: Pick<Policy, 'kits'>, sku: string): string {
  const recipe = recipeOf(policy, sku)
  if (!recipe) return ''
  const { parts, upTo, share } = recipe
  return `${parts.map((part) => `${part.quantity} ${part.sku}`).join(', ')}; ${upTo}; ${share}`
}

export const sameParts = (a: readonly Part[], b: readonly Part[]): boolean =>
  a.length === b.length && a.every((part, at) => part.sku === b[at]!.sku && part.quantity === b[at]!.quantity)
