/**
 * Money the hub gives back through the shop: by policy when goods are back, by a person's word, approved where it is
 * much; once over lost answers, never more than was paid, and each with its credit note to the cent.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { tellStream } from '#engine/person.ts'
import { listReturns, previewRefund } from '#insight/returns.ts'
import { SHOP } from '#sim/estate.ts'
import { freshDatabase } from '../support/database.ts'
import { aRetailer, type Retailer } from '../support/retailer.ts'

const MINUTE_MS = 60_000
let retailer: Retailer
let sku: string

const RULES = {
  through: 'channel',
  when: 'received',
  byReason: { defective: 'authorised' },
  damaged: true,
  shippingFor: ['defective'],
  feePercent: { unwanted: 10 },
  approveAbove: 20_000,
} as const

beforeEach(async () => {
  retailer = await aRetailer(await freshDatabase(), {
    stock: 10,
    configure(config) {
      const channel = config.policy.channels[SHOP]!
      const returns = {
        goods: 'receipts' as const,
        credit: 'at_once' as const,
        refund: { ...RULES, shippingFor: [...RULES.shippingFor] },
      }
      return {
        ...config,
        policy: { ...config.policy, channels: { ...config.policy.channels, [SHOP]: { ...channel, returns } } },
      }
    },
  })
  sku = Object.keys(retailer.estate.shop.beliefs().available)[0]!
})

const BUYER = {
  firstName: 'Ada',
  lastName: 'Byron',
  email: 'ada@example.com',
  address: { address1: '1 Dock Road', city: 'Austin', zip: '78701', provinceCode: 'TX', countryCode: 'US' },
}

async function pass(minutes = 4): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await retailer.deliver(retailer.hooks())
    await retailer.later(MINUTE_MS)
  }
}

/** Sold, shipped and invoiced. */
async function sold(quantity: number): Promise<string> {
  const id = retailer.estate.shop.placeOrder({
    lines: [{ sku, quantity }],
    customer: BUYER,
    taxRate: 0.0825,
    financialStatus: 'paid',
    shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
  })!
  await pass()
  retailer.estate.erp.ship(`${SHOP}:${id}`)
  await pass()
  return id
}

interface Row {
  attention: boolean
  state: Record<string, unknown>
}
async function stateOf(stream: string) {
  const [row] = await retailer.engine.database.query<Row>('select attention, state from stream where stream = $1', [
    stream,
  ])
  return row
}
const book = async (id: string) => (await stateOf(`return/${SHOP}/${id}`))!
const codes = async (id: string) =>
  ((await stateOf(`order/${SHOP}/${id}`))!.state['exceptions'] as { code: string }[]).map(({ code }) => code)
const lineOf = async (id: string) =>
  ((await stateOf(`order/${SHOP}/${id}`))!.state['order'] as { lines: { id: string }[] }).lines[0]!.id
const sale = (id: string) => retailer.estate.erp.beliefs().sales.find(({ ref }) => ref.endsWith(`:${id}`))!
const order = (id: string) => retailer.estate.shop.beliefs().orders.find((one) => one.id === id)!
const free = () => retailer.estate.erp.beliefs().stock.find((one) => one.sku === sku)!.free
const credited = (id: string) => sale(id).credits.map(({ state, total }) => [state, total.toFixed(2)])

let asked = 0
async function say(id: string, request: Record<string, unknown>): Promise<void> {
  asked += 1
  await tellStream(
    retailer.engine,
    `order/${SHOP}/${id}`,
    { type: 'order.askBack', request } as { type: string },
    `k${asked}`,
  )
  await pass()
}
const usd = (amount: number) => ({ amount, currency: 'USD' })
const give = (id: string, requestId: string, more: Record<string, unknown>, by = 'Ada') =>
  say(id, { type: 'refund.give', requestId, lines: [], reason: 'other', by, ...more })

