/** What `doctor` would say about an Odoo that is fine, and about one that is not. */
import { expect, test } from 'vitest'
import { API_KEY, estate } from './testing.ts'

test.for([18, 19] as const)('a well set up Odoo %i has nothing to complain of', async (version) => {
  const { connection } = estate({ version })
  const findings = await connection.check()
  expect(findings.filter(({ level }) => level !== 'ok')).toEqual([])
  expect(findings.map(({ about }) => about)).toEqual(
    ['version', 'permissions', 'clock', 'modules', 'warehouses', 'products', 'taxes', 'rounding', 'e-mail', 'kits'],
  ) // prettier-ignore
})

test('everything that is wrong is said, with a cure', async () => {
  const { sim, connection, clock } = estate(
    { users: [{ login: 'hub@example.com', key: API_KEY, email: null, denied: ['account.move'] }] },
    { warehouses: { berlin: 'ST9' }, products: { shippingSku: 'CARRIAGE', discountSku: 'MUG', giftCardSku: 'BOWL' } },
  )
  sim.addTax({ name: 'bare', amount: 7, account: false })
  const fetch = sim.fetch
  sim.fetch = async (request) => {
    const response = await fetch(request)
    response.headers.set('date', new Date(clock.nowMs + 600_000).toUTCString())
    return response
  }
  const findings = await connection.check()
  const wrong = findings.filter(({ level }) => level !== 'ok')
  expect(wrong.map(({ about }) => about)).toEqual(
    ['permissions', 'clock', 'warehouses', 'products', 'products', 'products', 'taxes', 'e-mail'],
  ) // prettier-ignore
  expect(wrong.every(({ cure }) => cure)).toBe(true)
  expect(wrong.find(({ about }) => about === 'permissions')!.message).toContain('create account.move')
  expect(wrong.find(({ about }) => about === 'taxes')!.message).toContain('bare')
})

test("where suppliers' lists are read, the right to write their prices is looked for, and who buys by them", async () => {
  const about = async (options: Parameters<typeof estate>[0]) => {
    const { connection } = estate(options, { suppliers: true })
    return (await connection.check())
      .filter((one) => one.about === 'suppliers')
      .map(({ level, message }) => [level, message])
  }
  const bare = ['warning', expect.stringContaining('purchase app is not installed')]
  expect(await about({})).toEqual([bare])
  const users = [{ login: 'hub@example.com', key: API_KEY, denied: ['product.supplierinfo'] }]
  expect(await about({ users })).toEqual([['error', expect.stringContaining('may not read, create, write')], bare])
})
