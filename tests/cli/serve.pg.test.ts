/** `crossdock serve` as a process of its own among others: it leaves without losing anything, and can be killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createHmac } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createEstate, ESTATE_SECRETS } from '#sim/estate.ts'
import { listen } from '#sim/listen.ts'
import { createRandom } from '#sim/random.ts'
import type { Database } from '#store/database.ts'
import { readFleet } from '#store/fleet.ts'
import { freshDatabase } from '../support/database.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

interface Gate {
  /** Calls that wait. */
  waiting: number
  open(): void
  shut(): void
}

/** A retailer at real ports, whose shop can be made to take its time over what its stock is set to. */
async function retailer() {
  const random = createRandom(5)
  let agoMs = 3_600_000
  const clock = { now: () => Date.now() - agoMs, random: random.next }
  const estate = createEstate(clock, random, { skus: 2, stock: [3, 5] })
  agoMs = 0
  const gate = createGate()
  const [shop, erp] = [
    await listen(async (request) => {
      if ((await request.clone().text()).includes('inventorySetQuantities')) await gate.pass()
      return estate.shop.fetch(request)
    }),
    await listen(estate.erp.fetch),
  ]
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-serve-'))
  onTestFinished(async () => {
    gate.open()
    await shop.close()
    await erp.close()
    rmSync(folder, { recursive: true })
  })
  const database = await freshDatabase()
  const file = join(folder, 'crossdock.yaml')
  writeFileSync(
    file,
    `
database: env:TEST_DATABASE
hub: { port: 0 }
erp: odoo-main
connections:
  shopify-main:
    connector: shopify
    config:
      shop: dockside-goods.myshopify.com
      url: ${shop.url}
      clientId: crossdock
      clientSecret: env:SHOP_SECRET
      locations: [{ locationId: '7001', pool: WH }]
  odoo-main:
    connector: odoo
    config: { url: '${erp.url}', database: retail, user: hub@example.com, apiKey: env:ODOO_SECRET }
policy:
  channels:
    shopify-main: { pool: WH, locations: [{ locationId: '7001', pool: WH }] }
`,
  )
  const env = {
    TEST_DATABASE: database.url,
    SHOP_SECRET: ESTATE_SECRETS['demo:shop-secret']!,
    ODOO_SECRET: ESTATE_SECRETS['demo:odoo-key']!,
  }
  return { database, estate, gate, serve: () => serve(file, env) }
}

function createGate(): Gate & { pass(): Promise<void> } {
  let shut = false
  const held: (() => void)[] = []
  const gate = {
    waiting: 0,
    shut: () => void (shut = true),
    open() {
      shut = false
      for (const go of held.splice(0)) go()
      gate.waiting = 0
    },
    async pass() {
      if (!shut) return
      gate.waiting += 1
      await new Promise<void>((resolve) => held.push(resolve))
    },
  }
  return gate
}

interface Serving {
  url: string
  child: ChildProcess
  /** Everything it said. */
  said(): string
  ended: Promise<number | string>
}

async function serve(file: string, env: Record<string, string>): Promise<Serving> {
  const child = spawn(process.execPath, [MAIN, 'serve', '--config', file], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string)
  await expect.poll(() => said).toContain('The hub runs at')
  return { url: /The hub runs at (\S+)\./.exec(said)![1]!, child, said: () => said, ended }
}

const hosts = async (database: Database): Promise<number> => (await readFleet(database)).length

const ping = (url: string, body: string): Promise<Response> =>
  fetch(`${url}/hooks/shopify-main`, {
    method: 'POST',
    body,
    headers: {
      'x-shopify-topic': 'orders/create',
      'x-shopify-event-id': body,
      'x-shopify-shop-domain': 'dockside-goods.myshopify.com',
      'x-shopify-hmac-sha256': createHmac('sha256', ESTATE_SECRETS['demo:shop-secret']!).update(body).digest('base64'),
    },
  })

test('SIGTERM: not ready, webhooks still taken, calls finished, leases given back, gone with 0', async () => {
  const { database, gate, serve: start } = await retailer()
  gate.shut()
  const first = await start()
  await expect.poll(() => gate.waiting).toBeGreaterThan(0)
  const held = await database.query<{ id: number }>(`select id from outbox where state = 'open' and owner is not null`)
  expect(held.length).toBeGreaterThan(0)
  const second = await start()
  await expect.poll(() => hosts(database)).toBe(2)
  // The first has seen the second by its next beat, and then leaves time to be turned away from.
  const [{ beat } = { beat: 0 }] = await readFleet(database)
  await expect.poll(async () => (await readFleet(database))[0]!.beat).toBeGreaterThan(beat + 1)

  first.child.kill('SIGTERM')
  await expect.poll(async () => (await fetch(`${first.url}/api/ready`)).status).toBe(503)
  expect((await ping(first.url, '{"id":1}')).status).toBe(200)
  expect((await fetch(`${second.url}/api/ready`)).status).toBe(200)
  gate.open()
  expect(await first.ended, first.said()).toBe(0)
  expect(await hosts(database)).toBe(1)
  const open = await database.query(
    `select id from outbox where state = 'open' and owner is not null and owner not in (select id from process)`,
  )
  expect(open).toEqual([])
  expect(await database.query(`select 1 from inbox where key like '%{"id":1}%'`)).toHaveLength(1)

  second.child.kill('SIGTERM')
  expect(await second.ended, second.said()).toBe(0)
  expect(await hosts(database)).toBe(0)
})

test('a second signal ends it at once, and what it held is free for the next one within seconds', async () => {
  const { database, gate, serve: start } = await retailer()
  gate.shut()
  const first = await start()
  await expect.poll(() => gate.waiting).toBeGreaterThan(0)
  first.child.kill('SIGTERM')
  await expect.poll(() => first.said()).toContain('finishing what is under way')
  first.child.kill('SIGTERM')
  expect(await first.ended).toBe(130)
  expect(await hosts(database)).toBe(1)
  gate.open()
  const next = await start()
  const stuck = () => database.query(`select 1 from outbox where state = 'open' and attempts > 0`)
  expect(await stuck()).not.toEqual([])
  await expect.poll(stuck, { interval: 500 }).toEqual([])
  expect(next.said()).toContain('the heart of another process stopped')
})
