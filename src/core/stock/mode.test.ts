/** How stock is shared, what is kept back, who gets the last pieces, and what people are told. */
import { describe, expect, it } from 'vitest'
import type { StockPolicy } from '../policy.ts'
import { given } from '../testing/given.ts'
import { channelPolicy, policyWith } from '../testing/sample.ts'
import type { Ledger } from './ledger.ts'
import { stock, type StockEvent } from './stock.ts'

const listed = (channel: string): StockEvent => ({
  type: 'stock.listed', channel, inventoryItemId: `i-${channel}`, locationId: 'L1',
}) // prettier-ignore
const shows = (channel: string, available: number): StockEvent => ({
  type: 'stock.channelRead', channel, available, raised: 0,
}) // prettier-ignore
const known: StockEvent = { type: 'stock.known', stocked: true }
const two = [listed('shop'), shows('shop', 0), listed('till'), shows('till', 0), known]

const plain: StockPolicy = { mode: 'shared', scarceBelow: 5, flashSale: [], buffers: {}, safety: [], looks: 9 }
const under = (change: Partial<StockPolicy>, ...events: StockEvent[]) =>
  given(stock, ...events)
    .on('stock/WH/MUG')
    .under({ ...policyWith(), channels: { shop: channelPolicy, till: channelPolicy }, stock: { ...plain, ...change } })

/** The ERP answers that so many pieces are free. */
const counts = (free: number) =>
  ({
    type: 'done', intent: 'stock.read', version: 5, ask: { sku: 'MUG', warehouse: 'WH' }, answer: { free, onHand: free },
  }) as const // prettier-ignore
const publishing = (channel: string, to: number) => ({ type: 'stock.publishing', channel, to }) as const
const read = { type: 'stock.read' } as const

describe('shared mode', () => {
  it('shows all of it to everybody, less a buffer', () => {
    under({ buffers: { till: 2 } }, ...two)
      .when(counts(10))
      .then(read, { type: 'stock.modeSet', mode: 'shared' }, publishing('shop', 10), publishing('till', 8))
  })

  it('is not for what is scarce, nor for a flash sale', () => {
    under({}, ...two)
      .when(counts(9))
      .then(read, publishing('shop', 5), publishing('till', 4))
    under({ flashSale: ['MUG'] }, ...two)
      .when(counts(90))
      .then(read, publishing('shop', 45), publishing('till', 45))
  })

  it('ends when it gets scarce: what is too much is withdrawn', () => {
    const deep: StockEvent[] = [
      ...two,
      { type: 'stock.modeSet', mode: 'shared', byHand: false },
      { type: 'stock.publishing', channel: 'shop', from: 0, to: 10 },
      { type: 'stock.published', channel: 'shop', to: 10 },
      { type: 'stock.publishing', channel: 'till', from: 0, to: 10 },
      { type: 'stock.published', channel: 'till', to: 10 },
    ]
    under({}, ...deep)
      .when(counts(4))
      .then(
        read,
        { type: 'stock.modeSet', mode: 'exclusive', byHand: false },
        publishing('shop', 2),
        publishing('till', 2),
      )
    under({}, ...deep)
      .when(counts(5))
      .then(read, publishing('shop', 5), publishing('till', 5))
  })

  it('closes a channel without compare-and-set that has far too much, and elsewhere just sets the number', () => {
    const deep = (writes: 'plain' | 'later'): StockEvent[] => [
      { ...listed('shop'), writes } as StockEvent,
      { ...shows('shop', 40), at: 't1' } as StockEvent,
      { type: 'stock.settled', channel: 'shop', bound: 40, shown: true },
      known,
      { type: 'stock.modeSet', mode: 'shared', byHand: true },
    ]
    const putting = (to: number) => ({ type: 'stock.putting', channel: 'shop', to }) as const
    const counted = (free: number) => ({ ...counts(free), version: 4 })
    under({}, ...deep('plain'))
      .when(counted(0))
      .then(read, putting(0))
    under({}, ...deep('plain'))
      .when(counted(30))
      .then(read, putting(30))
    under({}, ...deep('later'))
      .when(counted(10))
      .then(read, putting(0))
    under({}, ...deep('later'))
      .when(counted(30))
      .then(read)
  })

  it('is set by a person, against policy, until they leave it to policy again', () => {
    const counted: StockEvent = { type: 'stock.read', free: 10, onHand: 10, basis: 9 }
    const mine = under({}, ...two, counted).when({ type: 'stock.mode', mode: 'exclusive' })
    expect(mine.state.mode).toEqual({ is: 'exclusive', byHand: true })
    const theirs = under({}, ...two, counted).when(
      { type: 'stock.mode', mode: 'exclusive' },
      { type: 'stock.mode', mode: null },
    )
    expect(theirs.state.mode).toEqual({ is: 'shared', byHand: false })
  })
})

