/** `crossdock stock` as an operator types it. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stockList, stockPage } from '#api/contract-stock.ts'
import { saveStreams } from '#store/journal.ts'
import { expect, onTestFinished, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

async function operator() {
  const database = await freshDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-stock-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'crossdock.yaml')
  writeFileSync(
    file,
    `
database: env:TEST_DATABASE
erp: odoo
connections:
  odoo: { connector: odoo, config: { url: 'http://127.0.0.1:1', database: retail, user: hub@example.com, apiKey: env:ODOO_SECRET } }
policy: { channels: {} }
`,
  )
  const env = { ...process.env, TEST_DATABASE: database.url, ODOO_SECRET: 'x' }
  const stock = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
    new Promise((resolve) => {
      execFile(process.execPath, [MAIN, 'stock', ...args, '--config', file], { env }, (error, out, err) => {
        resolve({ code: error ? Number(error.code ?? 1) : 0, out, err })
      })
    })
  return { database, stock }
}

test('lists stock, and shows of one SKU the sums behind its numbers', async () => {
  const { database, stock } = await operator()
  const channel = {
    name: 'shop', inventoryItemId: 'i', locationId: 'l', bound: 7, unexplained: 0, heard: 0, seen: 7, guessed: false,
    seenAt: null, flight: null, reading: null, trouble: null,
  } // prettier-ignore
  const hold = { orderRef: 'shop:1042', channel: 'shop', quantity: 2, confirmed: null, told: 'reserved' }
  const ledger = {
    version: 9, stocked: true, reading: { free: 9, onHand: 12 }, asked: null, stale: false,
    holds: [hold], channels: [channel],
  } // prettier-ignore
  const incidents = [
    { kind: 'negative', words: 'The ERP has -1 on hand: more was taken out than was there. Count it.' },
  ]
  const row = (sku: string, state: object, attention: boolean) => ({
    stream: `stock/WH/${sku}`, kind: 'stock', version: 9, state: JSON.stringify(state), label: sku,
    status: 'stocked', attention,
  }) // prettier-ignore
  const rows = [row('MUG', ledger, false), row('LAMP', { ...ledger, incidents }, true)]
  await saveStreams(database, rows, '2026-11-21T10:00:00.000Z')

  const one = await stock('--pool', 'WH', '--sku', 'MUG')
  expect(one).toMatchObject({ code: 0, err: '' })
  const lines = one.out.split('\n')
  expect(lines[0]).toBe('WH/MUG: 12 on hand, 9 free, 2 held, 7 to promise.')
  expect(lines).toContain('       -3  Reserved or waiting to leave, by the ERP')
  expect(lines).toContain('=       7  Can be promised')
  expect(lines).toContain('=       0  Offered nowhere')
  expect(lines).toContain('Held: 2 for shop 1042.')

  const all = await stock()
  expect(all.code).toBe(1)
  expect(all.out).toContain('  To look at: The ERP has -1 on hand')
  const listed = stockList.shape.rows.parse(JSON.parse((await stock('--attention', '--json')).out).rows)
  expect(listed.map(({ sku }) => sku)).toEqual(['LAMP'])
  const page = stockPage.parse(JSON.parse((await stock('--pool', 'WH', '--sku', 'MUG', '--json')).out))
  expect(page.sums.map(({ result }) => result.pieces)).toEqual([7, 0])
  expect((await stock('--pool', 'WH', '--sku', 'NONE')).code).toBe(2)
  expect((await stock('--sku', 'MUG')).err).toContain('--sku needs --pool.')
})

test('a flash sale: what a person says goes through the inbox like everything else', async () => {
  const { database, stock } = await operator()
  const ledger = { version: 1, stocked: true, reading: null, asked: null, stale: false, holds: [], channels: [] }
  const row = { stream: 'stock/WH/MUG', kind: 'stock', version: 1, state: JSON.stringify(ledger), label: 'MUG' }
  await saveStreams(database, [{ ...row, status: 'stocked', attention: false }], '2026-11-21T10:00:00.000Z')
  expect(await stock('--pool', 'WH', '--sku', 'MUG', '--set', 'exclusive')).toMatchObject({
    code: 0,
    out: 'MUG becomes exclusive.\n',
  })
  const told = await database.query<{ topic: string; body: Buffer }>('select topic, body from inbox')
  expect(told.map(({ topic, body }) => [topic, JSON.parse(String(body))])).toEqual([
    ['stock/WH/MUG', { type: 'stock.mode', mode: 'exclusive' }],
  ])
})
