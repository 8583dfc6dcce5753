/** Events, calls and deliveries in plain words, for people who read an order's trace. Tables, one line each. */
import { formatMoney, type Money } from '#canon/money.ts'
import type { ChannelEvent } from '#core/channel/channel.ts'
import type { CustomerEvent } from '#core/customer/customer.ts'
import type { IdentityEvent } from '#core/customer/identity.ts'
import type { ConnectionEvent, ItemEvent, ListingEvent } from '#core/catalogue/catalogue.ts'
import type { FulfilmentEvent } from '#core/fulfilment/fulfilment.ts'
import type { KitEvent } from '#core/kit/kit.ts'
import type { OrderEvent } from '#core/order/order.ts'
import type { OfferEvent } from '#core/offer/offer.ts'
import { OBSTACLES } from '#core/order/validation.ts'
import type { ProductEvent } from '#core/product/product.ts'
import type { ReservationEvent } from '#core/reservation/reservation.ts'
import { ASKED_WORDS, FROM_WORDS, INSTEAD_WORDS, PART_WORDS, SETTLED_WHY } from './words-returns.ts'
import type { ReturnEvent } from '#core/return/return.ts'
import type { RouteEvent } from '#core/route/route.ts'
import type { StockEvent } from '#core/stock/stock.ts'
import type { TogetherEvent } from '#core/parcel/together.ts'
import type { TillEvent } from '#core/store-day/till.ts'
import { ORDER_HOLD_WORDS } from './hold-words.ts'
import { MONEY_WORDS, type MoneyEvent } from './money-words.ts'
import { MOVE_WORDS } from './move-words.ts'
import { TOGETHER_WORDS } from './together-words.ts'
import { PARCEL_WORDS, type ParcelsEvent } from './parcel-words.ts'
import { SUPPLY_WORDS, type SuppliersEvent } from './supply-words.ts'
import { INCIDENT_OVER, PRESALE_WORDS, SHELF_WORDS } from './shelf-words.ts'
import type { WarehouseOrderEvent } from '#core/warehouse-order/warehouse-order.ts'
import { WAREHOUSE_TITLES } from './warehouse-words.ts'

export type HubEvent =
  | OrderEvent
  | FulfilmentEvent
  | StockEvent
  | KitEvent
  | ReservationEvent
  | RouteEvent
  | ReturnEvent
  | WarehouseOrderEvent
  | CustomerEvent
  | IdentityEvent
  | ProductEvent
  | OfferEvent
  | ItemEvent
  | ListingEvent
  | ConnectionEvent
  | TillEvent
  | MoneyEvent
  | ParcelsEvent
  | SuppliersEvent
  | ChannelEvent
  | TogetherEvent

type Data<T extends HubEvent['type']> = Extract<HubEvent, { type: T }>

const total = (lines: readonly { quantity: number }[]): number => lines.reduce((all, { quantity }) => all + quantity, 0)

const receiptWords = (lines: Data<'return.received'>['lines']): string => {
  const of = (what: (typeof lines)[number]['disposition']) =>
    total(lines.filter(({ disposition }) => disposition === what))
  const parts = (['sellable', 'damaged', 'missing'] as const).filter((what) => of(what) > 0)
  return `Goods received: ${parts.map((what) => `${of(what)} ${what}`).join(', ')}`
}

const isWait = (code: string): boolean => code in OBSTACLES && OBSTACLES[code as keyof typeof OBSTACLES].waits

const pieces = (n: number): string => (n === 1 ? '1 piece' : `${n} pieces`)

const ACCEPTED_WHY = {
  reserved: '',
  short: '; the goods of the rest are not there',
  time: '; there was no time to wait for the rest',
  person: ' by a person',
} as const

const SETTLED_WORDS = {
  accepted: 'The channel has the order as accepted',
  refused: 'The order is refused',
  lapsed: 'The channel refused the order by itself: nobody had answered in time',
  void: 'There is nothing to accept any more',
} as const

