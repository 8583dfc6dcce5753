/** Cancelling undoes exactly what was done, whenever it comes. */
import { describe, expect, it } from 'vitest'
import type { Answer, Done } from '../intents.ts'
import { given } from '../testing/given.ts'
import { anOrder, orderLine, policyWith, second } from '../testing/sample.ts'
import { movesBetween } from './demand.ts'
import { order, type OrderEvent } from './order.ts'

const first = anOrder()
const demand = [{ sku: 'MUG', quantity: 2 }]
const placed: OrderEvent = { type: 'order.placed', order: first, pool: 'WH', demand, moves: movesBetween(null, first) }
const reserved: OrderEvent = { type: 'order.holdNoted', sku: 'MUG', outcome: 'reserved' }
const released: OrderEvent = { type: 'order.released', order: first, pool: 'WH' }
const confirmed: OrderEvent = {
  type: 'order.confirmed', saleId: '9', saleName: 'S00009', lines: [], held: demand, at: second(9),
} // prettier-ignore
const requested: OrderEvent = { type: 'order.cancelRequested', reason: 'customer', at: second(10) }
const orderRef = 'shop:1001'

const cancel = { type: 'order.cancel' as const, reason: 'customer', at: second(10) }
/** The channel's picture of the cancelled order: nothing wanted, everything back on its shelf. */
const cancelledPicture = anOrder({
  updatedAt: second(10),
  cancelledAt: second(10),
  cancelReason: 'customer',
  lines: [orderLine({ quantity: 0, restocked: 2 })],
})
const observeCancelled = { type: 'order.observe' as const, order: cancelledPicture }
const settled = (outcome: Answer<'sale.cancel'>['outcome']): Done => ({
  type: 'done', intent: 'sale.cancel', version: 5, ask: { orderRef, reason: 'customer' }, answer: { outcome },
}) // prettier-ignore
const toStock = (command: object) => ({ note: true as const, stream: 'stock/WH/MUG', command })
const release = toStock({ type: 'stock.release', orderRef })
const saleCancel = {
  type: 'sale.cancel' as const, to: 'erp', ask: { orderRef, orderName: '#1001', reason: 'customer' },
} // prettier-ignore

describe('a cancellation', () => {
  it('that comes before its order keeps the order from ever being released', () => {
    const early = given(order).when(cancel).then({ type: 'order.cancelled', reason: 'customer' }).owes()
    expect(early.state.stage).toBe('absent')
    const { state } = given(order, { type: 'order.cancelled', reason: 'customer', at: second(10) })
      .when({ type: 'order.observe', order: first }, { type: 'order.noteHold', sku: 'MUG', outcome: 'reserved' })
      .then({ type: 'order.placed' }, { type: 'order.cancelled', at: second(10) }, { type: 'order.holdNoted' })
      .owes(toStock({ change: 2 }), { note: true, stream: 'customer/shop-7' }, release)
    expect(state.stage).toBe('cancelled')
  })

  it('that comes with its order asks nothing of the ERP', () => {
    given(order)
      .when(observeCancelled)
      .then({ type: 'order.placed' }, { type: 'order.cancelled', reason: 'customer' })
      .owes(toStock({ type: 'stock.hold', change: 0, sold: 2, restocked: 2 }), {
        note: true,
        stream: 'customer/shop-7',
      })
  })

  it('while stock is being asked gives the holds back and is done', () => {
    given(order, placed).when(cancel).then({ type: 'order.cancelled' }).owes(release)
  })

  it('says what the channel put back in the same note that lowers the hold', () => {
    given(order, placed, reserved)
      .when(observeCancelled)
      .then({ type: 'order.changed' }, { type: 'order.cancelled' })
      .owes(toStock({ type: 'stock.hold', change: -2, sold: 0, restocked: 2 }), release)
  })

  it('after release asks the ERP first, and gives the holds back when the ERP has answered', () => {
    given(order, placed, reserved, released).when(cancel).then({ type: 'order.cancelRequested' }).owes(saleCancel)
    for (const outcome of ['cancelled', 'absent'] as const) {
      const { state } = given(order, placed, reserved, released, requested)
        .when(settled(outcome))
        .then({ type: 'order.cancelled', reason: 'customer' })
        .owes(release)
      expect(state.stage).toBe('cancelled')
    }
  })

  it('that overtakes the answer of the sale still ends cancelled', () => {
    const done: Done = {
      type: 'done', intent: 'sale.ensure', version: 3, ask: { order: first, orderRef, warehouse: 'WH' },
      answer: { saleId: '9', saleName: 'S00009', total: first.total, lines: [] },
    } // prettier-ignore
    const { state } = given(order, placed, reserved, released, requested)
      .when(done, settled('cancelled'))
      .then({ type: 'order.confirmed' }, { type: 'order.cancelled' })
    expect(state.stage).toBe('cancelled')
  })

  it.each([
    ['partly_shipped', 'Part of it'],
    ['shipped', 'All of it'],
  ] as const)('finds the goods %s: a person arranges the return, nothing is undone', (outcome, words) => {
    const { state } = given(order, placed, reserved, released, confirmed, requested)
      .when(settled(outcome))
      .then({ type: 'order.cancelRefused', outcome })
      .owes()
    expect(state.exceptions).toMatchObject([{ code: 'cancelled_after_shipment' }])
    expect(state.exceptions[0]!.detail).toContain(words)
    expect(state.cancel?.done).toBe(true)
  })

  it('after completion asks the ERP all the same', () => {
    given(order, placed, reserved, released, confirmed, { type: 'order.completed' })
      .when(cancel)
      .then({ type: 'order.cancelRequested' })
      .owes(saleCancel)
  })

  it('said twice is done once', () => {
    given(order, placed, reserved, released, requested).when(cancel, cancel).thenNothing()
    given(order, placed, { type: 'order.cancelled', reason: 'customer', at: second(10) })
      .when(cancel)
      .thenNothing()
  })

  it('that the ERP could not do is raised, and asked for again when told to', () => {
    const fault = { kind: 'rejected', code: 'odoo.no', message: 'Odoo said no.' }
    const history = [placed, reserved, released, confirmed, requested]
    const { state } = given(order, ...history)
      .when({ type: 'failed', intent: 'sale.cancel', version: 5, fault })
      .then({ type: 'order.cancelRefused', outcome: 'failed' })
    expect(state.exceptions).toMatchObject([{ code: 'cancel_failed' }])
    const again = given(order, ...history, { type: 'order.cancelRefused', outcome: 'failed', detail: 'Odoo said no.' })
      .when({ type: 'order.retry' })
      .then({ type: 'order.cancelRequested', reason: 'customer' })
      .owes(saleCancel)
    expect(again.state.exceptions).toEqual([])
  })

  it('after a refused sale asks the ERP too: the sale may exist', () => {
    given(order, placed, reserved, released, { type: 'order.releaseFailed', code: 'x', message: 'x' })
      .when(cancel)
      .then({ type: 'order.cancelRequested' })
      .owes(saleCancel)
  })

  it('keeps everything shipped afterwards from being invoiced', () => {
    given(order, placed, reserved, released, confirmed, requested)
      .under(policyWith())
      .when({ type: 'order.noteShipped', complete: true, announced: true, date: '2026-11-20' })
      .then({ type: 'order.shipped' })
      .owes()
  })
})
