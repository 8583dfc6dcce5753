/** A payout is what its movements come to, or a case; and what nobody knows is named and never swept away. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PAYOUT_LINE_KINDS, type PayoutLine, type PayoutSeen } from '#canon/payout.ts'
import { policyWith } from '../testing/sample.ts'
import { payout, type PayoutEvent } from './payout.ts'

const usd = (amount: number) => ({ amount, currency: 'USD' })
const line = (lineId: string, net: number, change: Partial<PayoutLine> = {}): PayoutLine => ({
  lineId, kind: 'charge', type: 'CHARGE', net: usd(net), fee: usd(0), ...change,
}) // prettier-ignore
const paid = (net: number, lines: PayoutLine[], status: PayoutSeen['status'] = 'paid'): PayoutSeen => ({
  status, issuedAt: '2026-11-20T09:00:00.000Z', net: usd(net), lines,
}) // prettier-ignore

function tell(...all: PayoutSeen[]) {
  let state = payout.initial
  let last: readonly PayoutEvent[] = []
  for (const one of all) {
    const context = { stream: 'payout/shop/1', at: '2026-11-20T09:00:00.000Z', messageKey: 'm' }
    last = payout.decide(state, { type: 'payout.observe', payout: one }, policyWith(), context) as PayoutEvent[]
    state = last.reduce(payout.evolve, state)
  }
  return { state, last: last.map(({ type }) => type), codes: state.troubles.map(({ code }) => code) }
}

it('that adds up is reconciled with its fees, and told twice it is told once', () => {
  const one = paid(9_010, [line('1', 9_710, { fee: usd(290) }), line('2', -700, { kind: 'refund', type: 'REFUND' })])
  expect(tell(one)).toMatchObject({ state: { reconciled: true, seen: { sums: { fees: 290 } } }, codes: [] })
  expect(tell(one, one).last).toEqual([])
  expect(tell(paid(9_010, one.lines, 'scheduled')).state.reconciled).toBe(false)
})

it('that is off by a cent is a case that names both sums, until all of it is told', () => {
  const short = tell(paid(1_000, [line('1', 999)]))
  expect(short).toMatchObject({ state: { reconciled: false }, codes: ['payout_differs'] })
  expect(short.state.troubles[0]!.detail).toMatch(/10\.00 USD.*9\.99 USD/)
  expect(tell(paid(1_000, [line('1', 999)]), paid(1_000, [line('1', 999), line('2', 1)]))).toMatchObject({
    state: { reconciled: true },
    codes: [],
  })
})

it('T19: a movement of an unknown type is set apart by its name, and the sum still holds', () => {
  const odd = line('2', -300, { kind: 'unknown', type: 'ANOMALY_DEBIT' })
  const { state, codes } = tell(paid(700, [line('1', 1_000), odd]))
  expect(codes).toEqual(['payout_line_unknown'])
  expect(state.troubles[0]!.detail).toContain("'ANOMALY_DEBIT'")
  expect(state).toMatchObject({
    reconciled: true,
    seen: { quarantined: [{ lineId: '2' }], sums: { net: { charge: 1_000, unknown: -300 } } },
  })
})

it('that failed, or holds another currency, is a case', () => {
  expect(tell(paid(5, [line('1', 5)], 'failed')).codes).toEqual(['payout_failed'])
  const euros = line('2', 5, { net: { amount: 5, currency: 'EUR' } })
  expect(tell(paid(10, [line('1', 5), euros])).codes).toEqual(['payout_differs', 'payout_line_unknown'])
})

it('T19: whatever its movements are, the heads add up to what the bank got, or it is not reconciled', () => {
  const lines = fc.array(fc.tuple(fc.constantFrom(...PAYOUT_LINE_KINDS), fc.integer({ min: -9_999, max: 9_999 })))
  fc.assert(
    fc.property(lines, fc.integer({ min: -1, max: 1 }), (all, off) => {
      const sum = all.reduce((total, [, net]) => total + net, 0)
      const told = all.map(([kind, net], at) => line(String(at), net, { kind }))
      const { state } = tell(paid(sum + off, told))
      const heads = Object.values(state.seen!.sums.net).reduce((total, net) => total + net, 0)
      expect([state.reconciled, heads]).toEqual([off === 0, sum])
      expect(state.seen!.quarantined).toHaveLength(all.filter(([kind]) => kind === 'unknown').length)
    }),
  )
})
