/** Rules of claims that random histories seldom reach, one sentence each. */
import { describe, expect, it } from 'vitest'
import { given } from '../testing/given.ts'
import { stock, type StockEvent } from './stock.ts'
import type { ClaimEvent } from './claims.ts'

const history = (free: number, ...more: StockEvent[]) =>
  given(
    stock,
    { type: 'stock.known', stocked: true },
    { type: 'stock.read', free, onHand: free, basis: 1 },
    ...more,
  ).on('stock/WH/MUG')
const asked = (ref: string, quantity: number): ClaimEvent => ({
  type: 'stock.claimed', ref, owner: `owner/${ref}`, request: '1', quantity, patience: 'stock',
}) // prettier-ignore
const granted = (ref: string, quantity: number): ClaimEvent => ({
  type: 'stock.claimGranted', ref, owner: `owner/${ref}`, request: '1', quantity,
}) // prettier-ignore
const sold = { type: 'stock.hold', orderRef: 'shop:1', channel: 'shop', change: 2, sold: 2, restocked: 0 } as const

describe('a claim that waits', () => {
  it('stands behind what was sold: the order is reserved, though more than what is left was asked for before it', () => {
    history(2, asked('res', 5))
      .when(sold)
      .then({ type: 'stock.reserved', quantity: 2 }, { type: 'stock.assured', orderRef: 'shop:1', outcome: 'reserved' })
  })

  it('makes an order short once it is granted: those pieces are somebody else’s', () => {
    history(3, asked('res', 2), granted('res', 2))
      .when(sold)
      .then({ type: 'stock.reserved', quantity: 2 }, { type: 'stock.assured', orderRef: 'shop:1', outcome: 'short' })
  })
})

describe('a claim the ERP takes over', () => {
  const taken = { type: 'stock.takeClaim', ref: 'kit:SET', orderRef: 'shop:1', quantity: 3 } as const
  const at = (free: number) => history(free, asked('kit:SET', 4), granted('kit:SET', 4))

  it('counts on until a reading lacks it that was asked for afterwards, and the rest stays claimed', () => {
    const { state } = at(10).when(taken).then({ type: 'stock.claimTaken', quantity: 3 }).owes({ type: 'stock.read' })
    expect(state.holds.map(({ orderRef, quantity }) => [orderRef, quantity])).toEqual([
      ['kit:SET', 1],
      ['shop:1+kit:SET', 3],
    ])
    const early = stock.evolve(state, { type: 'stock.read', free: 10, onHand: 10, basis: state.version - 1 })
    expect(early.holds).toHaveLength(2)
    const late = stock.evolve(early, { type: 'stock.read', free: 7, onHand: 10, basis: state.version })
    expect(late.holds.map(({ orderRef, quantity }) => [orderRef, quantity])).toEqual([['kit:SET', 1]])
  })

  it('is no more than what was granted', () => {
    const { state } = at(10).when({ ...taken, quantity: 9 })
    expect(state.holds.map(({ orderRef, quantity }) => [orderRef, quantity])).toEqual([['shop:1+kit:SET', 4]])
  })
})

describe('who was refused', () => {
  const watch = { type: 'stock.watch', owner: 'kit/WH/SET', ref: 'kit:SET', pieces: 2, share: 0.5 } as const
  const listed: StockEvent = { type: 'stock.listed', channel: 'shop', inventoryItemId: 'i', locationId: 'L1' }
  const met = { note: true, stream: 'kit/WH/SET', command: { type: 'watch.met', sku: 'MUG' } } as const

  it('is told once when there is enough for its share, and not before', () => {
    history(3, listed).when(watch).then({ type: 'stock.watched' }).owes()
    const { type: _, ...one } = watch
    history(3, listed, { type: 'stock.watched', ...one }, { type: 'stock.read', free: 4, onHand: 4, basis: 2 })
      .when({ type: 'stock.nudge', free: 4 })
      .then({ type: 'stock.watchMet' })
      .owes(met)
  })

  it('may have all where no channel sells it', () => {
    history(3).when(watch).then({ type: 'stock.watched' }, { type: 'stock.watchMet' }).owes(met)
  })
})
