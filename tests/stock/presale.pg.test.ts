/**
 * Goods that are sold before they are here, on two channels of a running hub on PostgreSQL: to what is expected and no
 * further, with a day that is told; the day slips, some never come, the rest arrives and is sent.
 */
import { parseConfig } from '../../src/config.ts'
import { createWooCommerce } from '#connectors/woocommerce/simulator/index.ts'
import { aRetailer } from '../support/retailer.ts'
import { ringAlarms } from '#engine/alarms.ts'
import { regularWork } from '#engine/hub.ts'
import { orderPage } from '#insight/orders.ts'
import { stockPage } from '#insight/stock.ts'
import { configTextFor, SHOP } from '#sim/estate.ts'
import { createRandom } from '#sim/random.ts'
import { expect, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'

const WOO = 'woo-main'
const MINUTE_MS = 60_000
const ADDRESSES = { shop: 'http://shop.sim', erp: 'http://odoo.sim', hub: 'http://127.0.0.1:4870' }

const CONNECTION = `
  ${WOO}:
    connector: woocommerce
    config:
      url: http://woo.sim/shop
      consumerKey: ck_simulated
      consumerSecret: demo:direct-key
      webhookSecret: demo:direct-key
      pool: WH
      requestTimeoutMs: 0
policy:`
/** The estate's first product, from its seed. */
const SKU = 'MUG-BLU-001'
const RULES = `
  presale:
    - { from: erp, skus: [${SKU}], channels: [${SHOP}, ${WOO}], cap: 5, owner: buying }
  channels:
    ${WOO}: { pool: WH, locations: [{ locationId: shop, pool: WH }] }`

/** Two pieces are here, six are ordered for the 5th, and five of those may be sold. */
async function begin() {
  const world = { now: () => Date.parse('2026-11-20T08:00:00.000Z'), random: createRandom(3).next }
  const clock = { read: world.now }
  const woo = createWooCommerce(
    {
      url: 'http://woo.sim/shop',
      keys: [{ key: 'ck_simulated', secret: 'simulated-key-of-the-portal', permissions: 'read_write' }],
      tax: { id: 1, label: 'Tax', percent: 8.25 },
    },
    { ...world, now: () => clock.read() },
  )
  const configure = () =>
    parseConfig(
      configTextFor(ADDRESSES).replace('\npolicy:', CONNECTION).replace('\n  channels:', RULES),
      'presale.yaml',
    )
  const retailer = await aRetailer(await freshDatabase(), { stock: 2, configure })
  const { sku } = retailer.estate.products[0]!
  clock.read = () => retailer.clock.ms
  retailer.between.erp = (fetch) => (request) =>
    new URL(request.url).host === 'woo.sim' ? woo.fetch(request) : fetch(request)
  woo.addProduct({ sku, title: 'Mug', price: '12.50', available: 0 })
  const receipt = retailer.estate.erp.expect(sku, 'WH', 6, '2026-12-05')
  return { retailer, woo, sku, receipt }
}
type World = Awaited<ReturnType<typeof begin>>

async function pass({ retailer, woo }: World, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await retailer.deliver(retailer.hooks())
    woo.due()
    await retailer.later(MINUTE_MS)
    await regularWork(retailer.engine, WOO)
    await ringAlarms(retailer.engine)
    await retailer.work()
  }
}

const BUYER = {
  firstName: 'Ada', lastName: 'Byron', email: 'ada@example.com',
  address: { address1: '1 Dock Road', city: 'Austin', zip: '78701', provinceCode: 'TX', countryCode: 'US' },
} // prettier-ignore
const WOO_BUYER = {
  first_name: 'Bo', last_name: 'Li', email: 'bo@example.com',
  address_1: '2 Dock Road', city: 'Austin', postcode: '78701', state: 'TX', country: 'US',
} // prettier-ignore

const buyAtShop = ({ retailer, sku }: World) =>
  retailer.estate.shop.placeOrder({
    lines: [{ sku, quantity: 1 }], customer: BUYER, taxRate: 0.0825,
    shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
  }) // prettier-ignore
const buyAtWoo = ({ woo, sku }: World) => woo.placeOrder({ lines: [{ sku, quantity: 1 }], customer: WOO_BUYER })

const shown = ({ retailer, woo, sku }: World) => [
  retailer.estate.shop.beliefs().available[sku]!,
  woo.beliefs().available[sku]!,
]
const page = ({ retailer, sku }: World) => stockPage(retailer.engine.database, 'WH', sku, retailer.engine.policy)
const promises = async (world: World) => (await page(world))!.presale!.promises
const orderOf = async ({ retailer }: World, channel: string, externalId: string) =>
  (await orderPage(retailer.engine.database, channel, externalId, new Map()))!

