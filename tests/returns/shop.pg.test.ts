/** Refunds made in the shop find their way to the ERP, once: what came back where it came back, and a credit note. */
import { beforeEach, describe, expect, test } from 'vitest'
import { tellStream } from '#engine/person.ts'
import { SHOP } from '#sim/estate.ts'
import { freshDatabase } from '../support/database.ts'
import { aRetailer, type Retailer } from '../support/retailer.ts'

const MINUTE_MS = 60_000
let retailer: Retailer
let sku: string

beforeEach(async () => {
  retailer = await aRetailer(await freshDatabase(), { stock: 10 })
  sku = Object.keys(retailer.estate.shop.beliefs().available)[0]!
})

const BUYER = {
  firstName: 'Ada', lastName: 'Byron', email: 'ada@example.com',
  address: { address1: '1 Dock Road', city: 'Austin', zip: '78701', provinceCode: 'TX', countryCode: 'US' },
} // prettier-ignore

/** Lets some minutes go by; with all webhooks unless told otherwise. */
async function pass(minutes = 3, hooks = true): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    if (hooks) await retailer.deliver(retailer.hooks())
    await retailer.later(MINUTE_MS)
  }
}

async function bought(quantity: number): Promise<string> {
  const id = retailer.estate.shop.placeOrder({
    lines: [{ sku, quantity }], customer: BUYER, taxRate: 0.0825,
    shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
  })! // prettier-ignore
  await pass()
  return id
}

/** Sold, shipped and invoiced. */
async function sold(quantity: number): Promise<string> {
  const id = await bought(quantity)
  retailer.estate.erp.ship(`${SHOP}:${id}`)
  await pass(4)
  expect((await stateOf(`order/${SHOP}/${id}`))!.status).toBe('completed')
  return id
}

interface StreamRow {
  status: string
  attention: boolean
  state: Record<string, unknown>
}

async function stateOf(stream: string) {
  const [row] = await retailer.engine.database.query<StreamRow>(
    'select status, attention, state from stream where stream = $1',
    [stream],
  )
  return row
}
const codes = async (id: string) =>
  ((await stateOf(`order/${SHOP}/${id}`))!.state['exceptions'] as { code: string }[]).map(({ code }) => code)
const sale = (id: string) => retailer.estate.erp.beliefs().sales.find(({ ref }) => ref.endsWith(`:${id}`))!
const order = (id: string) => retailer.estate.shop.beliefs().orders.find((one) => one.id === id)!
const free = () => retailer.estate.erp.beliefs().stock.find((one) => one.sku === sku)!.free
const shown = () => retailer.estate.shop.beliefs().available[sku]
const credited = (id: string) => sale(id).credits.map(({ state, total }) => [state, total.toFixed(2)])

