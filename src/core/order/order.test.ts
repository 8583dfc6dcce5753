/** The life of an order from placed to completed, one sentence per step. */
import { describe, expect, it } from 'vitest'
import type { Done } from '../intents.ts'
import { given } from '../testing/given.ts'
import { anOrder, orderLine, policyWith, second } from '../testing/sample.ts'
import { movesBetween } from './demand.ts'
import { order, type OrderEvent } from './order.ts'

const first = anOrder()
const demand = [{ sku: 'MUG', quantity: 2 }]
const placed: OrderEvent = { type: 'order.placed', order: first, pool: 'WH', demand, moves: movesBetween(null, first) }
const reserved: OrderEvent = { type: 'order.holdNoted', sku: 'MUG', outcome: 'reserved' }
const released: OrderEvent = { type: 'order.released', order: first, pool: 'WH' }
const lines = [{ lineId: 'L-1', saleLineId: '51' }]
const confirmed: OrderEvent = {
  type: 'order.confirmed', saleId: '9', saleName: 'S00009', lines, held: demand, at: second(9),
} // prettier-ignore
const shipped: OrderEvent = { type: 'order.shipped', complete: true, announced: false, date: '2026-11-20' }
const invoiceRequested: OrderEvent = { type: 'order.invoiceRequested', order: first, saleId: '9', date: '2026-11-20' }
const invoiced: OrderEvent = { type: 'order.invoiced', invoiceId: '3', number: 'INV/3' }
const announced: OrderEvent = { ...shipped, announced: true }
const orderRef = 'shop:1001'

const observe = (change: Parameters<typeof anOrder>[0] = {}) => ({
  type: 'order.observe' as const,
  order: anOrder(change),
})
const noteReserved = { type: 'order.noteHold' as const, sku: 'MUG', outcome: 'reserved' as const }
const saleDone: Done = {
  type: 'done', intent: 'sale.ensure', version: 3,
  ask: { order: first, orderRef, warehouse: 'WH' },
  answer: { saleId: '9', saleName: 'S00009', total: first.total, lines },
} // prettier-ignore
const invoiceDone: Done = {
  type: 'done', intent: 'invoice.ensure', version: 6,
  ask: { orderRef, saleId: '9', total: first.total, totalTax: first.totalTax, date: '2026-11-20', complete: true },
  answer: { invoiceId: '3', number: 'INV/3', total: first.total },
} // prettier-ignore
const failed = (intent: 'sale.ensure' | 'invoice.ensure', version: number) => ({
  type: 'failed' as const, intent, version, fault: { kind: 'rejected', code: 'odoo.no', message: 'Odoo said no.' },
}) // prettier-ignore

describe('from placed to completed', () => {
  it('a placed order asks stock for its goods and makes its customer known', () => {
    given(order)
      .when(observe())
      .then(
        { type: 'order.placed', pool: 'WH', demand },
        { type: 'order.heldBack', exceptions: [{ code: 'stock_asked' }] },
      )
      .owes(
        {
          note: true,
          stream: 'stock/WH/MUG',
          command: { type: 'stock.hold', orderRef, change: 2, sold: 2, restocked: 0 },
        },
        { note: true, stream: 'customer/shop-7', command: { type: 'customer.record', channel: 'shop' } },
      )
  })

  it('asks once per SKU for the sum of its lines, and never for gift cards and services', () => {
    const all = [
      orderLine({ id: 'a', quantity: 1 }),
      orderLine({ id: 'b', quantity: 2 }),
      orderLine({ id: 'c', sku: 'GIFT', giftCard: true }),
      orderLine({ id: 'd', sku: 'WRAP', requiresShipping: false }),
    ]
    given(order)
      .when(observe({ lines: all, customer: null }))
      .owes({ note: true, stream: 'stock/WH/MUG', command: { change: 3 } })
  })

  it('goes to the ERP once its goods are reserved', () => {
    given(order, placed)
      .when(noteReserved)
      .then(reserved, released)
      .owes({ type: 'sale.ensure', to: 'erp', ask: { orderRef, warehouse: 'WH', order: { externalId: '1001' } } })
  })

  it('once confirmed hands the holds over and opens the fulfilment with the lines of the sale', () => {
    given(order, placed, reserved, released)
      .when(saleDone)
      .then({ type: 'order.confirmed', saleId: '9', held: demand })
      .owes(
        { note: true, stream: 'stock/WH/MUG', command: { type: 'stock.confirmHold', orderRef, quantity: 2 } },
        {
          note: true,
          stream: 'fulfilment/shop/1001',
          command: { type: 'fulfilment.open', lines: [{ lineId: 'L-1', saleLineId: '51', quantity: 2 }] },
        },
      )
  })

  it('is invoiced when everything has left, for the total of the order', () => {
    given(order, placed, reserved, released, confirmed)
      .when({ type: 'order.noteShipped', complete: true, announced: false, date: '2026-11-20' })
      .then(shipped, invoiceRequested)
      .owes({ type: 'invoice.ensure', to: 'erp', ask: { orderRef, saleId: '9', total: first.total } })
  })

  it('is not invoiced while part of it is still in the warehouse', () => {
    given(order, placed, reserved, released, confirmed)
      .when({ type: 'order.noteShipped', complete: false, announced: true, date: '2026-11-20' })
      .then({ type: 'order.shipped', complete: false })
      .owes()
  })

  it('completes when invoiced and announced, whichever comes last', () => {
    const history = [placed, reserved, released, confirmed, shipped, invoiceRequested]
    const noteAnnounced = { type: 'order.noteShipped', complete: true, announced: true, date: '2026-11-20' } as const
    given(order, ...history)
      .when(invoiceDone)
      .then(invoiced)
    given(order, ...history, invoiced)
      .when(noteAnnounced)
      .then(announced, { type: 'order.completed' })
    given(order, ...history, announced)
      .when(invoiceDone)
      .then(invoiced, { type: 'order.completed' })
  })

  it('completes without an invoice where the channel wants none', () => {
    given(order, placed, reserved, released, confirmed)
      .under(policyWith({ invoice: 'never' }))
      .when({ type: 'order.noteShipped', complete: true, announced: true, date: '2026-11-20' })
      .then(announced, { type: 'order.completed' })
      .owes()
  })
})

