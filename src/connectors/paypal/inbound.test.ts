/** What PayPal tells, in the hub's words: genuine only, without card numbers, and the same in any order. */
import { createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { capture, type CaptureCommand } from '#core/payment/capture.ts'
import { payment, type PaymentCommand } from '#core/payment/payment.ts'
import { stageOf } from '#core/payment/state.ts'
import { toFault } from '../../fault.ts'
import type { Message } from '../kit/connector.ts'
import { fromPaypal, toPaypal } from './amounts.ts'
import { isAllowed, isSigned, signedText } from './certificate.ts'
import { customIdOf, requestOf } from './seen.ts'
import { mint, sharedCertificate } from './simulator/certificate.ts'
import { asRequest, readAll, START, translated } from '../kit/testing.ts'
import { createWorld, HOOK_URL, PROVIDER, subscribed, takeHooks, understood, type World } from './testing.ts' // prettier-ignore

const wanted = { value: '50.00', currency: 'USD', invoice_id: 'WC-1001' }
const POLICY = { version: 't', channels: {}, safetyStock: 0 }
const at = new Date(START).toISOString()

/** Both deciders, with the notes between them, as a turn would do it. */
function stateAfter(messages: readonly Message[]) {
  const captures = new Map<string, typeof capture.initial>()
  let state = payment.initial
  const queue = [...messages]
  const known = new Set<string>()
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { stream, command } = next
    const context = { stream, at, messageKey: 'm' }
    if (stream.startsWith('payment/')) {
      known.add(stream)
      const events = payment.decide(state, command as PaymentCommand, POLICY, context)
      if (!('refused' in events)) state = events.reduce(payment.evolve, state)
      continue
    }
    let one = captures.get(stream) ?? capture.initial
    const events = capture.decide(one, command as CaptureCommand, POLICY, context)
    for (const event of 'refused' in events ? [] : events) {
      one = capture.evolve(one, event)
      for (const owed of capture.react(event, one, stream))
        if ('note' in owed && !owed.alarm) queue.push({ stream: owed.stream, command: owed.command })
    }
    captures.set(stream, one)
  }
  return { state, streams: known }
}

const live = async (world: World, ms?: number): Promise<Message[]> => {
  const all: Message[] = []
  for (const request of takeHooks(world, ms)) all.push(...(await understood(world.connection, request)))
  return all
}

describe('signatures', () => {
  test('are over the decimal CRC32 of the exact bytes', () => {
    const folder = process.env['CROSSDOCK_SPECS']
    if (!folder) return console.warn('CROSSDOCK_SPECS does not name the vectors: they were NOT checked.')
    const rows = JSON.parse(readFileSync(`${folder}/TEST-VECTORS.json`, 'utf8')) as Record<string, string>[]
    const { transmissionId, transmissionTime, webhookId, body, signedString } = rows.find(
      ({ vendor }) => vendor === 'paypal',
    )!
    const bytes = new TextEncoder().encode(body)
    expect(signedText(transmissionId!, transmissionTime!, webhookId!, bytes)).toBe(signedString)
    return undefined
  })

  test('of another webhook of the same account do not count', async () => {
    const world = await subscribed()
    world.account.pay(wanted)
    const [request] = takeHooks(world)
    const key = createPublicKey(sharedCertificate().key)
    expect(isSigned(request!, [world.account.webhookIdOf(HOOK_URL)!], key)).toBe(true)
    expect(isSigned(request!, ['0AB12345CD678901E'], key)).toBe(false)
  })

  test('a process that did not make the webhook looks its id up', async () => {
    const world = await subscribed()
    world.account.pay(wanted)
    const other = createWorld()
    other.account.restore(world.account.snapshot())
    expect(await live(other)).not.toHaveLength(0)
  })
})

