/** Couriers at Uber: sent once whatever breaks, on our terms alone, and called off while that can be. */
import { describe, expect, test } from 'vitest'
import type { Fetch } from '../../io.ts'
import { answer, fault } from '../kit/testing.ts'
import { courierAsk, createWorld, home, SECRET, sent, store, type World } from './testing.ts'

const REF = 'shop:1001:7:1'
const codeOf = async (world: World, change = {}, reference = REF) =>
  (await fault(world.connection, 'label.ensure', courierAsk(reference, change))).code
const off = ({ connection }: World, labelId: string | null = null, reference = REF) =>
  answer(connection, 'label.void', { reference, labelId })
const ways = ({ account }: World) => account.beliefs().deliveries

/** The n-th answer is lost; everything after it comes. */
const cutAt =
  (lost: number, counted: { calls: number } = { calls: 0 }) =>
  (fetch: Fetch): Fetch =>
  async (request) => {
    const response = await fetch(request)
    counted.calls += 1
    if (counted.calls === lost) throw new TypeError('cut')
    return response
  }

describe('sending a courier', () => {
  test('he has a number, a price and a link; asked again it is the same one', async () => {
    const world = createWorld()
    const first = await sent(world, REF)
    expect(first).toMatchObject({ carrier: 'Uber', service: 'Direct', cost: { amount: 799, currency: 'USD' } })
    expect(first.trackingNumber).toMatch(/^del_/)
    expect(first.trackingUrl).toMatch(/^https:/)
    expect(await sent(world, REF)).toEqual(first)
    expect(ways(world)).toEqual([expect.objectContaining({ reference: REF, status: 'pending', street: home.street })])
  })

  test('every answer is lost once, at every call: one courier comes', async () => {
    for (let lost = 1; lost <= 5; lost += 1) {
      const world = createWorld({ wrap: cutAt(lost) })
      for (let attempt = 0; attempt < 2; attempt += 1) await sent(world, REF).catch(() => undefined)
      expect(ways(world), `answer ${lost} lost`).toHaveLength(1)
      expect(await sent(world, REF)).toMatchObject({ labelId: ways(world)[0]!.id })
    }
  })

  test('one who has delivered by the time the lost answer is looked for is found all the same', async () => {
    const world = createWorld({ wrap: cutAt(4) })
    await expect(sent(world, REF)).rejects.toMatchObject({ code: 'uber.no_answer' })
    world.account.move(ways(world)[0]!.id, 'delivered')
    expect(await sent(world, REF)).toMatchObject({ labelId: ways(world)[0]!.id })
    expect(ways(world)).toHaveLength(1)
  })

  test('one who was called off under this reference does not come, and no other is sent by it', async () => {
    const world = createWorld()
    const { labelId } = await sent(world, REF)
    world.account.callOff(labelId)
    expect(await codeOf(world)).toBe('uber.ended')
    expect(ways(world)).toHaveLength(1)
    await sent(world, 'shop:1001:7:2')
    expect(ways(world)).toHaveLength(2)
  })

  test('among many under way he is found on whatever page he stands', async () => {
    const world = createWorld()
    for (let other = 0; other < 120; other += 1) await sent(world, `shop:1001:7:${other + 10}`)
    const { labelId } = await sent(world, REF)
    const { quotes } = world.account.beliefs()
    expect((await sent(world, REF)).labelId).toBe(labelId)
    expect(world.account.beliefs().quotes).toBe(quotes)
  })

  test('too dear, too slow, in another money, none free, too far: nobody is sent', async () => {
    const usual = { maxCost: { amount: 1_000, currency: 'USD' }, withinMinutes: 60 }
    const terms = (change: object) => ({ courier: { ...usual, ...change } })
    const world = createWorld()
    expect(await codeOf(world, terms({ maxCost: { amount: 798, currency: 'USD' } }))).toBe('uber.too_dear')
    expect(await codeOf(world, terms({ maxCost: { amount: 9_000, currency: 'CAD' } }))).toBe('uber.too_dear')
    expect(await codeOf(world, terms({ withinMinutes: 34 }))).toBe('uber.too_late')
    expect(await codeOf(world, { to: { ...home, postcode: '75201' } })).toBe('uber.too_far')
    expect(await codeOf(world, { to: { ...home, street: '000 unknown' } })).toBe('uber.address_refused')
    world.account.busy(true)
    expect(await codeOf(world)).toBe('uber.no_courier')
    expect(ways(world)).toEqual([])
    world.account.busy(false)
    await sent(world, REF, terms({ maxCost: { amount: 799, currency: 'USD' }, withinMinutes: 35 }))
    expect(ways(world)).toHaveLength(1)
  })

  test('Uber counts hundredths of a currency that has none', async () => {
    const world = createWorld({ account: { currency: 'JPY', fee: 60_000 } })
    const courier = { maxCost: { amount: 600, currency: 'JPY' }, withinMinutes: 60 }
    expect((await sent(world, REF, { courier })).cost).toEqual({ amount: 600, currency: 'JPY' })
  })

  test('without a number to call nobody is sent, and nothing is asked', async () => {
    const world = createWorld()
    const { phone: _, ...silent } = home
    expect(await codeOf(world, { to: silent })).toBe('uber.no_phone')
    expect(await codeOf(world, { to: { ...home, phone: '555-0100 ext 3' } })).toBe('uber.no_phone')
    expect(await codeOf(world, { from: { ...store, phone: undefined } })).toBe('uber.no_phone')
    expect(world.account.beliefs().quotes).toBe(0)
  })

  test('a return is none of his business', async () => {
    expect(await codeOf(createWorld(), { returnOf: 'shop:1001:7:1' })).toBe('uber.no_returns')
  })
})

