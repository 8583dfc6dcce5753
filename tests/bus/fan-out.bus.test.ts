/** Events to subscribers: in the order of the journal, each once, personal data masked, with a bus and without. */
import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { startCarriers } from '#engine/bus/carriers.ts'
import type { CloudEvent } from '#engine/bus/cloud-event.ts'
import type { Subscriber } from '#engine/bus/fan-out.ts'
import { eventStream } from '#engine/bus/topology.ts'
import type { Engine } from '#engine/engine.ts'
import type { Loop } from '#engine/loop.ts'
import { createReceiver } from '#engine/receive.ts'
import { turn } from '#engine/turn.ts'
import { takeTurn } from '#store/inbox.ts'
import { insertEvents } from '#store/journal.ts'
import { readJournal } from '#store/readers.ts'
import type { Database } from '#store/database.ts'
import { maskEvent } from '../../src/cli/open-bus.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, anOrder, aShop } from '../support/orders.ts'
import { type BusHub, hook, openHub, PACE, until } from './hub.ts'
import { there, useCluster } from './servers.ts'

const SECRET = `whsec_${Buffer.from('a secret of subscribers').toString('base64')}`

interface Post {
  headers: IncomingMessage['headers']
  body: string
  event: CloudEvent
}

/** A subscriber's server. @param answer the status to a post, and how long to wait after it. */
async function listening(answer: (post: Post, count: number) => { status: number; retryAfter?: number }) {
  const posts: Post[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const post = { headers: request.headers, body, event: JSON.parse(body) as CloudEvent }
      const { status, retryAfter } = answer(post, posts.push(post))
      response.writeHead(status, retryAfter ? { 'retry-after': String(retryAfter) } : {}).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { posts, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

const subscriber = (change: Partial<Subscriber> & { name: string }): Subscriber => ({
  types: ['*'],
  url: null,
  secret: () => SECRET,
  personalData: 'masked',
  from: 'beginning',
  backlogMs: 3_600_000,
  ...change,
})

const running: Loop[] = []
const hubs: BusHub[] = []
afterEach(async () => {
  for (const loop of running.splice(0)) await loop.stop()
  for (const hub of hubs.splice(0)) await hub.close()
})

async function placed(engine: Engine, ...ids: string[]): Promise<void> {
  const receiver = createReceiver({ ...engine, bus: undefined } as unknown as Engine)
  for (const id of ids) await receiver.receive('shop', hook(anOrder(id), `placed-${id}`))
  while ((await turn(engine)) > 0);
}

function engineWith(database: Database, subscribers: Subscriber[], change: Partial<Engine> = {}): Engine {
  const fanOut = { source: 'urn:test', mask: maskEvent, subscribers }
  return anEngine(database, { shop: aShop(), erp: anErp() }, { fanOut, ...change })
}

const start = (engine: Engine): Loop => {
  const loop = startCarriers(engine, () => {}, PACE)!
  running.push(loop)
  return loop
}

const journal = async (database: Database) =>
  (await readJournal(database, 0, 10_000)).map(({ stream, version }) => `${stream}/${version}`)

describe('a subscriber by posts, without a bus', () => {
  test('hears every event of its kinds once and in the order of the journal, signed, people masked', async () => {
    const database = await freshDatabase()
    const { posts, url } = await listening(() => ({ status: 204 }))
    const engine = engineWith(database, [subscriber({ name: 'ware', url, types: ['order.*'] })])
    await placed(engine, '1', '2')
    const wanted = (await readJournal(database, 0, 1_000)).filter(({ type }) => type.startsWith('order.'))
    start(engine)
    await until(async () => (await database.query('select pg_sleep(0.02)')) && posts.length >= wanted.length)
    expect(posts.map(({ event }) => event.id)).toEqual(wanted.map(({ stream, version }) => `${stream}/${version}`))
    const { headers, body, event } = posts[0]!
    expect(event).toMatchObject({
      specversion: '1.0', source: 'urn:test', type: 'order.placed', subject: 'order/shop/1',
      datacontenttype: 'application/json', time: wanted[0]!.at,
    }) // prettier-ignore
    expect(headers['content-type']).toBe('application/cloudevents+json')
    const key = Buffer.from(SECRET.slice(6), 'base64')
    const signed = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.')
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
    expect(headers['webhook-id']).toBe(event.id)
    for (const secret of ['Byron', 'ada@example.com', '1 Dock Road']) expect(body).not.toContain(secret)
    expect(body).toContain('MUG')
  })

  test('that may see people sees them', async () => {
    const database = await freshDatabase()
    const { posts, url } = await listening(() => ({ status: 200 }))
    const engine = engineWith(database, [
      subscriber({ name: 'crm', url, types: ['order.placed'], personalData: 'full' }),
    ])
    await placed(engine, '1')
    start(engine)
    await until(async () => (await database.query('select pg_sleep(0.02)')) && posts.length > 0)
    expect(posts[0]!.body).toContain('ada@example.com')
  })

  test('that refuses is tried again later, in order, and holds up no other', async () => {
    const database = await freshDatabase()
    let nowMs = Date.parse('2099-01-01T00:00:00.000Z')
    let open = false
    const slow = await listening(() => (open ? { status: 200 } : { status: 503, retryAfter: 30 }))
    const quick = await listening(() => ({ status: 200 }))
    const both = [subscriber({ name: 'slow', url: slow.url }), subscriber({ name: 'quick', url: quick.url })]
    const plain = engineWith(database, both)
    const engine = { ...plain, io: { ...plain.io, now: () => nowMs, jitter: () => 0 } }
    await placed(engine, '1', '2')
    const all = await journal(database)
    start(engine)
    await until(async () => (await database.query('select pg_sleep(0.02)')) && quick.posts.length === all.length)
    const stateOf = async () =>
      (await database.query<{ failures: number; due_at: string; position: number }>(
        `select pg_sleep(0.02), failures, due_at, position from reader where name = 'subscriber/slow'`,
      ))[0]! // prettier-ignore
    await until(async () => (await stateOf()).failures === 1)
    expect(await stateOf()).toMatchObject({ position: 0, due_at: '2099-01-01T00:00:30.000Z' })
    open = true
    expect(slow.posts).toHaveLength(1)
    nowMs += 30_000
    await until(async () => (await stateOf()).position > 0 && slow.posts.length === all.length + 1)
    expect(slow.posts.slice(1).map(({ event }) => event.id)).toEqual(all)
    expect(quick.posts.map(({ event }) => event.id)).toEqual(all)
  })

  test('that was away for longer than its backlog misses what is older, and the hub says how much', async () => {
    const database = await freshDatabase()
    const { posts, url } = await listening(() => ({ status: 200 }))
    let nowMs = Date.parse('2099-01-01T00:00:00.000Z')
    const plain = engineWith(database, [subscriber({ name: 'late', url, types: ['order.placed'] })])
    const engine = { ...plain, io: { ...plain.io, now: () => nowMs } }
    await placed(engine, '1')
    const old = (await journal(database)).length
    nowMs += 2 * 3_600_000
    await placed(engine, '2')
    start(engine)
    await until(async () => (await database.query('select pg_sleep(0.02)')) && posts.length > 0)
    expect(posts.map(({ event }) => event.subject)).toEqual(['order/shop/2'])
    const [row] = await database.query<{ skipped: number }>('select skipped from reader')
    expect(row?.skipped).toBe(old)
  })

  test('begins at the end of the journal unless it says otherwise', async () => {
    const database = await freshDatabase()
    const { posts, url } = await listening(() => ({ status: 200 }))
    const engine = engineWith(database, [subscriber({ name: 'new', url, types: ['order.placed'], from: 'now' })])
    await placed(engine, '1')
    start(engine)
    await until(async () => (await database.query('select 1 from reader where owner is not null')).length > 0)
    await placed(engine, '2')
    await until(async () => (await database.query('select pg_sleep(0.02)')) && posts.length > 0)
    expect(posts.map(({ event }) => event.subject)).toEqual(['order/shop/2'])
  })
})

test('no event becomes visible behind one that was read: who writes events holds the turn until they are', async () => {
  const database = await freshDatabase()
  const engine = engineWith(database, [])
  const event = { stream: 'order/shop/0', version: 1, type: 'order.placed', data: '{}', cause: 1, correlation: 'x' }
  const receiver = createReceiver(engine)
  await receiver.receive('shop', hook(anOrder('1'), 'one'))
  await database.transaction(async (sql) => {
    expect(await takeTurn(sql)).toBe(true)
    await insertEvents(sql, [event], '2026-11-20T10:00:00.000Z', 'test')
    // Its position is given and nobody sees it; whoever would take the next one has to wait.
    expect(await turn(engine)).toBe(0)
    expect(await journal(database)).toEqual([])
  })
  expect(await journal(database)).toEqual(['order/shop/0/1'])
  while ((await turn(engine)) > 0);
  expect((await journal(database)).slice(0, 2)).toEqual(['order/shop/0/1', 'order/shop/1/1'])
})

const cluster = useCluster()

describe('subscribers on the bus', () => {
  const open = (database: Database, prefix: string, owner: string): BusHub => {
    const subscribers = [subscriber({ name: 'lake' }), subscriber({ name: 'mail', types: ['order.placed'] })]
    const fanOut = { source: 'urn:test', mask: maskEvent, subscribers }
    const hub = openHub(database, cluster().urls, { prefix, owner, connections: [], engine: { fanOut } })
    hubs.push(hub)
    return hub
  }
  const drain = async (hub: BusHub, name: string, count: number): Promise<CloudEvent[]> => {
    const consumer = await hub.bus.line.client().consumers.get(eventStream(hub.bus.topology), name)
    const events: CloudEvent[] = []
    while (events.length < count) {
      const message = await consumer.next({ expires: 1_000 })
      if (!message) break
      message.ack()
      events.push(message.json())
    }
    return events
  }
  const published = async (database: Database) => {
    const [row] = await database.query<{ done: boolean }>(
      `select pg_sleep(0.02), position = (select max(position) from journal) as done from reader where name = 'events'`,
    )
    return row?.done === true
  }

  test('read the journal in its order, each event once, though its publisher died in the middle', async () => {
    if (!there) return
    const database = await freshDatabase()
    const one = open(database, 'fan1', 'one')
    await placed(one.engine, ...Array.from({ length: 60 }, (_, n) => String(n)))
    one.read()
    await until(() => published(database))
    // As if it had died after publishing and before writing that down; and a late one publishes once more.
    await database.query(`update reader set position = position - 40, owner = null where name = 'events'`)
    await placed(one.engine, ...Array.from({ length: 20 }, (_, n) => String(100 + n)))
    const two = open(database, 'fan1', 'two')
    two.read()
    await until(() => published(database))
    const all = await journal(database)
    expect((await drain(two, 'lake', all.length + 1)).map(({ id }) => id)).toEqual(all)
    const mail = await drain(two, 'mail', 81)
    expect(mail.map(({ type }) => type)).toEqual(Array.from({ length: 80 }, () => 'order.placed'))
    expect(JSON.stringify(mail)).not.toContain('Byron')
  })
})
