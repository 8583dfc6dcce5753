/** Every obstacle by name: what raises it, and that it goes away by itself. */
import { describe, expect, it } from 'vitest'
import type { Order } from '#canon/order.ts'
import type { ChannelPolicy, ChecksPolicy } from '../policy.ts'
import { given } from '../testing/given.ts'
import { anOrder, channelPolicy, orderLine, policyWith, second } from '../testing/sample.ts'
import { order } from './order.ts'
import { type OrderPayment, paymentObstacles } from './payment.ts'
import type { OrderHold } from './holds.ts'
import { evolveScreening, type Screening, screeningStep } from './screening.ts'
import { type Hold, initial, type OrderState } from './state.ts'
import { judge, OBSTACLES, obstacles } from './validation.ts'

const held: Hold[] = [{ sku: 'MUG', quantity: 2, outcome: 'reserved' }]
const codes = (change: Partial<Order>, holds: readonly Hold[] = held, policy: Partial<ChannelPolicy> = {}) =>
  obstacles(anOrder(change), holds, { ...channelPolicy, ...policy }).map(({ code }) => code)

const usd = (amount: number) => ({ amount, currency: 'USD' })
const taxed = (rate: string, amount = 1) => [orderLine({ taxes: [{ title: 'T', rate, amount: usd(amount) }] })]
const shippedBy = (code: string) => [{ id: 's', code, title: 'S', price: usd(1), discount: usd(0), taxes: [] }]
const hold = (outcome: Hold['outcome']): Hold[] => [{ sku: 'MUG', quantity: 2, outcome }]

const payment = (change: Partial<OrderPayment>): OrderPayment => ({
  provider: 'stripe', paymentId: 'pi_1', version: 1, authorised: usd(2_665), captured: usd(2_665), refunded: usd(0),
  closed: false, disputed: false, warned: false, ...change,
}) // prettier-ignore

const handHold: OrderHold = {
  kind: 'by_hand', owner: 'operations', reasons: [{ code: 'held_by_hand', detail: 'Kim holds it.' }], since: second(0),
  dueAt: second(60), atExpiry: 'escalate', release: 'anyone', escalated: 0,
} // prettier-ignore

function judged(change: Partial<OrderState>, checks: ChecksPolicy = {}): string[] {
  const order = change.order ?? anOrder()
  const exact = { priceWithin: 0, taxWithin: 0, wholeAddressIn: ['US'], ...checks }
  const policy = { ...policyWith(), holds: { kinds: {}, escalateTo: 'management', checks: { shop: exact } } }
  const state = { ...initial, stage: 'placed', order, holds: held, ...change } as const
  return judge(state, order, channelPolicy, policy).map(({ code }) => code)
}

function paid(change: Partial<OrderPayment>): string[] {
  const one = payment(change)
  const rules = {
    channels: ['shop'],
    waitFor: 'authorised',
    channelRefunds: 'elsewhere',
    orphanAfterMinutes: 1,
  } as const
  const policy = { ...policyWith(), payments: { stripe: rules } }
  return paymentObstacles(anOrder(), [one], policy).map(({ code }) => code)
}

function screened(change: Partial<Screening> | undefined): string[] {
  const rules = { by: 'screener', withinMinutes: 60, atExpiry: 'escalate', owner: 'fraud' } as const
  const holds = { kinds: {}, escalateTo: 'management', checks: {}, screening: { shop: rules } }
  const policy = { ...policyWith(), holds }
  const order = anOrder()
  const placed = { ...initial, stage: 'placed', order, holds: held } as const
  const asked = screeningStep(placed, [], policy, { stream: '', at: '2026-11-20T10:00:00.000Z', messageKey: '' })!
  const { screening } = evolveScreening(placed, asked)
  const state = change ? { ...placed, screening: { ...screening!, ...change } } : placed
  return judge(state, order, channelPolicy, policy).map(({ code }) => code)
}

const lying = (locationId: string, quantity: number, id = 'L-1') =>
  orderLine({ id, quantity, shelves: [{ locationId, quantity, offShelf: quantity }] })

const CASES: Record<keyof typeof OBSTACLES, () => string[]> = {
  nothing_wanted: () => codes({ lines: [orderLine({ quantity: 0 })] }),
  acceptance_needed: () => codes({ acceptance: 'needed' }),
  customer_missing: () => codes({ customer: null }),
  address_missing: () => codes({ shippingAddress: null }),
  channel_pool_missing: () => codes({ fulfilledBy: 'channel' }),
  status_unknown: () => codes({ unclear: ["payment status 'new'"] }),
  payment_pending: () => codes({ paymentStatus: 'pending' }),
  tax_unknown: () => codes({ lines: taxed('0.19') }),
  shipping_unknown: () => codes({ shipping: shippedBy('drone') }),
  sku_missing: () => codes({ lines: [orderLine({ sku: null })] }, []),
  sku_unknown: () => codes({}, hold('unknown_sku')),
  stock_short: () => codes({}, hold('short')),
  location_unknown: () => codes({ lines: [lying('L9', 2)] }),
  location_split: () =>
    obstacles(anOrder({ lines: [lying('L1', 1), lying('L2', 1, 'L-2')] }), [], {
      ...channelPolicy, locations: [{ locationId: 'L1', pool: 'WH' }, { locationId: 'L2', pool: 'ST' }],
    }).map(({ code }) => code), // prettier-ignore
  location_awaited: () => codes({ lines: [orderLine({ shelves: [] })] }),
  stock_asked: () => codes({}, hold('asked')),
  payment_awaited: () => paid({ authorised: usd(2_664) }),
  payment_short: () => paid({ captured: usd(2_664), closed: true }),
  payment_currency: () => paid({ authorised: { amount: 2_665, currency: 'GBP' } }),
  held_by_hand: () => judged({ onHold: [handHold] }),
  fraud_expected: () => judged({ payments: [payment({ warned: true })] }),
  fraud_review: () => judged({ payments: [payment({ inReview: true })] }),
  screening_needed: () => screened(undefined),
  screening_awaited: () => screened({}),
  screening_failed: () => screened({ failed: 'no' }),
  screening_stopped: () => screened({ decision: { action: 'hold', reason: 'WATCH', at: '' } }),
  address_incomplete: () =>
    judged({ order: anOrder({ shippingAddress: { ...anOrder().shippingAddress!, postcode: ' ' } }) }),
  price_differs: () => judged({ order: anOrder({ total: usd(2_664) }) }),
  tax_differs: () => judged({ order: anOrder({ lines: taxed('0.0825', 166), total: usd(2_666), totalTax: usd(166) }) }),
  credit_exceeded: () =>
    judged(
      { order: anOrder({ terms: { pricing: 'channel', paymentTerm: '30 days' } }) },
      { creditLimit: { USD: 2_664 } },
    ),
  payment_disputed: () => paid({ disputed: true }),
  route_asked: () => obstacles(anOrder(), hold('reserved'), channelPolicy, true).map(({ code }) => code),
}

