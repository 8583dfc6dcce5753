/** A payout in the books: entries that balance and bring to the bank what it says, once, where policy has it so. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PAYOUT_HEADS, PAYOUT_LINE_KINDS, type PayoutLine, type PayoutSeen } from '#canon/payout.ts'
import type { PayoutPolicy } from '../policy.ts'
import { policyWith } from '../testing/sample.ts'
import { entriesOf } from './booking.ts'
import { payout, type PayoutCommand } from './payout.ts'

const usd = (amount: number) => ({ amount, currency: 'USD' })
const line = (lineId: string, net: number, change: Partial<PayoutLine> = {}): PayoutLine => ({
  lineId, kind: 'charge', type: 'CHARGE', net: usd(net), fee: usd(0), ...change,
}) // prettier-ignore
const paid = (lines: PayoutLine[], change: Partial<PayoutSeen> = {}): PayoutSeen => ({
  status: 'paid', issuedAt: '2026-11-20T03:00:00.000Z', lines,
  net: usd(lines.reduce((sum, { net }) => sum + net.amount, 0)), ...change,
}) // prettier-ignore
const RULES: PayoutPolicy = {
  from: '2026-11-01',
  timeZone: 'America/Chicago',
  journal: 'MISC',
  accounts: { transit: '101', takings: '102', fees: '601', disputes: '602', other: '603', unknown: '999' },
}
const DAY = [line('1', 9_710, { fee: usd(290) }), line('2', -700, { kind: 'refund', type: 'REFUND' })]

function live(rules: PayoutPolicy | null = RULES) {
  let state = payout.initial
  const policy = { ...policyWith(), ...(rules && { payouts: { shop: rules } }) }
  return {
    codes: () => state.troubles.map(({ code }) => code),
    /** What is asked of the ERP by it. */
    tell(command: PayoutCommand) {
      const context = { stream: 'payout/shop/po/1', at: '2026-11-20T09:00:00.000Z', messageKey: 'm' }
      const events = payout.decide(state, command, policy, context)
      if ('refused' in events) return events.refused
      return events.flatMap((event) => {
        state = payout.evolve(state, event)
        const version = state.version
        return payout
          .react(event, state, context.stream)
          .map((one) => ({ version, ask: 'ask' in one ? one.ask : null }))
      })
    },
    see(seen: PayoutSeen) {
      return this.tell({ type: 'payout.observe', payout: seen }) as { version: number; ask: unknown }[]
    },
  }
}
const ended = (version: number, type: 'done' | 'failed'): PayoutCommand =>
  ({
    type, intent: 'payout.book', version, ask: {}, answer: { entries: ['MISC/1'] },
    fault: { kind: 'rejected', code: 'odoo.account_unknown', message: 'No account 601.' },
  }) as never // prettier-ignore

it('is one entry by the day over there: gross from where it waited, its fees, and the rest on its way', () => {
  const one = live()
  const [asked, ...more] = one.see(paid(DAY))
  expect(more).toEqual([])
  expect(asked!.ask).toMatchObject({ provider: 'shop', payoutId: 'po/1', journal: 'MISC' })
  const [entry] = (asked!.ask as { entries: ReturnType<typeof entriesOf> }).entries
  expect(entry).toMatchObject({ key: 'all', date: '2026-11-19' })
  expect(entry!.items.map(({ account, name, amount }) => [account, name, amount.amount])).toEqual([
    ['102', 'charge', -10_000],
    ['601', 'fee', 290],
    ['101', 'on its way to the bank', 9_010],
    ['102', 'refund', 700],
  ])
  expect(one.see(paid(DAY))).toEqual([])
  expect(one.tell(ended(asked!.version, 'done'))).toEqual([])
  expect([one.see(paid(DAY)), one.codes()]).toEqual([[], []])
})

it('not before policy says so, not from before its day, and not what does not add up', () => {
  expect(live(null).see(paid(DAY))).toEqual([])
  expect(live({ ...RULES, from: '2026-11-20' }).see(paid(DAY))).toEqual([])
  expect(live().see(paid(DAY, { net: usd(1) }))).toEqual([])
  expect(live().see(paid(DAY, { status: 'scheduled' }))).toEqual([])
})

