/** What a gift card paid is booked once it is invoiced, each payment once, and only where policy says so. */
import { expect, it } from 'vitest'
import type { Done, Failed } from '../intents.ts'
import { anOrder, policyWith } from '../testing/sample.ts'
import { order, type OrderCommand, type OrderEvent } from './order.ts'

const usd = (amount: number) => ({ amount, currency: 'USD' })
const at = '2026-11-20T09:00:00.000Z'
const paid = { id: 't-1', at, amount: usd(1_000) }
const back = { id: 't-2', at: '2026-11-29T09:00:00.000Z', amount: usd(-400) }
const HISTORY: OrderEvent[] = [
  { type: 'order.placed', order: anOrder({ redeemed: [paid] }), pool: 'WH', demand: [], moves: [] },
  { type: 'order.confirmed', saleId: '9', saleName: 'S9', lines: [], held: [], at },
]
const INVOICED: OrderCommand = {
  type: 'done', intent: 'invoice.ensure', version: 3, ask: {} as never, answer: { invoiceId: '3', number: 'INV/3', total: usd(2_665) },
} // prettier-ignore
const seen = (redeemed?: (typeof paid)[], minute = 0): OrderCommand => ({
  type: 'order.observe',
  order: anOrder({ updatedAt: `2026-11-29T10:0${minute}:00.000Z`, ...(redeemed ? { redeemed } : {}) }),
})

function live(redeemed: 'booked' | 'left_open') {
  let state = HISTORY.reduce(order.evolve, order.initial)
  return {
    codes: () => state.exceptions.map(({ code }) => code),
    /** What is asked of the ERP's books by it. */
    tell(command: OrderCommand) {
      const context = { stream: 'order/shop/1001', at, messageKey: 'm' }
      const events = order.decide(state, command, policyWith({ redeemed }), context)
      if ('refused' in events) throw new Error(events.reason)
      return events.flatMap((event) => {
        state = order.evolve(state, event)
        const version = state.version
        return order
          .react(event, state, context.stream)
          .flatMap((one) => ('type' in one && one.type === 'redemption.ensure' ? [{ version, ask: one.ask }] : []))
      })
    },
  }
}
const done = (version: number): Done =>
  ({ type: 'done', intent: 'redemption.ensure', version, ask: {}, answer: { entry: 'MISC/1' } }) as unknown as Done
const failed = (version: number): Failed => ({
  type: 'failed',
  intent: 'redemption.ensure',
  version,
  fault: { kind: 'rejected', code: 'odoo.journal_unknown', message: 'No journal.' },
})

it('once the invoice is there, and what goes back to it when it is told', () => {
  const { tell } = live('booked')
  expect(tell(seen([paid]))).toEqual([])
  const [first] = tell(INVOICED)
  expect(first!.ask).toMatchObject({ orderRef: 'shop:1001', invoiceId: '3', key: 't-1', amount: usd(1_000) })
  expect(tell(done(first!.version))).toEqual([])
  const [second, ...more] = tell(seen([paid, back], 1))
  expect([second!.ask, more]).toMatchObject([{ key: 't-2', amount: usd(-400), date: '2026-11-29' }, []])
})

it('what the ERP refuses is a case that is over once a retry is booked', () => {
  const { tell, codes } = live('booked')
  const [first] = tell(INVOICED)
  tell(failed(first!.version))
  expect(codes()).toEqual(['redemption_failed'])
  const [again] = tell({ type: 'order.retry' })
  expect(again!.ask).toEqual(first!.ask)
  expect(codes()).toEqual([])
  tell(done(again!.version))
  expect([codes(), tell(seen())]).toEqual([[], []])
})

it('not at all where policy leaves it open', () => {
  expect(live('left_open').tell(INVOICED)).toEqual([])
})
