/** A parcel from the warehouse to the door, through the real hub: news late, doubled, lost and out of order. */
import { CARRIER, subscribed } from '#connectors/easypost/testing.ts'
import type { OrderState } from '#core/order/state.ts'
import { parcelStatus } from '#core/parcel/parcel.ts'
import type { ParcelState } from '#core/parcel/state.ts'
import { orderPage } from '#insight/orders.ts'
import { expect, test } from 'vitest'
import type { Fetch } from '../../src/io.ts'
import { anOrder, aPolicy } from '../support/orders.ts'
import { aSmallHub } from '../support/small-hub.ts'

const CODE = '9400100000000000000001'
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

async function aHub(wrap?: (fetch: Fetch) => Fetch) {
  const world = await subscribed({ account: { doublesOfTen: 5, hookDelayMs: [0, 40_000] }, ...(wrap ? { wrap } : {}) })
  const { clock, io } = world
  const carriers = {
    [CARRIER]: { channels: ['shop'], promiseDays: 3, lostAfterDays: 2, owner: 'desk', escalateTo: 'boss' },
  }
  const policy = { ...aPolicy, carriers }
  const hub = await aSmallHub({ clock, io, policy, beside: { [CARRIER]: world } })
  await hub.hand('order', anOrder('1001'))
  return {
    ...world,
    work: hub.work,
    hand: hub.hand,
    ship: () =>
      hub.say('fulfilment/shop/1001', {
        type: 'fulfilment.noteShipment', shipmentId: '7', shippedAt: new Date(clock.now).toISOString(),
        trackingNumber: '9400 1000 0000 0000 0000 01', carrier: 'USPS', lines: [],
      }), // prettier-ignore
    live: (ms: number, how?: Parameters<typeof hub.live>[2]) => hub.live(clock.pass, ms, how),
    parcel: () => hub.state<ParcelState>(`parcel/${CARRIER}/${CODE}`),
    order: () => hub.state<OrderState>('order/shop/1001'),
    page: () => orderPage(hub.database, 'shop', '1001', new Map()),
    confirmed: async () =>
      (await hub.database.query("select 1 as one from journal where type = 'delivery.confirmed'", [])).length,
  }
}

const codes = ({ exceptions }: OrderState) => exceptions.map(({ code }) => code)

test('F116: a parcel is followed once it has left, and the order hears once that it is there', async () => {
  const hub = await aHub()
  await hub.ship()
  expect(hub.account.beliefs().trackers).toEqual([{ code: CODE, carrier: 'USPS', status: 'unknown' }])
  for (const status of ['pre_transit', 'in_transit', 'out_for_delivery', 'delivered']) {
    hub.account.scan(CODE, status)
    await hub.live(20_000)
  }
  await hub.live(60_000)
  expect((await hub.order()).parcels).toMatchObject([{ trackingNumber: CODE, status: 'delivered', case: null }])
  expect(codes(await hub.order())).toEqual([])
  expect(await hub.confirmed()).toBe(1)
  const page = await hub.page()
  expect(page?.parcels).toMatchObject([{ shipmentId: '7', way: { status: 'delivered', case: null } }])
})

test('a parcel whose webhooks are all lost is known within the hour all the same', async () => {
  const hub = await aHub()
  await hub.ship()
  hub.account.scan(CODE, 'delivered')
  await hub.live(2 * HOUR_MS, { lose: true, stepMs: 10 * 60_000 })
  expect((await hub.order()).parcels).toMatchObject([{ status: 'delivered' }])
})

test('F96: what does not come is late, then lost, goes to the next owner, and ends when it is found', async () => {
  const hub = await aHub()
  await hub.ship()
  hub.account.scan(CODE, 'in_transit')
  await hub.live(60_000)
  hub.account.scan(CODE, 'in_transit', 'status_update', hub.clock.now + 2 * DAY_MS)
  await hub.live(3 * DAY_MS, { stepMs: HOUR_MS })
  expect(codes(await hub.order())).toEqual(['parcel_delayed'])
  await hub.live(DAY_MS + 2 * HOUR_MS, { stepMs: HOUR_MS })
  expect(codes(await hub.order())).toEqual(['parcel_lost'])
  await hub.live(DAY_MS, { stepMs: HOUR_MS })
  expect((await hub.parcel()).case).toMatchObject({ kind: 'lost', owner: 'boss', escalated: true })
  hub.account.scan(CODE, 'delivered')
  await hub.live(60_000)
  expect(codes(await hub.order())).toEqual([])
  expect(parcelStatus(await hub.parcel())).toBe('delivered')
})

test('a parcel that turns round is a case, and is no delivery when it is handed over at its sender', async () => {
  const hub = await aHub()
  await hub.ship()
  for (const status of ['in_transit', 'return_to_sender']) {
    hub.clock.pass(HOUR_MS)
    hub.account.scan(CODE, status)
  }
  await hub.live(60_000)
  expect(codes(await hub.order())).toEqual(['parcel_returning'])
  hub.account.scan(CODE, 'delivered')
  await hub.live(60_000)
  expect(codes(await hub.order())).toEqual(['parcel_returned'])
  expect(await hub.confirmed()).toBe(0)
})

test('a lost answer makes no second tracker', async () => {
  let lost = 0
  const hub = await aHub((fetch) => async (request) => {
    const answer = await fetch(request)
    if (request.method !== 'POST' || !request.url.endsWith('/trackers') || lost > 0) return answer
    lost += 1
    throw new TypeError('cut')
  })
  await hub.ship()
  await hub.live(10 * 60_000)
  expect(lost).toBe(1)
  expect(hub.account.beliefs().trackers).toHaveLength(1)
  expect((await hub.parcel()).asked).toBeNull()
})
