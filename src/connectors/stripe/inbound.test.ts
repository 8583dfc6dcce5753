/** What Stripe tells, in the hub's words: genuine only, without card numbers, and the same in any order. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { payment, type PaymentCommand } from '#core/payment/payment.ts'
import { stageOf } from '#core/payment/state.ts'
import type { Message } from '../kit/connector.ts'
import { fromStripe, toStripe } from './amounts.ts'
import { isSigned } from './inbound.ts'
import { heard, readAll, START, translated } from '../kit/testing.ts'
import { HOOK_URL, PROVIDER, subscribed, takeHooks, type World } from './testing.ts'

const wanted = { amount: 5_000, currency: 'usd', metadata: { order_id: '1001' } }
const POLICY = { version: 't', channels: {}, safetyStock: 0 }

function stateAfter(messages: readonly Message[]) {
  let state = payment.initial
  for (const { stream, command } of messages) {
    const context = { stream, at: new Date(START).toISOString(), messageKey: 'm' }
    const events = payment.decide(state, command as PaymentCommand, POLICY, context)
    if (!('refused' in events)) state = events.reduce(payment.evolve, state)
  }
  return state
}

const live = (world: World): Message[] => takeHooks(world).flatMap((one) => heard(world.connection, one))

describe('signatures', () => {
  test('of the published scheme, within five minutes, by any secret in force', () => {
    const folder = process.env['CROSSDOCK_SPECS']
    if (!folder) return console.warn('CROSSDOCK_SPECS does not name the vectors: they were NOT checked.')
    const all = JSON.parse(readFileSync(`${folder}/TEST-VECTORS.json`, 'utf8')) as unknown
    const rows = (Array.isArray(all) ? all : Object.values(all as object).flat()) as Record<string, string>[]
    const { body, expected, secret, timestamp } = rows.find(({ vendor }) => vendor === 'stripe')!
    const bytes = new TextEncoder().encode(body)
    const at = Number(timestamp) * 1_000
    expect(isSigned(bytes, expected!, ['other', secret!], at + 300_000)).toBe(true)
    expect(isSigned(bytes, expected!, [secret!], at + 300_001)).toBe(false)
    expect(isSigned(bytes, expected!, [secret!], at - 300_001)).toBe(false)
    expect(isSigned(bytes, expected!, ['other'], at)).toBe(false)
    expect(isSigned(new TextEncoder().encode(`${body} `), expected!, [secret!], at)).toBe(false)
    return undefined
  })

  test('of two secrets, while one is being replaced', async () => {
    const world = await subscribed({ config: { webhookSecrets: ['env:whsec_new'] } })
    const secret = world.account.rollSecret(HOOK_URL)
    expect(world.account.secretsOf(HOOK_URL)).toContain(secret)
    world.account.pay(wanted)
    expect(live(world)).toHaveLength(2)
  })
})

describe('card numbers', () => {
  test('never enter: the webhook is refused, and the number is only shown masked', async () => {
    const world = await subscribed()
    world.account.pay({ ...wanted, description: 'card 4242 4242 4242 4242 by phone' })
    for (const request of takeHooks(world)) {
      if (!new TextDecoder().decode(request.body).includes('4242')) continue
      let said = ''
      try {
        world.connection.receive!(request)
      } catch (error) {
        said = (error as Error).message
      }
      expect(said).toContain('424242••••••4242')
      expect(said).not.toContain('4242 4242')
    }
    const { readings } = await readAll(world.connection.feeds['events'])
    expect(JSON.stringify(readings)).not.toMatch(/4242[ ]?4242/)
    const [first] = translated(world.connection, readings)
    expect(first!.command).toMatchObject({ type: 'payment.noteException', code: 'card_number' })
  })
})

describe('amounts', () => {
  test("are in the currency's own minor units, where Stripe counts otherwise as well", () => {
    expect(fromStripe(500, 'jpy')).toEqual({ amount: 500, currency: 'JPY' })
    expect(fromStripe(12_340, 'kwd')).toEqual({ amount: 12_340, currency: 'KWD' })
    expect(fromStripe(500, 'isk')).toEqual({ amount: 5, currency: 'ISK' })
    expect(fromStripe(5, 'mga')).toEqual({ amount: 500, currency: 'MGA' })
    expect(() => fromStripe(501, 'ugx')).toThrow('digits')
    for (const currency of ['USD', 'JPY', 'ISK', 'UGX', 'MGA', 'KWD'])
      expect(fromStripe(toStripe({ amount: 12_300, currency }), currency.toLowerCase())).toEqual({
        amount: 12_300,
        currency,
      })
    expect(() => toStripe({ amount: 12_341, currency: 'KWD' })).toThrow('digits')
  })
})

describe('a payment', () => {
  const LIFE: readonly ((world: World, id: string) => void)[] = [
    ({ account }, id) => account.capture(id, 2_000, false),
    ({ account }, id) => account.capture(id, 3_000),
    ({ account }, id) => account.settleRefund(account.refund(id, 1_000, 'pending'), 'failed', 'lost_or_stolen_card'),
    ({ account }, id) => void account.refund(id, 500),
    ({ account }, id) => account.closeDispute(account.dispute(id, 4_000), true),
    ({ account }, id) => void account.warn(id),
  ]

  test('comes to the same by webhooks in disorder and twice, by events, and by listing', async () => {
    const sums = (messages: readonly Message[]) => {
      const { authorised, captured, closed, disputes, warnings, refunds } = stateAfter(messages)
      const rows = refunds.map(({ refundId, status, amount }) => [refundId, status, amount]).sort()
      return { authorised, captured, closed, disputes, warnings, rows }
    }
    const worlds = await Promise.all(
      [1, 2, 3].map((seed) => subscribed({ seed, account: { doublesOfTen: 5, hookDelayMs: [0, 60_000] } })),
    )
    const ends = await Promise.all(
      worlds.map(async (world) => {
        const id = world.account.authorise(wanted)
        for (const step of LIFE) step(world, id)
        const { connection } = world
        const hooks = takeHooks(world, 120_000).flatMap((one) => heard(connection, one))
        const events = translated(connection, (await readAll(connection.feeds['events'])).readings)
        const list = translated(connection, (await readAll(connection.feeds['listing'])).readings)
        expect(new Set(hooks.map(({ stream }) => stream))).toEqual(new Set([`payment/${PROVIDER}/${id}`]))
        expect(sums(events)).toEqual(sums(hooks))
        expect(sums(list)).toEqual(sums(hooks))
        expect(stageOf(stateAfter(hooks))).toBe('part_refunded')
        return sums(hooks)
      }),
    )
    expect(ends[0]).toMatchObject({ authorised: 5_000, captured: 5_000, closed: true })
    expect(ends[1]).toEqual(ends[0])
    expect(ends[2]).toEqual(ends[0])
  })

  test('that failed, lapsed or was let go is told apart', async () => {
    const world = await subscribed()
    world.account.decline(wanted, 'lost_card')
    expect(stateAfter(live(world))).toMatchObject({ failure: 'lost_card', authorised: 0 })
    world.account.expire(world.account.authorise(wanted))
    expect(stageOf(stateAfter(live(world)))).toBe('voided')
  })

  test('names its order by metadata, ours before the shop', async () => {
    const world = await subscribed()
    world.account.pay(wanted)
    const refs = (all: readonly Message[]) =>
      all.map(({ command }) => (command as { seen?: { orderRef?: string } }).seen?.orderRef)
    expect(new Set(refs(live(world)))).toEqual(new Set(['shop:1001']))
    world.account.pay({ ...wanted, metadata: { order_id: '1', crossdock_order: 'web:2' } })
    expect(new Set(refs(live(world)))).toEqual(new Set(['web:2']))
    world.account.pay({ ...wanted, metadata: { order_id: 'no id at all/..' } })
    expect(new Set(refs(live(world)))).toEqual(new Set([undefined]))
  })
})

test('events: a pass goes on page by page and the next one reads the overlap again under the same names', async () => {
  const world = await subscribed()
  for (let one = 0; one < 130; one += 1) world.account.pay(wanted)
  const feed = world.connection.feeds['events']
  const first = await readAll(feed)
  expect(new Set(first.readings.map(({ key }) => key)).size).toBe(260)
  world.clock.pass(3_600_000)
  world.account.pay(wanted)
  const next = await readAll(feed, first.cursor)
  const fresh = next.readings.filter(({ key }) => !first.readings.some((one) => one.key === key))
  expect(fresh).toHaveLength(2)
  world.clock.pass(7_200_000)
  expect((await readAll(feed, next.cursor)).readings).toHaveLength(2)
})

test('the endpoint is mended when it was switched off, made anew when it is gone, and the gap is told', async () => {
  const { connection, account, clock } = await subscribed()
  const upkeep = connection.upkeep['webhooks']!
  expect(await upkeep.run()).toEqual([])
  const gaps: string[] = []
  account.disableEndpoints()
  expect(await upkeep.run(async ({ feeds }) => void gaps.push(...feeds))).toHaveLength(1)
  account.removeEndpoints()
  clock.pass(3_600_000)
  expect(await upkeep.run(async ({ feeds }) => void gaps.push(...feeds))).toHaveLength(1)
  expect(gaps).toEqual(['events', 'events'])
  expect((await connection.check()).map(({ level }) => level)).not.toContain('error')
})
