/** The shop's state as GraphQL sees it: plain objects whose members the executor reads, or calls with the arguments. */
import { formatMoney, money } from '#canon/money.ts'
import { GraphQLError } from 'graphql'
import { gid } from '../ids.ts'
import { currentTotals, inBoth, originalTotals, paymentsOf, refundedOf, STORE_CREDIT } from './amounts.ts'
import { nameOf } from './bodies.ts'
import { connection, type PageArgs } from './pages.ts'
import {
  availableOf,
  moment,
  type Fulfilment,
  type FulfilmentOrder,
  type Line,
  type Location,
  type Order,
  type Person,
  type Product,
  type Refund,
  type Shipping,
  type Shop,
  type Tax,
  type Variant,
} from './state.ts'

export type View = Record<string, unknown>

const bag = (order: Order, amount: number): View => {
  const { shop, seen } = inBoth(order, amount)
  return {
    shopMoney: { amount: shop.amount, currencyCode: shop.currency },
    presentmentMoney: { amount: seen.amount, currencyCode: seen.currency },
  }
}

const first = <T>(items: readonly T[], { first: count }: { first?: number | null }): readonly T[] =>
  count === null || count === undefined ? items : items.slice(0, count)

export function orderView(shop: Shop, order: Order): View {
  return {
    __typename: 'Order',
    id: gid('Order', order.id),
    legacyResourceId: String(order.id),
    name: order.name,
    createdAt: moment(order.createdAt),
    processedAt: moment(order.createdAt),
    updatedAt: moment(order.updatedAt),
    cancelledAt: order.cancelledAt === null ? null : moment(order.cancelledAt),
    cancelReason: order.cancelReason?.toUpperCase() ?? null,
    test: order.test,
    currencyCode: order.currency,
    presentmentCurrencyCode: order.presentment.currency,
    displayFinancialStatus: order.financialStatus.toUpperCase(),
    taxesIncluded: order.taxesIncluded,
    email: order.customer?.email ?? null,
    phone: order.customer?.phone ?? null,
    note: order.note,
    tags: [...order.tags].sort(),
    customer: order.customer?.id === undefined ? null : customerView(order.customer),
    shippingAddress: order.customer ? addressView(order.customer) : null,
    billingAddress: order.customer ? addressView(order.customer) : null,
    totalPriceSet: () => bag(order, originalTotals(order).total),
    totalTaxSet: () => bag(order, originalTotals(order).tax),
    currentTotalPriceSet: () => bag(order, currentTotals(order).total),
    currentTotalTaxSet: () => bag(order, currentTotals(order).tax),
    totalRefundedSet: () => bag(order, refundedOf(order)),
    lineItems: (args: PageArgs) => connection(order.lines, args, (line) => lineView(order, line)),
    shippingLines: (args: PageArgs) => connection(order.shipping, args, (line) => shippingView(order, line)),
    fulfillments: (args: { first?: number }) => first(order.fulfilments, args).map((one) => fulfilmentView(order, one)),
    fulfillmentOrders: (args: PageArgs) =>
      connection(order.fulfilmentOrders, args, (one) => fulfilmentOrderView(shop, one)),
    transactions: (args: { first?: number }) => first(transactionViews(order), args),
    refunds: (args: { first?: number }) => first(order.refunds, args).map((one) => refundView(shop, order, one)),
  }
}

const taxView = (order: Order, { title, rate, amount }: Tax): View => ({ title, rate, priceSet: bag(order, amount) })

const lineView = (order: Order, line: Line): View => ({
  __typename: 'LineItem',
  id: gid('LineItem', line.id),
  sku: line.sku,
  title: line.title,
  name: line.title,
  quantity: line.quantity,
  currentQuantity: line.current,
  unfulfilledQuantity: Math.max(0, line.current - line.fulfilled),
  isGiftCard: false,
  requiresShipping: true,
  originalUnitPriceSet: bag(order, line.price),
  discountAllocations: line.discount > 0 ? [{ allocatedAmountSet: bag(order, line.discount) }] : [],
  taxLines: line.taxes.map((tax) => taxView(order, tax)),
})

