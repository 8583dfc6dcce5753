/** What a retailer changes in Odoo arrives in five channels, each by its own ways; what cannot is named. */
import { describe, expect, test } from 'vitest'
import { cataloguePage } from '#insight/catalogue.ts'
import { freshDatabase } from '../support/database.ts'
import { type FiveChannels, fiveChannels } from './five.ts'

const prices = ({ shopify, woo, square, amazon, market }: FiveChannels) => ({
  shopify: Number(shopify.shows('MUG')!.price),
  woo: woo.shows('MUG')!.price,
  square: square.shows('MUG')!.price / 100,
  amazon: amazon.shows('MUG')!.price / 100,
  market: Number(market.shows('MUG')!.price),
})
const everywhere = (price: number) => ({ shopify: price, woo: price, square: price, amazon: price, market: price })
const rowsOf = async ({ engine }: FiveChannels) =>
  (await cataloguePage(engine.database, engine.policy, { limit: 100 })).rows.filter(({ sku }) => sku === 'MUG')

describe('five channels', () => {
  test('show a new price within minutes, also one that comes back at once', async () => {
    const five = await fiveChannels(await freshDatabase())
    await five.minutes(10)
    expect(prices(five)).toEqual(everywhere(11))
    five.erp.changePriceRule(five.rule, { price: 9 })
    await five.minutes(1)
    five.erp.changePriceRule(five.rule, { price: 11 })
    await five.minutes(25)
    expect(prices(five)).toEqual(everywhere(11))
    expect((await rowsOf(five)).flatMap(({ differences }) => differences)).toEqual([])
  })

  test('show a new name, but for the marketplace whose product it is; that is said', async () => {
    const five = await fiveChannels(await freshDatabase())
    five.erp.changeProduct('MUG', { name: 'Great mug' })
    await five.minutes(25)
    const { shopify, woo, square, amazon } = five
    const names = [
      shopify.shows('MUG')!.title,
      woo.shows('MUG')!.name,
      square.shows('MUG')!.name,
      amazon.shows('MUG')!.title,
    ]
    expect(names).toEqual(names.map(() => 'Great mug'))
    expect(await rowsOf(five)).toMatchObject([
      { channel: 'market', differences: [{ field: 'title' }], troubles: [{ code: 'not_possible', field: 'title' }] },
    ])
  })

  test('T22: sell it no more when it is archived, and again when it is back; what is deleted there stays deleted', async () => {
    const five = await fiveChannels(await freshDatabase())
    await five.minutes(10)
    five.erp.changeProduct('MUG', { active: false })
    await five.minutes(25)
    const { shopify, woo, square, amazon, market } = five
    expect(shopify.shows('MUG')).toMatchObject({ status: 'DRAFT' })
    expect(woo.shows('MUG')).toMatchObject({ status: 'draft' })
    expect(square.shows('MUG')).toMatchObject({ archived: true })
    expect(amazon.shows('MUG')).toMatchObject({ buyable: false })
    expect(market.beliefs().available['MUG']).toBe(0)
    shopify.deleteProduct('MUG')
    five.erp.changeProduct('MUG', { active: true })
    await five.minutes(25)
    expect(shopify.shows('MUG')).toBe(null)
    expect(woo.shows('MUG')).toMatchObject({ status: 'publish' })
    expect(square.shows('MUG')).toMatchObject({ archived: false })
    expect(amazon.shows('MUG')).toMatchObject({ buyable: true })
    expect(market.beliefs().available['MUG']).toBeGreaterThan(0)
  })

  test('a price the marketplace refuses is a case with its reason, and holds no other channel', async () => {
    const five = await fiveChannels(await freshDatabase(), { mode: 'on' })
    await five.minutes(10)
    five.market.refuseLines('MUG', 'Below the minimum of the category')
    five.erp.changePriceRule(five.rule, { price: 1 })
    await five.minutes(25)
    expect(prices(five)).toEqual({ ...everywhere(1), market: 11 })
    expect(await rowsOf(five)).toMatchObject([{ channel: 'market', failed: 'mirakl.price_refused' }])
  })

  test('a number the marketplace refuses is told to the ledger, which offers it elsewhere', async () => {
    const five = await fiveChannels(await freshDatabase())
    await five.minutes(10)
    const ledger = async () => {
      const [row] = await five.engine.database.query<{
        state: { channels: { name: string; bound: number; trouble: string | null; put?: { open: unknown } }[] }
      }>(`select state from stream where stream = 'stock/WH/MUG'`)
      return row!.state.channels.find(({ name }) => name === 'market')!
    }
    const before = await ledger()
    five.market.refuseLines('MUG', 'Not in packs of six')
    five.erp.count('MUG', 'WH', 200)
    await five.minutes(20)
    const after = await ledger()
    expect(after.trouble).toContain('Not in packs of six')
    expect(after).toMatchObject({ bound: before.bound, put: { open: null } })
  })
})
