/** Words for the time line of an order: what a step is about, and who took it. */
import type { Hop } from './types.ts'

/** In the order of their keys, 1 to 9. */
export const ABOUT: Readonly<Record<Hop['about'], string>> = {
  order: 'Order',
  money: 'Money',
  parcel: 'Parcels',
  return: 'Returns',
  hold: 'Holds',
  edit: 'Edits',
  stock: 'Stock',
  call: 'Other systems',
  inside: 'Inside the hub',
}

/** Before who it was. */
export const HOP_KINDS: Readonly<Record<Hop['kind'], string>> = {
  arrived: 'from',
  decided: 'decided by',
  asked: 'asked of',
  attempted: 'tried at',
  answered: 'answered by',
  failed: 'failed at',
  noted: 'noted by',
}

export const whoOf = (system: string): string => ({ hub: 'the hub', person: 'a person' })[system] ?? system

export const RETURN_REASONS = {
  unwanted: 'Not wanted',
  defective: 'Defective',
  damaged: 'Damaged',
  wrong_item: 'Wrong item',
  not_as_described: 'Not as described',
  too_late: 'Too late',
  other: 'Something else',
} as const