const shippingView = (order: Order, line: Shipping): View => ({
  id: gid('ShippingLine', line.id),
  code: line.code,
  title: line.title,
  originalPriceSet: bag(order, line.price),
  discountAllocations: [],
  taxLines: line.taxes.map((tax) => taxView(order, tax)),
})

export const fulfilmentView = (order: Order, fulfilment: Fulfilment): View => ({
  __typename: 'Fulfillment',
  id: gid('Fulfillment', fulfilment.id),
  legacyResourceId: String(fulfilment.id),
  name: fulfilment.name,
  status: fulfilment.status.toUpperCase(),
  createdAt: moment(fulfilment.at),
  updatedAt: moment(fulfilment.updatedAt),
  totalQuantity: fulfilment.lines.reduce((all, { quantity }) => all + quantity, 0),
  trackingInfo:
    fulfilment.number === null ? [] : [{ company: fulfilment.company, number: fulfilment.number, url: fulfilment.url }],
  fulfillmentLineItems: (args: PageArgs) =>
    connection(fulfilment.lines, args, ({ id, line, quantity }) => ({
      __typename: 'FulfillmentLineItem',
      id: gid('FulfillmentLineItem', id),
      quantity,
      lineItem: lineView(order, line),
    })),
})

export const fulfilmentOrderView = (shop: Shop, one: FulfilmentOrder): View => ({
  __typename: 'FulfillmentOrder',
  id: gid('FulfillmentOrder', one.id),
  status: one.status,
  assignedLocation: () => {
    const location = shop.locations.find(({ id }) => id === one.locationId)!
    return { name: location.name, location: locationView(location) }
  },
  lineItems: (args: PageArgs) =>
    connection(one.lines, args, ({ id, line, total, remaining }) => ({
      __typename: 'FulfillmentOrderLineItem',
      id: gid('FulfillmentOrderLineItem', id),
      totalQuantity: total,
      remainingQuantity: remaining,
      lineItem: lineView(one.order, line),
    })),
})

/** Each payment, and what was given back of it; store credit is given back on none. */
function transactionViews(order: Order): View[] {
  const base = { __typename: 'OrderTransaction', status: 'SUCCESS' }
  const sales = paymentsOf(order).map(({ id, gateway, amount }) => {
    const processedAt = moment(order.createdAt)
    return { ...base, id, gateway, kind: 'SALE', processedAt, parentTransaction: null, amountSet: bag(order, amount) }
  })
  const refunds = order.refunds.flatMap(({ transactions, at }) =>
    transactions.map(({ id, amount, of }) => {
      const parent = sales.find((one) => one.id === of) ?? null
      const own = {
        id: gid('OrderTransaction', id),
        kind: 'REFUND',
        processedAt: moment(at),
        parentTransaction: parent,
      }
      return { ...base, gateway: parent?.gateway ?? STORE_CREDIT, ...own, amountSet: bag(order, amount) }
    }),
  )
  return [...sales, ...refunds]
}

export const refundView = (shop: Shop, order: Order, refund: Refund): View => ({
  __typename: 'Refund',
  id: gid('Refund', refund.id),
  createdAt: moment(refund.at),
  note: refund.note,
  totalRefundedSet: bag(
    order,
    refund.transactions.reduce((all, { amount }) => all + amount, 0),
  ),
  refundLineItems: (args: PageArgs) =>
    connection(refund.removals, args, (removal) => ({
      quantity: removal.quantity,
      restockType: removal.restockType.toUpperCase(),
      subtotalSet: bag(order, removal.subtotal),
      totalTaxSet: bag(order, removal.tax),
      lineItem: lineView(
        order,
        order.lines.find(({ id }) => id === removal.lineId)!,
      ),
      // Only pieces that were put back have a place.
      location: () =>
        removal.restockType === 'no_restock'
          ? null
          : locationView(shop.locations.find(({ id }) => id === removal.locationId)!),
    })),
})

const customerView = (customer: Person): View => ({
  __typename: 'Customer',
  id: gid('Customer', customer.id ?? 0),
  legacyResourceId: String(customer.id),
  firstName: customer.firstName ?? null,
  lastName: customer.lastName ?? null,
  defaultEmailAddress: customer.email
    ? { emailAddress: customer.email, marketingState: customer.marketing ? 'SUBSCRIBED' : 'NOT_SUBSCRIBED' }
    : null,
  defaultPhoneNumber: customer.phone ? { phoneNumber: customer.phone } : null,
})

