/** On which day an order lands in the books. */
import { describe, expect, it } from 'vitest'
import { dayIn } from '#canon/day.ts'
import { order, type OrderEvent } from './order/order.ts'
import { anOrder, policyWith } from './testing/sample.ts'

describe('T11: an order lands on the right day', () => {
  it.each([
    ['at UTC+8, early in the morning there', '2026-11-20T17:30:00.000Z', 'Asia/Singapore', '2026-11-21'],
    ['west of Greenwich, late in the evening', '2026-12-01T04:59:59.000Z', 'America/New_York', '2026-11-30'],
    ['in the first passing of an hour that comes twice', '2026-10-25T00:30:00.000Z', 'Europe/Berlin', '2026-10-25'],
    ['in its second', '2026-10-25T01:30:00.000Z', 'Europe/Berlin', '2026-10-25'],
    ['a minute before the day with 25 hours ends', '2026-10-25T22:59:00.000Z', 'Europe/Berlin', '2026-10-25'],
    ['and a minute after', '2026-10-25T23:01:00.000Z', 'Europe/Berlin', '2026-10-26'],
    ['where nobody says a zone', '2026-11-20T17:30:00.000Z', undefined, '2026-11-20'],
  ])('%s', (_, at, zone, day) => expect(dayIn(at, zone)).toBe(day))

  it('and so its invoice is dated', () => {
    const at = '2026-11-30T16:30:00.000Z'
    const placed = anOrder({ placedAt: at })
    const history: OrderEvent[] = [
      { type: 'order.placed', order: placed, pool: 'WH', demand: [], moves: [] },
      { type: 'order.confirmed', saleId: '9', saleName: 'S9', lines: [], held: [], at },
    ]
    const state = history.reduce(order.evolve, order.initial)
    const dated = (timeZone?: string) => {
      const command = { type: 'order.noteShipped', complete: true, announced: true, date: '2026-12-03' } as const
      const context = { stream: 'order/shop/1001', at, messageKey: 'm' }
      const events = order.decide(state, command, policyWith({ timeZone }), context) as readonly OrderEvent[]
      return events.flatMap((event) => (event.type === 'order.invoiceRequested' ? [event.date] : []))
    }
    expect([dated('Asia/Singapore'), dated()]).toEqual([['2026-12-01'], ['2026-11-30']])
  })
})
