/** The root fields: what can be asked of the shop and what can be changed in it, each with the scope it needs. */
import { GraphQLError } from 'graphql'
import { gid, numberOf } from '../ids.ts'
import type { Hooks } from './hooks.ts'
import type { Idempotency } from './idempotency.ts'
import { setQuantities, type SetQuantitiesInput } from './inventory-set.ts'
import { type ProductArgs, updateProduct, updateVariants, type VariantArgs } from './products-set.ts'
import { connection, countOf, decode, momentFits, page, parseSearch, type PageArgs } from './pages.ts'
import { createRefund, type RefundArgs } from './refunds-set.ts'
import { moment, type Order, type Shop } from './state.ts'
import type { Stock } from './stock.ts'
import { accountView } from './payments.ts'
import type { FulfilPart, Trade } from './trade.ts'
import {
  fulfilmentOrderView,
  fulfilmentView,
  itemView,
  locationView,
  orderView,
  productView,
  refundView,
  stockedLocationView,
  variantView,
  type View,
} from './views.ts'

export interface Parts {
  shop: Shop
  hooks: Hooks
  stock: Stock
  trade: Trade
  idempotency: Idempotency
  scopes(): readonly string[]
  apiVersion: string
}

/** @param key of the `@idempotent` directive on the field, when there is one. */
export type RootField = (args: never, key: string | null) => unknown

interface Guarded {
  /** Any one of these. */
  scope: readonly string[]
  resolve: RootField
}

const numeric = (id: string): number => Number(numberOf(id))
const search = { query: undefined as string | null | undefined }
type Search = PageArgs & typeof search & { sortKey?: string; reverse?: boolean }

export function queries({ shop, hooks, scopes, apiVersion }: Parts): Record<string, Guarded> {
  const nodeOf = (id: string): View | null => {
    const at = numeric(id)
    const kind = id.split('/')[3]
    if (kind === 'Order') return see(shop.orders.get(at), (order) => orderView(shop, order))
    if (kind === 'Product') return see(shop.products.get(at), (product) => productView(shop, product))
    if (kind === 'ProductVariant') return see(shop.variants.get(at), (variant) => variantView(shop, variant))
    if (kind === 'InventoryItem') return see(shop.byItem.get(at), (variant) => itemView(shop, variant))
    if (kind === 'FulfillmentOrder') return see(shop.fulfilmentOrders.get(at), (one) => fulfilmentOrderView(shop, one))
    if (kind === 'Fulfillment')
      return see(shop.fulfilments.get(at), ({ order, fulfilment }) => fulfilmentView(order, fulfilment))
    if (kind === 'Refund') return see(shop.refunds.get(at), ({ order, refund }) => refundView(shop, order, refund))
    throw new GraphQLError(`Not simulated: the node ${kind}.`)
  }
  return {
    shop: {
      scope: [],
      resolve: () => ({
        id: 'gid://shopify/Shop/1',
        name: shop.options.shop,
        myshopifyDomain: shop.options.shop,
        currencyCode: shop.currency,
      }),
    },
    shopifyPaymentsAccount: { scope: ['read_shopify_payments_payouts'], resolve: () => accountView(shop) },
    currentAppInstallation: {
      scope: [],
      resolve: () => ({
        id: 'gid://shopify/AppInstallation/1',
        accessScopes: scopes().map((handle) => ({ handle, description: handle })),
      }),
    },
    publicApiVersions: {
      scope: [],
      resolve: () => [
        { handle: apiVersion, displayName: apiVersion, supported: true },
        { handle: 'unstable', displayName: 'unstable', supported: false },
      ],
    },
    node: { scope: [], resolve: ({ id }: { id: string }) => nodeOf(id) },
    nodes: { scope: [], resolve: ({ ids }: { ids: string[] }) => ids.map(nodeOf) },
    order: {
      scope: ['read_orders'],
      resolve: ({ id }: { id: string }) => see(shop.orders.get(numeric(id)), (order) => orderView(shop, order)),
    },
    orders: { scope: ['read_orders'], resolve: (args: Search) => orders(shop, args) },
    products: { scope: ['read_products'], resolve: (args: Search) => products(shop, args) },
    product: { scope: ['read_products'], resolve: ({ id }: { id: string }) => nodeOf(id) },
    productVariant: { scope: ['read_products'], resolve: ({ id }: { id: string }) => nodeOf(id) },
    inventoryItem: {
      scope: ['read_inventory'],
      resolve: ({ id }: { id: string }) => see(shop.byItem.get(numeric(id)), (variant) => itemView(shop, variant)),
    },
    fulfillment: { scope: ['read_orders'], resolve: ({ id }: { id: string }) => nodeOf(id) },
    location: {
      scope: ['read_locations'],
      resolve: ({ id }: { id?: string | null }) => {
        const [main] = shop.locations
        const found = id ? shop.locations.find((one) => one.id === numeric(id)) : main
        return see(found, (one) => stockedLocationView(shop, one))
      },
    },
    locations: {
      scope: ['read_locations'],
      resolve: (args: PageArgs & { includeInactive?: boolean }) =>
        connection(
          shop.locations.filter(({ active }) => active || args.includeInactive),
          args,
          locationView,
        ),
    },
    webhookSubscriptions: {
      scope: [],
      resolve: (args: PageArgs & { topics?: string[]; uri?: string }) => {
        const fits = [...hooks.subscriptions.values()].filter(
          ({ topic, uri }) => (!args.topics || args.topics.includes(topic)) && (!args.uri || args.uri === uri),
        )
        return connection(fits, args, subscriptionView)
      },
    },
    job: { scope: [], resolve: ({ id }: { id: string }) => ({ id, done: shop.jobs.get(id)?.done ?? true }) },
  }
}

