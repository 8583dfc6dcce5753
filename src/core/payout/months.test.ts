/** A settlement over the end of a month: its months are it to the cent, and name what is carried forward. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PAYOUT_HEADS, type PayoutLine, type PayoutSeen } from '#canon/payout.ts'
import { given } from '../testing/given.ts'
import { monthsOf } from './months.ts'
import { payout, type PayoutCommand } from './payout.ts'

const usd = (amount: number) => ({ amount, currency: 'USD' })
const MONTHS = ['2026-10', '2026-11', '2026-12'] as const
const line = (net: number, change: Partial<PayoutLine> = {}): PayoutLine => ({
  lineId: 'line 3', kind: 'charge', type: 'Order/ItemPrice/Principal', net: usd(net), fee: usd(0), head: 'principal', month: '2026-11', ...change,
}) // prettier-ignore
const settled = (net: number, lines: PayoutLine[]): PayoutSeen => ({
  status: 'paid', issuedAt: '2026-12-12T08:00:00.000Z', net: usd(net), lines, closes: '2026-12',
}) // prettier-ignore

it('T11: the months come to the settlement to the cent, and so do the heads of each', () => {
  const amounts = fc.tuple(
    fc.constantFrom(...MONTHS),
    fc.constantFrom(...PAYOUT_HEADS),
    fc.integer({ min: -99_999, max: 99_999 }),
  )
  fc.assert(
    fc.property(fc.array(amounts), (all) => {
      const total = all.reduce((sum, [, , net]) => sum + net, 0)
      const months = monthsOf(
        settled(
          total,
          all.map(([month, head, net]) => line(net, { month, head })),
        ),
      )!
      expect(months.reduce((sum, { net }) => sum + net, 0)).toBe(total)
      for (const { month, net, heads, carriedForward } of months) {
        expect(Object.values(heads).reduce((sum, one) => sum + one, 0)).toBe(net)
        expect(all.filter(([one]) => one === month).reduce((sum, [, , one]) => sum + one, 0)).toBe(net)
        expect(carriedForward).toBe(month !== '2026-12')
      }
      expect(months.map(({ month }) => month)).toEqual(MONTHS.filter((month) => all.some(([one]) => one === month)))
    }),
  )
})

it('payouts without months have none', () => {
  const { closes: _, ...plain } = settled(1, [line(1)])
  expect([monthsOf(plain), monthsOf(settled(1, [line(1, { month: undefined })]))]).toEqual([null, null])
})

it('what cannot be read is a case until it can be, and an order that is missing until it comes', () => {
  const observe: PayoutCommand = { type: 'payout.observe', payout: settled(1, [line(1)]) }
  const unreadable: PayoutCommand = { type: 'payout.noteUnreadable', detail: 'Line 3' }
  const order = (known: boolean): PayoutCommand => ({
    type: 'payout.noteOrder',
    orderRef: 'shop:1',
    net: usd(1),
    known,
  })
  const when = (...commands: PayoutCommand[]) =>
    given(payout)
      .on('payout/shop/1')
      .when(...commands)
  when(observe, observe).then({ type: 'payout.seen' }, { type: 'payout.reconciled' })
  when(unreadable, unreadable).then({ type: 'payout.exceptionRaised' })
  expect(when(observe, unreadable).state).toMatchObject({ reconciled: true, troubles: [{ code: 'payout_unreadable' }] })
  expect(when(observe, unreadable, observe).state.troubles).toEqual([])
  expect(when(observe, order(false), order(false)).state.missing).toEqual(['shop:1'])
  expect(when(order(false), observe, order(true)).state.missing).toEqual([])
  when(order(true)).thenNothing()
})
