/** Money back, sentence by sentence: what random histories seldom reach. */
import { describe, expect, it } from 'vitest'
import type { Refund } from '#canon/order.ts'
import type { Done, Intent } from '../intents.ts'
import type { Policy, RefundPolicy } from '../policy.ts'
import { policyWith } from '../testing/sample.ts'
import type { MoneyRequest, ProviderRefund } from './giving.ts'
import { givenOf, type Purse } from './giving-state.ts'
import { returns, type ReturnCommand, type ReturnEvent } from './return.ts'

const STREAM = 'return/shop/1001'
const usd = (amount: number) => ({ amount, currency: 'USD' })
const at = (minute: number): string => new Date(Date.UTC(2026, 10, 20, 9, minute)).toISOString()

function aBook(through: 'channel' | 'provider', captured = [1_000], more: Partial<RefundPolicy> = {}) {
  const rest = { through, when: 'by_hand', byReason: {}, damaged: false, shippingFor: [], feePercent: {} } as const
  const refund = { ...rest, ...more }
  const rules = {
    channels: ['shop'],
    waitFor: 'nothing',
    channelRefunds: 'through_provider',
    orphanAfterMinutes: 60,
  } as const
  const policy: Policy = { ...policyWith({ returns: { goods: 'receipts', credit: 'at_once', refund } }), payments: { psp: rules } } // prettier-ignore
  const total = captured.reduce((all, one) => all + one, 0)
  const purse: Purse = {
    paid: usd(total), refunded: usd(0), lines: [], shipping: { amount: usd(0), tax: usd(0) },
    payments: captured.map((amount, index) => ({ provider: 'psp', paymentId: `pi_${index}`, captured: usd(amount) })),
  } // prettier-ignore
  const book = {
    state: returns.initial,
    journal: [] as ReturnEvent[],
    calls: [] as { intent: Intent; version: number }[],
  }
  const tell = (command: ReturnCommand, minute = 0): ReturnEvent[] => {
    const decision = returns.decide(book.state, command, policy, { stream: STREAM, at: at(minute), messageKey: 'm' })
    if ('refused' in decision) throw new Error(decision.reason)
    for (const event of decision) {
      book.state = returns.evolve(book.state, event)
      for (const one of returns.react(event, book.state, STREAM))
        if (!('note' in one)) book.calls.push({ intent: one, version: book.state.version })
    }
    book.journal.push(...decision)
    return [...decision]
  }
  const say = (request: MoneyRequest, minute = 0) => tell({ ...request, purse }, minute)
  const shop = (...refunds: Refund[]) => tell({ type: 'return.look', facts: FACTS(total), refunds })
  shop()
  return {
    book,
    tell,
    shop,
    purse,
    give: (requestId: string, amount: number) =>
      say({ type: 'refund.give', requestId, lines: [], amount: usd(amount), reason: 'other', by: 'Ada' }),
    provider: (told: Partial<ProviderRefund>, minute = 0) =>
      say(
        {
          type: 'refund.atProvider',
          provider: 'psp',
          requestId: null,
          refundId: 're_1',
          amount: usd(400),
          status: 'succeeded',
          detail: '',
          at: at(minute),
          ...told,
        },
        minute,
      ),
    left: (minute: number) => tell({ type: 'return.lookAtClock' }, minute),
    /** The last call is answered. */
    answered(answer: object) {
      const { intent, version } = book.calls.pop()!
      return tell({ type: 'done', intent: intent.type, ask: intent.ask, version, answer } as Done)
    },
  }
}

const FACTS = (total: number) => ({
  orderName: '#1001', currency: 'USD', taxesIncluded: false, pool: 'WH', wanted: [], saleId: '9', billing: 'later' as const,
  invoice: { invoiceId: '3', total: usd(total), included: [] },
}) // prettier-ignore
const refund = (id: string, amount: number): Refund => ({ id, at: at(1), amount: usd(amount), lines: [] })
const types = (events: readonly ReturnEvent[]) => events.map(({ type }) => type)
const creditsOf = (journal: readonly ReturnEvent[]) =>
  journal.flatMap((event) => (event.type === 'refund.creditAsked' ? [event.refundId] : []))
/** Nobody has to be asked what had left. */
const judged = { type: 'return.noteLeft', lines: [] } as const

