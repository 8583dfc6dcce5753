/** Settlements of Amazon in the hub: over the end of a month, to the cent, whatever comes twice, late, or broken. */
import { expect, test } from 'vitest'
import { must } from '#canon/assert.ts'
import type { PayoutState } from '#core/payout/payout.ts'
import type { OrderState } from '#core/order/state.ts'
import { freshDatabase } from '../support/database.ts'
import { aMarketplace, AMAZON, BOOKS, type Marketplace } from './marketplace.ts'

const cents = (amount: number): number => Math.round(amount * 100)
const OLD_ORDER = '111-9999999-9999999'

/** Time passes while nothing happens. */
async function at(world: Marketplace, moment: string): Promise<void> {
  world.clock.ms = Date.parse(moment)
  await world.pass(3)
}

async function sell(world: Marketplace, quantity: number): Promise<string> {
  const id = must(world.amazon.placeOrder({ lines: [{ sku: 'KETTLE', quantity }] }), 'enough')
  await world.pass(3)
  world.amazon.shipByAmazon(id)
  await world.pass(3)
  return id
}

async function stateOf<S>({ database }: Marketplace, stream: string): Promise<S> {
  const [row] = await database.query<{ state: S }>('select state from stream where stream = $1', [stream])
  return must(row, stream).state
}
const payoutOf = (world: Marketplace, id: string) => stateOf<PayoutState>(world, `payout/${AMAZON}/${id}`)
const orderOf = (world: Marketplace, id: string) => stateOf<OrderState>(world, `order/${AMAZON}/${id}`)

async function events({ database }: Marketplace, like: string): Promise<string[]> {
  const rows = await database.query<{ type: string }>(
    'select type from journal where stream like $1 order by stream, version', [like],
  ) // prettier-ignore
  return rows.map(({ type }) => type)
}

/** The next look for reports. */
const listed = async (world: Marketplace): Promise<void> => {
  world.clock.ms += 7 * 3_600_000
  await world.pass(10)
}

test("T11: a settlement over the end of a month is two months' money, to the cent, and names what was never imported", async () => {
  const world = await aMarketplace(await freshDatabase(), { settlements: true })
  await at(world, '2026-11-27T10:00:00Z')
  // The clock on the wall in Seattle: 30 November at 23:00, then 1 December at 00:30; in UTC both are December.
  await at(world, '2026-12-01T07:00:00Z')
  const november = await sell(world, 2)
  await at(world, '2026-12-01T08:30:00Z')
  const december = await sell(world, 1)
  expect(world.amazon.giveBack(november, 1_995)).toBe(true)
  await at(world, '2026-12-10T08:00:00Z')
  const old = { orderId: OLD_ORDER, transaction: 'Chargeback Refund', type: 'ItemPrice', description: 'Principal' }
  const { id, total, postings } = world.amazon.closePeriod({
    reserve: 300,
    others: [{ ...old, amount: -1_250 }, { type: 'other-transaction', description: 'Subscription Fee', amount: -3_999 }], // prettier-ignore
  })
  await listed(world)

  const { seen, reconciled, troubles, missing } = await payoutOf(world, id)
  expect([reconciled, troubles, missing]).toEqual([true, [], [`${AMAZON}:${OLD_ORDER}`]])
  // 79.80 less 15 % and twice 3.22.
  const first = 7_980 - 1_197 - 644
  expect(seen!.months).toMatchObject([
    { month: '2026-11', net: first, carriedForward: true, heads: { principal: 7_980, commission: -1_197, fulfilment: -644 } },
    { month: '2026-12', net: total - first, carriedForward: false, heads: { reserve: -300 } },
  ]) // prettier-ignore
  expect(seen!.sums.net).toMatchObject({ dispute: -1_250, fee: -3_999, adjustment: -300 })
  await world.pass(3)
  expect((await payoutOf(world, id)).booking).toMatchObject({ step: 'booked' })
  const booked = world.erp.beliefs().entries
  const on = (account: string) =>
    booked.map(({ lines }) => cents(lines.reduce((sum, [code, amount]) => sum + (code === account ? amount : 0), 0)))
  expect(booked.map(({ state, date }) => [state, date])).toEqual([
    ['posted', '2026-11-30'],
    ['posted', '2026-12-12'],
  ])
  expect([on(BOOKS.transit), on(BOOKS.disputes)]).toEqual([
    [first, total - first],
    [0, 1_250],
  ])
  expect([on(BOOKS.takings)[0], on(BOOKS.fees)[0]]).toEqual([-7_980, 1_841])
  for (const { lines } of booked) expect(cents(lines.reduce((sum, [, amount]) => sum + amount, 0))).toBe(0)
  const share = (order: string) =>
    postings.filter(({ orderId }) => orderId === order).reduce((sum, { amount }) => sum + amount, 0)
  for (const order of [november, december])
    expect((await orderOf(world, order)).settled).toMatchObject([{ payoutId: id, net: { amount: share(order) } }])

  // The same settlement in another report, and all memory of reading lost: nothing is told twice.
  const before = await events(world, '%')
  world.amazon.offerAgain(id)
  await world.database.query(`delete from cursor where feed = 'settlements'`)
  await listed(world)
  expect((await events(world, '%')).filter((type) => /payout|settled/.test(type))).toEqual(
    before.filter((type) => /payout|settled/.test(type)),
  )
  expect(world.erp.beliefs().entries).toHaveLength(2)
})

