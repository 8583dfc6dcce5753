/** Which decider knows which kind of stream. */
import { channel } from './channel/channel.ts'
import { connection, item, listing } from './catalogue/catalogue.ts'
import { customer } from './customer/customer.ts'
import { identity } from './customer/identity.ts'
import type { Decider } from './decider.ts'
import { fulfilment } from './fulfilment/fulfilment.ts'
import { order } from './order/order.ts'
import { kit } from './kit/kit.ts'
import { capture } from './payment/capture.ts'
import { payment } from './payment/payment.ts'
import { label } from './parcel/label.ts'
import { parcel } from './parcel/parcel.ts'
import { payout } from './payout/payout.ts'
import type { Policy } from './policy.ts'
import { offer } from './offer/offer.ts'
import { product } from './product/product.ts'
import { reservation } from './reservation/reservation.ts'
import { returns } from './return/return.ts'
import { route } from './route/route.ts'
import { stock } from './stock/stock.ts'
import { supplier } from './supply/supplier.ts'
import { supply } from './supply/supply.ts'
import { till } from './store-day/till.ts'
import { warehouseOrder } from './warehouse-order/warehouse-order.ts'

/** A decider whose own types the engine need not know: states and events are plain JSON to it. */
export type AnyDecider = Decider<{ version: number }, { type: string }, { type: string }, Policy>

// The engine hands each decider only what that decider itself produced, or a command that was translated for it.
const opaque = <S, C, E>(decider: Decider<S, C, E, Policy>): AnyDecider => decider as unknown as AnyDecider

export const deciders: Readonly<Record<string, AnyDecider>> = {
  'order': opaque(order),
  'stock': opaque(stock),
  'fulfilment': opaque(fulfilment),
  'customer': opaque(customer),
  'identity': opaque(identity),
  'return': opaque(returns),
  'warehouse-order': opaque(warehouseOrder),
  'route': opaque(route),
  'reservation': opaque(reservation),
  'kit': opaque(kit),
  'product': opaque(product),
  'offer': opaque(offer),
  'price': opaque(offer),
  'item': opaque(item),
  'listing': opaque(listing),
  'connection': opaque(connection),
  'till': opaque(till),
  'payment': opaque(payment),
  'payout': opaque(payout),
  'parcel': opaque(parcel),
  'label': opaque(label),
  'channel': opaque(channel),
  'supply': opaque(supply),
  'supplier': opaque(supplier),
  'capture': opaque(capture),
}
