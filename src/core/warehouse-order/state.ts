/** What is remembered of the part of an order that a warehouse run by somebody else packs and ships. */
import type { Address } from '#canon/primitives.ts'
import type { Money } from '#canon/money.ts'
import type { Party } from '#canon/order.ts'
import type { Packing } from './packing.ts'

/** A line as the warehouse is asked for it. */
export interface WantedLine {
  lineId: string
  /** Line of the ERP's sale that stands for it. */
  saleLineId: string
  sku: string
  title: string
  quantity: number
  unitPrice: Money
}

/** All a warehouse needs to know. `reference` names it there for good. */
export interface Instruction {
  reference: string
  orderRef: string
  orderName: string
  /** The ERP's code of the warehouse. */
  pool: string
  placedAt: string
  shippingAddress: Address
  customer: Party | null
  /** The channel's code of the shipping method. */
  shippingMethod: string | null
  lines: readonly WantedLine[]
}

/** Pieces of one line in one parcel. `sent`: the SKU that was sent in its place. */
export interface SentLine {
  lineId: string
  saleLineId: string
  sku: string
  quantity: number
  sent?: string
}

export interface SentParcel {
  shipmentId: string
  shippedAt: string
  trackingNumber?: string
  trackingUrl?: string
  carrier?: string
  lines: readonly SentLine[]
}

/** A parcel the warehouse sent, and whether the ERP has a delivery for it. */
export interface KnownParcel extends SentParcel {
  booked: boolean
  failed: string | null
  /** Of the event that last asked for it to be booked. */
  version: number
}

/**
 * `asked`: it was sent there; `accepted`: the warehouse has taken it on; `refused`: it will not; `failed`: whether it
 * was heard is not known; `closed`: nothing more will come of it.
 */
export type Step = 'absent' | 'asked' | 'accepted' | 'refused' | 'failed' | 'cancelled' | 'closed'

export interface WarehouseOrderState {
  version: number
  step: Step
  fulfiller: string
  /** null once it is over: nobody has to keep an address twice. */
  instruction: Instruction | null
  orderRef: string
  orderName: string
  pool: string
  lines: readonly {
    lineId: string
    saleLineId: string
    sku: string
    quantity: number
    shipped: number
    short: number
  }[]
  /** Their number for it. */
  fulfillerOrderId: string | null
  /** Why the warehouse does not go on. */
  onHold: string | null
  /** `asked`: the order wants to be cancelled and the warehouse has not answered; `refused`: it was too late. */
  cancel: 'none' | 'asked' | 'refused' | 'failed'
  parcels: readonly KnownParcel[]
  /** How parcels are packed, where the warehouse tells it: maybe before it tells the parcel. */
  packed?: readonly Packing[]
  /** Parcels and shortages that were turned down or noted: each is heard once. */
  heard: readonly string[]
  /** Of the newest news of its state. */
  newsAt: string
  acknowledgeBy: string
  shipBy: string
  /** Names of clocks that have run out. */
  late: readonly string[]
}

export const initial: WarehouseOrderState = {
  version: 0,
  step: 'absent',
  fulfiller: '',
  instruction: null,
  orderRef: '',
  orderName: '',
  pool: '',
  lines: [],
  fulfillerOrderId: null,
  onHold: null,
  cancel: 'none',
  parcels: [],
  heard: [],
  newsAt: '',
  acknowledgeBy: '',
  shipBy: '',
  late: [],
}

export const isComplete = ({ lines }: WarehouseOrderState): boolean =>
  lines.every(({ quantity, shipped }) => shipped >= quantity)

/** Nothing more is expected: all of it left, or what did not was cancelled. */
export const isOver = (state: WarehouseOrderState): boolean =>
  state.step === 'closed' || state.step === 'cancelled' || (state.step !== 'absent' && isComplete(state))

/** `<channel>:<id of the order>:<warehouse>`, which is what the warehouse knows it by. */
export const referenceOf = (orderRef: string, pool: string): string => `${orderRef}:${pool}`
