/** News of Uber Direct: verified, stored without anybody's name, and the same from webhooks and from the feed. */
import { createHmac } from 'node:crypto'
import type { ParcelScan } from '#canon/parcel.ts'
import type { ParcelCommand } from '#core/parcel/parcel.ts'
import { describe, expect, test } from 'vitest'
import type { Message } from '../kit/connector.ts'
import { answer, asRequest, heard, hooksAfter, readAll, translated } from '../kit/testing.ts'
import { isSigned } from './inbound.ts'
import { createWorld, home, sent, store, type World } from './testing.ts'

const REF = 'shop:1001:7:1'
const news = (world: World) =>
  hooksAfter(world.clock, world.account, 60_000).flatMap((hook) =>
    heard(world.connection, asRequest(hook, world.clock.now)),
  )
type Observed = Extract<ParcelCommand, { type: 'parcel.observe' }>
const scansOf = (messages: readonly Message[]): ParcelScan[] =>
  messages.flatMap(({ command }) => (command.type === 'parcel.observe' ? (command as Observed).seen.scans : []))
const statuses = (messages: readonly Message[]) => [...new Set(scansOf(messages).map(({ status }) => status))]

async function onItsWay(change = {}) {
  const world = createWorld(change)
  const { labelId } = await sent(world, REF)
  return { ...world, id: labelId }
}

describe('webhooks', () => {
  test('the example of their documentation fits', () => {
    const key = 'c5c26d5a-70d6-46c7-a652-d7c09825ad29'
    const body = Buffer.from('{"kind": "event.courier_update", "location": {"lat": 37.7974109, "lng": -122.424145}}')
    const signature = createHmac('sha256', key).update(body).digest('hex')
    // As far as it was at hand.
    expect(signature.slice(0, 40)).toBe('cdff8133fb065f8d37a2c1c94c3331b6a82766d1')
    expect(isSigned(body, signature, ['another', key])).toBe(true)
    expect(isSigned(Buffer.from(`${body.toString()} `), signature, [key])).toBe(false)
  })

  test('where the courier is every 20 seconds is not stored', async () => {
    const world = await onItsWay()
    world.account.wander(world.id)
    const hooks = hooksAfter(world.clock, world.account, 60_000)
    const received = hooks.map((hook) => world.connection.receive!(asRequest(hook)))
    expect(received.filter((one) => 'ignore' in one)).toHaveLength(1)
    expect(received).toHaveLength(2)
  })

  test('nothing that is stored says who gets it, where, by whom, or what the proof shows', async () => {
    const world = await onItsWay()
    world.account.move(world.id, 'pickup')
    const { readings } = await readAll(world.connection.feeds['deliveries'])
    expect(readings).toHaveLength(1)
    for (const to of ['pickup_complete', 'dropoff', 'delivered'] as const) world.account.move(world.id, to)
    const bodies = hooksAfter(world.clock, world.account, 60_000).map((hook) => {
      const received = world.connection.receive!(asRequest(hook))
      return 'key' in received ? Buffer.from(received.body!).toString() : ''
    })
    const kept = [...bodies, JSON.stringify(readings)].join('\n')
    for (const told of [home.name, home.street, 'Apt 5', '5550100', store.street, 'Cori', '5550177', 'https:', '30.26'])
      expect(kept).not.toContain(told)
    expect(kept).toContain('"picture":true')
  })

  test('a key that is being replaced counts beside the new one', async () => {
    const world = createWorld({ config: { webhookKeys: ['the next one', 'env:HOOK'] } })
    await sent(world, REF)
    expect(statuses(news(world))).toEqual(['announced'])
  })
})