describe('certificates', () => {
  const refusal = async (change: Parameters<typeof subscribed>[0], url?: string) => {
    const world = await subscribed(change)
    world.account.pay(wanted)
    const [request] = takeHooks(world)
    const headers = { ...request!.headers, ...(url === undefined ? {} : { 'paypal-cert-url': url }) }
    try {
      await understood(world.connection, { ...request!, headers })
      return null
    } catch (error) {
      return toFault(error).kind
    }
  }
  const serving = (bundle: string) => ({
    wrap: (fetch: (request: Request) => Promise<Response>) => (request: Request) =>
      request.url.includes('/certs/') ? Promise.resolve(new Response(bundle)) : fetch(request),
  })

  test('of a host that is not allowed are not even fetched', async () => {
    const asked: string[] = []
    const wrap = (fetch: (request: Request) => Promise<Response>) => (request: Request) => {
      asked.push(request.url)
      return fetch(request)
    }
    expect(await refusal({ wrap }, 'https://evil.example/v1/notifications/certs/CERT-1')).toBe('forged')
    expect(asked.filter((url) => url.includes('evil'))).toEqual([])
    const hosts = ['api.paypal.com']
    expect(isAllowed('https://api.paypal.com/v1/notifications/certs/CERT-1', hosts)).toBe(true)
    for (const url of [
      'http://api.paypal.com/v1/notifications/certs/CERT-1', 'https://api.paypal.com.evil.example/v1/notifications/certs/C',
      'https://api.paypal.com@evil.example/v1/notifications/certs/C', 'https://api.paypal.com:8443/v1/notifications/certs/C',
      'https://api.paypal.com/v1/notifications/certs/../../../x', 'https://api.paypal.com/v1/notifications/certs/C?next=x', 'nothing',
    ]) expect(isAllowed(url, hosts)).toBe(false) // prettier-ignore
  })

  test('count when made out to PayPal by a root that is trusted, and in force', async () => {
    expect(await refusal({})).toBe(null)
    expect(await refusal({ config: { certificateRoots: [] } })).toBe('forged')
    expect(await refusal({ config: { certificateNames: ['other.paypal.com'] } })).toBe('forged')
    // Made out to PayPal by somebody else's root.
    expect(await refusal(serving(mint('messageverificationcerts.paypal.com').bundle))).toBe('forged')
    expect(await refusal(serving('no certificate at all'))).toBe('forged')
  })

  test('that have ended do not count', async () => {
    const ended = mint('messageverificationcerts.paypal.com', '20260101000000Z')
    const world = await subscribed({ ...serving(ended.bundle), config: { certificateRoots: ['env:ROOT'] } })
    world.io.secret = () => ended.root
    world.account.pay(wanted)
    const [request] = takeHooks(world)
    await expect(understood(world.connection, request!)).rejects.toMatchObject({ kind: 'forged' })
  })

  test('that could not be had are asked for again later, and the sender is told to come back', async () => {
    let broken = true
    let asked = 0
    const world = await subscribed({
      wrap: (fetch) => (request) => {
        if (!request.url.includes('/certs/')) return fetch(request)
        asked += 1
        return broken ? Promise.resolve(new Response('', { status: 500 })) : fetch(request)
      },
    })
    world.account.pay(wanted)
    const [request] = takeHooks(world)
    for (let one = 0; one < 3; one += 1)
      await expect(understood(world.connection, request!)).rejects.toMatchObject({ kind: 'unavailable' })
    expect(asked).toBe(1)
    broken = false
    world.clock.pass(61_000)
    await understood(world.connection, request!)
    await understood(world.connection, request!)
    expect(asked).toBe(2)
  })
})

test('card numbers never enter: the webhook is refused, and the number is only shown masked', async () => {
  const world = await subscribed()
  world.account.pay({ ...wanted, custom_id: 'card 4242 4242 4242 4242' })
  let refused = 0
  for (const request of takeHooks(world)) {
    await world.connection.prepare!(request)
    try {
      world.connection.receive!(request)
    } catch (error) {
      refused += 1
      expect((error as Error).message).toContain('424242••••••4242')
    }
  }
  expect(refused).toBe(3)
  const { readings } = await readAll(world.connection.feeds['events'])
  expect(JSON.stringify(readings)).not.toMatch(/4242[ ]?4242/)
  expect(translated(world.connection, readings)[0]!.command).toMatchObject({ type: 'payment.noteException' })
})

