/**
 * What goes out to a marketplace, each as an ensure; and what the marketplace does when one asks too often, or wrongly.
 */
import type { Answer, Ask, IntentType } from '#core/intents.ts'
import { describe, expect, test } from 'vitest'
import { toFault } from '../../fault.ts'
import type { Outbound, Sent } from '../kit/connector.ts'
import { BUYER, createWorld, CUP, MINUTE, MUG, orderIn, readyOrder, STANDARD, type World } from './testing.ts'

const send = <T extends IntentType>(world: World, type: T, asks: (Ask<T> & object)[], more: Partial<Sent<T>> = {}) =>
  (world.connection.outbound[type] as unknown as Outbound<T>).send(
    asks.map((ask, index) => ({ key: `k-${index}`, attempt: 1, ask, ...more })) as Sent<T>[],
  )
const answer = async <T extends IntentType>(world: World, type: T, ask: Ask<T> & object, more?: Partial<Sent<T>>) => {
  const [outcome] = await send(world, type, [ask], more)
  if (outcome && 'fault' in outcome) throw outcome.fault
  return outcome!.answer as Answer<T>
}
const faultOf = (work: Promise<unknown>) => work.then(() => null, toFault)

function stocked(options: Parameters<typeof createWorld>[0] = {}): World {
  const world = createWorld(options)
  world.market.addProduct(MUG)
  world.market.addProduct(CUP)
  return world
}
const bought = (world: World) =>
  world.market.placeOrder({
    lines: [{ sku: MUG.sku, quantity: 2 }, { sku: CUP.sku, quantity: 1 }],
    customer: BUYER, shippingMethod: STANDARD,
  })! // prettier-ignore
const decision = (id: string, ...accepted: boolean[]) => ({
  externalId: id,
  orderName: id,
  lines: accepted.map((one, index) => ({ lineId: `${id}-${index + 1}`, accepted: one })),
})

describe('accepting', () => {
  test('by the line: what is refused is refused, the rest goes on', async () => {
    const world = stocked()
    const id = bought(world)
    expect(await answer(world, 'order.accept', decision(id, true, false))).toEqual({ outcome: 'accepted' })
    expect(orderIn(world, id).lines.map(({ state }) => state)).toEqual(['WAITING_DEBIT', 'REFUSED'])
  })

  test('nothing of it: the order is refused', async () => {
    const world = stocked()
    const id = bought(world)
    expect(await answer(world, 'order.accept', decision(id, false, false))).toEqual({ outcome: 'refused' })
    expect(orderIn(world, id).state).toBe('REFUSED')
    expect(world.market.beliefs().lapsed).toBe(0)
  })

  test('after its time is over: it lapsed', async () => {
    const world = stocked({ market: { acceptWithinMs: MINUTE } })
    const id = bought(world)
    world.clock.pass(2 * MINUTE)
    expect(await answer(world, 'order.accept', decision(id, true, true))).toEqual({ outcome: 'lapsed' })
    expect(world.market.beliefs().lapsed).toBe(1)
  })

  test('what staff decided before us stands', async () => {
    const world = stocked()
    const [first, second, third] = [bought(world), bought(world), bought(world)]
    world.market.decideByHand(first, true)
    world.market.decideByHand(second, false)
    world.market.decideByHand(third, true)
    world.market.cancelOrder(third)
    expect(await answer(world, 'order.accept', decision(first, false, false))).toEqual({ outcome: 'accepted' })
    expect(await answer(world, 'order.accept', decision(second, true, true))).toEqual({ outcome: 'refused' })
    expect(await answer(world, 'order.accept', decision(third, true, true))).toEqual({ outcome: 'void' })
    expect(await answer(world, 'order.accept', decision('000099-A', true))).toEqual({ outcome: 'void' })
  })

  test('where only whole orders are decided, a part is not done, and said so', async () => {
    const world = stocked({ market: { partialAcceptance: false } })
    const id = bought(world)
    expect(await answer(world, 'order.accept', decision(id, true, false))).toEqual({ outcome: 'whole_only' })
    expect(orderIn(world, id).state).toBe('WAITING_ACCEPTANCE')
    expect(await answer(world, 'order.accept', decision(id, false, false))).toEqual({ outcome: 'refused' })
  })

  test('a decision that lacks a line is refused for good, and the order still waits', async () => {
    const world = stocked()
    const id = bought(world)
    const fault = await faultOf(answer(world, 'order.accept', decision(id, true)))
    expect(fault).toMatchObject({ kind: 'rejected', code: 'mirakl.acceptance_refused' })
    expect(fault!.message).toContain('ORDER_LINE_ACCEPTANCE_DECISION_MISSING')
    expect(orderIn(world, id).state).toBe('WAITING_ACCEPTANCE')
  })
})

