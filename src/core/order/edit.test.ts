/** Changes in the channel after the ERP has the order: carried over as a whole, or a case with its reason. */
import { describe, expect, it } from 'vitest'
import type { Answer, Done } from '../intents.ts'
import type { Order } from '#canon/order.ts'
import { given } from '../testing/given.ts'
import { anOrder, orderLine, second } from '../testing/sample.ts'
import { demandOf, movesBetween } from './demand.ts'
import { order, type OrderEvent } from './order.ts'

const first = anOrder()
const orderRef = 'shop:1001'
const demand = demandOf(first)
const history: OrderEvent[] = [
  { type: 'order.placed', order: first, pool: 'WH', demand, moves: movesBetween(null, first) },
  { type: 'order.holdNoted', sku: 'MUG', outcome: 'reserved' },
  { type: 'order.released', order: first, pool: 'WH' },
  {
    type: 'order.confirmed',
    saleId: '9',
    saleName: 'S00009',
    lines: [{ lineId: 'L-1', saleLineId: '51' }],
    held: demand,
    at: second(9),
  },
]
const shipped: OrderEvent = { type: 'order.shipped', complete: true, announced: true, date: '2026-11-20' }
const observe = (lines: ReturnType<typeof orderLine>[], tick = 20) => ({
  type: 'order.observe' as const,
  order: anOrder({ updatedAt: second(tick), lines }),
})
const fewer = observe([orderLine({ quantity: 1, restocked: 1 })])
const more = observe([orderLine({ quantity: 3 })])
const noteReserved = { type: 'order.noteHold' as const, sku: 'MUG', outcome: 'reserved' as const }
const done = (command: ReturnType<typeof observe>, answer: Answer<'sale.change'>, removed: string[] = []): Done => ({
  type: 'done',
  intent: 'sale.change',
  version: 7,
  ask: { order: command.order, orderRef, warehouse: 'WH', removed },
  answer,
})
const changed = (lines = [{ lineId: 'L-1', saleLineId: '51' }]): Answer<'sale.change'> => ({
  outcome: 'changed',
  total: first.total,
  lines,
})
const change = (events: readonly OrderEvent[], ...commands: Parameters<typeof order.decide>[1][]): OrderEvent[] => {
  const all = [...events]
  for (const command of commands) {
    const state = all.reduce(order.evolve, order.initial)
    const context = { stream: 'order/shop/1001', at: second(30), messageKey: 'k' }
    const found = order.decide(state, command, POLICY, context)
    if ('refused' in found) throw new Error(found.reason)
    all.push(...found)
  }
  return all
}
const { policyWith } = await import('../testing/sample.ts')
const POLICY = policyWith({})

