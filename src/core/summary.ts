/** What lists show of a stream: its name for people, where it stands, and whether somebody has to look at it. */
import { OBSTACLES } from './order/validation.ts'
import type { OrderState } from './order/state.ts'
import type { ConnectionState } from './catalogue/catalogue.ts'
import type { CustomerState } from './customer/customer.ts'
import type { FulfilmentState } from './fulfilment/fulfilment.ts'
import type { KitState } from './kit/kit.ts'
import { labelStatus, type LabelState } from './parcel/label-state.ts'
import { parcelStatus } from './parcel/parcel.ts'
import type { ParcelState } from './parcel/state.ts'
import type { PayoutState } from './payout/payout.ts'
import { type PaymentState, stageOf } from './payment/state.ts'
import type { OfferState } from './offer/offer.ts'
import type { ProductState } from './product/product.ts'
import type { ReservationState } from './reservation/reservation.ts'
import { stageOf as stageOfGiving } from './return/giving-state.ts'
import type { KnownRefund, ReturnState } from './return/state.ts'
import type { Ledger } from './stock/ledger.ts'
import { needsSomebody, type SupplyState, supplyStatus } from './supply/state.ts'
import type { SupplierState } from './supply/supplier.ts'
import { parseSupply } from './streams.ts'
import { askedFor, type TillState } from './store-day/state.ts'
import type { WarehouseOrderState } from './warehouse-order/state.ts'

export interface Summary {
  label: string
  status: string
  attention: boolean
}

const NEEDS_SOMEBODY: readonly string[] = ['failed', 'beyond', 'approval', 'unknown', 'refused']
const isOpenLoss = ({ cameBack, step, replacedBy }: KnownRefund) =>
  cameBack === true && step === 'credited' && replacedBy === undefined

/** Every status an order can show, from first to last. */
export const ORDER_STATUSES = [
  'waiting', 'held_back', 'releasing', 'confirmed', 'part_shipped', 'shipped', 'invoiced', 'completed', 'cancelling', 'cancelled',
] as const // prettier-ignore
export type OrderStatus = (typeof ORDER_STATUSES)[number]

export function orderStatus({ stage, cancel, exceptions, shipped, invoice }: OrderState): OrderStatus {
  if (stage === 'completed' || stage === 'cancelled') return stage
  if (cancel && !cancel.done) return 'cancelling'
  if (stage === 'releasing') return 'releasing'
  if (stage !== 'confirmed') return needsPerson(exceptions) ? 'held_back' : 'waiting'
  if (typeof invoice === 'object') return 'invoiced'
  return shipped === 'all' ? 'shipped' : shipped === 'part' ? 'part_shipped' : 'confirmed'
}

const needsPerson = (exceptions: OrderState['exceptions']): boolean =>
  exceptions.some(({ code }) => !(code in OBSTACLES && OBSTACLES[code as keyof typeof OBSTACLES].waits))

const idOf = (stream: string): string => stream.slice(stream.lastIndexOf('/') + 1)

function offerSummary(state: unknown, stream: string): Summary {
  const { asked, troubles, failed } = state as OfferState
  const status = failed ? 'failed' : asked ? 'writing' : troubles.length > 0 ? 'held' : 'settled'
  return { label: stream.split('/').slice(2).join('/'), status, attention: failed !== null || troubles.length > 0 }
}