test("amounts are in the currency's own minor units", () => {
  expect(fromPaypal({ value: '500', currency_code: 'JPY' })).toEqual({ amount: 500, currency: 'JPY' })
  expect(fromPaypal({ value: '12.5', currency_code: 'USD' })).toEqual({ amount: 1_250, currency: 'USD' })
  expect(() => fromPaypal({ value: '12.505', currency_code: 'USD' })).toThrow('USD')
  expect(() => fromPaypal({ value: '-1.00', currency_code: 'USD' })).toThrow('USD')
  expect(toPaypal({ amount: 120_000, currency: 'HUF' })).toEqual({ value: '1200', currency_code: 'HUF' })
  expect(() => toPaypal({ amount: 120_050, currency: 'HUF' })).toThrow('whole')
})

test('a request survives as custom_id, whatever it is called', () => {
  for (const name of ['r-1', 'return/shop/1 2/3', 'ü'.repeat(10), 'r-1/2']) {
    expect(customIdOf(name)).toMatch(/^[A-Za-z0-9\-_.,]{1,127}$/)
    expect(requestOf(customIdOf(name))).toBe(name)
  }
  expect(requestOf('WC-1001')).toBe(undefined)
})

describe('a payment', () => {
  const sums = (messages: readonly Message[]) => {
    const { state, streams } = stateAfter(messages)
    const { authorised, captured, parts, disputes, refunds, orderRef } = state
    const rows = refunds.map(({ refundId, status, amount }) => [refundId, status, amount]).sort()
    return { authorised, captured, parts, disputes, rows, orderRef, streams: [...streams], stage: stageOf(state) }
  }

  test('in two captures, with refunds and a dispute, comes to the same by webhooks in disorder and twice, and by events', async () => {
    const ends = []
    for (const seed of [1, 2, 3, 4]) {
      const world = await subscribed({ seed, account: { doublesOfTen: 5, hookDelayMs: [0, 60_000] } })
      const { account, connection } = world
      const id = account.authorise({ ...wanted, custom_id: 'shop:1001' })
      const first = account.capture(id, '20.00', false)
      const second = account.capture(id, '30.00')
      account.settleRefund(account.refund(first, '10.00', 'PENDING'), 'FAILED')
      account.refund(first, '5.00')
      account.closeDispute(account.dispute(second, '30.00'), true)
      const hooks = sums(await live(world, 120_000))
      const events = sums(translated(connection, (await readAll(connection.feeds['events'])).readings))
      expect(hooks.streams).toEqual([`payment/${PROVIDER}/${id}`])
      expect(events).toEqual(hooks)
      expect(hooks).toMatchObject({ authorised: 5_000, captured: 5_000, stage: 'part_refunded', orderRef: null })
      expect(hooks.disputes).toMatchObject([{ status: 'won', withdrawn: 3_000, returned: 3_000, dueBy: null }])
      ends.push(hooks)
    }
    for (const one of ends) expect(one).toEqual(ends[0])
  })

  test('is found again by transactions and disputes when every event was lost, once the search has caught up', async () => {
    const world = await subscribed({ account: { searchLagMs: 3 * 3_600_000 } })
    const { account, connection, clock } = world
    const id = account.pay(wanted)
    const [captureId] = account.capturesOf(id)
    account.refund(captureId!, '5.00')
    account.dispute(captureId!, '45.00', 'INQUIRY')
    takeHooks(world)
    const early = await readAll(connection.feeds['transactions'])
    expect(early.readings).toEqual([])
    clock.pass(4 * 3_600_000)
    const late = await readAll(connection.feeds['transactions'], early.cursor)
    const { readings } = await readAll(connection.feeds['disputes'])
    const found = sums(translated(connection, [...readings, ...late.readings]))
    expect(found).toMatchObject({ captured: 5_000, stage: 'part_refunded', disputes: [{ status: 'warned' }] })
    expect(found.disputes[0]!.dueBy).not.toBe(null)
    // The same pass again reads the same under the same names.
    const again = await readAll(connection.feeds['transactions'], late.cursor)
    expect(again.readings.map(({ key }) => key)).toEqual(late.readings.map(({ key }) => key))
  })

  test('that is pending, declined or let go is told apart', async () => {
    const world = await subscribed({ account: { pending: true } })
    const id = world.account.pay(wanted)
    expect(stateAfter(await live(world)).state).toMatchObject({ captured: 0, authorised: 0 })
    world.account.settleCapture(world.account.capturesOf(id)[0]!, false)
    expect(stateAfter(await live(world)).state).toMatchObject({ failure: 'declined', captured: 0 })
    const other = await subscribed()
    other.account.void(other.account.authorise(wanted))
    expect(stageOf(stateAfter(await live(other)).state)).toBe('voided')
  })
})