describe('a refund others made at the provider', () => {
  it('is not ours of the same amount, when it was there before we asked', () => {
    const { book, give, provider, answered, purse } = aBook('channel')
    provider({})
    give('g-1', 400)
    answered({ refundId: 'f-1' })
    expect(givenOf(book.state, purse, true)).toBe(800)
    expect(types(give('g-2', 250))).toEqual(['refund.requestRefused'])
  })

  it('is ours of the same amount, when it is seen after ours was made', () => {
    const { book, give, provider, answered, purse } = aBook('channel')
    give('g-1', 400)
    answered({ refundId: 'f-1' })
    provider({})
    expect(givenOf(book.state, purse, true)).toBe(400)
    expect(types(give('g-2', 600))).toContain('refund.giveAsked')
  })

  it('waits an hour for the word of the channel, and is then credited by itself, once', () => {
    const { book, provider, left, tell, shop } = aBook('channel')
    provider({}, 0)
    expect(left(59)).toEqual([])
    expect(types(left(60))).toEqual(['refund.heard'])
    tell(judged)
    expect(creditsOf(book.journal)).toEqual(['psp-re_1'])
    // The channel speaks after all: it is the same money.
    shop(refund('f-9', 400))
    tell(judged)
    expect(creditsOf(book.journal)).toEqual(['psp-re_1'])
  })

  it('that the channel tells of in time is credited once, as the channel has it', () => {
    const { book, provider, left, tell, shop } = aBook('channel')
    provider({}, 0)
    shop(refund('f-9', 400))
    tell(judged)
    left(120)
    tell(judged)
    expect(creditsOf(book.journal)).toEqual(['f-9'])
  })
})

describe('a refund of ours at the provider', () => {
  it('goes back to the payments it came from, each no more than it holds, and is one credit note', () => {
    const { book, give, provider, tell } = aBook('provider', [300, 700])
    const events = give('g-1', 500)
    const asked = events.find((event) => event.type === 'refund.giveAsked')!
    expect(asked.parts.map(({ requestId, amount }) => [requestId, amount.amount])).toEqual([
      ['g-1', 300],
      ['g-1.1', 200],
    ])
    provider({ requestId: 'g-1', amount: usd(300) })
    expect(creditsOf(book.journal)).toEqual([])
    provider({ requestId: 'g-1.1', refundId: 're_2', amount: usd(200) })
    tell(judged)
    expect(creditsOf(book.journal)).toEqual(['g-1'])
  })

  it('that fails after it was credited is a named case; given again, its credit note stands for the new one', () => {
    const { book, give, provider, tell, answered } = aBook('provider')
    give('g-1', 400)
    provider({ requestId: 'g-1' })
    tell(judged)
    answered({ creditId: '1', number: 'R/1', total: usd(400) })
    const failed = provider({ requestId: 'g-1', status: 'failed' })
    expect(types(failed)).toEqual(['refund.partEnded', 'refund.cameBack'])
    const [case_] = returns.react(failed[1]!, book.state, STREAM)
    expect(case_).toMatchObject({ command: { type: 'order.noteException', code: 'refund_came_back' } })
    expect(JSON.stringify(case_)).toContain('R/1')
    give('g-2', 1_000)
    expect(book.state.givings!.at(-1)).toMatchObject({ requestId: 'g-2', step: 'going' })
    provider({ requestId: 'g-2', refundId: 're_2', amount: usd(1_000), status: 'failed' })
    give('g-3', 400)
    provider({ requestId: 'g-3', refundId: 're_3' })
    tell(judged)
    const settled = book.journal.find((event) => event.type === 'refund.settled')
    expect(settled).toMatchObject({ refundId: 'g-3', why: 'credited_before', replaces: 'g-1' })
    expect(creditsOf(book.journal)).toEqual(['g-1'])
  })
})

describe('a refund in the channel that the bank refuses days later', () => {
  const facts = FACTS(1_000)
  const look = (refunds: Refund[], ...lost: [string, number][]): ReturnCommand => ({
    type: 'return.look', facts, refunds, lost: lost.map(([id, amount]) => ({ id, at: at(9), amount: usd(amount) })),
  }) // prettier-ignore
  const casesOf = (events: readonly ReturnEvent[], book: ReturnType<typeof aBook>['book']) =>
    events.flatMap((event) => returns.react(event, book.state, STREAM)).flatMap((one) =>
      'note' in one && one.command.type === 'order.noteException' ? [one.command as unknown as { code: string; detail: string }] : []) // prettier-ignore

  it('is a case with its sum, once, and its money may go back again', () => {
    const { book, give, tell, answered, purse } = aBook('channel')
    give('g-1', 400)
    answered({ refundId: 'f-1' })
    expect(givenOf(book.state, purse, true)).toBe(400)
    const [told] = casesOf(tell(look([], ['f-1', 400])), book)
    expect(told).toMatchObject({ code: 'refund_failed', detail: expect.stringContaining('4.00 USD') as string })
    expect(tell(look([], ['f-1', 400]))).toEqual([])
    expect(givenOf(book.state, purse, true)).toBe(0)
    expect(types(give('g-2', 1_000))).toContain('refund.giveAsked')
    expect(creditsOf(book.journal)).toEqual([])
  })

  it('also when the bank is heard before the answer to our call', () => {
    const { book, give, tell, answered, purse } = aBook('channel')
    give('g-1', 400)
    expect(casesOf(tell(look([], ['f-1', 400])), book)).toHaveLength(1)
    expect(answered({ refundId: 'f-1' })).toMatchObject([{ type: 'refund.partEnded', step: 'failed' }])
    expect(givenOf(book.state, purse, true)).toBe(0)
  })

  it('leaves its credit note standing, and given again by whomever it is not credited twice', () => {
    const { book, tell, shop, answered, purse } = aBook('channel')
    shop(refund('f-1', 400))
    tell(judged)
    answered({ creditId: '1', number: 'R/1', total: usd(400) })
    const told = casesOf(tell(look([], ['f-1', 400])), book)
    expect(told.map(({ code }) => code)).toEqual(['refund_came_back'])
    expect(told[0]!.detail).toContain('R/1')
    expect(givenOf(book.state, purse, true)).toBe(0)
    shop(refund('f-2', 400))
    tell(judged)
    expect(creditsOf(book.journal)).toEqual(['f-1'])
  })

  it('that failed in one of its parts alone counts as what did arrive', () => {
    const { book, give, tell, answered, purse } = aBook('channel', [600, 400])
    give('g-1', 1_000)
    answered({ refundId: 'f-1' })
    const told = casesOf(tell(look([refund('f-2', 400)], ['f-1', 600])), book)
    expect(told).toMatchObject([{ code: 'refund_failed', detail: expect.stringContaining('6.00 USD') as string }])
    expect(givenOf(book.state, purse, true)).toBe(400)
  })
})

