/** `crossdock stores` as an operator types it. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { storeList } from '#api/contract-stores.ts'
import { expect, onTestFinished, test } from 'vitest'
import { openTill } from '../support/till.ts'
import { openTillHub } from '../support/till-hub.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

async function operator() {
  const odoo = "url: 'http://odoo.sim', database: retail, user: hub@example.com, apiKey: test:odoo"
  const hub = await openTillHub({ stores: ['berlin-7', 'paris-1'], posting: 'none', odoo, fetch: async () => new Response('{}') }) // prettier-ignore
  onTestFinished(() => hub.close())
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-stores-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'crossdock.yaml')
  writeFileSync(
    file,
    `
database: env:TEST_DATABASE
erp: odoo
connections:
  odoo: { connector: odoo, config: { url: 'http://127.0.0.1:1', database: retail, user: hub@example.com, apiKey: env:ODOO_SECRET } }
policy:
  channels: {}
  stores: { berlin-7: { pool: WH }, paris-1: { pool: WH } }
`,
  )
  const env = { ...process.env, TEST_DATABASE: hub.engine.database.url, ODOO_SECRET: 'x' }
  const stores = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
    new Promise((resolve) => {
      execFile(process.execPath, [MAIN, 'stores', ...args, '--config', file], { env }, (error, out, err) => {
        resolve({ code: error ? Number(error.code ?? 1) : 0, out, err })
      })
    })
  return { hub, stores }
}

test('says where each till stands, and what is wrong with it', async () => {
  const { hub, stores } = await operator()
  const till = openTill({ storeId: 'berlin-7', registerId: 'till-1' })
  till.sell([{ sku: 'MUG', price: 1250 }])
  till.close()
  await hub.send('berlin-7', till.jsonl())
  await hub.drain()
  const well = await stores()
  expect(well).toMatchObject({ code: 0, err: '' })
  expect(well.out).toMatch(
    /^berlin-7\/till-1: closed, taken up to 2, last upload .*\.\nparis-1: no till was heard of yet\.\n$/,
  )

  const other = openTill({ storeId: 'paris-1', registerId: 'till-1' })
  for (let index = 0; index < 3; index += 1) other.noSale()
  await hub.send('paris-1', other.jsonl(2))
  await hub.drain()
  const gap = await stores('--store', 'paris-1')
  expect(gap.code).toBe(1)
  expect(gap.out).toContain('Missing: 1 to 2; 1 records wait for them.')
  const { stores: listed } = storeList.parse(JSON.parse((await stores('--json')).out))
  expect(listed.map(({ storeId, registers }) => [storeId, registers[0]?.status])).toEqual([
    ['berlin-7', 'closed'],
    ['paris-1', 'gap'],
  ])
  expect((await stores('--store', 'rome-1')).code).toBe(2)
})
