/** Numbers of stock: accepted now, effective later, written once; and the offers they are written to. */
import { describe, expect, test } from 'vitest'
import { must } from '#canon/assert.ts'
import type { Json } from '#canon/json.ts'
import type { IntentType } from '#core/intents.ts'
import { type Fault, toFault } from '../../fault.ts'
import type { Connection, Outbound, Outcome, Reading } from '../kit/connector.ts'
import { CHANNEL, createWorld, KETTLE, MUG } from './testing.ts'

const PLACE = { sku: MUG.sku, inventoryItemId: MUG.sku, locationId: 'DEFAULT' }

function aWorld(options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(options)
  world.seller.addListing(MUG)
  world.seller.addListing(KETTLE)
  return world
}

async function send<T extends IntentType>(connection: Connection, type: T, ask: object, attempt = 1, key = 'k') {
  const outbound = connection.outbound[type] as unknown as Outbound<IntentType>
  const sent = { key, attempt, ask } as never
  const [outcome] = await outbound.send([sent]).catch((error: unknown): Outcome<T>[] => [{ fault: toFault(error) }])
  return outcome as { answer?: unknown; fault?: Fault }
}

describe('a number', () => {
  test('is accepted now and shown later', async () => {
    const { connection, seller, clock } = aWorld()
    const { answer } = await send(connection, 'inventory.put', { ...PLACE, to: 3 })
    expect(answer).toEqual({ outcome: 'accepted', at: '2026-11-21T05:30:00.000Z' })
    expect((await send(connection, 'inventory.read', PLACE)).answer).toMatchObject({ available: 10 })
    clock.pass(60_000)
    expect((await send(connection, 'inventory.read', PLACE)).answer).toEqual({
      available: 3,
      at: '2026-11-21T05:31:00.000Z',
    })
    expect(seller.beliefs().submissions).toEqual([])
  })

  test('set while an order is placed swallows it: which is why nothing is known until it is shown', async () => {
    const { connection, seller, clock } = aWorld()
    await send(connection, 'inventory.put', { ...PLACE, to: 10 })
    seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 4 }] })
    expect(seller.beliefs().available[MUG.sku]).toBe(6)
    clock.pass(60_000)
    expect(seller.beliefs().available[MUG.sku]).toBe(10)
  })

  test.each([
    ['above 0 whose answer was lost is not sent again', 5, { outcome: 'unknown' }, 1],
    ['of 0 is sent as often as it takes', 0, { outcome: 'accepted' }, 2],
  ])('%s', async (_, to, answer, submissions) => {
    let lose = false
    const { connection, seller } = aWorld({
      wrap: (fetch) => async (request) => {
        const response = await fetch(request)
        if (lose && request.method === 'PATCH') throw new TypeError('cut')
        return response
      },
    })
    lose = true
    expect((await send(connection, 'inventory.put', { ...PLACE, to })).fault?.kind).toBe('unavailable')
    lose = false
    expect((await send(connection, 'inventory.put', { ...PLACE, to }, 2)).answer).toMatchObject(answer)
    expect(seller.beliefs().submissions).toHaveLength(submissions)
  })

  test('that only waited for its turn is sent at the next attempt', async () => {
    const { connection, seller, clock } = aWorld()
    const faults: Fault[] = []
    for (let n = 0; n < 12; n += 1) {
      const { fault } = await send(connection, 'inventory.put', { ...PLACE, to: 1 + n }, 1, `k${n}`)
      if (fault) faults.push(fault)
    }
    expect(faults.length).toBeGreaterThan(0)
    for (const fault of faults) expect(fault).toMatchObject({ kind: 'throttled', own: true })
    clock.pass(5_000)
    expect((await send(connection, 'inventory.put', { ...PLACE, to: 12 }, 2, 'k11')).answer).toMatchObject({
      outcome: 'accepted',
    })
    // Somebody else's attempt in between is none of ours: nothing is known then.
    expect((await send(connection, 'inventory.put', { ...PLACE, to: 12 }, 9, 'k11')).answer).toEqual({
      outcome: 'unknown',
    })
    expect(seller.beliefs().counts.throttled).toBe(0)
  })

  test('for an offer that is broken, gone or shipped by Amazon is refused by name', async () => {
    const { connection, seller } = aWorld()
    seller.breakListing(MUG.sku)
    expect((await send(connection, 'inventory.put', { ...PLACE, to: 1 })).fault).toMatchObject({
      kind: 'rejected', code: 'amazon.listing_invalid', message: expect.stringContaining('90220'),
    }) // prettier-ignore
    seller.deleteListing(MUG.sku)
    expect((await send(connection, 'inventory.put', { ...PLACE, to: 1 })).fault?.code).toBe('amazon.unknown_item')
    expect((await send(connection, 'inventory.read', PLACE)).fault?.code).toBe('amazon.unknown_item')
    const kettle = { sku: KETTLE.sku, inventoryItemId: KETTLE.sku, locationId: 'DEFAULT' }
    expect((await send(connection, 'inventory.read', kettle)).fault?.code).toBe('amazon.not_offered')
  })
})