function addressView({ address, firstName, lastName, phone }: Person): View | null {
  if (!address) return null
  const {
    address1,
    address2 = '',
    city,
    zip,
    provinceCode = null,
    countryCode: countryCodeV2,
    company = null,
  } = address
  const name = nameOf({ firstName, lastName })
  return { name, company, address1, address2, city, zip, provinceCode, countryCodeV2, phone: phone ?? null }
}

export const locationView = ({ id, name, active }: Location): View => ({
  __typename: 'Location',
  id: gid('Location', id),
  legacyResourceId: String(id),
  name,
  isActive: active,
})

export function variantView(shop: Shop, variant: Variant): View {
  return {
    __typename: 'ProductVariant',
    id: gid('ProductVariant', variant.id),
    legacyResourceId: String(variant.id),
    sku: variant.sku,
    title: variant.title,
    price: formatMoney(money(variant.price, shop.currency)),
    barcode: variant.barcode,
    taxable: variant.taxable,
    metafields: (args: PageArgs) =>
      connection([...variant.metafields], args, ([key, value]) => ({
        __typename: 'Metafield', namespace: 'crossdock', key, value, type: 'single_line_text_field',
      })), // prettier-ignore
    updatedAt: moment(variant.product.updatedAt),
    inventoryQuantity: availableOf(variant),
    inventoryItem: () => itemView(shop, variant),
    product: () => productView(shop, variant.product),
  }
}

export const productView = (shop: Shop, product: Product): View => ({
  __typename: 'Product',
  id: gid('Product', product.id),
  legacyResourceId: String(product.id),
  title: product.title,
  status: product.status,
  hasOnlyDefaultVariant: product.variants.length === 1 && product.variants[0]!.title === 'Default Title',
  updatedAt: moment(product.updatedAt),
  variants: (args: PageArgs) => connection(product.variants, args, (variant) => variantView(shop, variant)),
})

const QUANTITIES = [
  'available',
  'on_hand',
  'committed',
  'incoming',
  'reserved',
  'damaged',
  'safety_stock',
  'quality_control',
]

/** A location with everything that is stocked there. */
export const stockedLocationView = (shop: Shop, location: Location): View => ({
  ...locationView(location),
  inventoryLevels: (args: PageArgs) =>
    connection(
      [...shop.byItem.values()].filter(({ levels }) => levels.has(location.id)),
      args,
      (variant) => levelView(shop, variant, location.id),
    ),
})

function levelView(shop: Shop, variant: Variant, locationId: number): View {
  const level = variant.levels.get(locationId)!
  const known = { available: level.available, committed: level.committed, on_hand: level.available + level.committed }
  return {
    __typename: 'InventoryLevel',
    id: `gid://shopify/InventoryLevel/${locationId}?inventory_item_id=${variant.itemId}`,
    location: () => locationView(shop.locations.find(({ id }) => id === locationId)!),
    item: () => itemView(shop, variant),
    createdAt: moment(level.createdAt),
    updatedAt: moment(level.updatedAt),
    quantities: ({ names }: { names: string[] }) => {
      const unknown = names.find((name) => !QUANTITIES.includes(name))
      if (unknown !== undefined) throw new GraphQLError(`${unknown} is not a quantity name.`)
      return names.map((name) => ({
        name,
        quantity: known[name as keyof typeof known] ?? 0,
        updatedAt: name === 'available' ? moment(level.updatedAt) : null,
      }))
    },
  }
}

export function itemView(shop: Shop, variant: Variant): View {
  return {
    __typename: 'InventoryItem',
    id: gid('InventoryItem', variant.itemId),
    legacyResourceId: String(variant.itemId),
    sku: variant.sku,
    tracked: variant.tracked,
    updatedAt: moment(variant.product.updatedAt),
    inventoryLevel: ({ locationId }: { locationId: string }) => {
      const id = Number(locationId.slice(locationId.lastIndexOf('/') + 1))
      return variant.levels.has(id) ? levelView(shop, variant, id) : null
    },
    inventoryLevels: (args: PageArgs) =>
      connection([...variant.levels.keys()], args, (id) => levelView(shop, variant, id)),
  }
}