describe('what is kept back', () => {
  it('is what policy says of this SKU, and otherwise what holds for all', () => {
    const exclusive = { mode: 'exclusive' } as const
    under({ ...exclusive, safety: [{ sku: 'MUG', pieces: 6 }] }, ...two)
      .when(counts(10))
      .then(read, publishing('shop', 2), publishing('till', 2))
    under({ ...exclusive, safety: [{ sku: 'CUP', pieces: 6 }] }, ...two)
      .when(counts(4))
      .then(read, publishing('shop', 2), publishing('till', 2))
  })

  it('is the last pieces, for the one channel that may sell them', () => {
    const last = { mode: 'exclusive', lastUnits: { pieces: 2, channel: 'till' } } as const
    under(last, ...two)
      .when(counts(2))
      .then(read, publishing('till', 2))
    under(last, ...two)
      .when(counts(3))
      .then(read, publishing('shop', 2), publishing('till', 1))
  })
})

describe('what people are told', () => {
  const sold: StockEvent[] = [
    ...two,
    { type: 'stock.read', free: 4, onHand: 4, basis: 9 },
    { type: 'stock.publishing', channel: 'shop', from: 0, to: 4 },
    { type: 'stock.published', channel: 'shop', to: 4 },
    { type: 'stock.doubted' },
  ]
  const counted = (free: number) => ({ ...counts(free), version: 9 })

  it('is that pieces on sale are gone, until what is on sale is there', () => {
    const told = under({}, ...sold).when(counted(3))
    expect(told.state.incidents).toMatchObject([{ kind: 'shrunk' }])
    expect(told.state.incidents![0]!.words).toMatch(/^A free piece is gone/)
    const withdrawn = under({}, ...sold, { type: 'stock.read', free: 3, onHand: 3, basis: 9 }, {
      type: 'stock.incidentRaised', kind: 'shrunk', words: 'gone',
    }).when(counted(4)) // prettier-ignore
    expect(withdrawn.state.incidents).toEqual([])
  })

  it('is not that an order of ours took them', () => {
    const order = { orderRef: 'shop:1', channel: 'shop' }
    const ours: StockEvent[] = [
      { type: 'stock.reserved', ...order, quantity: 1, sold: 1, restocked: 0 },
      { type: 'stock.assured', orderRef: 'shop:1', outcome: 'reserved' },
      { type: 'stock.holdConfirmed', orderRef: 'shop:1', quantity: 1 },
      { type: 'stock.read', free: 4, onHand: 4, basis: 9 },
    ]
    const state = under({}, ...sold, ...ours).when({ ...counts(3), version: 13 }).state
    expect(state.incidents ?? []).toEqual([])
  })

  /** The order is confirmed while a reading is on its way, so that its number lacks what is still held. */
  const slow: StockEvent[] = [
    { type: 'stock.reserved', orderRef: 'shop:1', channel: 'shop', quantity: 1, sold: 1, restocked: 0 },
    { type: 'stock.assured', orderRef: 'shop:1', outcome: 'reserved' },
    { type: 'stock.holdConfirmed', orderRef: 'shop:1', quantity: 1 },
  ]
  const kinds = (state: Ledger) => (state.incidents ?? []).map(({ kind }) => kind)

  it('is not that an order took pieces that a slow reading lacks already', () => {
    const told = under({}, ...sold, ...slow).when(counted(3), { ...counts(3), version: 13 })
    expect(kinds(told.state)).toEqual([])
    expect(told.state.missing).toBeUndefined()
  })

  it('is what the reading after it lacks as well, though it was withdrawn meanwhile', () => {
    const doubtful = under({}, ...sold, ...slow).when(counted(2))
    expect([kinds(doubtful.state), doubtful.state.missing?.pieces]).toEqual([['shrunk'], undefined])
    expect(doubtful.state.incidents![0]!.words).toMatch(/^A free piece is gone/)
    const later = under({}, ...sold, ...slow).when(counted(3), { ...counts(2), version: 13 })
    expect(kinds(later.state)).toEqual(['shrunk'])
  })

  it('is negative stock, until it is counted', () => {
    const told = under({}, ...two).when(counts(-2))
    expect(told.state.incidents).toMatchObject([{ kind: 'negative' }])
    expect(under({}, ...two).when(counts(-2), counts(3)).state.incidents).toEqual([])
  })
})
