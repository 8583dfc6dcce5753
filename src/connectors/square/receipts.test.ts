/** Sales at a counter as receipts: every amount to the cent, every sale on its own day. */
import { receipt as receiptSchema, type Receipt } from '#canon/receipt.ts'
import { receiptErrors } from '#canon/receipt-totals.ts'
import { expect, test } from 'vitest'
import { amountsOf, rateOf } from './amounts.ts'
import { businessDay } from './business-day.ts'
import type { NewSale } from './simulator/index.ts'
import { createRandom, readAll, translated } from '../kit/testing.ts'
import { CAP, CHANNEL, createWorld, MUG, TAX } from './testing.ts'

/** What the feed of orders makes of what was done. */
async function receiptsOf(act: (world: ReturnType<typeof createWorld>) => void, options = {}): Promise<Receipt[]> {
  const world = createWorld(options)
  world.seller.addItem(MUG)
  world.seller.addItem(CAP)
  act(world)
  const { readings } = await readAll(world.connection.feeds['orders']!)
  const receipts = translated(world.connection, readings).flatMap(({ command }) =>
    command.type === 'till.receipt' ? [(command as unknown as { receipt: Receipt }).receipt] : [],
  )
  for (const one of receipts) {
    expect(receiptSchema.parse(one)).toEqual(one)
    expect(receiptErrors(one)).toEqual([])
  }
  return receipts
}

const sold = async (sale: NewSale): Promise<Receipt> => {
  const [receipt] = await receiptsOf(({ seller }) => void seller.ringUp(sale))
  return receipt!
}

test('a sale: lines with their SKU, tax on top, paid by card', async () => {
  const one = await sold({ lines: [{ sku: MUG.sku, quantity: 3 }], taxes: [TAX], deviceId: 'DEVICE:12/a' })
  expect(one).toMatchObject({
    currency: 'USD',
    taxesIncluded: false,
    storeId: 'main-street',
    registerId: 'DEVICE-12-a',
    offline: false,
    businessDate: '2026-11-21',
    occurredAt: '2026-11-21T15:30:00.000Z',
    total: { amount: 4_083, currency: 'USD' },
    totalTax: { amount: 333, currency: 'USD' },
  })
  expect(one.lines).toMatchObject([
    {
      sku: MUG.sku,
      quantity: 3,
      unitPrice: { amount: 1_250 },
      discount: { amount: 0 },
      taxes: [{ title: 'Sales tax', rate: '0.08875', amount: { amount: 333 } }],
    },
  ])
  expect(one.tenders).toMatchObject([{ tender: 'card', amount: { amount: 4_083 } }])
})

test('tips and charges are lines; what cash is rounded by is a tender', async () => {
  const one = await sold({
    lines: [{ sku: MUG.sku, quantity: 1 }],
    taxes: [TAX],
    charges: [{ name: 'Gift wrap', amount: 200, taxable: true }],
    tip: 150,
    rounding: 2,
    tenders: [{ kind: 'cash', amount: 1_000 }, { kind: 'gift_card', amount: 500 }, { kind: 'check' }],
  })
  expect(one.lines.map(({ title, sku, total }) => [title, sku, total.amount])).toEqual([
    ['Blue mug', MUG.sku, 1_361],
    ['Gift wrap', null, 218],
    ['Tip', null, 150],
  ])
  expect(one.tenders.map(({ tender, amount }) => [tender, amount.amount])).toEqual([
    ['cash', 1_000],
    ['gift_card', 500],
    ['check', 231],
    ['rounding', -2],
  ])
  expect(one.total.amount).toBe(1_729)
})

test('included taxes: prices as the till shows them', async () => {
  const one = await sold({
    lines: [{ sku: MUG.sku, quantity: 2, discount: 250 }],
    taxes: [{ name: 'VAT', percentage: '19', included: true }],
  })
  expect(one).toMatchObject({ taxesIncluded: true, total: { amount: 2_250 }, totalTax: { amount: 359 } })
  expect(one.lines[0]).toMatchObject({ unitPrice: { amount: 1_250 }, discount: { amount: 250 } })
})

test('weighed goods are one piece without a SKU; modifiers are in the price', async () => {
  const one = await sold({
    lines: [
      { sku: MUG.sku, quantity: '0.755', name: 'Coffee beans' },
      { sku: CAP.sku, quantity: 3, modifier: 33 },
      { quantity: 1, price: 2_500, name: 'Gift card', giftCard: true },
    ],
  })
  expect(one.lines.map(({ title, sku, quantity, unitPrice }) => [title, sku, quantity, unitPrice.amount])).toEqual([
    ['Coffee beans (0.755)', null, 1, 944],
    ['Cap', CAP.sku, 3, 2_032],
    ['Gift card', null, 1, 2_500],
  ])
})

