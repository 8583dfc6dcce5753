/** What an order knows of its parcels on their way: where each is, and what somebody has to settle. */
import type { ParcelStatus } from '#canon/parcel.ts'
import type { CaseKind } from '../parcel/state.ts'
import type { OrderState } from './state.ts'

export interface OrderParcel {
  /** Name of the carrier's connection. */
  connection: string
  trackingNumber: string
  shipmentId: string
  /** Of the parcel's own stream. */
  version: number
  status: ParcelStatus
  at: string
  promisedBy: string
  /** What the carrier says now. */
  expectedBy: string | null
  case: { kind: CaseKind; owner: string; detail: string } | null
}

/** From a parcel: where it is. */
export interface NoteParcel {
  type: 'order.noteParcel'
  parcel: OrderParcel
}

export type OrderParcelEvent = { type: 'order.parcelNoted'; parcel: OrderParcel }

export function noteParcel({ parcels = [] }: OrderState, { parcel }: NoteParcel): OrderParcelEvent[] {
  const known = parcels.find((one) => isSame(one, parcel))
  return known && known.version >= parcel.version ? [] : [{ type: 'order.parcelNoted', parcel }]
}

export function evolveParcel(state: OrderState, { parcel }: OrderParcelEvent): OrderState {
  const parcels = [...(state.parcels ?? []).filter((one) => !isSame(one, parcel)), parcel]
  const others = state.exceptions.filter(({ code }) => !code.startsWith('parcel_'))
  const kinds = new Set(parcels.flatMap((one) => (one.case ? [one.case.kind] : [])))
  const open = [...kinds].map((kind) => ({
    code: `parcel_${kind}`,
    detail: parcels
      .filter((one) => one.case?.kind === kind)
      .map((one) => `Parcel ${one.trackingNumber}: ${one.case?.detail ?? ''}`)
      .join(' '),
  }))
  return { ...state, parcels, exceptions: [...others, ...open] }
}

const isSame = (one: OrderParcel, other: OrderParcel): boolean =>
  one.connection === other.connection && one.trackingNumber === other.trackingNumber
