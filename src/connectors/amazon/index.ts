/** Amazon: a marketplace. Orders come by queue and listing; stock, prices and shipments go, each at its rate. */
import { openBudget } from '../kit/budget.ts'
import { withoutTypedCards } from '../kit/card-door.ts'
import { type Connection, type Connector, oneByOne } from '../kit/connector.ts'
import { openTokens } from './auth.ts'
import { readers } from './census.ts'
import { check } from './check.ts'
import { openClient } from './client.ts'
import { amazonConfig, type AmazonConfig } from './config.ts'
import { translate } from './inbound.ts'
import { API_VERSION, BUCKETS, ORDERS_V0_ENDS, PRICES_PER_FEED } from './limits.ts'
import { listingFeed } from './listing-feed.ts'
import { inventoryRead, openWriter } from './listings.ts'
import { HOSTS, MARKETPLACES } from './marketplaces.ts'
import { notificationFeed } from './notifications.ts'
import { listingEnsure, listingWithdraw, priceEnsure } from './offers.ts'
import { changedFeed, placedFeed } from './orders.ts'
import { openQueue } from './queue.ts'
import { SCOPES } from './scopes.ts'
import { settlementFeed } from './settlement-feed.ts'
import { fulfilmentEnsure } from './shipment.ts'
import { subscriptionUpkeep } from './subscriptions.ts'
import { openWire } from './wire.ts'
import { TYPED } from './typed.ts'

export type { AmazonConfig, AmazonConfigInput } from './config.ts'

export const amazon: Connector<AmazonConfig> = {
  name: 'amazon',
  api: { version: API_VERSION, endOfLife: ORDERS_V0_ENDS },
  scopes: SCOPES,
  config: amazonConfig,

  open(config, { name, io }): Connection {
    const { clientId, marketplaceId, sellerId, backfillDays, settlements } = config
    const marketplace = MARKETPLACES[marketplaceId]!
    // Resolved at every use: a rotated secret counts from then on, without a restart.
    const clientSecret = () => io.secret(config.clientSecret)
    const refreshToken = () => io.secret(config.refreshToken)
    const wire = openWire(config, io)
    const tokens = openTokens({ url: config.tokenUrl, clientId, clientSecret, refreshToken }, wire)
    const budget = openBudget({ vendor: 'Amazon', limits: BUCKETS, now: () => io.now() })
    const url = (config.url ?? HOSTS[marketplace.region]).replace(/\/+$/, '')
    const client = openClient({ url, secrets: () => [clientSecret(), refreshToken()] }, tokens, wire, budget)
    const given = config.queue
    const key = () => ({
      accessKeyId: io.secret(given?.accessKeyId ?? ''),
      secretAccessKey: io.secret(given?.secretAccessKey ?? ''),
    })
    const queue = given ? openQueue(given, key, wire) : null
    const nowMs = () => io.now() + (wire.skewMs() ?? 0)
    const seller = { sellerId, marketplaceId, nowMs }
    const pools = new Map(config.locations.map(({ locationId, pool }) => [locationId, pool]))
    const options = { channel: name, marketplace, taxRates: config.taxRates ?? marketplace.taxRates, pools }
    const writer = openWriter(client, seller)
    const offers = { ...seller, currency: marketplace.currency }

    const settling = ({ from, timeZone = marketplace.timeZone }: NonNullable<typeof settlements>) => ({
      marketplaceId, from, timeZone,
    }) // prettier-ignore

    const connection: Connection = {
      translate: (delivery) => translate(delivery, options),
      outbound: {
        'inventory.put': oneByOne((sent) => writer.put(sent)),
        'inventory.read': oneByOne(({ ask }) => inventoryRead(client, ask, seller), { reads: true }),
        'fulfilment.ensure': oneByOne((sent) =>
          fulfilmentEnsure(client, sent, { marketplaceId, carriers: config.carriers, nowMs }),
        ),
        'listing.ensure': oneByOne(({ ask }) => listingEnsure(client, ask, offers)),
        'price.ensure': {
          batch: PRICES_PER_FEED,
          together: true,
          serial: 'prices',
          send: (sent) => priceEnsure(client, sent, offers),
        },
        'listing.withdraw': oneByOne(({ ask }) => listingWithdraw(client, ask, offers)),
      },
      feeds: {
        orders: changedFeed(client, io, { marketplaceId, backfillDays }),
        placed: placedFeed(client, io, { marketplaceId, backfillDays }),
        listings: listingFeed(client, io, marketplaceId),
        ...(settlements ? { settlements: settlementFeed(client, io, settling(settlements)) } : {}),
        ...(queue ? { notifications: notificationFeed(queue, client, seller) } : {}),
      },
      readers: readers(client, { ...options, ...seller }),
      upkeep: given ? { notifications: subscriptionUpkeep(client, given.arn, name) } : {},
      budget,
      check: () => check(client, { config, queue, nowMs: io.now(), skewMs: () => wire.skewMs() }),
    }
    return withoutTypedCards(connection, TYPED)
  },
}