export const EVENT_TITLES: { readonly [T in HubEvent['type']]: string | ((event: Data<T>) => string) } = {
  'order.placed': 'Order placed',
  'order.changed': ({ changes }) =>
    `Order changed: ${changes.length > 0 ? changes.join(', ') : 'nothing that matters here'}`,
  'order.holdNoted': ({ sku, outcome }) => `Stock of ${sku}: ${HOLD_WORDS[outcome]}`,
  'order.heldBack': ({ exceptions }) => {
    if (exceptions.length === 0) return 'Nothing holds the order back any more'
    const what = exceptions.map(({ code }) => code.replaceAll('_', ' ')).join(', ')
    return exceptions.every(({ code }) => isWait(code)) ? `The order waits: ${what}` : `Order held back: ${what}`
  },
  'order.released': 'Order released to the ERP',
  'order.confirmed': ({ saleName }) => `Order confirmed as sale ${saleName}`,
  'order.releaseFailed': ({ code }) => `The ERP did not take the order (${code})`,
  'order.cancelRequested': 'Cancellation asked for',
  'order.cancelled': 'Order cancelled',
  'order.cancelRefused': ({ outcome }) =>
    outcome === 'failed' ? 'The cancellation failed' : 'Too late to cancel: goods had left',
  'order.exceptionRaised': ({ code }) => `A person has to look: ${code.replaceAll('_', ' ')}`,
  'order.shipped': ({ complete }) => (complete ? 'Everything has shipped' : 'A part has shipped'),
  'order.invoiceRequested': 'Invoice asked for',
  'order.invoiced': ({ number }) => `Invoiced as ${number}`,
  'order.announceRetried': 'The channel is told of the parcel again',
  'order.leftChannel': ({ lines }) => `The channel has sent ${pieces(total(lines))} of its own stock of ours`,
  'order.leftBooked': ({ deliveries }) => `The ERP has completed ${deliveries.map(({ name }) => name).join(', ')}`,
  'order.returnsRetried': 'The ERP is asked again about what came back',
  'order.backAsked': ({ request }) => ASKED_WORDS[request.type],
  'order.completed': 'Order completed',
  'order.acceptanceNeeded': ({ by }) => `The channel waits for the order to be accepted${by ? ` by ${by}` : ''}`,
  'order.acceptanceAsked': ({ lines, why }) => {
    const accepted = lines.filter((line) => line.accepted).length
    return `${accepted} of ${lines.length} lines accepted${ACCEPTED_WHY[why]}`
  },
  'order.acceptanceUrgent': ({ minutesLeft }) => `Not accepted yet, and only ${minutesLeft} minutes are left`,
  'order.acceptanceLate': 'The time to accept the order is over',
  'order.acceptanceWhole': 'The channel takes no decision by the line',
  'order.acceptanceFailed': 'The channel could not be told whether the order is accepted',
  'order.acceptanceRetried': 'The channel is told again whether the order is accepted',
  'order.acceptanceSettled': ({ outcome }) => SETTLED_WORDS[outcome],
  ...ORDER_HOLD_WORDS,
  ...MOVE_WORDS,
  ...TOGETHER_WORDS,

  'fulfilment.opened': 'Ready to ship',
  'fulfilment.parcelParked': 'A parcel left before its order was known; kept',
  'shipment.dispatched': 'A parcel left the warehouse',
  'shipment.announced': 'The channel knows of the parcel',
  'shipment.announceFailed': ({ code }) => `The channel was not told of the parcel (${code})`,
  'shipment.announceRetried': 'The channel is told of the parcel again',
  'fulfilment.changed': 'The lines to ship are others now',
  'fulfilment.stopped': 'The channel takes no more news of parcels',
  'fulfilment.linkNoted': 'Where the parcel can be followed is known',
  'fulfilment.leftTold': 'What has left was told to who takes goods back',

  ...WAREHOUSE_TITLES,

  'return.opened': 'What came back is compared with the order',
  'return.leftNoted': ({ lines }) => `${pieces(total(lines))} had left the warehouse`,
  ...INSTEAD_WORDS,
  'return.requested': 'Compared with what had left',
  'return.answered': 'It fits what had left',
  'return.refused': ({ code }) => `It does not fit the order: ${code.replaceAll('_', ' ')}`,
  'return.authorised': ({ lines, reason }) => `${pieces(total(lines))} may come back: ${reason.replaceAll('_', ' ')}`,
  'return.received': ({ lines }) => receiptWords(lines),
  'return.arrived': ({ lines, pool, from }) =>
    `${pieces(total(lines))} came back to ${pool}${from === 'channel' ? ', says the channel' : ''}`,
  'return.booked': ({ deliveries }) => `Return booked as ${deliveries.join(', ')}`,
  'return.bookFailed': ({ code }) => `The ERP did not book what came back (${code})`,
  'return.bookRetried': 'The ERP is asked again to book what came back',
  'refund.wanted': ({ worth, by, needsApproval }) =>
    `${by} asks to give back ${words(worth.amount)}${needsApproval ? ': somebody else has to approve it' : ''}`,
  'refund.approved': ({ by }) => `${by} approved the refund`,
  'refund.declined': ({ by }) => `${by} declined the refund`,
  'refund.giveAsked': ({ parts }) =>
    parts.map((part) => `${words(part.amount)} asked of ${part.payment?.provider ?? 'the channel'}`).join(', '),
  'refund.partEnded': ({ step }) => PART_WORDS[step],
  'refund.requestRefused': ({ code }) => `The refund does not fit the order: ${code.replaceAll('_', ' ')}`,
  'refund.foundAtProvider': ({ refund }) => `Refund of ${words(refund.amount)} at ${refund.provider}: ${refund.status}`,
  'refund.fellDue': 'By policy the money goes back',
  'refund.cameBack': ({ amount }) => `A refund of ${words(amount)} did not reach the customer`,
  'refund.heard': ({ refund, from }) => `${words(refund.amount)} given back ${FROM_WORDS[from ?? 'channel']}`,
  'refund.judged': ({ back }) =>
    back.length === 0
      ? 'Nothing that had left came back with the refund'
      : `${pieces(total(back))} came back with the refund`,
  'refund.creditAsked': ({ credit }) =>
    `Credit note of ${formatMoney(credit.total)} ${credit.total.currency} asked for`,
  'refund.credited': ({ number }) => `Credited as ${number}`,
  'refund.creditFailed': ({ code }) => `The ERP did not credit the refund (${code})`,
  'refund.settled': ({ why }) => `The refund needs no credit note: ${SETTLED_WHY[why]}`,
  'refund.beyond': ({ why }) =>
    why === 'amount' ? 'The refund is more than the invoice has left' : 'The refund is in another currency',
  'refund.changed': 'The refund is another amount now than was credited',
  'refund.lost': "A refund in the channel did not arrive: the customer's bank refused it",

  'fulfilment.progressed': ({ complete }) =>
    complete ? 'Everything has left the warehouse' : 'A part has left the warehouse',

  'stock.known': ({ stocked }) => (stocked ? 'The ERP counts this SKU' : 'The ERP does not count this SKU'),
  'stock.reserved': ({ quantity }) => `${pieces(quantity)} held for an order`,
  'stock.assured': ({ outcome }) => `An order was told: ${HOLD_WORDS[outcome]}`,
  'stock.holdConfirmed': 'The ERP reserves for the order from now on',
  'stock.released': ({ quantity }) => `${pieces(quantity)} no longer held`,
  'stock.doubted': 'Stock in the ERP may have changed',
  'stock.read': ({ free, onHand }) => `Read from the ERP: ${free} free of ${onHand} on hand`,
  'stock.readFailed': 'Stock could not be read from the ERP',
  'stock.listed': ({ channel }) => `${channel} sells this SKU`,
  'stock.delisted': ({ channel }) => `${channel} no longer sells this SKU`,
  'stock.channelSeen': ({ channel, available }) => `${channel} says it shows ${available}`,
  'stock.channelDoubted': ({ channel }) => `What ${channel} shows is read again`,
  'stock.channelRead': ({ channel, available }) => `Read from ${channel}: it shows ${available}`,
  'stock.publishing': ({ channel, from, to }) => `Changing what ${channel} shows from ${from} to ${to}`,
  'stock.published': ({ channel, to }) => `${channel} shows ${to}`,
  'stock.publishStale': ({ channel, available }) => `${channel} had sold meanwhile and shows ${available}`,
  'stock.putting': ({ channel, to }) => `Asking ${channel} to show ${to}`,
  'stock.put': ({ channel, to }) => `${channel} shows ${to}; what it sold before is awaited`,
  'stock.putAccepted': ({ channel, to }) => `${channel} accepted ${to} and will show it`,
  'stock.putRefused': ({ channel, message }) =>
    message ?? `${channel} took nothing of what it had accepted; it is told again`,
  'stock.putLost': ({ channel, to }) => `Nobody knows whether ${channel} shows ${to}: it is closed, and learnt anew`,
  'stock.settled': ({ channel, bound }) => `${channel} can sell ${bound}: all its orders are known up to then`,
  'stock.modeSet': ({ mode, byHand }) =>
    `${mode === 'shared' ? 'Every channel sees all of it' : 'Each channel sells from its own share'}${byHand ? ', by hand' : ''}`,
  'stock.incidentRaised': ({ words }) => words,
  'stock.incidentResolved': ({ kind }) => INCIDENT_OVER[kind],
  'channel.awaited': 'A SKU waits for the orders of the channel',
  'channel.settling': 'Orders are known further; their news to stock goes first',
  'channel.caughtUp': ({ streams: all }) => `Orders are known far enough for ${all.length} who waited`,
  'stock.publishFailed': ({ channel }) => `What ${channel} shows could not be changed`,
  'stock.claimed': ({ quantity }) => `${pieces(quantity)} asked for beside the channels`,
  'stock.claimGranted': ({ quantity }) => `${pieces(quantity)} set aside`,
  'stock.claimRefused': ({ reason, available }) =>
    reason === 'short'
      ? `Not set aside: only ${pieces(available)} could be`
      : 'Not set aside: the ERP does not know the SKU',
  'stock.unclaimed': ({ quantity }) =>
    quantity === null ? 'What was set aside is given back' : `${pieces(quantity)} set aside given back`,
  'stock.claimSettled': "An order's pieces take the place of what was set aside for it",
  'stock.watched': ({ pieces: wanted }) => `Somebody waits until there are ${pieces(wanted)} more`,
  'stock.watchMet': 'There is more for somebody who waited',
  'stock.kitRuled': ({ rule }) => (rule === '' ? 'It is no kit any more' : 'It is a kit, and its parts are counted'),
  'stock.backed': ({ free }) => `Parts are set aside for ${free}`,
  'stock.kitTold': ({ held }) => `Its parts were asked for ${pieces(held)} held`,
  'stock.kitEnded': 'No parts are set aside any more: the ERP counts it',
  'kit.recipeAdopted': ({ parts }) =>
    parts.length === 0 ? 'It is no kit any more' : `Made of ${parts.map((p) => `${p.quantity} ${p.sku}`).join(', ')}`,
  'kit.heard': ({ held }) => `${pieces(held)} of the kit are held`,
  'kit.taken': ({ quantity }) => `The ERP reserves the parts of ${quantity}`,
  'kit.building': ({ kits }) => `Parts are asked for, for ${kits} more`,
  'kit.partGranted': ({ sku }) => `${sku} is set aside`,
  'kit.partShort': ({ sku, kits }) => `There is enough of ${sku} for ${kits} only`,
  'kit.built': ({ kits }) => `All parts of ${kits} more are set aside`,
  'kit.said': ({ free }) => `${free} may be promised`,
  'kit.gaveBack': ({ kits }) => `The parts of ${kits} are given back`,
  'kit.watching': ({ sku }) => `It waits for more of ${sku}`,
  'kit.watchMet': ({ sku }) => `There is more of ${sku}`,
  'stock.claimTaken': ({ quantity }) => `The ERP reserves ${pieces(quantity)} that were set aside`,

  'order.piecesLeft': 'Pieces have left that are to be paid now',
  'order.captureAsked': ({ parts }) => `To be captured: ${parts.map(({ amount }) => words(amount)).join(', ')}`,
  'order.moneyLetGo': ({ parts }) =>
    `Cancelled: ${parts.map(({ amount }) => (amount ? `${words(amount)} to be given back` : 'what was set aside is let go')).join(', ')}`,
  'order.paymentNoted': ({ payment }) => `Payment at ${payment.provider}: ${words(payment.captured)} captured`,
  'order.routeAsked': ({ candidates }) =>
    `It is asked who can serve the order: ${candidates.map(({ pool }) => pool).join(', ') || 'nobody but its own pool'}`,
  'order.routed': ({ parts }) =>
    parts.length === 0
      ? 'The order is served from its own pool'
      : `The order is served from ${[...new Set(parts.map(({ pool }) => pool))].join(', ')}`,
  'route.planned': 'The search for a pool begins',
  'route.asked': ({ pool, sku, quantity }) => `${pool} is asked for ${pieces(quantity)} of ${sku}`,
  'route.granted': ({ pool, sku }) => `${pool} has set ${sku} aside`,
  'route.refused': ({ pool, sku }) => `${pool} has not enough of ${sku}`,
  'route.givenBack': ({ pool, sku }) => `${sku} is given back to ${pool}`,
  'route.keptAtHome': ({ skus }) => `The own pool serves ${skus.join(', ')}`,
  'route.passedOver': ({ pool, way }) => `${pool} was asked ${way === 'whole' ? 'for all of it' : 'for a part of it'}`,
  'route.wayChanged': ({ way }) =>
    way === 'split' ? 'Nobody has it all: from several pools' : 'Nobody has it: it waits for goods',
  'route.settled': 'It is known where the order leaves from',
  'route.unservable': ({ skus }) => `No warehouse may send ${skus.join(', ')}`,
  'route.stopped': 'The search is over: the order was cancelled',

  'reservation.opened': 'Reservation asked for',
  'reservation.answered': ({ sku }) => `${sku} is set aside`,
  'reservation.held': 'Everything is set aside',
  'reservation.refused': ({ sku, outcome, available }) =>
    outcome === 'short'
      ? `Nothing is set aside: only ${pieces(available)} of ${sku} could be`
      : `Nothing is set aside: the ERP does not know ${sku}`,
  'reservation.released': 'The reservation is given back',
  'reservation.expired': 'The reservation is over',
  'reservation.converted': 'An order takes the place of the reservation',
  'reservation.closed': 'The reservation is done with',

  'customer.recorded': 'Customer recorded',
  'customer.confirmed': 'A channel said the same of the customer again',
  'customer.keyed': 'The customer is looked for in other channels',
  'customer.introduced': 'Another record shares an address, a number or a place; it is compared',
  'customer.suspected': ({ score, status }) =>
    status === 'open'
      ? `Another record may be the same person (${score} of 100); a person decides`
      : `Another record is the same person (${score} of 100); they are joined`,
  'customer.cleared': 'Another record is held to be somebody else after all',
  'customer.joined': ({ by }) => `Joined to another record by ${by}`,
  'customer.joinPassedOn': 'What it is part of is joined instead',
  'customer.parted': ({ by }) => `${by} took it out of another record`,
  'customer.keptApart': ({ by }) => `${by} says that another record is somebody else`,
  'customer.absorbed': 'A record that was joined to it knows something new',
  'customer.released': 'A record was taken out of it again',
  'identity.claimed': 'A record can be found by this',
  'identity.dropped': 'A record can be found by this no more',
  'identity.crowded': 'Too many records share this for it to say who anybody is',
  'customer.bound': 'The ERP has the customer',
  'customer.bindFailed': ({ code }) => `The ERP did not take the customer (${code})`,
  'customer.bindRetried': 'The customer is sent to the ERP again',

  'product.described': 'The ERP describes the product',
  'product.listed': ({ listing }) => `${listing.channel} lists the product`,
  'product.delisted': ({ listing }) => `${listing.channel} no longer lists the product`,
  'product.priced': 'The ERP has another price for the product',
  'product.offered': 'What the channels show of the product is looked at again',
  'offer.known': 'What the channel should show is looked at',
  'offer.asked': ({ fields }) => `Asking the channel to show another ${Object.keys(fields).join(', ')}`,
  'offer.shown': ({ written }) =>
    written.length > 0 ? `The channel shows another ${written.join(', ')}` : 'The channel showed it all as it should',
  'offer.accepted': 'The channel will show it later; it is looked for',
  'offer.troubled': ({ troubles }) =>
    troubles.length > 0
      ? `Held: ${troubles.map(({ code, about }) => `${code.replaceAll('_', ' ')} (${about})`).join(', ')}`
      : 'Nothing is held any more',
  'offer.withdrawing': 'Taking the product off the channel',
  'offer.withdrawn': ({ outcome }) => WITHDRAWN_WORDS[outcome],
  'offer.gone': 'The channel does not list it any more',
  'offer.failed': ({ reason }) => `The channel could not be made to show it (${reason})`,
  'offer.retried': 'A person asked to try again',
  'item.bound': ({ sku }) => `The inventory item counts ${sku}`,
  'item.counted': ({ available }) => `The channel shows ${available}`,
  'listing.changed': ({ skus }) => `The product has ${skus.length} SKUs`,
  'connection.lost': 'The connection was lost',
  'connection.restored': 'The connection is back',

  'till.heard': ({ refused }) =>
    refused.length > 0 ? `The till sent records; ${refused.length} refused` : 'The till sent records',
  'till.parked': ({ records }) => `${records.length} records wait for missing ones before them`,
  'till.taken': ({ records, businessDate }) => `${records.length} records of ${businessDate} taken`,
  'till.receiptTaken': ({ receipt }) => `Receipt ${receipt.number} taken`,
  'till.dayCompared': ({ businessDate, differences }) =>
    differences.length > 0 ? `The Z-report of ${businessDate} disagrees` : `The Z-report of ${businessDate} agrees`,
  'till.dayEnded': ({ businessDate }) => `Business day ${businessDate} ended`,
  'till.resumed': ({ next }) => `A person let the sequence go on at ${next}`,
  'receipt.posted': ({ posted }) => `The ERP has ${posted.length} receipts`,
  'receipt.setAside': ({ receipt, code }) => `The ERP does not take receipt ${receipt.number} (${code})`,
  'receipt.retried': ({ receipt }) => `Receipt ${receipt.number} is sent to the ERP again`,
  'receipt.held': ({ code }) => `Receipts wait for a person (${code})`,
  'session.summed': ({ receipts, businessDate }) => `${receipts.length} receipts of ${businessDate} summed up`,
  'session.closing': ({ businessDate }) => `The session of ${businessDate} is to be closed`,
  'session.closed': ({ businessDate }) => `The session of ${businessDate} is closed`,
  'session.closeFailed': 'The session could not be closed',

  ...MONEY_WORDS,

  ...PARCEL_WORDS,
  ...SUPPLY_WORDS,
  ...SHELF_WORDS,
  ...PRESALE_WORDS,
}

