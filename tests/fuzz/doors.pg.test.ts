/**
 * A storm at every door: at least a hundred thousand inputs, none of which may crash, hang, answer 5xx, or leave half
 * of anything. Repeat a run with CROSSDOCK_SEED; CROSSDOCK_FUZZ multiplies how much comes.
 */
import { connect } from 'node:net'
import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAccess } from '#api/access.ts'
import { createApp } from '#api/app.ts'
import * as contract from '#api/contract.ts'
import { type HookDoor, takeHook } from '#api/hooks.ts'
import { createLive } from '#api/live.ts'
import type { House } from '#api/operation.ts'
import { OPERATIONS } from '#api/operations.ts'
import { createServer, type Server } from '#api/server.ts'
import { createOverview } from '#insight/overview.ts'
import { createRandom } from '#sim/random.ts'
import type { Database } from '#store/database.ts'
import { ConfigError, parseConfig } from '../../src/config.ts'
import { Fault } from '../../src/fault.ts'
import { freshDatabase } from '../support/database.ts'
import { CHANNEL, type Estate, openEstate, orderBody, signedHeaders } from './estate.ts'
import { bent, bentText, chanceBytes, chanceJson, chanceText, chanceWord } from './inputs.ts'

const SEED = Number(process.env['CROSSDOCK_SEED'] ?? randomInt(1, 2 ** 31))
const TIMES = Number(process.env['CROSSDOCK_FUZZ'] ?? 1)
const random = createRandom(SEED)

const COUNTS = { unsigned: 40_000, signed: 12_000, translated: 38_000, api: 6_000, config: 3_000, sockets: 2_500 }
const times = (count: number): number => Math.ceil(count * TIMES)

let database: Database
let estate: Estate
let server: Server
let inputs = 0
const tally = new Map<string, number>()
const note = (what: string): void => void tally.set(what, (tally.get(what) ?? 0) + 1)

beforeAll(async () => {
  process.stdout.write(`The storm is repeated by CROSSDOCK_SEED=${SEED} CROSSDOCK_FUZZ=${TIMES}\n`)
  database = await freshDatabase({ max: 8 })
  estate = openEstate(database, { parallel: 200 })
  const { engine, receiver } = estate
  server = await createServer({ engine, receiver, host: '127.0.0.1', port: 0, limits: { requestTimeoutMs: 1_500 } })
})

afterAll(async () => {
  await server.close()
  await database.close()
  process.stdout.write(`${inputs} inputs: ${[...tally].map(([what, count]) => `${what} ${count}`).join(', ')}\n`)
})

/** Runs so many, a few hundred at a time, as they would come. */
async function storm(count: number, one: () => Promise<void>): Promise<void> {
  for (let left = times(count); left > 0; left -= 250) {
    await Promise.all(Array.from({ length: Math.min(250, left) }, one))
  }
  inputs += times(count)
}

const storedRows = async (): Promise<number> =>
  (await database.query<{ count: number }>(`select count(*) from inbox where kind = 'delivery'`))[0]!.count

const TOPICS = [
  'orders/create', 'orders/updated', 'orders/paid', 'orders/cancelled', 'products/update', 'products/delete', 'inventory_levels/update',
  'app/uninstalled', 'poll/order', 'poll/product', 'odoo/product', 'odoo/stock', 'odoo/delivery', 'nonsense',
] // prettier-ignore

const product = (id: number) => ({
  id,
  title: 'T-shirt',
  updated_at: '2026-03-02T10:00:00Z',
  variants: [{ id: id * 2, sku: `TEE-${id}`, title: 'blue', inventory_item_id: id * 3, product_id: id }],
})

const level = (id: number) => ({
  inventory_item_id: id,
  location_id: 1,
  available: 5,
  updated_at: '2026-03-02T10:00:00Z',
})