describe('what a delivery says', () => {
  test('from the store to the door, with the kind of proof that can be had', async () => {
    const world = await onItsWay()
    for (const to of ['pickup', 'pickup_complete', 'dropoff', 'delivered'] as const) {
      world.account.move(world.id, to)
      world.clock.pass(60_000)
    }
    const all = news(world)
    expect(new Set(all.map(({ stream }) => stream))).toEqual(new Set([`parcel/uber/${world.id.replaceAll('-', '').toUpperCase()}`])) // prettier-ignore
    expect(statuses(all).sort()).toEqual(['announced', 'delivered', 'in_transit', 'out_for_delivery'])
    expect(scansOf(all).find(({ status }) => status === 'delivered')?.detail).toBe('proof_of_delivery: picture')
  })

  test('called off before he had the goods: the label has ended, and who stands in for him is asked', async () => {
    const world = await onItsWay()
    world.account.callOff(world.id, 'NO_COURIER_FOUND')
    expect(news(world).filter(({ stream }) => stream.startsWith('label/'))).toEqual([
      {
        stream: 'label/shop/1001',
        command: { type: 'label.ended', reference: REF, reason: 'Uber ended the delivery (NO_COURIER_FOUND).' },
      },
    ])
  })

  test('called off with the goods: nobody else is sent for them', async () => {
    const world = await onItsWay()
    world.account.move(world.id, 'pickup_complete')
    world.account.callOff(world.id)
    const all = news(world)
    expect(all.filter(({ stream }) => stream.startsWith('label/'))).toEqual([])
    expect(statuses(all)).toContain('failed')
  })

  test('what a person typed for a reason is left out', async () => {
    const world = await onItsWay()
    world.account.callOff(world.id, 'call Ada at +15125550100')
    const told = news(world).find(({ stream }) => stream.startsWith('label/'))
    expect(told?.command).toMatchObject({ reason: 'Uber ended the delivery.' })
  })

  test('brought back: it is on its way until the way back has ended, and all of it is news of the one parcel', async () => {
    const world = await onItsWay()
    world.account.move(world.id, 'pickup_complete')
    const back = world.account.bringBack(world.id)
    const away = news(world)
    expect(new Set(away.map(({ stream }) => stream)).size).toBe(1)
    expect(statuses(away)).toContain('returning')
    expect(statuses(away)).not.toContain('returned')
    world.account.arriveBack(back)
    expect(statuses(news(world))).toContain('returned')
  })

  test('a delivery that somebody made elsewhere is no label of ours', async () => {
    const world = createWorld()
    const { labelId } = await sent(world, 'their own name')
    world.account.callOff(labelId)
    expect(news(world).every(({ stream }) => stream.startsWith('parcel/'))).toBe(true)
  })
})

describe('the feed', () => {
  test('reads what is under way, and once what has ended since; nothing twice', async () => {
    const world = await onItsWay()
    const { id } = world
    const feed = world.connection.feeds['deliveries']
    const first = await readAll(feed)
    expect(statuses(translated(world.connection, first.readings))).toEqual(['announced'])
    world.clock.pass(60_000)
    world.account.move(id, 'delivered')
    const second = await readAll(feed, first.cursor)
    expect(statuses(translated(world.connection, second.readings))).toEqual(['announced', 'delivered'])
    expect((await readAll(feed, second.cursor)).readings).toEqual([])
    const keys = [...first.readings, ...second.readings].map(({ key }) => key)
    expect(new Set(keys).size).toBe(2)
  })

  test('reads over several pages, and ends of many a few at a time', async () => {
    const world = createWorld()
    for (let one = 0; one < 130; one += 1) await sent(world, `shop:1001:7:${one}`)
    const feed = world.connection.feeds['deliveries']
    const first = await readAll(feed)
    expect(first.readings).toHaveLength(130)
    for (const { id } of world.account.beliefs().deliveries.slice(0, 60)) world.account.callOff(id)
    const second = await readAll(feed, first.cursor)
    const ended = second.readings.filter(({ key }) => key.endsWith('/canceled'))
    expect(new Set(ended.map(({ key }) => key)).size).toBe(60)
    expect((await readAll(feed, second.cursor)).readings).toHaveLength(70)
  })
})

test('a parcel is followed by its number as the hub writes it, also when it was delivered before anybody asked', async () => {
  const world = await onItsWay()
  const trackingNumber = world.id.replaceAll('-', '').toUpperCase()
  const track = () => answer(world.connection, 'parcel.track', { trackingNumber, orderRef: 'shop:1001' })
  expect((await track()).scans.map(({ status }) => status)).toEqual(['announced', 'announced'])
  world.account.move(world.id, 'delivered')
  expect((await track()).scans.at(-1)).toMatchObject({ status: 'delivered' })
})
