/** The figures of the first page against a database in a known state. */
import { expect, it } from 'vitest'
import type { Sql } from '#store/database.ts'
import { insertEvents, saveStreams } from '#store/journal.ts'
import { insertIntents } from '#store/outbox.ts'
import { stockDifferences, stockSums, stuckTotals } from '#store/views.ts'
import { freshDatabase } from '../../tests/support/database.ts'
import { connectionsNow } from './connections.ts'
import { createFlow } from './flow.ts'

const at = (minute: number, second = 0) => new Date(Date.UTC(2026, 2, 2, 10, minute, second)).toISOString()

async function happened(sql: Sql, when: string, types: readonly string[]): Promise<void> {
  const events = types.map((type, index) => ({
    stream: `order/x/${when}-${index}`,
    version: 1,
    type,
    data: '{}',
    cause: 1,
    correlation: 'c',
  }))
  await insertEvents(sql, events, when, 'p')
}

it('counts orders per minute, the running minute again and again, and the past once', async () => {
  const sql = await freshDatabase()
  for (let minute = -130; minute < -61; minute += 1) await happened(sql, at(minute), ['order.placed'])
  await happened(sql, at(0), ['order.placed', 'order.placed', 'order.confirmed', 'order.changed'])
  const flow = createFlow()
  const read = async (minute: number, second: number) => {
    const all = await flow.read(sql, Date.parse(at(minute, second)))
    expect(all).toHaveLength(60)
    expect(all.at(-1)!.minute).toBe(at(minute))
    return new Map(all.map((one) => [one.minute, [one.placed, one.confirmed, one.shipped]]))
  }
  expect((await read(0, 10)).get(at(0))).toEqual([2, 1, 0])
  await happened(sql, at(0, 20), ['order.placed', 'shipment.dispatched'])
  expect((await read(0, 30)).get(at(0))).toEqual([3, 1, 1])
  await happened(sql, at(0, 50), ['order.placed'])
  await happened(sql, at(7), ['order.placed'])
  const later = await read(7, 5)
  expect([later.get(at(0)), later.get(at(7)), later.get(at(3))]).toEqual([
    [4, 1, 1],
    [1, 0, 0],
    [0, 0, 0],
  ])
  // Another process was slow to commit what it had decided a minute before.
  await happened(sql, at(6, 59), ['order.placed'])
  expect((await read(7, 10)).get(at(6))).toEqual([1, 0, 0])
  await happened(sql, at(9, 1), ['order.confirmed'])
  const end = await read(59, 59)
  expect([end.get(at(0)), end.get(at(7)), end.get(at(9))]).toEqual([
    [4, 1, 1],
    [1, 0, 0],
    [0, 1, 0],
  ])
  expect((await read(60, 0)).has(at(0))).toBe(false)
})

const stream = (name: string, state: unknown, attention = false) => ({
  stream: name, kind: name.split('/')[0]!, version: 1, state: JSON.stringify(state), label: name, status: 'held_back', attention,
}) // prettier-ignore

const ledger = (free: number, channels: object[], holds: object[] = []) => ({
  version: 1,
  stocked: true,
  reading: { free, onHand: free },
  holds,
  channels,
})
const shop = (seen: number | null, bound: number | null, more: object = {}) => ({
  name: 'shop',
  seen,
  bound,
  flight: null,
  reading: null,
  trouble: null,
  ...more,
})

it('sees where stock disagrees and where more was sold than there is', async () => {
  const sql = await freshDatabase()
  const hold = (quantity: number) => [{ orderRef: 'shop:1', quantity, confirmed: null, told: 'reserved' }]
  const taken = [{ ...hold(1)[0], confirmed: { version: 1, quantity: 1 } }]
  const incidents = [{ kind: 'shrunk', words: 'Two pieces are gone.' }]
  await saveStreams(sql, [
    stream('stock/WH/agrees', ledger(9, [shop(3, 3)])),
    stream('stock/WH/differs', ledger(9, [shop(2, 3)])),
    stream('stock/WH/under-way', ledger(9, [shop(2, 3, { flight: { version: 3, from: 2, to: 3 } })])),
    stream('stock/WH/in/trouble', ledger(9, [shop(3, 3, { trouble: 'refused' })])),
    stream('stock/WH/unread', ledger(9, [shop(null, null, { reading: 2 })])),
    stream('stock/WH/oversold', ledger(1, [], hold(2))),
    stream('stock/WH/sold', ledger(2, [], hold(2))),
    stream('stock/WH/gone', { ...ledger(2, [shop(3, 3)], taken), incidents }),
    stream('stock/WH/shared', { ...ledger(4, [shop(4, 4), { ...shop(4, 4), name: 'till' }]), mode: { is: 'shared', byHand: false } }),
    stream('stock/WH/uncounted', { ...ledger(0, []), stocked: false }),
  ], at(0)) // prettier-ignore
  expect(await stockSums(sql, at(0))).toEqual({
    skus: 9,
    agreeing: 8,
    differing: 1,
    oversold: 1,
    overOffered: 2,
    incidents: 1,
  })
  expect(await stockSums(sql, at(1))).toEqual({
    skus: 9,
    agreeing: 7,
    differing: 2,
    oversold: 1,
    overOffered: 2,
    incidents: 1,
  })
  const rows = await stockDifferences(sql, at(1), 10)
  expect(rows.map(({ stream: name, seen, bound, trouble }) => [name, seen, bound, trouble]).sort()).toEqual([
    ['stock/WH/differs', 2, 3, null],
    ['stock/WH/in/trouble', 3, 3, 'refused'],
  ])
})