test('a total that is no multiple of the pieces keeps its pieces and its cents', () => {
  const money = (amount: number) => ({ amount, currency: 'USD' })
  const line = { quantity: '3', total_money: money(1_000), applied_taxes: [] }
  expect(amountsOf(line, [], false)).toMatchObject({
    quantity: 3, unitPrice: money(334), discount: money(2), total: money(1_000),
  }) // prettier-ignore
})

test('percentages become rates by text', () => {
  expect(['8.875', '19', '0.5', '100', '7.0', '', null].map(rateOf)).toEqual([
    '0.08875', '0.19', '0.005', '1', '0.07', '0', '0',
  ]) // prettier-ignore
})

test('a return is a receipt of its own that names the sale, and its parts never make more than the whole', async () => {
  const receipts = await receiptsOf(({ seller, clock }) => {
    const orderId = seller.ringUp({ lines: [{ sku: CAP.sku, quantity: 3 }], discountPercent: 10, taxes: [TAX] })
    for (const _ of [1, 2, 3]) {
      clock.pass(60_000)
      seller.takeBack({ orderId, lines: [{ sku: CAP.sku, quantity: 1 }] })
    }
  })
  const [sale, ...back] = receipts
  expect(back).toHaveLength(3)
  for (const one of back) {
    const { quantity, returns } = one.lines[0]!
    expect([quantity, returns]).toEqual([-1, { txId: sale!.txId, lineId: sale!.lines[0]!.id }])
    expect(one.tenders).toMatchObject([{ tender: 'card', amount: one.total }])
    expect(one.lines[0]).not.toHaveProperty('restock')
  }
  expect(back.reduce((all, { total }) => all + total.amount, 0)).toBe(-sale!.total.amount)
  expect(back.reduce((all, { totalTax }) => all + totalTax.amount, 0)).toBe(-sale!.totalTax.amount)
})

test('a refund that may still be refused is waited for', async () => {
  const world = createWorld()
  world.seller.addItem(CAP)
  const orderId = world.seller.ringUp({ lines: [{ sku: CAP.sku, quantity: 1 }] })
  const backId = world.seller.takeBack({ orderId, lines: [{ sku: CAP.sku, quantity: 1 }], pending: true })
  const receipts = async () =>
    translated(world.connection, (await readAll(world.connection.feeds['refunds']!)).readings)
      .map(({ command }) => (command as unknown as { receipt: Receipt }).receipt)
      .map(({ txId, total }) => [txId, total.amount])
  expect(await receipts()).toEqual([])
  const refundId = (await world.connection.feeds['refunds']!.read(null)).cursor as { read: Record<string, string> }
  world.clock.pass(3_600_000)
  world.seller.settleRefund(Object.keys(refundId.read)[0]!, 'COMPLETED')
  expect(await receipts()).toEqual([[backId, -1_999]])
})

test('a refund the bank refused leaves the receipt of the return owing its money, by a tender of its own', async () => {
  const world = createWorld()
  world.seller.addItem(CAP)
  const orderId = world.seller.ringUp({ lines: [{ sku: CAP.sku, quantity: 1 }] })
  world.seller.takeBack({ orderId, lines: [{ sku: CAP.sku, quantity: 1 }], pending: true })
  const { read } = (await world.connection.feeds['refunds']!.read(null)).cursor as { read: Record<string, string> }
  const refundId = Object.keys(read)[0]!
  world.seller.settleRefund(refundId, 'REJECTED')
  const told = translated(world.connection, (await readAll(world.connection.feeds['refunds']!)).readings)
  const amount = { amount: -1_999, currency: 'USD' }
  expect(told.map(({ command }) => (command as unknown as { receipt: Receipt }).receipt)).toMatchObject([
    { total: amount, tenders: [{ tender: 'refund_failed', amount, reference: refundId }] },
  ])
})

