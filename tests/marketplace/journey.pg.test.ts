/**
 * A marketplace order from its placing to its parcel, through the real hub; and what the clock does when nobody acts.
 */
import { describe, expect, test } from 'vitest'
import { turn } from '#engine/turn.ts'
import { ringAlarms } from '#engine/alarms.ts'
import { insertInbox } from '#store/inbox.ts'
import { freshDatabase } from '../support/database.ts'
import { aMarketRetailer, MARKET, type MarketRetailer } from '../support/marketplace.ts'

const BUYER = {
  firstName: 'Ada',
  lastName: 'Byron',
  address: { address1: '1 Dock Road', city: 'Austin', zip: '78701', provinceCode: 'TX', countryCode: 'US' },
}
/** Somebody buys, and the marketplace shows as many: what people type there may be more than there is. */
function buy({ market }: MarketRetailer, ...lines: { sku: string; quantity: number }[]): string {
  const { available } = market.beliefs()
  for (const { sku, quantity } of lines) if ((available[sku] ?? 0) < quantity) market.setQuantity(sku, quantity)
  const shippingMethod = { code: 'standard', title: 'Standard', price: '5.00' }
  return market.placeOrder({ lines, customer: BUYER, shippingMethod })!
}
const there = ({ market }: MarketRetailer, id: string) => market.beliefs().orders.find((order) => order.id === id)!
const HOUR = 3_600_000

describe('an order of a marketplace', () => {
  test('is held at once, accepted in time, and goes to the ERP and out when it is paid', async () => {
    const database = await freshDatabase()
    const retailer = await aMarketRetailer(database, { market: { stagingMs: 3 * 60_000, debitMs: 5 * 60_000 } })
    const id = buy(retailer, { sku: 'MUG', quantity: 2 })
    await retailer.minutes(2)
    // Not asked yet, and its goods are held.
    expect(await retailer.order(id)).toMatchObject({ status: 'waiting', codes: ['payment_pending'] })
    const [stock] = await database.query<{ state: { holds: unknown[] } }>(
      `select state from stream where stream = 'stock/WH/MUG'`,
    )
    expect(stock!.state.holds).toHaveLength(1)
    await retailer.minutes(4)
    expect(there(retailer, id).state).toMatch(/WAITING_DEBIT/)
    expect(JSON.stringify(await database.query('select body from inbox'))).not.toContain('Dock Road')
    await retailer.minutes(8)
    expect(await retailer.order(id)).toMatchObject({ status: 'confirmed', codes: [] })
    const [sale] = retailer.erp.beliefs().sales
    expect(sale).toMatchObject({ state: 'sale', ref: `crossdock:${MARKET}:${id}` })

    retailer.erp.ship(`${MARKET}:${id}`, { tracking: '1Z0001', carrier: 'UPS' })
    await retailer.minutes(4)
    expect(there(retailer, id)).toMatchObject({ state: 'SHIPPED', trackings: ['1Z0001'] })
    expect((await retailer.order(id))!.status).toBe('completed')
    expect(retailer.market.beliefs()).toMatchObject({ lapsed: 0, throttled: 0 })
    expect(await database.query('select stream, name from alarm')).toEqual([])
  })

  test('with a line that is not there is accepted for the rest alone', async () => {
    const retailer = await aMarketRetailer(await freshDatabase(), {
      acceptance: 'acceptance: { decide: refuse_when_short }',
    })
    retailer.erp.count('CUP', 'WH', 0)
    await retailer.minutes(3)
    const id = buy(retailer, { sku: 'MUG', quantity: 2 }, { sku: 'CUP', quantity: 1 })
    await retailer.minutes(12)
    expect(there(retailer, id).lines.map(({ state }) => state)).toEqual(['SHIPPING', 'REFUSED'])
    const [sale] = retailer.erp.beliefs().sales
    expect(sale!.lines.map(({ sku, quantity }: { sku: string; quantity: number }) => [sku, quantity])).toContainEqual([
      'MUG',
      2,
    ])
    expect(JSON.stringify(sale!.lines)).not.toContain('CUP')
  })

  test('is refused as a whole where the marketplace knows no parts', async () => {
    const retailer = await aMarketRetailer(await freshDatabase(), {
      market: { partialAcceptance: false },
      acceptance: 'acceptance: { decide: refuse_when_short }',
    })
    retailer.erp.count('CUP', 'WH', 0)
    await retailer.minutes(3)
    const id = buy(retailer, { sku: 'MUG', quantity: 2 }, { sku: 'CUP', quantity: 1 })
    await retailer.minutes(5)
    expect(there(retailer, id)).toMatchObject({ state: 'REFUSED', lapsed: false })
    expect(await retailer.order(id)).toMatchObject({ status: 'cancelled', codes: [] })
  })

  test('is accepted once, though the answer is lost', async () => {
    const retailer = await aMarketRetailer(await freshDatabase())
    let lost = 0
    retailer.between.market = (fetch) => async (request) => {
      const response = await fetch(request)
      if (!request.url.includes('/accept') || lost++ > 0) return response
      throw new Error('connection reset')
    }
    const id = buy(retailer, { sku: 'MUG', quantity: 2 })
    await retailer.minutes(12)
    expect(lost).toBe(2)
    expect(await retailer.order(id)).toMatchObject({ status: 'confirmed' })
  })
})

