/** Which lines the pieces of a parcel are for. A parcel that does not fit what was asked for is refused whole. */
import type { SentLine, WarehouseOrderState } from './state.ts'

/** Pieces in a parcel, as the warehouse tells them. `insteadOf`: what was asked for in their place. */
export interface ParcelLine {
  sku: string
  quantity: number
  insteadOf?: string
}

export type ParcelRefusal = 'cancelled' | 'substituted' | 'sku_unknown' | 'too_many' | 'empty'
type Refusal = { why: ParcelRefusal; detail: string }

/** Pieces of one line that came back. */
export interface BackLine {
  lineId: string
  quantity: number
  disposition: 'sellable' | 'damaged'
}

/** Which lines pieces that came back are of: no more than left, and what is beyond that is said of the last one. */
export function backOf(
  { lines }: WarehouseOrderState,
  back: readonly { sku: string; quantity: number; disposition: BackLine['disposition'] }[],
): { lines: BackLine[]; unknown: string[] } {
  const found: BackLine[] = []
  const unknown: string[] = []
  const left = new Map(lines.map(({ lineId, shipped }) => [lineId, shipped]))
  for (const { sku, quantity, disposition } of back) {
    const fitting = lines.filter((line) => line.sku === sku)
    if (fitting.length === 0) unknown.push(sku)
    let rest = quantity
    for (const [index, { lineId }] of fitting.entries()) {
      const part = index === fitting.length - 1 ? rest : Math.min(rest, left.get(lineId) ?? 0)
      if (part === 0) continue
      left.set(lineId, (left.get(lineId) ?? 0) - part)
      rest -= part
      found.push({ lineId, quantity: part, disposition })
    }
  }
  return { lines: found, unknown }
}

/** @param substitutes what the policy lets stand in for a SKU. */
export function allocate(
  { lines, step }: WarehouseOrderState,
  parcel: readonly ParcelLine[],
  substitutes: Readonly<Record<string, readonly string[]>>,
): { lines: SentLine[] } | Refusal {
  const pieces = parcel.filter(({ quantity }) => quantity > 0)
  if (pieces.length === 0) return { why: 'empty', detail: 'It has nothing in it.' }
  if (step === 'cancelled')
    return { why: 'cancelled', detail: 'The warehouse had said that what had not left was cancelled.' }
  const left = new Map(lines.map(({ lineId, quantity, shipped }) => [lineId, quantity - shipped]))
  const sent: SentLine[] = []
  for (const { sku, quantity, insteadOf } of pieces) {
    const wanted = insteadOf ?? sku
    if (insteadOf !== undefined && insteadOf !== sku && !(substitutes[insteadOf] ?? []).includes(sku))
      return { why: 'substituted', detail: `${sku} was sent instead of ${insteadOf}, and no rule allows that.` }
    const fitting = lines.filter((line) => line.sku === wanted)
    if (fitting.length === 0) return { why: 'sku_unknown', detail: `${wanted} was never asked for.` }
    let rest = quantity
    for (const { lineId, saleLineId } of fitting) {
      const part = Math.min(rest, left.get(lineId) ?? 0)
      if (part === 0) continue
      left.set(lineId, left.get(lineId)! - part)
      rest -= part
      sent.push({ lineId, saleLineId, sku: wanted, quantity: part, ...(sku === wanted ? {} : { sent: sku }) })
    }
    if (rest > 0) return { why: 'too_many', detail: `It holds ${rest} more of ${wanted} than were still to be sent.` }
  }
  return { lines: sent }
}
