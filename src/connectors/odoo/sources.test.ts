/** One sale whose lines leave from two warehouses: two deliveries, one invoice, and one cancellation for all of it. */
import { describe, expect, test } from 'vitest'
import { answer, fault } from '../kit/testing.ts'
import { estate, invoiceAsk, orderOf, saleAsk } from './testing.ts'

const OPTIONS = {
  warehouses: ['WH', 'ST1'],
  products: [
    { sku: 'MUG', name: 'Blue mug', price: 12.5, available: { WH: 10, ST1: 10 } },
    { sku: 'BOWL', name: 'Red bowl', price: 5, available: { WH: 10, ST1: 10 } },
  ],
}
const free = async (connection: ReturnType<typeof estate>['connection'], sku: string, warehouse: string) =>
  (await answer(connection, 'stock.read', { sku, warehouse })).free

describe.for([18, 19] as const)('a sale from two warehouses in Odoo %s', (version) => {
  const open = () => estate({ ...OPTIONS, version })
  const order = orderOf('9', [{ sku: 'MUG', quantity: 2 }, { sku: 'BOWL' }])
  const ask = { ...saleAsk(order), sources: [{ sku: 'BOWL', warehouse: 'ST1' }] }

  test('takes each line from where it is meant to come from, however often it is asked', async () => {
    const { sim, connection } = open()
    const first = await answer(connection, 'sale.ensure', ask)
    expect(await answer(connection, 'sale.ensure', ask)).toEqual(first)
    expect(await free(connection, 'MUG', 'WH')).toBe(8)
    expect(await free(connection, 'BOWL', 'WH')).toBe(10)
    expect(await free(connection, 'BOWL', 'ST1')).toBe(9)
    sim.ship('shop:9')
    sim.ship('shop:9')
    const invoice = await answer(connection, 'invoice.ensure', invoiceAsk(order, first.saleId))
    expect(invoice.total).toEqual(order.total)
  })

  test('is cancelled in both', async () => {
    const { connection } = open()
    await answer(connection, 'sale.ensure', ask)
    const asked = { orderRef: 'shop:9', reason: 'x' }
    expect(await answer(connection, 'sale.cancel', asked)).toEqual({ outcome: 'cancelled' })
    expect(await free(connection, 'MUG', 'WH')).toBe(10)
    expect(await free(connection, 'BOWL', 'ST1')).toBe(10)
  })

  test('is refused for a warehouse that is not there', async () => {
    const { connection } = open()
    const asked = { ...ask, sources: [{ sku: 'BOWL', warehouse: 'MOON' }] }
    expect((await fault(connection, 'sale.ensure', asked)).code).toBe('odoo.warehouse_unknown')
  })
})
