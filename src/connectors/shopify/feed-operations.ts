/**
 * The documents of the feeds: orders and products as GraphQL gives them. A node is read with small pages first; the few
 * orders that do not fit are read on, one connection at a time (`poll-orders.ts`).
 */
import { z } from 'zod'
import type { Operation } from './graphql.ts'
import { connection } from './operations.ts'

const PAGE_INFO = `pageInfo { hasNextPage endCursor }`
const SHOP = `shopMoney { amount currencyCode }`
const BOTH = `shopMoney { amount currencyCode } presentmentMoney { amount currencyCode }`
const ADDRESS = `name company address1 address2 city zip provinceCode countryCodeV2 phone`
const TAX = `title rate priceSet { ${SHOP} }`
const DISCOUNTS = `discountAllocations { allocatedAmountSet { ${SHOP} } }`

const LINE = `id sku name quantity currentQuantity isGiftCard requiresShipping
  originalUnitPriceSet { ${SHOP} } ${DISCOUNTS} taxLines { ${TAX} }`
const SHIPPING = `id code title originalPriceSet { ${SHOP} } ${DISCOUNTS} taxLines { ${TAX} }`
const FULFILLED = `quantity lineItem { id }`
const REFUNDED = `quantity restockType subtotalSet { ${SHOP} } totalTaxSet { ${SHOP} } lineItem { id }`
/** Where they were put: asked for only where a shop sells from several places, since it costs. */
const PLACED = `${REFUNDED} location { id }`

const fulfilments = (orders: number, lines: number) => `fulfillments(first: ${orders}) {
  id status trackingInfo(first: 1) { number } fulfillmentLineItems(first: ${lines}) { ${PAGE_INFO} nodes { ${FULFILLED} } } }`
const refunds = (orders: number, lines: number, refunded: string) => `refunds(first: ${orders}) {
  id createdAt totalRefundedSet { ${SHOP} } refundLineItems(first: ${lines}) { ${PAGE_INFO} nodes { ${refunded} } } }`

/** How many fulfilments and refunds the small read asks for; as many as that means: there may be more. */
export const SMALL_LIST = 2
/** The same for the read of a large order. */
export const LARGE_LIST = 20

const orderText = (
  refunded: string,
) => `id legacyResourceId name createdAt updatedAt cancelledAt cancelReason test currencyCode displayFinancialStatus
  taxesIncluded email phone note tags
  customer { legacyResourceId firstName lastName defaultEmailAddress { emailAddress marketingState } defaultPhoneNumber { phoneNumber } }
  shippingAddress { ${ADDRESS} } billingAddress { ${ADDRESS} }
  currentTotalPriceSet { ${BOTH} } currentTotalTaxSet { ${SHOP} }
  shippingLines(first: 1) { ${PAGE_INFO} nodes { ${SHIPPING} } }
  lineItems(first: 5) { ${PAGE_INFO} nodes { ${LINE} } }
  ${fulfilments(SMALL_LIST, 3)} ${refunds(SMALL_LIST, 3, refunded)}`

const paged = connection(z.looseObject({}))
export type Paged = z.infer<typeof paged>
const list = (key: 'fulfillmentLineItems' | 'refundLineItems') =>
  z.array(z.looseObject({ id: z.string(), [key]: paged } as { id: z.ZodString } & Record<typeof key, typeof paged>))

/** Stored whole as the delivery's body; `order-node.ts` says which fields it must have. */
const orderNode = z.looseObject({
  id: z.string(),
  legacyResourceId: z.string(),
  updatedAt: z.string(),
  shippingLines: paged,
  lineItems: paged,
  fulfillments: list('fulfillmentLineItems'),
  refunds: list('refundLineItems'),
})
export type ReadOrder = z.infer<typeof orderNode>

export const listOrders = {
  name: 'ListOrders',
  answer: z.object({ orders: connection(z.object({ id: z.string(), updatedAt: z.string() })) }),
  text: `query ListOrders($query: String!, $after: String) {
    orders(first: 100, after: $after, query: $query, sortKey: UPDATED_AT) { ${PAGE_INFO} nodes { id updatedAt } }
  }`,
}

