/** A trading day of a small chain over every channel and its tills: the one that `bench day` lives in full. */
import { expect, test } from 'vitest'
import { createEstate } from '#sim/estate.ts'
import { createPeople } from '#sim/people.ts'
import { createRandom } from '#sim/random.ts'
import { runDay } from '#sim/day/day.ts'
import { OUTLET_KINDS } from '#sim/outlets/kinds.ts'
import { freshDatabase } from '../support/database.ts'

test('P2: a day over all channels and tills ends with every order once, and all of them agreed', async () => {
  const hours: number[] = []
  const day = await runDay(await freshDatabase(), { orders: 120, stores: 3, skus: 12, onHour: (n) => hours.push(n) })
  const { minutes: _, ...rest } = day
  expect(rest).toEqual({ orders: 120, stockChanges: 480, lost: 0, twice: 0, disagreements: [] })
  expect(hours.reduce((all, orders) => all + orders, 0)).toBe(120)
})

test('time passes while a limit of a vendor holds something back: all of a long list is on sale the same day', async () => {
  const day = await runDay(await freshDatabase(), { orders: 5, stores: 1, skus: 60 })
  expect(day).toMatchObject({ orders: 5, lost: 0, twice: 0, disagreements: [] })
  expect(day.minutes).toBeLessThan(40)
})

test('people run for one SKU wherever it is on sale, and who comes too late gets nothing', () => {
  const estate = createEstate({ now: () => 1_000, random: () => 0.5 }, createRandom(1), { skus: 1, stock: [9, 9] })
  const people = createPeople(estate, createRandom(3))
  const { sku } = estate.products[0]!
  estate.shop.setAvailable(sku, 5)
  expect(people.rush(sku, 40)).toBeGreaterThan(2)
  expect(estate.shop.beliefs().available[sku]).toBe(0)
  expect(people.rush(sku, 40)).toBe(0)
})

test('stores that are taken up again go on with the chains of their tills', () => {
  const clock = { now: () => 1_000, random: () => 0.5 }
  const chain = { stores: 2, assortment: 3, uploadEveryMs: 0 }
  const options = { skus: 3, stock: [5, 5], beside: OUTLET_KINDS, chain } as const
  const estate = createEstate(clock, createRandom(1), options)
  const [storeId, sku] = [estate.stores!.ids[0]!, estate.products[0]!.sku]
  expect(estate.stores!.sell(storeId, [{ sku, quantity: 5 }])).toBe(`${storeId}/1`)
  expect(estate.stores!.sell(storeId, [{ sku, quantity: 1 }])).toBeNull()
  const [upload] = estate.stores!.due()
  const kept = structuredClone({
    products: estate.products,
    outlets: {},
    erp: estate.erp.snapshot(),
    stores: estate.stores!.snapshot(),
  })
  const again = createEstate(clock, createRandom(1), { ...options, beside: [] }, kept).stores!
  expect(again.onTheWay().map((hook) => again.nameOf(hook))).toEqual([again.nameOf(upload!)])
  again.onTheWay()[0]!.settle(null)
  again.sell(storeId, [{ sku: estate.products[1]!.sku, quantity: 1 }])
  // Nobody took the first: both are sent, and the second names the first.
  expect(again.nextDueAt()).toBe(21_000)
})
