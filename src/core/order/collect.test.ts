/** Each parcel pays its share, to the cent; what is cancelled is let go; and nothing is asked for twice. */
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { money } from '#canon/money.ts'
import type { PaymentPolicy } from '../policy.ts'
import { given } from '../testing/given.ts'
import { anOrder, orderLine, policyWith, second } from '../testing/sample.ts'
import { fulfilment, type FulfilmentCommand, type FulfilmentEvent } from '../fulfilment/fulfilment.ts'
import { type CapturePart, collectStep, dueAfter } from './collect.ts'
import { order, type OrderCommand, type OrderEvent } from './order.ts'
import type { OrderPayment } from './payment.ts'

const usd = (amount: number) => ({ amount, currency: 'USD' })
const rules: PaymentPolicy = {
  channels: ['shop'],
  waitFor: 'authorised',
  channelRefunds: 'through_provider',
  orphanAfterMinutes: 9,
  capture: 'at_shipment',
}
const rule = (change: Partial<PaymentPolicy> = {}) => ({
  ...policyWith(),
  payments: { stripe: { ...rules, ...change }, paypal: { ...rules, ...change } },
})

/** Three mugs and two plates; with shipping and tax 26.65 in all. */
const two = anOrder({
  lines: [
    orderLine({ id: 'L-1', quantity: 3, unitPrice: usd(500) }),
    orderLine({ id: 'L-2', sku: 'PLATE', quantity: 2, unitPrice: usd(167), taxes: [] }),
  ],
  total: usd(2_665),
})
const paid = (change: Partial<OrderPayment> = {}): OrderCommand => ({
  type: 'order.notePayment',
  payment: {
    provider: 'stripe',
    paymentId: 'pi_1',
    version: 3,
    authorised: usd(2_665),
    captured: usd(0),
    refunded: usd(0),
    closed: false,
    disputed: false,
    warned: false,
    ...change,
  },
})
const observe: OrderCommand = { type: 'order.observe', order: two }
const held = (sku: string): OrderCommand => ({ type: 'order.noteHold', sku, outcome: 'reserved' })
const confirmed: OrderEvent = {
  type: 'order.confirmed',
  saleId: '1',
  saleName: 'S1',
  lines: [],
  held: [],
  at: second(1),
}
const left = (lines: Record<string, number>): OrderCommand => ({
  type: 'order.notePieces',
  lines: Object.entries(lines).map(([lineId, cumulative]) => ({ lineId, cumulative })),
})

/** Through the decider, with what is asked of payments noted down. */
function live(policy: ReturnType<typeof rule>, ...steps: (OrderCommand | OrderEvent)[]) {
  let state = order.initial
  const asked: (CapturePart | { letGo: unknown })[] = []
  for (const step of steps) {
    const isEvent = step.type === 'order.confirmed' || step.type === 'order.cancelled'
    const context = { stream: 'order/shop/1001', at: second(60), messageKey: 'm' }
    const events = isEvent ? [step as OrderEvent] : order.decide(state, step as OrderCommand, policy, context)
    if ('refused' in events) throw new Error(events.reason)
    for (const event of events) {
      state = order.evolve(state, event)
      if (event.type === 'order.captureAsked') asked.push(...event.parts)
      if (event.type === 'order.moneyLetGo') asked.push(...event.parts.map((letGo) => ({ letGo })))
    }
  }
  return { state, asked, amounts: asked.map((one) => ('amount' in one ? one.amount.amount : one)) }
}

const begun = [observe, held('MUG'), held('PLATE'), paid(), confirmed] as const

