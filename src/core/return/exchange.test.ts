/** Exchanges, dearer and cheaper: what is credited, what is money, what goes out, and that nothing counts twice. */
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Money } from '#canon/money.ts'
import type { Order, OrderLine, Refund } from '#canon/order.ts'
import type { Note } from '../decider.ts'
import type { Done, Intent } from '../intents.ts'
import { offered, sendInstead } from '../order/exchange.ts'
import type { Policy } from '../policy.ts'
import { policyWith } from '../testing/sample.ts'
import type { SendInstead } from './exchange.ts'
import type { GiveRefund } from './giving-state.ts'
import { givenOf, type Purse } from './giving-state.ts'
import { returns, type ReturnCommand, type ReturnEvent } from './return.ts'
import type { Disposition } from './state.ts'

const STREAM = 'return/shop/1001'
const usd = (amount: number) => ({ amount, currency: 'USD' })
const PAID = 3_000

interface Rules {
  when?: 'received' | 'authorised'
  damaged?: boolean
  feePercent?: number
  exchange?: boolean
}

/** An order of three pieces at 10.00, paid, shipped and invoiced. */
function aBook({ when = 'received', damaged = false, feePercent = 0, exchange = true }: Rules = {}) {
  const refund = {
    through: 'channel', when, byReason: {}, damaged, shippingFor: [], feePercent: { unwanted: feePercent },
    ...(exchange ? { exchange: { channel: 'direct' } } : {}),
  } as const // prettier-ignore
  const policy: Policy = policyWith({ returns: { goods: 'receipts', credit: 'at_once', refund } })
  const purse: Purse = {
    paid: usd(PAID), refunded: usd(0), payments: [], shipping: { amount: usd(0), tax: usd(0) },
    lines: [{ lineId: 'a', ordered: 3, quantity: 3, amount: usd(PAID), tax: usd(0) }],
  } // prettier-ignore
  const book = {
    state: returns.initial,
    journal: [] as ReturnEvent[],
    calls: [] as { intent: Intent; version: number }[],
    notes: [] as Note[],
  }
  const tell = (command: ReturnCommand): ReturnEvent[] => {
    const context = { stream: STREAM, at: '2026-11-20T09:00:00.000Z', messageKey: 'm' }
    const decision = returns.decide(book.state, command, policy, context)
    if ('refused' in decision) throw new Error(decision.refused)
    for (const event of decision) {
      book.state = returns.evolve(book.state, event)
      for (const one of returns.react(event, book.state, STREAM))
        if ('note' in one) book.notes.push(one)
        else book.calls.push({ intent: one, version: book.state.version })
    }
    book.journal.push(...decision)
    // What is due by policy goes through the order, which adds how its money stands.
    for (const event of decision) if (event.type === 'refund.fellDue') tell({ ...event.request, purse })
    return [...decision]
  }
  const left = () => tell({ type: 'return.noteLeft', lines: [{ lineId: 'a', quantity: 3 }] })
  const facts = {
    orderName: '#1001', currency: 'USD', taxesIncluded: true, pool: 'WH', wanted: [], saleId: '9',
    billing: 'later' as const, invoice: { invoiceId: '3', total: usd(PAID), included: [] },
  } // prettier-ignore
  const shop = (...refunds: Refund[]) => tell({ type: 'return.look', facts, refunds })
  shop()
  const requests = () =>
    book.notes.flatMap(({ command }) => {
      const { type, request } = command as { type: string; request?: SendInstead | GiveRefund }
      return type === 'order.askBack' && request ? [request] : []
    })
  return {
    book,
    purse,
    tell,
    left,
    shop,
    agree(exchangeId: string, quantity: number, total: number) {
      const exchange = { goods: [{ sku: 'CUP', quantity: 1, unitPrice: total }], by: 'Ada' }
      const offer = { lines: [lineAt(usd(total))], total: usd(total), purse }
      const lines = [{ lineId: 'a', quantity }]
      tell({ type: 'return.ask', returnId: exchangeId, reason: 'unwanted', lines, exchange, offer })
      return left()
    },
    receive(receiptId: string, returnId: string, quantity: number, disposition: Disposition = 'sellable') {
      const lines = [{ lineId: 'a', quantity, disposition }]
      tell({ type: 'return.receive', receiptId, returnId, lines })
      // What is credited asks once more what had left.
      return [...left(), ...left()]
    },
    sent: () => requests().filter((one) => one.type === 'exchange.send'),
    cases: () => book.notes.flatMap(({ command }) => ('code' in command ? [command.code] : [])),
    credits: () =>
      book.journal.flatMap((event) => (event.type === 'refund.creditAsked' ? [event.credit.total.amount] : [])),
    /** The channel makes the refund it was asked for. */
    gives() {
      const { intent, version } = book.calls.filter((one) => one.intent.type === 'refund.ensure').at(-1)!
      tell({ type: 'done', intent: intent.type, ask: intent.ask, version, answer: { refundId: 'f-1' } } as Done)
      return intent.ask as { amount: Money }
    },
  }
}