const ERP_READINGS = [
  { id: 1, sku: 'TEE-1', name: 'T-shirt', active: true, stocked: true, changedAt: '2026-03-02T10:00:00.000Z' },
  { pool: 'WH', sku: 'TEE-1', free: 3 },
  {
    id: 3,
    orderRef: `${CHANNEL}:77`,
    shippedAt: '2026-03-02T10:00:00.000Z',
    lines: [{ saleLineId: '771', quantity: 1 }],
  },
]

/** Something a shop could send, bent most of the time. */
function shopBody(): { topic: string; text: string } {
  const topic = random.pick(TOPICS)
  const id = random.int(1, 2_000)
  const genuine = topic.startsWith('products')
    ? product(id)
    : topic.startsWith('inventory')
      ? level(id)
      : orderBody(id, undefined, `TEE-${id % 40}`)
  if (random.chance(0.1)) return { topic, text: JSON.stringify(genuine) }
  if (random.chance(0.3)) return { topic, text: bentText(random, JSON.stringify(genuine)) }
  return { topic, text: JSON.stringify(random.chance(0.1) ? chanceJson(random) : bent(random, genuine)) }
}

describe('the hook door', () => {
  const door = (): HookDoor => ({ receiver: estate.receiver, io: estate.engine.io, onForged: () => {} })
  const ANSWERS = [200, 400, 401, 404, 405, 413, 415]

  it('refuses whatever is not signed, and stores nothing of it', async () => {
    const before = await storedRows()
    await storm(COUNTS.unsigned, async () => {
      const body = random.chance(0.5) ? chanceBytes(random, 200) : Buffer.from(shopBody().text)
      const headers: Record<string, string> = random.chance(0.5)
        ? signedHeaders(Buffer.from('other'), random.pick(TOPICS))
        : {}
      if (random.chance(0.3))
        headers[random.pick(['x-shopify-hmac-sha256', 'content-encoding', 'content-length', 'x'])] = chanceText(random)
      const path = `/hooks/${random.pick([CHANNEL, CHANNEL, CHANNEL, 'odoo', chanceText(random), ''])}`
      const { status } = await takeHook(
        { method: random.chance(0.9) ? 'POST' : chanceText(random), path, headers, body },
        door(),
      )
      note(`unsigned ${status}`)
      expect(
        ANSWERS.filter((known) => known !== 200),
        path,
      ).toContain(status)
    })
    expect(await storedRows()).toBe(before)
  })

  it('stores every signed delivery whole, once, or refuses it', async () => {
    const before = await storedRows()
    const receipts = { stored: 0, duplicate: 0, refused: 0 }
    const sent: { body: Buffer; headers: Record<string, string> }[] = []
    await storm(COUNTS.signed, async () => {
      const { topic, text } = shopBody()
      const body = random.chance(0.02) ? chanceBytes(random, 100) : Buffer.from(text)
      const fresh = { body, headers: signedHeaders(body, topic, `event-${random.next()}`) }
      const again = sent.length > 0 && random.chance(0.1)
      const delivery = again ? random.pick(sent) : fresh
      const headers = { ...delivery.headers }
      if (sent.length < 500) sent.push(delivery)
      if (random.chance(0.05)) headers[random.pick(Object.keys(headers))] = chanceText(random)
      const answer = await takeHook({ method: 'POST', path: `/hooks/${CHANNEL}`, headers, body: delivery.body }, door())
      note(`signed ${answer.status}`)
      expect(ANSWERS).toContain(answer.status)
      if (answer.status !== 200) receipts.refused += 1
      else receipts[answer.headers['crossdock-receipt'] as 'stored' | 'duplicate'] += 1
    })
    expect(await storedRows()).toBe(before + receipts.stored)
    expect(receipts.stored).toBeGreaterThan(times(COUNTS.signed) / 2)
    expect(receipts.duplicate).toBeGreaterThan(0)
  })

  it('leaves nothing in the inbox that cannot be decided or put aside', async () => {
    await estate.settle()
    const states = await database.query<{ state: string; kind: string; count: number }>(
      `select state, kind, count(*) from inbox group by 1, 2`,
    )
    for (const { state, kind, count } of states) tally.set(`${kind} ${state}`, count)
    expect(states.filter(({ state }) => state === 'new')).toEqual([])
    expect(states.filter(({ state, kind }) => state === 'dead' && kind !== 'delivery')).toEqual([])
    const decided = states.filter(({ state }) => state === 'done').reduce((all, { count }) => all + count, 0)
    expect(decided).toBeGreaterThan(times(COUNTS.signed) / 10)
    const dead = await database.query<{ outcome: string }>(`select distinct outcome from inbox where state = 'dead'`)
    const bugs = dead.filter(({ outcome }) =>
      /^Bug|undefined|not a function|Cannot read|not iterable|call stack/.test(outcome),
    )
    expect(bugs).toEqual([])
  })
})

