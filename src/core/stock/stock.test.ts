/** Rules of the ledger that random histories seldom reach, one sentence each. */
import { describe, expect, it } from 'vitest'
import { given } from '../testing/given.ts'
import { second } from '../testing/sample.ts'
import { stock, type StockEvent } from './stock.ts'

const listed = (channel: string): StockEvent => ({
  type: 'stock.listed',
  channel,
  inventoryItemId: `i-${channel}`,
  locationId: 'L1',
})
const known: StockEvent = { type: 'stock.known', stocked: true }
const counted = (free: number, basis: number): StockEvent => ({ type: 'stock.read', free, onHand: free, basis })
const shows = (available: number): StockEvent => ({ type: 'stock.channelRead', channel: 'shop', available, raised: 0 })
const seen = (available: number) => ({ type: 'stock.seen' as const, channel: 'shop', available, at: second(9) })
const after = (...events: StockEvent[]) => given(stock, ...events).on('stock/WH/MUG')

describe('what a channel says of itself', () => {
  const settled = [listed('shop'), shows(5), known, counted(5, 3)]

  it('is taken as a hint when it is no more than it may sell', () => {
    after(...settled, { type: 'stock.doubted' })
      .when(seen(4))
      .then({ type: 'stock.channelSeen', available: 4 })
      .owes()
  })

  it('is looked at once when it is less and nothing is under way: no news will come to explain it', () => {
    after(...settled)
      .when(seen(4))
      .then({ type: 'stock.channelSeen', available: 4 }, { type: 'stock.channelDoubted' })
      .owes({ type: 'inventory.read', to: 'shop' })
  })

  it('is asked for when it is more: old news, or pieces somebody put there', () => {
    after(...settled)
      .when(seen(8))
      .then({ type: 'stock.channelDoubted' })
      .owes({ type: 'inventory.read', to: 'shop' })
  })
})

describe('what is given away', () => {
  it('is nothing before the owner of the stock was heard', () => {
    const read = { type: 'done', intent: 'inventory.read', version: 1, answer: { available: 5 } } as const
    const ask = { sku: 'MUG', inventoryItemId: 'i-shop', locationId: 'L1' }
    after(listed('shop'))
      .when({ ...read, ask })
      .then({ type: 'stock.channelRead', available: 5 })
      .owes()
  })

  it('is nothing beside a channel that was not read yet', () => {
    const { state } = after(listed('shop'), shows(2), listed('till'), known)
      .when({
        type: 'done',
        intent: 'stock.read',
        version: 4,
        ask: { sku: 'MUG', warehouse: 'WH' },
        answer: { free: 9, onHand: 9 },
      })
      .then({ type: 'stock.read', free: 9 })
    expect(state.channels.map(({ bound }) => bound)).toEqual([2, null])
  })
})

describe('news that the stock of the owner changed', () => {
  const heard = [listed('shop'), shows(5), known, counted(5, 3)]
  const nudge = { type: 'stock.nudge' as const, free: 5 }

  it('to what was read last is no news', () => {
    after(...heard)
      .when(nudge)
      .thenNothing()
  })

  it('is looked at again while a reading is on its way: that one may be older', () => {
    const { state } = after(...heard, { type: 'stock.doubted' })
      .when(nudge)
      .then({ type: 'stock.doubted' })
    expect(state.stale).toBe(true)
    after(...heard, { type: 'stock.doubted' })
      .when(nudge, nudge, nudge)
      .then({ type: 'stock.doubted' })
  })
})

describe('after a restore', () => {
  const doubt = { type: 'stock.doubt' } as const
  const flying: StockEvent = { type: 'stock.publishing', channel: 'shop', from: 5, to: 3 }

  it('the owner and every channel are asked again, whatever the ledger believes', () => {
    after(listed('shop'), shows(5), listed('till'), known, counted(5, 4))
      .when(doubt)
      .then({ type: 'stock.doubted' }, listed('shop'), listed('till'))
      .owes(
        { type: 'stock.read', to: 'erp' },
        { type: 'inventory.read', to: 'shop' },
        { type: 'inventory.read', to: 'till' },
      )
  })

  it('the answer to a write of before changes nothing, and the reading counts', () => {
    const before = after(listed('shop'), shows(5), known, counted(3, 3), flying)
    const { reading } = before.when(doubt).state.channels[0]!
    const ask = { sku: 'MUG', inventoryItemId: 'i-shop', locationId: 'L1' }
    const set = {
      type: 'done', intent: 'inventory.set', version: 5, ask: { ...ask, from: 5, to: 3 }, answer: { outcome: 'set' },
    } as const // prettier-ignore
    expect(before.when(doubt, set).state.channels).toMatchObject([{ bound: null, reading }])
    const read = { type: 'done', intent: 'inventory.read', version: reading!, ask, answer: { available: 9 } } as const
    const { state } = before.when(doubt, set, read)
    expect(state.channels[0]).toMatchObject({ reading: null, flight: { from: 9, to: 3 } })
  })
})

describe('a shelf that shows less than nothing, because an order was moved to it', () => {
  const sold: StockEvent = {
    type: 'stock.reserved', orderRef: 'shop:1', channel: 'shop', quantity: 2, sold: 2, restocked: 0,
  } // prettier-ignore
  const gone: StockEvent = { ...sold, quantity: 0, sold: 0 }
  const publishing = (from: number, to: number): StockEvent => ({ type: 'stock.publishing', channel: 'shop', from, to })
  const before = [listed('shop'), shows(0), known, counted(1, 3), sold, gone]
  const booksAfter = (...events: StockEvent[]) => {
    const [one] = [...before, ...events].reduce((state, event) => stock.evolve(state, event), stock.initial).channels
    return { bound: one!.bound, unexplained: one!.unexplained }
  }

  it('can sell no more by what only repays it, and all that is above', () => {
    expect(booksAfter()).toEqual({ bound: 0, unexplained: 2 })
    expect(booksAfter(publishing(-2, -1))).toEqual({ bound: 0, unexplained: 1 })
    expect(booksAfter(publishing(-2, 1))).toEqual({ bound: 1, unexplained: 0 })
  })

  it('is as before when the number was another one after all', () => {
    const stale: StockEvent = { type: 'stock.publishStale', channel: 'shop', available: -1, raised: 0 }
    expect(booksAfter(publishing(-2, 1), stale)).toEqual({ bound: 0, unexplained: 2 })
  })

  it('sells what is put back after it was repaid', () => {
    const back: StockEvent = { ...sold, quantity: 0, sold: 0, restocked: 2 }
    expect(booksAfter(back)).toEqual({ bound: 0, unexplained: 0 })
    expect(booksAfter(publishing(-2, 0), back)).toEqual({ bound: 2, unexplained: 0 })
  })
})
