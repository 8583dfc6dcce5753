/** The reference client as a process of its own: it spools, is killed, repeats, and the hub has everything once. */
import { execFile, spawn } from 'node:child_process'
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { hashOf } from '#connectors/till/chain.ts'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { KEY, openTillHub, type TillHub } from '../support/till-hub.ts'
import { openTill } from '../support/till.ts'
import { openTill as openClient } from '../../examples/till-client/till-client.mjs'

const STORE = 'berlin-7'
const CLIENT = fileURLToPath(new URL('../../examples/till-client/till-client.mjs', import.meta.url))
let hub: TillHub
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'till-client-'))
  const odoo = "url: 'http://odoo.sim', database: retail, user: hub@example.com, apiKey: test:odoo"
  hub = await openTillHub({ stores: [STORE], posting: 'none', odoo, fetch: async () => new Response('{}') })
})
afterEach(async () => {
  await hub.close()
  await rm(folder, { recursive: true })
})

const spool = () => join(folder, 'till-1.jsonl')
const env = () => ({ ...process.env, CROSSDOCK_URL: hub.server.url, CROSSDOCK_KEY: KEY })
const client = (fetch?: typeof globalThis.fetch) =>
  openClient({
    store: STORE,
    register: 'till-1',
    spool: spool(),
    url: hub.server.url,
    key: KEY,
    ...(fetch ? { fetch } : {}),
  })

/** What a till would ring up, without what the client adds. */
function entries(count: number): object[] {
  const till = openTill({ storeId: STORE, registerId: 'till-1' })
  for (let index = 0; index < count - 1; index += 1) till.sell([{ sku: 'MUG', price: 1250 }])
  till.close()
  return till.records.map(({ sequence: _, prevHash: __, hash: ___, contract: ____, ...entry }) => entry)
}

function ring(entry: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLIENT, STORE, 'till-1', spool(), 'ring'], { env: env() })
    let said = ''
    child.stdout.on('data', (text) => (said += String(text)))
    child.on('close', () => resolve(said.trim()))
    child.on('error', reject)
    child.stdin.end(JSON.stringify(entry))
  })
}

const send = async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [CLIENT, STORE, 'till-1', spool(), 'send'], {
    env: env(),
  })
  return JSON.parse(stdout) as { takenTo: number; refused: object[] }
}

it('spools, sends, and repeats', async () => {
  const all = entries(3)
  expect(await ring(all[0]!)).toBe('1')
  expect(await ring(all[0]!)).toBe('1')
  expect(await ring(all[1]!)).toBe('2')
  expect(await send()).toEqual({ takenTo: 2, refused: [] })
  await ring(all[2]!)
  expect(await send()).toEqual({ takenTo: 3, refused: [] })
  expect(await send()).toEqual({ takenTo: 3, refused: [] })
  await hub.drain()
  expect(await hub.till(STORE, 'till-1')).toMatchObject({
    next: 4,
    refusals: [],
    days: [{ ended: true, differences: [] }],
  })
})

it('goes on after it was killed while it wrote, and while it waited for an answer', async () => {
  const all = entries(6)
  const first = client(async (...request) => {
    await fetch(...request)
    throw new TypeError('killed before the answer was read')
  })
  for (const entry of all.slice(0, 3)) first.ring(entry)
  await expect(first.send()).rejects.toThrow('killed')
  await appendFile(spool(), '{"contract":1,"storeId":"berl')
  const second = client()
  expect(second.records).toHaveLength(3)
  for (const entry of all.slice(2)) second.ring(entry)
  expect(await second.send()).toEqual({ takenTo: 6, refused: [] })
  await hub.drain()
  expect(await hub.till(STORE, 'till-1')).toMatchObject({ next: 7, parked: [], refusals: [] })
  const sold = (await hub.till(STORE, 'till-1')).days[0]!.sums.counts.sales
  expect(sold).toBe(5)
})

it('sends the beginning again to a hub that does not have it', async () => {
  const till = client()
  for (const entry of entries(4)) till.ring(entry)
  expect(await till.send(2)).toEqual({ takenTo: 4, refused: [] })
})

it('is told what is wrong with a record instead of sending it for ever', async () => {
  const till = client()
  const [entry] = entries(2) as [{ receipt: { total: { amount: number } } }]
  entry.receipt.total.amount += 1
  till.ring(entry)
  expect(await till.send()).toMatchObject({
    takenTo: 0,
    refused: [
      { line: 1, code: 'total_wrong' },
      { line: 1, code: 'tenders_wrong' },
    ],
  })
})

it('hashes as the hub does', async () => {
  const till = client()
  for (const entry of entries(2)) till.ring(entry)
  const lines = (await readFile(spool(), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { hash: string })
  for (const record of lines) expect(hashOf(record)).toBe(record.hash)
})