const SUMMARIES: Readonly<Record<string, (state: unknown, stream: string) => Summary>> = {
  'order'(state, stream) {
    const order = state as OrderState
    const label = order.order?.name ?? idOf(stream)
    return { label, status: orderStatus(order), attention: needsPerson(order.exceptions) }
  },
  'stock'(state, stream) {
    const { stocked, channels, incidents = [] } = state as Ledger
    const trouble = incidents.length > 0 || channels.some((channel) => channel.trouble !== null)
    return { label: idOf(stream), status: stocked ? 'stocked' : 'unknown', attention: trouble }
  },
  'kit'(state, stream) {
    const { backed, watch } = state as KitState
    return { label: idOf(stream), status: backed > 0 ? 'backed' : watch ? 'short' : 'empty', attention: false }
  },
  'fulfilment'(state, stream) {
    const { orderName, parcels, opened } = state as FulfilmentState
    const failed = parcels.some((parcel) => parcel.failed !== null)
    return { label: orderName || idOf(stream), status: opened ? 'open' : 'waiting', attention: failed }
  },
  'return'(state, stream) {
    const { facts, arrivals, refunds, givings = [] } = state as ReturnState
    const steps = [...[...arrivals, ...refunds].map(({ step }) => step), ...givings.map(stageOfGiving)]
    const attention = steps.some((step) => NEEDS_SOMEBODY.includes(step)) || refunds.some(isOpenLoss)
    const open = steps.some((step) => step === 'asked' || step === 'waiting')
    return { label: facts?.orderName ?? idOf(stream), status: open ? 'open' : 'settled', attention }
  },
  'warehouse-order'(state) {
    const { orderName, pool, step, onHold, cancel, parcels, late } = state as WarehouseOrderState
    const stuck = onHold !== null || late.length > 0 || parcels.some((one) => one.failed !== null)
    const attention = step === 'refused' || step === 'failed' || cancel === 'failed' || (step !== 'closed' && stuck)
    return { label: `${orderName} ${pool}`, status: onHold === null ? step : 'on_hold', attention }
  },
  'reservation'(state, stream) {
    const { reference, stage } = state as ReservationState
    return { label: reference || idOf(stream), status: stage, attention: false }
  },
  'customer'(state, stream) {
    const customer = state as CustomerState
    return { label: idOf(stream), status: customerStatus(customer), attention: customer.trouble !== null }
  },
  'product'(state, stream) {
    const { erp, listings } = state as ProductState
    return {
      label: stream.slice('product/'.length),
      status: erp ? 'known' : 'unknown',
      attention: !erp && listings.some((one) => !one.deleted),
    }
  },
  'offer': offerSummary,
  'price': offerSummary,
  'connection'(state, stream) {
    const { lost } = state as ConnectionState
    return { label: idOf(stream), status: lost === null ? 'connected' : 'lost', attention: lost !== null }
  },
  'payment'(state, stream) {
    const payment = state as PaymentState
    return { label: idOf(stream), status: stageOf(payment), attention: payment.troubles.length > 0 }
  },
  'payout'(state, stream) {
    const { seen, troubles, missing = [] } = state as PayoutState
    const attention = troubles.length > 0 || missing.length > 0
    return { label: idOf(stream), status: seen?.status ?? 'unknown', attention }
  },
  'parcel'(state, stream) {
    const parcel = state as ParcelState
    return { label: idOf(stream), status: parcelStatus(parcel), attention: parcel.case !== null }
  },
  'label'(state, stream) {
    const status = labelStatus(state as LabelState)
    return { label: idOf(stream), status, attention: status === 'failed' || status === 'kept' }
  },
  'supply'(state, stream) {
    const supply = state as SupplyState
    const label = parseSupply(stream).article
    return { label, status: supplyStatus(supply), attention: needsSomebody(supply) }
  },
  'supplier'(state, stream) {
    const { waiting } = state as SupplierState
    return { label: idOf(stream), status: waiting ? 'waiting' : 'taken', attention: waiting !== null }
  },
  'till'(state, stream) {
    const till = state as TillState
    const label = stream.slice('till/'.length)
    return { label, status: tillStatus(till), attention: needsLook(till) }
  },
}

/** Every status a customer can show. `review`: somebody has to say whether another record is the same person. */
export const CUSTOMER_STATUSES = ['new', 'bound', 'review', 'joined'] as const
export type CustomerStatus = (typeof CUSTOMER_STATUSES)[number]

export function customerStatus({ candidates = [], into = null, partnerId }: CustomerState): CustomerStatus {
  if (candidates.some(({ status }) => status === 'open')) return 'review'
  return into !== null ? 'joined' : partnerId ? 'bound' : 'new'
}

/** Every status a till can show. */
export const TILL_STATUSES = ['new', 'open', 'gap', 'closed'] as const
export type TillStatus = (typeof TILL_STATUSES)[number]

export function tillStatus(till: TillState): TillStatus {
  if (askedFor(till).length > 0) return 'gap'
  if (till.days.some(({ ended }) => !ended)) return 'open'
  return till.days.length > 0 ? 'closed' : 'new'
}

/** Refused records, receipts the ERP did not take, a Z-report that disagrees, a session that did not close. */
export const needsLook = ({ refusals, held, trouble, days }: TillState): boolean =>
  refusals.length > 0 || held.length > 0 || trouble !== null || days.some(({ differences }) => differences.length > 0)

export const summaryOf = (kind: string, state: unknown, stream: string): Summary =>
  SUMMARIES[kind]?.(state, stream) ?? { label: idOf(stream), status: '', attention: false }

/** The order a stream belongs to, for its trace; null when it belongs to none of its own accord. */
export function correlationOf(stream: string): string | null {
  if (stream.startsWith('order/')) return stream
  const [kind = '', ...rest] = stream.split('/')
  if (kind === 'warehouse-order') return `order/${rest.slice(0, 2).join('/')}`
  return kind === 'fulfilment' || kind === 'label' || kind === 'route' ? `order/${rest.join('/')}` : null
}
