/**
 * Reconciliation between the two simulators: what got lost is found and mended once, and a healthy estate shows
 * nothing.
 */
import { expect, test } from 'vitest'
import { reconcileDue } from '#engine/reconcile/regular.ts'
import { freshDatabase } from '../support/database.ts'
import { ERP, MINUTE, openEstate, SHOP, skipFeed } from './estate.ts'

const salesOf = (estate: Awaited<ReturnType<typeof openEstate>>, id: string) =>
  estate.erp.beliefs().sales.filter(({ ref }) => ref === `crossdock:${SHOP}:${id}`)

test('nothing is found in a healthy estate, busy or at rest', async () => {
  const estate = await openEstate(await freshDatabase())
  const [mug, kettle, lamp] = estate.products.map(({ sku }) => sku)
  const shipped = estate.buy(mug!, 2)
  const cancelled = estate.buy(kettle!)
  estate.buy(lamp!, 1, false)
  await estate.settle()
  estate.shop.cancelOrder(cancelled, { reason: 'customer', restock: true })
  estate.erp.ship(`${SHOP}:${shipped}`, { tracking: '1Z' })
  estate.buy(kettle!)
  expect(await estate.check()).toEqual([])
  await estate.settle()
  expect(await estate.check()).toEqual([])
  estate.shop.refund(shipped, [{ sku: mug!, quantity: 1, restock: true }])
  await estate.settle()
  estate.clock.ms += 60 * MINUTE
  expect(await estate.check()).toEqual([])
})

test('F164: an order whose webhook and feed were lost is found, handed in, and reaches Odoo once', async () => {
  const estate = await openEstate(await freshDatabase())
  const [mug] = estate.products.map(({ sku }) => sku)
  estate.deaf = true
  const lost = estate.buy(mug!, 2)
  await estate.settle()
  await skipFeed(estate, SHOP, 'orders')
  estate.deaf = false
  // Within the grace it is on its way.
  expect(await estate.check(`orders/${SHOP}`)).toEqual([])
  estate.clock.ms += 20 * MINUTE
  await estate.settle()
  expect(salesOf(estate, lost)).toEqual([])
  expect(await estate.check(`orders/${SHOP}`, true)).toEqual([`orders/${SHOP} missed ${SHOP}:${lost}`])
  await estate.settle()
  expect(salesOf(estate, lost)).toHaveLength(1)
  estate.clock.ms += 20 * MINUTE
  // Proved by the next run, which finds it no more; and it stays one sale.
  expect(await estate.check(`orders/${SHOP}`, true)).toEqual([])
  expect(estate.lastOutcome).toMatchObject({ run: { resolved: 1, mended: 0 } })
  await estate.settle()
  expect(await estate.check()).toEqual([])
  expect(salesOf(estate, lost)).toHaveLength(1)
})

test('F165: a status that went stale because its news was lost is found and put right', async () => {
  const estate = await openEstate(await freshDatabase())
  const [mug] = estate.products.map(({ sku }) => sku)
  const id = estate.buy(mug!)
  await estate.settle()
  estate.deaf = true
  estate.shop.cancelOrder(id, { reason: 'customer', restock: true })
  await estate.settle()
  await skipFeed(estate, SHOP, 'orders')
  estate.deaf = false
  estate.clock.ms += 40 * MINUTE
  expect(await estate.check(`orders/${SHOP}`, true)).toEqual([`orders/${SHOP} stale ${SHOP}:${id} hub`])
  // What is only late is not raised a second time as a difference to the ERP.
  expect(await estate.check(`sales/${SHOP}`)).toEqual([`orders/${SHOP} stale ${SHOP}:${id} hub`])
  await estate.settle()
  expect(salesOf(estate, id)).toMatchObject([{ state: 'cancel' }])
  expect(await estate.check()).toEqual([])
})

