/** Labels at EasyPost: bought once whatever breaks, at the rate the policy means, and given back while that can be. */
import { describe, expect, test } from 'vitest'
import type { Fetch } from '../../io.ts'
import { chosen } from './rates.ts'
import type { Rate } from './shape.ts'
import { answer } from '../kit/testing.ts'
import { createWorld, home, labelAsk, type World } from './testing.ts'

const REF = 'shop:1001:7:1'
const ensure = ({ connection }: World, change = {}, reference = REF) =>
  answer(connection, 'label.ensure', labelAsk(reference, change))
const giveBack = ({ connection }: World, labelId: string | null = null, reference = REF) =>
  answer(connection, 'label.void', { reference, labelId })
const bought = ({ account }: World) => account.beliefs().labels.filter(({ code }) => code !== null)

describe('buying', () => {
  test('the label has its number, its cost and where its document is; asked again it is the same one', async () => {
    const world = createWorld()
    const first = await ensure(world)
    expect(first).toMatchObject({
      carrier: 'USPS', service: 'GroundAdvantage', cost: { amount: 916, currency: 'USD' }, days: 3, inTime: true,
    }) // prettier-ignore
    expect(first.documentUrl).toMatch(/^https:/)
    expect(await ensure(world)).toEqual(first)
    expect(bought(world)).toEqual([expect.objectContaining({ reference: REF, code: first.trackingNumber, cost: '9.16' })])
  }) // prettier-ignore

  test('every answer is lost once, at every call: one label is paid', async () => {
    for (let lost = 1; lost <= 6; lost += 1) {
      let call = 0
      const cut =
        (fetch: Fetch): Fetch =>
        async (request) => {
          const response = await fetch(request)
          call += 1
          if (call === lost) throw new TypeError('cut')
          return response
        }
      const world = createWorld({ wrap: cut })
      for (let attempt = 0; attempt < 2; attempt += 1) await ensure(world).catch(() => undefined)
      expect(bought(world), `answer ${lost} lost`).toHaveLength(1)
    }
  })

  const refusing =
    (code: string, isBought: boolean) =>
    (fetch: Fetch): Fetch => {
      let left = 1
      return async (request) => {
        if (!request.url.endsWith('/buy') || left === 0) return fetch(request)
        left -= 1
        if (isBought) await fetch(request)
        return Response.json({ error: { code, message: home.street, errors: [] } }, { status: 422 })
      }
    }

  test.each(['SHIPMENT.POSTAGE.NO_RESPONSE', 'SHIPMENT.PURCHASE.IN_PROGRESS', 'SHIPMENT.POSTAGE.TIMED_OUT'])(
    '%s is no refusal: whether it was bought or not, one label is paid in the end',
    async (code) => {
      for (const isBought of [true, false]) {
        const world = createWorld({ wrap: refusing(code, isBought) })
        await expect(ensure(world)).rejects.toMatchObject({ kind: 'unavailable', code: 'easypost.carrier_silent' })
        await ensure(world)
        expect(bought(world)).toHaveLength(1)
      }
    },
  )

  test('one that was bought meanwhile is the answer, and what only says so is none', async () => {
    const world = createWorld({ wrap: refusing('SHIPMENT.POSTAGE.EXISTS', true) })
    expect(await ensure(world)).toMatchObject({ carrier: 'USPS', trackingNumber: bought(world)[0]!.code })
    const odd = createWorld({ wrap: refusing('SHIPMENT.POSTAGE.EXISTS', false) })
    await expect(ensure(odd)).rejects.toMatchObject({ kind: 'rejected', code: 'easypost.label_exists' })
  })

  test('rates of an attempt that broke off are asked for again: old ones are not sold', async () => {
    const world = createWorld({ account: { balance: 0 } })
    await expect(ensure(world)).rejects.toMatchObject({ kind: 'rejected', code: 'easypost.no_funds' })
    const before = world.account.snapshot()
    const rich = createWorld({ account: { balance: 1_000 } })
    rich.account.restore(before)
    await ensure(rich)
    expect(bought(rich)).toHaveLength(1)
    expect(rich.account.beliefs().labels).toHaveLength(1)
  })

  test('an address that cannot be verified is refused, unless nobody asks', async () => {
    const world = createWorld()
    const to = { ...home, street: '000 unknown street' }
    await expect(ensure(world, { to })).rejects.toMatchObject({ code: 'easypost.address_refused' })
    expect(world.account.beliefs().labels).toEqual([])
    await ensure(world, { to, verify: false })
    expect(bought(world)).toHaveLength(1)
  })

  test('a parcel nobody carries, and services the policy does not allow, are refused with nothing bought', async () => {
    const world = createWorld()
    const parcel = { lengthCm: 30, widthCm: 20, heightCm: 10, weightG: 40_000 }
    await expect(ensure(world, { parcel })).rejects.toMatchObject({ code: 'easypost.no_rate' })
    const choose = { by: 'cheapest', withinDays: 3, services: ['DHL Paket'] }
    await expect(ensure(world, { choose }, 'shop:1001:8:1')).rejects.toMatchObject({ code: 'easypost.no_rate' })
    expect(bought(world)).toEqual([])
  })

  test('the label of a return goes the other way', async () => {
    const world = createWorld()
    await ensure(world, { returnOf: 'shop:1001:7:1' }, 'shop:1001:return-R1:1')
    expect(bought(world)).toEqual([expect.objectContaining({ isReturn: true, street: home.street })])
  })

  test('it may be on its way before it is late', async () => {
    const world = createWorld()
    expect(await ensure(world, { choose: { by: 'cheapest', withinDays: 2 } })).toMatchObject({ days: 3, inTime: false })
  })
})

