/**
 * WooCommerce: a channel that sells, with plain stock writes. Orders and products come in; stock, parcels and refunds
 * go.
 */
import { withoutTypedCards } from '../kit/card-door.ts'
import type { Connection, Connector } from '../kit/connector.ts'
import { oneByOne } from '../kit/connector.ts'
import { readers } from './census.ts'
import { check } from './check.ts'
import { wooConfig, type WooConfig } from './config.ts'
import { fulfilmentEnsure } from './fulfilment.ts'
import { openClient } from './http.ts'
import { receive, translate } from './inbound.ts'
import { API_VERSION, BATCH_SIZE, CONCURRENCY } from './limits.ts'
import { listingEnsure, listingWithdraw } from './listing.ts'
import { observeFulfilment, observePut } from './observe.ts'
import { orderFeed } from './poll-orders.ts'
import { productFeed } from './poll-products.ts'
import { refundEnsure } from './refund.ts'
import { SCOPES } from './scopes.ts'
import { inventoryPut, inventoryRead } from './stock.ts'
import { webhookUpkeep } from './webhooks.ts'
import { TYPED } from './typed.ts'

export type { WooConfig, WooConfigInput } from './config.ts'

export const woocommerce: Connector<WooConfig> = {
  name: 'woocommerce',
  api: { version: API_VERSION },
  scopes: SCOPES,
  config: wooConfig,

  open(config, { name: channel, io, hookUrl }): Connection {
    const { webhookSecret, previousWebhookSecret, pool, feeSku } = config
    const references = previousWebhookSecret ? [webhookSecret, previousWebhookSecret] : [webhookSecret]
    // Resolved at every use: a changed secret counts from then on, without a restart.
    const secrets = () => references.map((reference) => io.secret(reference))
    const url = config.url.replace(/\/+$/, '')
    const { consumerKey, requestTimeoutMs, keepBackorders, notifyCustomers } = config
    const consumerSecret = () => io.secret(config.consumerSecret)
    const client = openClient({ url, consumerKey, consumerSecret, requestTimeoutMs }, io)
    const virtualSkus = new Set(config.virtualSkus)
    const notedRefunds = new Set(config.notedRefunds)

    const connection: Connection = {
      receive: (request) => receive(request, { url, secrets }),
      translate: (delivery) => translate(delivery, { channel, pool, feeSku, virtualSkus }),
      outbound: {
        'inventory.put': {
          // Numbers of one SKU are serialised by its stream: the next goes out when the last is answered.
          batch: BATCH_SIZE,
          send: (intents) => inventoryPut(client, intents, { keepBackorders }),
          observe: (sent, how) => observePut(client, sent, how),
        },
        'listing.ensure': { batch: BATCH_SIZE, together: true, send: (intents) => listingEnsure(client, intents) },
        'price.ensure': { batch: BATCH_SIZE, together: true, send: (intents) => listingEnsure(client, intents) },
        'listing.withdraw': { batch: BATCH_SIZE, together: true, send: (intents) => listingWithdraw(client, intents) },
        'inventory.read': oneByOne(({ ask }) => inventoryRead(client, ask), { reads: true }),
        'fulfilment.ensure': oneByOne(
          (sent) => fulfilmentEnsure(client, sent, { channel, notifyCustomers, virtualSkus }),
          {
            observe: (sent) => observeFulfilment(client, sent),
          },
        ),
        'refund.ensure': oneByOne((sent) => refundEnsure(client, sent, { notedRefunds })),
      },
      concurrency: CONCURRENCY,
      feeds: { orders: orderFeed(client, io, config.backfillDays), products: productFeed(client) },
      readers: readers(client, { channel, pool }),
      upkeep: hookUrl ? { webhooks: webhookUpkeep(client, hookUrl, () => io.secret(webhookSecret)) } : {},
      check: () => check(client, { url, keepBackorders, hookUrl }),
    }
    return withoutTypedCards(connection, TYPED)
  },
}
