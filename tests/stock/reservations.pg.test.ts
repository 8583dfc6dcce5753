/** Reservations through the door of a running hub on PostgreSQL. */
import { createServer } from '#api/server.ts'
import { reservationPart } from '#api/contract-reservations.ts'
import { stockHistory, stockPage } from '#api/contract-stock.ts'
import { streams } from '#core/streams.ts'
import { startHub } from '#engine/hub.ts'
import { tellStream } from '#engine/person.ts'
import type { Database } from '#store/database.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEstate } from '../fuzz/estate.ts'
import { freshDatabase } from '../support/database.ts'

const FREE: Record<string, number> = { LAST: 1, MUG: 5, CUP: 3, PLATE: 0, GLASS: 4, TRAY: 5 }
/** Both take glasses, and there are four. */
const KITS = { PAIR: { parts: { GLASS: 2 }, upTo: 3 }, SET: { parts: { GLASS: 3, TRAY: 1 }, upTo: 3 } }

let database: Database
let estate: ReturnType<typeof openEstate>
let server: Awaited<ReturnType<typeof createServer>>
let hub: ReturnType<typeof startHub>

beforeAll(async () => {
  database = await freshDatabase()
  const answers = { 'stock.read': ({ sku }: { sku: string }) => ({ free: FREE[sku] ?? 0, onHand: FREE[sku] ?? 0 }) }
  estate = openEstate(database, { answers, policy: { kits: KITS } })
  for (const sku of [...Object.keys(FREE), ...Object.keys(KITS)]) {
    await tellStream(estate.engine, streams.stock('WH', sku), { type: 'stock.know', stocked: true } as never, sku)
  }
  await estate.settle()
  hub = startHub(estate.engine, { idleMs: 5, tickMs: 20 })
  server = await createServer({ engine: estate.engine, receiver: estate.receiver, host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await server.close()
  await hub.stop()
  await database.close()
})

const ask = (items: { sku: string; quantity: number }[], headers: Record<string, string> = {}, more = {}) =>
  fetch(`${server.url}/api/reservations`, {
    method: 'POST',
    headers: { 'origin': server.url, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ pool: 'WH', items, ...more }),
  })
/** As a shop does it: a lost connection, or an answer that is not there yet, is asked for again under the same key. */
async function buy(sku: string, key: string): Promise<Response> {
  for (let left = 50; ; left -= 1) {
    const answer = await ask([{ sku, quantity: 1 }], { 'idempotency-key': key }).catch((error: unknown) => {
      if (left === 0) throw error
      return null
    })
    if (answer && (left === 0 || ![202, 503].includes(answer.status))) return answer
  }
}

const at = (id: string, method = 'GET') =>
  fetch(`${server.url}/api/reservations/${id}`, { method, headers: { origin: server.url } })
const one = async (answer: Response) => reservationPart.parse(await answer.json())

describe('the reservation API', () => {
  it('lets exactly one of 1,000 have the last unit', async () => {
    const answers = await Promise.all(Array.from({ length: 1_000 }, (_, buyer) => buy('LAST', `buyer-${buyer}`)))
    // Asked again after a lost connection, the winner is told so a second time: 200.
    const won = answers.filter(({ status }) => status < 300)
    const lost = answers.filter(({ status }) => status === 409)
    expect([won.length, lost.length]).toEqual([1, 999])
    const refused: unknown = await lost[0]!.json()
    expect(refused).toMatchObject({
      type: 'urn:crossdock:problem:not_enough_stock',
      items: [{ sku: 'LAST', asked: 1, available: 0 }],
    })
    const held = await one(won[0]!)
    expect((await one(await at(held.id))).state).toBe('held')
  })

  it('sets aside all SKUs or none, summed over lines', async () => {
    const both = [
      { sku: 'MUG', quantity: 2 },
      { sku: 'CUP', quantity: 4 },
    ]
    const refused = await ask(both)
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ items: [{ sku: 'CUP', asked: 4, available: 3 }] })
    const twice = await ask([
      { sku: 'MUG', quantity: 3 },
      { sku: 'MUG', quantity: 3 },
    ])
    expect(await twice.json()).toMatchObject({ items: [{ sku: 'MUG', asked: 6, available: 5 }] })
    const all = await ask([{ sku: 'MUG', quantity: 5 }])
    expect(all.status).toBe(201)
    expect((await at((await one(all)).id, 'DELETE')).status).toBe(200)
  })

  it('T2: refuses two SKUs of one basket that share a part beyond its stock', async () => {
    const [pair, set] = [
      { sku: 'PAIR', quantity: 1 },
      { sku: 'SET', quantity: 1 },
    ]
    expect((await ask([pair, set])).status).toBe(409)
    const { id } = await one(await ask([pair]))
    expect((await ask([{ sku: 'GLASS', quantity: 3 }])).status, 'two are in the pair').toBe(409)
    await at(id, 'DELETE')
  })

  it('gives back what is released, so that the next one can have it', async () => {
    const first = await one(await ask([{ sku: 'CUP', quantity: 3 }]))
    expect((await ask([{ sku: 'CUP', quantity: 1 }])).status).toBe(409)
    expect((await one(await at(first.id, 'DELETE'))).state).toBe('released')
    const second = await ask([{ sku: 'CUP', quantity: 3 }])
    expect(second.status).toBe(201)
    await at((await one(second)).id, 'DELETE')
  })

  it('stands in the stock of its SKU, whose sums add up and whose history begins with the reading', async () => {
    const held = await one(await ask([{ sku: 'CUP', quantity: 2 }]))
    const get = async (path: string) =>
      (await fetch(`${server.url}${path}`, { headers: { origin: server.url } })).json()
    const { holds, sums } = stockPage.parse(await get('/api/stock/WH/CUP'))
    expect(holds).toEqual([
      { kind: 'reservation', channel: 'reservation', externalId: held.id, quantity: 2, waiting: false, outcome: 'reserved' },
    ]) // prettier-ignore
    expect(sums[0]!.result).toEqual({ words: 'Can be promised', pieces: 1 })
    for (const { steps, result } of sums) expect(steps.reduce((all, { pieces }) => all + pieces, 0)).toBe(result.pieces)
    const { points, before } = stockHistory.parse(await get('/api/stock-history/WH/CUP'))
    expect(points[0]).toMatchObject({ free: 3, onHand: 3 })
    expect(before).toBe(null)
    await at(held.id, 'DELETE')
  })

  it('is asked once under a key, and refuses another request under it', async () => {
    const key = { 'idempotency-key': 'basket-7' }
    const first = await ask([{ sku: 'CUP', quantity: 1 }], key)
    const again = await ask([{ sku: 'CUP', quantity: 1 }], key)
    expect([first.status, again.status]).toEqual([201, 200])
    const [a, b] = [await one(first), await one(again)]
    expect([b.id, b.duplicate]).toEqual([a.id, true])
    const other = await ask([{ sku: 'CUP', quantity: 2 }], key)
    expect(await other.json()).toMatchObject({ type: 'urn:crossdock:problem:idempotency_conflict' })
    await at(a.id, 'DELETE')
  })

  it('ends by itself when its time is over', async () => {
    const { id } = await one(await ask([{ sku: 'CUP', quantity: 3 }], {}, { ttlSeconds: 60 }))
    estate.passMs(61_000)
    // What can be had again proves that it was given back.
    let next = await ask([{ sku: 'CUP', quantity: 3 }])
    for (let left = 200; next.status === 409 && left > 0; left -= 1) next = await ask([{ sku: 'CUP', quantity: 3 }])
    expect(next.status).toBe(201)
    expect((await one(await at(id))).state).toBe('expired')
    await at((await one(next)).id, 'DELETE')
  })

  it('says what is wrong with a request', async () => {
    expect((await ask([{ sku: 'NOBODY', quantity: 1 }])).status).toBe(409)
    expect((await ask([])).status).toBe(400)
    expect((await ask([{ sku: 'CUP', quantity: 1 }], {}, { pool: 'MOON' })).status).toBe(400)
    expect((await at('nobody')).status).toBe(404)
    expect((await at('nobody', 'DELETE')).status).toBe(404)
  })
})