it('translates any JSON to commands, or says that it is malformed', () => {
  for (let left = times(COUNTS.translated); left > 0; left -= 1) {
    inputs += 1
    const name = random.chance(0.7) ? CHANNEL : 'odoo'
    const topic = random.pick(TOPICS)
    const genuine =
      name === 'odoo' ? random.pick(ERP_READINGS) : JSON.parse(JSON.stringify(orderBody(random.int(1, 99))))
    const body = (random.chance(0.5) ? bent(random, genuine) : chanceJson(random)) as never
    const text = JSON.stringify(body)
    try {
      const messages = estate.engine.connections
        .get(name)!
        .translate({ topic, body, receivedAt: '2026-03-02T10:00:00.000Z' })
      for (const { stream, command } of messages) {
        expect(typeof command.type, text).toBe('string')
        expect(stream, text).toMatch(/^[a-z]+\/./s)
      }
      note('translated')
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== 'malformed')
        throw new Error(`${topic} of ${text}`, { cause: error })
      note('malformed')
    }
  }
  expect(({} as Record<string, unknown>)['polluted']).toBe(undefined)
})

it('answers every operation of the API with what its contract says, or a problem', async () => {
  const { engine, receiver } = estate
  const overview = createOverview({
    sql: database,
    now: engine.io.now,
    connections: [],
    duplicates: () => 0,
    startedMs: 0,
    version: '0',
  })
  const live = createLive({ engine, overview, listenersMax: 0 })
  const access = createAccess({ host: '127.0.0.1', now: engine.io.now })
  const metrics: House['metrics'] = { read: async () => '', close: () => {} }
  const version = '0'
  const house: House = { engine, receiver, access, overview, live, metrics, kinds: new Map(), startedMs: 0, version }
  const app = createApp(house, null)
  const streams = await database.query<{ stream: string }>('select stream from stream order by md5(stream) limit 500')
  const values = [
    'true',
    'dead',
    'stock',
    'order',
    'customer',
    CHANNEL,
    'WH',
    'TEE-1',
    '77',
    '#',
    '1',
    '100',
    'confirmed',
    'held_back',
  ]
  const value = () => (random.chance(0.6) ? random.pick(values) : chanceText(random))
  const encoded = (text: string) =>
    random.chance(0.95) ? encodeURIComponent(text.toWellFormed()) : text.replace(/[\s?#\\]/g, '')
  const ask = async (): Promise<void> => {
    const one = random.pick(OPERATIONS)
    const parts = random.pick(streams)!.stream.split('/')
    const [kind, second, ...rest] = parts
    const genuine: Record<string, string> = {
      channel: second!,
      externalId: rest.join('/'),
      pool: second!,
      sku: rest.join('/'),
      kind: kind!,
      id: parts.slice(1).join('/'),
    }
    const path = one.path.replace(/\{\+?(\w+)\}/g, (_, name: string) =>
      encoded(random.chance(0.85) ? (genuine[name] ?? value()) : value()),
    )
    const names = [
      'limit',
      'cursor',
      'q',
      'status',
      'attention',
      'channel',
      'after',
      'state',
      'pool',
      chanceWord(random),
    ]
    const query = Array.from(
      { length: Math.max(0, random.int(-2, 2)) },
      () => `${encoded(random.pick(names))}=${encoded(value())}`,
    ).join('&')
    const url = `http://localhost${path}?${query}`
    if (!URL.canParse(url)) return
    const method = random.chance(0.9) ? one.method : random.pick(['GET', 'POST', 'DELETE', 'PUT', 'HEAD', 'OPTIONS'])
    const body =
      method === 'POST' && random.chance(0.7)
        ? JSON.stringify(random.chance(0.5) ? { reason: 'staff', token: 'x' } : chanceJson(random))
        : null
    const headers = new Headers({ host: 'localhost', ...(random.chance(0.9) ? { origin: 'http://localhost' } : {}) })
    if (body !== null) headers.set('content-type', 'application/json')
    if (random.chance(0.2)) headers.set('idempotency-key', chanceText(random).replace(/[^\x20-\x7e]/g, '') || 'x')
    const answer = await app.request(new Request(url, { method, headers, body }))
    const text = await answer.text()
    const said = `${method} ${url} ${body ?? ''} → ${answer.status} ${text.slice(0, 300)}`
    note(`api ${answer.status}`)
    expect(answer.status === 503 && one.id === 'getLive' ? 200 : answer.status, said).toBeLessThan(500)
    if (method === 'HEAD' || text === '') return
    const parsed = JSON.parse(text) as unknown
    if (answer.status >= 400) contract.problem.parse(parsed)
    else if (method === one.method) expect(one.answer.safeParse(parsed).error, said).toBe(undefined)
  }
  for (let left = times(COUNTS.api); left > 0; left -= 4) await Promise.all([ask(), ask(), ask(), ask()])
  inputs += times(COUNTS.api)
  await live.close()
})

it('reads any configuration, or says what is wrong with it', () => {
  const good = `erp: odoo\nconnections:\n  ${CHANNEL}: { connector: shopify, config: { shop: a.example } }\n  odoo: { connector: odoo }\npolicy:\n  channels:\n    ${CHANNEL}: { pool: WH }\n`
  for (let left = times(COUNTS.config); left > 0; left -= 1) {
    inputs += 1
    const at = random.int(0, good.length)
    const text = random.chance(0.7)
      ? good.slice(0, at) + chanceText(random) + good.slice(at + random.int(0, 6))
      : JSON.stringify(chanceJson(random))
    try {
      parseConfig(text)
      note('config read')
    } catch (error) {
      if (!(error instanceof ConfigError)) throw new Error(`Not a ConfigError for: ${text}`, { cause: error })
      note('config refused')
      expect(error.problems.length, text).toBeGreaterThan(0)
    }
  }
})

describe('the socket', () => {
  /** Sends the pieces and gives what came back until the line ended. */
  const talk = (pieces: readonly (string | Buffer)[], { end = true }: { end?: boolean } = {}): Promise<string> =>
    new Promise((resolve) => {
      let said = ''
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
        for (const piece of pieces) socket.write(piece)
        if (end) socket.end()
      })
      socket.on('data', (chunk) => (said += chunk.toString('latin1')))
      socket.on('error', () => {})
      socket.on('close', () => resolve(said))
    })

  const signedRequest = (text: string, lengthOff = 0, connection = 'keep-alive'): string => {
    const body = Buffer.from(text)
    const headers = Object.entries(signedHeaders(body, 'orders/create')).map(([name, value]) => `${name}: ${value}\r\n`)
    return `POST /hooks/${CHANNEL} HTTP/1.1\r\nhost: localhost\r\nconnection: ${connection}\r\n${headers.join('')}content-length: ${body.length + lengthOff}\r\n\r\n${text}`
  }

  const LINES = [
    () => chanceBytes(random, 300),
    () => `${chanceText(random)} ${chanceText(random)} HTTP/${random.pick(['1.1', '9.9', '0'])}\r\n\r\n`,
    () => `GET /api/orders HTTP/1.1\r\nhost: ${chanceText(random)}\r\nconnection: close\r\n\r\n`,
    () => `GET ${chanceWord(random)} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`,
    () => `POST /hooks/${CHANNEL} HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 7\r\n\r\nhello`,
    () => `POST /hooks/${CHANNEL} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${random.pick(['5\r\nhe', 'zz\r\n', '0\r\n\r\n', 'ffffffffffffffff\r\nx', '5\r\nhello\r\n0\r\n\r\n'])}`,
    () => `POST /hooks/${CHANNEL} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\nabc`,
    () => `POST /hooks/${CHANNEL} HTTP/1.1\r\nhost: x\r\n${'x: y\r\n'.repeat(random.int(1, 4_000))}\r\n`,
    () => `POST /hooks/${CHANNEL} HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(random.int(1, 40_000))}\r\n\r\n`,
    () => signedRequest(shopBody().text, 0, 'close'),
    () => signedRequest('{"id":1}', random.int(1, 50)),
    () => signedRequest('{"id":1}', -random.int(1, 5)),
    () => signedRequest('{"id":1}') + signedRequest('{"id":2}') + signedRequest('{"id":3}', 0, 'close'),
    () => `POST /api/session HTTP/1.1\r\nhost: localhost\r\norigin: http://localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{"token":`,
    () => `OPTIONS * HTTP/1.1\r\nhost: localhost\r\n\r\n`,
    () => `CONNECT localhost:1 HTTP/1.1\r\nhost: localhost\r\n\r\n`,
    () => `GET /api/live HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n`,
  ] // prettier-ignore

  it('survives whatever comes over it, and answers no 5xx', async () => {
    let broken: string[] = []
    for (let left = times(COUNTS.sockets); left > 0; left -= 50) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, async () => {
          const sent = random.pick(LINES)()
          // Who asks to be hung up on waits for the answer; the others hang up themselves.
          const said = await talk([sent], { end: !/connection: close/.test(sent.toString()) })
          return /^HTTP\/1\.1 5/m.test(said) && !said.includes('too_many_listeners')
            ? `${sent.toString().slice(0, 200)} → ${said.slice(0, 300)}`
            : null
        }),
      )
      broken = [...broken, ...answers.filter((one) => one !== null)]
    }
    inputs += times(COUNTS.sockets)
    expect(broken).toEqual([])
    expect((await fetch(`${server.url}/api/health`)).status).toBe(200)
  })

  it('answers each of several requests in one write', async () => {
    const said = await talk(
      [signedRequest('{"id":1}') + signedRequest('{"id":2}') + signedRequest('{"id":3}', 0, 'close')],
      { end: false },
    )
    expect(said.match(/^HTTP\/1\.1 200/gm)).toHaveLength(3)
  })

  it('hangs up on those who never finish', async () => {
    const dawdlers = [
      talk(['POST /hooks/', `${CHANNEL} HTTP/1.1\r\nhost`], { end: false }),
      talk([signedRequest('{"id":1}', 10)], { end: false }),
      talk(['GET /api/orders HTTP/1.1\r\n'], { end: false }),
    ]
    for (const said of await Promise.all(dawdlers)) expect(said).toContain('408')
  })

  it('has stored all or nothing, and the inbox still drains', async () => {
    await estate.settle()
    const [row] = await database.query<{ count: number }>(`select count(*) from inbox where state = 'new'`)
    expect(row!.count).toBe(0)
    expect(inputs).toBeGreaterThanOrEqual(100_000 * Math.min(1, TIMES))
  })
})
