/** The documents of the readers: everything the shop has, with only what is compared. */
import { z } from 'zod'
import { connection } from './operations.ts'

const PAGE_INFO = `pageInfo { hasNextPage endCursor }`
const SHOP = `shopMoney { amount currencyCode }`
const bag = z.object({ shopMoney: z.object({ amount: z.string(), currencyCode: z.string() }) })

const countedOrder = z.object({
  legacyResourceId: z.string(),
  updatedAt: z.string(),
  cancelledAt: z.string().nullable(),
  currentTotalPriceSet: bag,
  totalPriceSet: bag,
})

export const censusOrders = {
  name: 'CensusOrders',
  answer: z.object({ orders: connection(countedOrder) }),
  text: `query CensusOrders($query: String!, $after: String) {
    orders(first: 50, after: $after, query: $query, sortKey: ID) {
      ${PAGE_INFO}
      nodes { legacyResourceId updatedAt cancelledAt currentTotalPriceSet { ${SHOP} } totalPriceSet { ${SHOP} } }
    }
  }`,
}

const countedLevel = z.object({
  updatedAt: z.string(),
  item: z.object({ sku: z.string().nullable(), tracked: z.boolean() }),
  quantities: z.array(z.object({ name: z.string(), quantity: z.int() })),
})

export const censusLevels = {
  name: 'CensusLevels',
  answer: z.object({ location: z.object({ inventoryLevels: connection(countedLevel) }).nullable() }),
  text: `query CensusLevels($location: ID!, $after: String) {
    location(id: $location) {
      inventoryLevels(first: 100, after: $after) {
        ${PAGE_INFO} nodes { updatedAt item { sku tracked } quantities(names: ["available"]) { name quantity } }
      }
    }
  }`,
}

/** An order with more fulfilments than this is not counted; there are none such in practice. */
export const FULFILMENTS_COUNTED = 15

const countedFulfilment = z.object({ status: z.string(), totalQuantity: z.int(), updatedAt: z.string() })

export const censusFulfilments = {
  name: 'CensusFulfilments',
  answer: z.object({
    orders: connection(
      z.object({
        legacyResourceId: z.string(),
        cancelledAt: z.string().nullable(),
        fulfillments: z.array(countedFulfilment),
      }),
    ),
  }),
  text: `query CensusFulfilments($query: String!, $after: String) {
    orders(first: 25, after: $after, query: $query, sortKey: ID) {
      ${PAGE_INFO}
      nodes { legacyResourceId cancelledAt fulfillments(first: ${FULFILMENTS_COUNTED}) { status totalQuantity updatedAt } }
    }
  }`,
}
