/**
 * Fills a database with orders whose life is over. Per order 3 streams, 8 events, 6 intents and 3 inbox rows, fewer and
 * smaller than a living order leaves (a year of inbox rows is not kept), so that a million of them fit into 8 GB with
 * all their indexes: what counts is how deep the indexes are and that they no longer fit into the server's memory.
 */
import type { Database } from '#store/database.ts'
import { CHANNEL } from './shop.ts'

const DAY = `timestamptz '2025-03-01T00:00:00Z' + g * interval '30 seconds'`
const ORDER = `'order/${CHANNEL}/' || (1000000 + g)`

/** Orders are numbered from 1; the ids the bench itself gives begin far above. */
const statements = (orders: number): Record<string, string> => ({
  inbox: `
    insert into inbox (source, key, kind, topic, body, correlation, received_at, state, priority, decided_at, outcome)
    select case n when 0 then '${CHANNEL}' else 'odoo' end,
      case n when 0 then 'orders/create:' || md5(g::text) else 'answer/' || ${ORDER} || '/' || n || '/0' end,
      case n when 0 then 'delivery' else 'answer' end, case n when 0 then 'orders/create' else ${ORDER} end,
      convert_to(repeat(md5(g::text), 2), 'UTF8'), ${ORDER}, ${DAY}, 'done', 5, ${DAY}, 'order.placed'
    from generate_series(1, ${orders}) g, generate_series(0, 2) n`,
  journal: `
    insert into journal (stream, version, type, data, at, cause, correlation, policy)
    select ${ORDER}, v, 'order.event' || v, '{"saleId":"4711","at":"2025-03-01T00:00:00.000Z"}', ${DAY}, g, ${ORDER}, 'bench'
    from generate_series(1, ${orders}) g, generate_series(1, 8) v`,
  stream: `
    insert into stream (stream, kind, version, state, created_at, updated_at, label, status, attention)
    select kind || substr(${ORDER}, 6), kind, 8,
      ('{"version":8,"stage":"completed","digest":"' || md5(g::text) || '"}')::json,
      ${DAY}, ${DAY}, '#' || g, 'completed', false
    from generate_series(1, ${orders}) g, unnest(array['order', 'fulfilment', 'customer']) kind`,
  outbox: `
    insert into outbox (key, stream, version, connection, type, ask, correlation, priority, state, created_at, due_at,
      attempts, first_tried_at, finished_at, answer)
    select ${ORDER} || '/' || n || '/0', ${ORDER}, n, 'odoo', 'sale.ensure', '{"orderRef":"shop"}', ${ORDER}, 3, 'done',
      ${DAY}, ${DAY}, 1, ${DAY}, ${DAY}, '{"saleId":"4711"}'
    from generate_series(1, ${orders}) g, generate_series(1, 6) n`,
})

/** Indexes are taken off first and built afterwards: a third of the time. */
export async function fill(database: Database, orders: number, report: (line: string) => void): Promise<void> {
  for (const [table, text] of Object.entries(statements(orders))) {
    const indexes = await database.query<{ name: string; definition: string }>(
      `select indexname as name, indexdef as definition from pg_indexes
       where schemaname = 'public' and tablename = $1
         and indexname not in (select conname from pg_constraint where contype in ('p', 'u'))`,
      [table],
    )
    for (const { name } of indexes) await database.query(`drop index ${name}`)
    await database.query(text)
    for (const { definition } of indexes) await database.query(definition)
    report(`${table} filled for ${orders} orders`)
  }
  await database.query('vacuum (analyze)')
  await database.query('checkpoint')
}

export async function sizeGB(database: Database): Promise<number> {
  const [row] = await database.query<{ bytes: number }>('select pg_database_size(current_database()) as bytes')
  return Number((row!.bytes / 1e9).toFixed(2))
}
