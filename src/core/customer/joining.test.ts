/** Who is found to be one person, who is not, and what joining and taking out do. */
import { describe, expect, it } from 'vitest'
import { second } from '../testing/sample.ts'
import { people } from './testing.ts'

const home = { name: 'Ada Example', street: 'Kastanienallee 4', city: 'Berlin', postcode: '10435', country: 'DE' }
const ada = { name: 'Ada Example', email: 'Ada@Example.com', phone: '030 1234567' }

const threeShops = (match: 'auto' | 'review' = 'auto') =>
  people({ match })
    .record('shop-7', 'shop', { externalId: '7', ...ada }, second(1), [home])
    .record('woo-9', 'woo', { externalId: '9', name: 'ada  example', email: 'ada@example.com' }, second(2))
    .record('guest-1', 'till', { name: 'Ada Example', email: 'ada@example.com', phone: '+49 30 1234567' }, second(3))

describe('one buyer of three channels', () => {
  it('is joined by the rule where the policy says so: one head, the others archived in the ERP', () => {
    const world = threeShops()
    expect(['shop-7', 'woo-9', 'guest-1'].map(world.headOf)).toEqual(['shop-7', 'shop-7', 'shop-7'])
    expect(world.golden('woo-9').facts.phone).toMatchObject({
      value: '+49 30 1234567',
      channel: 'till',
      record: 'guest-1',
      rule: 'newest',
    })
    expect(world.asks.at(-1)).toMatchObject({ key: 'shop-7', phone: '+49 30 1234567' })
  })

  it('waits for a person where the policy says so, with the reasons', () => {
    const world = threeShops('review')
    expect(world.stateOf('woo-9')!.candidates).toMatchObject([
      {
        other: 'shop-7',
        score: 90,
        status: 'open',
        reasons: [
          { field: 'email', points: 60 },
          { field: 'name', points: 30 },
        ],
      },
    ])
    expect(world.headOf('guest-1')).toBe('guest-1')
    expect(world.stateOf('guest-1')!.candidates).toHaveLength(2)
  })

  it('is enriched later: a guest who makes an account is part of the account', () => {
    const world = people({ match: 'auto' })
      .record('guest-1', 'shop', { name: 'Ada Example', email: 'ada@example.com' }, second(1), [home])
      .record('shop-7', 'shop', { externalId: '7', ...ada }, second(2))
    expect(world.headOf('guest-1')).toBe('shop-7')
    expect(world.golden('shop-7').addresses).toMatchObject([{ address: home, record: 'guest-1' }])
  })

  it('who keeps two accounts in one shop is never joined without a person', () => {
    const world = people({ match: 'auto' })
      .record('shop-7', 'shop', { externalId: '7', ...ada }, second(1))
      .record('shop-8', 'shop', { externalId: '8', ...ada }, second(2))
    expect(world.stateOf('shop-8')).toMatchObject({ candidates: [{ other: 'shop-7', status: 'open', score: 100 }] })
  })
})

describe('others stay apart', () => {
  it('buyers behind forwarding addresses, behind an extension, and of channels that hide them', () => {
    const world = people({ match: 'auto', anonymous: ['market'] })
      .record('amazon-1', 'amazon', { name: 'Ada Example', email: 'x1@marketplace.amazon.de' }, second(1), [home])
      .record('amazon-2', 'amazon', { name: 'Ada Example', email: 'x1@marketplace.amazon.de' }, second(1), [home])
      .record('market-1', 'market', ada, second(1), [home])
      .record('shop-7', 'shop', { externalId: '7', ...ada }, second(2), [home])
    for (const key of ['amazon-1', 'amazon-2', 'market-1', 'shop-7']) {
      expect(world.stateOf(key)!.candidates ?? []).toEqual([])
      expect(world.headOf(key)).toBe(key)
    }
  })

  it('two people of one household or one company', () => {
    const world = people({ match: 'auto' })
      .record('shop-7', 'shop', { externalId: '7', ...ada }, second(1), [home])
      .record('shop-8', 'shop', { externalId: '8', name: 'Bob Other', email: 'bob@example.com' }, second(1), [home])
    expect(
      [...world.states.values()].flatMap((state) => (state as { candidates?: unknown[] }).candidates ?? []),
    ).toEqual([])
  })

  it('whatever so many share that it says nothing', () => {
    const world = people({ match: 'auto' })
    for (let n = 10; n < 45; n += 1)
      world.record(`shop-${n}`, 'shop', { externalId: `${n}`, name: 'Front Desk', phone: '+49301234567' }, second(n))
    const index = [...world.states].find(([name]) => name.startsWith('identity/phone'))![1]
    expect(index).toMatchObject({ crowded: true, members: { length: 25 } })
  })
})

