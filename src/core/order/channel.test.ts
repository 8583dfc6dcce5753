/** Orders that the channel ships itself from goods of ours: booked in a warehouse of their own, and nothing else. */
import { describe, expect, it } from 'vitest'
import type { Order } from '#canon/order.ts'
import type { Done } from '../intents.ts'
import { given } from '../testing/given.ts'
import { anOrder, orderLine, policyWith, second } from '../testing/sample.ts'
import { order, type OrderEvent } from './order.ts'

const byChannel = (change: Partial<Order> = {}): Order =>
  anOrder({ fulfilledBy: 'channel', shippingAddress: null, ...change })
const observe = (change: Partial<Order> = {}) => ({ type: 'order.observe' as const, order: byChannel(change) })
const POLICY = policyWith({ channelPool: 'FBA' })
const customer = { note: true as const, stream: 'customer/shop-7' }
const placed: OrderEvent = { type: 'order.placed', order: byChannel(), pool: 'FBA', demand: [], moves: [] }
const released: OrderEvent = { type: 'order.released', order: byChannel(), pool: 'FBA' }
const confirmed: OrderEvent = {
  type: 'order.confirmed', saleId: '9', saleName: 'S9', lines: [{ lineId: 'L-1', saleLineId: '91' }],
  held: [], at: second(9),
} // prettier-ignore
const left = [{ id: 'amazon', status: 'success' as const, lines: [{ lineId: 'L-1', quantity: 2 }] }]

describe('an order that the channel ships itself', () => {
  it('holds no stock of ours, and is booked in the warehouse for goods there', () => {
    given(order)
      .under(POLICY)
      .when(observe())
      .then({ type: 'order.placed', pool: 'FBA', demand: [], moves: [] }, { type: 'order.released', pool: 'FBA' })
      .owes(customer, { type: 'sale.ensure', to: 'erp', ask: { warehouse: 'FBA' } })
  })

  it('waits under a name while nobody has named that warehouse, and goes on when somebody has', () => {
    const { state } = given(order).when(observe()).owes(customer)
    expect(state).toMatchObject({ stage: 'placed', pool: '', exceptions: [{ code: 'channel_pool_missing' }] })
    given(order, { ...placed, pool: '' })
      .under(POLICY)
      .when(observe({ updatedAt: second(1) }))
      .then({ type: 'order.changed' }, { type: 'order.released', pool: 'FBA' })
      .owes({ type: 'sale.ensure', ask: { warehouse: 'FBA' } })
  })

  it('asks nobody to ship: its parcels are told by the channel, and then it is invoiced and done', () => {
    const answer = { saleId: '9', saleName: 'S9', total: byChannel().total, lines: [] }
    const ask = { order: byChannel(), orderRef: 'shop:1001', warehouse: 'FBA' }
    const done: Done = { type: 'done', intent: 'sale.ensure', version: 2, ask, answer }
    given(order, placed, released)
      .under(POLICY)
      .when(done)
      .then({ type: 'order.confirmed', held: [] })
      .owes({ note: true, stream: 'fulfilment/shop/1001' })
    given(order, placed, released, confirmed)
      .under(POLICY)
      .when(observe({ updatedAt: second(10), fulfilments: left }))
      .then(
        { type: 'order.changed', changes: ['fulfilments'] },
        { type: 'order.leftChannel', key: 'sent-1', lines: [{ lineId: 'L-1', saleLineId: '91', quantity: 2 }] },
        { type: 'order.shipped', complete: true, announced: true, date: '2026-11-20' },
        { type: 'order.invoiceRequested' },
      )
      // The delivery first: the ERP invoices what was delivered.
      .owes({ type: 'delivery.ensure', to: 'erp' }, { type: 'invoice.ensure', to: 'erp' })
    const never = policyWith({ channelPool: 'FBA', invoice: 'never' })
    given(order, placed, released, confirmed)
      .under(never)
      .when(observe({ updatedAt: second(10), fulfilments: left }))
      .then(
        { type: 'order.changed' },
        { type: 'order.leftChannel' },
        { type: 'order.shipped' },
        { type: 'order.completed' },
      )
  })

  it('whose invoice found nothing yet is invoiced when the ERP has the delivery', () => {
    const shipped: OrderEvent = { type: 'order.shipped', complete: true, announced: true, date: '2026-11-20' }
    const asked: OrderEvent = { type: 'order.invoiceRequested', order: byChannel(), saleId: '9', date: '2026-11-20' }
    const none: OrderEvent = { type: 'order.exceptionRaised', code: 'invoice_failed', detail: 'Not delivered yet.' }
    const left = { type: 'order.noteShipped' as const, complete: true, announced: true, date: '2026-11-21' }
    given(order, placed, released, confirmed, shipped, asked, none)
      .under(POLICY)
      .when(left, left)
      .then({ type: 'order.invoiceRequested' })
      .owes({ type: 'invoice.ensure', to: 'erp' })
  })

  it('of which a part has left is not done', () => {
    const half = [{ ...left[0]!, lines: [{ lineId: 'L-1', quantity: 1 }] }]
    given(order, placed, released, confirmed)
      .under(POLICY)
      .when(observe({ updatedAt: second(10), fulfilments: half }))
      .then({ type: 'order.changed' }, { type: 'order.leftChannel', lines: [{ lineId: 'L-1', quantity: 1 }] })
      .owes({
        type: 'delivery.ensure',
        to: 'erp',
        ask: { warehouse: 'FBA', lines: [{ saleLineId: '91', quantity: 1 }] },
      })
  })

  it('whose delivery the ERP did not complete is raised, and asked for again with the same pieces', () => {
    const fault = { kind: 'rejected', code: 'odoo.not_delivered', message: 'It asked something.' }
    const { state } = given(order, placed, released, confirmed)
      .under(POLICY)
      .when(
        observe({ updatedAt: second(10), fulfilments: left }),
        { type: 'failed', intent: 'delivery.ensure', version: 9, fault },
        { type: 'order.retry' },
      )
      .owes(
        { type: 'delivery.ensure' },
        { type: 'invoice.ensure' },
        { type: 'delivery.ensure', ask: { key: 'sent-1', lines: [{ saleLineId: '91', quantity: 2 }] } },
      )
    expect(state.exceptions).toEqual([])
  })

  it('is cancelled at the ERP like any other, and moves no stock', () => {
    const lines = [orderLine({ quantity: 0, restocked: 2 })]
    given(order, placed, released)
      .under(POLICY)
      .when(observe({ updatedAt: second(10), cancelledAt: second(10), lines }))
      .then({ type: 'order.changed', moves: [] }, { type: 'order.cancelRequested' })
      .owes({ type: 'sale.cancel', to: 'erp' })
  })
})

it('an address that the channel tells later is not missing', () => {
  const pending = anOrder({ shippingAddress: null, addressFollows: true, paymentStatus: 'pending' })
  const { state } = given(order).when({ type: 'order.observe', order: pending })
  expect(state.exceptions.map(({ code }) => code)).toEqual(['payment_pending', 'stock_asked'])
})
