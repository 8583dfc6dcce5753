/** What the pages of stock and the clocks of the first page read from a database in a known state. */
import { policyWith } from '#core/testing/sample.ts'
import { setAlarms } from '#store/alarms.ts'
import type { Sql } from '#store/database.ts'
import { insertEvents, saveStreams } from '#store/journal.ts'
import { expect, it } from 'vitest'
import { freshDatabase } from '../../tests/support/database.ts'
import { acceptancesDue } from './acceptances.ts'
import { stockHistory } from './stock-history.ts'
import { listStock } from './stock.ts'
import { storesNow } from './stores.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 21, 10, minute)).toISOString()
const stream = (name: string, state: unknown) => ({
  stream: name, kind: name.split('/')[0]!, version: 1, state: JSON.stringify(state),
  label: name.split('/').at(-1)!, status: '', attention: false,
}) // prettier-ignore

async function happened(sql: Sql, name: string, version: number, type: string, data: object): Promise<void> {
  const event = { stream: name, version, type, data: JSON.stringify(data), cause: 1, correlation: 'c' }
  await insertEvents(sql, [event], at(version), 'p')
}

it('reads the numbers of a SKU back in pages, each point with what was learnt', async () => {
  const sql = await freshDatabase()
  const name = 'stock/WH/MUG/RED'
  await happened(sql, name, 1, 'stock.known', { stocked: true })
  await happened(sql, name, 2, 'stock.read', { free: 9, onHand: 12, basis: 1 })
  await happened(sql, name, 3, 'stock.publishing', { channel: 'shop', from: 0, to: 9 })
  await happened(sql, name, 4, 'stock.published', { channel: 'shop', to: 9 })
  await happened(sql, name, 5, 'stock.channelSeen', { channel: 'shop', available: 8, at: at(5) })
  await happened(sql, name, 6, 'stock.delisted', { channel: 'shop' })
  const page = (before?: number) => stockHistory(sql, { pool: 'WH', sku: 'MUG/RED', before, limit: 3 })
  const newest = await page()
  expect(newest).toEqual({
    points: [
      { version: 4, at: at(4), channel: 'shop', shown: 9 },
      { version: 5, at: at(5), channel: 'shop', shown: 8 },
      { version: 6, at: at(6), channel: 'shop', shown: null },
    ],
    before: 4,
  })
  expect(await page(newest!.before!)).toEqual({
    points: [{ version: 2, at: at(2), onHand: 12, free: 9 }],
    before: null,
  })
  expect(await stockHistory(sql, { pool: 'WH', sku: 'NONE', limit: 3 })).toBe(null)
})

it('lists stock by mode, and by whether a number waits for orders', async () => {
  const sql = await freshDatabase()
  const put = { writes: 'plain', open: null, fact: null, news: [], lost: false }
  const ledger = (change: object, more: object = {}) => ({
    version: 1, stocked: true, reading: { free: 5, onHand: 5 }, holds: [],
    channels: [{ name: 'shop', seen: 1, bound: 1, flight: null, reading: null, trouble: null, ...more }], ...change,
  }) // prettier-ignore
  await saveStreams(
    sql,
    [
      stream('stock/WH/plain', ledger({})),
      stream('stock/WH/shared', ledger({ mode: { is: 'shared', byHand: true } })),
      stream('stock/WH/fact', ledger({}, { put: { ...put, fact: { value: 1, at: at(0) } } })),
      stream('stock/WH/open', ledger({}, { put: { ...put, writes: 'later', open: { to: 0, at: at(0), looks: 0 } } })),
      stream('stock/WH/calm', ledger({}, { put })),
      stream('stock/WH/none', { ...ledger({}), channels: [] }),
    ],
    at(0),
  )
  const skus = async (filter: object) =>
    (await listStock(sql, { limit: 50, ...filter }, policyWith()))!.rows.map(({ sku }) => sku)
  expect(await skus({ mode: 'shared' })).toEqual(['shared'])
  expect(await skus({ mode: 'exclusive' })).toEqual(['calm', 'fact', 'none', 'open', 'plain'])
  expect(await skus({ waiting: true })).toEqual(['fact', 'open'])
  expect(await skus({ waiting: false })).toEqual(['calm', 'none', 'plain', 'shared'])
})

it('names the orders whose time to be accepted ends first, and counts them all', async () => {
  const sql = await freshDatabase()
  const ids = Array.from({ length: 12 }, (_, index) => String(index + 1))
  await saveStreams(sql, ids.map((id) => stream(`order/mirakl/${id}`, { order: null })), at(0)) // prettier-ignore
  expect(await acceptancesDue(sql)).toEqual({ open: 0, soonest: [] })
  const alarm = (id: string, name: string, minute: number) => ({
    stream: `order/mirakl/${id}`, name, dueAt: at(minute), command: '{}', key: `${name}-${id}`, correlation: 'c',
  }) // prettier-ignore
  await setAlarms(sql, [...ids.map((id) => alarm(id, 'accept-by', 30 - Number(id))), alarm('1', 'accept-warn', 1)])
  const { open, soonest } = await acceptancesDue(sql)
  expect(open).toBe(12)
  expect(soonest.map(({ externalId }) => externalId)).toEqual(['12', '11', '10', '9', '8', '7', '6', '5', '4', '3'])
  expect(soonest[0]).toEqual({ channel: 'mirakl', externalId: '12', label: '12', by: at(18), value: null })
})

it('names the tills that are late: those that need a person first, then the longest silent', async () => {
  const sql = await freshDatabase()
  const till = (minute: number, change: object = {}) => ({
    next: 5, parked: [], refusals: [], held: [], flights: [], trouble: null,
    heard: { at: at(minute), recordAt: null, offline: false },
    days: [{ ended: false, differences: [], sums: { counts: {}, total: 0 }, currency: null, zReport: null }], ...change,
  }) // prettier-ignore
  await saveStreams(
    sql,
    [
      stream('till/a/1', till(59)),
      stream('till/a/2', till(20)),
      stream('till/b/1', till(10)),
      stream('till/b/2', till(58, { refusals: [{ sequence: 5, code: 'c', detail: 'd' }] })),
    ],
    at(0),
  )
  const now = await storesNow(sql, { stores: {}, nowMs: Date.parse(at(60)) })
  expect(now).toMatchObject({ tills: 4, silent: 2, trouble: 1, held: 0 })
  expect(now.late.map(({ storeId, registerId, why }) => `${storeId}/${registerId} ${why}`)).toEqual([
    'b/2 trouble',
    'b/1 silent',
    'a/2 silent',
  ])
  expect(now.late[0]!.words).toMatch(/^1 record refused/)
})
