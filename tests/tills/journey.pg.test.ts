/** Tills through the door of the hub into a simulated Odoo: what was rung up is posted once, whatever way it came. */
import { gzipSync } from 'node:zlib'
import { createOdoo } from '#connectors/odoo/simulator/index.ts'
import type { OdooSimulator } from '#connectors/odoo/simulator/options.ts'
import { hashOf } from '#connectors/till/chain.ts'
import { createRandom } from '#sim/random.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTill } from '../support/till.ts'
import { openTillHub, type TillHub } from '../support/till-hub.ts'

const STORE = 'berlin-7'
const START_MS = Date.parse('2026-11-23T08:00:00.000Z')

let clock: { nowMs: number }
let odoo: OdooSimulator
let hub: TillHub

async function open({ posting = 'receipt', loseEvery = 0 }: { posting?: 'receipt' | 'day'; loseEvery?: number } = {}) {
  clock = { nowMs: START_MS }
  odoo = createOdoo(
    {
      users: [{ login: 'hub@example.com', key: 'odoo-key' }],
      products: [
        { sku: 'MUG', price: 12.5, available: { WH: 50 } },
        { sku: 'BOWL', price: 7.95, available: { WH: 50 } },
        { sku: 'RETURN', type: 'service' },
        { sku: 'ROUNDING', type: 'service' },
      ],
      tills: [{ name: `${STORE}/till-1` }, { name: `${STORE}/till-2` }],
    },
    { now: () => clock.nowMs, random: createRandom(1).next },
  )
  let calls = 0
  hub = await openTillHub({
    stores: [STORE],
    posting,
    odoo: "url: 'http://odoo.sim', database: retail, user: hub@example.com, apiKey: test:odoo",
    secrets: { 'test:odoo': 'odoo-key' },
    now: () => clock.nowMs,
    async fetch(request) {
      clock.nowMs += 7
      const answer = await odoo.fetch(request)
      calls += 1
      if (loseEvery > 0 && calls % loseEvery === 0) throw new TypeError('The answer was lost.')
      return answer
    },
  })
}

beforeEach(() => open())
afterEach(() => hub.close())

/** Drains, with time for what was put off. */
async function settle(): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    await hub.drain()
    hub.pass(120_000)
  }
}

const mine = (register = 'till-1') => openTill({ storeId: STORE, registerId: register })
const posted = (register = 'till-1') => odoo.beliefs().tillOrders.filter(({ till }) => till === `${STORE}/${register}`)
const onHand = (sku: string) => odoo.beliefs().stock.find((one) => one.sku === sku)!.onHand

function twoDays(register: string) {
  const till = mine(register)
  till.sell([{ sku: 'MUG', pieces: 2, price: 1250 }])
  till.sell([{ sku: 'BOWL', price: 795, discount: 100 }, { sku: 'MUG', price: 1250 }], 'card') // prettier-ignore
  till.takeBack([{ sku: 'MUG', price: 1250, restock: true }])
  till.cash('cash_out', 1000, 'bank')
  till.noSale()
  till.close({}, 5000)
  till.sell([{ sku: 'BOWL', pieces: 3, price: 795 }], 'card')
  till.close({}, 4000)
  return till
}

describe('T23: two tills, offline for two days', () => {
  it.each([
    ['in one piece', (body: string) => [body]],
    ['each upload twice', (body: string) => [body, body]],
    ['the newest first', (body: string) => body.split('\n').toReversed()],
    ['in parts that overlap', (body: string) => [lines(body, 2, 6), lines(body, 0, 3), lines(body, 1, 8), body]],
    ['cut off, then whole', (body: string) => [body.slice(0, 2_000), body]],
  ])('%s: every receipt once, and both sessions balanced', async (_, partition) => {
    for (const register of ['till-1', 'till-2']) {
      const till = twoDays(register)
      for (const body of partition(till.jsonl())) {
        await hub.send(STORE, body)
        await hub.drain()
      }
    }
    await settle()
    for (const register of ['till-1', 'till-2']) {
      expect(posted(register).map(({ total, paid, state }) => ({ total, paid, state }))).toEqual([
        { total: 27.06, paid: 27.06, state: 'done' },
        { total: 21.05, paid: 21.05, state: 'done' },
        { total: -13.53, paid: -13.53, state: 'done' },
        { total: 25.82, paid: 25.82, state: 'done' },
      ])
      const sessions = odoo.beliefs().tillSessions.filter(({ till }) => till === `${STORE}/${register}`)
      expect(sessions.map(({ state, orders, difference }) => ({ state, orders, difference }))).toEqual([
        { state: 'closed', orders: 3, difference: 0 },
        { state: 'closed', orders: 1, difference: 0 },
      ])
      expect(await hub.till(STORE, register)).toMatchObject({ next: 9, held: [], refusals: [], parked: [] })
    }
    expect([onHand('MUG'), onHand('BOWL')]).toEqual([46, 42])
  })

  it('and every eleventh answer of Odoo lost: the same', async () => {
    await hub.close()
    await open({ loseEvery: 11 })
    await hub.send(STORE, twoDays('till-1').jsonl())
    await settle()
    expect(posted().map(({ total }) => total)).toEqual([27.06, 21.05, -13.53, 25.82])
    expect(odoo.beliefs().tillSessions.map(({ state, difference }) => [state, difference])).toEqual([
      ['closed', 0],
      ['closed', 0],
    ])
  })
})

