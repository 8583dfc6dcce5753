/**
 * The shape of every command that may stand in a message, so that an edited one can be refused with the field and the
 * reason before anybody decides it. Answers of other systems are not among them: nobody edits what somebody else said.
 */
import { shipment } from '#canon/goods.ts'
import { consent, order, party } from '#canon/order.ts'
import { PARCEL_CASES, PARCEL_STATUSES, parcelSeen } from '#canon/parcel.ts'
import { disputeSeen, paymentSeen, REFUND_STATUSES, refundSeen } from '#canon/payment.ts'
import { orderSettled, payoutSeen } from '#canon/payout.ts'
import { address, currency, instant, moneySchema, quantity, sku } from '#canon/primitives.ts'
import { channelListing, erpProduct } from '#canon/product.ts'
import { businessDate, placeId, receipt, tillRecord } from '#canon/receipt.ts'
import { HOLD_KINDS } from '#core/order/hold-kinds.ts'
import { DISPOSITIONS, RETURN_REASONS } from '#core/return/state.ts'
import { z } from 'zod'
import { TOGETHER_SHAPES } from './command-schemas-together.ts'

const text = z.string().max(2_000)
const orderRef = z.string().regex(/^([^:]+:.+|till\/[^:]+)$/, 'must be <channel>:<id of the order>')
const change = z.int()
const outcome = z.enum(['asked', 'reserved', 'short', 'unknown_sku'])
const line = z.object({ lineId: z.string(), quantity, saleLineId: z.string().nullable() })

const telling = z.object({
  record: text,
  channel: text,
  party,
  times: z.record(z.string(), instant),
  addresses: z.array(z.object({ address, at: instant })),
  consents: z.array(consent),
})

const named = z.string().regex(/^[\w.-]{1,100}$/)
const piece = { lineId: z.string().min(1).max(200), quantity: quantity.min(1) }

const listName = { file: text, hash: text, at: instant }
const decimal = z.string().regex(/^\d+(\.\d+)?$/, 'must be a decimal')
const supplyOffer = z.object({
  sku: sku.optional(),
  barcode: text.optional(),
  price: decimal,
  currency,
  leadDays: quantity,
  stock: quantity.optional(),
})
const supplyRules = z.object({
  supplier: z.object({ name: text, ref: text.optional() }),
  owner: text,
  jumpPercent: z.number().min(0).nullable(),
  unknown: z.enum(['case', 'note']),
})

/** What goes out instead, at prices in minor units, in the way the order counts. */
export const exchangeAsk = z.object({
  goods: z
    .array(
      z.object({
        sku,
        title: z.string().min(1).max(200).optional(),
        quantity: quantity.min(1),
        unitPrice: z.int().min(0).max(1e12),
      }),
    )
    .min(1)
    .max(100),
  by: z.string().min(1).max(100),
})

/** What a person says of goods that come back. */
export const backRequest = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('return.ask'),
    returnId: named,
    reason: z.string().min(1).max(100),
    lines: z.array(z.object(piece)).min(1).max(1_000),
    exchange: exchangeAsk.optional(),
  }),
  z.object({
    type: z.literal('return.atTill'),
    receiptId: named,
    storeId: placeId,
    pool: text,
    at: instant,
    lines: z
      .array(z.object({ ...piece, total: moneySchema, tax: moneySchema, restock: z.boolean() }))
      .min(1)
      .max(1_000),
  }),
  z.object({ type: z.literal('return.tillVoided'), receiptId: named }),
  z.object({ type: z.literal('exchange.paid'), exchangeId: named, by: z.string().min(1).max(100) }),
  z.object({
    type: z.literal('return.receive'),
    receiptId: named,
    returnId: named.optional(),
    pool: z.string().min(1).max(20).optional(),
    lines: z
      .array(z.object({ ...piece, disposition: z.enum(DISPOSITIONS) }))
      .min(1)
      .max(1_000),
  }),
  z.object({
    type: z.literal('refund.give'),
    requestId: named,
    lines: z.array(z.object(piece)).max(1_000),
    amount: moneySchema.optional(),
    shipping: z.boolean().optional(),
    fee: moneySchema.optional(),
    reason: z.enum(RETURN_REASONS),
    by: z.string().min(1).max(100),
  }),
  z.object({ type: z.enum(['refund.approve', 'refund.decline']), requestId: named, by: z.string().min(1).max(100) }),
  z.object({
    type: z.literal('refund.atProvider'),
    provider: z.string().min(1),
    requestId: z.string().nullable(),
    refundId: z.string().nullable(),
    amount: moneySchema,
    status: z.enum([...REFUND_STATUSES, 'unknown', 'refused']),
    detail: text,
    at: instant,
  }),
])