describe('calling him off', () => {
  test('costs nothing while nobody has taken it, and is done once', async () => {
    const world = createWorld({ account: { cancelFee: 300 } })
    const { labelId } = await sent(world, REF)
    expect(await off(world, labelId)).toEqual({ outcome: 'voided' })
    expect(await off(world, labelId)).toEqual({ outcome: 'voided' })
    expect(await off(world)).toEqual({ outcome: 'voided' })
    expect(ways(world)).toEqual([expect.objectContaining({ status: 'canceled' })])
  })

  test('what it costs on his way to the store is told', async () => {
    const world = createWorld({ account: { cancelFee: 300 } })
    const { labelId } = await sent(world, REF)
    world.account.move(labelId, 'pickup')
    expect(await off(world, labelId)).toEqual({ outcome: 'voided', cost: { amount: 300, currency: 'USD' } })
  })

  test('is refused once he has the goods, also where nobody knew that he came', async () => {
    const world = createWorld()
    const { labelId } = await sent(world, REF)
    world.account.move(labelId, 'pickup_complete')
    expect(await off(world, labelId)).toMatchObject({ outcome: 'refused' })
    expect(await off(world)).toMatchObject({ outcome: 'refused' })
    world.account.move(labelId, 'delivered')
    expect(await off(world)).toMatchObject({ outcome: 'refused' })
  })

  test('of nobody is done', async () => {
    expect(await off(createWorld())).toEqual({ outcome: 'voided' })
  })
})

describe('the account', () => {
  test('one token serves all calls until it ends, and is renewed by one of them', async () => {
    const world = createWorld({ account: { tokenSeconds: 3_600 } })
    await Promise.all([1, 2, 3, 4].map((one) => sent(world, `shop:1001:7:${one}`)))
    expect(world.account.beliefs().tokens).toBe(1)
    world.clock.pass(3_600_000)
    await Promise.all([5, 6, 7].map((one) => sent(world, `shop:1001:7:${one}`)))
    expect(world.account.beliefs().tokens).toBe(2)
  })

  test('a token that was taken back is replaced at once', async () => {
    const world = createWorld()
    await sent(world, REF)
    world.account.revokeTokens()
    await sent(world, 'shop:1001:8:1')
    expect(ways(world)).toHaveLength(2)
  })

  test('what stands against the account is told by class', async () => {
    const world = createWorld()
    world.account.standing({ suspended: true })
    expect(await fault(world.connection, 'label.ensure', courierAsk(REF))).toMatchObject({ kind: 'rejected', code: 'uber.suspended' })
    world.account.standing({ suspended: false, blocked: true })
    expect(await fault(world.connection, 'label.ensure', courierAsk(REF))).toMatchObject({ kind: 'unauthorised', code: 'uber.blocked' })
    const other = createWorld({ config: { customerId: 'cus_2' } })
    expect(await fault(other.connection, 'label.ensure', courierAsk(REF))).toMatchObject({ kind: 'unauthorised' })
    const foreign = createWorld({ config: { clientId: 'other' } })
    expect(await fault(foreign.connection, 'label.ensure', courierAsk(REF))).toMatchObject({ code: 'uber.unauthorised' })
    expect(JSON.stringify(await foreign.connection.check())).not.toContain(SECRET)
  }) // prettier-ignore

  test('408, 429 and 500 pass by themselves; busy couriers do not', async () => {
    const says = (status: number, code: string) =>
      createWorld({
        wrap: (fetch) => async (request) =>
          request.url.endsWith('/delivery_quotes')
            ? Response.json({ code, message: home.street, kind: 'error' }, { status })
            : fetch(request),
      })
    const kinds = await Promise.all(
      ([[408, 'request_timeout'], [429, 'customer_limited'], [500, 'internal_server_error'], [503, 'service_unavailable'], [503, 'couriers_busy'], [400, 'used_quote']] as const).map(
        async ([status, code]) => (await fault(says(status, code).connection, 'label.ensure', courierAsk(REF))).kind,
      ),
    ) // prettier-ignore
    expect(kinds).toEqual(['unavailable', 'throttled', 'unavailable', 'unavailable', 'rejected', 'conflict'])
  })

  test('a refusal names the members that are wrong, and never what stood in them', async () => {
    const metadata = { dropoff_phone_number: `${home.phone} is not valid`, param_details: home.street }
    const world = createWorld({
      wrap: (fetch) => async (request) =>
        request.url.endsWith('/delivery_quotes')
          ? Response.json({ code: 'invalid_params', message: home.street, metadata }, { status: 400 })
          : fetch(request),
    })
    const { code, message } = await fault(world.connection, 'label.ensure', courierAsk(REF))
    expect([code, message]).toEqual(['uber.refused', 'Uber answered 400 (invalid_params, dropoff_phone_number) to asking what a courier costs.']) // prettier-ignore
  })

  test('doctor says whether it is reached, and what only the dashboard can say', async () => {
    const levels = async (world: World) =>
      (await world.connection.check()).map(({ level, about }) => `${about} ${level}`)
    expect(await levels(createWorld())).toEqual(['connection ok', 'webhooks ok'])
    expect(await levels(createWorld({ config: { webhookKeys: [] } }))).toEqual(['connection ok', 'webhooks warning'])
    expect(await levels(createWorld({ config: { customerId: 'cus_2' } }))).toEqual(['permissions error'])
  })
})