const lineAt = (unitPrice: Money): OrderLine => ({
  id: '1', sku: 'CUP', title: 'Cup', quantity: 1, ordered: 1, restocked: 0, unitPrice, discount: usd(0), taxes: [],
  requiresShipping: true, giftCard: false,
}) // prettier-ignore
const refund = (id: string, amount: number): Refund => ({
  id,
  at: '2026-11-20T10:00:00.000Z',
  amount: usd(amount),
  lines: [],
})

describe('T6: an exchange', () => {
  it('dearer: what comes back is credited as a whole, the rest is owed, and what goes out waits for it', () => {
    const world = aBook()
    world.agree('x', 1, 1_150)
    expect([world.sent(), world.credits()]).toEqual([[], []])
    world.receive('r', 'x', 1)
    expect(world.sent()).toMatchObject([{ total: usd(1_150), owed: usd(150), channel: 'direct' }])
    expect([world.credits(), world.cases()]).toEqual([[1_000], ['exchange_unpaid']])
    expect(world.book.calls.filter(({ intent }) => intent.type === 'refund.ensure')).toEqual([])
    world.tell({ type: 'exchange.paid', exchangeId: 'x', by: 'Ada' })
    expect(world.sent().at(-1)).toMatchObject({ owed: usd(0) })
    expect(world.book.notes.at(-1)!.command).toEqual({ type: 'order.clearExceptions', codes: ['exchange_unpaid'] })
    expect(world.tell({ type: 'exchange.paid', exchangeId: 'x', by: 'Ada' })).toEqual([])
    expect(givenOf(world.book.state, world.purse, true)).toBe(1_000)
  })

  it('cheaper: the rest is given back, and not credited a second time when the channel tells of it', () => {
    const world = aBook()
    world.agree('x', 1, 600)
    world.receive('r', 'x', 1)
    expect(world.gives().amount).toEqual(usd(400))
    world.shop(refund('f-1', 400))
    world.left()
    expect([world.credits(), world.cases()]).toEqual([[1_000], []])
    expect(world.book.journal).toContainEqual({ type: 'refund.settled', refundId: 'f-1', why: 'exchanged' })
    expect(givenOf(world.book.state, world.purse, true)).toBe(1_000)
  })

  it('whose rest the channel tells of before it answers is not credited a second time either', () => {
    const world = aBook()
    world.agree('x', 1, 600)
    world.receive('r', 'x', 1)
    world.shop(refund('f-1', 400))
    world.left()
    world.gives()
    expect(world.credits()).toEqual([1_000])
  })

  it('of the same price moves no money; the fee of the policy comes off what comes back', () => {
    const even = aBook()
    even.agree('x', 1, 1_000)
    even.receive('r', 'x', 1)
    expect([even.credits(), even.cases(), even.sent()[0]!.owed]).toEqual([[1_000], [], usd(0)])
    const fee = aBook({ feePercent: 10 })
    fee.agree('x', 1, 1_000)
    fee.receive('r', 'x', 1)
    expect([fee.credits(), fee.sent()[0]!.owed]).toEqual([[900], usd(100)])
  })

  it('by a policy that pays when a return is allowed sends the goods at once, and not again when those are back', () => {
    const world = aBook({ when: 'authorised' })
    world.agree('x', 1, 1_000)
    expect(world.sent()).toHaveLength(1)
    world.receive('r', 'x', 1)
    expect([world.sent().length, world.credits()]).toEqual([1, [1_000]])
  })

  it('of goods that come back damaged sends nothing: it is a named case, and their money may be given after all', () => {
    const world = aBook()
    world.agree('x', 1, 1_000)
    world.receive('r', 'x', 1, 'damaged')
    expect([world.sent(), world.cases(), world.credits()]).toEqual([[], ['exchange_stopped'], []])
    const lines = [{ lineId: 'a', quantity: 1 }]
    world.tell({ type: 'refund.give', requestId: 'g', lines, reason: 'damaged', by: 'Ada', purse: world.purse })
    expect(world.gives().amount).toEqual(usd(1_000))
  })

  it('waits for all of its pieces', () => {
    const world = aBook()
    world.agree('x', 2, 2_500)
    world.receive('r1', 'x', 1)
    expect(world.sent()).toEqual([])
    world.receive('r2', 'x', 1)
    expect([world.sent().length, world.credits()]).toEqual([1, [2_000]])
  })

  it('is refused without a policy, and of pieces whose money is back already', () => {
    const without = aBook({ exchange: false })
    without.agree('x', 1, 1_000)
    expect(without.book.journal).toContainEqual(
      expect.objectContaining({ type: 'return.refused', code: 'exchanges_by_hand' }),
    )
    const world = aBook()
    const lines = [{ lineId: 'a', quantity: 3 }]
    world.tell({ type: 'refund.give', requestId: 'g', lines, reason: 'other', by: 'Ada', purse: world.purse })
    world.agree('x', 1, 1_000)
    expect(world.book.journal).toContainEqual(
      expect.objectContaining({ type: 'return.refused', code: 'more_than_bought' }),
    )
    expect(world.book.journal.some(({ type }) => type === 'return.authorised')).toBe(false)
  })
})