const lines = (body: string, from: number, to: number): string => body.split('\n').slice(from, to).join('\n')

interface Loose {
  prevHash: string
  hash: string
  number: string
  occurredAt: string
  storeId: string
  businessDate: string
  receipt: {
    total: { amount: number }
    lines: { total: { amount: number } }[]
    tenders: { amount: { amount: number } }[]
  }
}

interface Seen {
  stores: object[]
  registers: { offlineSince: string | null; lastUploadAt: string | null }[]
}

describe('the door', () => {
  it('says what was taken', async () => {
    const till = twoDays('till-1')
    const answer = await hub.send(STORE, till.jsonl())
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({
      receipt: 'stored',
      registers: [{ registerId: 'till-1', takenTo: 8, waiting: 0, asked: [] }],
      refused: [],
    })
  })

  it('takes gzip, and a JSON list, as the same upload', async () => {
    const till = twoDays('till-1')
    expect(await (await hub.send(STORE, gzipSync(till.jsonl()))).json()).toMatchObject({ receipt: 'stored' })
    expect(await (await hub.send(STORE, JSON.stringify(till.records))).json()).toMatchObject({ receipt: 'duplicate' })
  })

  it('stores nothing that is not signed by the store', async () => {
    const answer = await hub.send(STORE, twoDays('till-1').jsonl(), { 'crossdock-signature': 'sha256=00' })
    expect(answer.status).toBe(401)
    expect((await hub.send('paris-1', 'x')).status).toBe(404)
    expect(await hub.engine.database.query('select id from inbox')).toEqual([])
  })

  it('asks for a gap again, by its numbers', async () => {
    const answer = await hub.send(STORE, lines(twoDays('till-1').jsonl(), 2, 8))
    expect(answer.status).toBe(422)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toMatchObject({
      type: 'urn:crossdock:problem:batch_incomplete',
      registers: [{ takenTo: 0, waiting: 6, asked: [{ from: 1, to: 2 }] }],
      refused: [],
    })
  })

  /** The third record, changed and hashed anew. */
  function spoiled(change: (record: Loose) => void, rehash = true): { body: string; good: string } {
    const till = twoDays('till-1')
    const record = structuredClone(till.records[2]) as unknown as Loose
    change(record)
    if (rehash) record.hash = hashOf(record)
    const all = till.jsonl().split('\n')
    return { body: [...all.slice(0, 2), JSON.stringify(record), ...all.slice(3)].join('\n'), good: till.jsonl() }
  }

  it.each([
    ['a wrong total', 'total_wrong', '/receipt/total', (record: Loose): void => void (record.receipt.total.amount += 1), true],
    ['a wrong line', 'line_total_wrong', '/receipt/lines/0/total', (record: Loose): void => void (record.receipt.lines[0]!.total.amount += 1), true],
    ['tenders that are less', 'tenders_wrong', '/receipt/tenders', (record: Loose): void => void (record.receipt.tenders[0]!.amount.amount += 1), true],
    ['a broken chain', 'chain_broken', '', (record: Loose): void => void (record.prevHash = 'f'.repeat(64)), true],
    ['a forged hash', 'hash_wrong', '/hash', (record: Loose): void => void (record.number = 'other'), false],
    ['a future clock', 'clock_ahead', '/occurredAt', (record: Loose): void => void (record.occurredAt = '2026-12-24T09:00:00.000Z'), true],
    ['another store', 'wrong_store', '/storeId', (record: Loose): void => void (record.storeId = 'paris-1'), true],
    ['a wrong shape', 'wrong_shape', '/businessDate', (record: Loose): void => void (record.businessDate = '21.11.2026'), true],
  ] as const)('refuses %s with its line, asks for it again, and posts nothing twice when it comes right', async (_, code, pointer, change, rehash) => {
    const { body, good } = spoiled(change, rehash)
    const answer = await hub.send(STORE, body)
    expect(answer.status).toBe(422)
    const told = (await answer.json()) as { refused: object[]; registers: object[] }
    expect(told.refused[0]).toMatchObject({ line: 3, registerId: 'till-1', sequence: 3, code, pointer })
    expect(told.registers).toEqual([{ registerId: 'till-1', takenTo: 2, waiting: 5, asked: [{ from: 3, to: 3 }] }])
    await settle()
    expect(posted()).toHaveLength(2)
    const stored = await hub.engine.database.query<{ state: string }>("select state from inbox where kind = 'delivery'")
    expect(stored).toEqual([{ state: 'done' }])
    expect((await hub.till(STORE, 'till-1')).refusals).toMatchObject([{ sequence: 3, code }])

    expect((await hub.send(STORE, good)).status).toBe(200)
    await settle()
    expect(posted()).toHaveLength(4)
    expect(await hub.till(STORE, 'till-1')).toMatchObject({ next: 9, refusals: [], parked: [] })
  }) // prettier-ignore
})