describe('captured at shipment', () => {
  it('each parcel is its share, shipping goes with the first, and the last is final and makes it whole', () => {
    const { asked, amounts } = live(
      rule(),
      ...begun,
      left({ 'L-1': 1 }),
      left({ 'L-1': 3, 'L-2': 1 }),
      left({ 'L-2': 2 }),
    )
    expect(amounts.reduce<number>((sum, one) => sum + (one as number), 0)).toBe(2_665)
    expect(amounts[0]).toBeGreaterThan(500)
    expect(asked.map((one) => 'final' in one && one.final)).toEqual([false, false, true])
    expect(new Set(asked.map((one) => 'requestId' in one && one.requestId)).size).toBe(3)
  })

  it('a parcel heard of twice, or late, asks for nothing anew', () => {
    expect(live(rule(), ...begun, left({ 'L-1': 2 }), left({ 'L-1': 2 }), left({ 'L-1': 1 })).asked).toHaveLength(1)
  })

  it('a payment that comes after the parcels is captured then', () => {
    const late = [observe, held('MUG'), held('PLATE')] as const
    const { amounts } = live(rule({ waitFor: 'nothing' }), ...late, confirmed, left({ 'L-1': 3, 'L-2': 2 }), paid())
    expect(amounts).toEqual([2_665])
  })

  it('two payments share it, the first first; what was captured elsewhere is not asked for again', () => {
    const [a, b] = [
      paid({ authorised: usd(1_000) }),
      paid({ provider: 'paypal', paymentId: 'O1', authorised: usd(1_665) }),
    ]
    const parts = live(rule(), observe, held('MUG'), held('PLATE'), a, b, confirmed, left({ 'L-1': 3, 'L-2': 2 })).asked
    expect(parts).toMatchObject([
      { provider: 'paypal', amount: usd(1_665), final: true },
      { provider: 'stripe', amount: usd(1_000), final: true },
    ])
    const byHand = paid({ captured: usd(2_000), version: 4 })
    expect(live(rule(), ...begun, byHand, left({ 'L-1': 3, 'L-2': 2 })).amounts).toEqual([665])
  })

  it("is nobody's business here where policy does not say so, and all at once where it says that", () => {
    expect(live(rule({ capture: 'by_channel' }), ...begun, left({ 'L-1': 3, 'L-2': 2 })).asked).toEqual([])
    expect(live(rule({ capture: 'at_once' }), ...begun, paid({ version: 4 }), left({ 'L-1': 1 })).asked).toMatchObject([
      { amount: usd(2_665), final: true },
    ])
  })

  it('a gift card pays first: only the rest is captured, over all parcels', () => {
    const card = [{ id: 't-1', at: second(1), amount: usd(1_000) }]
    const policy = rule({ capture: 'at_once' })
    const seen: OrderCommand = { type: 'order.observe', order: { ...two, redeemed: card } }
    const asked = given(order)
      .under(policy)
      .when(seen, held('MUG'), held('PLATE'), paid({ authorised: usd(1_665) }))
    expect(collectStep(order.evolve(asked.state, confirmed), policy)).toMatchObject({
      parts: [{ amount: usd(1_665), final: true }],
    })
  })

  it('shares add up to the total, whatever leaves when', () => {
    const line = fc.record({ quantity: fc.integer({ min: 1, max: 9 }), price: fc.integer({ min: 0, max: 9_999 }) })
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 0, max: 99_999 }),
        fc.infiniteStream(fc.nat(4)),
        (lines, total, draw) => {
          const one = anOrder({
            lines: lines.map(({ quantity, price }, at) =>
              orderLine({ id: `L-${at}`, quantity, unitPrice: usd(price), taxes: [] }),
            ),
          })
          const gone: Record<string, number> = {}
          let before = 0
          for (let pieces = lines.reduce((sum, { quantity }) => sum + quantity, 0); pieces > 0;) {
            const at = draw.next().value % lines.length
            if ((gone[`L-${at}`] ?? 0) >= lines[at]!.quantity) {
              const next = lines.findIndex(({ quantity }, index) => (gone[`L-${index}`] ?? 0) < quantity)
              gone[`L-${next}`] = (gone[`L-${next}`] ?? 0) + 1
            } else gone[`L-${at}`] = (gone[`L-${at}`] ?? 0) + 1
            pieces -= 1
            const due = dueAfter(one, gone, money(total, 'USD'))
            expect(due).toBeGreaterThanOrEqual(before)
            before = due
          }
          expect(before).toBe(total)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('cancelled', () => {
  const cancelled: OrderEvent = { type: 'order.cancelled', reason: 'customer', at: second(2) }
  const note = (change: Partial<OrderPayment>) => paid({ version: 9, ...change })

  it('what is authorised is let go, once; what was captured is given back, once', () => {
    const again = note({ version: 10 })
    expect(live(rule(), ...begun, cancelled, note({}), again).asked).toMatchObject([{ letGo: { amount: null } }])
    const captured = { captured: usd(2_665), closed: true }
    const back = live(rule(), ...begun, cancelled, note(captured), note({ ...captured, version: 10 })).asked
    expect(back).toMatchObject([{ letGo: { amount: usd(2_665) } }])
  })

  it('a capture under way is waited for, and given back when it came', () => {
    const once = rule({ capture: 'at_once' })
    const waiting = live(once, ...begun, paid({ version: 4 }), cancelled, note({}))
    expect(waiting.asked).toHaveLength(1)
    const done = live(once, ...begun, paid({ version: 4 }), cancelled, note({ captured: usd(2_665), closed: true }))
    expect(done.asked).toMatchObject([{ amount: usd(2_665) }, { letGo: { amount: usd(2_665) } }])
  })

  it("is the channel's business where capturing is", () => {
    expect(live(rule({ capture: 'by_channel' }), ...begun, cancelled, note({})).asked).toEqual([])
  })
})

it('a parcel tells its order what has left where the hub captures, and nowhere else', () => {
  const opened: FulfilmentEvent = {
    type: 'fulfilment.opened', channel: 'shop', externalId: '1001', orderName: '#1001',
    lines: [{ lineId: 'L-1', quantity: 3, saleLineId: '51' }],
  } // prettier-ignore
  const parcel: FulfilmentCommand = {
    type: 'fulfilment.noteShipment',
    shipmentId: 'P1',
    shippedAt: second(9),
    lines: [{ saleLineId: '51', quantity: 2 }],
  }
  const notes = (policy: ReturnType<typeof rule>) => {
    let state = fulfilment.evolve(fulfilment.initial, opened)
    const events = fulfilment.decide(state, parcel, policy, {
      stream: 'fulfilment/shop/1001',
      at: second(9),
      messageKey: 'm',
    })
    return ('refused' in events ? [] : events).flatMap((event) => {
      state = fulfilment.evolve(state, event)
      const owed = fulfilment.react(event, state, 'fulfilment/shop/1001')
      return owed.flatMap((one) => ('note' in one && one.command.type === 'order.notePieces' ? [one.command] : []))
    })
  }
  expect(notes(rule())).toEqual([{ type: 'order.notePieces', lines: [{ lineId: 'L-1', cumulative: 2 }] }])
  expect(notes(rule({ capture: 'at_once' }))).toEqual([])
})