test('is sold to its cap on two channels and no further, follows the day, and leaves when it is here', async () => {
  const world = await begin()
  const { retailer, receipt } = world
  // A receipt that is entered later is found within the hour.
  await pass(world, 66)
  expect(shown(world).reduce((all, one) => all + one, 0)).toBe(7)
  // Everything that can be bought is bought, on both, again and again.
  let bought = 0
  for (let round = 0; round < 6; round += 1) {
    while (buyAtShop(world)) bought += 1
    while (buyAtWoo(world)) bought += 1
    await pass(world, 8)
  }
  expect(bought).toBe(7)
  expect(shown(world)).toEqual([0, 0])
  const first = await promises(world)
  expect(first.map(({ pieces, date }) => [pieces, date])).toEqual(Array.from({ length: 5 }, () => [1, '2026-12-05']))
  expect(new Set(first.map(({ channel }) => channel))).toEqual(new Set([SHOP, WOO]))
  const { sums } = (await page(world))!
  expect(sums[0]!.steps.map(({ words }) => words)).toContain('Expected on 2026-12-05, by the ERP')
  for (const { steps, result } of sums) expect(steps.reduce((all, { pieces }) => all + pieces, 0)).toBe(result.pieces)

  // The ERP has every order, and knows by when.
  const { sales } = retailer.estate.erp.beliefs()
  expect(sales.map(({ state }) => state)).toEqual(Array.from({ length: 7 }, () => 'sale'))
  expect(sales.map(({ promised }) => promised ?? '').toSorted()).toEqual([
    '', '', ...Array.from({ length: 5 }, () => '2026-12-05'),
  ]) // prettier-ignore
  const newest = first.at(-1)!
  const before = await orderOf(world, newest.channel, newest.externalId)
  expect(before.lines[0]!.promise).toEqual({ pieces: 1, date: '2026-12-05', first: '2026-12-05' })
  expect(before.exceptions).toEqual([])

  const looks = await retailer.engine.database.query<{ count: number }>(
    `select count(*)::int as count from journal where type = 'stock.presaleRuled'`,
  )
  expect(looks[0]!.count, 'the rule is seen once').toBe(1)

  // The day slips: every order says so.
  retailer.estate.erp.replan(receipt, { date: '2026-12-19' })
  await pass(world, 62)
  const late = await orderOf(world, newest.channel, newest.externalId)
  expect(late.exceptions.map(({ code }) => code)).toEqual(['promise_late'])
  expect(late.exceptions[0]!.detail).toMatch(/2026-12-05 and come on 2026-12-19.*buying/)

  // Two of the promised never come: the newest orders are named, newest first.
  retailer.estate.erp.replan(receipt, { pieces: 3 })
  await pass(world, 62)
  const [oldest] = first
  const [, , , fourth, fifth] = first
  expect((await promises(world)).map(({ date }) => date)).toEqual([
    '2026-12-19',
    '2026-12-19',
    '2026-12-19',
    null,
    null,
  ])
  const { stock } = (await page(world))!
  expect(stock.incidents.join()).toContain(
    `${fifth!.channel}:${fifth!.externalId}, ${fourth!.channel}:${fourth!.externalId}`,
  )
  const lost = await orderOf(world, fifth!.channel, fifth!.externalId)
  expect(lost.exceptions.map(({ code }) => code)).toEqual(['promise_lost'])
  expect(shown(world)).toEqual([0, 0])

  // Goods arrive, once, and leave to who waited longest.
  retailer.estate.erp.arrive(receipt, 3)
  await pass(world, 8)
  expect(shown(world)).toEqual([0, 0])
  expect((await promises(world)).map(({ externalId }) => externalId)).toEqual([fourth!.externalId, fifth!.externalId])
  const here = await orderOf(world, oldest!.channel, oldest!.externalId)
  expect([here.lines[0]!.promise, here.exceptions]).toEqual([null, []])
  for (const { saleId, lines } of retailer.estate.erp.openDeliveries()) {
    if (lines.every(({ quantity, reserved }) => reserved === quantity))
      retailer.estate.erp.ship(saleId, { tracking: '1Z1' })
  }
  await pass(world, 8)
  expect((await orderOf(world, oldest!.channel, oldest!.externalId)).lines[0]!.shipped).toBe(1)
  expect((await orderOf(world, fifth!.channel, fifth!.externalId)).lines[0]!.shipped).toBe(0)

  // More is ordered anew: the last two have a day again, and one more may be sold.
  retailer.estate.erp.expect(world.sku, 'WH', 3, '2027-01-10')
  await pass(world, 70)
  expect((await promises(world)).map(({ date }) => date)).toEqual(['2027-01-10', '2027-01-10'])
  expect(shown(world).reduce((all, one) => all + one, 0)).toBe(1)
  expect((await page(world))!.stock.incidents).toEqual([])
})