describe('late, twice and out of order', () => {
  const all = [placed, reserved, released, confirmed, announced, invoiceRequested, invoiced]

  it('every message that comes again changes nothing', () => {
    const again = { type: 'order.noteShipped', complete: true, announced: true, date: '2026-11-21' } as const
    given(order, ...all, { type: 'order.completed' })
      .when(observe(), noteReserved, saleDone, again, invoiceDone)
      .thenNothing()
  })

  it('older news never overwrites newer', () => {
    given(order, { ...placed, order: anOrder({ updatedAt: second(5) }) }, reserved, released)
      .when(observe({ updatedAt: second(4), paymentStatus: 'pending' }))
      .thenNothing()
  })

  it.each([
    ['payment', { paymentStatus: 'pending' as const }, {}],
    ['cancellation', {}, { cancelledAt: second(0), lines: [orderLine({ quantity: 0, restocked: 2 })] }],
    ['refund', {}, { refunded: { amount: 100, currency: 'USD' } }],
    ['a removed piece', {}, { lines: [orderLine({ quantity: 1 })] }],
  ])('two pictures of the same second end in the later one in both orders: %s', (_, before, after) => {
    const forth = given(order).when(observe(before), observe(after)).state
    const back = given(order).when(observe(after), observe(before)).state
    expect(forth.order).toEqual(anOrder(after))
    expect(back.order).toEqual(anOrder(after))
  })

  it('news of an unknown channel is refused by name', () => {
    given(order)
      .when(observe({ channel: 'nowhere' }))
      .refused('channel_unknown')
  })

  it('what is said of an order nobody has seen is refused', () => {
    given(order).when(noteReserved).refused('order_unknown')
    given(order).when({ type: 'order.retry' }).refused('order_unknown')
  })
})

describe('edits', () => {
  const edited = (quantity: number, restocked = 0) =>
    observe({ updatedAt: second(1), lines: [orderLine({ quantity, restocked })] })
  const more = { type: 'stock.hold', orderRef, change: 1, sold: 1, restocked: 0 }

  it('before release an added piece is asked for before the order goes on', () => {
    given(order, placed, reserved)
      .when(edited(3))
      .then(
        { type: 'order.changed', changes: ['lines'] },
        { type: 'order.heldBack', exceptions: [{ code: 'stock_asked' }] },
      )
      .owes({ note: true, stream: 'stock/WH/MUG', command: more })
  })

  it('before release a removed piece lowers the hold, and says in the same note what the channel put back', () => {
    const less = { type: 'stock.hold', orderRef, change: -1, sold: 0, restocked: 1 }
    given(order, { ...placed, order: anOrder({ paymentStatus: 'pending' }) }, reserved)
      .when(
        observe({ updatedAt: second(1), paymentStatus: 'pending', lines: [orderLine({ quantity: 1, restocked: 1 })] }),
      )
      .owes({ note: true, stream: 'stock/WH/MUG', command: less })
  })

  it('a SKU that was exchanged is let go, and the new one is asked for', () => {
    given(order, placed)
      .when(observe({ updatedAt: second(1), lines: [orderLine({ id: 'L-2', sku: 'CUP', quantity: 1 })] }))
      .owes(
        { note: true, stream: 'stock/WH/CUP', command: { change: 1, sold: 1 } },
        { note: true, stream: 'stock/WH/MUG', command: { change: -2, sold: 0, restocked: 0 } },
      )
  })

  it.each([
    ['on its way', [released]],
    ['confirmed', [released, confirmed]],
  ])('when the order is %s only the difference is held, and it waits for that', (_, events) => {
    const { state } = given(order, placed, reserved, ...events)
      .when(edited(3))
      .then({ type: 'order.changed' })
      .owes({ note: true, stream: 'stock/WH/MUG', command: more })
    expect(state.exceptions).toEqual([])
  })

  it('hands over what the ERP was asked for, not what was added since', () => {
    const added: OrderEvent = {
      type: 'order.changed', order: edited(3).order, changes: ['lines'], demand: [{ sku: 'MUG', quantity: 3 }], moves: [],
    } // prettier-ignore
    const { state } = given(order, placed, reserved, released, added).when(saleDone).then({ held: demand })
    expect(state.stage).toBe('confirmed')
  })

  it('goods put back on sale after everything is over still reach the stock', () => {
    given(order, placed, reserved, released, confirmed, announced, invoiceRequested, invoiced, {
      type: 'order.completed',
    })
      .when(observe({ updatedAt: second(1), lines: [orderLine({ ordered: 2, restocked: 2 })] }))
      .owes({ note: true, stream: 'stock/WH/MUG', command: { type: 'stock.hold', change: 0, sold: 0, restocked: 2 } })
  })
})

