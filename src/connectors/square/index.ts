/** Square: tills at the counter and a shop for pick-up and shipment. Sales, counts, items come in; stock goes out. */
import { openBudget } from '../kit/budget.ts'
import { withoutTypedCards } from '../kit/card-door.ts'
import { type Connection, type Connector, oneByOne } from '../kit/connector.ts'
import { catalogFeed } from './catalog-feed.ts'
import { readers } from './census.ts'
import { changesFeed } from './changes-feed.ts'
import { check } from './check.ts'
import { squareConfig, type SquareConfig } from './config.ts'
import { countsFeed } from './counts-feed.ts'
import { eventsFeed } from './events-feed.ts'
import { fulfilmentEnsure } from './fulfilment.ts'
import { receive, translate } from './inbound.ts'
import { inventoryPut, inventoryRead } from './inventory.ts'
import { API_VERSION, BUCKET, ITEMS_PER_CHANGE } from './limits.ts'
import { listingEnsure, listingWithdraw } from './listing.ts'
import { observeFulfilment, observePut } from './observe.ts'
import { ordersFeed } from './orders-feed.ts'
import { refundEnsure } from './refund.ts'
import { openSales } from './sales.ts'
import { SCOPES } from './scopes.ts'
import { eventsUpkeep, webhookUpkeep } from './webhooks.ts'
import { openClient } from './wire.ts'
import { TYPED } from './typed.ts'

export type { SquareConfig, SquareConfigInput } from './config.ts'

export const square: Connector<SquareConfig> = {
  name: 'square',
  api: { version: API_VERSION },
  scopes: SCOPES,
  config: squareConfig,

  open(config, { name, io, hookUrl }): Connection {
    const { merchantId, apiVersion, requestTimeoutMs, backfillDays, dayStartsAt, signatureKey } = config
    const perSecond = config.requestsPerSecond
    const limits = { [BUCKET]: { burst: perSecond * 2, perSecond }, '*': { burst: perSecond * 2, perSecond } }
    const budget = openBudget({ vendor: 'Square', limits, now: () => io.now() })
    const url = config.url.replace(/\/+$/, '')
    // Resolved at every use: a rotated token counts from then on, without a restart.
    const accessToken = () => io.secret(config.accessToken)
    const client = openClient({ url, apiVersion, accessToken, requestTimeoutMs }, io, budget)
    const { patient } = client
    const pools = new Map(config.locations.map(({ locationId, pool }) => [locationId, pool]))
    const stores = new Map(config.locations.map(({ locationId, store }) => [locationId, store ?? locationId]))
    const storeOf = (locationId: string) => stores.get(locationId) ?? locationId
    const locations = [...pools.keys()]
    const counterSources = new Set(config.counterSources)
    const sales = openSales(patient, io, { locations: new Set(locations), counterSources })
    const learnt = new Set<string>()
    const keys = () => [...(signatureKey ? [io.secret(signatureKey)] : []), ...learnt]
    // Square changes one thing of a catalogue at a time, and says 429 to a second one.
    const catalogue = { batch: ITEMS_PER_CHANGE, serial: 'catalogue' }
    const feeding = { io, sales, locations, backfillDays }

    const connection: Connection = {
      ...(hookUrl ? { receive: (request) => receive(request, { merchantId, hookUrl, keys }) } : {}),
      translate: (delivery) => translate(delivery, { channel: name, pools, storeOf, dayStartsAt }),
      outbound: {
        'inventory.put': oneByOne((sent) => inventoryPut(client, sent), {
          observe: (sent, how) => observePut(client, sent, how),
        }),
        'inventory.read': oneByOne(({ ask }) => inventoryRead(client, ask), { reads: true }),
        'fulfilment.ensure': oneByOne((sent) => fulfilmentEnsure(client, sent), {
          observe: (sent) => observeFulfilment(client, sent),
        }),
        'refund.ensure': oneByOne((sent) => refundEnsure(client, sent)),
        'listing.ensure': { ...catalogue, send: (sent) => listingEnsure(client, sent) },
        'price.ensure': { ...catalogue, send: (sent) => listingEnsure(client, sent) },
        'listing.withdraw': { ...catalogue, send: (sent) => listingWithdraw(client, sent) },
      },
      feeds: {
        orders: ordersFeed(patient, feeding),
        payments: changesFeed(patient, 'payments', feeding),
        refunds: changesFeed(patient, 'refunds', feeding),
        counts: countsFeed(patient, locations),
        catalog: catalogFeed(patient),
        events: eventsFeed(patient, io, merchantId),
      },
      readers: readers(patient, { channel: name, pools, counterSources, sales, io }),
      upkeep: {
        events: eventsUpkeep(patient),
        ...(hookUrl ? { webhooks: webhookUpkeep(patient, { hookUrl, name, apiVersion, keys: learnt }) } : {}),
      },
      budget,
      check: () => check(client, { config, hookUrl, io }),
    }
    return withoutTypedCards(connection, TYPED)
  },
}
