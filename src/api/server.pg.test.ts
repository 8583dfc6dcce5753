/** The server as its callers see it: hooks taken and refused, orders listed, shown, retried and cancelled. */
import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Doors, openDoors } from '../../tests/fuzz/doors.ts'
import { CHANNEL, GRACE, openEstate, orderBody, signedHeaders } from '../../tests/fuzz/estate.ts'
import { freshDatabase } from '../../tests/support/database.ts'
import { accepted } from './contract-parts.ts'
import * as contract from './contract.ts'
import { createServer } from './server.ts'

let doors: Doors
beforeAll(async () => {
  doors = await openDoors()
})
afterAll(() => doors.close())

const countOf = async (where: string) =>
  (await doors.database.query<{ count: number }>(`select count(*) from inbox where ${where}`))[0]!.count

describe('hooks', () => {
  it('stores a genuine delivery once and says what became of it', async () => {
    const first = await doors.deliver(orderBody(1001), 'orders/create', 'event-1')
    expect([first.status, first.headers.get('crossdock-receipt')]).toEqual([200, 'stored'])
    const second = await doors.deliver(orderBody(1001), 'orders/create', 'event-1')
    expect([second.status, second.headers.get('crossdock-receipt')]).toEqual([200, 'duplicate'])
    expect(await countOf(`starts_with(key, 'orders/create:event-1')`)).toBe(1)
  })

  it('stores exactly the bytes that came', async () => {
    const bytes = Buffer.from(' {"id" : 5 , "ü":"\\u00e9"}\n')
    const headers = signedHeaders(bytes, 'orders/edited', 'bytes-1')
    await fetch(`${doors.server.url}/hooks/${CHANNEL}`, { method: 'POST', headers, body: bytes })
    const [row] = await doors.database.query<{ body: Buffer }>(
      `select body from inbox where starts_with(key, 'orders/edited:bytes-1')`,
    )
    expect(row!.body.equals(bytes)).toBe(true)
  })

  it.each([
    ['a forged one', {}, 401, 'forged'],
    ['an encoded one', { 'content-encoding': 'gzip' }, 415, 'encoded'],
  ])('refuses %s and stores nothing', async (_, headers: Record<string, string>, status, code) => {
    const before = await countOf('true')
    const answer = await fetch(`${doors.server.url}/hooks/${CHANNEL}`, { method: 'POST', headers, body: '{}' })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(contract.problem.parse(await answer.json()).type).toBe(`urn:crossdock:problem:${code}`)
    expect(await countOf('true')).toBe(before)
  })

  it('refuses what lacks its headers, other methods, other names, and too much', async () => {
    const bytes = Buffer.from('{}')
    const { 'x-shopify-topic': _, ...lacking } = signedHeaders(bytes, 'x')
    const to = (path: string, init: RequestInit) => fetch(`${doors.server.url}${path}`, init)
    expect((await to(`/hooks/${CHANNEL}`, { method: 'POST', headers: lacking, body: bytes })).status).toBe(400)
    const got = await to(`/hooks/${CHANNEL}`, {})
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await to('/hooks/nobody', { method: 'POST', body: bytes })).status).toBe(404)
    expect((await to('/hooks/__proto__', { method: 'POST', body: bytes })).status).toBe(404)
    expect((await to('/hooks/odoo', { method: 'POST', body: bytes })).status).toBe(404)
    expect(await sendLarge(3 * 1024 * 1024, true)).toBe(413)
    expect(await sendLarge(3 * 1024 * 1024, false)).toBe(413)
  })

  it('takes no header into a key that no index can hold', async () => {
    const bytes = Buffer.from('{}')
    const headers = { ...signedHeaders(bytes, 'orders/edited'), 'x-shopify-event-id': 'e'.repeat(9_000) }
    const answer = await fetch(`${doors.server.url}/hooks/${CHANNEL}`, { method: 'POST', headers, body: bytes })
    expect(answer.status).toBe(400)
  })

  it('answers 503 with a wait when the database is away', async () => {
    const gone = openEstate(await freshDatabase())
    await gone.engine.database.close()
    const lonely = await createServer({ engine: gone.engine, receiver: gone.receiver, host: '127.0.0.1', port: 0 })
    const answer = await doors.deliver(orderBody(1), 'orders/create', 'e', lonely.url)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    expect((await fetch(`${lonely.url}/api/health`)).status).toBe(200)
    await lonely.close()
  })
})

