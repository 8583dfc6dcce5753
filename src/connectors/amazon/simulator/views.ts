/** Orders, offers and stock as the API shows them. What is not asked for, or not told yet, is left out. */
import { formatMoney, money } from '#canon/money.ts'
import type { Charge, Item, Listing, Order, World } from './state.ts'
import { moment } from './state.ts'

type View = Record<string, unknown>

export function orderView(world: World, order: Order, included: ReadonlySet<string>): View {
  const { state, marketplaceId } = world
  const told = order.status !== 'PENDING'
  const personal = told && state.personalData
  const byAmazon = order.fulfilledBy === 'AMAZON'
  return {
    orderId: order.id,
    createdTime: moment(order.createdAt),
    lastUpdatedTime: moment(order.updatedAt),
    programs: order.programs,
    salesChannel: { channelName: 'AMAZON', marketplaceId, marketplaceName: 'Amazon' },
    ...(included.has('BUYER') && personal ? { buyer: buyerView(order, byAmazon) } : {}),
    ...(included.has('RECIPIENT') && personal ? { recipient: recipientView(order, byAmazon) } : {}),
    ...(included.has('PROCEEDS') && told ? { proceeds: proceedsView(world, order) } : {}),
    ...(included.has('FULFILLMENT') ? { fulfillment: fulfilmentView(order) } : {}),
    orderItems: order.items.map((item) => itemView(world, item, included, told)),
    ...(included.has('PACKAGES') && !byAmazon ? { packages: packagesView(order) } : {}),
  }
}

/** The forwarding address is told only for orders the seller ships. */
const buyerView = ({ buyer }: Order, byAmazon: boolean): View => ({
  buyerName: buyer.name,
  ...(byAmazon ? {} : { buyerEmail: buyer.email }),
  ...(buyer.company ? { buyerCompanyName: buyer.company } : {}),
})

function recipientView({ buyer: { name, address } }: Order, byAmazon: boolean): View {
  const region = {
    city: address.city,
    stateOrRegion: address.region ?? '',
    postalCode: address.postcode,
    countryCode: address.country,
  }
  if (byAmazon) return { deliveryAddress: region }
  const { street, street2, phone } = address
  const street2View = street2 ? { addressLine2: street2 } : {}
  return { deliveryAddress: { name, addressLine1: street, ...street2View, ...region, ...(phone ? { phone } : {}) } }
}

const fulfilmentView = (order: Order): View => ({
  fulfillmentStatus: order.status,
  fulfilledBy: order.fulfilledBy,
  fulfillmentServiceLevel: order.serviceLevel,
  shipByWindow: {
    earliestDateTime: moment(order.createdAt),
    latestDateTime: moment(order.createdAt + 2 * 86_400_000),
  },
})

const packagesView = ({ packages }: Order): View[] =>
  packages.map(({ reference, carrier, trackingNumber, createdAt, shippedAt, items }) => ({
    packageReferenceId: reference,
    createdTime: moment(createdAt),
    packageStatus: { status: 'SHIPPED' },
    carrier,
    shipTime: moment(shippedAt),
    trackingNumber,
    packageItems: items.map(({ itemId, quantity }) => ({ orderItemId: itemId, quantity })),
  }))

const sumOf = (items: readonly Item[], of: (charge: Charge) => number): number =>
  items.flatMap(({ goods, shipping }) => [goods, shipping]).reduce((all, charge) => all + of(charge), 0)

/** Prices that include the tax are not raised by it. */
export const totalOf = ({ taxesIncluded }: World, items: readonly Item[]): number =>
  sumOf(items, ({ price, discount, tax }) => price - discount + (taxesIncluded ? 0 : tax))

function proceedsView(world: World, { items }: Order): View {
  const amount = amountIn(world)
  const kinds = {
    ITEM: items.reduce((all, { goods }) => all + goods.price, 0),
    SHIPPING: items.reduce((all, { shipping }) => all + shipping.price, 0),
    DISCOUNT: -sumOf(items, ({ discount }) => discount),
    TAX: sumOf(items, ({ tax }) => tax),
  }
  const breakdowns = Object.entries(kinds).filter(([, value]) => value !== 0)
  return {
    grandTotal: amount(totalOf(world, items)),
    breakdowns: breakdowns.map(([type, value]) => ({ type, subtotal: amount(value) })),
  }
}

const amountIn =
  ({ currency }: World) =>
  (value: number): View => ({
    amount: formatMoney(money(value, currency)),
    currencyCode: currency,
  })

