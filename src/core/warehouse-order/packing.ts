/**
 * How a warehouse packed what it sent: cartons with their names, lots and serial numbers. It is told apart from the
 * parcel, before or after it, and must hold what left; the parcel counts, and a difference is a person's business.
 */
import type { SentLine, WarehouseOrderState } from './state.ts'
import type { WarehouseOrderEvent } from './warehouse-order.ts'

export interface PackedLine {
  sku: string
  quantity: number
  lot?: string | undefined
  /** Serial numbers, as far as they are told. */
  serials?: readonly string[] | undefined
}

export interface Carton {
  /** Its serial shipping container code, 18 digits; null where none is told. */
  sscc: string | null
  lines: readonly PackedLine[]
}

export interface Packing {
  /** Of the parcel it belongs to. */
  shipmentId: string
  cartons: readonly Carton[]
}

/** To `warehouse-order/…`: how a parcel is packed. Sent any number of times; the newest counts. */
export interface NoteWarehousePacking extends Packing {
  type: 'warehouseOrder.notePacking'
}

export type PackingEvent =
  | ({ type: 'warehouseOrder.packed' } & Packing)
  /** Other pieces are packed than left. */
  | { type: 'warehouseOrder.packingDiffers'; shipmentId: string; detail: string }

export function packingEvents(state: WarehouseOrderState, command: NoteWarehousePacking): WarehouseOrderEvent[] {
  const { shipmentId, cartons } = command
  const known = state.packed?.find((one) => one.shipmentId === shipmentId)
  if (known && JSON.stringify(known.cartons) === JSON.stringify(cartons)) return []
  const parcel = state.parcels.find((one) => one.shipmentId === shipmentId)
  return [
    { type: 'warehouseOrder.packed', shipmentId, cartons },
    ...(parcel ? compared({ shipmentId, cartons }, parcel.lines) : []),
  ]
}

/** A parcel whose packing was told before it left. */
export function packedBefore(
  state: WarehouseOrderState,
  shipmentId: string,
  lines: readonly SentLine[],
): WarehouseOrderEvent[] {
  const known = state.packed?.find((one) => one.shipmentId === shipmentId)
  return known ? compared(known, lines) : []
}

function compared({ shipmentId, cartons }: Packing, sent: readonly SentLine[]): WarehouseOrderEvent[] {
  const packed = countOf(cartons.flatMap(({ lines }) => lines))
  const left = countOf(sent.map(({ sku, sent: instead, quantity }) => ({ sku: instead ?? sku, quantity })))
  const differing = [...new Set([...packed.keys(), ...left.keys()])]
    .filter((sku) => packed.get(sku) !== left.get(sku))
    .map((sku) => `${packed.get(sku) ?? 0} of ${sku} are packed, and ${left.get(sku) ?? 0} left`)
  if (differing.length === 0) return []
  return [
    { type: 'warehouseOrder.packingDiffers', shipmentId, detail: `Parcel ${shipmentId}: ${differing.join('; ')}.` },
  ]
}

function countOf(lines: readonly { sku: string; quantity: number }[]): Map<string, number> {
  const count = new Map<string, number>()
  for (const { sku, quantity } of lines) count.set(sku, (count.get(sku) ?? 0) + quantity)
  return count
}

export function evolvePacking(state: WarehouseOrderState, event: PackingEvent): WarehouseOrderState {
  if (event.type === 'warehouseOrder.packingDiffers') return state
  const { type: _, ...packing } = event
  const others = (state.packed ?? []).filter(({ shipmentId }) => shipmentId !== packing.shipmentId)
  return { ...state, packed: [...others, packing] }
}