describe('stock', () => {
  const put = (sku: string, to: number) => ({ sku, inventoryItemId: '2001', locationId: 'main', to })

  test('of everything that waits goes in one file, and is shown when that is worked off', async () => {
    const world = stocked()
    const outcomes = await send(world, 'inventory.put', [put(MUG.sku, 4), put(CUP.sku, 5)])
    expect(outcomes).toMatchObject([{ answer: { outcome: 'accepted' } }, { answer: { outcome: 'accepted' } }])
    expect(world.market.beliefs()).toMatchObject({ available: { [MUG.sku]: 10 }, imports: [{ lines: 2 }] })
    world.clock.pass(MINUTE)
    expect(world.market.beliefs().available).toEqual({ [MUG.sku]: 4, [CUP.sku]: 5 })
    expect(await answer(world, 'inventory.read', put(MUG.sku, 0))).toEqual({
      available: 4,
      at: '2026-11-21T05:31:00.000Z',
    })
  })

  test('more than 0 is never sent twice; 0 may be', async () => {
    const world = stocked()
    expect(await answer(world, 'inventory.put', put(MUG.sku, 4), { attempt: 2 })).toEqual({ outcome: 'unknown' })
    expect(world.market.beliefs().imports).toEqual([])
    expect(await answer(world, 'inventory.put', put(MUG.sku, 0), { attempt: 2 })).toMatchObject({ outcome: 'accepted' })
  })

  test('what waited for our own minute was not tried, and is sent after all', async () => {
    const world = stocked()
    await send(world, 'inventory.put', [put(MUG.sku, 4)])
    const fault = await faultOf(send(world, 'inventory.put', [put(CUP.sku, 4)]))
    expect(fault).toMatchObject({ kind: 'throttled', own: true })
    world.clock.pass(fault!.retryAfterMs! + 2_000)
    const again = await answer(world, 'inventory.put', put(CUP.sku, 4), { attempt: 2, untried: true })
    expect(again).toMatchObject({ outcome: 'accepted' })
    expect(world.market.beliefs().throttled).toBe(0)
  })

  test('two numbers of one SKU do not go in one file', async () => {
    const world = stocked()
    const outcomes = await send(world, 'inventory.put', [put(MUG.sku, 4), put(MUG.sku, 0)])
    expect(outcomes).toMatchObject([{ answer: { outcome: 'accepted' } }, { fault: { code: 'mirakl.same_file' } }])
  })

  test('a line that was refused, or a file, is told with the next look', async () => {
    const world = stocked()
    const sendFile = async (to: number) => {
      await send(world, 'inventory.put', [put(CUP.sku, 4), put(MUG.sku, to)])
      return world.market.beliefs().imports.at(-1)!.id
    }
    const look = (reference: string, sku = MUG.sku) =>
      answer(world, 'inventory.read', { ...put(sku, 0), inventoryItemId: sku === MUG.sku ? '2001' : '2002', reference })
    world.market.refuseLines(MUG.sku, 'Not in packs of 6')
    const first = await sendFile(4)
    expect(await look(first)).not.toHaveProperty('refused')
    world.clock.pass(2 * MINUTE)
    const { requests } = world.market.beliefs()
    const message = expect.stringContaining('Not in packs of 6') as string
    expect(await look(first)).toMatchObject({ available: 10, refused: { message, again: false } })
    expect(await look(first, CUP.sku)).toEqual({ available: 4, at: expect.any(String) as string })
    // Status and report are read once for all of the file.
    expect(world.market.beliefs().requests).toBe(requests + 4)
    world.market.failImports(1)
    const second = await sendFile(5)
    world.clock.pass(2 * MINUTE)
    expect(await look(second)).toMatchObject({ refused: { again: true } })
  })

  test('of an offer that was deleted is refused, with what to do', async () => {
    const world = stocked()
    world.market.removeProduct(MUG.sku)
    expect(await faultOf(answer(world, 'inventory.read', put(MUG.sku, 0)))).toMatchObject({
      code: 'mirakl.unknown_offer',
    })
  })

  test('does not keep an acceptance waiting', async () => {
    const world = stocked()
    const id = bought(world)
    const budget = world.connection.budget!
    const attempt = <T>(kind: string, work: () => Promise<T>) => budget.attempt({ key: kind, kind }, work)
    await attempt('inventory.put', () => send(world, 'inventory.put', [put(MUG.sku, 4)]))
    await attempt('inventory.put', () => faultOf(send(world, 'inventory.put', [put(CUP.sku, 4)])))
    const accept = () => answer(world, 'order.accept', decision(id, true, true))
    expect(await attempt('order.accept', accept)).toEqual({ outcome: 'accepted' })
    expect(budget.waitMs('inventory.put')).toBe(MINUTE)
    expect(budget.waitMs('order.accept')).toBe(0)
  })
})

