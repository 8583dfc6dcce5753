/**
 * Stock as Square keeps it: counts and adjustments by the moment they occurred. What is there is the last count and
 * every adjustment after it; so a sale handed in late, of before the count, changes nothing.
 */
import type { Account, ChangeRow, Row } from './state.ts'

export const SCALE = 100_000

export interface Stock {
  /** By SKU, in pieces. */
  available(sku: string, locationId: string): number
  add(change: Omit<ChangeRow, 'id' | 'createdAt' | 'sequence'>): ChangeRow
  countRow(variationId: string, locationId: string): Row | null
  /** The last count, by when it was taken. */
  lastCount(variationId: string, locationId: string): ChangeRow | null
}

export function openStock(account: Account, onChange: (change: ChangeRow) => void): Stock {
  const { state } = account
  const of = (variationId: string, locationId: string) => state.changes.get(`${variationId} ${locationId}`) ?? []

  function lastCount(variationId: string, locationId: string): ChangeRow | null {
    return of(variationId, locationId)
      .filter(({ kind }) => kind === 'PHYSICAL_COUNT')
      .reduce<ChangeRow | null>((last, one) => (last === null || !isBefore(one, last) ? one : last), null)
  }

  function quantityOf(variationId: string, locationId: string): number {
    const base = lastCount(variationId, locationId)
    return of(variationId, locationId)
      .filter((one) => one.kind === 'ADJUSTMENT' && (base === null || isBefore(base, one)))
      .reduce((all, { quantity }) => all + quantity, base?.quantity ?? 0)
  }

  return {
    lastCount,
    available(sku, locationId) {
      const variation = [...state.variations.values()].find((one) => one.sku === sku && !one.deleted)
      return variation ? quantityOf(variation.id, locationId) / SCALE : 0
    },
    add(change) {
      const id = account.id('change')
      const row: ChangeRow = { ...change, id, createdAt: account.now(), sequence: state.sequence }
      const key = `${change.variationId} ${change.locationId}`
      state.changes.set(key, [...(state.changes.get(key) ?? []), row])
      onChange(row)
      return row
    },
    countRow(variationId, locationId) {
      const all = of(variationId, locationId)
      if (all.length === 0) return null
      return {
        catalog_object_id: variationId,
        catalog_object_type: 'ITEM_VARIATION',
        state: 'IN_STOCK',
        location_id: locationId,
        quantity: decimal(quantityOf(variationId, locationId)),
        calculated_at: all.reduce((last, { createdAt: at }) => (at > last ? at : last), ''),
      }
    },
  }
}

const isBefore = (a: ChangeRow, b: ChangeRow): boolean =>
  a.occurredAt < b.occurredAt || (a.occurredAt === b.occurredAt && a.sequence < b.sequence)

/** Up to five digits behind the point, none that say nothing. */
export function decimal(quantity: number): string {
  const digits = String(Math.abs(quantity)).padStart(6, '0')
  const fraction = digits.slice(-5).replace(/0+$/, '')
  return `${quantity < 0 ? '-' : ''}${digits.slice(0, -5)}${fraction === '' ? '' : `.${fraction}`}`
}

export function changeRow(one: ChangeRow): Row {
  const facts = {
    id: one.id,
    ...(one.referenceId === null ? {} : { reference_id: one.referenceId }),
    catalog_object_id: one.variationId,
    catalog_object_type: 'ITEM_VARIATION',
    location_id: one.locationId,
    occurred_at: one.occurredAt,
    created_at: one.createdAt,
  }
  if (one.kind === 'PHYSICAL_COUNT')
    return { type: one.kind, physical_count: { ...facts, state: 'IN_STOCK', quantity: decimal(one.quantity) } }
  const [from, to] = one.states
  return {
    type: one.kind,
    adjustment: { ...facts, from_state: from, to_state: to, quantity: decimal(Math.abs(one.quantity)) },
  }
}
