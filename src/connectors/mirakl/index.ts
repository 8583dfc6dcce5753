/**
 * Mirakl: a shop on a marketplace that runs on it. Orders come in by feed and are accepted in time; stock goes as a
 * file, and parcels one by one. One connector for all such marketplaces; each shop has its own key, and its own
 * connection.
 */
import { openBudget } from '../kit/budget.ts'
import { withoutTypedCards } from '../kit/card-door.ts'
import type { Connection, Connector } from '../kit/connector.ts'
import { oneByOne } from '../kit/connector.ts'
import { observeAccept, orderAccept } from './accept.ts'
import { readers } from './census.ts'
import { check } from './check.ts'
import { miraklConfig, type MiraklConfig } from './config.ts'
import { fulfilmentEnsure, observeFulfilment } from './fulfilment.ts'
import { priceImports, stockImports } from './imports.ts'
import { translate } from './inbound.ts'
import { API_VERSION, BUDGETS, PRICES_PER_FILE, STOCK_LINES_MAX } from './limits.ts'
import { offerFeed, orderFeed } from './poll.ts'
import { listingEnsure, listingWithdraw, priceEnsure } from './price.ts'
import { inventoryPut, inventoryRead, observePut } from './stock.ts'
import { refundEnsure } from './refund.ts'
import { openWire } from './wire.ts'
import { TYPED } from './typed.ts'

export type { MiraklConfig, MiraklConfigInput } from './config.ts'

export const mirakl: Connector<MiraklConfig> = {
  name: 'mirakl',
  api: { version: API_VERSION },
  scopes: {
    orders:
      "To read orders, accept them, tell parcels and give money back. The key is the shop's; it may do what the shop's user may.",
    offers: 'To list offers, and to send stock and prices.',
  },
  config: miraklConfig,

  open(config, { name, io }): Connection {
    const budget = openBudget({ vendor: 'Mirakl', limits: BUDGETS, now: () => io.now() })
    const { url, shopId, requestTimeoutMs, acceptWithinHours } = config
    // Resolved at every use: a rotated key counts from then on, without a restart.
    const wire = openWire({ url, shopKey: () => io.secret(config.shopKey), shopId, requestTimeoutMs }, io, budget)
    const warehouse = config.warehouses ? config.location?.locationId : undefined
    const stocks = stockImports(wire)
    const prices = priceImports(wire)
    const pool = config.location?.pool ?? null

    const connection: Connection = {
      translate: (delivery) => translate(delivery, { channel: name, acceptWithinHours }),
      outbound: {
        'order.accept': oneByOne((sent) => orderAccept(wire, sent), { observe: (sent) => observeAccept(wire, sent) }),
        'inventory.put': {
          batch: STOCK_LINES_MAX,
          together: true,
          serial: 'stock',
          send: (sent) => inventoryPut(wire, sent, { warehouse }),
          observe: (sent, how) => observePut(wire, sent, how, warehouse),
        },
        'inventory.read': oneByOne(({ ask }) => inventoryRead(wire, ask, warehouse, stocks), { reads: true }),
        'fulfilment.ensure': oneByOne((sent) => fulfilmentEnsure(wire, sent, config), {
          observe: (sent) => observeFulfilment(wire, sent),
        }),
        'listing.ensure': oneByOne(({ ask }) => listingEnsure(wire, ask)),
        'price.ensure': {
          batch: PRICES_PER_FILE,
          together: true,
          serial: 'prices',
          send: (sent) => priceEnsure(wire, sent, prices),
        },
        'refund.ensure': oneByOne((sent) => refundEnsure(wire, sent, config)),
        'listing.withdraw': oneByOne(({ ask }) => listingWithdraw(wire, ask)),
      },
      feeds: {
        orders: orderFeed(wire.patient, io, {
          everyMs: config.ordersEveryMinutes * 60_000,
          backfillDays: config.backfillDays,
        }),
        offers: offerFeed(wire.patient),
      },
      readers: readers(wire.patient, { channel: name, acceptWithinHours, pool, warehouse }),
      upkeep: {},
      budget,
      check: () => check(wire, config),
    }
    return withoutTypedCards(connection, TYPED)
  },
}
