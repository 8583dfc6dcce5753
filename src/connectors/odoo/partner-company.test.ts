/** A company with its people and its addresses, as Odoo likes them: each once, below the company. */
import { expect, test } from 'vitest'
import type { Order } from '#canon/order.ts'
import { estate, type Estate, orderOf, saleAsk, sendAll } from './testing.ts'

const kim = { id: 'kim', name: 'Kim Buyer', email: 'kim@harbour.example' }
const lee = { id: 'lee', name: 'Lee Night', phone: '+1 555 0100' }
const place = (street: string) => ({
  name: 'Kitchen',
  street,
  city: 'Austin',
  postcode: '78701',
  region: 'TX',
  country: 'US',
})

async function order({ connection }: Estate, id: string, contact: typeof kim | typeof lee, more: Partial<Order> = {}) {
  const customer = { key: 'b2b-C-9', externalId: 'C-9', name: 'Harbour Hotels', company: true, contact }
  const addresses = { shippingAddress: place('1 Quay'), billingAddress: place('2 Office') }
  const ask = saleAsk(orderOf(id, [{ sku: 'MUG' }], { customer, ...addresses, ...more }))
  expect((await sendAll(connection, 'sale.ensure', [ask]))[0]).toHaveProperty('answer')
}

test.each(['orders', 'records'] as const)('from %s: a company with two contacts has each once', async (from) => {
  const world = estate({}, { customers: { from, owns: ['name', 'email', 'phone'] } })
  await order(world, '1001', kim)
  await order(world, '1002', lee)
  await order(world, '1003', { ...kim, email: 'kim.b@harbour.example' })
  await order(world, '1004', lee, { shippingAddress: place('3 Annex') })
  const all = world.sim.partners()
  const company = all.filter((one) => one['name'] === 'Harbour Hotels')
  expect(company).toMatchObject([{ is_company: true, parent_id: false }])
  const below = all.filter((one) => one['parent_id'] === company[0]!['id'])
  expect(below.filter((one) => one['type'] === 'contact')).toMatchObject([
    { name: 'Kim Buyer', email: 'kim.b@harbour.example' },
    { name: 'Lee Night', phone: '+1 555 0100' },
  ])
  const streets = (type: string) => below.filter((one) => one['type'] === type).map((one) => one['street'])
  expect([streets('delivery'), streets('invoice')]).toEqual([['1 Quay', '3 Annex'], ['2 Office']])
  expect(world.sim.beliefs().sales.map(({ customer }) => customer)).toEqual(Array(4).fill('Harbour Hotels'))
})

test('a person is no company', async () => {
  const world = estate()
  await sendAll(world.connection, 'sale.ensure', [saleAsk(orderOf('1001', [{ sku: 'MUG' }]))])
  expect(world.sim.partners().filter((one) => one['is_company'] === true && one['name'] === 'Grace Hopper')).toEqual([])
})
