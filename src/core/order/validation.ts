/**
 * What keeps an order from going to the ERP, in one place: nothing goes there while `judge` finds something. Each
 * obstacle has a name that people learn, and a sentence for this order.
 */
import type { Order } from '#canon/order.ts'
import type { ChannelPolicy, Policy } from '../policy.ts'
import { heldByHand, unwaived } from './holds.ts'
import { moneyObstacles } from './money-checks.ts'
import { fraudObstacles, goesUnpaid, paymentObstacles } from './payment.ts'
import { screeningObstacles } from './screening.ts'
import { isSearching } from './route.ts'
import { seatTrouble } from './seats.ts'
import type { Hold, OrderState } from './state.ts'

export interface Obstacle {
  code: string
  detail: string
}

/** Every reason an order may be held back, in the order they are shown. `waits` ones resolve without a person. */
export const OBSTACLES = {
  nothing_wanted: {
    waits: false,
    cure: 'Nothing is left to deliver; cancel the order in the channel if that is right.',
  },
  acceptance_needed: {
    waits: true,
    cure: 'Nothing to do: the order is accepted once its goods are reserved, unless the policy leaves it to a person.',
  },
  customer_missing: { waits: false, cure: 'Add the customer in the channel.' },
  address_missing: { waits: false, cure: 'Add the delivery address in the channel.' },
  channel_pool_missing: {
    waits: false,
    cure: 'Name the warehouse for goods that lie with the channel: channelPool in its policy.',
  },
  status_unknown: {
    waits: false,
    cure: 'The channel uses a word that is newer than this release. Look at the order there, and update the hub.',
  },
  payment_pending: { waits: true, cure: 'Nothing to do: the order is released when the payment arrives.' },
  tax_unknown: { waits: false, cure: 'Add the rate in Odoo and to the policy of the channel.' },
  shipping_unknown: { waits: false, cure: 'Add the shipping method to the policy of the channel.' },
  sku_missing: { waits: false, cure: 'Give the product a SKU in the channel, then edit the order.' },
  sku_unknown: { waits: false, cure: 'Create the product in Odoo with this SKU; the order goes on by itself.' },
  stock_short: {
    waits: false,
    cure: 'Receive goods, or cancel the line; the order goes on by itself when stock arrives.',
  },
  location_unknown: {
    waits: false,
    cure: 'Name the location and its warehouse in the configuration, or move the pieces to another one in the channel.',
  },
  location_split: {
    waits: false,
    cure: 'A product of one order leaves from one warehouse: move its pieces to one location in the channel; the order goes on by itself.',
  },
  location_awaited: { waits: true, cure: 'Nothing to do: the channel is about to say where it takes the pieces from.' },
  stock_asked: { waits: true, cure: 'Nothing to do: the stock ledger is being asked.' },
  route_asked: { waits: true, cure: 'Nothing to do: the warehouses that may serve the order are being asked.' },
  payment_awaited: { waits: true, cure: 'Nothing to do: the order is released when its provider has the money.' },
  payment_short: {
    waits: false,
    cure: 'Ask the customer for the rest, or take something off the order in the channel.',
  },
  payment_currency: { waits: false, cure: 'Look at the payment at its provider: it may belong to another order.' },
  held_by_hand: { waits: false, cure: 'Let the order go, or cancel it: crossdock holds shows by whom it is held.' },
  fraud_expected: { waits: false, cure: 'Look at the payment at its provider; then let the order go, or cancel it.' },
  fraud_review: { waits: false, cure: 'Decide the review at the payment provider; the order follows.' },
  screening_needed: { waits: true, cure: 'Nothing to do: it is sent to the screener once nothing else keeps it.' },
  screening_awaited: { waits: true, cure: 'Nothing to do: the order is asked about until its clock runs out.' },
  screening_failed: { waits: false, cure: 'Mend what the message says and retry; or let the order go.' },
  screening_stopped: { waits: false, cure: 'Decide the case at the screener; or let the order go, or cancel it.' },
  address_incomplete: { waits: false, cure: 'Complete the address in the channel.' },
  price_differs: { waits: false, cure: 'Compare lines, discounts and total in the channel; then let the order go.' },
  tax_differs: { waits: false, cure: 'Compare the rates and amounts of tax in the channel; then let the order go.' },
  credit_exceeded: { waits: false, cure: 'Decide whether the customer gets so much credit; then let the order go.' },
  payment_disputed: { waits: false, cure: 'Send evidence to the provider, or cancel the order in the channel.' },
} as const