const see = <T>(thing: T | undefined, view: (thing: T) => View): View | null =>
  thing === undefined ? null : view(thing)

const ORDER_MOMENTS: Readonly<Record<string, 'createdAt' | 'updatedAt'>> = {
  created_at: 'createdAt',
  updated_at: 'updatedAt',
}

/** By time of change the log of changes is walked from where the filter begins; other orders are sorted as asked. */
function orders(shop: Shop, args: Search) {
  const count = countOf(args)
  const terms = parseSearch(args.query)
  for (const { field } of terms)
    if (!(field in ORDER_MOMENTS)) throw new GraphQLError(`Not simulated: orders by ${field}.`)
  const fits = (order: Order) => terms.every((term) => momentFits(order[ORDER_MOMENTS[term.field]!], term))
  if (args.sortKey !== 'UPDATED_AT' || args.reverse) {
    const sorted = [...shop.orders.values()].filter(fits)
    return connection(args.reverse ? sorted.reverse() : sorted, args, (order) => orderView(shop, order))
  }
  const lower = terms.find(({ field, comparator }) => field === 'updated_at' && comparator.startsWith('>'))
  const after = args.after ? decode(args.after) : 0
  const picked: { position: number; item: Order }[] = []
  for (let at = lower ? firstAt(shop, Date.parse(lower.value)) : 0; at < shop.changes.length; at++) {
    const { order, change } = shop.changes[at]!
    if (change !== order.change || change <= after || !fits(order)) continue
    if (picked.length === count) return page(picked, (one) => orderView(shop, one), { next: true, previous: after > 0 })
    picked.push({ position: change, item: order })
  }
  return page(picked, (one) => orderView(shop, one), { next: false, previous: after > 0 })
}

function firstAt({ changes }: Shop, at: number): number {
  let low = 0
  let high = changes.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (changes[middle]!.at < at) low = middle + 1
    else high = middle
  }
  return low
}

function products(shop: Shop, args: Search) {
  const terms = parseSearch(args.query)
  for (const { field } of terms)
    if (field !== 'updated_at') throw new GraphQLError(`Not simulated: products by ${field}.`)
  const fitting = [...shop.products.values()].filter(({ updatedAt }) =>
    terms.every((term) => momentFits(updatedAt, term)),
  )
  if (args.sortKey === 'UPDATED_AT') fitting.sort((a, b) => a.updatedAt - b.updatedAt || a.id - b.id)
  return connection(fitting, args, (product) => productView(shop, product))
}

const subscriptionView = ({
  id,
  topic,
  uri,
  createdAt,
}: {
  id: number
  topic: string
  uri: string
  createdAt: number
}): View => ({
  __typename: 'WebhookSubscription',
  id: gid('WebhookSubscription', id),
  legacyResourceId: String(id),
  topic,
  uri,
  createdAt: moment(createdAt),
  updatedAt: moment(createdAt),
})

const FULFIL = [
  'write_merchant_managed_fulfillment_orders',
  'write_assigned_fulfillment_orders',
  'write_third_party_fulfillment_orders',
]