describe('goods that are back', () => {
  test('T9: their money goes back once, less the fee, with a credit note to the cent; the piece is on sale once', async () => {
    const id = await sold(3)
    const lineId = await lineOf(id)
    const lines = [{ lineId, quantity: 1 }]
    await say(id, { type: 'return.ask', returnId: 'rma-1', reason: 'unwanted', lines })
    expect(order(id).refunded).toBe('0.00')
    const receive = {
      type: 'return.receive',
      receiptId: 'c-1',
      returnId: 'rma-1',
      lines: [{ lineId, quantity: 1, disposition: 'sellable' }],
    }
    await say(id, receive)
    await say(id, receive)
    expect(credited(id)).toEqual([['posted', order(id).refunded]])
    expect(Number(order(id).refunded)).toBeGreaterThan(0)
    const [giving] = (await book(id)).state['givings'] as {
      worth: { amount: { amount: number }; fee: { amount: number } }
    }[]
    const { amount, fee } = giving!.worth
    expect(fee.amount).toBe(Math.round((amount.amount + fee.amount) / 10))
    expect((amount.amount / 100).toFixed(2)).toBe(order(id).refunded)
    expect(free()).toBe(8)
    expect(retailer.estate.shop.beliefs().available[sku]).toBe(8)
    expect(await codes(id)).toEqual([])
  })

  test('of a reason that is refunded at once are paid when they may come, with the shipping, and not again', async () => {
    const id = await sold(1)
    const lineId = await lineOf(id)
    await say(id, { type: 'return.ask', returnId: 'rma-1', reason: 'defective', lines: [{ lineId, quantity: 1 }] })
    const paid = order(id).refunded
    expect(paid).toBe(sale(id).credits[0]!.total.toFixed(2))
    await say(id, {
      type: 'return.receive',
      receiptId: 'c-1',
      returnId: 'rma-1',
      lines: [{ lineId, quantity: 1, disposition: 'damaged' }],
    })
    expect(order(id).refunded).toBe(paid)
    expect(credited(id)).toHaveLength(1)
  })

  test('whose money somebody gave back in the shop are not paid for twice', async () => {
    const id = await sold(2)
    retailer.estate.shop.refund(id, [{ sku, quantity: 1, restock: false }])
    await pass()
    const paid = order(id).refunded
    await say(id, {
      type: 'return.receive',
      receiptId: 'c-1',
      lines: [{ lineId: await lineOf(id), quantity: 1, disposition: 'sellable' }],
    })
    expect(order(id).refunded).toBe(paid)
    expect(sale(id).returns).toHaveLength(1)
  })

  test('T10: that are missing are neither booked nor paid', async () => {
    const id = await sold(2)
    await say(id, {
      type: 'return.receive',
      receiptId: 'c-1',
      lines: [{ lineId: await lineOf(id), quantity: 1, disposition: 'missing' }],
    })
    expect([order(id).refunded, sale(id).returns, free()]).toEqual(['0.00', [], 8])
  })

  test('with a reason nobody knows are a named case, and its word is kept', async () => {
    const id = await sold(1)
    await say(id, {
      type: 'return.ask',
      returnId: 'rma-1',
      reason: 'SIZE_TOO_LARGE',
      lines: [{ lineId: await lineOf(id), quantity: 1 }],
    })
    expect(await codes(id)).toEqual(['return_reason_unknown'])
    const { exceptions } = (await stateOf(`order/${SHOP}/${id}`))!.state as { exceptions: { detail: string }[] }
    expect(exceptions[0]!.detail).toContain('SIZE_TOO_LARGE')
  })
})