describe('giving back', () => {
  test('is done once; what was never bought needs none', async () => {
    const world = createWorld()
    expect(await giveBack(world)).toEqual({ outcome: 'voided' })
    const { labelId } = await ensure(world)
    expect(await giveBack(world, labelId)).toEqual({ outcome: 'voided' })
    expect(await giveBack(world)).toEqual({ outcome: 'voided' })
    expect(bought(world)).toEqual([expect.objectContaining({ refund: 'submitted' })])
  })

  test('is refused once the carrier has scanned it', async () => {
    const world = createWorld()
    const { trackingNumber } = await ensure(world)
    world.account.scan(trackingNumber, 'in_transit')
    expect(await giveBack(world)).toEqual({ outcome: 'refused', reason: 'the carrier says that it was used' })
  })
})

describe('which rate is bought', () => {
  const rate = (service: string, price: string, days: number | null, account = 'ca_1'): Rate => ({
    id: service, carrier: 'USPS', service, rate: price, currency: 'USD', delivery_days: days, carrier_account_id: account,
  }) // prettier-ignore
  const all = [rate('Slow', '5.00', 6), rate('Mid', '7.10', 3), rate('Mid2', '7.10', 3), rate('Fast', '30.00', 1), rate('Vague', '1.00', null, 'ca_2')] // prettier-ignore
  const by = (choice: Parameters<typeof chosen>[1]) => [
    chosen(all, choice)?.service,
    chosen(all.toReversed(), choice)?.service,
  ]

  test('the cheapest, the fastest, or the cheapest that is there in time; in whatever order they come', () => {
    expect(by({ by: 'cheapest', withinDays: 0 })).toEqual(['Vague', 'Vague'])
    expect(by({ by: 'fastest', withinDays: 9 })).toEqual(['Fast', 'Fast'])
    expect(by({ by: 'promised', withinDays: 3 })).toEqual(['Mid', 'Mid'])
    expect(by({ by: 'promised', withinDays: 30 })).toEqual(['Slow', 'Slow'])
    expect(by({ by: 'promised', withinDays: 0 })).toEqual(['Fast', 'Fast'])
  })

  test('of allowed services and accounts alone', () => {
    expect(by({ by: 'cheapest', withinDays: 0, accounts: ['ca_1'] })).toEqual(['Slow', 'Slow'])
    expect(by({ by: 'fastest', withinDays: 0, services: ['USPS Slow', 'USPS Mid'] })).toEqual(['Mid', 'Mid'])
    expect(by({ by: 'fastest', withinDays: 0, services: ['Slow'] })).toEqual([undefined, undefined])
  })
})
