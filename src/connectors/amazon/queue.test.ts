/** The queue: doubles, disorder, messages that come again, and nothing deleted before it is stored. */
import { beforeEach, describe, expect, test } from 'vitest'
import { must } from '#canon/assert.ts'
import type { Json } from '#canon/json.ts'
import type { FeedPage, Reading } from '../kit/connector.ts'
import { type Fault, toFault } from '../../fault.ts'
import { CHANNEL, createWorld, KETTLE, MUG } from './testing.ts'

function aWorld(options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld({ account: { doubled: 1 }, ...options })
  const { connection, seller, clock } = world
  seller.addListing(MUG)
  seller.addListing(KETTLE)
  const feed = must(connection.feeds['notifications'], 'a queue is configured')
  /** All subscriptions stand after some runs: the rate lets through some at once. */
  const subscribe = async (): Promise<string[]> => {
    const upkeep = must(connection.upkeep['notifications'], 'a queue')
    const done: string[] = []
    for (let run = 0; run < 2; run += 1) {
      done.push(...(await upkeep.run()))
      clock.pass(60_000)
    }
    return done
  }
  const messagesOf = ({ topic, body }: Reading) =>
    connection.translate({ topic, body, receivedAt: new Date(clock.now).toISOString() })
  return { ...world, feed, subscribe, messagesOf }
}

let world: ReturnType<typeof aWorld>
beforeEach(() => void (world = aWorld()))

/** Reads to the end as the engine does: the cursor is stored with the readings. */
async function drain(cursor: Json = null): Promise<{ readings: Reading[]; cursor: Json }> {
  const readings: Reading[] = []
  for (let more = true; more;) {
    const page: FeedPage = await world.feed.read(cursor)
    readings.push(...page.readings)
    ;({ cursor, more } = page)
  }
  return { readings, cursor }
}

const buy = (): string => must(world.seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }] }), 'enough')
const topics = (readings: readonly Reading[]): string[] => readings.map(({ topic }) => topic).sort()

describe('a notification', () => {
  beforeEach(() => world.subscribe())

  test('of an order brings the whole order within seconds', async () => {
    const id = buy()
    world.clock.pass(10_000)
    const { readings } = await drain()
    expect(topics(readings)).toEqual(['poll/order', 'queue/LISTINGS_ITEM_MFN_QUANTITY_CHANGE', 'queue/ORDER_CHANGE'])
    const streams = readings.flatMap(world.messagesOf).map(({ stream }) => stream)
    expect(streams.sort()).toEqual([`order/${CHANNEL}/${id}`, `stock/WH/${MUG.sku}`])
  })

  test('that comes twice is stored once, and asks Amazon once', async () => {
    buy()
    world.clock.pass(10_000)
    const before = world.seller.beliefs().counts.requests
    const { readings } = await drain()
    expect(world.seller.beliefs().counts.received).toBe(4)
    expect(new Set(readings.map(({ key }) => key)).size).toBe(readings.length)
    // One ReceiveMessage and one getOrder, each with nothing else; the token is there already.
    expect(world.seller.beliefs().counts.requests - before).toBe(2)
  })

  test('is deleted only when it is stored: a page that was lost comes again', async () => {
    buy()
    world.clock.pass(10_000)
    const lost = await world.feed.read(null)
    expect(world.seller.beliefs().messages).toBe(4)
    world.clock.pass(121_000)
    const again = await drain()
    expect(again.readings.map(({ key }) => key).sort()).toEqual(lost.readings.map(({ key }) => key).sort())
    await world.feed.read(again.cursor)
    expect(world.seller.beliefs().messages).toBe(0)
  })

  test('of a number says what Amazon can sell, for the pool it is sold from', async () => {
    world.seller.typeQuantity(MUG.sku, 4)
    world.clock.pass(10_000)
    const { readings } = await drain()
    expect(readings.flatMap(world.messagesOf)).toMatchObject([
      { stream: `stock/WH/${MUG.sku}`, command: { type: 'stock.seen', channel: CHANNEL, available: 4 } },
    ])
  })

  test('of issues or of a deletion makes us look at the offer', async () => {
    world.seller.breakListing(MUG.sku)
    world.clock.pass(10_000)
    const broken = await drain()
    expect(topics(broken.readings)).toEqual(['poll/listing', 'poll/stock', 'queue/LISTINGS_ITEM_ISSUES_CHANGE'])
    world.seller.deleteListing(MUG.sku)
    world.clock.pass(10_000)
    const { readings } = await drain(broken.cursor)
    const [message] = readings.flatMap(world.messagesOf)
    expect(message).toMatchObject({
      stream: `product/${MUG.sku}`,
      command: { type: 'product.observeListing', listing: { sku: MUG.sku, deleted: true, writes: 'later' } },
    })
  })

  test('that is none of Amazon’s is kept and does not stop the others', async () => {
    world.seller.putMessage('not even JSON')
    world.seller.putMessage('{"hello":"world"}')
    buy()
    world.clock.pass(10_000)
    const { readings, cursor } = await drain()
    expect(topics(readings).filter((topic) => topic === 'queue/unknown')).toHaveLength(2)
    expect(readings.filter(({ topic }) => topic === 'queue/unknown').flatMap(world.messagesOf)).toEqual([])
    await drain(cursor)
    expect(world.seller.beliefs().messages).toBe(0)
  })

  test('more than getOrder lets through are read as it flows: none is refused, none is lost', async () => {
    world.seller.typeQuantity(MUG.sku, 500)
    world.clock.pass(10_000)
    const ids = Array.from({ length: 60 }, buy)
    world.clock.pass(10_000)
    const seen = new Set<string>()
    let cursor: Json = null
    for (let n = 0; n < 200 && seen.size < ids.length; n += 1) {
      const page: FeedPage | Fault = await world.feed.read(cursor).catch(toFault)
      if ('kind' in page) expect(page.kind).toBe('throttled')
      else {
        cursor = page.cursor
        for (const { topic, body } of page.readings)
          if (topic === 'poll/order') seen.add((body as { orderId: string }).orderId)
      }
      world.clock.pass(15_000)
    }
    expect([...seen].sort()).toEqual(ids.sort())
    expect(world.seller.beliefs().counts.throttled).toBe(0)
  })
})

describe('subscriptions', () => {
  test('are made with a token of the app itself, once', async () => {
    const done = await world.subscribe()
    expect(done).toHaveLength(6)
    expect(world.seller.beliefs().subscriptions).toBe(6)
    expect(await world.subscribe()).toEqual([])
  })

  test('that vanished are made again, and the gap is told before', async () => {
    await world.subscribe()
    world.seller.dropSubscriptions()
    const gaps: string[][] = []
    const upkeep = must(world.connection.upkeep['notifications'], 'a queue')
    for (let run = 0; run < 2; run += 1) {
      await upkeep.run(({ feeds }) => Promise.resolve(void gaps.push([...feeds])))
      world.clock.pass(60_000)
    }
    expect([...new Set(gaps.flat())].sort()).toEqual(['listings', 'orders', 'placed'])
    expect(world.seller.beliefs().subscriptions).toBe(6)
  })
})

describe('the queue', () => {
  test('refuses another secret, and the fault says what to do', async () => {
    world.secrets['env:AWS'] = 'another-secret'
    const fault = await world.feed.read(null).catch(toFault)
    expect(fault).toMatchObject({ kind: 'unauthorised', code: 'amazon.queue_refused' })
  })
})
