/** ShipBob: a warehouse of others. Orders and cancellations go out; parcels, holds and returns come in. */
import { openBudget } from '../kit/budget.ts'
import { type Connection, type Connector, oneByOne } from '../kit/connector.ts'
import { check } from './check.ts'
import { shipbobConfig, type ShipbobConfig } from './config.ts'
import { inventoryFeed, ordersFeed, returnsFeed } from './feeds.ts'
import { receive, translate } from './inbound.ts'
import { API_VERSION, BUCKET, LIMIT } from './limits.ts'
import { cancelOrder, ensureOrder } from './outbound.ts'
import { webhookUpkeep } from './webhooks.ts'
import { openClient } from './wire.ts'

export type { ShipbobConfig, ShipbobConfigInput } from './config.ts'

export const shipbob: Connector<ShipbobConfig> = {
  name: 'shipbob',
  api: { version: API_VERSION },
  scopes: {
    orders_read: 'Looking for orders by our reference, and reading what became of them.',
    orders_write: 'Sending orders and cancelling them.',
    returns_read: 'Goods that came back.',
    inventory_read: 'Counting what is on the shelf, with `countsFor`.',
    webhooks_write: 'Keeping the webhook subscription as it must be.',
    channels_read: 'Whether the token may write in our channel.',
  },
  config: shipbobConfig,

  open(config, { io, hookUrl }): Connection {
    const { channelId, requestTimeoutMs, webhookSecrets, backfillDays } = config
    const budget = openBudget({ vendor: 'ShipBob', limits: { [BUCKET]: LIMIT, '*': LIMIT }, now: () => io.now() })
    const token = () => io.secret(config.token)
    const client = openClient({ url: config.url.replace(/\/+$/, ''), channelId, token, requestTimeoutMs }, io, budget)
    const learnt = new Set<string>()
    const secrets = () => [...webhookSecrets.map((one) => io.secret(one)), ...learnt]

    return {
      receive: (request) => receive(request, secrets()),
      translate,
      outbound: {
        'warehouseOrder.ensure': oneByOne(({ ask }) => ensureOrder(client, ask, config)),
        'warehouseOrder.cancel': oneByOne(({ ask }) => cancelOrder(client, ask)),
      },
      feeds: {
        orders: ordersFeed(client.patient, io, backfillDays),
        returns: returnsFeed(client.patient, io, backfillDays),
        ...(config.countsFor ? { inventory: inventoryFeed(client.patient, io, config.countsFor) } : {}),
      },
      upkeep: hookUrl ? { webhooks: webhookUpkeep(client.patient, hookUrl, learnt) } : {},
      budget,
      check: () => check(client, { channelId, hookUrl, secrets: secrets().length }),
    }
  },
}
