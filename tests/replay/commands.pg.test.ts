/** `crossdock replay`, `at` and `shadow` as an operator types them, over a day that was lived. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runWorld } from '#sim/world.ts'
import type { Database } from '#store/database.ts'
import { freshDatabase } from '../support/database.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

let database: Database
let folder = ''
let order = ''
beforeAll(async () => {
  database = await freshDatabase()
  await runWorld(database, { seed: 3, shoppers: 4 })
  folder = mkdtempSync(join(tmpdir(), 'crossdock-replay-'))
  writeFileSync(join(folder, 'crossdock.yaml'), config({}))
  writeFileSync(join(folder, 'strict.yaml'), config({ releaseWhen: '[partly_refunded]' }))
  writeFileSync(join(folder, 'shadow.yaml'), config({ shadow: 'true' }))
  const [row] = await database.query<{ stream: string }>(
    `select stream from stream where kind = 'order' order by stream`,
  )
  order = row!.stream
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await database.close()
})

const config = ({ releaseWhen = '[authorised, paid, partly_refunded]', shadow = 'false' }) => `
database: env:TEST_DATABASE
erp: odoo-main
connections:
  shopify-main:
    connector: shopify
    shadow: ${shadow}
    config:
      shop: dockside-goods.myshopify.com
      url: http://127.0.0.1:1
      clientId: crossdock
      clientSecret: env:A_SECRET
      locations: [{ locationId: '7001', pool: WH }]
  odoo-main:
    connector: odoo
    config: { url: 'http://127.0.0.1:1', database: retail, user: hub@example.com, apiKey: 'env:A_SECRET' }
policy:
  channels:
    shopify-main:
      pool: WH
      locations: [{ locationId: '7001', pool: WH }]
      taxRates: ['0.0825']
      shippingMethods: [standard, express]
      releaseWhen: ${releaseWhen}
`

interface Ran {
  code: number
  out: string
  err: string
}

const crossdock = (args: readonly string[], file = 'crossdock.yaml'): Promise<Ran> =>
  new Promise((resolve) => {
    const env = { ...process.env, TEST_DATABASE: database.url, A_SECRET: 'not-a-secret' }
    const all = [MAIN, ...args, '--config', join(folder, file)]
    execFile(process.execPath, all, { env }, (error, out, err) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, out, err })
    })
  })

describe('crossdock replay', () => {
  test('says that a day would be the same', async () => {
    const { code, out } = await crossdock(['replay', '--from', '2026-01-01', '--policy', 'recorded'])
    expect(code).toBe(0)
    expect(out).toContain('Nothing would be different')
    expect(out).toMatch(/--confirm [0-9a-f]{16} does exactly this/)
  })

  test('lists what another policy would have changed, and shows nobody', async () => {
    const { code, out } = await crossdock(['replay', '--stream', order, '--json'], 'strict.yaml')
    expect(code).toBe(0)
    const { decidedAgain, replay } = JSON.parse(out) as {
      decidedAgain: { counts: { missing: { intent: number } }; findings: { words: string }[] }
      replay: { streams: number }
    }
    expect(decidedAgain.counts.missing.intent).toBeGreaterThan(0)
    expect(decidedAgain.findings.map(({ words }) => words)).toContain(
      `${order}: the call sale.ensure to odoo-main would not be there.`,
    )
    expect(out).not.toMatch(/@example\.com/)
    expect(replay.streams).toBe(0)
  })

  test('refuses a wrong token with the reason, and does what the right one showed', async () => {
    const before = await database.query('select count(*) as count from inbox')
    const wrong = await crossdock(['replay', '--stream', order, '--confirm', '0000000000000000'])
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('Nothing was done')])
    expect(await database.query('select count(*) as count from inbox')).toEqual(before)
    const { out } = await crossdock(['replay', '--stream', order])
    const token = /--confirm ([0-9a-f]{16})/.exec(out)![1]!
    const done = await crossdock(['replay', '--stream', order, '--confirm', token])
    expect([done.code, done.out]).toEqual([0, expect.stringMatching(/^Handed \d+ deliveries to the hub again as run/)])
    const run = /run ([0-9a-f]{12})/.exec(done.out)![1]!
    expect((await crossdock(['replay', '--runs'])).out).toContain(`${run} `)
    expect((await crossdock(['replay', '--undo', run])).out).toContain('Undoing it would say')
  })

  test('refuses what names nothing, or too much', async () => {
    const nothing = await crossdock(['replay'])
    expect([nothing.code, nothing.err]).toEqual([1, expect.stringContaining('Name a message')])
    const both = await crossdock(['replay', '--inbox', '1', '--stream', order, '--json'])
    expect(JSON.parse(both.out)).toMatchObject({ refused: 'selection_wrong' })
  })
})

describe('crossdock at', () => {
  test('shows a stream as it stood, with personal data masked', async () => {
    const { code, out } = await crossdock(['at', '--stream', order, '--version', '1', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ version: 1, event: { type: 'order.placed' }, state: { stage: 'placed' } })
    expect(out).not.toMatch(/[a-z]@example\.com/)
    expect((await crossdock(['at', '--stream', 'order/shopify-main/none'])).code).toBe(1)
    expect((await crossdock(['at', '--stream', order, '--time', 'noon'])).code).toBe(2)
  })
})

describe('crossdock shadow', () => {
  test('says what is missing before a connection may take over', async () => {
    const { code, out } = await crossdock(['shadow'], 'shadow.yaml')
    expect(code).toBe(1)
    expect(out).toContain('shopify-main: 0 compared')
    expect(out).toContain('Verdict: go on.')
    expect((await crossdock(['shadow'])).out).toContain('No connection is in shadow')
  })
})
