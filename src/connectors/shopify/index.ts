/** Shopify: a channel that sells. Orders, products and stock come in by webhook and poll; stock and shipments go. */
import { withoutTypedCards } from '../kit/card-door.ts'
import type { Connection, Connector } from '../kit/connector.ts'
import { oneByOne } from '../kit/connector.ts'
import { openTokens } from './auth.ts'
import { readers } from './census.ts'
import { check } from './check.ts'
import { shopifyConfig, type ShopifyConfig } from './config.ts'
import { fulfilmentEnsure } from './fulfilment.ts'
import { openGraphQl } from './graphql.ts'
import { receive, sellsFromSeveral, translate } from './inbound.ts'
import { openBudget } from '../kit/budget.ts'
import { API_END_OF_LIFE, API_VERSION, BUDGETS } from './limits.ts'
import { listingEnsure, listingWithdraw } from './listing.ts'
import { observeFulfilment, observeInventory } from './observe.ts'
import { inventoryRead, inventorySet } from './outbound.ts'
import { disputesFeed, payoutsFeed } from './payments-feed.ts'
import { orderFeed } from './poll-orders.ts'
import { productFeed } from './poll-products.ts'
import { refundEnsure } from './refund.ts'
import { CATALOGUE_SCOPES, PAYMENTS_SCOPES, REFUND_SCOPES, SCOPES } from './scopes.ts'
import { webhookUpkeep } from './webhooks.ts'
import { openWire } from './wire.ts'
import { TYPED } from './typed.ts'

export type { ShopifyConfig, ShopifyConfigInput } from './config.ts'

export const shopify: Connector<ShopifyConfig> = {
  name: 'shopify',
  api: { version: API_VERSION, endOfLife: API_END_OF_LIFE },
  scopes: { ...SCOPES, ...CATALOGUE_SCOPES, ...REFUND_SCOPES, ...PAYMENTS_SCOPES },
  config: shopifyConfig,

  open(config, { name, io, hookUrl }): Connection {
    const { clientSecret, previousClientSecret } = config
    const references = previousClientSecret ? [clientSecret, previousClientSecret] : [clientSecret]
    // Resolved at every use: a rotated secret counts from then on, without a restart.
    const secrets = () => references.map((reference) => io.secret(reference))
    const url = (config.url ?? `https://${config.shop}`).replace(/\/+$/, '')
    const wire = openWire({ url, requestTimeoutMs: config.requestTimeoutMs }, io)
    const tokens = openTokens({ clientId: config.clientId, clientSecret: () => io.secret(clientSecret) }, wire)
    const budget = openBudget({ vendor: 'Shopify', limits: BUDGETS, now: () => io.now() })
    const graphql = openGraphQl({ apiVersion: config.apiVersion, secrets }, tokens, wire, budget)
    const pools = new Map(config.locations.map(({ locationId, pool }) => [locationId, pool]))

    const placed = sellsFromSeveral({ pools })
    const { payments } = config
    // Both are read off the payments of each order.
    const redemptions = config.redemptions || payments
    const connection: Connection = {
      receive: (request) => receive(request, { shop: config.shop, secrets }),
      translate: (delivery) => translate(delivery, { channel: name, pools, payments }),
      outbound: {
        'inventory.set': oneByOne((sent) => inventorySet(graphql, sent), {
          observe: (sent, how) => observeInventory(graphql, sent, how),
        }),
        'inventory.read': oneByOne(({ ask }) => inventoryRead(graphql, ask, placed), { reads: true }),
        'fulfilment.ensure': oneByOne((sent) => fulfilmentEnsure(graphql, sent, config), {
          observe: (sent) => observeFulfilment(graphql, sent),
        }),
        'refund.ensure': oneByOne((sent) => refundEnsure(graphql, sent)),
        'listing.ensure': oneByOne(({ ask }) => listingEnsure(graphql, ask)),
        'price.ensure': oneByOne(({ ask }) => listingEnsure(graphql, ask)),
        'listing.withdraw': oneByOne(({ ask }) => listingWithdraw(graphql, ask)),
      },
      feeds: {
        orders: orderFeed(graphql.patient, { io, placed, redemptions, backfillDays: config.backfillDays }),
        products: productFeed(graphql.patient),
        ...(payments ? { payouts: payoutsFeed(graphql.patient, io), disputes: disputesFeed(graphql.patient, io) } : {}),
      },
      readers: readers(graphql.patient, { channel: name, pools, io, placed, redemptions }),
      upkeep: hookUrl ? { webhooks: webhookUpkeep(graphql.patient, hookUrl) } : {},
      budget,
      check: () => check(graphql, { config, hookUrl, io }),
    }
    return withoutTypedCards(connection, TYPED)
  },
}