describe('a channel that gives money alone', () => {
  const mug = { lineId: 'a', ordered: 1, quantity: 1, amount: usd(400), tax: usd(0) }
  const giveMug = (world: ReturnType<typeof aBook>, requestId: string) =>
    world.tell({
      type: 'refund.give', requestId, lines: [{ lineId: 'a', quantity: 1 }], reason: 'other', by: 'Ada',
      purse: { ...world.purse, lines: [mug] },
    }) // prettier-ignore

  it('does not say for which pieces: the credit note names those we gave it for, and they are not paid again', () => {
    const world = aBook('channel')
    giveMug(world, 'g-1')
    world.answered({ refundId: 'f-1' })
    world.shop(refund('f-1', 400))
    world.tell(judged)
    const [credit] = world.book.journal.filter((event) => event.type === 'refund.creditAsked')
    expect(credit!.credit).toMatchObject({ total: usd(400), other: usd(0), lines: [{ lineId: 'a', quantity: 1 }] })
    expect(giveMug(world, 'g-2')).toMatchObject([{ type: 'refund.requestRefused', code: 'more_than_bought' }])
  })

  it('and is heard before its own answer: the pieces are not paid again either', () => {
    const world = aBook('channel')
    giveMug(world, 'g-1')
    world.shop(refund('f-1', 400))
    world.answered({ refundId: 'f-1' })
    expect(giveMug(world, 'g-2')).toMatchObject([{ type: 'refund.requestRefused', code: 'more_than_bought' }])
  })

  it('is told which refunds were known when it was first asked, also when it is asked again', () => {
    const world = aBook('channel')
    world.shop(refund('f-0', 100))
    world.give('g-1', 100)
    const { version, intent } = world.book.calls.at(-1)!
    expect(intent).toMatchObject({ type: 'refund.ensure', ask: { known: ['f-0'] } })
    world.tell({
      type: 'failed', intent: 'refund.ensure', version, fault: { kind: 'unavailable', code: 'x', message: 'No answer.' },
    }) // prettier-ignore
    world.shop(refund('f-0', 100), refund('f-1', 100))
    world.tell({ type: 'return.retry', purse: world.purse })
    expect(world.book.calls.at(-1)!.intent).toMatchObject({ type: 'refund.ensure', ask: { known: ['f-0'] } })
  })
})

describe('store credit', () => {
  const credit = { storeCreditFor: ['other'] } as const

  it('is what the channel is asked for, where policy says so for the reason', () => {
    const { give, book } = aBook('channel', [1_000], credit)
    give('r-1', 400)
    expect(book.calls).toMatchObject([{ intent: { type: 'refund.ensure', ask: { key: 'r-1', storeCredit: true } } }])
    const other = aBook('channel', [1_000], { storeCreditFor: ['unwanted'] })
    other.give('r-1', 400)
    expect(other.book.calls[0]!.intent.ask).not.toHaveProperty('storeCredit')
  })

  it('counts against what was captured, and no provider is asked to pay it out instead', () => {
    const { give } = aBook('channel', [1_000], credit)
    give('r-1', 700)
    expect(give('r-2', 301)).toMatchObject([{ type: 'refund.requestRefused', code: 'beyond_captured' }])
    const { give: ask, book } = aBook('provider', [1_000], credit)
    expect(ask('r-1', 400)).toMatchObject([{ type: 'refund.requestRefused', code: 'no_store_credit' }])
    expect(book.state.givings ?? []).toEqual([])
  })
})
