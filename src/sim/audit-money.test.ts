/** The auditor of money finds what is wrong, each thing under its name, and nothing where all agrees. */
import { expect, test } from 'vitest'
import { cardFindings, compare, type Money } from './audit-money.ts'

const held = {
  provider: 'paypal-main', paymentId: 'P1', channel: 'shop', orderId: '1', authorised: 2_000, captured: 2_000, refunded: 0, open: 0,
  books: { captured: 2_000, refunded: 0, troubles: [] },
} as const // prettier-ignore
const paid: Money = {
  name: '#1', cancelled: false, left: true, total: 2_000, held: [held], invoiced: 2_000, credited: 0,
} // prettier-ignore
const found = (...all: Money[]) => compare(all).join('\n')

test('nothing, where all agrees: one payment, two, or none that was kept', () => {
  const half = { ...held, authorised: 1_000, captured: 1_000, books: { ...held.books, captured: 1_000 } }
  const split = { ...paid, held: [half, { ...half, paymentId: 'P2' }] }
  const nothing = { ...held, captured: 0, books: { ...held.books, captured: 0 } }
  const cancelled = { ...paid, cancelled: true, left: false, held: [nothing], invoiced: 0 }
  expect(compare([paid, split, cancelled])).toEqual([])
})

test('what was taken of the customer is what the order comes to, and what was invoiced', () => {
  const short = { ...held, captured: 1_999, books: { ...held.books, captured: 1_999 } }
  expect(found({ ...paid, held: [short] })).toMatch(
    /comes to 2000, and 1999 was taken.*\n.*1999 was taken, 2000 invoiced/,
  )
  expect(found({ ...paid, invoiced: 2_001 })).toContain('2000 was taken, 2001 invoiced')
  expect(found({ ...paid, held: [{ ...held, open: 5 }] })).toContain('still set aside')
  expect(found({ ...paid, credited: 100 })).toContain('100 credited')
})

test("what gift cards paid is no provider's, and is off what is owed for them", () => {
  const rest = { ...held, authorised: 1_400, captured: 1_400, books: { ...held.books, captured: 1_400 } }
  expect(compare([{ ...paid, held: [rest], redeemed: 600 }])).toEqual([])
  expect(found({ ...paid, held: [rest], redeemed: 500 })).toContain('comes to 2000, and 1900 was taken')
  expect(cardFindings('#1', 600, 600)).toEqual([])
  expect(cardFindings('#1', 600, 0).join()).toContain('gift cards paid 600 of it, and 0 is off')
})

test('what the provider says is what our books say, for each payment and in all', () => {
  const wrong = { ...held, books: { ...held.books, captured: 1_500 } }
  expect(found({ ...paid, held: [wrong] })).toMatch(/our books 1500 less 0.*\nMoney: in all the providers have 2000/)
  expect(found({ ...paid, held: [{ ...held, books: null }] })).toContain('never heard of P1')
  expect(
    found({ ...paid, held: [{ ...held, books: { ...held.books, troubles: [{ code: 'capture_failed' }] } }] }),
  ).toContain('capture_failed')
})

test('never more than was authorised is taken, and never more than was taken is given back', () => {
  expect(found({ ...paid, held: [{ ...held, authorised: 1_000 }] })).toContain('2000 captured of 1000 authorised')
  expect(found({ ...paid, held: [{ ...held, refunded: 2_001 }] })).toContain('gave back 2001 of 2000')
})

test('nothing is kept of what was cancelled before it left; what had left is a matter for people', () => {
  expect(found({ ...paid, cancelled: true, left: false })).toContain(
    'cancelled before anything left, and 2000 was kept',
  )
  const open = { ...held, captured: 0, open: 2_000, books: { ...held.books, captured: 0 } }
  expect(found({ ...paid, cancelled: true, left: false, invoiced: 0, held: [open] })).toContain('still set aside')
  expect(compare([{ ...paid, cancelled: true, left: true, invoiced: 0 }])).toEqual([])
})