describe('a person', () => {
  it('joins two records and takes one out again: each is what it was, with what came since', () => {
    const world = threeShops('review')
    const before = world.golden('woo-9')
    world.join('shop-7', 'woo-9')
    expect(world.asks.at(-1)).toMatchObject({ key: 'shop-7', name: 'ada  example' })
    expect(world.headOf('woo-9')).toBe('shop-7')
    world.record('woo-9', 'woo', { phone: '+49 89 5550100' }, second(9))
    expect(world.golden('shop-7').facts.phone!.value).toBe('+49 89 5550100')
    world.part('woo-9')
    expect(world.golden('shop-7').facts.phone!.value).toBe('030 1234567')
    expect(world.golden('woo-9').facts).toEqual({
      ...before.facts,
      phone: { value: '+49 89 5550100', record: 'woo-9', channel: 'woo', at: second(9), rule: 'only', others: [] },
    })
    expect(world.asks.filter(({ key }) => key === 'woo-9').at(-1)).toMatchObject({ partOf: null })
  })

  it('archives the partner of what is joined once the ERP has it, and no partner is made for that', () => {
    const world = threeShops('review').join('woo-9', 'shop-7')
    expect(world.asks.filter(({ partOf }) => partOf)).toEqual([])
    const ask = { key: 'woo-9', name: 'x', externalRef: 'x' }
    world.say('woo-9', { type: 'done', intent: 'customer.ensure', version: 1, ask, answer: { partnerId: '41' } })
    expect(world.asks.at(-1)).toMatchObject({ key: 'woo-9', partOf: 'shop-7' })
  })

  it('is heard for good: what was taken out or kept apart is never joined by the rule', () => {
    const world = threeShops().part('woo-9')
    expect(world.headOf('woo-9')).toBe('woo-9')
    world.record('woo-9', 'woo', { phone: '+49 30 1234567' }, second(20))
    expect(world.headOf('woo-9')).toBe('woo-9')
    world.record('zoo-1', 'zoo', { externalId: '1', ...ada }, second(21))
    expect([world.headOf('woo-9'), world.headOf('shop-7')]).toEqual(['woo-9', 'shop-7'])
    expect(world.join('woo-9', 'shop-7').headOf('woo-9')).toBe('shop-7')
  })

  it('keeps two apart, which both remember', () => {
    const world = threeShops('review')
      .say('woo-9', { type: 'customer.keepApart', other: 'shop-7', by: 'Kim', note: '' })
      .settle()
    for (const [key, other] of [
      ['woo-9', 'shop-7'],
      ['shop-7', 'woo-9'],
    ] as const)
      expect(world.stateOf(key)).toMatchObject({
        byHand: true,
        candidates: expect.arrayContaining([expect.objectContaining({ other, status: 'apart', by: 'Kim' })]),
      })
  })

  it('is told what cannot be', () => {
    const world = threeShops('review').join('woo-9', 'shop-7').part('shop-7')
    world.say('woo-9', { type: 'customer.keepApart', other: 'shop-7', by: 'Kim', note: '' })
    world.join('nobody-1', 'shop-7')
    expect(world.refusals).toEqual(['not_joined', 'joined', 'customer_unknown'])
  })
})

describe('a record of a release before', () => {
  it('goes on: what it knew has its time and its channel', () => {
    const world = people()
    const party = { key: 'shop-7', externalId: '7', name: 'Ada', email: 'ada@example.com' }
    const old = {
      version: 3,
      key: 'shop-7',
      channel: 'shop',
      party,
      updatedAt: second(5),
      partnerId: '4',
      trouble: null,
    }
    world.states.set('customer/shop-7', old)
    world
      .record('shop-7', 'shop', { phone: '+49301234567' }, second(4))
      .record('shop-7', 'shop', { name: 'Old' }, second(3))
    expect(world.golden('shop-7').facts).toMatchObject({
      name: { value: 'Ada', at: second(5), channel: 'shop' },
      phone: { value: '+49301234567', at: second(4) },
    })
  })
})
