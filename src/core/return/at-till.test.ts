/** Goods of a web order taken back at a till: counted once against what was captured, whoever else gives money. */
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Refund } from '#canon/order.ts'
import { receiptLine } from '#canon/receipt.ts'
import type { Done, Intent } from '../intents.ts'
import type { Policy } from '../policy.ts'
import { policyWith } from '../testing/sample.ts'
import { tillReturns } from './at-till.ts'
import { givenOf, type Purse } from './giving-state.ts'
import { returns, type ReturnCommand, type ReturnEvent } from './return.ts'
import { backOf } from './state.ts'

const STREAM = 'return/shop/1001'
const usd = (amount: number) => ({ amount, currency: 'USD' })
const AT = '2026-11-20T09:00:00.000Z'
const PAID = 3_000

/** An order of three pieces at 10.00, paid, shipped and invoiced. */
function aBook(when: 'by_hand' | 'received' = 'by_hand') {
  const refund = { through: 'channel', when, byReason: {}, damaged: false, shippingFor: [], feePercent: {} } as const
  const policy: Policy = policyWith({ returns: { goods: 'receipts', credit: 'at_once', refund } })
  const purse: Purse = {
    paid: usd(PAID),
    refunded: usd(0),
    payments: [],
    shipping: { amount: usd(0), tax: usd(0) },
    lines: [{ lineId: 'a', ordered: 3, quantity: 3, amount: usd(PAID), tax: usd(0) }],
  }
  const book = {
    state: returns.initial,
    journal: [] as ReturnEvent[],
    calls: [] as { intent: Intent; version: number }[],
    cases: [] as string[],
  }
  const tell = (command: ReturnCommand): ReturnEvent[] => {
    const decision = returns.decide(book.state, command, policy, { stream: STREAM, at: AT, messageKey: 'm' })
    if ('refused' in decision) throw new Error(decision.refused)
    for (const event of decision) {
      book.state = returns.evolve(book.state, event)
      for (const one of returns.react(event, book.state, STREAM))
        if (!('note' in one)) book.calls.push({ intent: one, version: book.state.version })
        else if ('code' in one.command) book.cases.push(String(one.command.code))
    }
    book.journal.push(...decision)
    return [...decision]
  }
  const facts = {
    orderName: '#1001',
    currency: 'USD',
    taxesIncluded: true,
    pool: 'WH',
    wanted: [],
    saleId: '9',
    billing: 'later' as const,
    invoice: { invoiceId: '3', total: usd(PAID), included: [] },
  }
  const shop = (...refunds: Refund[]) => tell({ type: 'return.look', facts, refunds })
  const left = () => tell({ type: 'return.noteLeft', lines: [{ lineId: 'a', quantity: 3 }] })
  shop()
  left()
  return {
    book,
    purse,
    tell,
    shop,
    left,
    given: () => givenOf(book.state, purse, true),
    till: (receiptId: string, quantity: number, total: number, currency = 'USD') =>
      tell({
        type: 'return.atTill',
        receiptId,
        storeId: 'berlin-7',
        pool: 'B7',
        at: AT,
        purse,
        lines: [
          { lineId: 'a', quantity, total: { amount: total, currency }, tax: { amount: 0, currency }, restock: true },
        ],
      }),
    give: (requestId: string, amount?: number, quantity = 0) =>
      tell({
        type: 'refund.give',
        requestId,
        lines: quantity > 0 ? [{ lineId: 'a', quantity }] : [],
        reason: 'other',
        by: 'Ada',
        purse,
        ...(amount === undefined ? {} : { amount: usd(amount) }),
      }),
  }
}

const credits = (journal: readonly ReturnEvent[]) => journal.filter(({ type }) => type === 'refund.creditAsked')
const bookings = (calls: readonly { intent: Intent }[]) => calls.filter(({ intent }) => intent.type === 'return.ensure')