test('a sale without a line counts on the day it was rung up, by the clock of its store', async () => {
  const receipts = await receiptsOf(
    ({ seller, clock }) => {
      // 01:30 in New York, before the day begins there at four.
      clock.pass(15 * 3_600_000)
      seller.ringUpOffline({ lines: [{ sku: MUG.sku, quantity: 1 }] })
      seller.ringUpOffline({ lines: [{ sku: CAP.sku, quantity: 1 }], locationId: 'L2DOCK' })
      clock.pass(70 * 3_600_000)
      seller.uploadOffline()
      seller.ringUp({ lines: [{ sku: MUG.sku, quantity: 1 }] })
    },
    { config: { dayStartsAt: '04:00' } },
  )
  expect(
    receipts.map(({ storeId, businessDate, offline, occurredAt }) => [storeId, businessDate, offline, occurredAt]),
  ).toEqual([
    ['L2DOCK', '2026-11-21', true, '2026-11-22T06:30:00.000Z'],
    ['main-street', '2026-11-21', true, '2026-11-22T06:30:00.000Z'],
    ['main-street', '2026-11-24', false, '2026-11-25T04:30:00.000Z'],
  ])
})

test('days change with the zone, over the days that clocks are put forward and back', () => {
  expect(businessDay('2026-03-08T06:59:00.000Z', 'America/New_York', '00:00')).toBe('2026-03-08')
  expect(businessDay('2026-11-01T03:59:00.000Z', 'America/New_York', '00:00')).toBe('2026-10-31')
  expect(businessDay('2026-11-01T05:30:00.000Z', 'America/New_York', '02:00')).toBe('2026-10-31')
  expect(businessDay('2026-12-31T15:30:00.000Z', 'Asia/Tokyo', '00:00')).toBe('2027-01-01')
  expect(businessDay('2026-12-31T15:30:00.000Z', 'No/Such', '00:00')).toBe('2026-12-31')
  expect(businessDay('2026-11-21T00:00:00.000Z', null, '00:00')).toBe('2026-11-21')
})

test('a sale that does not add up is refused with its figures', async () => {
  const world = createWorld()
  world.seller.addItem(MUG)
  world.seller.ringUp({ lines: [{ sku: MUG.sku, quantity: 1 }] })
  const [reading] = (await readAll(world.connection.feeds['orders']!)).readings
  const body = structuredClone(reading!.body) as { order: { total_money: { amount: number } } }
  body.order.total_money.amount += 1
  expect(() => translated(world.connection, [{ ...reading!, body: body as never }])).toThrow(
    /make 1250, Square says 1251/,
  )
})

test('whatever is rung up, the receipt says what Square says, to the cent', async () => {
  const random = createRandom(7)
  const pick = (from: number, to: number) => from + Math.floor(random() * (to - from + 1))
  const totals: number[] = []
  const receipts = await receiptsOf(({ seller }) => {
    for (let nth = 0; nth < 120; nth += 1) {
      const included = random() < 0.3
      seller.ringUp({
        lines: Array.from({ length: pick(1, 4) }, () => ({
          sku: random() < 0.5 ? MUG.sku : CAP.sku,
          quantity: random() < 0.1 ? `${pick(0, 3)}.${pick(1, 9)}` : pick(1, 7),
          price: pick(1, 9_999),
          ...(random() < 0.2 ? { modifier: pick(1, 99) } : {}),
        })),
        taxes: Array.from({ length: pick(0, 2) }, (_, index) => ({
          name: `Tax ${index}`,
          percentage: `${pick(1, 20)}.${pick(0, 999)}`,
          included: random() < 0.1 ? !included : included,
        })),
        discountPercent: random() < 0.4 ? pick(1, 60) : 0,
        charges: random() < 0.3 ? [{ name: 'Bag', amount: pick(1, 500), taxable: random() < 0.5 }] : [],
        tip: random() < 0.3 ? pick(1, 900) : 0,
      })
    }
    totals.push(...seller.beliefs().orders.map(({ total }) => total))
  })
  expect(receipts.map(({ total }) => total.amount).sort()).toEqual(totals.sort())
})

test('the same sale read again is the same message', async () => {
  const world = createWorld()
  world.seller.addItem(MUG)
  world.seller.ringUp({ lines: [{ sku: MUG.sku, quantity: 1 }] })
  const read = async (feed: string) =>
    (await readAll(world.connection.feeds[feed]!)).readings.filter(({ topic }) => topic === 'poll/receipt')
  const [first] = await read('orders')
  expect(await read('orders')).toEqual([first])
  expect(await read('payments')).toEqual([first])
  expect(translated(world.connection, [first!])[0]!.stream).toBe('till/main-street/till-1')
  expect(CHANNEL).toBe('square-main')
})