test('news of a capture nobody tells of waits an hour, and is a payment of its own then', () => {
  const stream = `capture/${PROVIDER}/C1`
  const news = {
    type: 'payment.observe',
    at,
    seen: { currency: 'USD', amount: 1, authorised: 1, captured: 1, closed: true },
  } as const
  const decide = (state: typeof capture.initial, command: CaptureCommand) =>
    capture.decide(state, command, POLICY, { stream, at, messageKey: 'm' }) as readonly never[]
  const kept = decide(capture.initial, { type: 'capture.tell', news })
  let state = kept.reduce(capture.evolve, capture.initial)
  expect(capture.react(kept[0]!, state, stream)).toMatchObject([{ alarm: { at: '2026-11-21T16:30:00.000Z' } }])
  const alone = decide(state, { type: 'capture.standAlone' })
  state = alone.reduce(capture.evolve, state)
  expect(capture.react(alone[0]!, state, stream)).toMatchObject([
    { alarm: { at: null } },
    { stream: `payment/${PROVIDER}/C1` },
  ])
  expect(decide(state, { type: 'capture.belongs', paymentId: 'O1' })).toEqual([])
  expect(state.kept).toEqual([])
})

test('events: a pass goes on page by page, and never to another host', async () => {
  const hosts = new Set<string>()
  const world = await subscribed({
    wrap: (fetch) => (request) => {
      hosts.add(new URL(request.url).host)
      return fetch(request)
    },
  })
  for (let one = 0; one < 80; one += 1) world.account.pay(wanted)
  world.clock.pass(1_000)
  const first = await readAll(world.connection.feeds['events'])
  expect(new Set(first.readings.map(({ key }) => key)).size).toBe(240)
  world.clock.pass(3_600_000)
  world.account.pay(wanted)
  const next = await readAll(world.connection.feeds['events'], first.cursor)
  expect(next.readings.filter(({ key }) => !first.readings.some((one) => one.key === key))).toHaveLength(3)
  expect([...hosts]).toEqual(['api-m.paypal.com'])
})

test('the webhook is made anew when it is gone, and the gap is told', async () => {
  const { connection, account, clock } = await subscribed()
  const upkeep = connection.upkeep['webhooks']!
  expect(await upkeep.run()).toEqual([])
  const gaps: string[] = []
  account.removeWebhooks()
  clock.pass(3_600_000)
  expect(await upkeep.run(async ({ feeds }) => void gaps.push(...feeds))).toHaveLength(1)
  expect(gaps).toEqual(['events'])
  expect((await connection.check()).map(({ level }) => level)).not.toContain('error')
})

test('a request of somebody who sends no headers at all is refused without a call', async () => {
  const { connection, account } = createWorld()
  const before = account.beliefs().requests
  const request = asRequest({ headers: {}, body: '{}' })
  await connection.prepare!(request)
  expect(() => connection.receive!(request)).toThrow('signature')
  expect(account.beliefs().requests).toBe(before)
})