test('F186: a stock number changed by hand, of which no news came, is found and put right', async () => {
  const estate = await openEstate(await freshDatabase())
  const [mug, kettle] = estate.products.map(({ sku }) => sku)
  await estate.settle()
  const before = estate.shop.beliefs().available
  estate.deaf = true
  estate.shop.setAvailable(mug!, before[mug!]! + 30)
  estate.shop.setAvailable(kettle!, 1)
  await estate.settle()
  estate.deaf = false
  estate.clock.ms += 20 * MINUTE
  const found = [`stock/${SHOP} mismatched WH/${mug} pieces`, `stock/${SHOP} mismatched WH/${kettle} pieces`]
  expect((await estate.check(`stock/${SHOP}`, true)).toSorted()).toEqual(found.toSorted())
  await estate.settle()
  // Too much is withdrawn. Too little may be sales nobody told of, so only a person can say that it is not.
  expect(estate.shop.beliefs().available).toEqual({ ...before, [kettle!]: 1 })
  estate.clock.ms += 20 * MINUTE
  expect(await estate.check()).toEqual([`stock/${SHOP} mismatched WH/${kettle} pieces`])
  estate.shop.setAvailable(kettle!, before[kettle!]!)
  await estate.settle()
  estate.clock.ms += 20 * MINUTE
  expect(await estate.check()).toEqual([])
})

test('a change of stock in Odoo that the feed never saw is found and read', async () => {
  const estate = await openEstate(await freshDatabase())
  const [mug] = estate.products.map(({ sku }) => sku)
  estate.clock.ms += 20 * MINUTE
  await estate.settle()
  estate.erp.count(mug!, 'WH', 3)
  estate.deaf = true
  await estate.settle()
  await skipFeed(estate, ERP, 'stock')
  await estate.engine.database.query(
    `update cursor set position = ((position::jsonb) || '{"runs":0,"full":null}')::json where feed = 'stock'`,
  )
  estate.deaf = false
  estate.clock.ms += 20 * MINUTE
  expect(await estate.check('warehouse/WH', true)).toEqual([`warehouse/WH mismatched WH/${mug} pieces`])
  await estate.settle()
  expect(estate.shop.beliefs().available[mug!]).toBe(3)
  estate.clock.ms += 20 * MINUTE
  expect(await estate.check()).toEqual([])
})

test('a delivery of which the hub never heard is found, and the shop is told of it once', async () => {
  const estate = await openEstate(await freshDatabase())
  const [mug] = estate.products.map(({ sku }) => sku)
  const id = estate.buy(mug!, 2)
  await estate.settle()
  estate.deaf = true
  estate.erp.ship(`${SHOP}:${id}`, { tracking: '1Z-LOST' })
  await estate.settle()
  await skipFeed(estate, ERP, 'deliveries')
  estate.deaf = false
  estate.clock.ms += 40 * MINUTE
  await estate.settle()
  expect(await estate.check(`fulfilments/${SHOP}`, true)).toEqual([`fulfilments/${SHOP} missed ${SHOP}:${id}`])
  await estate.settle()
  estate.clock.ms += 40 * MINUTE
  expect(await estate.check(`fulfilments/${SHOP}`, true)).toEqual([])
  const shown = estate.shop.beliefs().orders.find((order) => order.id === id)
  expect(JSON.stringify(shown).match(/1Z-LOST/g)).toHaveLength(1)
})

test('what only a person can put right is raised: a sale cancelled in Odoo, a second one, an unknown SKU', async () => {
  const estate = await openEstate(await freshDatabase())
  const [mug, kettle] = estate.products.map(({ sku }) => sku)
  const cancelled = estate.buy(mug!)
  await estate.settle()
  estate.erp.cancelInOdoo(`${SHOP}:${cancelled}`)
  estate.erp.changeProduct(kettle!, { sku: 'RENAMED' })
  await estate.settle()
  estate.clock.ms += 40 * MINUTE
  expect(await estate.check(`sales/${SHOP}`, true)).toEqual([`sales/${SHOP} mismatched ${SHOP}:${cancelled} cancelled`])
  expect(estate.lastOutcome).toMatchObject({ run: { mended: 0 } })
  expect(await estate.check(`products/${SHOP}`)).toContain(`products/${SHOP} missed ${kettle}`)
})

test('runs by itself, a whole interval after the hub began and not before', async () => {
  const estate = await openEstate(await freshDatabase())
  const [mug] = estate.products.map(({ sku }) => sku)
  expect(await reconcileDue(estate.engine)).toBe(0)
  estate.deaf = true
  const lost = estate.buy(mug!)
  await estate.settle()
  await skipFeed(estate, SHOP, 'orders')
  estate.deaf = false
  expect(await reconcileDue(estate.engine)).toBe(0)
  estate.clock.ms += 20 * MINUTE
  expect(await reconcileDue(estate.engine)).toBe(1)
  expect(await reconcileDue(estate.engine)).toBe(0)
  await estate.settle()
  expect(salesOf(estate, lost)).toHaveLength(1)
})
