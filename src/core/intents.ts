/**
 * Everything the hub can ask of the outside, in its own words, and what it wants to hear back. A connector implements
 * some of these, each as an _ensure_: it looks whether the work is done already, so that asking twice does it once.
 */
import type { InvoiceReference, Shipment, StockLevel } from '#canon/goods.ts'
import type { Money } from '#canon/money.ts'
import type { Order, OrderLine } from '#canon/order.ts'
import type { ParcelSeen } from '#canon/parcel.ts'
import type { PaymentSeen, RefundSeen } from '#canon/payment.ts'
import type { Receipt } from '#canon/receipt.ts'
import type { ShownListing } from '#canon/product.ts'
import type { RedemptionAsk } from './order/redeemed.ts'
import type { PayoutIntents } from './payout/intents.ts'
import type { ScreeningDecision } from './order/screening.ts'
import type { Ahead } from './stock/presale.ts'
import type { LabelIntents } from './parcel/label-intents.ts'
import type { SupplyIntents } from './supply/intents.ts'
import type { Instruction } from './warehouse-order/state.ts'

/** Names one order for good: `<channel>:<externalId>`. */
export type OrderRef = string

/** What a channel is told of a shipment, besides its pieces. */
export type Parcel = Omit<Shipment, 'lines' | 'shippedAt'>

interface EnsureListing {
  ask: {
    sku: string
    productId: string
    variantId: string
    fields: ShownListing
    imageUrls?: Readonly<Record<string, string>>
    /** It was accepted before; so many times it was looked whether it is shown. */
    looks?: number
    /** What the channel called it then. */
    reference?: string
    /** Something else was accepted before and may come yet: what is shown now is no proof, and is written over. */
    over?: true
  }
  answer:
    | { outcome: 'shown'; shown: ShownListing; written: string[]; unable: Unable[] }
    | { outcome: 'accepted'; unable: Unable[]; reference?: string }
    | { outcome: 'gone' }
}

interface Unable {
  field: string
  reason: string
}