const orderPayment = z.object({
  provider: z.string().min(1),
  paymentId: z.string().min(1),
  version: z.int().min(1),
  authorised: moneySchema,
  captured: moneySchema,
  refunded: moneySchema,
  closed: z.boolean(),
  disputed: z.boolean(),
  warned: z.boolean(),
  inReview: z.literal(true).optional(),
})

const captureNews = z.discriminatedUnion('type', [
  z.object({ type: z.literal('payment.observe'), seen: paymentSeen, at: instant }),
  z.object({ type: z.literal('payment.observeRefund'), refund: refundSeen, at: instant }),
  z.object({ type: z.literal('payment.observeDispute'), dispute: disputeSeen, at: instant }),
])

const person = z.string().min(1).max(100)
const orderParcel = z.object({
  connection: z.string().min(1),
  trackingNumber: z.string().min(1),
  shipmentId: z.string().min(1),
  version: z.int().min(1),
  status: z.enum(PARCEL_STATUSES),
  at: instant,
  promisedBy: instant,
  expectedBy: instant.nullable(),
  case: z.object({ kind: z.enum(PARCEL_CASES), owner: person, detail: text }).nullable(),
})

const holdKind = z.enum(HOLD_KINDS)
const minutes = z.int().min(1).max(525_600)

const SHAPES: Readonly<Record<string, z.ZodRawShape>> = {
  'order.observe': { order, masked: z.array(z.string()).optional() },
  'order.cancel': { reason: text, at: instant },
  'order.retry': {},
  'order.resend': {},
  'order.reroute': {
    to: text,
    skus: z.array(z.string().min(1)).optional(),
    part: z.boolean().optional(),
    by: person,
    note: text,
  },
  ...TOGETHER_SHAPES,
  'order.lookAtClock': {},
  'order.decideAcceptance': { accepted: z.array(z.string()) },
  'order.hold': { by: person, reason: text, minutes: minutes.optional() },
  'order.releaseHold': { kind: holdKind, by: person, note: text },
  'order.keepHold': { kind: holdKind, by: person, note: text, minutes: minutes.optional() },
  'order.noteScreening': {
    reference: z.string().min(1),
    caseId: z.string().nullable(),
    decision: z.object({
      action: z.enum(['accept', 'reject', 'hold', 'challenge', 'unknown']),
      reason: text,
      at: instant,
    }),
  },
  'order.askBack': { request: backRequest },
  'order.notePromise': {
    sku, pool: text, open: z.boolean(), quantity, date: z.iso.date().nullable(), whole: z.boolean(), owner: text,
  }, // prettier-ignore
  'stock.look': {},
  'stock.wants': { orderRef, quantity },
  'order.noteHold': { sku, pool: text.optional(), outcome },
  'order.notePieces': { lines: z.array(z.object({ lineId: z.string(), cumulative: quantity })) },
  'order.noteShipped': { complete: z.boolean(), announced: z.boolean(), date: z.string() },
  'order.noteException': { code: z.string().regex(/^\w+$/), detail: text },
  'stock.know': { stocked: z.boolean() },
  'stock.bind': {
    channel: z.string(),
    place: z.object({ inventoryItemId: z.string().min(1), locationId: z.string().min(1) }).nullable(),
  },
  'stock.resume': {},
  'stock.hold': { orderRef, channel: z.string(), change, sold: quantity, restocked: quantity },
  'stock.confirmHold': { orderRef, quantity },
  'stock.release': { orderRef },
  'stock.nudge': { free: z.int() },
  'stock.seen': { channel: z.string(), available: z.int(), at: instant },
  'fulfilment.open': { channel: z.string(), externalId: z.string(), orderName: z.string(), lines: z.array(line) },
  'fulfilment.noteShipment': shipment.shape,
  'fulfilment.stop': {},
  'fulfilment.retry': {},
  'fulfilment.tellLeft': {},
  'fulfilment.noteLink': { trackingNumber: z.string().min(1), trackingUrl: z.url() },
  'order.noteWarehouse': {
    pool: z.string(),
    outcome: z.enum(['cancelled', 'kept', 'failed']),
    detail: text,
  },
  'order.clearExceptions': { codes: z.array(z.string()) },
  'warehouseOrder.open': {
    fulfiller: z.string(),
    instruction: z.looseObject({ reference: z.string(), pool: z.string() }),
  },
  'warehouseOrder.noteNews': {
    news: z.enum(['accepted', 'refused', 'on_hold', 'cancelled']),
    at: instant,
    reason: text.optional(),
    fulfillerOrderId: z.string().optional(),
  },
  'warehouseOrder.noteParcel': {
    shipmentId: z.string().min(1),
    shippedAt: instant,
    trackingNumber: z.string().optional(),
    trackingUrl: z.string().optional(),
    carrier: z.string().optional(),
    lines: z.array(z.object({ sku, quantity, insteadOf: sku.optional() })),
  },
  'warehouseOrder.noteShort': {
    key: z.string().min(1),
    lines: z.array(z.object({ sku, quantity })),
    follows: z.boolean(),
  },
  'warehouseOrder.notePacking': {
    shipmentId: z.string().min(1),
    cartons: z.array(
      z.object({
        sscc: z.string().nullable(),
        lines: z.array(
          z.object({ sku, quantity, lot: z.string().optional(), serials: z.array(z.string()).optional() }),
        ),
      }),
    ),
  },
  'warehouseOrder.noteReturn': {
    returnId: named,
    lines: z.array(z.object({ sku, quantity, disposition: z.enum(['sellable', 'damaged']) })),
  },
  'warehouseOrder.cancel': { reason: text },
  'warehouseOrder.retry': {},
  'warehouseOrder.lookAtClock': {},
  'return.noteLeft': { lines: z.array(z.object({ lineId: z.string(), quantity })) },
  'return.retry': {},
  'return.lookAtClock': {},
  'reservation.release': {},
  'reservation.expire': {},
  'reservation.convert': { orderRef },
  'customer.record': { channel: z.string(), party, addresses: z.array(address).optional(), at: instant },
  'customer.look': {},
  'customer.meet': { other: text },
  'customer.compare': { key: text, tellings: z.array(telling) },
  'customer.join': { with: text, by: text, note: z.string() },
  'customer.part': { by: text, note: z.string() },
  'customer.keepApart': { other: text, by: text, note: z.string(), mirrored: z.literal(true).optional() },
  'customer.absorb': {
    key: text,
    version: z.int(),
    tellings: z.array(telling),
    byHand: z.literal(true).optional(),
  },
  'customer.release': { key: text, version: z.int(), byHand: z.literal(true).optional() },
  'identity.claim': { customer: text, print: text },
  'identity.drop': { customer: text },
  'customer.retry': {},
  'product.observe': { product: erpProduct },
  'product.observeListing': { listing: channelListing },
  'offer.retry': {},
  'product.offer': { channels: z.array(z.string()) },
  'product.observePrices': { prices: z.record(z.string(), moneySchema.nullable()), at: instant },
  'item.bind': { sku, variantId: z.string(), productId: z.string() },
  'item.seen': { locationId: z.string(), available: z.int(), at: instant },
  'listing.observe': { skus: z.array(sku), at: instant },
  'listing.deleted': { at: instant },
  'connection.lost': { reason: text },
  'connection.restored': {},
  'till.receive': {
    storeId: placeId,
    registerId: placeId,
    records: z.array(tillRecord),
    refused: z.array(z.object({ sequence: z.int(), code: z.string(), detail: text })),
    at: instant,
  },
  'till.receipt': { receipt, at: instant },
  'till.endDay': { businessDate },
  'till.resume': { next: z.int().min(1), prevHash: z.string(), reason: text },
  'till.retry': {},
  'capture.belongs': { paymentId: text },
  'capture.tell': { news: captureNews },
  'capture.standAlone': {},
  'payment.observe': { seen: paymentSeen, at: instant },
  'payout.observe': { payout: payoutSeen },
  'payout.retry': {},
  'payout.noteUnreadable': { detail: text },
  'payout.noteOrder': { orderRef, net: moneySchema, known: z.boolean() },
  'order.noteSettled': { orderRef, settled: orderSettled },
  'payment.observeRefund': { refund: refundSeen, at: instant },
  'payment.observeDispute': { dispute: disputeSeen, at: instant },
  'payment.observeWarning': { warningId: text, kind: text, at: instant },
  'payment.observeReview': { reviewId: text, open: z.boolean(), fraud: z.boolean(), at: instant },
  'payment.noteOrder': { orderRef, refunded: moneySchema },
  'payment.noteException': { code: z.string().regex(/^\w+$/), detail: text },
  'payment.capture': { requestId: text, amount: moneySchema, final: z.boolean() },
  'payment.refund': { requestId: text, amount: moneySchema, reason: text, ofReturn: z.literal(true).optional() },
  'payment.void': { reason: text },
  'payment.retry': {},
  'payment.lookForOrder': {},
  'parcel.expect': {
    orderRef,
    shipmentId: z.string().min(1),
    carrier: z.string().min(1).optional(),
    shippedAt: instant,
    promisedBy: instant,
  },
  'parcel.observe': { seen: parcelSeen },
  'parcel.settle': { how: z.enum(['settled', 'lost']) },
  'parcel.retry': {},
  'parcel.lookAtClock': {},
  'stock.count': { by: named, onHand: quantity, at: instant },
  'stock.adjust': { by: named, quantity: change, reason: text, at: instant },
  'label.ready': {
    deliveryId: z.string().min(1),
    warehouse: z.string().min(1),
    to: address,
    method: z.string().min(1).optional(),
    weightG: z.int().min(1).optional(),
    promisedBy: instant.optional(),
  },
  'supply.observe': { offer: supplyOffer, at: instant, rules: supplyRules },
  'supply.end': { why: z.enum(['vanished', 'discontinued']), at: instant },
  'supply.accept': {},
  'supply.retry': {},
  'supply.lookAgain': {},
  'supplier.takeList': {
    ...listName,
    whole: z.boolean(),
    rows: quantity,
    changed: quantity,
    ended: quantity,
    doubled: z.boolean(),
  },
  'supplier.holdList': { ...listName, why: z.array(text), owner: text },
  'supplier.allow': {},
  'supplier.drop': {},
  'label.gone': { deliveryId: z.string().min(1) },
  'label.wantReturn': { returnId: named },
  'label.retry': {},
  'label.ended': { reference: z.string().min(1), reason: text },
  'label.lookAtClock': {},
  'order.noteParcel': { parcel: orderParcel },
  'payment.lookAtClock': {},
  'order.notePayment': { payment: orderPayment },
}

export interface ShapeProblem {
  /** The member, from the outside in: `order.lines.0.quantity`. */
  field: string
  reason: string
}

/** @returns the first thing that is wrong with the command; null when it may be decided. */
export function commandProblem(command: unknown): ShapeProblem | null {
  const type = (command as { type?: unknown } | null)?.type
  if (typeof type !== 'string') return { field: 'type', reason: 'is missing: a command begins with its type' }
  if (!Object.hasOwn(SHAPES, type))
    return { field: 'type', reason: `'${type.slice(0, 60)}' is no command people may edit` }
  const parsed = z.object({ type: z.string(), ...SHAPES[type] }).safeParse(command)
  const issue = parsed.error?.issues[0]
  return issue ? { field: issue.path.join('.') || 'body', reason: issue.message } : null
}
