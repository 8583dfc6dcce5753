/** Prices by the mapped lists: rules are polled themselves, one that is gone is noticed, no image is ever fetched. */
import { describe, expect, test } from 'vitest'
import type { Reading } from '../kit/connector.ts'
import { estate, reader } from './testing.ts'

/** Amounts by SKU and list. */
const pricesIn = (readings: readonly Reading[]) =>
  Object.fromEntries(
    readings.map(({ body }) => {
      const { sku, prices } = body as { sku: string; prices: Record<string, { amount: number } | null> }
      return [sku, Object.fromEntries(Object.entries(prices).map(([list, price]) => [list, price?.amount ?? null]))]
    }),
  )

const catalogue = { priceLists: ['Web'], details: true }
const products = [
  { sku: 'MUG', price: 12.5 },
  { sku: 'BOWL', price: 20 },
]
function shop(more: { priceLists?: string[] } = {}) {
  const usd = ['Web', 'B2B'].map((name) => ({ name, currency: 'USD' }))
  const pricelists = [...usd, { name: 'Euro', currency: 'EUR' }]
  const at = estate({ products, pricelists }, { catalogue: { ...catalogue, ...more } })
  return { ...at, read: reader(at, 'prices', 60_000) }
}

describe('prices', () => {
  test('all products are priced first, and then nothing until something changes', async () => {
    const { read, sim } = shop()
    sim.addPriceRule('Web', { sku: 'MUG', price: 9.9 })
    expect(pricesIn(await read())).toMatchObject({ MUG: { Web: 990 }, BOWL: { Web: 2000 } })
    expect(await read()).toEqual([])
    expect(await read(600_000)).toEqual([])
  })

  test('a rule for one SKU prices that one anew, back to what it was as well', async () => {
    const { read, sim } = shop()
    const rule = sim.addPriceRule('Web', { sku: 'MUG', price: 9.9 })
    await read()
    sim.changePriceRule(rule, { price: 8 })
    expect(pricesIn(await read())).toEqual({ MUG: { Web: 800 } })
    sim.changePriceRule(rule, { price: 9.9 })
    expect(pricesIn(await read())).toEqual({ MUG: { Web: 990 } })
  })

  test('a rule that was deleted leaves no trace, and is missed by count', async () => {
    const { read, sim } = shop()
    const rule = sim.addPriceRule('Web', { sku: 'MUG', price: 9.9 })
    sim.addPriceRule('Web', { sku: 'BOWL', price: 15 })
    await read()
    // Long ago: nothing is read again only because it is recent.
    await read(3_600_000)
    await read(3_600_000)
    sim.dropPriceRule(rule)
    sim.addPriceRule('Web', { sku: 'BOWL', price: 16, atLeast: 1 })
    expect(pricesIn(await read())).toMatchObject({ MUG: { Web: 1250 }, BOWL: { Web: 1600 } })
  })

  test('a list that is not mapped is never read', async () => {
    const { read, sim } = shop()
    await read()
    sim.addPriceRule('B2B', { sku: 'MUG', price: 1 })
    expect(await read()).toEqual([])
  })

  test('the most specific rule for one piece counts', async () => {
    const { read, sim } = shop()
    sim.setCategory('MUG', 'Cups', 'Kitchen')
    sim.addPriceRule('Web', { percent: 10 })
    sim.addPriceRule('Web', { sku: 'MUG', price: 5, atLeast: 10 })
    expect(pricesIn(await read())).toMatchObject({ MUG: { Web: 1125 }, BOWL: { Web: 1800 } })
    sim.addPriceRule('Web', { category: 'Kitchen', percent: 20 })
    expect(pricesIn(await read())).toMatchObject({ MUG: { Web: 1000 }, BOWL: { Web: 1800 } })
  })

  test('a rule that begins and one that ends are news of that moment', async () => {
    const { read, sim, clock } = shop()
    const at = (ms: number) => new Date(clock.nowMs + ms).toISOString().slice(0, 19).replace('T', ' ')
    sim.addPriceRule('Web', { sku: 'MUG', price: 5, from: at(3_600_000), to: at(7_200_000) })
    expect(pricesIn(await read())).toMatchObject({ MUG: { Web: 1250 } })
    expect(pricesIn(await read(3_600_000))).toEqual({ MUG: { Web: 500 } })
    expect(pricesIn(await read(3_600_000))).toEqual({ MUG: { Web: 1250 } })
  })

  test('a changed product is priced anew by its list', async () => {
    const { read, sim } = shop()
    sim.addPriceRule('Web', { percent: 10 })
    await read()
    sim.changeProduct('BOWL', { price: 30 })
    expect(pricesIn(await read())).toEqual({ BOWL: { Web: 2700 } })
  })

  test("a price of the product itself is not taken for another currency's", async () => {
    const { read, sim } = shop({ priceLists: ['Euro'] })
    sim.addPriceRule('Euro', { sku: 'MUG', price: 7 })
    expect(pricesIn(await read())).toMatchObject({ MUG: { Euro: 700 }, BOWL: { Euro: null } })
  })

  test('a rule that was written long before it became visible is not lost', async () => {
    const { read, sim } = shop()
    await read()
    sim.lately(119_000, () => void sim.addPriceRule('Web', { percent: 50 }))
    expect(pricesIn(await read())).toMatchObject({ MUG: { Web: 625 } })
  })

  test('a list that does not exist is named', async () => {
    await expect(shop({ priceLists: ['Gone'] }).read()).rejects.toThrow(/no price list 'Gone'/)
  })

  test('more products than a page', async () => {
    const many = Array.from({ length: 450 }, (_, index) => ({ sku: `P${index}` }))
    const at = estate({ products: many, pricelists: [{ name: 'Web', currency: 'USD' }] }, { catalogue })
    expect(await reader(at, 'prices', 60_000)()).toHaveLength(452)
  })

  test('says it in the words of the hub', async () => {
    const { read, connection } = shop()
    const [{ topic, body }] = (await read()) as [Reading]
    const [message] = connection.translate({ topic, body, receivedAt: '' })
    expect(message).toMatchObject({
      stream: 'product/MUG',
      command: { type: 'product.observePrices', prices: { Web: { amount: 1250, currency: 'USD' } } },
    })
  })
})

describe('details of products', () => {
  test('taxes by name, the category, and an image by its digest, which changes with it', async () => {
    const at = estate(
      { products: [{ sku: 'MUG', taxes: ['TX 8.25%'] }] },
      { catalogue: { priceLists: [], details: true } },
    )
    const read = reader(at, 'products', 60_000)
    at.sim.setCategory('MUG', 'Cups', 'Kitchen')
    at.sim.setImage('MUG', 'a picture')
    const of = async () =>
      (await read()).find(({ body }) => (body as { sku: string }).sku === 'MUG')?.body as { image?: string }
    const first = await of()
    expect(first).toMatchObject({
      taxes: ['TX 8.25%'],
      category: 'Kitchen / Cups',
      image: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
    })
    at.sim.setImage('MUG', 'another picture')
    const second = await of()
    expect(second?.image).not.toBe(first.image)
    expect(Object.keys(at.sim.beliefs().calls).filter((call) => call.includes('attachment'))).toEqual([
      'ir.attachment.search_read',
    ])
  })

  test('are not asked for unless said', async () => {
    const at = estate({ products: [{ sku: 'MUG' }] })
    await reader(at, 'products', 60_000)()
    expect(Object.keys(at.sim.beliefs().calls)).not.toContain('ir.attachment.search_read')
    expect(at.connection.feeds['prices']).toBe(undefined)
  })
})