export interface IntentTypes extends LabelIntents, PayoutIntents, SupplyIntents {
  /** ERP: the order exists as a confirmed, locked sale order, exactly once. */
  'sale.ensure': {
    ask: {
      order: Order
      orderRef: OrderRef
      warehouse: string
      /** SKUs that leave from another warehouse than that. */
      sources?: { sku: string; warehouse: string }[]
      /** The day goods come that are not here yet; `whole`: nothing leaves before. */
      promise?: { date: string; whole: boolean }
    }
    answer: {
      saleId: string
      saleName: string
      total: Money
      /** Of an order that the ERP prices. */
      totalTax?: Money
      /** Which line of the sale stands for which line of the order. */
      lines: { lineId: string; saleLineId: string }[]
    }
  }
  /**
   * ERP: the sale is what the order is now: its lines, quantities, prices and delivery address, and its deliveries
   * follow. All of it or, where something that would have to come off has left, is packed or billed, nothing of it.
   * `removed` names lines that the order does not name any more.
   */
  'sale.change': {
    ask: {
      order: Order
      orderRef: OrderRef
      warehouse: string
      sources?: { sku: string; warehouse: string }[]
      removed: string[]
      /** SKUs whose warehouse may be another one than before; that of others is left as it is there. */
      moved?: string[]
    }
    answer:
      | { outcome: 'changed'; total: Money; lines: { lineId: string; saleLineId: string }[] }
      | { outcome: 'shipped' | 'picked' | 'invoiced' | 'other_goods' | 'gone' }
  }
  /**
   * ERP: whatever of the sale has not left the warehouse is cancelled. Succeeds whatever was there; the answer says
   * what was found.
   */
  'sale.cancel': {
    ask: {
      orderRef: OrderRef
      /** What people call the order: others may have entered it by that name. */
      orderName?: string
      reason: string
    }
    answer: { outcome: 'cancelled' | 'partly_shipped' | 'shipped' | 'absent' }
  }
  /**
   * ERP: the sale is invoiced and the invoice posted, exactly once; its total equals `total` to the cent or the fault
   * `invoice_differs` says why not.
   */
  'invoice.ensure': {
    ask: { orderRef: OrderRef; saleId: string; total: Money; totalTax: Money; date: string; complete: boolean }
    answer: InvoiceReference
  }
  /**
   * ERP: pieces of the sale that had left are back in the warehouse, exactly once under `key`; damaged ones where
   * nothing is sold from.
   */
  'return.ensure': {
    ask: {
      orderRef: OrderRef
      key: string
      warehouse: string
      lines: { lineId: string; quantity: number; disposition: 'sellable' | 'damaged' }[]
    }
    /** Names of the return deliveries. */
    answer: { deliveries: string[] }
  }
  /**
   * ERP: the refund is a posted credit note of the invoice, exactly once under `key`; it comes to `total` to the cent,
   * or the fault `credit_differs` says why not.
   */
  'credit.ensure': {
    ask: CreditAsk
    answer: { creditId: string; number: string; total: Money }
  }
  /**
   * ERP: so much of the invoice was paid with what was owed to the customer already, or (negative) is owed again
   * instead of being paid out: one posted entry between that liability and the customer, exactly once under `key`,
   * matched with the invoice, or with its credit notes, as far as they are open.
   */
  'redemption.ensure': { ask: RedemptionAsk; answer: { entry: string } }
  /**
   * ERP: these pieces of the sale have left that warehouse, exactly once under `key`: its delivery is done for them,
   * and what is left of it waits in a backorder.
   */
  'delivery.ensure': {
    ask: {
      orderRef: OrderRef
      warehouse: string
      key: string
      shippedAt: string
      trackingNumber?: string
      lines: { saleLineId: string; quantity: number }[]
    }
    /** Usually one. */
    answer: { deliveries: { id: string; name: string }[] }
  }
  /** Warehouse of others: it has the order under `reference`, exactly once. `accepted`: it takes it on by that. */
  'warehouseOrder.ensure': {
    ask: Instruction
    answer: { fulfillerOrderId: string; accepted: boolean }
  }
  /** Warehouse of others: what has not left is not sent. `asked`: it answers later, as news. */
  'warehouseOrder.cancel': {
    ask: { reference: string; fulfillerOrderId: string | null; orderName: string; reason: string }
    answer: { outcome: 'cancelled' | 'refused' | 'asked'; reason?: string }
  }
  /**
   * Screener: it has this picture of the order under `reference`, exactly once. `decision` is what it says of it now;
   * null while it says nothing.
   */
  'screening.ensure': {
    ask: Pick<Order, 'total' | 'customer' | 'shippingAddress' | 'billingAddress' | 'placedAt'> & {
      reference: string
      orderName: string
      lines: Pick<OrderLine, 'sku' | 'title' | 'quantity' | 'unitPrice'>[]
    }
    answer: { caseId: string | null; decision: ScreeningDecision | null }
  }
  /**
   * ERP: the customer exists as a partner, exactly once, with the contact data given. `partOf`: it was found to be the
   * same person as that record, so its own partner is archived, never deleted; null: it was taken out again.
   */
  'customer.ensure': {
    ask: {
      key: string
      name: string
      email?: string
      phone?: string
      externalRef: string
      partOf?: string | null
    }
    answer: { partnerId: string }
  }
  /**
   * ERP: how many pieces are free (on hand less everything promised to confirmed orders, never counting incoming
   * goods). May be negative. `ahead`: with what is on its way, read after the other, so that no piece is in both.
   */
  'stock.read': {
    ask: { sku: string; warehouse: string; ahead?: { since: string | null } }
    answer: Pick<StockLevel, 'free' | 'onHand'> & { ahead?: Ahead }
  }
  /**
   * Channel: compare-and-set of what the channel can sell. `stale` when the channel had another number than `from`:
   * then nothing was changed and `available` is what it has now. A repeat under the same key gives the first answer.
   */
  'inventory.set': {
    ask: { sku: string; inventoryItemId: string; locationId: string; from: number; to: number }
    answer: { outcome: 'set' } | { outcome: 'stale'; available: number }
  }
  /**
   * Channel without compare-and-set: what can be sold becomes `to`, whatever it was; an order taken at the same moment
   * may be swallowed. 0 may be set any number of times. Anything more is set once: at a second attempt nothing is
   * written and the answer is `unknown`, since the first may have been done. `accepted` will be shown by the channel
   * later, when it has worked it off, and is called `reference` there. `at` is the channel's own clock.
   */
  'inventory.put': {
    ask: { sku: string; inventoryItemId: string; locationId: string; to: number }
    answer: { outcome: 'set' | 'accepted'; at: string; reference?: string } | { outcome: 'unknown' }
  }
  /**
   * Channel: the order is accepted or refused, line by line. `accepted` when at least one line was, by whomever;
   * `lapsed`: the channel had refused it by itself; `whole_only`: nothing was done, since this channel takes no
   * decision by the line; `void`: there is nothing to accept any more.
   */
  'order.accept': {
    ask: { externalId: string; orderName: string; lines: { lineId: string; accepted: boolean }[] }
    answer: { outcome: 'accepted' | 'refused' | 'lapsed' | 'whole_only' | 'void' }
  }
  /**
   * Channel: it shows these fields of the SKU so. What is so already is not written; what it cannot show for one SKU
   * alone is `unable`. `shown` is what stands there afterwards; `gone`: the listing is not there any more; `accepted`:
   * the channel works it off later, and is asked again by then.
   */
  'listing.ensure': EnsureListing
  /** Channel: as above, for the price alone, which never waits for hours of bulk work. */
  'price.ensure': EnsureListing
  /**
   * Channel: the SKU is on show no more; nothing is deleted. `shared`: only its stock closes it, since other SKUs of
   * the same product are still sold, or since the channel has nothing else to hide it by. `accepted` as above.
   */
  'listing.withdraw': {
    ask: { sku: string; productId: string; variantId: string; looks?: number; over?: true }
    answer: { outcome: 'hidden' | 'shared' | 'gone' | 'accepted' }
  }
  /**
   * Channel: what can be sold there right now; `at` by the channel's own clock, where it tells it. `refused`: the
   * number accepted under that reference was not taken after all, and never will be; `again`: only because nothing of
   * it was read.
   */
  'inventory.read': {
    ask: { sku: string; inventoryItemId: string; locationId: string; reference?: string }
    answer: {
      available: number
      at?: string
      refused?: { message: string; again: boolean }
      untouched?: boolean
    }
  }
  /**
   * Channel: the pieces of this parcel are fulfilled with its tracking number. `cumulative` is how many pieces of the
   * line must be fulfilled in all once this parcel is known there, which is how a repeat is recognised.
   */
  'fulfilment.ensure': {
    ask: {
      externalId: string
      orderName: string
      parcel: Parcel
      lines: { lineId: string; quantity: number; cumulative: number }[]
    }
    answer: { fulfilmentId: string | null }
  }
  /**
   * ERP: each receipt is a paid till order, exactly once, in the register's open session, which is opened when there is
   * none. Of several, those the ERP does not take are named in the answer and the others are posted; a single one is a
   * fault.
   */
  'receipt.post': {
    ask: { storeId: string; registerId: string; businessDate: string; receipts: readonly Receipt[] }
    answer: PostedReceipts
  }
  /**
   * ERP: the receipts are one till order, exactly once, which `key` names. Those it does not take are left out and
   * named.
   */
  'session.post': {
    ask: { storeId: string; registerId: string; businessDate: string; key: string; receipts: readonly Receipt[] }
    answer: PostedReceipts
  }
  /**
   * Provider: `amount` more is captured, so that `cumulative` is captured in all, which is how a repeat is recognised.
   * `final`: what is left of the authorisation is let go. The answer is the payment as it stands then.
   */
  'payment.capture': {
    ask: { paymentId: string; requestId: string; amount: Money; cumulative: Money; final: boolean }
    answer: PaymentSeen
  }
  /** Provider: nothing is held of the customer's money any more. Where it was captured, the answer says so. */
  'payment.void': {
    ask: { paymentId: string; reason: string }
    answer: PaymentSeen
  }
  /** Provider: so much is on its way back, exactly once for a `requestId`. It may still fail later. */
  'payment.refund': {
    /** `captureId`: where the provider gives back by capture. */
    ask: { paymentId: string; requestId: string; amount: Money; reason: string; captureId?: string }
    answer: RefundSeen
  }
  /**
   * Carrier: the parcel is followed, and its news is told to us. The answer is what is known of it by now.
   */
  'parcel.track': {
    ask: { trackingNumber: string; orderRef: OrderRef; carrier?: string }
    answer: ParcelSeen
  }
  /**
   * Channel: so much is given back on the order through the payment it owns, exactly once under `key`. No piece is put
   * on sale by it: who received the goods says where they are. The answer names the refund as the channel does.
   */
  'refund.ensure': {
    ask: {
      externalId: string
      orderName: string
      key: string
      amount: Money
      lines: { lineId: string; quantity: number; amount: Money; tax: Money }[]
      shipping?: { amount: Money; tax: Money }
      taxesIncluded: boolean
      reason: string
      /** It becomes credit in the shop instead of going back to what it was paid with. */
      storeCredit?: true
      /** Refunds known when it was first asked for: where the channel keeps no key of ours, it is none of them. */
      known?: readonly string[]
    }
    answer: { refundId: string }
  }
  /** ERP: the register's session of that day, or of one before, is closed and posted, with its cash. */
  'session.close': {
    ask: SessionClose
    answer: { outcome: 'closed' | 'absent'; sessionId: string | null; entry: string | null }
  }
}

