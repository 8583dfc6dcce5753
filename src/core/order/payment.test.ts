/** Orders and their payments: either may come first, and the order waits only where policy says so. */
import { describe, expect, it } from 'vitest'
import type { PaymentPolicy } from '../policy.ts'
import { given } from '../testing/given.ts'
import { anOrder, policyWith } from '../testing/sample.ts'
import { order, type OrderCommand } from './order.ts'
import type { OrderPayment } from './payment.ts'

const usd = (amount: number) => ({ amount, currency: 'USD' })
const rules: PaymentPolicy = {
  channels: ['shop'],
  waitFor: 'authorised',
  channelRefunds: 'elsewhere',
  orphanAfterMinutes: 9,
}
const waiting = (change: Partial<PaymentPolicy> = {}) => ({
  ...policyWith(),
  payments: { stripe: { ...rules, ...change } },
})
const note = (change: Partial<OrderPayment> = {}): OrderCommand => ({
  type: 'order.notePayment',
  payment: {
    provider: 'stripe', paymentId: 'pi_1', version: 3, authorised: usd(2_665), captured: usd(0), refunded: usd(0),
    closed: false, disputed: false, warned: false, ...change,
  },
}) // prettier-ignore
const observe: OrderCommand = { type: 'order.observe', order: anOrder() }
const held: OrderCommand = { type: 'order.noteHold', sku: 'MUG', outcome: 'reserved' }
const live = (policy: ReturnType<typeof waiting>, ...commands: OrderCommand[]) =>
  given(order)
    .under(policy)
    .when(...commands).state
const codes = ({ exceptions }: { exceptions: readonly { code: string }[] }) => exceptions.map(({ code }) => code)

describe('an order and its payment', () => {
  it('goes to the ERP once its provider has the money, whichever came first', () => {
    expect(codes(live(waiting(), observe, held))).toEqual(['payment_awaited'])
    expect(live(waiting(), observe, held, note()).stage).toBe('releasing')
    expect(live(waiting(), note(), observe, held).stage).toBe('releasing')
  })

  it('waits for the capture where policy says so, and for nobody where it says nothing', () => {
    expect(codes(live(waiting({ waitFor: 'captured' }), observe, held, note()))).toEqual(['payment_awaited'])
    expect(live(waiting({ waitFor: 'captured' }), observe, held, note({ captured: usd(2_665) })).stage).toBe(
      'releasing',
    )
    expect(live(waiting({ waitFor: 'nothing' }), observe, held).stage).toBe('releasing')
    expect(live(waiting({ channels: ['other'] }), observe, held).stage).toBe('releasing')
  })

  it('goes without any on delivery or by invoice, where policy says so, and not once it was paid and taken back', () => {
    const unpaid = { tags: ['cod'], paymentTerms: ['30 days'] }
    const policy = { ...policyWith({ unpaid }), payments: { stripe: rules } }
    const seen = (change: Parameters<typeof anOrder>[0]): OrderCommand => ({
      type: 'order.observe',
      order: anOrder(change),
    })
    const cod = { paymentStatus: 'pending', tags: ['cod'] } as const
    const invoice = { paymentStatus: 'pending', terms: { pricing: 'channel', paymentTerm: '30 days' } } as const
    expect(live(policy, seen({ ...cod, tags: [...cod.tags] }), held).stage).toBe('releasing')
    expect(live(policy, seen(invoice), held).stage).toBe('releasing')
    expect(codes(live(policy, seen({ paymentStatus: 'pending' }), held))).toEqual([
      'payment_pending',
      'payment_awaited',
    ])
    expect(codes(live(policy, seen({ tags: ['cod'], paymentStatus: 'voided' }), held))).toContain('payment_pending')
    expect(codes(live(waiting(), seen({ ...cod, tags: ['cod'] }), held))).toContain('payment_pending')
  })

  it('is added up over several payments', () => {
    const half = { authorised: usd(1_333) }
    const other = { authorised: usd(1_332), paymentId: 'pi_2' }
    expect(live(waiting(), observe, held, note(half)).stage).toBe('placed')
    expect(live(waiting(), observe, held, note(half), note(other)).stage).toBe('releasing')
  })

  it('is waited for with its part of a split tender: gift cards and other providers have the rest', () => {
    const at = '2026-11-20T09:00:00Z'
    const redeemed = [{ id: 't-1', at, amount: usd(1_000) }, { id: 't-2', at, amount: usd(-200) }] // prettier-ignore
    const seen: OrderCommand = { type: 'order.observe', order: anOrder({ redeemed }) }
    expect(codes(live(waiting(), seen, held, note({ authorised: usd(1_864) })))).toEqual(['payment_awaited'])
    expect(live(waiting(), seen, held, note({ authorised: usd(1_865) })).stage).toBe('releasing')
    // What the channel tells without its payments takes nothing of it back.
    const later: OrderCommand = { type: 'order.observe', order: anOrder({ updatedAt: '2026-11-20T10:00:00.000Z' }) }
    expect(live(waiting(), seen, later, held, note({ authorised: usd(1_865) })).stage).toBe('releasing')
    // Told a moment after the same picture without them.
    expect(live(waiting(), observe, seen, held, note({ authorised: usd(1_865) })).stage).toBe('releasing')
    const rest = note({ authorised: usd(1_865) })
    expect(live(waiting(), observe, held, rest, note({ provider: 'paypal', authorised: usd(800) })).stage).toBe(
      'releasing',
    )
    expect(codes(live(waiting(), observe, held, rest, note({ provider: 'paypal', authorised: usd(799) })))).toEqual([
      'payment_awaited',
    ])
    const allOfIt: OrderCommand = {
      type: 'order.observe',
      order: anOrder({ redeemed: [{ id: 't-1', at, amount: usd(2_665) }] }),
    }
    expect(live(waiting(), allOfIt, held).stage).toBe('releasing')
  })

  it('that is too small or in another currency is a named case', () => {
    expect(codes(live(waiting(), observe, held, note({ captured: usd(2_000), closed: true })))).toEqual([
      'payment_short',
    ])
    const euros = { authorised: { amount: 2_665, currency: 'EUR' } }
    expect(codes(live(waiting(), observe, held, note(euros)))).toEqual(['payment_currency'])
  })

  it('is told that it is here, once', () => {
    const payment = { type: 'payment.noteOrder', orderRef: 'shop:1001' }
    const told = given(order, { type: 'order.paymentNoted', payment: (note() as never)['payment'] }).when(observe)
    expect(told.state.payments?.length).toBe(1)
    told.owes({}, { stream: 'customer/shop-7' }, { stream: 'payment/stripe/pi_1', command: payment })
  })

  it('is not overwritten by older news', () => {
    const late = note({ version: 2, authorised: usd(0) })
    expect(live(waiting(), note(), late).payments).toMatchObject([{ authorised: usd(2_665) }])
  })

  it('in dispute holds it back before the ERP has it, and is shown after; won, it is over', () => {
    expect(codes(live(waiting(), observe, held, note({ disputed: true })))).toEqual(['payment_disputed'])
    const after = [observe, held, note(), note({ disputed: true, version: 4 })]
    expect(codes(live(waiting(), ...after))).toEqual(['payment_disputed'])
    expect(codes(live(waiting(), ...after, note({ version: 5 })))).toEqual([])
  })

  it('under a fraud warning is shown, before and after it goes on', () => {
    expect(codes(live(waiting(), note({ warned: true }), observe, held))).toEqual(['fraud_warned'])
  })
})
