/**
 * How each intent that was given up can be mended: whether the very same call may be made again, which command makes
 * its stream decide anew, and which events show that the trouble is over.
 */
import type { CustomerState } from './customer/customer.ts'
import type { FulfilmentState } from './fulfilment/fulfilment.ts'
import type { IntentType } from './intents.ts'
import type { OrderState } from './order/state.ts'
import type { ReturnState } from './return/state.ts'
import type { LabelState } from './parcel/label-state.ts'
import type { ParcelState } from './parcel/state.ts'
import type { PaymentState } from './payment/state.ts'
import type { PayoutState } from './payout/payout.ts'
import type { SupplierState } from './supply/supplier.ts'
import type { SupplyState } from './supply/state.ts'
import type { TillState } from './store-day/state.ts'
import type { WarehouseOrderState } from './warehouse-order/state.ts'

export interface GivenUp {
  /** Of the event that asked for it. */
  version: number
  ask: unknown
  connection: string
}

export interface Recovery {
  /** Whether the stream still stands where the call left it, so that its answer would be understood. */
  stands(state: unknown, given: GivenUp): boolean
  /** Set when the same call may never be made again: why. */
  never?: string
  again: { type: string }
  /** The command goes to the order the stream belongs to, not to the stream itself. */
  toOrder?: boolean
  proofs: readonly string[]
  /** Whether an event of these types speaks of this very call. */
  speaksOf?(data: unknown, given: GivenUp): boolean
}

const RETRY = { type: 'order.retry' }
const has = ({ exceptions }: OrderState, code: string): boolean => exceptions.some((one) => one.code === code)

/** The bound of a channel counts what may be under way. A call the ledger no longer knows of would be outside it. */
const NOT_STOCK =
  'The ledger no longer counts this call, so its answer could offer a piece twice. Retry on the latest version.'

const ofChannel = (data: unknown, { connection }: GivenUp): boolean =>
  (data as { channel?: unknown } | null)?.channel === connection

const parcelOf = (ask: unknown): unknown => (ask as { parcel?: { shipmentId?: unknown } } | null)?.parcel?.shipmentId

const keyOf = (of: unknown): unknown => (of as { key?: unknown } | null)?.key
const LABEL_RETRY = { type: 'label.retry' }
/** The last part but one of its reference. */
const speaksOfLabel = (data: unknown, { ask }: GivenUp): boolean =>
  (data as { of?: unknown } | null)?.of ===
  String((ask as { reference?: unknown } | null)?.reference)
    .split(':')
    .at(-2)

const OFFERING: Recovery = {
  // Anything newer would be overwritten by what was wanted then.
  stands: () => false,
  never: 'What the channel should show may have changed since. Retry on the latest version.',
  again: { type: 'offer.retry' },
  proofs: ['offer.shown', 'offer.accepted', 'offer.withdrawn', 'offer.gone'],
}

const PUBLISHING: Recovery = {
  stands: () => false,
  never: NOT_STOCK,
  again: { type: 'stock.resume' },
  proofs: ['stock.channelRead', 'stock.published', 'stock.publishStale', 'stock.delisted'],
  speaksOf: ofChannel,
}

/** As long as each of its receipts is held. */
const RECEIPTS: Recovery = {
  stands(state, { ask }) {
    const held = new Set((state as TillState).held.map(({ receipt }) => receipt.txId))
    return receiptsOf(ask).every(({ txId }) => held.has(txId))
  },
  again: { type: 'till.retry' },
  proofs: ['receipt.posted'],
  speaksOf(data, { ask }) {
    const posted = new Set(((data as { posted?: { txId: string }[] } | null)?.posted ?? []).map(({ txId }) => txId))
    return receiptsOf(ask).every(({ txId }) => posted.has(txId))
  },
}

const receiptsOf = (ask: unknown): readonly { txId: string }[] =>
  (ask as { receipts?: { txId: string }[] } | null)?.receipts ?? []