describe('stores as people see them', () => {
  const get = async (path: string) => {
    const answer = await fetch(`${hub.server.url}${path}`)
    return { status: answer.status, body: (await answer.json()) as Seen }
  }

  it('last upload, gaps, days, and since when a till is silent', async () => {
    await hub.send(STORE, lines(twoDays('till-1').jsonl(), 0, 2))
    await hub.send(STORE, lines(twoDays('till-2').jsonl(), 1, 3))
    await hub.drain()
    const { body } = await get('/api/stores')
    expect(body.stores).toMatchObject([
      {
        storeId: STORE,
        pool: 'WH',
        registers: [
          {
            registerId: 'till-1',
            status: 'open',
            offlineSince: null,
            takenTo: 2,
            asked: [],
            days: [{ sales: 2, posted: 2 }],
          },
          { registerId: 'till-2', status: 'gap', asked: [{ from: 1, to: 1 }], waiting: 2 },
        ],
      },
    ])
    hub.pass(31 * 60_000)
    const late = (await get(`/api/stores/${STORE}`)).body.registers
    expect(late[0]!.offlineSince).toBe(late[0]!.lastUploadAt)
    expect(late[1]!.offlineSince).toBe(null)
    expect((await get('/api/stores/nowhere')).status).toBe(404)
  })

  it('a person lets the sequence go on after a till lost its memory, and retries what the ERP refused', async () => {
    const till = twoDays('till-1')
    await hub.send(STORE, lines(till.jsonl(), 2, 8))
    await hub.drain()
    const { prevHash, sequence } = till.records[2]!
    const post = (path: string, body?: object) =>
      fetch(`${hub.server.url}/api/stores/${STORE}/registers/till-1/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'origin': hub.server.url },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
    expect((await post('resume', { next: sequence, prevHash, reason: 'till replaced' })).status).toBe(202)
    await settle()
    expect(await hub.till(STORE, 'till-1')).toMatchObject({ next: 9, parked: [] })
    expect(posted()).toHaveLength(2)
    expect((await post('retry')).status).toBe(202)
  })
})

it('a receipt with what Odoo does not know is held alone, has a dead letter, and is posted once it is mended', async () => {
  const till = mine()
  till.sell([{ sku: 'MUG', price: 1250 }])
  till.sell([{ sku: 'LAMP', price: 990 }])
  till.sell([{ sku: 'BOWL', price: 795 }])
  till.close()
  await hub.send(STORE, till.jsonl())
  await settle()
  expect(posted().map(({ number }) => number)).toEqual(['till-1-1', 'till-1-3'])
  expect((await hub.till(STORE, 'till-1')).held).toMatchObject([
    { code: 'odoo.sku_unknown', receipt: { number: 'till-1-2' } },
  ])
  const letters = await hub.engine.database.query('select id from dead_letter')
  expect(letters).toHaveLength(1)
  odoo.addProduct({ sku: 'LAMP', available: { WH: 3 } })
  await hub.tell(`till/${STORE}/till-1`, { type: 'till.retry' })
  await settle()
  expect(posted().map(({ number }) => number)).toEqual(['till-1-1', 'till-1-3', 'till-1-2'])
  expect(odoo.beliefs().tillSessions.map(({ state, orders }) => [state, orders])).toEqual([
    ['closed', 2],
    ['closed', 1],
  ])
})

it('a day in one sum is one till order', async () => {
  await hub.close()
  await open({ posting: 'day' })
  await hub.send(STORE, twoDays('till-1').jsonl())
  await settle()
  expect(posted().map(({ number, total }) => [number, total])).toEqual([
    [`${STORE}/till-1 2026-11-20`, 34.58],
    [`${STORE}/till-1 2026-11-21`, 25.82],
  ])
})