/** Everything that keeps the order here, less what people or a clock let pass. */
export function judge(state: OrderState, order: Order, channel: ChannelPolicy, policy: Policy): Obstacle[] {
  const payments = state.payments ?? []
  const checks = policy.holds?.checks[order.channel]
  return unwaived(state, [
    ...obstacles(order, state.holds, channel, isSearching(state)),
    ...paymentObstacles(order, payments, policy),
    ...fraudObstacles(payments, policy),
    ...(checks ? [...moneyObstacles(order, checks), ...addressObstacles(order, checks.wholeAddressIn ?? [])] : []),
    ...heldByHand(state),
    ...screeningObstacles(state, order, policy),
  ])
}

function addressObstacles({ shippingAddress: to, fulfilledBy }: Order, countries: readonly string[]): Obstacle[] {
  if (!to || fulfilledBy === 'channel' || !countries.includes(to.country ?? '')) return []
  const wanted = { street: to.street, town: to.city, postcode: to.postcode }
  const names = Object.entries(wanted).filter(([, value]) => !value?.trim()).map(([name]) => name).join(' and ') // prettier-ignore
  return names ? [{ code: 'address_incomplete', detail: `The address in ${to.country} has no ${names}.` }] : []
}

/** @param searching for a pool to serve it. */
export function obstacles(order: Order, holds: readonly Hold[], policy: ChannelPolicy, searching = false): Obstacle[] {
  const found: Obstacle[] = []
  const add = (code: keyof typeof OBSTACLES, detail: string) => found.push({ code, detail })
  const wanted = order.lines.filter(({ quantity }) => quantity > 0)
  // Nothing is wanted of an order whose payment failed, until the customer pays after all.
  if (wanted.length === 0 && order.paymentStatus !== 'expired')
    add('nothing_wanted', 'No line has anything left to deliver.')
  // A marketplace names the customer only once the order is accepted and paid.
  const { acceptance } = order
  const unnamed = acceptance !== undefined && (acceptance !== 'accepted' || order.paymentStatus === 'pending')
  if (acceptance === 'needed')
    add('acceptance_needed', `It has to be accepted${order.acceptBy ? ` by ${order.acceptBy}` : ''}.`)
  if (!order.customer && !unnamed) add('customer_missing', 'The order names no customer and no e-mail address.')
  const ours = order.fulfilledBy !== 'channel'
  const addressed = order.shippingAddress !== null || order.addressFollows || unnamed
  if (ours && !addressed && wanted.some(({ requiresShipping }) => requiresShipping)) {
    add('address_missing', 'There are goods to ship and no address.')
  }
  if (!ours && policy.channelPool === undefined)
    add('channel_pool_missing', 'The channel ships this order itself, and no warehouse is named for the goods there.')
  if (order.unclear?.length) add('status_unknown', `The channel says ${order.unclear.join(' and ')}.`)
  const mayGo = policy.releaseWhen.includes(order.paymentStatus) || goesUnpaid(order, policy)
  if (!mayGo) add('payment_pending', `Payment is '${order.paymentStatus}'.`)
  const rates = [...order.lines, ...order.shipping].flatMap(({ taxes }) => taxes.map(({ rate }) => rate))
  const unknownRates = listUnknown(rates, policy.taxRates)
  if (unknownRates) add('tax_unknown', `Tax rate ${unknownRates} is not known.`)
  const unknownMethods = listUnknown(order.shipping.map(({ code }) => code), policy.shippingMethods) // prettier-ignore
  if (unknownMethods) add('shipping_unknown', `Shipping method ${unknownMethods} is not known.`)
  if (wanted.some(({ sku, giftCard }) => sku === null && !giftCard)) add('sku_missing', 'A line has no SKU.')
  const named = (outcome: Hold['outcome']) =>
    holds.filter((hold) => hold.outcome === outcome && hold.quantity > 0).map(({ sku }) => sku).join(', ') // prettier-ignore
  const { unknown, split, unseated } = seatTrouble(order, policy)
  if (unknown.length > 0) add('location_unknown', `No warehouse is named for location ${unknown.join(', ')}.`)
  if (split.length > 0) add('location_split', `Several locations share ${split.join(', ')}.`)
  if (unseated.length > 0)
    add('location_awaited', `The channel has not said where it takes ${unseated.join(', ')} from.`)
  if (named('unknown_sku')) add('sku_unknown', `The ERP does not know ${named('unknown_sku')}.`)
  if (named('short') && policy.whenShort === 'hold') add('stock_short', `Not enough of ${named('short')}.`)
  if (named('asked')) add('stock_asked', `Stock of ${named('asked')} is being asked for.`)
  if (searching) add('route_asked', 'It is being asked which warehouse has the goods.')
  return found
}

function listUnknown(used: readonly string[], known: 'any' | readonly string[]): string {
  if (known === 'any') return ''
  return [...new Set(used)].filter((one) => !known.includes(one)).map((one) => `'${one}'`).join(', ') // prettier-ignore
}
