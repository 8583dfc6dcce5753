/** One partner for a person: archived when joined, followed by later orders, and nothing written that Odoo owns. */
import { expect, test } from 'vitest'
import { must } from '#canon/assert.ts'
import type { Ask } from '#core/intents.ts'
import { estate, type Estate, orderOf, saleAsk, sendAll } from './testing.ts'

const records = (owns?: ('name' | 'email' | 'phone')[]) =>
  estate({}, { customers: { from: 'records', owns: owns ?? ['name', 'email', 'phone'] } })
const shop = { key: 'shop-7', name: 'Ada Example', email: 'ada@example.com', externalRef: 'shop:7' }
const woo = { key: 'woo-9', name: 'Ada E.', email: 'ada@example.com', externalRef: 'woo:9' }

async function tell({ connection }: Estate, ask: Ask<'customer.ensure'>): Promise<string> {
  const [outcome] = await sendAll(connection, 'customer.ensure', [ask])
  return (outcome as { answer: { partnerId: string } }).answer.partnerId
}
const partner = ({ sim }: Estate, id: string) => sim.partners().find((one) => one['id'] === Number(id))
async function sell({ connection, sim }: Estate, externalId: string, key: string) {
  const order = orderOf(externalId, [{ sku: 'MUG' }], { customer: { key, name: 'As The Order Says' } })
  const [outcome] = await sendAll(connection, 'sale.ensure', [saleAsk(order)])
  expect(outcome).toHaveProperty('answer')
  return must(
    sim.beliefs().sales.find(({ orderName }) => orderName === order.name),
    'a sale',
  )
}

test('what is part of another is archived, never deleted, and comes back', async () => {
  const world = records()
  const [head, part] = [await tell(world, shop), await tell(world, woo)]
  expect(await tell(world, { ...woo, partOf: 'shop-7' })).toBe(part)
  expect(partner(world, part)).toMatchObject({ active: false, ref: 'crossdock.partner_shop-7', name: 'Ada E.' })
  expect(partner(world, head)).toMatchObject({ active: true, ref: 'shop:7' })
  await tell(world, { ...woo, partOf: null })
  expect(partner(world, part)).toMatchObject({ active: true, ref: 'woo:9' })
})

test('later orders are on the head, those before stay where they were', async () => {
  const world = records()
  await tell(world, shop)
  const part = await tell(world, woo)
  const before = await sell(world, '1001', 'woo-9')
  await tell(world, { ...woo, partOf: 'shop-7' })
  const after = await sell(world, '1002', 'woo-9')
  expect([before.customer, after.customer]).toEqual(['Ada E.', 'Ada Example'])
  expect((await sell(world, '1001', 'woo-9')).customer).toBe('Ada E.')
  // Addresses of posted papers stay with the partner they were made for.
  const children = world.sim.partners().filter((one) => one['parent_id'] === Number(part))
  expect(children).toHaveLength(1)
})

test('an order does not overwrite what the record says, and makes a partner where there is none', async () => {
  const world = records()
  const id = await tell(world, shop)
  await sell(world, '1001', 'shop-7')
  expect(partner(world, id)).toMatchObject({ name: 'Ada Example' })
  expect((await sell(world, '1002', 'shop-8')).customer).toBe('As The Order Says')
})

test('what Odoo owns is only said of a new partner', async () => {
  const world = records(['email'])
  const id = await tell(world, { ...shop, phone: '+1 555 0100' })
  await tell(world, { ...shop, name: 'Another', phone: '+1 555 0199', email: 'new@example.com' })
  expect(partner(world, id)).toMatchObject({ name: 'Ada Example', phone: '+1 555 0100', email: 'new@example.com' })
})
