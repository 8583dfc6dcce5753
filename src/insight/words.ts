/** Events, calls and deliveries in plain words, for people who read an order's trace. Tables, one line each. */
import type { ChannelEvent } from '#core/channel/channel.ts'
import type { CustomerEvent } from '#core/customer/customer.ts'
import type { ConnectionEvent, ItemEvent, ListingEvent } from '#core/catalogue/catalogue.ts'
import type { FulfilmentEvent } from '#core/fulfilment/fulfilment.ts'
import type { Answer, IntentType } from '#core/intents.ts'
import type { OrderEvent } from '#core/order/order.ts'
import type { OfferEvent } from '#core/offer/offer.ts'
import { OBSTACLES } from '#core/order/validation.ts'
import type { ProductEvent } from '#core/product/product.ts'
import type { StockEvent } from '#core/stock/stock.ts'

export type HubEvent =
  | OrderEvent
  | FulfilmentEvent
  | StockEvent
  | CustomerEvent
  | ProductEvent
  | OfferEvent
  | ItemEvent
  | ListingEvent
  | ConnectionEvent
  | ChannelEvent

const INCIDENT_OVER: Readonly<Record<Data<'stock.incidentResolved'>['kind'], string>> = {
  negative: 'The ERP has no negative stock of it any more',
  shrunk: 'No more is on sale than there is, after pieces had gone',
  raised: 'No more is on sale than there is, after somebody else had put stock on sale',
}

type Data<T extends HubEvent['type']> = Extract<HubEvent, { type: T }>

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

  'fulfilment.opened': 'Ready to ship',
  'fulfilment.parcelParked': 'A parcel left before its order was known; kept',
  'shipment.dispatched': 'A parcel left the warehouse',
  'shipment.announced': 'The channel knows of the parcel',
  'shipment.announceFailed': ({ code }) => `The channel was not told of the parcel (${code})`,
  'shipment.announceRetried': 'The channel is told of the parcel again',
  'fulfilment.stopped': 'The channel takes no more news of parcels',
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

  'customer.recorded': 'Customer recorded',
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
}

const WITHDRAWN_WORDS = {
  hidden: 'The product is on show no more',
  shared: 'Others of the same product are still sold; only its stock closes it',
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

interface IntentWords<T extends IntentType> {
  /** After `Asked Odoo to`, and `Odoo could not`. */
  ask: string
  /** After the system's name. */
  answer(answer: Answer<T>): string
}

export const INTENT_WORDS: { readonly [T in IntentType]: IntentWords<T> } = {
  'sale.ensure': { ask: 'create the sale order', answer: ({ saleName }) => `confirmed sale ${saleName}` },
  'sale.cancel': { ask: 'cancel the sale', answer: ({ outcome }) => CANCEL_WORDS[outcome] },
  'invoice.ensure': { ask: 'create the invoice', answer: ({ number }) => `posted invoice ${number}` },
  'customer.ensure': { ask: 'record the customer', answer: () => 'has the customer' },
  'stock.read': { ask: 'say what is free', answer: ({ free, onHand }) => `has ${free} free of ${onHand} on hand` },
  'inventory.set': {
    ask: 'show another stock',
    answer: (answer) =>
      answer.outcome === 'set' ? 'shows the new stock' : `had sold meanwhile and shows ${answer.available}`,
  },
  'inventory.put': {
    ask: 'show another stock',
    answer: ({ outcome }) => PUT_WORDS[outcome],
  },
  'order.accept': {
    ask: 'take note of what is accepted',
    answer: ({ outcome }) => ACCEPT_WORDS[outcome],
  },
  'inventory.read': { ask: 'say what it shows', answer: ({ available }) => `shows ${available}` },
  'listing.ensure': {
    ask: 'show the product as it should be',
    answer: (answer) => (answer.outcome === 'gone' ? 'does not list the product' : 'shows the product so'),
  },
  'price.ensure': {
    ask: 'show another price',
    answer: (answer) => (answer.outcome === 'gone' ? 'does not list the product' : 'shows the price'),
  },
  'listing.withdraw': {
    ask: 'show the product no more',
    answer: ({ outcome }) => WITHDRAW_WORDS[outcome],
  },
  'fulfilment.ensure': { ask: 'note the parcel', answer: () => 'noted the parcel' },
}

const ACCEPT_WORDS = {
  accepted: 'has the order as accepted',
  refused: 'has the order as refused',
  lapsed: 'had refused the order by itself',
  whole_only: 'takes no decision by the line',
  void: 'has nothing to accept any more',
} as const

const PUT_WORDS = {
  set: 'shows the new stock',
  accepted: 'will show the new stock',
  unknown: 'may show the new stock: its answer was lost',
} as const

const WITHDRAW_WORDS = {
  hidden: 'shows the product no more',
  shared: 'still sells others of the product',
  gone: 'has no such product',
} as const

const CANCEL_WORDS = {
  cancelled: 'cancelled the sale',
  partly_shipped: 'had shipped a part already',
  shipped: 'had shipped everything already',
  absent: 'had no such sale',
} as const

export const askedTitle = (system: string, type: string): string => `Asked ${system} to ${wordsOf(type)?.ask ?? type}`
export const failedTitle = (system: string, type: string): string => `${system} could not ${wordsOf(type)?.ask ?? type}`

export function answeredTitle(system: string, type: string, answer: unknown): string {
  try {
    return `${system} ${wordsOf(type)!.answer(answer as never)}`
  } catch {
    return `${system} answered`
  }
}

const wordsOf = (type: string): IntentWords<IntentType> | undefined =>
  (INTENT_WORDS as unknown as Readonly<Record<string, IntentWords<IntentType>>>)[type]

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

const COMMAND_WORDS: Readonly<Record<string, string>> = {
  'order.retry': 'A person asked to try again',
  'order.cancel': 'A person asked to cancel',
  'order.noteHold': 'Stock told the order where it stands',
  'order.noteShipped': 'The warehouse told the order what has left',
  'order.noteException': 'The order was told of a problem',
  'stock.hold': 'The order asked stock to hold its goods',
  'stock.confirmHold': 'Stock was told that the ERP reserves now',
  'stock.release': 'Stock was told to let the goods go',
  'stock.know': 'Stock was told whether the ERP counts the SKU',
  'stock.bind': 'Stock was told where the channel counts',
  'stock.seen': 'Stock was told what the channel shows',
  'stock.caughtUp': 'Stock was told how far the orders are known',
  'channel.caughtUp': 'The feed has handed in every order up to then',
  'fulfilment.open': 'Shipping was told to expect parcels',
  'fulfilment.retry': 'Shipping was told to announce again',
  'offer.weigh': 'The product told what the channel should show',
  'offer.retry': 'A person asked to try again',
  'customer.record': "The customer's data was passed on",
}

export const notedTitle = (command: string): string => COMMAND_WORDS[command] ?? `Told: ${command}`

/** What people call a system: by its connector when that is known, else by the first part of the connection's name. */
export function systemName(connection: string, kinds: ReadonlyMap<string, string>): string {
  const kind = kinds.get(connection) ?? connection.split('-')[0]!
  return kind.slice(0, 1).toUpperCase() + kind.slice(1)
}
