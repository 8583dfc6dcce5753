/** `crossdock customers` as an operator types it; what is decided is done by the hub. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { policySchema } from '#policy/policy.ts'
import { aHub } from '../holds/hub.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

async function operator() {
  const { customers } = policySchema.parse({ channels: {}, customers: { country: 'US' }, reconcile: {} })
  const hub = await aHub({ policy: { customers } })
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-customers-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'crossdock.yaml')
  writeFileSync(
    file,
    `
database: env:TEST_DATABASE
erp: odoo
connections:
  odoo: { connector: odoo, config: { url: 'http://127.0.0.1:1', database: retail, user: hub@example.com, apiKey: env:ODOO_SECRET } }
policy: { channels: {}, customers: { country: US } }
`,
  )
  const env = { ...process.env, TEST_DATABASE: hub.engine.database.url, ODOO_SECRET: 'x' }
  const type = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
    new Promise((resolve) => {
      execFile(process.execPath, [MAIN, 'customers', ...args, '--config', file], { env }, (error, out, err) => {
        resolve({ code: error ? Number(error.code ?? 1) : 0, out, err })
      })
    })
  return { hub, type }
}

const ada = { name: 'Ada Example', email: 'ada@example.com' }

test('finds, says what joining would do, joins, and shows who said what', async () => {
  const { hub, type } = await operator()
  await hub.order('1001', { customer: { key: 'shop-7', externalId: '7', ...ada } })
  await hub.order('1002', { customer: { key: 'woo-9', externalId: '9', ...ada } })
  const pair = ['join', '--key', 'shop-7', '--with', 'woo-9']
  const [found, waiting, preview] = await Promise.all([
    type('find', '--email', 'ADA@example.com'),
    type('review'),
    type(...pair, '--preview', '--json'),
  ])
  expect(found).toMatchObject({ code: 0, err: '' })
  expect(found.out).toMatch(/^shop-7 {2}A••• E•••.*\nwoo-9 {2}.*1 to review\n$/)
  expect(waiting.code).toBe(1)
  expect(waiting.out).toContain('woo-9  shop-7  100 of 100: email same (60)')
  expect(JSON.parse(preview.out)).toMatchObject({ done: false, possible: true, key: 'woo-9' })
  expect((await type(...pair, '--by', 'Kim')).code).toBe(0)
  await hub.work()
  const [clear, masked] = await Promise.all([type('show', '--key', 'woo-9', '--clear'), type('show', '--key', 'woo-9')])
  expect(clear.out).toContain('woo-9, part of shop-7 since')
  expect(clear.out).toMatch(/email: ada@example.com {2}agreed, shop \((shop-7|woo-9)\)/)
  expect(masked.out).toContain('email: •••@•••')
  expect(masked.out).not.toContain('ada@example.com')
})

test('takes a record out again, once, and nobody that is not there', async () => {
  const { hub, type } = await operator()
  await hub.order('1001', { customer: { key: 'shop-7', externalId: '7', ...ada } })
  await hub.order('1002', { customer: { key: 'woo-9', externalId: '9', ...ada } })
  const command = { type: 'customer.join', with: 'shop-7', by: 'Kim', note: '' }
  await hub.hand('messages', [{ stream: 'customer/woo-9', command }])
  expect((await type('part', '--key', 'woo-9', '--by', 'Kim', '--text', 'Mistaken')).code).toBe(0)
  await hub.work()
  const [again, nobody] = await Promise.all([type('part', '--key', 'woo-9'), type('show', '--key', 'nobody')])
  expect([again.code, again.out]).toEqual([1, 'It is not part of another record.\nNothing was done.\n'])
  expect(nobody).toMatchObject({ code: 2, out: '' })
})

test('looks for those who were known before the policy was', async () => {
  const { hub, type } = await operator()
  const { customers, ...before } = hub.engine.policy
  hub.engine.policy = before
  for (const [n, key] of ['shop-7', 'woo-9'].entries())
    await hub.order(`100${n}`, { customer: { key, externalId: `${n}`, ...ada } })
  hub.engine.policy = { ...before, customers }
  expect(await type('review')).toMatchObject({ code: 0 })
  expect(JSON.parse((await type('look', '--json')).out)).toEqual({ told: 2 })
  await hub.work()
  expect(await type('review')).toMatchObject({ code: 1 })
})
