/** Orders that are held, from the shop to the ERP: two people agree, clocks run out, edits are judged again. */
import type { HoldsPolicy } from '#core/policy.ts'
import { holdList, orderHolds } from '#api/contract-holds.ts'
import { describe, expect, test } from 'vitest'
import { aHub, usd } from './hub.ts'

const rules = (change: Partial<HoldsPolicy['kinds']> = {}): HoldsPolicy => ({
  kinds: { price: { owner: 'finance', expiresAfterMinutes: 10, release: 'second_person' }, ...change },
  escalateTo: 'management',
  checks: { shop: { priceWithin: 0, taxWithin: 0, creditLimit: { USD: 2_000 }, wholeAddressIn: ['US'] } },
})
const dear = { total: usd(2_600) }
const at = (path: string, id = '1001') => `/api/orders/shop/${id}/holds${path}`
const asked = (by: string) => ({ by, note: 'Called the customer.' })

describe('F93: an order whose money does not add up', () => {
  test('never reaches the ERP until two people let it go, and the journal names both', async () => {
    const hub = await aHub({ holds: rules() })
    await hub.order('1001', dear)
    expect([...hub.erp.sales]).toEqual([])
    expect((await hub.post(at('/price/release'), asked('Kim'))).status).toBe(202)
    const queue = holdList.parse((await hub.get('/api/holds?asked=true&owner=finance')).json)
    expect(queue.holds).toMatchObject([
      { externalId: '1001', kind: 'price', asked: { by: 'Kim' }, value: { amount: 2_600 } },
    ])
    const again = await hub.post(at('/price/release'), asked('kim'))
    expect([again.status, again.json['type']]).toEqual([409, 'urn:crossdock:problem:same_person'])
    expect([...hub.erp.sales]).toEqual([])
    await hub.post(at('/price/release'), asked('Lee'))
    expect([...hub.erp.sales]).toEqual([['shop:1001', 'sale']])
    expect(await hub.journal('1001')).toEqual(
      expect.arrayContaining(['hold.opened', 'hold.releaseAsked', 'hold.closed']),
    )
    expect((await hub.get('/api/holds')).json).toMatchObject({ holds: [], all: 0 })
  })

  test('is judged again when it is edited: what was let go was another order', async () => {
    const hub = await aHub({ holds: rules({ price: { release: 'anyone' }, credit: { owner: 'credit' } }) })
    await hub.order('1001', { ...dear, terms: { pricing: 'channel', paymentTerm: '30 days' } })
    expect((await hub.state('1001')).onHold).toMatchObject([{ kind: 'price' }, { kind: 'credit', owner: 'credit' }])
    await hub.post(at('/price/release'), asked('Kim'))
    expect((await hub.state('1001')).onHold).toMatchObject([{ kind: 'credit' }])
    const edited = { total: usd(2_700), terms: { pricing: 'channel', paymentTerm: '30 days' } } as const
    await hub.order('1001', { ...edited, updatedAt: '2026-11-20T10:05:00.000Z' })
    expect((await hub.state('1001')).onHold!.map(({ kind }) => kind).sort()).toEqual(['credit', 'price'])
    expect([...hub.erp.sales]).toEqual([])
  })

  test('goes on by itself once the channel has mended it', async () => {
    const hub = await aHub({ holds: rules() })
    await hub.order('1001', dear)
    await hub.order('1001', { updatedAt: '2026-11-20T10:05:00.000Z' })
    expect([...hub.erp.sales]).toEqual([['shop:1001', 'sale']])
  })
})