describe('the rate of an operation', () => {
  test('that Amazon says is lower than published is learnt from its header', async () => {
    const { connection, seller, clock } = aWorld({ account: { rates: { getListingsItem: { rate: 0.5, burst: 10 } } } })
    let throttled = 0
    for (let second = 0; second < 120; second += 1) {
      const { fault } = await send(connection, 'inventory.read', PLACE)
      if (fault && !fault.own) throttled += 1
      clock.pass(1_000)
    }
    expect(throttled).toBeLessThanOrEqual(1)
    expect(seller.beliefs().counts.requests).toBeGreaterThan(55)
  })

  test('that is used up by somebody else is met by waiting for one token', async () => {
    const { connection } = aWorld({ account: { rates: { getListingsItem: { rate: 5, burst: 0 } } } })
    const { fault } = await send(connection, 'inventory.read', PLACE)
    expect(fault).toMatchObject({ kind: 'throttled', own: false, retryAfterMs: 200 })
    expect(fault!.message).toContain('QuotaExceeded')
  })
})

describe('tokens', () => {
  test('are asked for once, renewed ahead of their end, and again when they are revoked', async () => {
    let asked = 0
    const { connection, clock, seller, secrets } = aWorld({
      wrap: (fetch) => (request) => {
        if (request.url.endsWith('/auth/o2/token')) asked += 1
        return fetch(request)
      },
    })
    for (const ms of [0, 60_000, 3_400_000]) {
      clock.pass(ms)
      expect((await send(connection, 'inventory.read', PLACE)).fault).toBeUndefined()
    }
    expect(asked).toBe(2)
    seller.revokeTokens()
    expect((await send(connection, 'inventory.read', PLACE)).fault).toBeUndefined()
    expect(asked).toBe(3)
    seller.rotateSecret('another-secret')
    secrets['env:LWA'] = 'another-secret'
    seller.revokeTokens()
    expect((await send(connection, 'inventory.read', PLACE)).fault).toBeUndefined()
  })

  test('that are refused say which of the two a person has to mend', async () => {
    const { connection, seller } = aWorld()
    seller.authorise(false)
    const withdrawn = await send(connection, 'inventory.read', PLACE)
    expect(withdrawn.fault).toMatchObject({
      kind: 'unauthorised',
      message: expect.stringContaining('Authorise the app'),
    })
    seller.rotateSecret('another-secret')
    const rotated = await send(connection, 'inventory.read', PLACE)
    expect(rotated.fault).toMatchObject({ kind: 'unauthorised', message: expect.stringContaining('180 days') })
  })
})

describe('the feed of offers', () => {
  const read = async (world: ReturnType<typeof aWorld>): Promise<Reading[]> => {
    const feed = must(world.connection.feeds['listings'], 'a feed')
    const found: Reading[] = []
    let cursor: Json = null
    for (let minute = 0; minute < 5; minute += 1) {
      for (let more = true; more;) {
        const page = await feed.read(cursor)
        ;({ cursor, more } = page)
        found.push(...page.readings)
      }
      world.clock.pass(60_000)
    }
    return found
  }

  test('asks for a report, waits for it, and tells each offer once', async () => {
    const world = aWorld()
    const readings = await read(world)
    expect(readings.map(({ key }) => key.split(':')[1]).sort()).toEqual([KETTLE.sku, MUG.sku])
    const [mug, kettle] = [MUG.sku, KETTLE.sku].map((sku) => {
      const { topic, body } = must(
        readings.find(({ key }) => key.includes(sku)),
        sku,
      )
      const [message] = world.connection.translate({ topic, body, receivedAt: '' })
      return (message!.command as unknown as { listing: object }).listing
    })
    expect(mug).toMatchObject({
      channel: CHANNEL,
      inventoryItemId: MUG.sku,
      writes: 'later',
      tracked: true,
      deleted: false,
    })
    // Our own number would make it merchant-fulfilled.
    expect(kettle).toMatchObject({ tracked: false })
  })

  test('of many offers comes in pieces, fetching the document once', async () => {
    const world = aWorld()
    for (let n = 0; n < 1_200; n += 1) world.seller.addListing({ sku: `S-${n}`, price: 100 })
    const readings = await read(world)
    expect(readings).toHaveLength(1_202)
    expect(world.seller.beliefs().counts.throttled).toBe(0)
  })

  test('asks again when Amazon gave the report up', async () => {
    const world = createWorld()
    expect(await read(world as ReturnType<typeof aWorld>)).toEqual([])
    world.seller.addListing(MUG)
    expect(await read(world as ReturnType<typeof aWorld>)).toHaveLength(1)
  })
})
