/**
 * A vendor changes its words without telling anybody: a status nobody knows, a field that is gone. It is said, the
 * order is kept and raised, and everybody else's orders go on.
 */
import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import type { OutgoingHook } from '#connectors/kit/simulator.ts'
import { ESTATE_SECRETS } from '#sim/estate.ts'
import { freshDatabase } from '../support/database.ts'
import { aRetailer, type Retailer } from '../support/retailer.ts'

const buy = ({ estate: { shop, products } }: Retailer): string =>
  shop.placeOrder({
    lines: [{ sku: products[0]!.sku, quantity: 1 }],
    taxRate: 0.0825,
    financialStatus: 'paid',
    shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
    customer: {
      firstName: 'Ada',
      lastName: 'Byron',
      email: 'ada@example.com',
      guest: false,
      address: { address1: '1 Dock Road', city: 'Austin', zip: '78701', provinceCode: 'TX', countryCode: 'US' },
    },
  })!

/** The webhooks as a newer version of the vendor would send them, signed by it. */
const asNewer = (hooks: readonly OutgoingHook[], change: (body: Record<string, unknown>) => void): OutgoingHook[] =>
  hooks.map((hook) => {
    const body = JSON.parse(hook.body) as Record<string, unknown>
    change(body)
    const text = JSON.stringify(body)
    const signature = createHmac('sha256', ESTATE_SECRETS['demo:shop-secret']!).update(text).digest('base64')
    const headers = Object.fromEntries(
      Object.entries(hook.headers).map(([name, value]) => [name, /hmac/i.test(name) ? signature : value]),
    )
    return { ...hook, headers, body: text }
  })

async function setup() {
  const database = await freshDatabase()
  const retailer = await aRetailer(database)
  await retailer.deliver(retailer.hooks())
  await retailer.work()
  const orders = () =>
    database.query<{ stream: string; status: string; attention: boolean; exceptions: string }>(
      `select stream, status, attention, state ->> 'exceptions' as exceptions from stream where kind = 'order' order by stream`,
    )
  return { database, retailer, orders }
}

test('T20: a status nobody knows keeps its order from going on and raises it; the others flow', async () => {
  const { retailer, orders } = await setup()
  const odd = buy(retailer)
  await retailer.deliver(asNewer(retailer.hooks('orders/create'), (body) => (body['financial_status'] = 'on_approval')))
  const usual = buy(retailer)
  await retailer.deliver(retailer.hooks('orders/create'))
  await retailer.work()
  const [first, second] = await orders()
  expect(first).toMatchObject({ stream: `order/shopify-main/${odd}`, attention: true })
  expect(first!.exceptions).toContain("payment status 'on_approval'")
  expect(second).toMatchObject({ stream: `order/shopify-main/${usual}`, attention: false })
  expect(retailer.estate.erp.beliefs().sales.map(({ ref }) => ref)).toEqual([`crossdock:shopify-main:${usual}`])
})

test('T20: a field that is gone makes a dead letter that names it; the others flow, and nothing crashes', async () => {
  const { retailer, database } = await setup()
  buy(retailer)
  await retailer.deliver(asNewer(retailer.hooks('orders/create'), (body) => delete body['line_items']))
  const usual = buy(retailer)
  await retailer.deliver(retailer.hooks('orders/create'))
  await retailer.work()
  const dead = await database.query<{ topic: string; outcome: string }>(
    `select topic, outcome from inbox where state = 'dead'`,
  )
  expect(dead).toEqual([{ topic: 'orders/create', outcome: expect.stringContaining('line_items') as string }])
  expect(retailer.engine.meter.read().dead).toBe(1)
  expect(retailer.said).toContain('error a message could not be decided')
  expect(retailer.estate.erp.beliefs().sales.map(({ ref }) => ref)).toContain(`crossdock:shopify-main:${usual}`)
})
