/** What a supplier offers: only differences ask the ERP, doubts wait for a person, older lists are no news. */
import { expect, test } from 'vitest'
import { policyWith, second } from '../testing/sample.ts'
import type { Policy } from '../policy.ts'
import { needsSomebody, type SupplyRules, supplyStatus, type SupplyTerms } from './state.ts'
import { supply, type SupplyCommand, type SupplyEvent } from './supply.ts'

const STREAM = 'supply/acme/10/A/1'
const RULES: SupplyRules = { supplier: { name: 'Acme' }, owner: 'purchasing', jumpPercent: 20, unknown: 'case' }
const OFFER = { sku: 'MUG', price: '2.50', currency: 'EUR', leadDays: 3, stock: 40 }

const observe = (n: number, change: object = {}, rules: object = {}): SupplyCommand => ({
  type: 'supply.observe',
  offer: { ...OFFER, ...change },
  at: second(n),
  rules: { ...RULES, ...rules },
})
const end = (n: number): SupplyCommand => ({ type: 'supply.end', why: 'vanished', at: second(n) })
const done = (version: number, answer: object = { outcome: 'set' }): SupplyCommand =>
  ({ type: 'done', intent: 'supply.ensure', ask: {}, answer, version }) as never
const failed = (version: number): SupplyCommand =>
  ({
    type: 'failed',
    intent: 'supply.ensure',
    version,
    fault: { kind: 'rejected', code: 'x', message: 'No.' },
  }) as never

/** What comes of the commands, one after the other. */
function after(commands: readonly SupplyCommand[], mappings: Policy['mappings'] = {}) {
  const policy = { ...policyWith(), mappings: mappings ?? {} }
  let state = supply.initial
  const events: SupplyEvent[] = []
  const owed: unknown[] = []
  for (const command of commands) {
    const decision = supply.decide(state, command, policy, { stream: STREAM, at: second(60), messageKey: 'm' })
    for (const event of 'refused' in decision ? [] : decision) {
      state = supply.evolve(state, event)
      events.push(event)
      owed.push(...supply.react(event, state, STREAM))
    }
  }
  const asks = owed.flatMap((one) => ((one as { ask?: object }).ask ? [(one as { ask: SupplyTerms }).ask] : []))
  return { state, types: events.map(({ type }) => type), owed, asks }
}

test('the first row asks the ERP, with all that names it; the same again asks nothing', () => {
  const { asks, types } = after([observe(1), done(2), observe(2)])
  expect(asks).toEqual([
    {
      supplier: { key: 'acme', name: 'Acme' },
      article: 'A/1',
      minQuantity: '10',
      sku: 'MUG',
      price: '2.50',
      currency: 'EUR',
      leadDays: 3,
      until: null,
    },
  ])
  expect(types).toEqual(['supply.offered', 'supply.asked', 'supply.settled'])
})

test('another stock is known and asks nothing; another lead time asks', () => {
  const stocked = [observe(1), done(2), observe(2, { stock: 7 })]
  expect(after(stocked).state.offer?.stock).toBe(7)
  expect(after(stocked).asks).toHaveLength(1)
  expect(after([...stocked, observe(3, { stock: 7, leadDays: 9 })]).asks).toHaveLength(2)
})

test('what an older list says is no news, not even an end', () => {
  const { types } = after([observe(5), done(2), observe(4, { price: '2.60' }), end(3)])
  expect(types).toHaveLength(3)
})

test('an end keeps what was agreed on, and what comes back begins anew', () => {
  const { state, asks } = after([observe(1), done(2), end(2), done(5), observe(3)])
  expect(asks.map(({ price, until }) => [price, until])).toEqual([
    ['2.50', null],
    ['2.50', '2026-11-19'],
    ['2.50', null],
  ])
  expect(state.ended).toBe(null)
})

test('what the ERP never had need not end', () => {
  const { asks, state } = after([observe(1), done(2, { outcome: 'unknown', detail: 'No MUG.' }), end(2)])
  expect(asks).toHaveLength(1)
  expect([state.trouble, supplyStatus(state)]).toEqual([null, 'ended'])
})

test.each([
  ['too far', { price: '3.01' }, 'price_jump'],
  ['to nothing', { price: '0' }, 'no_price'],
  ['to another currency', { currency: 'USD' }, 'currency_changed'],
])('a price that moves %s waits for its owner; the ERP keeps the old one', (_, change, code) => {
  const { state, asks } = after([observe(1), done(2), observe(2, change)])
  expect(state.trouble).toMatchObject({ code, owner: 'purchasing' })
  expect(asks).toHaveLength(1)
  expect(state.told).toMatchObject({ price: '2.50' })
})

test('a person accepts the price; or a later list takes it back, and nothing is asked', () => {
  const jumped = [observe(1), done(2), observe(2, { price: '9.00' })]
  expect(after([...jumped, { type: 'supply.accept' }]).asks.at(-1)).toMatchObject({ price: '9.00' })
  const back = after([...jumped, observe(3)])
  expect([back.asks.length, back.state.trouble]).toEqual([1, null])
})

test('within the bound it is asked, and in a list that a person let through whatever it is', () => {
  expect(after([observe(1), done(2), observe(2, { price: '3.00' })]).asks).toHaveLength(2)
  const through = observe(3, { price: '9' }, { jumpPercent: null })
  const { asks } = after([observe(1), done(2), observe(2, { price: '9' }), through])
  expect(asks.map(({ price }) => price)).toEqual(['2.50', '9'])
})

test('an answer to what was asked before does not settle what is asked now, nor a doubt', () => {
  expect(after([observe(1), observe(2, { price: '2.60' }), done(2)]).state.asked?.terms.price).toBe('2.60')
  const { state } = after([observe(1), observe(2, { price: '9' }), done(2)])
  expect([state.trouble?.code, state.told?.price]).toEqual(['price_jump', '2.50'])
})

test("the retailer's table says which product it is; one with nothing behind it is nothing of ours", () => {
  const tables = (to: string) => ({ acme: { skus: { 'A/1': to }, shippingMethods: {} } })
  expect(after([observe(1)], tables('CUP')).asks).toMatchObject([{ sku: 'CUP' }])
  expect(after([observe(1)], tables('')).asks).toEqual([])
})

test('what names no product of ours is a case that is looked at again by itself, and is no call', () => {
  const { sku: _, ...offer } = OFFER
  const { state, owed } = after([{ type: 'supply.observe', offer, at: second(1), rules: RULES }])
  expect([state.trouble?.code, needsSomebody(state)]).toEqual(['sku_unknown', true])
  expect(owed).toMatchObject([{ alarm: { name: 'look' }, command: { type: 'supply.lookAgain' } }])
  const noted = { ...RULES, unknown: 'note' } as const
  expect(needsSomebody(after([{ type: 'supply.observe', offer, at: second(1), rules: noted }]).state)).toBe(false)
})

test('what failed is asked again by a person alone', () => {
  const broken = [observe(1), failed(2)]
  expect(supplyStatus(after(broken).state)).toBe('failed')
  expect(after([...broken, { type: 'supply.lookAgain' }]).asks).toHaveLength(1)
  expect(after([...broken, { type: 'supply.retry' }]).asks).toHaveLength(2)
})