/** What became of receipts: the till orders that stand for them, and those that were not taken. */
export interface PostedReceipts {
  sessionId: string
  posted: { txId: string; orderId: string }[]
  refused: { txId: string; code: string; message: string }[]
}

export interface CreditAsk {
  orderRef: OrderRef
  orderName: string
  saleId: string
  invoiceId: string
  key: string
  date: string
  total: Money
  taxesIncluded: boolean
  /** `back`: the pieces came back, so they are no longer sold; of others only the money is given back. */
  lines: { lineId: string; quantity: number; amount: Money; tax: Money; back: boolean }[]
  shipping?: { amount: Money; tax: Money }
  /** What is given back for nothing in particular, or (negative) kept of what the lines come to. */
  other: Money
}

export interface SessionClose {
  storeId: string
  registerId: string
  businessDate: string
  /** What was in the drawer and what was counted; null when nobody counted. */
  cash: { opening: Money; counted: Money } | null
  cashMoves: readonly { txId: string; amount: Money; reason: string }[]
}

export type IntentType = keyof IntentTypes
export type Ask<T extends IntentType> = IntentTypes[T]['ask']
export type Answer<T extends IntentType> = IntentTypes[T]['answer']

/** How soon it matters, among others of its kind; `usual` unless said. */
export type Urgency = 'pressing' | 'usual' | 'calm'

/** Work owed to the outside. `to` is the name of a channel's connection, or the role `erp`. */
export type Intent = { [T in IntentType]: { type: T; to: string; ask: Ask<T>; urgency?: Urgency } }[IntentType]

/**
 * The end of an intent, as a command to the stream that wanted it. `intent` is what was asked, `version` the event that
 * caused it.
 */
export type Done = {
  [T in IntentType]: { type: 'done'; intent: T; ask: Ask<T>; answer: Answer<T>; version: number }
}[IntentType]

/** The final failure of an intent: it was refused for good, or given up. */
export interface Failed {
  type: 'failed'
  intent: IntentType
  version: number
  fault: { kind: string; code: string; message: string }
}
