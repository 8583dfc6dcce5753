/** What a real Odoo was seen to do with reservations and addresses, so that the simulated one keeps doing it. */
import { expect, test } from 'vitest'
import { answer } from '../../kit/testing.ts'
import { estate, orderOf, saleAsk } from '../testing.ts'

const reserved = ({ sim }: ReturnType<typeof estate>) =>
  sim.openDeliveries().map(({ lines }) => lines.map((line) => line.reserved))

test('a count below what is reserved takes from the delivery planned last; one above gives to nobody', async () => {
  const at = estate()
  for (const id of ['1', '2']) {
    await answer(at.connection, 'sale.ensure', saleAsk(orderOf(id, [{ sku: 'MUG', quantity: 3 }])))
    at.clock.nowMs += 5_000
  }
  at.sim.count('MUG', 'WH', 4)
  expect(reserved(at)).toEqual([[3], [1]])
  at.sim.count('MUG', 'WH', 50)
  expect(reserved(at)).toEqual([[3], [1]])
  at.sim.receive('MUG', 'WH', 1)
  expect(reserved(at)).toEqual([[3], [3]])
})

test('a customer without an address takes that of the first contact', async () => {
  const { connection, sim } = estate()
  await answer(connection, 'sale.ensure', saleAsk(orderOf('1', [{ sku: 'MUG' }])))
  const body = { jsonrpc: '2.0', method: 'call', id: 1 }
  const call = async (service: string, method: string, args: unknown[]) => {
    const request = { ...body, params: { service, method, args } }
    const headers = { 'content-type': 'application/json' }
    const url = 'https://odoo.example.com/jsonrpc'
    const response = await sim.fetch(new Request(url, { method: 'POST', headers, body: JSON.stringify(request) }))
    return ((await response.json()) as { result: unknown }).result
  }
  const key = 'a-key-nobody-may-see'
  const uid = await call('common', 'authenticate', ['retail', 'hub@example.com', key, {}])
  const domain = [
    ['name', '=', 'Grace Hopper'],
    ['parent_id', '=', false],
  ]
  const asked = ['retail', uid, key, 'res.partner', 'search_read', [domain], { fields: ['street', 'city', 'zip'] }]
  expect(await call('object', 'execute_kw', asked)).toMatchObject([
    { street: '1 Navy Way', city: 'Austin', zip: '78701' },
  ])
})