/** @returns the status; the server may hang up while the rest is still being sent. */
function sendLarge(bytes: number, withLength: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(doors.server.url)
    const request = httpRequest({ port, host: '127.0.0.1', method: 'POST', path: `/hooks/${CHANNEL}` }, (response) => {
      response.resume()
      resolve(response.statusCode!)
      request.destroy()
    })
    request.on('error', (error: NodeJS.ErrnoException) =>
      /EPIPE|ECONNRESET/.test(error.code ?? '') ? undefined : reject(error),
    )
    if (withLength) request.setHeader('content-length', bytes)
    request.write(Buffer.alloc(bytes))
  })
}

describe('orders', () => {
  beforeAll(async () => {
    await doors.deliver(orderBody(2001), 'orders/create', 'order-2001')
    await doors.estate.settle()
  })

  it('lists them by what is asked for', async () => {
    const list = contract.orderList.parse(await (await doors.get('/api/orders')).json())
    expect(list.rows.map(({ label }) => label)).toContain('#2001')
    for (const query of ['q=2001', 'q=%232001', 'q=%23200', `channel=${CHANNEL}`]) {
      const found = contract.orderList.parse(await (await doors.get(`/api/orders?${query}`)).json())
      expect(
        found.rows.map(({ label }) => label),
        query,
      ).toContain('#2001')
    }
    expect(contract.orderList.parse(await (await doors.get('/api/orders?q=77')).json()).rows).toEqual([])
    expect(contract.orderList.parse(await (await doors.get('/api/orders?channel=other')).json()).rows).toEqual([])
  })

  it('pages through all of them without gaps or repeats', async () => {
    for (let id = 3001; id <= 3007; id += 1) await doors.deliver(orderBody(id))
    await doors.estate.settle()
    const seen: string[] = []
    for (let next: string | null = ''; next !== null;) {
      const page: contract.OrderList = contract.orderList.parse(
        await (await doors.get(`/api/orders?limit=3${next ? `&cursor=${next}` : ''}`)).json(),
      )
      seen.push(...page.rows.map(({ externalId }) => externalId))
      next = page.next
    }
    const [row] = await doors.database.query<{ count: number }>(`select count(*) from stream where kind = 'order'`)
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.length).toBe(row!.count)
  })

  it('shows one with its whole trace in order, in plain words', async () => {
    const page = contract.orderPage.parse(await (await doors.get(`/api/orders/${CHANNEL}/2001`)).json())
    expect(page.summary).toMatchObject({
      label: '#2001',
      total: { text: '29.90', currency: 'EUR' },
      customerMasked: 'G••• H•••',
    })
    expect(page.trace[0]).toMatchObject({ kind: 'arrived', title: 'Shopify told us of the order', system: CHANNEL })
    const titles = page.trace.map(({ title }) => title)
    const hops = ['Order placed', 'Asked Odoo to record the customer', 'Odoo has the customer']
    expect(titles).toEqual(expect.arrayContaining(hops))
    expect(hops.map((title) => titles.indexOf(title))).toEqual(
      hops.map((title) => titles.indexOf(title)).sort((a, b) => a - b),
    )
    expect(page.trace.map(({ at }) => at)).toEqual(page.trace.map(({ at }) => at).sort())
    expect(page.exceptions[0]!.cure).not.toBe('')
  })

  it('shows nothing of the person, wherever it is asked', async () => {
    const paths = [
      '/api/orders',
      `/api/orders/${CHANNEL}/2001`,
      '/api/overview',
      '/api/inbox?state=new',
      `/api/streams/order/${CHANNEL}/2001`,
    ]
    for (const kind of contract.STREAM_KINDS) paths.push(`/api/streams/${kind}`)
    for (const path of paths) {
      const text = await (await doors.get(path)).text()
      for (const secret of [
        GRACE.first,
        GRACE.last,
        GRACE.email,
        GRACE.phone,
        GRACE.street,
        GRACE.city,
        GRACE.note,
        '203.0.113.7',
      ]) {
        expect(text, path).not.toContain(secret)
      }
    }
  })

  it('takes a retry once per key, and the trace shows what came of it', async () => {
    const key = { 'idempotency-key': 'once' }
    const first = await doors.post(`/api/orders/${CHANNEL}/2001/retry`, undefined, key)
    expect(first.status).toBe(202)
    expect(accepted.parse(await first.json()).duplicate).toBe(false)
    expect(
      accepted.parse(await (await doors.post(`/api/orders/${CHANNEL}/2001/retry`, undefined, key)).json()).duplicate,
    ).toBe(true)
    await doors.estate.settle()
    const page = contract.orderPage.parse(await (await doors.get(`/api/orders/${CHANNEL}/2001`)).json())
    expect(page.trace.map(({ title }) => title)).toContain('A person asked to try again')
    expect(page.trace.map(({ title }) => title)).toContain('Nothing came of it: Nothing of this order has failed.')
    expect((await doors.post(`/api/orders/${CHANNEL}/404/retry`)).status).toBe(404)
  })

  it('cancels', async () => {
    expect((await doors.post(`/api/orders/${CHANNEL}/3001/cancel`, { reason: 'because Grace wants' })).status).toBe(400)
    expect((await doors.post(`/api/orders/${CHANNEL}/3001/cancel`, { reason: 'customer' })).status).toBe(202)
    await doors.estate.settle()
    const page = contract.orderPage.parse(await (await doors.get(`/api/orders/${CHANNEL}/3001`)).json())
    expect([page.summary.status, page.summary.cancel?.reason, page.can.cancel]).toEqual([
      'cancelled',
      'customer',
      false,
    ])
  })

  it('revives a dead message', async () => {
    await doors.deliver({ id: 5 }, 'orders/create', 'broken')
    await doors.estate.settle()
    const dead = contract.inboxList
      .parse(await (await doors.get('/api/inbox')).json())
      .rows.find(({ key }) => key.includes('broken'))!
    expect(dead.outcome).not.toBe(null)
    expect((await doors.post(`/api/inbox/${dead.id}/revive`)).status).toBe(202)
    expect((await doors.post(`/api/inbox/${dead.id}/revive`)).status).toBe(404)
    await doors.estate.settle()
    expect((await doors.post(`/api/inbox/${dead.id}/revive`)).status).toBe(202)
  })

  it('gives the overview', async () => {
    doors.estate.passMs(10_000)
    const figures = contract.overview.parse(await (await doors.get('/api/overview')).json())
    expect(figures.ordersPerMinute).toHaveLength(60)
    expect(figures.ordersPerMinute.reduce((all, { placed }) => all + placed, 0)).toBe(9)
    expect(figures.byStatus.reduce((all, { count }) => all + count, 0)).toBe(9)
    expect(figures.stuck.count).toBe(figures.stuck.oldest.length)
    expect(figures.stuck.value.every(({ amount }) => amount === 2990 * figures.stuck.count)).toBe(true)
    expect(figures.connections.map(({ name, role }) => [name, role])).toEqual([
      [CHANNEL, 'channel'],
      ['odoo', 'erp'],
    ])
    expect(figures.queue.dead).toBe(0)
  })

  it('names the parameter that is wrong', async () => {
    for (const [path, name] of [['/api/orders?limit=0', 'limit'], ['/api/orders?limit=101', 'limit'], ['/api/orders?status=odd', 'status'],
      ['/api/orders?colour=red', 'colour'], ['/api/orders?cursor=abc', 'cursor'], ['/api/orders?q=%00', 'q']]) {
      const answer = await doors.get(path!)
      expect(answer.status, path).toBe(400)
      expect(contract.problem.parse(await answer.json()).detail).toContain(name)
    } // prettier-ignore
  })
})