const words = (amount: Money): string => `${formatMoney(amount)} ${amount.currency}`
const WITHDRAWN_WORDS = {
  hidden: 'The product is on show no more',
  shared: 'Only its stock closes it there',
  gone: 'The channel had no such product any more',
} as const

const HOLD_WORDS: Readonly<Record<string, string>> = {
  asked: 'being asked for',
  reserved: 'held for the order',
  short: 'not enough',
  unknown_sku: 'the ERP does not know the SKU',
}

/** @param data of the event as it stands in the journal: written by this release or an older one. */
export function eventTitle(type: string, data: unknown): string {
  const title = (EVENT_TITLES as Readonly<Record<string, string | ((event: never) => string)>>)[type]
  if (typeof title !== 'function') return title ?? type
  try {
    return title({ ...(data as object), type } as never)
  } catch {
    return type
  }
}

/** What a delivery tells, by its vendor's topic; the sender's name goes before it. */
const TOPIC_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^orders\/create/, 'told us of the order'],
  [/^orders\/(updated|edited)/, 'told us of a change to the order'],
  [/^orders\/paid/, 'told us the order is paid'],
  [/^orders\/cancelled/, 'told us the order is cancelled'],
  [/^(orders\/(partially_)?fulfilled|fulfillments\/)/, 'told us of a fulfilment'],
  [/^refunds\//, 'told us of a refund'],
  [/^inventory_levels\//, 'told us of its stock'],
  [/^products\/delete/, 'told us a product is gone'],
  [/^products\//, 'told us of a product'],
  [/^app\/uninstalled/, 'removed the app'],
  [/poll\/order$/, 'had the order when we looked'],
  [/poll\/product$|\/product$/, 'had the product when we looked'],
  [/\/stock$/, 'had other stock when we looked'],
  [/\/delivery$/, 'had a delivery when we looked'],
]

export const arrivedTitle = (system: string, topic: string): string =>
  `${system} ${TOPIC_WORDS.find(([pattern]) => pattern.test(topic))?.[1] ?? `sent ${topic}`}`