describe('the clock', () => {
  const limits = { market: { acceptWithinMs: 4 * HOUR }, config: 'acceptWithinHours: 4' }

  test('what is short is waited for until the margin, and refused then, before it can lapse', async () => {
    const retailer = await aMarketRetailer(await freshDatabase(), limits)
    retailer.erp.count('MUG', 'WH', 0)
    await retailer.minutes(3)
    const id = buy(retailer, { sku: 'MUG', quantity: 2 })
    await retailer.minutes(3)
    retailer.clock.ms += 2.5 * HOUR
    await retailer.minutes(1)
    expect(there(retailer, id).state).toBe('WAITING_ACCEPTANCE')
    retailer.clock.ms += HOUR / 2
    await retailer.minutes(2)
    expect(there(retailer, id)).toMatchObject({ state: 'REFUSED', lapsed: false })
    expect(retailer.market.beliefs().lapsed).toBe(0)
  })

  test('stock that comes in time saves the order', async () => {
    const retailer = await aMarketRetailer(await freshDatabase(), limits)
    retailer.erp.count('MUG', 'WH', 0)
    await retailer.minutes(3)
    const id = buy(retailer, { sku: 'MUG', quantity: 2 })
    await retailer.minutes(3)
    retailer.erp.count('MUG', 'WH', 5)
    await retailer.minutes(8)
    expect(there(retailer, id).state).toBe('SHIPPING')
  })

  test('an order left to a person is shown, pressed for, and told as lapsed when nobody came', async () => {
    const database = await freshDatabase()
    const by = { ...limits, acceptance: 'acceptance: { decide: by_hand }' }
    const retailer = await aMarketRetailer(database, by)
    const id = buy(retailer, { sku: 'MUG', quantity: 2 })
    await retailer.minutes(3)
    expect((await retailer.order(id))!.codes).toContain('acceptance_by_hand')
    retailer.clock.ms += 3 * HOUR
    await retailer.minutes(1)
    expect((await retailer.order(id))!.codes).toContain('acceptance_urgent')
    retailer.clock.ms += HOUR
    await retailer.minutes(4)
    expect(retailer.market.beliefs().lapsed).toBe(1)
    const settled = await database.query<{ data: { outcome: string } }>(
      `select data from journal where type = 'order.acceptanceSettled'`,
    )
    expect(settled.map(({ data }) => data.outcome)).toEqual(['lapsed'])
    expect(await retailer.order(id)).toMatchObject({ status: 'cancelled', codes: [] })
  })

  test('a person accepts by hand in time', async () => {
    const database = await freshDatabase()
    const retailer = await aMarketRetailer(database, { acceptance: 'acceptance: { decide: by_hand }' })
    const id = buy(retailer, { sku: 'MUG', quantity: 2 })
    await retailer.minutes(3)
    await insertInbox(database, [
      {
        source: 'people', key: 'p-1', kind: 'note', topic: `order/${MARKET}/${id}`, correlation: null, priority: 2,
        body: Buffer.from(JSON.stringify({ type: 'order.decideAcceptance', accepted: [`${id}-1`] })),
        receivedAt: new Date(retailer.clock.ms).toISOString(),
      },
    ]) // prettier-ignore
    await retailer.minutes(8)
    expect(there(retailer, id).state).toBe('SHIPPING')
  })
})

test('an alarm rings once, over all processes, and not before it is due', async () => {
  const database = await freshDatabase()
  const retailer = await aMarketRetailer(database, {
    acceptance: 'acceptance: { decide: by_hand, withinMinutes: 120 }',
  })
  const id = buy(retailer, { sku: 'MUG', quantity: 1 })
  await retailer.minutes(2)
  const rings = async () =>
    (await Promise.all([1, 2, 3].map(() => ringAlarms(retailer.engine)))).reduce((all, one) => all + one, 0)
  expect(await rings()).toBe(0)
  const alarms = () =>
    database.query<{ name: string }>(`select name from alarm where stream = 'order/${MARKET}/${id}' order by due_at`)
  expect((await alarms()).map(({ name }) => name)).toEqual(['accept-warn', 'accept-last', 'accept-by'])
  retailer.clock.ms += HOUR
  expect(await rings()).toBe(1)
  expect(await rings()).toBe(0)
  await turn(retailer.engine)
  expect((await retailer.order(id))!.codes).toContain('acceptance_urgent')
})
