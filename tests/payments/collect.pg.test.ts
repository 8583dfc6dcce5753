/**
 * The hub captures: each parcel its share at the provider that holds the money, over lost answers and doubled news;
 * what is cancelled is let go or given back; and who is late is told. An auditor compares all books after each.
 */
import type { Order } from '#canon/order.ts'
import * as paypal from '#connectors/paypal/testing.ts'
import * as stripe from '#connectors/stripe/testing.ts'
import type { PaymentPolicy } from '#core/policy.ts'
import type { OrderState } from '#core/order/state.ts'
import type { PaymentState } from '#core/payment/state.ts'
import { expect, test } from 'vitest'
import type { Fetch } from '../../src/io.ts'
import { anOrder, aPolicy } from '../support/orders.ts'
import { aSmallHub } from '../support/small-hub.ts'

const DAY_MS = 86_400_000
const usd = (amount: number) => ({ amount, currency: 'USD' })
const line = (id: string, quantity: number, price: number) => ({
  id,
  sku: 'MUG',
  title: 'Mug',
  quantity,
  ordered: quantity,
  restocked: 0,
  unitPrice: usd(price),
  discount: usd(0),
  taxes: [],
  requiresShipping: true,
  giftCard: false,
})
/** Seven pieces, and a total that does not divide. */
const basket: Partial<Order> = {
  lines: [line('a', 3, 333), line('b', 4, 125)],
  shipping: [{ id: 's', code: 'std', title: 'Standard', price: usd(499), discount: usd(0), taxes: [] }],
  total: usd(1_998),
  presentmentTotal: usd(1_998),
  paymentStatus: 'authorised',
}

async function aHub(rules: Partial<PaymentPolicy> = {}, wrap: (fetch: Fetch) => Fetch = (fetch) => fetch) {
  const cards = await stripe.subscribed({ wrap, account: { doublesOfTen: 5, hookDelayMs: [0, 15_000] } })
  const wallet = await paypal.subscribed({ wrap, account: { doublesOfTen: 5, hookDelayMs: [0, 15_000] } })
  const each: PaymentPolicy = {
    channels: ['shop'],
    waitFor: 'authorised',
    channelRefunds: 'through_provider',
    orphanAfterMinutes: 60,
    capture: 'at_shipment',
    ...rules,
  }
  const channels = { shop: { ...aPolicy.channels['shop']!, releaseWhen: ['paid', 'authorised'] as const } }
  const policy = { ...aPolicy, channels, payments: { [stripe.PROVIDER]: each, [paypal.PROVIDER]: each } }
  const pass = (ms: number) => {
    cards.clock.pass(ms)
    wallet.clock.pass(ms)
  }
  const beside = { [stripe.PROVIDER]: cards, [paypal.PROVIDER]: wallet }
  const hub = await aSmallHub({ clock: cards.clock, io: cards.io, policy, beside, mugs: 100 })
  return {
    cards: cards.account,
    wallet: wallet.account,
    pass,
    order: (change: Partial<Order> = {}) => hub.hand('order', anOrder('1001', { ...basket, ...change })),
    parcel: (shipmentId: string, lines: Record<string, number>) =>
      hub.say('fulfilment/shop/1001', {
        type: 'fulfilment.noteShipment',
        shipmentId,
        shippedAt: '2026-11-21T16:00:00.000Z',
        lines: Object.entries(lines).map(([id, quantity]) => ({ saleLineId: `s-${id}`, quantity })),
      }),
    live: (ms: number) => hub.live(pass, ms),
    placed: () => hub.state<OrderState>('order/shop/1001'),
    money: (provider: string, id: string) => hub.state<PaymentState>(`payment/${provider}/${id}`),
  }
}

const codes = ({ exceptions }: OrderState) => exceptions.map(({ code }) => code)
const byCard = { amount: 1_998, currency: 'usd', metadata: { order_id: '1001' } }
const byWallet = { value: '19.98', currency: 'USD', custom_id: 'shop:1001' }