const readingOrders = (name: string, refunded: string) => ({
  name,
  answer: z.object({ nodes: z.array(orderNode.nullable()) }),
  text: `query ReadOrders($ids: [ID!]!) { nodes(ids: $ids) { ... on Order { ${orderText(refunded)} } } }`,
})
export const readOrders = readingOrders('ReadOrders', REFUNDED)
/** These say where pieces were put back: for shops that sell from several places. */
export const readPlacedOrders = readingOrders('ReadPlacedOrders', PLACED)

/** What hangs on a large order, in larger pages. */
const readingLists = (name: string, refunded: string) => ({
  name,
  answer: z.object({
    order: z
      .object({ fulfillments: list('fulfillmentLineItems'), refunds: list('refundLineItems'), shippingLines: paged })
      .nullable(),
  }),
  text: `query ReadLists($id: ID!) {
    order(id: $id) { ${fulfilments(LARGE_LIST, 5)} ${refunds(LARGE_LIST, 3, refunded)} shippingLines(first: 10) { ${PAGE_INFO} nodes { ${SHIPPING} } } }
  }`,
})
export const readLists = readingLists('ReadLists', REFUNDED)
export const readPlacedLists = readingLists('ReadPlacedLists', PLACED)

const SEATED = `totalQuantity lineItem { id }`
const fulfilmentOrders = connection(
  z.looseObject({
    id: z.string(),
    status: z.string(),
    assignedLocation: z.object({ location: z.object({ id: z.string() }).nullish() }),
    lineItems: paged,
  }),
)

/** Which place serves which pieces of an order. */
export const readPlaces = {
  name: 'ReadPlaces',
  answer: z.object({ order: z.object({ fulfillmentOrders: fulfilmentOrders }).nullable() }),
  text: `query ReadPlaces($id: ID!, $after: String) {
    order(id: $id) {
      fulfillmentOrders(first: 5, after: $after) {
        ${PAGE_INFO}
        nodes { id status assignedLocation { location { id } } lineItems(first: 20) { ${PAGE_INFO} nodes { ${SEATED} } } }
      }
    }
  }`,
}

/** What paid for an order, and what was given back, gateway by gateway; more than anybody makes of one order. */
export const readTransactions = {
  name: 'ReadTransactions',
  answer: z.object({ order: z.object({ transactions: z.array(z.looseObject({ id: z.string() })) }).nullable() }),
  text: `query ReadTransactions($id: ID!) {
    order(id: $id) { transactions(first: 50) { id processedAt kind status gateway amountSet { ${BOTH} } } }
  }`,
}

const more = (name: string, type: string, field: string, node: string) => ({
  name,
  answer: z.object({ node: z.object({ page: paged }).nullable() }),
  text: `query ${name}($id: ID!, $after: String) {
    node(id: $id) { ... on ${type} { page: ${field}(first: 50, after: $after) { ${PAGE_INFO} nodes { ${node} } } } }
  }`,
})
export const moreOrderLines = more('MoreOrderLines', 'Order', 'lineItems', LINE)
export const moreShippingLines = more('MoreShippingLines', 'Order', 'shippingLines', SHIPPING)
export const moreFulfilledLines = more('MoreFulfilledLines', 'Fulfillment', 'fulfillmentLineItems', FULFILLED)
export const moreRefundedLines = more('MoreRefundedLines', 'Refund', 'refundLineItems', REFUNDED)
export const morePlacedRefunds = more('MorePlacedRefunds', 'Refund', 'refundLineItems', PLACED)
export const moreSeatedLines = more('MoreSeatedLines', 'FulfillmentOrder', 'lineItems', SEATED)

const VARIANT = `id legacyResourceId sku title price barcode taxable inventoryItem { legacyResourceId tracked }`
export const moreVariants = more('MoreVariants', 'Product', 'variants', VARIANT)

const productNode = z.looseObject({
  id: z.string(),
  legacyResourceId: z.string(),
  updatedAt: z.string(),
  variants: paged,
})
export type ReadProduct = z.infer<typeof productNode>

export const listProducts: Operation<{ products: { nodes: ReadProduct[]; pageInfo: Paged['pageInfo'] } }> = {
  name: 'ListProducts',
  answer: z.object({ products: connection(productNode) }),
  text: `query ListProducts($query: String, $after: String) {
    products(first: 20, after: $after, query: $query, sortKey: UPDATED_AT) {
      ${PAGE_INFO}
      nodes { id legacyResourceId title status updatedAt variants(first: 10) { ${PAGE_INFO} nodes { ${VARIANT} } } }
    }
  }`,
}