export function mutations(parts: Parts): Record<string, Guarded> {
  return {
    inventorySetQuantities: {
      scope: ['write_inventory'],
      resolve: ({ input }: { input: SetQuantitiesInput }, key: string | null) =>
        parts.idempotency.once('inventorySetQuantities', key, input, () => setQuantities(parts, input)),
    },
    fulfillmentCreate: { scope: FULFIL, resolve: (args: FulfilArgs) => fulfil(parts, args) },
    refundCreate: {
      scope: ['write_orders'],
      resolve: (args: RefundArgs, key: string | null) =>
        parts.idempotency.once('refundCreate', key, args.input, () => createRefund(parts, args)),
    },
    orderCancel: { scope: ['write_orders'], resolve: (args: CancelArgs) => cancel(parts, args) },
    productUpdate: { scope: ['write_products'], resolve: (args: ProductArgs) => updateProduct(parts, args) },
    productVariantsBulkUpdate: {
      scope: ['write_products'],
      resolve: (args: VariantArgs) => updateVariants(parts, args),
    },
    webhookSubscriptionCreate: { scope: [], resolve: (args: SubscribeArgs) => subscribe(parts, args) },
    webhookSubscriptionDelete: { scope: [], resolve: ({ id }: { id: string }) => unsubscribe(parts, id) },
  }
}

interface FulfilArgs {
  fulfillment: {
    lineItemsByFulfillmentOrder: {
      fulfillmentOrderId: string
      fulfillmentOrderLineItems?: { id: string; quantity: number }[] | null
    }[]
    trackingInfo?: { company?: string | null; number?: string | null; url?: string | null } | null
  }
}

/** Not idempotent, as with Shopify: called again it fulfils again, as long as something remains. */
function fulfil({ shop, trade }: Parts, { fulfillment: { lineItemsByFulfillmentOrder, trackingInfo } }: FulfilArgs) {
  const refused = (message: string) => ({ fulfillment: null, userErrors: [{ field: ['fulfillment'], message }] })
  const parts: FulfilPart[] = []
  for (const { fulfillmentOrderId, fulfillmentOrderLineItems: lines } of lineItemsByFulfillmentOrder) {
    const fulfilmentOrder = shop.fulfilmentOrders.get(numeric(fulfillmentOrderId))
    if (!fulfilmentOrder) return refused('Fulfillment order does not exist.')
    parts.push({ fulfilmentOrder, lines: lines?.map(({ id, quantity }) => ({ id: numeric(id), quantity })) ?? null })
  }
  const { company = null, number = null, url = null } = trackingInfo ?? {}
  const outcome = trade.fulfil(parts, { company, number, url })
  if ('refused' in outcome) return refused(outcome.refused)
  return { fulfillment: fulfilmentView(parts[0]!.fulfilmentOrder.order, outcome.fulfilment), userErrors: [] }
}

interface CancelArgs {
  orderId: string
  reason: string
  restock: boolean
}

const JOB_MS = 1_000

/** Answers with a job; the order is cancelled a moment later, if it still can be. */
function cancel({ shop }: Parts, { orderId, reason, restock }: CancelArgs) {
  const order = shop.orders.get(numeric(orderId))
  const refused = (code: string, message: string) => ({
    job: null,
    orderCancelUserErrors: [{ field: ['orderId'], code, message }],
    userErrors: [],
  })
  if (!order) return refused('NOT_FOUND', 'Order does not exist.')
  if (order.cancelledAt !== null) return refused('INVALID', 'Order has already been cancelled.')
  if (order.lines.some(({ fulfilled }) => fulfilled > 0)) return refused('INVALID', 'Cannot cancel a fulfilled order.')
  const id = `gid://shopify/Job/${shop.nextId()}`
  const dueAt = shop.io.now() + JOB_MS
  shop.jobs.set(id, { dueAt, done: false, orderId: String(order.id), reason: reason.toLowerCase(), restock })
  return { job: { id, done: false }, orderCancelUserErrors: [], userErrors: [] }
}

interface SubscribeArgs {
  topic: string
  webhookSubscription: { uri?: string | null; callbackUrl?: string | null }
}

function subscribe({ shop, hooks }: Parts, { topic, webhookSubscription }: SubscribeArgs) {
  const uri = webhookSubscription.uri ?? webhookSubscription.callbackUrl ?? ''
  const refused = (message: string) => ({
    webhookSubscription: null,
    userErrors: [{ field: ['webhookSubscription', 'uri'], message }],
  })
  if (!URL.canParse(uri)) return refused('Address is invalid')
  const taken = [...hooks.subscriptions.values()].some((one) => one.topic === topic && one.uri === uri)
  if (taken) return refused('Address for this topic has already been taken')
  const subscription = { id: shop.nextId(), topic, uri, createdAt: shop.now(), succeededAt: -1 }
  hooks.subscriptions.set(subscription.id, subscription)
  return { webhookSubscription: subscriptionView(subscription), userErrors: [] }
}

function unsubscribe({ hooks }: Parts, id: string) {
  if (hooks.subscriptions.delete(numeric(id))) return { deletedWebhookSubscriptionId: id, userErrors: [] }
  const userErrors = [{ field: ['id'], message: 'Webhook subscription does not exist' }]
  return { deletedWebhookSubscriptionId: null, userErrors }
}
