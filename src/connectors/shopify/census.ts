/** The readers: what the shop holds, page by page, for reconciliation. Prices and limits: census-operations.ts. */
import { must } from '#canon/assert.ts'
import { parseRounded } from '#canon/money.ts'
import { z } from 'zod'
import type { Io } from '../../io.ts'
import type { CensusPage, CensusRecord, Reader, Readers, Scope } from '../kit/reader.ts'
import { censusFulfilments, censusLevels, censusOrders, FULFILMENTS_COUNTED } from './census-operations.ts'
import { listProducts, moreVariants } from './feed-operations.ts'
import type { Caller } from './graphql.ts'
import { gid } from './ids.ts'
import { instantOf } from './order-draft.ts'
import { type Page, readOn } from './paging.ts'
import { orderReadings } from './poll-orders.ts'
import { productFromNode } from './products.ts'

export interface CensusOptions {
  /** Name of the connection. */
  channel: string
  /** Which pool a location sells from. */
  pools: ReadonlyMap<string, string>
  io: Io
  /** Orders say where their pieces lie. */
  placed: boolean
  redemptions: boolean
}

export const readers = (graphql: Caller, options: CensusOptions): Readers => ({
  orders: orderReader(graphql, options),
  stock: stockReader(graphql, options),
  products: productReader(graphql),
  fulfilments: fulfilmentReader(graphql, options),
})

const place = z.object({ after: z.string().nullable() })
const afterOf = (cursor: unknown): string | null => place.safeParse(cursor).data?.after ?? null

const placedSince = ({ since }: Scope): string => `created_at:>='${since}'`

function pageOf<T>({ nodes, pageInfo }: Page<T>, recordOf: (node: T) => CensusRecord | null): CensusPage {
  const { hasNextPage, endCursor } = pageInfo
  const records = nodes.flatMap((node) => recordOf(node) ?? [])
  return { records, cursor: { after: endCursor ?? null }, more: hasNextPage && Boolean(endCursor) }
}

/** A cancelled order has no total: what is left of it is nothing on this side and the whole sale on the other. */
function orderReader(graphql: Caller, options: CensusOptions): Reader {
  const { channel } = options
  return {
    async read(cursor, scope) {
      const variables = { query: placedSince(scope), after: afterOf(cursor) }
      const { orders } = await graphql.call(censusOrders, variables)
      return pageOf(orders, (node) => {
        const { amount, currencyCode: currency } = node.currentTotalPriceSet.shopMoney
        const minor = (text: string) => must(parseRounded(text, currency), `${text} is not an amount`).amount
        const cancelled = node.cancelledAt !== null
        return {
          key: `${channel}:${node.legacyResourceId}`,
          fields: { total: cancelled ? null : minor(amount), currency, cancelled },
          also: { placedTotal: minor(node.totalPriceSet.shopMoney.amount) },
          changedAt: instantOf(node.updatedAt, 'updatedAt'),
          alone: cancelled,
        }
      })
    },
    readings(keys) {
      const ids = keys.map((key) => key.slice(channel.length + 1))
      return orderReadings(graphql, options, ids)
    },
  }
}

const levelPlace = z.object({ location: z.int(), after: z.string().nullable() })

/** One location after the other. Items the shop does not count sell without a number, so they say none. */
function stockReader(graphql: Caller, { pools }: CensusOptions): Reader {
  const locations = [...pools]
  return {
    async read(cursor) {
      const { location, after } = levelPlace.safeParse(cursor).data ?? { location: 0, after: null }
      const [locationId, pool] = locations[location] ?? []
      if (locationId === undefined || pool === undefined) return { records: [], cursor, more: false }
      const variables = { location: gid('Location', locationId), after }
      const answer = (await graphql.call(censusLevels, variables)).location
      if (!answer) return { records: [], cursor, more: false }
      const page = pageOf(answer.inventoryLevels, ({ updatedAt, item, quantities }) => {
        const sku = item.sku?.trim()
        if (!sku) return null
        const shown = quantities.find(({ name }) => name === 'available')?.quantity ?? null
        const changedAt = instantOf(updatedAt, 'updatedAt')
        return {
          key: `${pool}/${sku}`,
          fields: { pieces: item.tracked ? shown : null },
          changedAt,
          alone: !item.tracked,
        }
      })
      if (page.more) return { ...page, cursor: { location, ...(page.cursor as { after: string }) } }
      return { ...page, cursor: { location: location + 1, after: null }, more: location + 1 < locations.length }
    },
  }
}

/** A record for every variant that has a SKU. */
const productReader = (graphql: Caller): Reader => ({
  async read(cursor) {
    const { products: page } = await graphql.call(listProducts, { query: null, after: afterOf(cursor) })
    const records: CensusRecord[] = []
    for (const product of page.nodes) {
      const more = async (after: string) => (await graphql.call(moreVariants, { id: product.id, after })).node?.page
      const { updatedAt: changedAt, variants } = productFromNode({
        ...product,
        variants: await readOn(product.variants, more),
      })
      for (const { sku, tracked } of variants) records.push({ key: sku, fields: { counted: tracked }, changedAt })
    }
    return { ...pageOf(page, () => null), records }
  },
})

/** Fulfilments in these states did not happen. */
const VOID: ReadonlySet<string> = new Set(['CANCELLED', 'ERROR', 'FAILURE'])

function fulfilmentReader(graphql: Caller, { channel }: CensusOptions): Reader {
  return {
    async read(cursor, scope) {
      const { orders } = await graphql.call(censusFulfilments, { query: placedSince(scope), after: afterOf(cursor) })
      return pageOf(orders, ({ legacyResourceId, cancelledAt, fulfillments }) => {
        const standing = fulfillments.filter(({ status }) => !VOID.has(status))
        if (standing.length === 0 || fulfillments.length >= FULFILMENTS_COUNTED) return null
        const changed = standing.map(({ updatedAt }) => instantOf(updatedAt, 'updatedAt')).toSorted()
        return {
          key: `${channel}:${legacyResourceId}`,
          fields: { pieces: standing.reduce((all, { totalQuantity }) => all + totalQuantity, 0) },
          also: { parcels: standing.length, cancelled: cancelledAt !== null },
          changedAt: changed.at(-1) ?? null,
        }
      })
    },
  }
}