describe('an order that was changed after its release', () => {
  it('has fewer pieces in the ERP as soon as that is known', () => {
    given(order, ...history)
      .when(fewer)
      .then({ type: 'order.changed' }, { type: 'order.changeRequested', removed: [], warehouse: 'WH' })
      .owes(
        { note: true, stream: 'stock/WH/MUG', command: { change: 0, restocked: 1 } },
        { type: 'sale.change', to: 'erp', ask: { orderRef, removed: [] } },
      )
  })

  it('has more there once they are held, and hands over no more than the difference', () => {
    const events = change(history, more)
    expect(events.at(-1)!.type).toBe('order.changed')
    given(order, ...events)
      .when(noteReserved)
      .then({ type: 'order.holdNoted' }, { type: 'order.changeRequested' })
    given(order, ...change(events, noteReserved))
      .when(done(more, changed()))
      .then({ type: 'order.changeCarried', more: [{ sku: 'MUG', quantity: 1 }], held: [{ sku: 'MUG', quantity: 3 }] })
      .owes(
        { note: true, stream: 'stock/WH/MUG', command: { type: 'stock.confirmHold', quantity: 1, more: true } },
        {
          note: true,
          stream: 'fulfilment/shop/1001',
          command: { type: 'fulfilment.change', lines: [{ lineId: 'L-1', quantity: 3, saleLineId: '51' }] },
        },
      )
  })

  it('names the lines that the channel names no more', () => {
    const other = observe([orderLine({ id: 'L-2', sku: 'CUP', quantity: 1 })])
    const events = change(history, other, { type: 'order.noteHold', sku: 'CUP', outcome: 'reserved' })
    expect(events.at(-1)).toMatchObject({ type: 'order.changeRequested', removed: ['L-1'] })
  })

  it('changed again while the ERP is asked, is asked about again, and one answer ends one question', () => {
    const events = change(history, fewer, observe([orderLine({ quantity: 2 })], 21), noteReserved)
    expect(events.filter(({ type }) => type === 'order.changeRequested')).toHaveLength(1)
    const after = change(events, done(fewer, changed()))
    expect(after.slice(events.length).map(({ type }) => type)).toEqual(['order.changeCarried', 'order.changeRequested'])
  })

  it.each(['shipped', 'picked', 'invoiced', 'other_goods', 'gone'] as const)(
    'that the ERP does not follow (%s) is a case with its reason, and goes on',
    (outcome) => {
      const events = change(history, fewer, done(fewer, { outcome }))
      const state = events.reduce(order.evolve, order.initial)
      expect(state.exceptions).toMatchObject([{ code: 'edited_after_release' }])
      expect(change(events, { type: 'order.noteShipped', complete: true, announced: true, date: '2026-11-20' }).at(-1)).toMatchObject({ type: 'order.invoiceRequested' }) // prettier-ignore
    },
  )

  it('waits for what the ERP does not know, and says so once', () => {
    const unknown = observe([orderLine(), orderLine({ id: 'L-2', sku: 'NEW', quantity: 1 })])
    const events = change(history, unknown, { type: 'order.noteHold', sku: 'NEW', outcome: 'unknown_sku' })
    expect(events.at(-1)).toMatchObject({
      type: 'order.exceptionRaised',
      detail: expect.stringMatching(/NEW/) as string,
    })
    expect(change(events, noteReserved)).toHaveLength(events.length)
    const known = change(events, { type: 'order.noteHold', sku: 'NEW', outcome: 'reserved' })
    expect(known.at(-1)!.type).toBe('order.changeRequested')
  })

  it('is not invoiced while the ERP has not answered', () => {
    const events = change(history, fewer, {
      type: 'order.noteShipped', complete: true, announced: true, date: '2026-11-20',
    }) // prettier-ignore
    expect(events.at(-1)!.type).toBe('order.shipped')
    expect(change(events, done(fewer, changed())).at(-1)!.type).toBe('order.invoiceRequested')
  })

  it('of which everything had left has returned goods, not fewer pieces', () => {
    const events = change([...history, shipped], fewer)
    expect(events.slice(5).map(({ type }) => type)).toEqual([
      'order.changed',
      'order.changeDropped',
      'order.invoiceRequested',
    ])
  })

  describe('T8: after its delivery and its invoice', () => {
    const asked: OrderEvent = { type: 'order.invoiceRequested', order: first, saleId: '9', date: '2026-11-20' }
    const billed = [...history, shipped, asked]
    const now = (tick: number, totalNow: number, more: Partial<Order> = {}) => ({
      type: 'order.observe' as const,
      order: anOrder({ updatedAt: second(tick), total: { amount: totalNow, currency: 'USD' }, ...more }),
    })
    const cases = (events: readonly OrderEvent[]) => events.reduce(order.evolve, order.initial).exceptions

    it('dearer is a case that names the sum, and cheaper again one that names what is left', () => {
      const wrapping = orderLine({ id: 'L-2', sku: 'WRAP', quantity: 1, requiresShipping: false })
      const dearer = change(billed, now(20, 3_165, { lines: [orderLine(), wrapping] }))
      expect(cases(dearer)).toMatchObject([{ code: 'edited_after_release' }])
      expect(cases(dearer)[0]!.detail).toContain('costs 5.00 USD more: charge')
      const less = change(dearer, now(21, 2_965, { lines: [orderLine(), wrapping] }))
      expect(cases(less)).toHaveLength(1)
      expect(cases(less)[0]!.detail).toContain('costs 3.00 USD more: charge')
    })

    it('cheaper, by a discount that no refund tells of, is a case to credit', () => {
      const lines = [orderLine({ discount: { amount: 400, currency: 'USD' } })]
      expect(cases(change(billed, now(20, 2_265, { lines })))[0]!.detail).toContain('costs 4.00 USD less: credit')
    })

    it('less by a refund is no edit: its credit note says it', () => {
      const usd = (amount: number) => ({ amount, currency: 'USD' })
      const share = { lineId: 'L-1', quantity: 1, restocked: 1, amount: usd(1_000), tax: usd(82) }
      const refunds = [{ id: 'r', at: second(20), amount: usd(1_082), lines: [share] }]
      const lines = [orderLine({ quantity: 1, restocked: 1 })]
      expect(cases(change(billed, now(20, 1_583, { lines, refunds, refunded: usd(1_082) })))).toEqual([])
    })
  })

  it('that failed is asked again by a person, and a second failure raises it again', () => {
    const fault = { kind: 'rejected' as const, code: 'odoo.no', message: 'Odoo said no.' }
    const end = { type: 'failed' as const, intent: 'sale.change' as const, version: 7, fault }
    const events = change(history, fewer, end as never)
    expect(events.reduce(order.evolve, order.initial).exceptions).toMatchObject([{ code: 'edited_after_release' }])
    expect(change(events, { type: 'order.retry' }).slice(events.length).map(({ type }) => type)).toEqual(['order.changeRetried', 'order.changeRequested']) // prettier-ignore
  })

  it('that was cancelled meanwhile is cancelled, not changed', () => {
    const cancelled = {
      type: 'order.observe' as const,
      order: anOrder({ updatedAt: second(22), cancelledAt: second(22) }),
    }
    const events = change(history, cancelled)
    expect(events.at(-1)!.type).toBe('order.cancelRequested')
  })

  it('lets go of what nobody took over once it is complete', () => {
    const events = [...change(history, fewer, done(fewer, { outcome: 'picked' })), shipped]
    given(order, ...events, { type: 'order.invoiceRequested', order: first, saleId: '9', date: '2026-11-20' } as const)
      .when({
        type: 'done',
        intent: 'invoice.ensure',
        version: 9,
        ask: {
          orderRef,
          saleId: '9',
          total: first.total,
          totalTax: first.totalTax,
          date: '2026-11-20',
          complete: true,
        },
        answer: { invoiceId: '3', number: 'INV/3', total: first.total },
      }) // prettier-ignore
      .then({ type: 'order.invoiced' }, { type: 'order.completed' })
      .owes({ note: true, stream: 'stock/WH/MUG', command: { type: 'stock.release', orderRef } })
  })
})