describe('goods of an order taken back at a till', () => {
  it('are credited by its receipt, and booked by it into its own store: nothing else is asked of the ERP', () => {
    const { till, book, given } = aBook()
    till('tx-1', 1, 1_000)
    expect([given(), backOf(book.state, 'a'), book.calls, book.cases]).toEqual([1_000, 1, [], []])
    expect(book.state.arrivals).toMatchObject([{ pool: 'B7', step: 'booked' }])
    expect(till('tx-1', 1, 1_000)).toEqual([])
  })

  it('are neither booked nor paid again when a warehouse says it received them, or somebody asks for their money', () => {
    const { till, tell, left, book, give } = aBook('received')
    till('tx-1', 3, 3_000)
    tell({ type: 'return.receive', receiptId: 'c', lines: [{ lineId: 'a', quantity: 1, disposition: 'sellable' }] })
    left()
    expect([bookings(book.calls), book.journal.some(({ type }) => type === 'refund.fellDue')]).toEqual([[], false])
    expect(give('g', undefined, 1)).toMatchObject([{ type: 'refund.requestRefused', code: 'more_than_bought' }])
    expect(give('g2', 1)).toMatchObject([{ type: 'refund.requestRefused', code: 'beyond_captured' }])
  })

  it('for more than is left of what was paid, or twice, are a named case: a till cannot be stopped', () => {
    const { till, book, give } = aBook()
    give('g', 2_500)
    till('tx-1', 1, 1_000)
    expect(book.cases).toEqual(['till_refund_beyond'])
    const twice = aBook()
    twice.till('tx-1', 2, 1_000)
    twice.till('tx-2', 2, 1_000)
    expect(twice.book.cases).toEqual(['till_refund_beyond'])
    const strange = aBook()
    strange.till('tx-1', 1, 1_000, 'EUR')
    expect([strange.book.cases, strange.given()]).toEqual([['till_refund_beyond'], 0])
  })

  it('and paid through the provider of the order are one refund with what the provider tells of, credited once', () => {
    const { till, tell, left, book, purse, given } = aBook()
    till('tx-1', 1, 1_000)
    tell({
      type: 'refund.atProvider',
      provider: 'psp',
      requestId: null,
      refundId: 're_1',
      amount: usd(1_000),
      status: 'succeeded',
      detail: '',
      at: AT,
      purse,
    })
    left()
    expect([given(), credits(book.journal)]).toEqual([1_000, []])
  })

  it('count no more once the till took its receipt back', () => {
    const { till, tell, book, given, give } = aBook()
    till('tx-1', 1, 1_000)
    tell({ type: 'return.tillVoided', receiptId: 'tx-1' })
    expect([given(), backOf(book.state, 'a'), tell({ type: 'return.tillVoided', receiptId: 'tx-1' })]).toEqual([
      0,
      0,
      [],
    ])
    expect(give('g', undefined, 3)).not.toMatchObject([{ type: 'refund.requestRefused' }])
  })
})

test('a receipt tells each order it takes something back of, with amounts as given; a void tells that it is undone', () => {
  const line = (id: string, order: string, quantity: number) =>
    receiptLine.parse({
      id,
      sku: 'MUG',
      title: 'Mug',
      quantity,
      unitPrice: usd(1_190),
      discount: usd(0),
      restock: true,
      taxes: [{ title: 'VAT', rate: '0.19', amount: usd(190 * quantity) }],
      total: usd(1_190 * quantity),
      ofOrder: { order, lineId: '17' },
    })
  const receipt = {
    storeId: 'berlin-7',
    registerId: 'till-1',
    txId: 'tx-1',
    businessDate: '2026-11-20',
    occurredAt: AT,
    offline: false,
    number: '7',
    currency: 'USD',
    taxesIncluded: true,
    tenders: [],
    total: usd(0),
    totalTax: usd(0),
    lines: [line('1', 'shop:1001', -1), line('2', 'woo:7', -2)],
  }
  expect(tillReturns(receipt, 'B7')).toMatchObject([
    {
      stream: 'order/shop/1001',
      command: {
        type: 'order.askBack',
        request: {
          receiptId: 'tx-1',
          pool: 'B7',
          lines: [{ lineId: '17', quantity: 1, total: usd(1_190), tax: usd(190) }],
        },
      },
    },
    { stream: 'order/woo/7', command: { request: { lines: [{ quantity: 2 }] } } },
  ])
  const undone = tillReturns({ ...receipt, lines: [line('1', 'shop:1001', 1)] }, 'B7', 'tx-0')
  expect(undone).toMatchObject([{ command: { request: { type: 'return.tillVoided', receiptId: 'tx-0' } } }])
})

test('over till, channel and hub together no more is given by the hub than was captured, and what a till gives beyond is a case', () => {
  const step = fc.record({
    who: fc.constantFrom('hub' as const, 'till' as const, 'shop' as const),
    amount: fc.integer({ min: 1, max: 2_000 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const world = aBook()
      const told: Refund[] = []
      let all = 0
      for (const [index, { who, amount }] of steps.entries()) {
        const before = world.book.calls.length
        const cases = world.book.cases.length
        if (who === 'till') {
          world.till(`tx-${index}`, 1, amount)
          all += amount
          if (all > PAID) expect(world.book.cases.length).toBeGreaterThan(cases)
        } else if (who === 'shop') {
          told.push({ id: `s-${index}`, at: AT, amount: usd(amount), lines: [] })
          all += amount
          world.shop(...told)
        } else {
          world.give(`g-${index}`, amount)
          for (const { intent, version } of world.book.calls.slice(before)) {
            if (intent.type !== 'refund.ensure') continue
            all += intent.ask.amount.amount
            expect(all).toBeLessThanOrEqual(PAID)
            const refundId = `f-${index}`
            told.push({ id: refundId, at: AT, amount: intent.ask.amount, lines: [] })
            world.tell({ type: 'done', intent: intent.type, ask: intent.ask, version, answer: { refundId } } as Done)
            world.shop(...told)
          }
        }
        world.left()
        expect(world.given()).toBe(all)
      }
    }),
    { numRuns: 300 },
  )
})
