/** The hub's own books as a side: orders, and what the stock ledger believes. */
import type { Json } from '#canon/json.ts'
import type { CensusRecord, Reader } from '#connectors/kit/reader.ts'
import { streams } from '#core/streams.ts'
import type { Sql } from '#store/database.ts'
import { freeAfter, ordersAfter, shownAfter } from '#store/reconcile-books.ts'

const ROWS_PER_PAGE = 500

/** Pages of rows by the name of their stream. */
function pages<Row extends { stream: string }>(
  rowsAfter: (after: string, since: string) => Promise<Row[]>,
  recordOf: (row: Row) => CensusRecord,
): Reader {
  return {
    async read(cursor: Json | null, { since }) {
      const rows = await rowsAfter(typeof cursor === 'string' ? cursor : '', since)
      const last = rows.at(-1)?.stream ?? cursor
      return { records: rows.map(recordOf), cursor: last, more: rows.length === ROWS_PER_PAGE }
    },
  }
}

/** An order that is only known by its cancellation has no total yet. */
export const bookedOrders = (sql: Sql, channel: string): Reader =>
  pages(
    (after, since) => ordersAfter(sql, { prefix: streams.order(channel, ''), after, since, limit: ROWS_PER_PAGE }),
    ({ stream, total, currency, cancelled, changed_at }) => ({
      key: orderRefOf(stream),
      fields: { total: cancelled ? null : total, currency, cancelled },
      changedAt: changed_at,
    }),
  )

export const allotted = (sql: Sql, channel: string): Reader =>
  pages((after) => shownAfter(sql, { channel, after, limit: ROWS_PER_PAGE }), stockRecord)

export const believedFree = (sql: Sql, pool: string): Reader =>
  pages((after) => freeAfter(sql, { prefix: streams.stock(pool, ''), after, limit: ROWS_PER_PAGE }), stockRecord)

const stockRecord = ({
  stream,
  pieces,
  updated_at,
}: {
  stream: string
  pieces: number | null
  updated_at: string
}): CensusRecord => ({ key: stream.slice('stock/'.length), fields: { pieces }, changedAt: updated_at })

/** `order/<channel>/<externalId>` as `<channel>:<externalId>`. */
const orderRefOf = (stream: string): string => {
  const [, channel = '', ...rest] = stream.split('/')
  return `${channel}:${rest.join('/')}`
}

/** And back. */
export const orderStreamOf = (key: string): string => {
  const at = key.indexOf(':')
  return streams.order(key.slice(0, at), key.slice(at + 1))
}

export const fulfilmentStreamOf = (key: string): string => {
  const at = key.indexOf(':')
  return streams.fulfilment(key.slice(0, at), key.slice(at + 1))
}

/** Either side may list what is no business of the other; only what belongs to one pool or channel counts. */
export const only = (reader: Reader, prefix: string): Reader => ({
  async read(cursor, scope) {
    const page = await reader.read(cursor, scope)
    return { ...page, records: page.records.filter(({ key }) => key.startsWith(prefix)) }
  },
})