describe('what keeps an order back', () => {
  it('nothing, when all is well', () => expect(codes({})).toEqual([]))

  it.each(Object.keys(CASES) as (keyof typeof OBSTACLES)[])('%s has its own name and comes alone', (code) => {
    expect(CASES[code]()).toEqual([code])
  })

  it('names are shown in the order of the table', () => {
    const all = codes({ customer: null, paymentStatus: 'pending', shipping: shippedBy('drone') }, hold('asked'))
    expect(all).toEqual(Object.keys(OBSTACLES).filter((code) => all.includes(code)))
    expect(all).toHaveLength(4)
  })

  it('an address is only wanted where something is shipped', () => {
    expect(codes({ shippingAddress: null, lines: [orderLine({ requiresShipping: false })] }, [])).toEqual([])
  })

  it('what policy leaves to the ERP is no obstacle', () => {
    expect(
      codes({ lines: taxed('0.19'), shipping: shippedBy('drone') }, held, { taxRates: 'any', shippingMethods: 'any' }),
    ).toEqual([])
  })

  it('a short order goes to the ERP as a backorder where policy says so', () => {
    expect(codes({}, hold('short'), { whenShort: 'release' })).toEqual([])
  })

  it('a SKU that was edited away is no obstacle', () => {
    expect(codes({}, [...held, { sku: 'CUP', quantity: 0, outcome: 'unknown_sku' }])).toEqual([])
  })

  it('knows what a gift card without a SKU is', () => {
    const card = orderLine({ id: 'L-2', sku: null, giftCard: true, requiresShipping: false })
    expect(obstacles(anOrder({ lines: [orderLine(), card] }), held, channelPolicy)).toEqual([])
  })

  it('says what exactly is unknown', () => {
    const [found] = obstacles(anOrder({ lines: taxed('0.19') }), held, channelPolicy)
    expect(found!.detail).toContain("'0.19'")
  })
})

describe('an obstacle that goes away lets the order go on by itself', () => {
  const noteHold = (outcome: Hold['outcome']) => ({ type: 'order.noteHold' as const, sku: 'MUG', outcome })
  const observe = (change: Partial<Order>, at = 0) => ({
    type: 'order.observe' as const,
    order: anOrder({ ...change, updatedAt: second(at) }),
  })

  it.each<[string, Partial<Order>]>([
    ['customer_missing', { customer: null }],
    ['address_missing', { shippingAddress: null }],
    ['payment_pending', { paymentStatus: 'pending' }],
    ['tax_unknown', { lines: taxed('0.19') }],
    ['shipping_unknown', { shipping: shippedBy('drone') }],
    ['sku_missing', { lines: [orderLine(), orderLine({ id: 'L-2', sku: null })] }],
  ])('%s', (code, trouble) => {
    const { state } = given(order).when(observe(trouble), noteHold('reserved'))
    expect(state).toMatchObject({ stage: 'placed', exceptions: [{ code }] })
    expect(given(order).when(observe(trouble), noteHold('reserved'), observe({}, 1)).state).toMatchObject({
      stage: 'releasing',
      exceptions: [],
    })
  })

  it.each<[string, Hold['outcome']]>([
    ['sku_unknown', 'unknown_sku'],
    ['stock_short', 'short'],
  ])('%s', (code, outcome) => {
    expect(given(order).when(observe({}), noteHold(outcome)).state.exceptions).toMatchObject([{ code }])
    expect(given(order).when(observe({}), noteHold(outcome), noteHold('reserved')).state.stage).toBe('releasing')
  })

  it('nothing_wanted', () => {
    const empty = given(order).when(observe({ lines: [] })).state
    expect(empty.exceptions).toMatchObject([{ code: 'nothing_wanted' }])
    expect(given(order).when(observe({ lines: [] }), observe({}, 1), noteHold('reserved')).state.stage).toBe(
      'releasing',
    )
  })

  it('a tax rate added to the policy is found at the next news', () => {
    const before = given(order).when(observe({ lines: taxed('0.19') }), noteHold('reserved'))
    expect(before.state.stage).toBe('placed')
    const after = given(order)
      .under(policyWith({ taxRates: ['0.19'] }))
      .when(observe({ lines: taxed('0.19') }), noteHold('reserved'))
    expect(after.state.stage).toBe('releasing')
  })
})