it('adds up what is stuck per currency, past documents the database cannot read', async () => {
  const sql = await freshDatabase()
  const order = (amount: number, currency: string, note = '') => ({
    order: { total: { amount, currency }, note },
    exceptions: [],
  })
  await saveStreams(sql, [
    stream('order/x/1', order(100, 'EUR'), true),
    stream('order/x/2', order(250, 'EUR'), true),
    stream('order/x/3', order(7, 'JPY'), true),
    stream('order/x/4', order(1, 'EUR'), false),
    stream('order/x/5', order(5, 'EUR', '\0'), true),
    stream('order/x/6', { order: null, exceptions: [] }, true),
  ], at(0)) // prettier-ignore
  expect(await stuckTotals(sql)).toEqual([
    { currency: 'EUR', count: 2, amount: 350 },
    { currency: 'JPY', count: 1, amount: 7 },
    { currency: null, count: 2, amount: 0 },
  ])
})

it('says of a connection that is paused why and until when, without personal data', async () => {
  const sql = await freshDatabase()
  await sql.query(
    `insert into governor (connection, state, opened_at, probe_at, failures, reason)
     values ('down', 'open', $1, $2, 7, 'Grace <grace@example.com> was refused.'),
       ('trying', 'half_open', $1, $2, 8, 'No answer.'), ('shaky', 'closed', null, null, 2, 'No answer.')`,
    [at(0), at(3)],
  )
  const known = ['down', 'trying', 'shaky', 'fine'].map((name) => ({
    name, kind: 'odoo', role: 'erp' as const, feeds: [],
  })) // prettier-ignore
  const rows = await connectionsNow(sql, known, Date.parse(at(2)), new Map())
  const fine = { state: 'ok', breaker: 'closed', openUntil: null, failuresInARow: 0, pausedBecause: null }
  expect(rows[0]).toMatchObject({ state: 'trouble', breaker: 'open', openUntil: at(3), failuresInARow: 7 })
  expect(rows[0]!.pausedBecause).toMatch(/was refused/)
  expect(rows[0]!.pausedBecause).not.toContain('grace@')
  expect(rows[1]).toMatchObject({ breaker: 'half_open', openUntil: null, pausedBecause: 'No answer.' })
  expect(rows[2]).toMatchObject({ ...fine, failuresInARow: 2 })
  expect(rows[3]).toMatchObject(fine)
})

it('says how each connection is doing', async () => {
  const sql = await freshDatabase()
  const intent = (connection: string, n: number) => ({
    key: `${connection}/${n}`, stream: `s/${n}`, version: 1, connection, type: 'sale.ensure', ask: '{}', correlation: 'c', priority: 1,
  }) // prettier-ignore
  const names = ['quiet', 'slowed', 'broken', 'late', 'gone', 'given-up', 'refused']
  await insertIntents(
    sql,
    ['slowed', 'broken', 'late', 'gone', 'given-up', 'refused'].map((name, n) => intent(name, n)),
    at(0),
  )
  const fault = (kind: string) =>
    JSON.stringify({ kind, code: `x.${kind}`, message: 'Grace <grace@example.com> was refused.' })
  const set = (connection: string, kind: string, state = 'open') =>
    sql.query(`update outbox set fault = $2::json, first_tried_at = $3, state = $4, finished_at = case when $4 = 'failed' then $3::timestamptz end where connection = $1`, [
      connection, fault(kind), at(1), state,
    ]) // prettier-ignore
  await set('slowed', 'throttled')
  await set('broken', 'unavailable')
  await set('given-up', 'unavailable', 'failed')
  await set('refused', 'rejected', 'failed')
  await saveStreams(sql, [{ ...stream('connection/gone', { lost: 'x' }), status: 'lost' }], at(0))
  const known = names.map((name) => ({ name, kind: 'shopify', role: 'channel' as const, feeds: ['orders'] }))
  const stateAt = async (minute: number) =>
    Object.fromEntries(
      (await connectionsNow(sql, known, Date.parse(at(minute)), new Map())).map(({ name, state }) => [name, state]),
    )
  expect(await stateAt(2)).toEqual({
    'quiet': 'ok',
    'slowed': 'waiting',
    'broken': 'trouble',
    'late': 'waiting',
    'gone': 'lost',
    'given-up': 'trouble',
    'refused': 'ok',
  })
  expect((await stateAt(30))['given-up']).toBe('ok')
  const [, , broken] = await connectionsNow(sql, known, Date.parse(at(2)), new Map())
  expect(broken).toMatchObject({
    openIntents: 1,
    oldestOpenAt: at(0),
    lastFault: { kind: 'unavailable', code: 'x.unavailable', at: at(1) },
  })
  expect(broken!.lastFault!.message).not.toContain('grace@')
  expect(broken!.feeds).toEqual([{ name: 'orders', caughtUpAt: null, report: null }])
})