test('three parcels capture three shares at Stripe, to the cent, the last one final, over a lost answer', async () => {
  let isLost = false
  const hub = await aHub({}, (fetch) => async (request) => {
    const response = await fetch(request)
    if (!isLost || !request.url.endsWith('/capture')) return response
    isLost = false
    throw new Error('the line was cut')
  })
  await hub.order()
  hub.cards.authorise(byCard)
  await hub.live(40_000)
  const captured = () => hub.cards.beliefs().payments[0]!
  expect(captured()).toMatchObject({ captured: 0 })
  isLost = true
  await hub.parcel('P1', { a: 1 })
  await hub.live(120_000)
  // A piece of 333, and the shipping.
  expect(captured()).toMatchObject({ captured: 832, status: 'requires_capture' })
  await hub.parcel('P2', { a: 2, b: 1 })
  await hub.parcel('P2', { a: 2, b: 1 })
  await hub.live(60_000)
  expect(captured()).toMatchObject({ captured: 1_623, status: 'requires_capture' })
  await hub.parcel('P3', { b: 3 })
  await hub.live(60_000)
  expect(captured()).toMatchObject({ captured: 1_998, status: 'succeeded' })
  expect(codes(await hub.placed())).toEqual([])
})

test('the same at PayPal and Stripe together: what one has not, the other pays', async () => {
  const hub = await aHub()
  await hub.order()
  hub.cards.authorise({ ...byCard, amount: 1_000 })
  const id = hub.wallet.authorise({ ...byWallet, value: '9.98' })
  await hub.live(60_000)
  expect((await hub.placed()).stage).toBe('confirmed')
  await hub.parcel('P1', { a: 3 })
  await hub.parcel('P2', { b: 4 })
  await hub.live(80_000)
  const [card, wallet] = [hub.cards.beliefs().payments[0]!, hub.wallet.beliefs().payments[0]!]
  expect(card.captured + wallet.captured).toBe(1_998)
  expect(card).toMatchObject({ captured: 1_000, status: 'succeeded' })
  expect(await hub.money(paypal.PROVIDER, id)).toMatchObject({ captured: 998, closed: true, troubles: [] })
})

test('a cancelled order lets go of what is held; what was captured at once is given back, and nothing twice', async () => {
  const held = await aHub()
  await held.order()
  held.cards.authorise(byCard)
  await held.live(40_000)
  await held.order({ cancelledAt: '2026-11-21T16:00:00.000Z', updatedAt: '2026-11-21T16:00:00.000Z' })
  await held.live(60_000)
  expect((await held.placed()).stage).toBe('cancelled')
  expect(held.cards.beliefs().payments).toMatchObject([{ status: 'canceled', captured: 0 }])

  const once = await aHub({ capture: 'at_once' })
  await once.order()
  once.wallet.authorise(byWallet)
  await once.live(60_000)
  expect(once.wallet.beliefs().payments).toMatchObject([{ captured: 1_998, refunded: 0 }])
  await once.order({ cancelledAt: '2026-11-21T16:00:00.000Z', updatedAt: '2026-11-21T16:00:00.000Z' })
  await once.live(120_000)
  expect(once.wallet.beliefs().payments).toMatchObject([{ captured: 1_998, refunded: 1_998 }])
  expect(once.wallet.beliefs().refunds).toHaveLength(1)
})

test('an authorisation about to run out, and evidence that is due, are on the order in time; a lost dispute has a name', async () => {
  const hub = await aHub()
  await hub.order()
  const id = hub.cards.authorise(byCard)
  await hub.live(40_000)
  hub.pass(5 * DAY_MS)
  await hub.live(20_000)
  expect(codes(await hub.placed())).toEqual([])
  hub.pass(DAY_MS)
  await hub.live(20_000)
  expect(codes(await hub.placed())).toEqual(['authorisation_ends'])
  await hub.parcel('P1', { a: 3, b: 4 })
  await hub.live(60_000)
  expect(codes(await hub.placed())).toEqual([])
  const dispute = hub.cards.dispute(id, 1_998)
  await hub.live(40_000)
  hub.pass(11 * DAY_MS)
  await hub.live(20_000)
  expect(codes(await hub.placed())).toContain('evidence_due')
  hub.cards.closeDispute(dispute, false)
  await hub.live(40_000)
  expect(codes(await hub.placed())).toContain('chargeback')
  expect(codes(await hub.placed())).not.toContain('evidence_due')
})

test('what the provider refuses to capture is on the order, and goes when it was captured by hand', async () => {
  const hub = await aHub(
    {},
    (fetch) => (request) =>
      request.url.endsWith('/capture')
        ? Promise.resolve(
            Response.json({ error: { type: 'invalid_request_error', message: 'no multicapture' } }, { status: 400 }),
          )
        : fetch(request),
  )
  await hub.order()
  const id = hub.cards.authorise(byCard)
  await hub.live(40_000)
  await hub.parcel('P1', { a: 1 })
  await hub.live(60_000)
  expect(codes(await hub.placed())).toEqual(['capture_failed'])
  hub.cards.capture(id, 832, false)
  await hub.live(60_000)
  expect(codes(await hub.placed())).toEqual([])
})