describe('failures', () => {
  const releaseFailed: OrderEvent = { type: 'order.releaseFailed', code: 'odoo.no', message: 'Odoo said no.' }

  it('a sale that was refused waits for a person, and is asked for again when told to', () => {
    const before = given(order, placed, reserved, released).when(failed('sale.ensure', 3)).then(releaseFailed)
    expect(before.state.exceptions).toEqual([{ code: 'release_failed', detail: 'Odoo said no.' }])
    given(order, placed, reserved, released, releaseFailed)
      .when({ type: 'order.retry' })
      .then(released)
      .owes({ type: 'sale.ensure', ask: { orderRef } })
  })

  it('a retry sends nothing that would not be released today', () => {
    const voided: OrderEvent = {
      type: 'order.changed',
      order: anOrder({ updatedAt: second(1), paymentStatus: 'voided' }),
      changes: ['payment'],
      demand: null,
      moves: [],
    }
    given(order, placed, reserved, released, releaseFailed, voided).when({ type: 'order.retry' }).refused('held_back')
  })

  it('news alone does not send a refused order again', () => {
    given(order, placed, reserved, released, releaseFailed)
      .when(observe({ updatedAt: second(1), tags: ['vip'] }))
      .then({ type: 'order.changed', changes: [] })
      .owes()
  })

  it('an invoice that was refused is raised and asked for again when told to', () => {
    const history = [placed, reserved, released, confirmed, announced, invoiceRequested]
    const raised: OrderEvent = { type: 'order.exceptionRaised', code: 'invoice_failed', detail: 'Odoo said no.' }
    given(order, ...history)
      .when(failed('invoice.ensure', 6))
      .then(raised)
      .owes()
    const { state } = given(order, ...history, raised)
      .when({ type: 'order.retry' })
      .then(invoiceRequested)
      .owes({ type: 'invoice.ensure' })
    expect(state.exceptions).toEqual([])
  })

  it('a parcel the channel refused is raised and announced again when told to', () => {
    const raised: OrderEvent = { type: 'order.exceptionRaised', code: 'fulfilment_failed', detail: 'No.' }
    given(order, placed, reserved, released, confirmed)
      .when({ type: 'order.noteException', code: 'fulfilment_failed', detail: 'No.' })
      .then(raised)
    given(order, placed, reserved, released, confirmed, raised)
      .when({ type: 'order.retry' })
      .then({ type: 'order.announceRetried' })
      .owes({ note: true, stream: 'fulfilment/shop/1001', command: { type: 'fulfilment.retry' } })
  })

  it('a retry means everything that failed: parcels and the invoice', () => {
    const history = [placed, reserved, released, confirmed, announced, invoiceRequested]
    const noParcel: OrderEvent = { type: 'order.exceptionRaised', code: 'fulfilment_failed', detail: 'No.' }
    const noInvoice: OrderEvent = { type: 'order.exceptionRaised', code: 'invoice_failed', detail: 'No.' }
    const { state } = given(order, ...history, noParcel, noInvoice)
      .when({ type: 'order.retry' })
      .then({ type: 'order.announceRetried' }, invoiceRequested)
    expect(state.exceptions).toEqual([])
  })

  it('there is nothing to retry where nothing failed', () => {
    given(order, placed, reserved, released).when({ type: 'order.retry' }).refused('nothing_to_retry')
  })

  it('what a person has to see stays while the order is held back for something else', () => {
    const { state } = given(order, placed).when(
      { type: 'order.noteException', code: 'fraud_suspected', detail: 'Look at it.' },
      observe({ updatedAt: second(1) }),
    )
    expect(state.exceptions.map(({ code }) => code)).toContain('fraud_suspected')
  })
})