describe('a refund in the shop', () => {
  test('T9: with restock: one return where it came back, one credit note to the cent, one piece more to sell', async () => {
    const id = await sold(3)
    expect([free(), shown()]).toEqual([7, 7])
    retailer.estate.shop.refund(id, [{ sku, quantity: 1, restock: true }])
    await pass()
    expect(sale(id).returns).toMatchObject([{ state: 'done', lines: [{ sku, quantity: 1 }] }])
    expect(credited(id)).toEqual([['posted', order(id).refunded]])
    await pass(2)
    expect([free(), shown()]).toEqual([8, 8])
    expect(await codes(id)).toEqual([])
    expect(sale(id).lines.find((line) => line.sku === sku)!.quantity).toBe(2)
  })

  test('without restock: a credit note, and nothing comes back', async () => {
    const id = await sold(3)
    retailer.estate.shop.refund(id, [{ sku, quantity: 2, restock: false }])
    await pass(4)
    expect(sale(id).returns).toEqual([])
    expect(credited(id)).toEqual([['posted', order(id).refunded]])
    expect([free(), shown()]).toEqual([7, 7])
  })

  test('is heard twice, in the wrong order, and by the feed: still once', async () => {
    const id = await sold(3)
    retailer.estate.shop.refund(id, [{ sku, quantity: 1, restock: true }])
    const first = retailer.hooks()
    retailer.estate.shop.refund(id, [{ sku, quantity: 1, restock: true }], 100)
    const second = retailer.hooks()
    await retailer.deliver([...second, ...first, ...second, ...first])
    await retailer.work()
    await pass(4)
    expect(sale(id).returns.map(({ state }) => state)).toEqual(['done', 'done'])
    expect(sale(id).credits.map(({ state }) => state)).toEqual(['posted', 'posted'])
    const sum = sale(id).credits.reduce((all, { total }) => all + total, 0)
    expect(sum.toFixed(2)).toBe(order(id).refunded)
    expect([free(), shown()]).toEqual([9, 9])
  })

  test('is not lost when every webhook is', async () => {
    const id = await sold(2)
    retailer.estate.shop.refund(id, [{ sku, quantity: 1, restock: true }])
    retailer.hooks()
    await pass(4, false)
    expect(credited(id)).toEqual([['posted', order(id).refunded]])
    expect(sale(id).returns).toHaveLength(1)
  })

  test('of money alone is credited, and of more than the invoice is a case that a person sees', async () => {
    const id = await sold(1)
    retailer.estate.shop.refund(id, [], 250)
    await pass()
    expect(credited(id)).toEqual([['posted', '2.50']])
    retailer.estate.shop.refund(id, [], 1_000_000)
    await pass()
    expect(credited(id)).toEqual([['posted', '2.50']])
    expect(await codes(id)).toEqual(['refund_beyond_invoice'])
    const books = await stateOf(`return/${SHOP}/${id}`)
    expect(books!.attention).toBe(true)
    expect(books!.state['refunds']).toMatchObject([
      { step: 'credited' },
      { step: 'beyond', refund: { amount: { amount: 1_000_000 } } },
    ])
  })

  test('before anything left is no return: the sale becomes what the order is', async () => {
    const id = await bought(3)
    expect(retailer.estate.shop.editOrder(id, { sku, quantity: 2, restock: true })).toBe(true)
    await pass()
    expect(await codes(id)).toEqual([])
    expect(sale(id)).toMatchObject({ returns: [], credits: [], locked: true })
    expect(sale(id).lines.find((line) => line.sku === sku)).toMatchObject({ quantity: 2 })
  })

  test('with the whole order, before anything left: nothing is credited, for nothing was invoiced', async () => {
    const id = await bought(2)
    expect(retailer.estate.shop.cancelOrder(id, { reason: 'customer', restock: true })).toBe(true)
    await pass()
    expect(sale(id)).toMatchObject({ state: 'cancel', returns: [], credits: [] })
    expect((await stateOf(`return/${SHOP}/${id}`))!.state['refunds']).toMatchObject([{ step: 'settled' }])
    expect([free(), shown()]).toEqual([10, 10])
  })
})

test('what the ERP refuses is seen at the order, and a retry mends it', async () => {
  const id = await sold(2)
  retailer.between.erp = (fetch) => async (request) => {
    const text = await request.clone().text()
    if (!text.includes('account.move.reversal')) return fetch(request)
    const error = { code: 200, message: 'Odoo Server Error', data: { name: 'odoo.exceptions.UserError', message: 'No.', debug: '', arguments: ['No.'], context: {} } }
    return Response.json({ jsonrpc: '2.0', id: 1, error })
  } // prettier-ignore
  retailer.estate.shop.refund(id, [{ sku, quantity: 1, restock: true }])
  await pass()
  expect(await codes(id)).toEqual(['credit_failed'])
  expect(sale(id).returns).toHaveLength(1)
  retailer.between.erp = (fetch) => fetch
  await tellStream(retailer.engine, `order/${SHOP}/${id}`, { type: 'order.retry' }, 'again')
  await pass()
  expect(await codes(id)).toEqual([])
  expect(credited(id)).toEqual([['posted', order(id).refunded]])
})

describe('goods a person received', () => {
  const lineOf = async (id: string) =>
    ((await stateOf(`order/${SHOP}/${id}`))!.state['order'] as { lines: { id: string }[] }).lines[0]!.id

  async function received(id: string, receiptId: string, quantity: number, disposition = 'sellable') {
    const lines = [{ lineId: await lineOf(id), quantity, disposition }]
    const command = { type: 'order.askBack', request: { type: 'return.receive', receiptId, lines } }
    await tellStream(retailer.engine, `order/${SHOP}/${id}`, command, receiptId)
    await pass()
  }

  test('are booked, and the refund that follows is credited and books nothing again', async () => {
    const id = await sold(3)
    await received(id, 'c-1', 1)
    expect(free()).toBe(8)
    retailer.estate.shop.refund(id, [{ sku, quantity: 1, restock: true }])
    await pass(4)
    expect(sale(id).returns).toHaveLength(1)
    expect(credited(id)).toEqual([['posted', order(id).refunded]])
    expect([free(), shown()]).toEqual([8, 8])
    await received(id, 'c-2', 2, 'damaged')
    expect(sale(id).returns).toHaveLength(2)
    expect([free(), shown()]).toEqual([8, 8])
  })

  test('are refused beyond what had left: nothing is booked, and the order says so', async () => {
    const id = await sold(2)
    await received(id, 'c-1', 3)
    expect(await codes(id)).toEqual(['return_refused'])
    expect(sale(id).returns).toEqual([])
    await received(id, 'c-2', 2)
    expect(sale(id).returns).toHaveLength(1)
    expect(free()).toBe(10)
  })
})