test('T11: a report that breaks off is read again, one altered cent is found, and what cannot be read is a case', async () => {
  const world = await aMarketplace(await freshDatabase(), { settlements: true })
  const id = await sell(world, 1)
  const altered = world.amazon.closePeriod({ alter: (report) => report.replace('\t39.90\t', '\t39.89\t') })
  world.lost.downloads = 1
  await listed(world)
  expect(await events(world, `payout/%`)).toEqual([])
  await listed(world)
  expect(await payoutOf(world, altered.id)).toMatchObject({
    reconciled: false,
    troubles: [{ code: 'payout_differs', detail: expect.stringContaining((altered.total / 100).toFixed(2)) as string }],
  })
  expect((await orderOf(world, id)).settled, 'no order hears of it').toBeUndefined()

  await sell(world, 1)
  const strange = world.amazon.closePeriod({ alter: (report) => report.replace('\tsku\t', '\tasin\t') })
  await listed(world)
  const { troubles, seen } = await payoutOf(world, strange.id)
  expect([seen, troubles]).toMatchObject([
    null,
    [{ code: 'payout_unreadable', detail: expect.stringContaining("'sku'") as string }],
  ])
  const [row] = await world.database.query<{ attention: boolean }>(
    'select attention from stream where stream = $1', [`payout/${AMAZON}/${strange.id}`],
  ) // prettier-ignore
  expect(row!.attention).toBe(true)
})

test('an order that comes after its money is missing no more', async () => {
  const world = await aMarketplace(await freshDatabase(), { settlements: true })
  await sell(world, 1)
  const early = must(world.amazon.placeOrder({ lines: [{ sku: 'KETTLE', quantity: 1 }] }), 'enough')
  const { id } = world.amazon.closePeriod({
    others: [{ transaction: 'Order', orderId: early, type: 'ItemPrice', description: 'Principal', amount: 3_990 }],
  })
  // Amazon lists nothing younger than two minutes, and its queue says nothing.
  world.amazon.dropSubscriptions()
  world.clock.ms += 1_000
  await world.database.query(`update upkeep set due_at = '2026-01-01' where task = 'feed:settlements'`)
  await world.pass(1)
  expect(await events(world, `payout/${AMAZON}/${id}`)).toContain('payout.seen')
  await world.pass(30)
  const { missing = [], reconciled } = await payoutOf(world, id)
  expect([missing, reconciled]).toEqual([[], true])
  expect(await events(world, `order/${AMAZON}/${early}`)).toEqual(
    expect.arrayContaining(['order.placed', 'order.settled']),
  )
})
