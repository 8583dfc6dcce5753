/**
 * Every document the connector sends, with the part of the answer it relies on. Page sizes keep each one far below the
 * largest price allowed (a test prices them); what does not fit into one page is read on with `More…`.
 */
import { z } from 'zod'
import type { Operation } from './graphql.ts'

const page = { pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }) }
export const connection = <T extends z.ZodType>(node: T) => z.object({ ...page, nodes: z.array(node) })
const named = z.object({ id: z.string() })
const userErrors = z.array(
  z.object({ message: z.string(), code: z.string().nullish(), field: z.array(z.string()).nullish() }),
)

const operation = <T>(name: string, answer: z.ZodType<T>, text: string): Operation<T> => ({ name, answer, text })

// Inventory

export const setAvailable = operation(
  'SetAvailable',
  z.object({ inventorySetQuantities: z.object({ userErrors }) }),
  `mutation SetAvailable($input: InventorySetQuantitiesInput!, $key: String!) {
    inventorySetQuantities(input: $input) @idempotent(key: $key) { userErrors { code field message } }
  }`,
)

export const readAvailable = operation(
  'ReadAvailable',
  z.object({
    inventoryItem: z
      .object({
        inventoryLevel: z
          .object({
            createdAt: z.string(),
            quantities: z.array(z.object({ name: z.string(), quantity: z.int(), updatedAt: z.string().nullish() })),
          })
          .nullable(),
      })
      .nullable(),
  }),
  `query ReadAvailable($item: ID!, $location: ID!) {
    inventoryItem(id: $item) { inventoryLevel(locationId: $location) {
      createdAt quantities(names: ["available", "committed"]) { name quantity updatedAt }
    } }
  }`,
)

// Fulfilment

const fulfilmentOrderLine = z.object({ id: z.string(), remainingQuantity: z.int(), lineItem: named })
const fulfilmentOrder = z.object({
  id: z.string(),
  status: z.string(),
  assignedLocation: z.object({ location: named.nullish() }),
  lineItems: connection(fulfilmentOrderLine),
})
export type FulfilmentOrder = z.infer<typeof fulfilmentOrder>

const FULFILMENT_ORDER_LINE = `id remainingQuantity lineItem { id }`
const PAGE_INFO = `pageInfo { hasNextPage endCursor }`

export const readFulfilment = operation(
  'ReadFulfilment',
  z.object({
    order: z
      .object({
        cancelledAt: z.string().nullable(),
        fulfillments: z.array(
          z.object({
            id: z.string(),
            status: z.string(),
            trackingInfo: z.array(z.object({ number: z.string().nullish() })),
          }),
        ),
        fulfillmentOrders: connection(fulfilmentOrder),
      })
      .nullable(),
  }),
  `query ReadFulfilment($id: ID!, $fulfillments: Int!, $after: String) {
    order(id: $id) {
      cancelledAt
      fulfillments(first: $fulfillments) { id status trackingInfo(first: 1) { number } }
      fulfillmentOrders(first: 5, after: $after) {
        ${PAGE_INFO}
        nodes {
          id status assignedLocation { location { id } }
          lineItems(first: 20) { ${PAGE_INFO} nodes { ${FULFILMENT_ORDER_LINE} } }
        }
      }
    }
  }`,
)

export const moreFulfilmentOrderLines = operation(
  'MoreFulfilmentOrderLines',
  z.object({ node: z.object({ lineItems: connection(fulfilmentOrderLine) }).nullable() }),
  `query MoreFulfilmentOrderLines($id: ID!, $after: String) {
    node(id: $id) { ... on FulfillmentOrder { lineItems(first: 100, after: $after) { ${PAGE_INFO} nodes { ${FULFILMENT_ORDER_LINE} } } } }
  }`,
)

const fulfilledLine = z.object({ quantity: z.int().nullish(), lineItem: named })

export const fulfilledLines = operation(
  'FulfilledLines',
  z.object({ fulfillment: z.object({ fulfillmentLineItems: connection(fulfilledLine) }).nullable() }),
  `query FulfilledLines($id: ID!, $after: String) {
    fulfillment(id: $id) { fulfillmentLineItems(first: 50, after: $after) { ${PAGE_INFO} nodes { quantity lineItem { id } } } }
  }`,
)

export const createFulfilment = operation(
  'CreateFulfilment',
  z.object({ fulfillmentCreate: z.object({ fulfillment: named.nullable(), userErrors }) }),
  `mutation CreateFulfilment($fulfillment: FulfillmentInput!) {
    fulfillmentCreate(fulfillment: $fulfillment) { fulfillment { id } userErrors { field message } }
  }`,
)

// Webhook subscriptions

export const listSubscriptions = operation(
  'ListSubscriptions',
  z.object({
    webhookSubscriptions: connection(z.object({ id: z.string(), topic: z.string(), uri: z.string() })),
  }),
  `query ListSubscriptions($after: String) {
    webhookSubscriptions(first: 100, after: $after) { ${PAGE_INFO} nodes { id topic uri } }
  }`,
)

export const createSubscription = operation(
  'CreateSubscription',
  z.object({ webhookSubscriptionCreate: z.object({ webhookSubscription: named.nullable(), userErrors }) }),
  `mutation CreateSubscription($topic: WebhookSubscriptionTopic!, $subscription: WebhookSubscriptionInput!) {
    webhookSubscriptionCreate(topic: $topic, webhookSubscription: $subscription) {
      webhookSubscription { id } userErrors { field message }
    }
  }`,
)

export const deleteSubscription = operation(
  'DeleteSubscription',
  z.object({
    webhookSubscriptionDelete: z.object({ deletedWebhookSubscriptionId: z.string().nullable(), userErrors }),
  }),
  `mutation DeleteSubscription($id: ID!) {
    webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { field message } }
  }`,
)

// Check

export const checkUp = operation(
  'CheckUp',
  z.object({
    shop: z.object({ myshopifyDomain: z.string(), currencyCode: z.string() }),
    currentAppInstallation: z.object({ accessScopes: z.array(z.object({ handle: z.string() })) }),
    publicApiVersions: z.array(z.object({ handle: z.string(), supported: z.boolean() })),
    locations: connection(z.object({ id: z.string(), name: z.string(), isActive: z.boolean() })),
  }),
  `query CheckUp {
    shop { myshopifyDomain currencyCode }
    currentAppInstallation { accessScopes { handle } }
    publicApiVersions { handle supported }
    locations(first: 100, includeInactive: true) { ${PAGE_INFO} nodes { id name isActive } }
  }`,
)
