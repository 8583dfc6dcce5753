/** What is sold before it is here, where random histories do not reach: tables, caps, days of release, late lots. */
import { describe, expect, it } from 'vitest'
import type { PresaleRule } from '../policy.ts'
import { given } from '../testing/given.ts'
import { policyWith } from '../testing/sample.ts'
import type { Ledger } from './ledger.ts'
import { offerable } from './offer.ts'
import { allot } from './plan.ts'
import type { Ahead } from './presale.ts'
import { stock, type StockCommand, type StockEvent } from './stock.ts'

const SINCE = '2026-11-01T00:00:00.000Z'
const TABLE: PresaleRule = {
  kind: 'backorder', skus: ['MUG'], from: 'table', since: SINCE, cap: null, holdBack: 0, channels: ['shop'],
  expected: [{ date: '2026-12-12', pieces: 4 }, { date: '2026-12-05', pieces: 6 }],
  release: null, ship: 'whole', owner: 'buying',
} // prettier-ignore
const PLACE = { pool: 'WH', sku: 'MUG' }

const listed = (channel: string): StockEvent[] => [
  { type: 'stock.listed', channel, inventoryItemId: `i-${channel}`, locationId: 'L1' },
  { type: 'stock.channelRead', channel, available: 0, raised: 0 },
]
const received = (pieces: number): Ahead => ({ incoming: [], received: pieces, since: SINCE })
const read = (onHand: number, ahead: Ahead, sold = 0): StockEvent => ({
  type: 'stock.read', free: onHand - sold, onHand, basis: 3, ahead,
}) // prettier-ignore

const under = (rule: Partial<PresaleRule> = {}) => {
  const presale = [{ ...TABLE, ...rule }]
  const plain = policyWith()
  return { ...plain, presale, channels: { ...plain.channels, outlet: plain.channels['shop']! } }
}
/** As it is once the rule was seen, on the 20th of November. */
const begun = (rule: Partial<PresaleRule>, ...events: StockEvent[]) =>
  given(
    stock,
    { type: 'stock.presaleRuled', rule: { ...TABLE, ...rule }, at: '2026-11-20T09:00:00.000Z' },
    { type: 'stock.known', stocked: true },
    ...listed('shop'),
    ...listed('outlet'),
    ...events,
  )
    .under(under(rule))
    .on('stock/WH/MUG')

const sale = (id: string, quantity: number): StockCommand => ({
  type: 'stock.hold', orderRef: `shop:${id}`, channel: 'shop', change: quantity, sold: quantity, restocked: 0,
}) // prettier-ignore
const sharesOf = (state: Ledger, rule: Partial<PresaleRule> = {}) =>
  Object.fromEntries(allot(state, under(rule), PLACE))
const promisesOf = ({ presale }: Ledger) => presale!.promises.map(({ orderRef, date }) => [orderRef, date])

describe('what is expected', () => {
  it('is nothing before the ERP has said what of it came', () => {
    expect(offerable(begun({}).state)).toBe(0)
  })

  it('is the table less what was received, the earliest first, and goes to channels that can say when', () => {
    const { state } = begun({}, read(3, received(7)))
    expect(offerable(state)).toBe(3 + 3)
    expect(sharesOf(state)).toEqual({ shop: 2 + 3, outlet: 1 })
  })

  it('counts nothing of a reading that says what came since another moment', () => {
    expect(offerable(begun({}, read(3, { ...received(0), since: null })).state)).toBe(3)
  })

  it('is sold up to a cap, and less what is kept back', () => {
    expect(offerable(begun({ cap: 5 }, read(0, received(0))).state)).toBe(5)
    expect(offerable(begun({ holdBack: 0.25 }, read(0, received(0))).state)).toBe(7)
  })

  it('is expected no more once its day is over', () => {
    const { state } = begun({}, read(0, received(0)), { type: 'stock.looked', at: '2026-12-06T00:00:00.000Z' })
    expect(offerable(state)).toBe(4)
  })
})

