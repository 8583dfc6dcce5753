/** What comes back of the hub's own writes to a channel's stock: a refusal, since somebody was quicker, or an echo. */
import { expect, test } from 'vitest'
import { SHOP } from '#sim/estate.ts'
import { operationOf } from '#sim/matrix/operations.ts'
import { freshDatabase } from '../support/database.ts'
import { aRetailer, type Retailer } from '../support/retailer.ts'

async function setup() {
  const database = await freshDatabase()
  const retailer = await aRetailer(database, { stock: 10 })
  const { sku } = retailer.estate.products[0]!
  expect(retailer.estate.shop.beliefs().available[sku]).toBe(10)
  // What the day's beginning had to say is over.
  await retailer.deliver(retailer.hooks())
  await retailer.work()
  const writes = async () => {
    const rows = await database.query<{ type: string; to: number | null }>(
      `select type, (data ->> 'to')::int as to from journal where stream = $1
         and type in ('stock.publishing', 'stock.publishStale') order by position`,
      [`stock/WH/${sku}`],
    )
    return rows.map(({ type, to }) => (to === null ? type : `${type} ${to}`))
  }
  const reads = () => retailer.estate.erp.beliefs().calls['product.product.search_read'] ?? 0
  return { database, retailer, sku, writes, reads, available: () => retailer.estate.shop.beliefs().available[sku] }
}

const buy = ({ estate: { shop } }: Retailer, sku: string, quantity = 1): string =>
  shop.placeOrder({
    lines: [{ sku: sku, quantity }],
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

test('T3: a compare that went stale through a sale is decided again from the ledger, never overwritten', async () => {
  const { retailer, sku, writes, available } = await setup()
  const before = (await writes()).length
  // Goods arrive, and in the moment the hub raises the shop's number a customer is quicker.
  retailer.estate.erp.receive(sku, 'WH', 5)
  let sold = 0
  const asked: unknown[] = []
  retailer.between.shop = (fetch) => async (request) => {
    if ((await operationOf(request)) === 'SetAvailable') {
      asked.push(JSON.parse(await request.clone().text()))
      if (sold === 0) {
        sold = 3
        buy(retailer, sku, sold)
      }
    }
    return fetch(request)
  }
  await retailer.later(61_000)
  expect(sold, 'the sale came in between').toBe(3)
  expect((await writes()).slice(before), 'refused once, then with the number the shop really had').toEqual([
    'stock.publishing 15',
    'stock.publishStale',
    expect.stringMatching(/^stock\.publishing \d+$/) as string,
  ])
  // Until the sale is known nothing may be offered that it took.
  expect(available()).toBeLessThanOrEqual(15 - 3)
  await retailer.deliver(retailer.hooks())
  await retailer.work()
  for (let rounds = 0; rounds < 4; rounds += 1) await retailer.later(61_000)
  expect(available(), 'what is there less what was sold').toBe(12)
  expect(asked.length).toBeGreaterThanOrEqual(2)
})

test('T18: the echo of our own write is dropped by its cause, however late it comes', async () => {
  const { retailer, sku, writes, available, database } = await setup()
  retailer.estate.erp.receive(sku, 'WH', 5)
  await retailer.later(61_000)
  expect(available()).toBe(15)
  const echoes = retailer.hooks('inventory_levels/update')
  expect(echoes.length, 'the shop tells the hub what the hub has just written').toBeGreaterThan(0)
  const before = await journalOf(database, sku)
  // Hours later: no window of time is what keeps it out.
  retailer.clock.ms += 5 * 3_600_000
  await retailer.deliver(echoes)
  await retailer.work()
  expect(await journalOf(database, sku)).toEqual(before)
  expect(available()).toBe(15)
  expect((await writes()).at(-1)).toBe('stock.publishing 15')
})

test('T18: an echo that comes after a sale does not put the sold pieces back', async () => {
  const { retailer, sku, available } = await setup()
  retailer.estate.erp.receive(sku, 'WH', 5)
  await retailer.later(61_000)
  const echoes = retailer.hooks('inventory_levels/update')
  buy(retailer, sku, 4)
  const news = retailer.hooks()
  expect(available()).toBe(11)
  let highest = 0
  retailer.between.shop = (fetch) => async (request) => {
    const answer = await fetch(request)
    highest = Math.max(highest, available() ?? 0)
    return answer
  }
  // First the sale, then what the hub itself wrote before it.
  await retailer.deliver(news)
  await retailer.work()
  await retailer.deliver(echoes)
  for (let rounds = 0; rounds < 4; rounds += 1) await retailer.later(61_000)
  expect(highest).toBe(11)
  expect(available()).toBe(11)
})

test('T18: the same number from somebody else is news: it is not taken for our own write', async () => {
  const { retailer, sku, available } = await setup()
  retailer.estate.erp.receive(sku, 'WH', 5)
  await retailer.later(61_000)
  await retailer.deliver(retailer.hooks())
  await retailer.work()
  // A sale takes it to 14, and somebody in the shop puts it back to the very number the hub wrote last.
  buy(retailer, sku, 1)
  await retailer.deliver(retailer.hooks())
  await retailer.work()
  retailer.estate.shop.setAvailable(sku, 15)
  await retailer.deliver(retailer.hooks())
  for (let rounds = 0; rounds < 4; rounds += 1) await retailer.later(61_000)
  expect(available(), `${SHOP} may offer what Odoo has free`).toBe(14)
})

const journalOf = (database: Awaited<ReturnType<typeof freshDatabase>>, sku: string) =>
  database.query<{ type: string }>(`select type from journal where stream = $1 order by position`, [`stock/WH/${sku}`])