describe('parcels', () => {
  const parcel = (number: string, carrier?: string) => ({
    shipmentId: number,
    trackingNumber: number,
    ...(carrier ? { carrier } : {}),
  })
  const ask = (
    id: string,
    number: string,
    lines: [index: number, quantity: number, cumulative: number][],
    carrier?: string,
  ) => ({
    externalId: id,
    orderName: id,
    parcel: parcel(number, carrier),
    lines: lines.map(([index, quantity, cumulative]) => ({ lineId: `${id}-${index}`, quantity, cumulative })),
  })

  test('with the whole order: its tracking, then it is shipped; told again, nothing more', async () => {
    const world = stocked()
    const id = readyOrder(world, { sku: MUG.sku, quantity: 2 })
    const whole = ask(id, '1Z1', [[1, 2, 2]], 'DHL Express')
    expect(await answer(world, 'fulfilment.ensure', whole)).toEqual({ fulfilmentId: id })
    const { requests } = world.market.beliefs()
    await answer(world, 'fulfilment.ensure', whole)
    expect(orderIn(world, id)).toMatchObject({ state: 'SHIPPED', trackings: ['1Z1'] })
    expect(world.market.beliefs().requests).toBe(requests + 1)
  })

  test('with a part of it: a shipment each, until nothing is left', async () => {
    const world = stocked()
    const id = readyOrder(world, { sku: MUG.sku, quantity: 3 }, { sku: CUP.sku, quantity: 1 })
    const first = ask(id, '1Z1', [[1, 2, 2]])
    const { fulfilmentId } = await answer(world, 'fulfilment.ensure', first)
    expect(await answer(world, 'fulfilment.ensure', first)).toEqual({ fulfilmentId })
    expect(orderIn(world, id).lines.map(({ shipped }) => shipped)).toEqual([2, 0])
    await answer(world, 'fulfilment.ensure', ask(id, '1Z2', [[1, 1, 3], [2, 1, 1]])) // prettier-ignore
    expect(orderIn(world, id)).toMatchObject({ state: 'SHIPPED' })
    expect(orderIn(world, id).lines.map(({ shipped }) => shipped)).toEqual([3, 1])
  })

  test('with a part of it, where orders are taken whole: a person is told', async () => {
    const world = stocked({ config: { partialShipments: false } })
    const id = readyOrder(world, { sku: MUG.sku, quantity: 3 })
    const fault = await faultOf(answer(world, 'fulfilment.ensure', ask(id, '1Z1', [[1, 2, 2]])))
    expect(fault).toMatchObject({ kind: 'rejected', code: 'mirakl.partial_shipment' })
  })

  test('of an order that is cancelled, or not there, are refused for good', async () => {
    const world = stocked()
    const id = readyOrder(world, { sku: MUG.sku, quantity: 1 })
    world.market.cancelOrder(id)
    expect(await faultOf(answer(world, 'fulfilment.ensure', ask(id, '1Z1', [[1, 1, 1]])))).toMatchObject({
      code: 'mirakl.not_shippable',
    })
    expect(await faultOf(answer(world, 'fulfilment.ensure', ask('000099-A', '1Z1', [[1, 1, 1]])))).toMatchObject({
      code: 'mirakl.unknown_order',
    })
  })
})