function itemView(world: World, item: Item, included: ReadonlySet<string>, told: boolean): View {
  const amount = amountIn(world)
  const { cancelAsked, cancelledBy } = item
  const cancellation = {
    ...(cancelAsked ? { cancellationRequest: { requester: 'BUYER', cancelReason: 'Ordered by mistake' } } : {}),
    ...(cancelledBy ? { cancellationExecution: { cancelledBy, cancelReason: 'Cancelled' } } : {}),
  }
  const byAmazon = world.options.taxByAmazon ?? !world.taxesIncluded
  return {
    orderItemId: item.id,
    quantityOrdered: item.ordered,
    product: {
      asin: item.asin,
      title: item.title,
      sellerSku: item.sku,
      condition: { conditionType: 'NEW', conditionSubtype: 'NEW' },
      ...(told ? { price: { unitPrice: amount(item.unitPrice) } } : {}),
    },
    ...(included.has('PROCEEDS') && told ? { proceeds: itemProceeds(world, item) } : {}),
    ...(included.has('CANCELLATION') && (cancelAsked || cancelledBy) ? { cancellation } : {}),
    ...(included.has('FULFILLMENT')
      ? {
          fulfillment: {
            quantityFulfilled: item.shipped,
            quantityUnfulfilled: item.ordered - item.cancelled - item.shipped,
          },
        }
      : {}),
    ...(included.has('TAX') && told && byAmazon
      ? { tax: { taxCollections: [{ model: 'MARKETPLACE_FACILITATOR', responsibleParty: 'Amazon Services, Inc.' }] } }
      : {}),
  }
}

function itemProceeds(world: World, item: Item): View {
  const amount = amountIn(world)
  const { goods, shipping } = item
  const detailed = (of: (charge: Charge) => number) =>
    ([['ITEM', of(goods)], ['SHIPPING', of(shipping)]] as const)
      .filter(([, value]) => value !== 0)
      .map(([subtype, value]) => ({ subtype, value: amount(value) })) // prettier-ignore
  const off = ({ discount }: Charge): number => -discount
  const tax = ({ tax: value }: Charge): number => value
  const all = [
    { type: 'ITEM', value: goods.price, details: [] },
    { type: 'SHIPPING', value: shipping.price, details: [] },
    { type: 'DISCOUNT', value: off(goods) + off(shipping), details: detailed(off) },
    { type: 'TAX', value: goods.tax + shipping.tax, details: detailed(tax) },
  ].filter(({ value }) => value !== 0)
  return {
    proceedsTotal: amount(totalOf(world, [item])),
    breakdowns: all.map(({ type, value, details }) => ({
      type, subtotal: amount(value), ...(details.length > 0 ? { detailedBreakdowns: details } : {}),
    })), // prettier-ignore
  }
}

export function listingView(world: World, listing: Listing, included: ReadonlySet<string>): View {
  const { sku, asin, title, productType, channel, quantity, broken, issues = [] } = listing
  const summary = {
    marketplaceId: world.marketplaceId, asin, productType, conditionType: 'new_new', itemName: title,
    status: channel !== 'DEFAULT' || quantity > 0 ? ['BUYABLE', 'DISCOVERABLE'] : ['DISCOVERABLE'],
    createdDate: moment(listing.createdAt), lastUpdatedDate: moment(listing.updatedAt),
  } // prettier-ignore
  const shown = { fulfillmentChannelCode: channel, ...(channel === 'DEFAULT' ? { quantity } : {}) }
  return {
    sku,
    ...(included.has('summaries') ? { summaries: [summary] } : {}),
    ...(included.has('attributes') ? { attributes: attributesView(world, listing) } : {}),
    ...(included.has('issues') ? { issues: broken ? [issue(), ...issues] : issues } : {}),
    ...(included.has('fulfillmentAvailability') ? { fulfillmentAvailability: [shown] } : {}),
  }
}

/** What the seller contributed, as it stands. */
function attributesView({ marketplaceId, currency }: World, listing: Listing): View {
  const { title, price, offer, otherOffers = [], attributes } = listing
  const schedule = [{ value_with_tax: Number(formatMoney(money(price, currency))) }]
  const open = { marketplace_id: marketplaceId, currency, audience: 'ALL', ...offer, our_price: [{ schedule }] }
  return {
    item_name: [{ value: title, language_tag: 'en_US', marketplace_id: marketplaceId }],
    purchasable_offer: [open, ...otherOffers],
    ...attributes,
  }
}

export const issue = (): View => ({
  code: '90220',
  message: "'batteries_required' is required but not supplied.",
  severity: 'ERROR',
  attributeNames: ['batteries_required'],
  categories: ['MISSING_ATTRIBUTE'],
})