describe('a refund by a person', () => {
  test('of money alone is given and credited once, though its answer is lost', async () => {
    const id = await sold(1)
    let lost = 0
    retailer.between.shop = (fetch) => async (request) => {
      const text = await request.clone().text()
      const response = await fetch(request)
      if (!text.includes('CreateRefund') || lost > 0) return response
      lost += 1
      throw new TypeError('the line was cut')
    }
    await give(id, 'g-1', { amount: usd(250) })
    expect([order(id).refunded, lost]).toEqual(['2.50', 1])
    expect(credited(id)).toEqual([['posted', '2.50']])
    await give(id, 'g-1', { amount: usd(250) })
    expect(order(id).refunded).toBe('2.50')
  })

  test('of more than was paid, or under a used name with another amount, is refused and nothing moves', async () => {
    const id = await sold(1)
    await give(id, 'g-1', { amount: usd(1_000_000) })
    expect([order(id).refunded, await codes(id)]).toEqual(['0.00', ['refund_refused']])
    await give(id, 'g-2', { amount: usd(100) })
    await give(id, 'g-2', { amount: usd(200) })
    expect(order(id).refunded).toBe('1.00')
    await give(id, 'g-3', { amount: { amount: 100, currency: 'EUR' } })
    expect(order(id).refunded).toBe('1.00')
  })

  test('of much waits for somebody else, who is not the one who asked', async () => {
    const id = await sold(3)
    const much = Math.round(Number(order(id).total) * 100) - 10
    expect(much).toBeGreaterThan(20_000)
    await give(id, 'g-1', { amount: usd(much) })
    expect([order(id).refunded, (await book(id)).attention]).toEqual(['0.00', true])
    await say(id, { type: 'refund.approve', requestId: 'g-1', by: 'Ada' })
    expect(order(id).refunded).toBe('0.00')
    // Meanwhile somebody gives a part of it in the shop: the rest is no longer there.
    retailer.estate.shop.refund(id, [], 100)
    await pass()
    await say(id, { type: 'refund.approve', requestId: 'g-1', by: 'Grace' })
    expect(order(id).refunded).toBe('1.00')
    await say(id, { type: 'refund.decline', requestId: 'g-1', by: 'Grace' })
    await give(id, 'g-2', { amount: usd(much - 100) })
    await say(id, { type: 'refund.approve', requestId: 'g-2', by: 'Grace' })
    expect(order(id).refunded).toBe((much / 100).toFixed(2))
    expect(credited(id).map(([, total]) => total)).toEqual(['1.00', ((much - 100) / 100).toFixed(2)])
  })

  test('is shown before with all it would do, and the lists say what waits for whom', async () => {
    const id = await sold(3)
    const where = { channel: SHOP, externalId: id, at: new Date(retailer.clock.ms).toISOString() }
    const look = (requestId: string, amount: number) =>
      previewRefund(retailer.engine.database, retailer.engine.policy, where, {
        type: 'refund.give', requestId, lines: [], amount: usd(amount), reason: 'other', by: 'Ada',
      }) // prettier-ignore
    expect(await look('g-1', 1_000_000)).toMatchObject({ refused: { code: 'beyond_captured' }, steps: [] })
    const seen = await look('g-1', 25_000)
    expect(seen).toMatchObject({ refused: null, needsApproval: true, amount: { text: '250.00' } })
    expect(seen!.steps.map(({ system }) => system)).toEqual(['hub', SHOP, 'erp', 'stock'])
    expect(order(id).refunded).toBe('0.00')
    await give(id, 'g-1', { amount: usd(25_000) })
    const list = () => listReturns(retailer.engine.database, { limit: 10 })
    expect((await list())!.rows).toMatchObject([{ externalId: id, attention: true, awaits: ['approval'] }])
    await say(id, { type: 'refund.approve', requestId: 'g-1', by: 'Grace' })
    expect((await list())!.rows).toMatchObject([
      {
        attention: false,
        awaits: [],
        givings: [{ stage: 'given', approvedBy: 'Grace' }],
        refunds: [{ step: 'credited' }],
      },
    ])
  })

  test('that the shop refuses says so, and may be given in another way', async () => {
    const id = await sold(1)
    retailer.between.shop = (fetch) => async (request) => {
      if (!(await request.clone().text()).includes('CreateRefund')) return fetch(request)
      const errors = [{ field: ['input'], message: 'The payment is too old.' }]
      return Response.json({ data: { refundCreate: { refund: null, userErrors: errors } } })
    }
    await give(id, 'g-1', { amount: usd(100) })
    expect(await codes(id)).toContain('refund_failed')
    retailer.between.shop = (fetch) => fetch
    await give(id, 'g-2', { amount: usd(100) })
    expect(order(id).refunded).toBe('1.00')
  })
})