describe('what the marketplace says no to', () => {
  test('a key that is revoked, a shop that is suspended', async () => {
    const world = stocked()
    const read = () =>
      faultOf(answer(world, 'inventory.read', { sku: MUG.sku, inventoryItemId: '2001', locationId: 'main' }))
    world.market.revokeKey()
    expect(await read()).toMatchObject({ kind: 'unauthorised', code: 'mirakl.unauthorised' })
    expect(await world.connection.check()).toMatchObject([{ level: 'error', about: 'permissions' }])
    world.market.restoreKey()
    world.market.suspend(true)
    expect(await read()).toMatchObject({ kind: 'unauthorised', code: 'mirakl.forbidden' })
  })

  test('the simulator itself turns down who comes too often, and says for how long', async () => {
    const { market, clock } = stocked()
    const list = () =>
      market.fetch(new Request('https://m/api/orders?max=10', { headers: { authorization: 'shop-key-7f3a' } }))
    expect((await list()).status).toBe(200)
    clock.pass(20_000)
    const refused = await list()
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '40'])
    clock.pass(40_000)
    expect((await list()).status).toBe(200)
    expect(
      (
        await market.fetch(
          new Request('https://m/api/orders?max=101&order_ids=x', { headers: { authorization: 'shop-key-7f3a' } }),
        )
      ).status,
    ).toBe(400)
  })

  test('429 of theirs waits as long as it is told', async () => {
    const slow = new Response('{"status":429}', { status: 429, headers: { 'retry-after': '33' } })
    const world = createWorld({ wrap: () => () => Promise.resolve(slow.clone()) })
    expect(await faultOf(world.connection.feeds['orders']!.read(null))).toMatchObject({
      kind: 'throttled',
      retryAfterMs: 33_000,
    })
  })
})

test('doctor compares what the marketplace can with what is configured', async () => {
  const world = stocked({ market: { multiShipment: false } })
  const findings = await world.connection.check()
  expect(findings.map(({ about, level }) => `${about} ${level}`)).toEqual([
    'connection ok', 'acceptance ok', 'shipments warning', 'clock ok', 'locations ok',
  ]) // prettier-ignore
})

test('a marketplace goes on from a snapshot as if nothing had happened', async () => {
  const world = stocked()
  const id = bought(world)
  const copy = createWorld()
  const { createMirakl } = await import('./simulator/index.ts')
  const kept = structuredClone(world.market.snapshot())
  world.market.decideByHand(id, false)
  const again = createMirakl({ shopKey: 'shop-key-7f3a' }, { now: () => copy.clock.now, random: () => 0 }, kept)
  expect(again.beliefs().orders).toMatchObject([{ id, state: 'WAITING_ACCEPTANCE' }])
  expect(again.nextDueAt()).toBe(Date.parse('2026-11-23T05:30:00.000Z'))
  const next = again.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }] })
  expect(next).toBe('000002-A')
})