test('what goes out is an order of its own: priced at the tax rates of what comes back, to whom the first one went', () => {
  const tax = { title: 'VAT', rate: '0.2', amount: usd(500) }
  const order = {
    channel: 'shop', externalId: '1001', name: '#1001', currency: 'USD', taxesIncluded: true, paymentStatus: 'paid',
    customer: { key: 'shop-1' }, shippingAddress: null, billingAddress: null, refunded: usd(0), shipping: [], test: false,
    lines: [{ ...lineAt(usd(1_000)), id: 'a', quantity: 3, ordered: 3, taxes: [tax] }], total: usd(PAID),
  } as unknown as Order // prettier-ignore
  const exchange = { goods: [{ sku: 'CUP', quantity: 2, unitPrice: 600 }], by: 'Ada' }
  const request = {
    type: 'return.ask',
    returnId: 'x',
    reason: 'unwanted',
    lines: [{ lineId: 'a', quantity: 1 }],
  } as const
  const { offer } = offered({ ...request, exchange }, order, [])
  expect([offer!.total, offer!.lines[0]!.taxes[0]!.amount]).toEqual([usd(1_200), usd(200)])
  const net = offered({ ...request, exchange }, { ...order, taxesIncluded: false }, []).offer!
  expect([net.total, net.lines[0]!.taxes[0]!.amount]).toEqual([usd(1_440), usd(240)])
  const at = '2026-11-20T09:00:00.000Z'
  const send: SendInstead = {
    type: 'exchange.send', exchangeId: 'x', channel: 'direct', goods: offer!.lines, total: offer!.total,
    owed: usd(200), placedAt: at, at,
  } // prettier-ignore
  expect(sendInstead(send, order)).toMatchObject({
    stream: 'order/direct/shop-1001-x',
    command: { order: { name: '#1001-x', paymentStatus: 'partly_paid', total: usd(1_200), totalTax: usd(200) } },
  })
  expect(sendInstead({ ...send, owed: usd(0) }, order)).toMatchObject({ command: { order: { paymentStatus: 'paid' } } })
})

test('whatever is exchanged and refunded, no more leaves than was paid, and the books agree to the cent', () => {
  const step = fc.record({
    pieces: fc.integer({ min: 1, max: 2 }),
    price: fc.integer({ min: 0, max: 3_500 }),
    how: fc.constantFrom('exchange' as const, 'refund' as const),
    amount: fc.integer({ min: 1, max: 3_500 }),
    told: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
      const world = aBook()
      const told: Refund[] = []
      let given = 0
      for (const [index, { pieces, price, how, amount, told: isTold }] of steps.entries()) {
        const before = world.book.calls.length
        if (how === 'exchange') {
          world.agree(`x${index}`, pieces, price)
          if (world.book.state.exchanges?.some(({ exchangeId }) => exchangeId === `x${index}`))
            world.receive(`r${index}`, `x${index}`, pieces)
        } else
          world.tell({
            type: 'refund.give',
            requestId: `g${index}`,
            lines: [],
            amount: usd(amount),
            reason: 'other',
            by: 'Ada',
            purse: world.purse,
          })
        for (const { intent, version } of world.book.calls.slice(before)) {
          if (intent.type !== 'refund.ensure') continue
          const refundId = `f-${index}`
          told.push(refund(refundId, intent.ask.amount.amount))
          given += intent.ask.amount.amount
          if (isTold) world.shop(...told)
          world.tell({ type: 'done', intent: intent.type, ask: intent.ask, version, answer: { refundId } } as Done)
        }
        world.shop(...told)
        world.left()
      }
      const went = world.sent().reduce((all, { total, owed }) => all + total.amount - owed.amount, 0)
      expect(given + went).toBeLessThanOrEqual(PAID)
      // All that was credited is money that went back, or goods that went out and were not paid for otherwise.
      expect(world.credits().reduce((all, one) => all + one, 0)).toBe(given + went)
    }),
    { numRuns: 300 },
  )
})
