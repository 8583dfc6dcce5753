/**
 * T6: other goods instead of those that come back, through the whole hub: the piece is booked back, credited as a whole
 * and on sale again; what goes out is a sale and an invoice of its own; only the difference is money, and what was
 * invoiced less what was credited is what the customer has paid, to the cent.
 */
import { expect, test } from 'vitest'
import { tellStream } from '#engine/person.ts'
import { configTextFor, SHOP } from '#sim/estate.ts'
import { parseConfig } from '../../src/config.ts'
import { freshDatabase } from '../support/database.ts'
import { aRetailer } from '../support/retailer.ts'

const MINUTE_MS = 60_000
const PORTAL = `
  counter:
    connector: direct
    config: { key: demo:direct-key }
policy:`
const RULES = `
  channels:
    counter: { pool: WH, releaseWhen: [paid] }`
const ADDRESSES = { shop: 'http://shop.sim', erp: 'http://odoo.sim', hub: 'http://127.0.0.1:4870' }
const BUYER = {
  firstName: 'Ada',
  lastName: 'Byron',
  email: 'ada@example.com',
  address: { address1: '1 Dock Road', city: 'Austin', zip: '78701', provinceCode: 'TX', countryCode: 'US' },
}

async function sold() {
  const retailer = await aRetailer(await freshDatabase(), {
    skus: 2,
    stock: 10,
    configure() {
      const text = configTextFor(ADDRESSES).replace('\npolicy:', PORTAL).replace('\n  channels:', RULES)
      const config = parseConfig(text, 'exchange.yaml')
      const { [SHOP]: shop, ...others } = config.policy.channels
      const refund = {
        through: 'channel' as const,
        when: 'received' as const,
        byReason: {},
        damaged: false,
        shippingFor: [] as never[],
        feePercent: {},
        exchange: { channel: 'counter' },
      }
      const returns = { goods: 'receipts' as const, credit: 'at_once' as const, refund }
      return { ...config, policy: { ...config.policy, channels: { ...others, [SHOP]: { ...shop!, returns } } } }
    },
  })
  const { shop, erp } = retailer.estate
  const [sku, other] = Object.keys(shop.beliefs().available) as [string, string]
  const pass = async (minutes = 6) => {
    for (let minute = 0; minute < minutes; minute += 1) {
      await retailer.deliver(retailer.hooks())
      await retailer.later(MINUTE_MS)
    }
  }
  const id = shop.placeOrder({
    lines: [{ sku, quantity: 2 }],
    customer: BUYER,
    taxRate: 0.0825,
    financialStatus: 'paid',
    shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
  })!
  await pass()
  erp.ship(`${SHOP}:${id}`)
  await pass()
  let said = 0
  const say = async (request: Record<string, unknown>) => {
    said += 1
    await tellStream(
      retailer.engine,
      `order/${SHOP}/${id}`,
      { type: 'order.askBack', request } as { type: string },
      `k${said}`,
    )
    await pass()
  }
  const stateOf = async (stream: string) => {
    const [row] = await retailer.engine.database.query<{ state: Record<string, unknown> }>(
      'select state from stream where stream = $1',
      [stream],
    )
    return row?.state
  }
  const codes = async (stream: string) =>
    ((await stateOf(stream))?.['exceptions'] as { code: string }[] | undefined)?.map(({ code }) => code)
  const line = (
    (await stateOf(`order/${SHOP}/${id}`))!['order'] as { lines: { id: string; unitPrice: { amount: number } }[] }
  ).lines[0]!
  const instead = `order/counter/${SHOP}-${id}-x`
  return {
    retailer,
    sku,
    other,
    id,
    pass,
    say,
    codes,
    instead,
    price: line.unitPrice.amount,
    /** One piece back, and one of the other goods for that price. */
    async exchange(unitPrice: number) {
      const lines = [{ lineId: line.id, quantity: 1 }]
      const exchange = { goods: [{ sku: other, quantity: 1, unitPrice }], by: 'Ada' }
      await say({ type: 'return.ask', returnId: 'x', reason: 'unwanted', lines, exchange })
      const back = [{ ...lines[0], disposition: 'sellable' }]
      await say({ type: 'return.receive', receiptId: 'c', returnId: 'x', lines: back })
    },
    sales: () => erp.beliefs().sales.toSorted((a, b) => (a.ref < b.ref ? 1 : -1)),
    free: (of: string) => erp.beliefs().stock.find((one) => one.sku === of)!.free,
    order: () => shop.beliefs().orders.find((one) => one.id === id)!,
  }
}

const cents = (value: number | string): number => Math.round(Number(value) * 100)
const taxed = (net: number): number => net + Math.round(net * 0.0825)
const sum = (all: readonly { total: number }[]): number => all.reduce((sofar, { total }) => sofar + cents(total), 0)

test('T6: cheaper: the rest is given back once, and the books have what the customer paid', async () => {
  const world = await sold()
  const free = world.free(world.sku)
  const paid = cents(world.order().total)
  await world.exchange(world.price - 500)
  const rest = taxed(world.price) - taxed(world.price - 500)
  expect(cents(world.order().refunded)).toBe(rest)
  const [first, second] = world.sales()
  expect(first!.credits.map(({ state, total }) => [state, cents(total)])).toEqual([['posted', taxed(world.price)]])
  expect(second).toMatchObject({ ref: `crossdock:counter:${SHOP}-${world.id}-x`, state: 'sale' })
  expect([world.free(world.sku), first!.returns.length]).toEqual([free + 1, 1])
  world.retailer.estate.erp.ship(`counter:${SHOP}-${world.id}-x`)
  await world.pass()
  const all = world.sales()
  const invoiced = all.reduce((sofar, { invoices, credits }) => sofar + sum(invoices) - sum(credits), 0)
  expect(invoiced).toBe(paid - rest)
  expect(await world.codes(`order/${SHOP}/${world.id}`)).toEqual([])
  expect(await world.codes(world.instead)).toEqual([])
})

test('T6: dearer: nothing leaves before the rest is paid, nothing is refunded, and the books have what the customer paid', async () => {
  const world = await sold()
  const paid = cents(world.order().total)
  await world.exchange(world.price + 750)
  const owed = taxed(world.price + 750) - taxed(world.price)
  expect([cents(world.order().refunded), world.sales()]).toMatchObject([0, [{}]])
  expect(await world.codes(`order/${SHOP}/${world.id}`)).toEqual(['exchange_unpaid'])
  expect(await world.codes(world.instead)).toContain('payment_pending')
  await world.say({ type: 'exchange.paid', exchangeId: 'x', by: 'Grace' })
  expect(await world.codes(`order/${SHOP}/${world.id}`)).toEqual([])
  world.retailer.estate.erp.ship(`counter:${SHOP}-${world.id}-x`)
  await world.pass()
  const invoiced = world.sales().reduce((sofar, { invoices, credits }) => sofar + sum(invoices) - sum(credits), 0)
  expect([world.sales().length, invoiced]).toEqual([2, paid + owed])
  expect(cents(world.order().refunded)).toBe(0)
})
