/** The commands connectors translate deliveries into. (Commands between streams stand with their deciders.) */
import type { Shipment } from '#canon/goods.ts'
import type { Money } from '#canon/money.ts'
import type { Order } from '#canon/order.ts'
import type { ChannelListing, ErpProduct } from '#canon/product.ts'
import type { Receipt, TillRecord } from '#canon/receipt.ts'

/**
 * To `order/…`: the order as the channel has it at `order.updatedAt`. Sent for every kind of order news, in any order,
 * any number of times.
 */
export interface ObserveOrder {
  type: 'order.observe'
  order: Order
  /** Members of what the channel sent in which card numbers were hidden before it was stored. */
  masked?: readonly string[]
}

/** To `order/…`: the channel says the order is cancelled, without a full snapshot. May come before the order. */
export interface CancelOrder {
  type: 'order.cancel'
  reason: string
  at: string
}

/** To `fulfilment/…`: a delivery left the warehouse. Sent any number of times; `shipmentId` names it. */
export interface NoteShipment extends Shipment {
  type: 'fulfilment.noteShipment'
}

/** To `product/…` */
export interface ObserveProduct {
  type: 'product.observe'
  product: ErpProduct
}

/** To `product/…`: what the ERP sells it for by the mapped price lists; null where a list has no price for it. */
export interface ObservePrices {
  type: 'product.observePrices'
  prices: Readonly<Record<string, Money | null>>
  at: string
}

/** To `product/…`: how a channel lists the SKU, or that it no longer does (`deleted`). */
export interface ObserveListing {
  type: 'product.observeListing'
  listing: ChannelListing
}

/**
 * To `stock/<pool>/<sku>`: the ERP's stock may have changed; `free` is a hint, not a reading. The pool is the
 * warehouse's code.
 */
export interface NudgeStock {
  type: 'stock.nudge'
  free: number
}

/** To `stock/<pool>/<sku>`: what the channel itself says it can sell there, at a moment of its own clock. */
export interface SeeChannelStock {
  type: 'stock.seen'
  channel: string
  available: number
  at: string
}

/**
 * To `channel/<name>`: every order placed or changed there up to `until`, by the channel's own clock, was handed in
 * before this. An orders feed says so at the end of a pass; it keeps below the channel's clock by what a transaction
 * there may last.
 */
export interface CatchUp {
  type: 'channel.caughtUp'
  until: string
}

/**
 * To `till/<store>/<register>`: records of one upload, each checked for itself, and those that were not worth taking.
 * In any order, any number of times; the register's sequence decides.
 */
export interface TakeRecords {
  type: 'till.receive'
  storeId: string
  registerId: string
  records: readonly TillRecord[]
  refused: readonly { sequence: number; code: string; detail: string }[]
  at: string
}

/**
 * To `till/<store>/<register>`: a receipt of a counter that keeps no sequence of ours. Counted once by its `txId`, as
 * long as its business day is remembered there.
 */
export interface TakeReceipt {
  type: 'till.receipt'
  receipt: Receipt
  at: string
}

/** To `till/<store>/<register>`: the business day is over, by somebody who sends no Z-report. */
export interface EndDay {
  type: 'till.endDay'
  businessDate: string
}
