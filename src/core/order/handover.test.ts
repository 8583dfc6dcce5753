/** Orders with parts in warehouses of others: handed over once, and stopped there before the sale is cancelled. */
import { describe, expect, it } from 'vitest'
import type { Done } from '../intents.ts'
import { given } from '../testing/given.ts'
import { anOrder, orderLine, policyWith, second } from '../testing/sample.ts'
import { movesBetween } from './demand.ts'
import { order, type OrderEvent } from './order.ts'

const first = anOrder({ lines: [orderLine(), orderLine({ id: 'L-2', sku: 'BOWL', quantity: 1 })] })
const demand = [
  { sku: 'BOWL', quantity: 1 },
  { sku: 'MUG', quantity: 2 },
]
const placed: OrderEvent = { type: 'order.placed', order: first, pool: 'WH', demand, moves: movesBetween(null, first) }
const released: OrderEvent = {
  type: 'order.released',
  order: first,
  pool: 'WH',
  sources: [{ sku: 'BOWL', pool: 'W3' }],
}
const policy = { ...policyWith(), warehouses: { W3: { fulfilledBy: 'bob' }, W4: { fulfilledBy: 'bob' } } }
const sale = (warehouse = 'WH', of = first): Done => ({
  type: 'done',
  intent: 'sale.ensure',
  version: 2,
  ask: { order: of, orderRef: 'shop:1001', warehouse, sources: [{ sku: 'BOWL', warehouse: 'W3' }] },
  answer: {
    saleId: '9',
    saleName: 'S00009',
    total: of.total,
    lines: [
      { lineId: 'L-1', saleLineId: '91' },
      { lineId: 'L-2', saleLineId: '92' },
    ],
  },
})
const line = (lineId: string, sku: string, quantity: number) => ({
  lineId,
  saleLineId: '9',
  sku,
  title: sku,
  quantity,
  unitPrice: { amount: 1, currency: 'USD' },
})
const confirmed = (...pools: string[]): OrderEvent => ({
  type: 'order.confirmed',
  saleId: '9',
  saleName: 'S00009',
  lines: [],
  held: [],
  at: second(9),
  handed: pools.map((pool) => ({ pool, fulfiller: 'bob', lines: [line('L-2', 'BOWL', 1)] })),
})
const cancel = { type: 'order.cancel' as const, reason: 'customer', at: second(10) }
const told = (pool: string, outcome: 'cancelled' | 'kept' | 'failed') => ({
  type: 'order.noteWarehouse' as const,
  pool,
  outcome,
  detail: 'picked',
})
const inWarehouse = (pool: string, command: object) => ({
  note: true as const,
  stream: `warehouse-order/shop/1001/${pool}`,
  command,
})
const fulfilment = { note: true as const, stream: 'fulfilment/shop/1001' }

describe('a part that a warehouse of others sends', () => {
  it('is handed over when the sale is confirmed: its lines alone, under the lines of the sale', () => {
    const { state } = given(order, placed, released)
      .under(policy)
      .when(sale())
      .owes(
        { stream: 'stock/WH/BOWL' },
        { stream: 'stock/WH/MUG' },
        fulfilment,
        inWarehouse('W3', {
          type: 'warehouseOrder.open',
          fulfiller: 'bob',
          instruction: {
            reference: 'shop:1001:W3',
            lines: [{ lineId: 'L-2', saleLineId: '92', sku: 'BOWL', quantity: 1 }],
          },
        }),
      )
    expect(state.handed).toEqual([{ pool: 'W3', fulfiller: 'bob', cancelled: false }])
  })

  it('is not handed over once the order is cancelled', () => {
    const { state } = given(order, placed, released, {
      type: 'order.cancelRequested',
      reason: 'customer',
      at: second(3),
    })
      .under(policy)
      .when(sale())
    expect(state.handed).toBeUndefined()
  })

  it('without an address is a case', () => {
    const { state } = given(order, placed, released)
      .under(policy)
      .when(sale('WH', { ...first, shippingAddress: null }))
    expect(state.handed).toBeUndefined()
    expect(state.exceptions).toMatchObject([{ code: 'warehouse_address' }])
  })
})

describe('cancelling', () => {
  const history = [placed, released, confirmed('W3', 'W4')]

  it('stops every warehouse first, and cancels the sale when the last has said yes', () => {
    given(order, ...history)
      .under(policy)
      .when(cancel, told('W3', 'cancelled'), told('W4', 'cancelled'))
      .owes(
        inWarehouse('W3', { type: 'warehouseOrder.cancel', reason: 'customer' }),
        inWarehouse('W4', { type: 'warehouseOrder.cancel', reason: 'customer' }),
        { type: 'sale.cancel', to: 'erp', ask: { orderRef: 'shop:1001', reason: 'customer' } },
      )
  })

  it('too late in one warehouse: the sale stays, and a person hears of it and of what the other stopped', () => {
    const { state } = given(order, ...history)
      .under(policy)
      .when(cancel, told('W3', 'cancelled'), told('W4', 'kept'))
      .owes(inWarehouse('W3', {}), inWarehouse('W4', {}))
    expect(state.exceptions.map(({ code }) => code)).toEqual(['cancelled_after_shipment', 'warehouse_cancelled'])
    expect(state.cancel).toMatchObject({ done: true })
  })

  it('that failed is asked again of those who have not said yes', () => {
    given(order, ...history)
      .under(policy)
      .when(cancel, told('W3', 'cancelled'), told('W4', 'failed'), { type: 'order.retry' })
      .owes(inWarehouse('W3', {}), inWarehouse('W4', {}), inWarehouse('W4', { type: 'warehouseOrder.cancel' }))
  })
})
