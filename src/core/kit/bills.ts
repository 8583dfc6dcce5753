/**
 * What the ERP takes apart in the sale, held against the kits of the policy. Where they differ the ERP takes other
 * goods than were set aside. Both are counted down to what lies on shelves, so a kit within a kit may be written out or
 * not.
 */
import type { KitPolicy } from '../policy.ts'
import { type Part, partsText, piecesOf } from './recipe.ts'

/** A product that the ERP takes apart in the sale. */
export interface Bill {
  sku: string
  /** Pieces of each counted part in one kit, by SKU. A part may be a kit itself. */
  parts: Readonly<Record<string, number>>
  /** Why the hub cannot have it, in sentences that name the product; its parts are not all there then. */
  problems: readonly string[]
  /** What a person should know of it, in sentences. */
  remarks: readonly string[]
}

/** A kit as one side has it, down to what lies on shelves. */
export interface Standing {
  parts: readonly Part[]
  /** Its own, and those of the kits within it; empty where the parts can be relied on. */
  problems: readonly string[]
}

/** A kit that one side knows, or both. */
export interface KitComparison {
  sku: string
  policy: Standing | null
  erp: Standing | null
  agrees: boolean
  remarks: readonly string[]
}

type Kits = Readonly<Record<string, Pick<KitPolicy, 'parts'>>>

export function standingsOf(bills: readonly Bill[]): Map<string, Standing> {
  const bySku = new Map(bills.map((bill) => [bill.sku, bill]))
  const kits: Kits = Object.fromEntries(bySku)
  return new Map(
    [...bySku.keys()].map((sku) => {
      const problems = [...new Set(problemsOf(bySku, sku, []))]
      return [sku, { parts: problems.length > 0 ? [] : piecesOf(kits, sku), problems }]
    }),
  )
}

function problemsOf(bills: ReadonlyMap<string, Bill>, sku: string, within: readonly string[]): string[] {
  const bill = bills.get(sku)
  if (!bill) return []
  if (within.includes(sku)) return [`The kit ${sku} is among its own parts.`]
  return [...bill.problems, ...Object.keys(bill.parts).flatMap((part) => problemsOf(bills, part, [...within, sku]))]
}

export const standingsOfPolicy = (kits: Kits = {}): Map<string, Standing> =>
  new Map(Object.keys(kits).map((sku) => [sku, { parts: piecesOf(kits, sku), problems: [] }]))

/** Equal texts, equal kits. */
export const standingText = ({ parts, problems }: Standing): string =>
  problems.length > 0 ? problems.join(' ') : partsText(parts)

/** Every kit of either side, in the order of their SKUs. */
export function compareKits(kits: Kits | undefined, bills: readonly Bill[]): KitComparison[] {
  const [ours, theirs] = [standingsOfPolicy(kits), standingsOf(bills)]
  return [...new Set([...ours.keys(), ...theirs.keys()])].toSorted().map((sku) => {
    const [policy, erp] = [ours.get(sku) ?? null, theirs.get(sku) ?? null]
    const agrees = policy !== null && erp !== null && standingText(policy) === standingText(erp)
    return { sku, policy, erp, agrees, remarks: bills.find((bill) => bill.sku === sku)?.remarks ?? [] }
  })
}
