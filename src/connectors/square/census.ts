/** The readers: what Square holds, page by page, for reconciliation. */
import type { Io } from '../../io.ts'
import { z } from 'zod'
import type { CensusRecord, Reader, Readers } from '../kit/reader.ts'
import { itemsPage } from './catalog-feed.ts'
import { countsPage } from './counts-feed.ts'
import { isOff, sentOf } from './fulfilment.ts'
import { LOCATIONS_PER_SEARCH } from './limits.ts'
import { isTracked } from './listings.ts'
import { isCancelled } from './orders.ts'
import { isCounter, orderList, type Sales } from './sales.ts'
import { shaped } from './shape.ts'
import type { SquareOrder } from './shapes.ts'
import type { Client } from './wire.ts'

export interface CensusOptions {
  channel: string
  pools: ReadonlyMap<string, string>
  counterSources: ReadonlySet<string>
  sales: Sales
  io: Io
}

export const readers = (client: Client, options: CensusOptions): Readers => ({
  orders: ordersReader(client, options),
  stock: stockReader(client, options),
  products: productsReader(client, options),
  fulfilments: fulfilmentsReader(client, options),
})

const place = z.object({ chunk: z.int(), after: z.string().nullable() })
const start = { chunk: 0, after: null }

/** Orders taken online, by the moment they were placed. What tills sold is compared by their days. */
function onlineOrders(
  client: Client,
  { pools, counterSources }: CensusOptions,
  recordOf: (order: SquareOrder) => CensusRecord | null,
): Reader {
  const locations = [...pools.keys()]
  return {
    async read(cursor, { since }) {
      const { chunk, after } = place.safeParse(cursor).data ?? start
      const some = locations.slice(chunk * LOCATIONS_PER_SEARCH, (chunk + 1) * LOCATIONS_PER_SEARCH)
      if (some.length === 0) return { records: [], cursor, more: false }
      const body = {
        location_ids: some,
        query: {
          filter: { date_time_filter: { created_at: { start_at: since } } },
          sort: { sort_field: 'CREATED_AT', sort_order: 'ASC' },
        },
        limit: 200,
        ...(after === null ? {} : { cursor: after }),
      }
      const answer = await client.call({ method: 'POST', path: '/v2/orders/search', body, what: 'listing orders' })
      const page = shaped(orderList, answer, 'the list of orders')
      const records = page.orders
        .filter((one) => one.state !== 'DRAFT' && !isCounter(one, [], { counterSources }))
        .flatMap((one) => recordOf(one) ?? [])
      if (page.cursor) return { records, cursor: { chunk, after: page.cursor }, more: true }
      const more = (chunk + 1) * LOCATIONS_PER_SEARCH < locations.length
      return { records, cursor: { chunk: chunk + 1, after: null }, more }
    },
  }
}

function ordersReader(client: Client, options: CensusOptions): Reader {
  const { channel, sales } = options
  const reader = onlineOrders(client, options, (one) => {
    const cancelled = isCancelled(one)
    return {
      key: `${channel}:${one.id}`,
      // Returns are orders of their own, so the total is the sale's; one with returns is left to the feeds.
      fields: { total: null, currency: one.total_money.currency, cancelled },
      also: { placedTotal: one.total_money.amount },
      changedAt: one.updated_at,
      alone: cancelled,
    }
  })
  return {
    ...reader,
    readings: async (keys) => sales.readings(await sales.orders(keys.map((key) => key.slice(channel.length + 1)))),
  }
}

function stockReader(client: Client, { pools }: CensusOptions): Reader {
  const locations = [...pools.keys()]
  const skus = new Map<string, string | null>()
  return {
    async read(cursor) {
      if (locations.length === 0) return { records: [], cursor, more: false }
      const { after } = place.safeParse(cursor).data ?? start
      const page = await countsPage(client, { locations, since: '1970-01-01T00:00:00.000Z', after })
      if (after === null) skus.clear()
      const unknown = [...new Set(page.counts.map((one) => one.catalog_object_id))].filter((id) => !skus.has(id))
      for (const [id, sku] of await readSkus(client, unknown)) skus.set(id, sku)
      const records = page.counts.flatMap((one): CensusRecord[] => {
        const sku = skus.get(one.catalog_object_id)
        const pool = pools.get(one.location_id)
        if (!sku || !pool) return []
        return [{ key: `${pool}/${sku}`, fields: { pieces: one.quantity }, changedAt: one.calculated_at }]
      })
      return { records, cursor: { chunk: 0, after: page.after }, more: page.after !== null }
    },
  }
}

const variations = z.object({
  objects: z
    .array(z.object({ id: z.string(), item_variation_data: z.object({ sku: z.string().nullish() }).nullish() }))
    .nullish(),
})

async function readSkus(client: Client, ids: readonly string[]): Promise<[string, string | null][]> {
  if (ids.length === 0) return []
  const body = { object_ids: ids }
  const answer = await client.call({
    method: 'POST',
    path: '/v2/catalog/batch-retrieve',
    body,
    what: 'reading variations',
  })
  const { objects } = shaped(variations, answer, 'variations')
  return (objects ?? []).map(({ id, item_variation_data: data }) => [id, data?.sku?.trim() || null])
}

/** A record for every variation that has a SKU. */
const productsReader = (client: Client, { pools }: CensusOptions): Reader => ({
  async read(cursor) {
    const { after } = place.safeParse(cursor).data ?? start
    const page = await itemsPage(client, { since: null, after })
    const records = page.objects
      .filter((one) => !one.item_data?.is_archived)
      .flatMap((one) =>
        (one.item_data?.variations ?? []).flatMap((each): CensusRecord[] => {
          const sku = each.item_variation_data?.sku?.trim()
          const counted = isTracked(each, [...pools.keys()])
          return sku ? [{ key: sku, fields: { counted }, changedAt: one.updated_at }] : []
        }),
      )
    return { records, cursor: { chunk: 0, after: page.cursor ?? null }, more: Boolean(page.cursor) }
  },
})

const fulfilmentsReader = (client: Client, options: CensusOptions): Reader =>
  onlineOrders(client, options, (one) => {
    const standing = one.fulfillments.filter((each) => !isOff(each))
    const pieces = standing.flatMap((each) => [...sentOf(each, one).values()]).reduce((all, count) => all + count, 0)
    if (pieces === 0) return null
    return {
      key: `${options.channel}:${one.id}`,
      fields: { pieces },
      also: { parcels: standing.length, cancelled: isCancelled(one) },
      changedAt: one.updated_at,
    }
  })