export const RECOVERY: Readonly<Record<IntentType, Recovery>> = {
  'sale.ensure': {
    stands(state) {
      const { stage, releaseFailed, sale, cancel } = state as OrderState
      return releaseFailed && stage === 'placed' && !sale && !cancel
    },
    again: RETRY,
    proofs: ['order.confirmed', 'order.cancelled'],
  },
  'sale.change': {
    stands(state) {
      const { edit, moving, cancel } = state as OrderState
      return (edit?.failed === true || moving?.step === 'failed') && !cancel
    },
    again: RETRY,
    proofs: ['order.changeCarried', 'order.moved', 'order.cancelled'],
  },
  'sale.cancel': {
    stands(state) {
      const order = state as OrderState
      return order.cancel !== null && !order.cancel.done && has(order, 'cancel_failed')
    },
    again: RETRY,
    proofs: ['order.cancelled', 'order.cancelRefused'],
    speaksOf: (data) => (data as { outcome?: unknown } | null)?.outcome !== 'failed',
  },
  'invoice.ensure': {
    stands(state) {
      const order = state as OrderState
      return order.invoice === 'asked' && has(order, 'invoice_failed') && !order.cancel
    },
    again: RETRY,
    proofs: ['order.invoiced', 'order.cancelled'],
  },
  'return.ensure': {
    stands: (state, { version }) =>
      (state as ReturnState).arrivals.some((one) => one.version === version && one.step === 'failed'),
    again: RETRY,
    toOrder: true,
    proofs: ['return.booked'],
    speaksOf: (data, { ask }) => keyOf(data) === keyOf(ask),
  },
  'delivery.ensure': {
    // A warehouse of others has sent it, or a channel from the goods that lie with it.
    stands: (state, { version }) =>
      'holds' in (state as object)
        ? has(state as OrderState, 'channel_delivery_failed')
        : (state as WarehouseOrderState).parcels.some((one) => one.version === version && one.failed !== null),
    again: RETRY,
    toOrder: true,
    proofs: ['warehouseOrder.booked', 'order.leftBooked'],
    speaksOf: (data, { ask }) => (parcelOf(data) ?? keyOf(data)) === keyOf(ask),
  },
  'warehouseOrder.ensure': {
    stands: (state) => (state as WarehouseOrderState).step === 'failed',
    again: RETRY,
    toOrder: true,
    proofs: ['warehouseOrder.taken', 'warehouseOrder.accepted', 'warehouseOrder.cancelled'],
  },
  'warehouseOrder.cancel': {
    stands: (state) => (state as WarehouseOrderState).cancel === 'failed',
    never: 'The order has been told that it failed. Retry on the latest version.',
    again: RETRY,
    toOrder: true,
    proofs: ['warehouseOrder.cancelled', 'warehouseOrder.closed'],
  },
  'screening.ensure': {
    stands(state, { ask }) {
      const { screening, stage } = state as OrderState
      const { reference } = ask as { reference?: unknown }
      return stage === 'placed' && typeof screening?.failed === 'string' && screening.reference === reference
    },
    again: RETRY,
    proofs: ['screening.decided', 'order.cancelled', 'order.released'],
  },
  'credit.ensure': {
    stands: (state, { version }) =>
      (state as ReturnState).refunds.some((one) => one.version === version && one.step === 'failed'),
    again: RETRY,
    toOrder: true,
    proofs: ['refund.credited'],
    speaksOf: (data, { ask }) => (data as { refundId?: unknown } | null)?.refundId === keyOf(ask),
  },
  'payout.book': {
    stands: (state) => (state as PayoutState).booking?.step === 'failed',
    again: { type: 'payout.retry' },
    proofs: ['payout.booked'],
  },
  'redemption.ensure': {
    stands: (state, { version }) =>
      ((state as OrderState).bookings ?? []).some((one) => one.version === version && one.step === 'failed'),
    again: RETRY,
    proofs: ['order.redemptionBooked'],
    speaksOf: (data, { ask }) => (data as { id?: unknown } | null)?.id === keyOf(ask),
  },
  'refund.ensure': {
    stands: (state, { version }) =>
      ((state as ReturnState).givings ?? []).some(({ parts }) =>
        parts.some((part) => part.version === version && part.step === 'unknown'),
      ),
    again: RETRY,
    toOrder: true,
    proofs: ['refund.partEnded'],
    speaksOf: (data, { ask }) => {
      const { part, step } = data as { part?: unknown; step?: unknown }
      return part === keyOf(ask) && step !== 'unknown'
    },
  },
  'order.accept': {
    stands(state) {
      const { acceptance, cancel } = state as OrderState
      return acceptance?.step === 'failed' && !cancel
    },
    again: RETRY,
    proofs: ['order.acceptanceSettled', 'order.cancelled'],
  },
  'fulfilment.ensure': {
    stands(state, { version }) {
      const { parcels, stopped } = state as FulfilmentState
      return !stopped && parcels.some((one) => one.version === version && one.failed !== null && !one.announced)
    },
    again: RETRY,
    toOrder: true,
    proofs: ['shipment.announced', 'fulfilment.stopped'],
    speaksOf: (data, { ask }) => {
      const { shipmentId } = data as { shipmentId?: unknown }
      return shipmentId === undefined || shipmentId === parcelOf(ask)
    },
  },
  'customer.ensure': {
    stands(state, { ask }) {
      const { trouble, party, into } = state as CustomerState
      const asked = ask as { name?: unknown; email?: unknown; phone?: unknown; partOf?: unknown }
      // Newer contact data would be overwritten by older.
      const same = party?.email === asked.email && party?.phone === asked.phone
      const part = (asked.partOf ?? null) === (into?.key ?? null)
      return trouble !== null && same && part && (party?.name ?? party?.email ?? 'Guest') === asked.name
    },
    again: { type: 'customer.retry' },
    proofs: ['customer.bound'],
  },
  'receipt.post': RECEIPTS,
  'session.post': RECEIPTS,
  'session.close': {
    stands: (state) => (state as TillState).trouble !== null,
    again: { type: 'till.retry' },
    proofs: ['session.closed'],
  },
  'payment.capture': {
    stands: (state, { version }) =>
      (state as PaymentState).captures.some((one) => one.version === version && one.status === 'unknown'),
    again: { type: 'payment.retry' },
    proofs: ['payment.captureEnded'],
  },
  'payment.void': {
    stands: (state, { version }) => (state as PaymentState).voiding?.version === version,
    again: { type: 'payment.retry' },
    proofs: ['payment.voidEnded', 'payment.closed'],
  },
  'payment.refund': {
    stands: (state, { version }) =>
      (state as PaymentState).refunds.some((one) => one.version === version && one.status === 'unknown'),
    again: { type: 'payment.retry' },
    proofs: ['refund.seen'],
    speaksOf: (data, { ask }) => {
      const { refund } = data as { refund?: { requestId?: unknown } }
      return refund?.requestId === (ask as { requestId?: unknown } | null)?.requestId
    },
  },
  'parcel.track': {
    stands: (state, { version }) => (state as ParcelState).asked === version,
    again: { type: 'parcel.retry' },
    proofs: ['parcel.tracked', 'parcel.moved'],
  },
  'label.ensure': {
    stands: (state, { version }) =>
      (state as LabelState).labels.some((one) => one.version === version && one.step === 'failed'),
    again: LABEL_RETRY,
    proofs: ['label.bought'],
    speaksOf: speaksOfLabel,
  },
  'label.void': {
    stands: (state, { version }) =>
      (state as LabelState).labels.some((one) => one.version === version && one.step === 'kept'),
    again: LABEL_RETRY,
    proofs: ['label.voided'],
    speaksOf: speaksOfLabel,
  },
  'delivery.label': {
    stands: (state, { version }) =>
      (state as LabelState).labels.some((one) => one.shownVersion === version && one.shown === 'failed'),
    again: LABEL_RETRY,
    proofs: ['label.shown', 'label.voided'],
    speaksOf: (data, { ask }) =>
      (data as { of?: unknown } | null)?.of === (ask as { deliveryId?: unknown } | null)?.deliveryId,
  },
  'stock.read': {
    stands: () => false,
    never: 'A reading is worth only what it says of the present. Retry on the latest version.',
    // A number that no reading can have had: the ledger then reads anew.
    again: { type: 'stock.nudge', free: Number.MIN_SAFE_INTEGER } as { type: string },
    proofs: ['stock.read'],
  },
  'supply.ensure': {
    stands: (state) => (state as SupplyState).trouble?.code === 'failed',
    never: 'The supplier may offer something else by now. Retry on the latest version.',
    again: { type: 'supply.retry' },
    proofs: ['supply.settled', 'supply.ended'],
  },
  'supplyList.settle': {
    stands: (state, { ask }) => (state as SupplierState).waiting?.hash === (ask as { hash?: unknown } | null)?.hash,
    never: 'A newer list may have come. Say anew what is to become of the one that waits.',
    again: { type: 'supplier.allow' },
    proofs: ['supplier.listTaken', 'supplier.listDropped', 'supplier.listAllowed'],
  },
  'listing.ensure': OFFERING,
  'price.ensure': OFFERING,
  'listing.withdraw': OFFERING,
  'inventory.set': PUBLISHING,
  'inventory.put': PUBLISHING,
  'inventory.read': PUBLISHING,
}

export const recoveryOf = (type: string): Recovery | null => (RECOVERY as Record<string, Recovery>)[type] ?? null
