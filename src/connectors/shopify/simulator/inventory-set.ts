/** `inventorySetQuantities`: all or nothing, each quantity compared with what it is set from. */
import { must } from '#canon/assert.ts'
import { gid, numberOf } from '../ids.ts'
import type { Parts } from './root.ts'
import { moment } from './state.ts'

export interface SetQuantitiesInput {
  name: string
  reason: string
  referenceDocumentUri?: string | null
  quantities: { inventoryItemId: string; locationId: string; quantity: number; changeFromQuantity?: number | null }[]
}

const REASONS = [
  'correction',
  'cycle_count_available',
  'damaged',
  'other',
  'promotion',
  'received',
  'restock',
  'safety_stock',
  'shrinkage',
]
const MOST = 1_000_000_000

interface UserError {
  code: string
  field: string[]
  message: string
}

export function setQuantities({ shop, stock }: Parts, input: SetQuantitiesInput) {
  const errors = problems(shop, input)
  if (errors.length > 0) return { inventoryAdjustmentGroup: null, userErrors: errors }
  for (const { inventoryItemId, locationId, quantity } of input.quantities) {
    const variant = must(shop.byItem.get(Number(numberOf(inventoryItemId))), 'checked above')
    const place = Number(numberOf(locationId))
    const committed = variant.levels.get(place)?.committed ?? 0
    stock.write(variant, place, input.name === 'on_hand' ? quantity - committed : quantity)
  }
  const group = {
    id: `gid://shopify/InventoryAdjustmentGroup/${shop.nextId()}`,
    createdAt: moment(shop.now()),
    reason: input.reason,
    referenceDocumentUri: input.referenceDocumentUri ?? null,
    changes: [],
  }
  return { inventoryAdjustmentGroup: group, userErrors: [] }
}

function problems(shop: Parts['shop'], input: SetQuantitiesInput): UserError[] {
  const whole = (code: string, field: string, message: string): UserError[] => [
    { code, field: ['input', field], message },
  ]
  if (input.name !== 'available' && input.name !== 'on_hand') {
    return whole('INVALID_NAME', 'name', "The quantity name must be either 'available' or 'on_hand'.")
  }
  if (!REASONS.includes(input.reason)) return whole('INVALID_REASON', 'reason', 'The specified reason is invalid.')
  const uri = input.referenceDocumentUri
  if (uri && !URL.canParse(uri))
    return whole('INVALID_REFERENCE_DOCUMENT', 'referenceDocumentUri', 'The specified reference document is invalid.')
  return input.quantities.flatMap((one, index) => {
    const error = problem(shop, input.name, one)
    return error ? [{ ...error, field: ['input', 'quantities', String(index), error.field] }] : []
  })
}

function problem(shop: Parts['shop'], name: string, one: SetQuantitiesInput['quantities'][number]) {
  const variant = shop.byItem.get(Number(numberOf(one.inventoryItemId)))
  if (!variant || one.inventoryItemId !== gid('InventoryItem', variant.itemId)) {
    return {
      code: 'INVALID_INVENTORY_ITEM',
      field: 'inventoryItemId',
      message: 'The specified inventory item could not be found.',
    }
  }
  const place = Number(numberOf(one.locationId))
  if (!shop.locations.some(({ id, active }) => id === place && active)) {
    return { code: 'INVALID_LOCATION', field: 'locationId', message: 'The specified location could not be found.' }
  }
  if (one.quantity > MOST)
    return { code: 'INVALID_QUANTITY_TOO_HIGH', field: 'quantity', message: 'The total quantity is too high.' }
  if (one.quantity < -MOST)
    return { code: 'INVALID_QUANTITY_TOO_LOW', field: 'quantity', message: 'The total quantity is too low.' }
  // It may be null, which means "whatever it was", but it may not be left out.
  if (one.changeFromQuantity === undefined) {
    return {
      code: 'COMPARE_QUANTITY_REQUIRED',
      field: 'changeFromQuantity',
      message: 'changeFromQuantity must be given.',
    }
  }
  const level = variant.levels.get(place) ?? { available: 0, committed: 0 }
  const has = name === 'on_hand' ? level.available + level.committed : level.available
  if (one.changeFromQuantity === null || one.changeFromQuantity === has) return null
  const message = 'The changeFromQuantity value does not match persisted value.'
  return { code: 'CHANGE_FROM_QUANTITY_STALE', field: 'changeFromQuantity', message }
}
