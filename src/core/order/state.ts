/** What is remembered of an order. */
import type { Money } from '#canon/money.ts'
import type { Order } from '#canon/order.ts'
import type { OrderParcel } from './parcels.ts'
import type { OrderSettled } from '#canon/payout.ts'
import type { OrderPayment } from './payment.ts'
import type { Acceptance } from './accept.ts'
import type { Leaving } from './by-channel.ts'
import type { Collecting } from './collect.ts'
import type { Edit } from './edit.ts'
import type { Demand } from './demand.ts'
import type { Moving } from './moving.ts'
import type { OrderHold } from './holds.ts'
import type { Booking } from './redeemed.ts'
import type { Screening } from './screening.ts'
import type { OrderPromise } from './promises.ts'
import type { Together } from './together.ts'
import type { OrderRoute } from './route.ts'
import type { Seat } from './seats.ts'
import type { Obstacle } from './validation.ts'

export type Stage = 'absent' | 'placed' | 'releasing' | 'confirmed' | 'cancelled' | 'completed'

export interface Hold extends Demand {
  outcome: 'asked' | 'reserved' | 'short' | 'unknown_sku'
}

export interface Priced {
  total: Money
  totalTax: Money
}

export interface OrderState {
  version: number
  stage: Stage
  order: Order | null
  /** Holds its goods from the first moment, and serves it unless `route` names others. */
  pool: string
  /** Set when the channel sells from several places: where it took what. Largest first. */
  seats?: readonly Seat[]
  route?: OrderRoute
  holds: readonly Hold[]
  /** Why the order does not move, or needs a person; empty when all is well. */
  exceptions: readonly Obstacle[]
  sale: { saleId: string; saleName: string } | null
  cancel: { reason: string; at: string; done: boolean } | null
  /** `releasing` ended in a final failure: the sale may or may not exist. */
  releaseFailed: boolean
  shipped: 'none' | 'part' | 'all'
  announced: boolean
  /** Only of an order that the channel ships. */
  leaving?: Leaving
  invoice: 'none' | 'asked' | { number: string; invoiceId: string }
  /** What the invoice was asked for with, so that what is given back is compared with it. */
  billed?: { total: Money; refunds: readonly string[] }
  /** Of an order that the ERP prices, once it has. */
  priced?: Priced
  /** What it is held for, until somebody decides. */
  onHold?: readonly OrderHold[]
  /** Only where somebody else looks at the channel's orders. */
  screening?: Screening
  /** What was let pass, as long as it is the same. */
  waived?: readonly Obstacle[]
  /** At their providers, as far as they are known. */
  payments?: readonly OrderPayment[]
  /** What payouts hold of it, where the channel says so. */
  settled?: readonly OrderSettled[]
  /** On their way, as far as a carrier follows them. */
  parcels?: readonly OrderParcel[]
  /** Only where the hub captures. */
  collecting?: Collecting
  /** Only where gift cards and store credit are booked as payments. */
  bookings?: readonly Booking[]
  /** Parts that warehouses of others send; `cancelled`: they send nothing more. */
  handed?: readonly { pool: string; fulfiller: string; cancelled: boolean }[]
  /** Only of an order that was sold goods before they were here. */
  promises?: readonly OrderPromise[]
  /** Only where the channel asks the retailer first. */
  acceptance?: Acceptance
  /** Only of an order that was changed after its release. */
  edit?: Edit
  /** Goods that a person has leave from elsewhere, as long as that is on its way. */
  moving?: Moving
  /** Only of an order that leaves in one parcel with others. */
  together?: Together
  /** Warehouse of the sale, once some of it left from elsewhere by a person's word. */
  soldFrom?: string
}

export const initial: OrderState = {
  version: 0,
  stage: 'absent',
  order: null,
  pool: '',
  holds: [],
  exceptions: [],
  sale: null,
  cancel: null,
  releaseFailed: false,
  shipped: 'none',
  announced: false,
  invoice: 'none',
}

/** A hold whose quantity changed has to be heard of anew; SKUs that vanished stay with quantity 0 until released. */
export function askedFor(demand: readonly Demand[], before: readonly Hold[]): Hold[] {
  const gone = before
    .filter((hold) => !demand.some(({ sku }) => sku === hold.sku))
    .map((hold) => ({ ...hold, quantity: 0 }))
  const wanted = demand.map((one): Hold => {
    const known = before.find(({ sku }) => sku === one.sku)
    return { ...one, outcome: known && known.quantity >= one.quantity ? known.outcome : 'asked' }
  })
  return [...wanted, ...gone]
}
