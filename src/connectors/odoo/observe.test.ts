/** What another integration did in Odoo is read, compared, and never touched. */
import { expect, test } from 'vitest'
import type { Connection } from '../kit/connector.ts'
import type { Ask, IntentType } from '#core/intents.ts'
import { answer } from '../kit/testing.ts'
import { estate, invoiceAsk, orderOf, saleAsk } from './testing.ts'

const look = (connection: Connection, type: IntentType, ask: Ask<never>, overdue = false) =>
  connection.outbound[type]!.observe!({ key: 'k', attempt: 1, ask } as never, { overdue })

const order = orderOf('1001', [{ sku: 'MUG', quantity: 2 }])
const cancel = { orderRef: 'shop:1001', orderName: '#1001', reason: 'customer' }

test('a sale is found by the name of its order and compared; before it is confirmed there is none', async () => {
  const { connection, sim } = estate()
  const ask = saleAsk(order) as Ask<never>
  expect(await look(connection, 'sale.ensure', ask)).toBeNull()
  const { saleId, lines } = await answer(connection, 'sale.ensure', saleAsk(order))
  const before = JSON.stringify(sim.beliefs().sales)
  const seen = await look(connection, 'sale.ensure', ask)
  expect(seen).toMatchObject({ answer: { saleId, lines } })
  expect(seen!.theirs).toEqual(seen!.ours)
  expect(seen!.ours).toMatchObject({ 'MUG quantity': '2', 'MUG price': '12.50', 'sales': '1', 'warehouse': 'WH' })
  expect(JSON.stringify(sim.beliefs().sales)).toBe(before)
})

test('a cancellation is seen once the sale is cancelled; an open one is waited for, one that left says so', async () => {
  const { connection, sim } = estate()
  const { saleId } = await answer(connection, 'sale.ensure', saleAsk(order))
  expect(await look(connection, 'sale.cancel', cancel as Ask<never>, true)).toBeNull()
  sim.cancelInOdoo(Number(saleId))
  expect(await look(connection, 'sale.cancel', cancel as Ask<never>)).toMatchObject({ answer: { outcome: 'cancelled' } })
  const other = orderOf('1002', [{ sku: 'MUG' }])
  const second = await answer(connection, 'sale.ensure', saleAsk(other))
  sim.ship(Number(second.saleId))
  const shipped = await look(connection, 'sale.cancel', { ...cancel, orderRef: 'shop:1002', orderName: '#1002' } as Ask<never>)
  expect(shipped).toMatchObject({ answer: { outcome: 'shipped' } })
}) // prettier-ignore

test('a sale that was never entered counts as absent only after a while', async () => {
  const { connection } = estate()
  expect(await look(connection, 'sale.cancel', cancel as Ask<never>)).toBeNull()
  const late = await look(connection, 'sale.cancel', cancel as Ask<never>, true)
  expect(late).toMatchObject({ answer: { outcome: 'absent' }, ours: { state: 'cancelled' }, theirs: { state: 'absent' } })
}) // prettier-ignore

test('a posted invoice is compared to the cent, a draft is none', async () => {
  const { connection, sim } = estate()
  const { saleId } = await answer(connection, 'sale.ensure', saleAsk(order))
  const ask = invoiceAsk(order, saleId)
  expect(await look(connection, 'invoice.ensure', ask as Ask<never>)).toBeNull()
  sim.ship(Number(saleId))
  await answer(connection, 'invoice.ensure', ask)
  const seen = await look(connection, 'invoice.ensure', ask as Ask<never>)
  expect(seen!.theirs).toEqual(seen!.ours)
  const dearer = { ...ask, total: { ...ask.total, amount: ask.total.amount + 1 } }
  const other = await look(connection, 'invoice.ensure', dearer as Ask<never>)
  expect(other!.theirs['total']).not.toBe(other!.ours['total'])
})

test('a customer is known by e-mail address, and nothing of a person is compared', async () => {
  const { connection } = estate()
  const ask = { key: 'shop-77', name: 'Grace Hopper', email: 'grace@example.com', externalRef: '77' }
  expect(await look(connection, 'customer.ensure', ask as Ask<never>)).toBeNull()
  const { partnerId } = await answer(connection, 'customer.ensure', ask)
  expect(await look(connection, 'customer.ensure', ask as Ask<never>)).toEqual({ answer: { partnerId }, ours: {}, theirs: {} })
  const { email: _, ...nameless } = ask
  expect(await look(connection, 'customer.ensure', nameless as Ask<never>)).toBeNull()
}) // prettier-ignore