describe('U21: at the end of its time a held order', () => {
  test('is handed on with a new clock, and stays held', async () => {
    const hub = await aHub({ holds: rules() })
    await hub.order('1001', dear)
    await hub.pass(11)
    const [hold] = (await hub.state('1001')).onHold!
    expect(hold).toMatchObject({ owner: 'management', escalated: 1 })
    await hub.pass(11)
    expect((await hub.state('1001')).onHold).toMatchObject([{ escalated: 2 }])
    expect([...hub.erp.sales]).toEqual([])
  })

  test('goes on, where the policy says so', async () => {
    const hub = await aHub({
      holds: rules({ price: { expiresAfterMinutes: 10, atExpiry: 'release', release: 'anyone' } }),
    })
    await hub.order('1001', dear)
    await hub.pass(9)
    expect([...hub.erp.sales]).toEqual([])
    await hub.pass(2)
    expect([...hub.erp.sales]).toEqual([['shop:1001', 'sale']])
  })

  test('is cancelled, where the policy says so: its goods are free, and it says that the channel was not told', async () => {
    const hub = await aHub({ holds: rules({ price: { expiresAfterMinutes: 10, atExpiry: 'cancel' } }) })
    await hub.order('1001', dear)
    await hub.pass(11)
    const { stage, exceptions, onHold } = await hub.state('1001')
    expect([stage, onHold, exceptions.map(({ code }) => code)]).toEqual(['cancelled', [], ['cancelled_by_clock']])
    expect([...hub.erp.sales]).toEqual([])
    await hub.order('1002', { lines: [{ ...tenMugs, quantity: 10, ordered: 10 }], total: usd(12_500) })
    expect([...hub.erp.sales]).toEqual([['shop:1002', 'sale']])
  })
})

const tenMugs = {
  id: '1002-1', sku: 'MUG', title: 'Mug', quantity: 10, ordered: 10, restocked: 0, unitPrice: usd(1_250),
  discount: usd(0), taxes: [], requiresShipping: true, giftCard: false,
} // prettier-ignore

describe('a person', () => {
  test('holds an order, sees what letting it go would do, keeps it, and lets it go', async () => {
    const hub = await aHub()
    await hub.order('1001', { paymentStatus: 'pending' })
    expect((await hub.post(at(''), { by: 'Kim', reason: 'Calls back.', minutes: 60 })).status).toBe(202)
    const seen = orderHolds.parse((await hub.get(at(''))).json)
    expect(seen.holds[0]).toMatchObject({ kind: 'by_hand', dueAt: '2026-11-20T11:00:00.000Z' })
    expect(seen.holds[0]!.steps.map(({ step, possible }) => [step, possible])).toEqual([
      ['release', true],
      ['keep', true],
      ['cancel', true],
    ])
    await hub.order('1001', { updatedAt: '2026-11-20T10:05:00.000Z' })
    expect([...hub.erp.sales]).toEqual([])
    await hub.post(at('/by_hand/keep'), { by: 'Lee', minutes: 120 })
    expect((await hub.state('1001')).onHold).toMatchObject([{ dueAt: '2026-11-20T12:00:00.000Z' }])
    await hub.post(at('/by_hand/release'), asked('Kim'))
    expect([...hub.erp.sales]).toEqual([['shop:1001', 'sale']])
    const late = await hub.post(at(''), { by: 'Kim', reason: 'Too late.' })
    expect([late.status, late.json['type']]).toEqual([409, 'urn:crossdock:problem:order_released'])
    expect((await hub.get(at('', '4711'))).status).toBe(404)
  })

  test('finds the queue by value, age and owner', async () => {
    const hub = await aHub({ holds: rules() })
    await hub.order('1001', dear)
    await hub.pass(1)
    await hub.order('1002', { total: usd(9_000), customer: null })
    const ids = async (query: string) =>
      holdList
        .parse((await hub.get(`/api/holds?${query}`)).json)
        .holds.map(({ externalId, kind }) => `${externalId} ${kind}`)
    expect(await ids('')).toEqual(['1001 price', '1002 price', '1002 customer'])
    expect(await ids('sort=value&kind=price')).toEqual(['1002 price', '1001 price'])
    expect(await ids('owner=customer_service')).toEqual(['1002 customer'])
    expect((await hub.get('/api/holds?kind=weather')).status).toBe(400)
  })
})