it('a month has its own, dated by its end, and the last by the day it came', () => {
  const sold = (lineId: string, net: number, month: string, change: Partial<PayoutLine> = {}) =>
    line(lineId, net, { month, head: 'principal', ...change })
  const lines = [
    sold('1', 1_000, '2026-10'),
    sold('2', -150, '2026-10', { head: 'commission' }),
    sold('3', 500, '2026-11'),
    sold('4', -40, '2026-11', { head: 'reserve' }),
  ]
  const entries = entriesOf(paid(lines, { closes: '2026-11' }), RULES)
  expect(entries.map(({ key, date }) => [key, date])).toEqual([
    ['2026-10', '2026-10-31'],
    ['2026-11', '2026-11-19'],
  ])
  expect(entries[0]!.items.map(({ role, amount }) => [role, amount.amount])).toEqual([
    ['takings', -1_000],
    ['transit', 850],
    ['fees', 150],
  ])
})

it('T19: what nobody knows stands by itself under its own name, and every entry balances', () => {
  const odd = line('7', -300, { kind: 'unknown', type: 'ANOMALY_DEBIT' })
  const [entry] = entriesOf(paid([...DAY, odd]), RULES)
  expect(entry!.items.find(({ role }) => role === 'unknown')).toMatchObject({
    account: '999',
    name: 'ANOMALY_DEBIT 7',
    amount: usd(300),
  })
  const some = fc.record({
    net: fc.integer({ min: -9_999, max: 9_999 }),
    fee: fc.integer({ min: -99, max: 999 }),
    kind: fc.constantFrom(...PAYOUT_LINE_KINDS),
    head: fc.option(fc.constantFrom(...PAYOUT_HEADS), { nil: undefined }),
    month: fc.constantFrom('2026-09', '2026-10', '2026-11'),
  })
  fc.assert(
    fc.property(fc.array(some, { maxLength: 30 }), fc.boolean(), (all, byMonth) => {
      const lines = all.map(({ net, fee, kind, head, month }, at) =>
        line(String(at), net, { kind, fee: usd(fee), month, ...(head && { head }) }),
      )
      const seen = paid(lines, byMonth ? { closes: '2026-11' } : {})
      const entries = entriesOf(seen, RULES)
      const total = (items: (typeof entries)[number]['items']) =>
        items.reduce((sum, { amount }) => sum + amount.amount, 0)
      expect(entries.map(({ items }) => total(items))).toEqual(entries.map(() => 0))
      expect(total(entries.flatMap(({ items }) => items.filter(({ role }) => role === 'transit')))).toBe(
        seen.net.amount,
      )
    }),
  )
})

it('a fee in another currency leaves the movement as it came', () => {
  const [entry] = entriesOf(paid([line('1', 500, { fee: { amount: 20, currency: 'EUR' } })]), RULES)
  expect(entry!.items.map(({ role, amount }) => [role, amount])).toEqual([
    ['takings', usd(-500)],
    ['transit', usd(500)],
  ])
})

it('what the ERP refuses is a case; a retry asks for the same by the accounts of today', () => {
  const one = live()
  const [asked] = one.see(paid(DAY))
  one.tell(ended(asked!.version, 'failed'))
  expect(one.codes()).toEqual(['payout_not_booked'])
  const [again] = one.tell({ type: 'payout.retry' }) as { version: number; ask: unknown }[]
  expect(again!.ask).toEqual(asked!.ask)
  expect(one.codes()).toEqual([])
  one.tell(ended(again!.version, 'done'))
  expect(one.tell({ type: 'payout.retry' })).toBe('nothing_to_retry')
})

it('what is told otherwise after it was booked is a case, and booked no second time', () => {
  const one = live()
  const [asked] = one.see(paid(DAY))
  one.tell(ended(asked!.version, 'done'))
  expect(one.see(paid([...DAY, line('3', 5)]))).toEqual([])
  expect(one.codes()).toEqual(['payout_changed'])
})