describe('a promise', () => {
  it('is told before the order may go on, for the day on which all of it is here', () => {
    begun({}, read(1, received(0)))
      .when(sale('1', 8))
      .then(
        { type: 'stock.reserved' },
        { type: 'stock.promised', orderRef: 'shop:1', quantity: 7, date: '2026-12-12' },
        { type: 'stock.assured', outcome: 'reserved' },
        { type: 'stock.publishing', to: 3 },
      )
  })

  it('leaves what is here to a channel that cannot say when, as far as that may sell it', () => {
    const { state } = begun(
      {},
      read(1, received(0)),
      { type: 'stock.publishing', channel: 'outlet', from: 0, to: 1 },
      { type: 'stock.published', channel: 'outlet', to: 1 },
    ).when(sale('1', 1))
    expect(promisesOf(state)).toEqual([['shop:1', '2026-12-05']])
  })

  it('is not given beyond what is expected: the rest waits as ever', () => {
    begun({ cap: 1 }, read(0, received(0)))
      .when(sale('1', 2))
      .then({ type: 'stock.reserved' }, { type: 'stock.assured', outcome: 'short' })
  })

  it('is not for a day before the release, although it is here by then', () => {
    const rule = { kind: 'preorder', release: '2026-12-08' } as const
    const { state } = begun(rule, read(1, received(0))).when(sale('1', 1), sale('2', 1))
    expect(promisesOf(state)).toEqual([['shop:1', '2026-12-08'], ['shop:2', '2026-12-08']]) // prettier-ignore
    expect(sharesOf(begun(rule, read(2, received(0))).state, rule)).toEqual({ shop: 12, outlet: 0 })
  })

  it('is kept on the day of release for what is here', () => {
    const rule = { kind: 'preorder', release: '2026-11-20' } as const
    const promised: StockEvent[] = [
      { type: 'stock.reserved', orderRef: 'shop:1', channel: 'shop', quantity: 1, sold: 0, restocked: 0 },
      { type: 'stock.promised', orderRef: 'shop:1', channel: 'shop', quantity: 0, date: '2026-11-20' },
      { type: 'stock.assured', orderRef: 'shop:1', outcome: 'reserved' },
    ]
    const { state } = begun(rule, read(2, received(0)), ...promised).when({ type: 'stock.look' })
    expect(promisesOf(state)).toEqual([])
  })

  it('that nothing covers any more is told, the newest first, and its order hears of it', () => {
    const two = begun({}, read(0, received(0))).when(sale('1', 5), sale('2', 5)).state
    expect(promisesOf(two)).toEqual([['shop:1', '2026-12-05'], ['shop:2', '2026-12-12']]) // prettier-ignore
    const fewer = under({ expected: [{ date: '2026-12-19', pieces: 5 }] })
    const command = { type: 'stock.look' } as const
    const context = { stream: 'stock/WH/MUG', at: '2026-11-20T10:00:00.000Z', messageKey: 'm' }
    const events = stock.decide(two, command, fewer, context) as readonly StockEvent[]
    const after = events.reduce((state, event) => stock.evolve(state, event), two)
    expect(promisesOf(after)).toEqual([['shop:1', '2026-12-19'], ['shop:2', null]]) // prettier-ignore
    expect(after.incidents).toMatchObject([
      { kind: 'promised', words: expect.stringContaining('5 promised to shop:2') },
    ])
    const moved = events.find((event) => event.type === 'stock.promiseMoved' && event.date === null)!
    const told = { type: 'order.notePromise', sku: 'MUG', open: true, quantity: 5, date: null }
    expect(stock.react(moved, after, 'stock/WH/MUG')).toMatchObject([{ stream: 'order/shop/2', command: told }])
  })

  it('is met when its pieces are here, who came first before who came later, and each piece once', () => {
    const two = begun({}, read(0, received(0))).when(sale('1', 2), sale('2', 2)).state
    const ask = { sku: 'MUG', warehouse: 'WH', ahead: { since: SINCE } }
    const answer = { free: 3, onHand: 3, ahead: received(3) }
    const before = offerable(two)
    const done = { type: 'done', intent: 'stock.read', ask, answer, version: two.version } as const
    const context = { stream: 'stock/WH/MUG', at: '2026-11-20T10:00:00.000Z', messageKey: 'm' }
    const events = stock.decide(two, done, under(), context) as readonly StockEvent[]
    const met = events.filter(({ type }) => type === 'stock.promiseMet')
    expect(met).toMatchObject([{ orderRef: 'shop:1', quantity: 2 }, { orderRef: 'shop:2', quantity: 1 }]) // prettier-ignore
    const after = events.reduce((state, event) => stock.evolve(state, event), two)
    expect(offerable(after)).toBe(before)
  })

  it('is over with its order', () => {
    const { state } = begun({}, read(0, received(0))).when(sale('1', 2), { type: 'stock.release', orderRef: 'shop:1' })
    expect(promisesOf(state)).toEqual([])
  })
})

it('looks at a SKU that is named each hour where the ERP says what comes, and else once a day', () => {
  const looked = (rule: Partial<PresaleRule>) => {
    const { presale: _, ...fresh } = begun({}).state
    const command = { type: 'stock.nudge', free: 0 } as const
    const context = { stream: 'stock/WH/MUG', at: '2026-11-20T09:30:00.000Z', messageKey: 'm' }
    const [ruled] = stock.decide(fresh, command, under(rule), context) as readonly StockEvent[]
    return stock
      .react(ruled!, stock.evolve(fresh, ruled!), 'stock/WH/MUG')
      .flatMap((one) => ('alarm' in one ? [one.alarm] : []))
  }
  expect(looked({})).toEqual([{ name: 'presale', at: '2026-11-21T00:00:00.000Z' }])
  expect(looked({ from: 'erp', expected: [] })).toEqual([{ name: 'presale', at: '2026-11-20T10:30:00.000Z' }])
  expect(looked({ from: 'erp', expected: [], skus: undefined })).toEqual([
    { name: 'presale', at: '2026-11-21T00:00:00.000Z' },
  ])
})
