/** What customers paid by card or wallet is booked once it is invoiced, and again by what of it goes back. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Order } from '#canon/order.ts'
import { anOrder, policyWith } from '../testing/sample.ts'
import { order, type OrderCommand, type OrderEvent } from './order.ts'
import type { OrderPayment } from './payment.ts'

const usd = (amount: number) => ({ amount, currency: 'USD' })
const at = '2026-11-20T09:00:00.000Z'
const ACCOUNT = '101410'
const TOTAL = 2_665

/** An order that was invoiced as it was placed. */
function live(change: Partial<Order> = {}, rules: Parameters<typeof policyWith>[0] = {}) {
  const policy = policyWith({ takings: { account: ACCOUNT }, ...rules })
  let state = order.initial
  let minute = 0
  const asked: { key: string; amount: number }[] = []
  const note = (event: OrderEvent) => {
    state = order.evolve(state, event)
    for (const one of order.react(event, state, 'order/shop/1001'))
      if ('type' in one && one.type === 'redemption.ensure')
        asked.push({ key: one.ask.key, amount: one.ask.amount.amount })
  }
  const tell = (command: OrderCommand) => {
    const events = order.decide(state, command, policy, { stream: 'order/shop/1001', at, messageKey: 'm' })
    if ('refused' in events) throw new Error(events.reason)
    events.forEach(note)
  }
  note({ type: 'order.placed', order: anOrder(change), pool: 'WH', demand: [], moves: [] })
  note({ type: 'order.confirmed', saleId: '9', saleName: 'S9', lines: [], held: [], at })
  note({ type: 'order.shipped', complete: true, announced: true, date: '2026-11-20' })
  tell({ type: 'order.noteShipped', complete: true, announced: true, date: '2026-11-20' })
  return {
    asked,
    codes: () => state.exceptions.map(({ code }) => code),
    version: () => state.version,
    tell,
    invoice: () =>
      tell({
        type: 'done', intent: 'invoice.ensure', version: state.version, ask: {} as never,
        answer: { invoiceId: '3', number: 'INV/3', total: usd(TOTAL) },
      }), // prettier-ignore
    see: (news: Partial<Order>) => {
      const updatedAt = `2026-11-29T10:${String((minute += 1)).padStart(2, '0')}:00.000Z`
      tell({ type: 'order.observe', order: anOrder({ ...change, ...news, updatedAt }) })
    },
  }
}

const amounts = ({ asked }: ReturnType<typeof live>) => asked.map(({ amount }) => amount)
const refunded = (amount: number): Partial<Order> => ({ paymentStatus: 'partly_refunded', refunded: usd(amount) })

it('once it is invoiced, all of it; then what goes back, each time what is new', () => {
  const one = live()
  expect(one.asked).toEqual([])
  one.invoice()
  one.see({})
  one.see(refunded(400))
  one.see(refunded(400))
  one.see(refunded(1_000))
  expect(one.asked).toEqual([
    { key: 'taken-1', amount: TOTAL },
    { key: 'taken-2', amount: -400 },
    { key: 'taken-3', amount: -600 },
  ])
})

it('what is paid later is booked when the channel says so, and nothing of what is paid on account', () => {
  const late = live({ paymentStatus: 'authorised' })
  late.invoice()
  expect(late.asked).toEqual([])
  late.see({ paymentStatus: 'paid' })
  expect(amounts(late)).toEqual([TOTAL])
  const cash = live({ tags: ['cod'] }, { unpaid: { tags: ['cod'], paymentTerms: [] } })
  cash.invoice()
  cash.see({ paymentStatus: 'paid' })
  expect(cash.asked).toEqual([])
  const off = live({}, { takings: undefined })
  off.invoice()
  expect(off.asked).toEqual([])
})

it('without what gift cards paid and got back', () => {
  const redeemed = [{ id: 't-1', at, amount: usd(1_000) }]
  const one = live({ redeemed }, { redeemed: 'booked' })
  one.invoice()
  const back = { id: 't-2', at, amount: usd(-300) }
  one.see({ ...refunded(500), redeemed: [...redeemed, back] })
  expect(one.asked).toEqual([
    { key: 't-1', amount: 1_000 },
    { key: 'taken-1', amount: TOTAL - 1_000 },
    { key: 't-2', amount: -300 },
    { key: 'taken-2', amount: -200 },
  ])
})

it('whoever tells of it first, the channel or a provider, and never both', () => {
  const payment = (version: number, captured: number, back: number): OrderPayment => ({
    provider: 'stripe', paymentId: 'pi_1', version, authorised: usd(TOTAL), captured: usd(captured), refunded: usd(back),
    closed: false, disputed: false, warned: false,
  }) // prettier-ignore
  const one = live({ paymentStatus: 'authorised' })
  one.invoice()
  one.tell({ type: 'order.notePayment', payment: payment(1, 1_000, 0) })
  one.tell({ type: 'order.notePayment', payment: payment(2, TOTAL, 0) })
  one.see({ paymentStatus: 'paid' })
  one.tell({ type: 'order.notePayment', payment: payment(3, TOTAL, 250) })
  one.see(refunded(250))
  expect(amounts(one)).toEqual([1_000, TOTAL - 1_000, -250])
})

it('what the ERP refuses is a case, and a retry asks for the same under the same name', () => {
  const one = live()
  one.invoice()
  const fault = { kind: 'rejected', code: 'odoo.invoice_paid', message: 'Booked before.' } as const
  one.tell({ type: 'failed', intent: 'redemption.ensure', version: one.version(), fault })
  expect(one.codes()).toEqual(['redemption_failed'])
  one.tell({ type: 'order.retry' })
  expect(one.asked[1]).toEqual(one.asked[0])
  expect(one.codes()).toEqual([])
})

it('whatever is told, the books hold what was paid and not given back, no more than the invoice and never below', () => {
  const news = fc.record({ paid: fc.boolean(), back: fc.integer({ min: 0, max: TOTAL + 500 }) })
  fc.assert(
    fc.property(fc.array(news, { maxLength: 8 }), (all) => {
      const one = live({ paymentStatus: 'pending' })
      one.invoice()
      for (const { paid, back } of all) {
        one.see(paid ? refunded(back) : { paymentStatus: 'pending', refunded: usd(0) })
        const held = amounts(one).reduce((sum, amount) => sum + amount, 0)
        expect(held).toBe(paid ? Math.max(0, TOTAL - back) : 0)
      }
    }),
  )
})
