/** An order of a channel with several places: each piece is counted in the ledger of the shelf it came from. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Order, OrderLine } from '#canon/order.ts'
import type { Note } from '../decider.ts'
import { given } from '../testing/given.ts'
import { anOrder, orderLine, policyWith, second } from '../testing/sample.ts'
import { order, type OrderEvent } from './order.ts'

const locations = [
  { locationId: 'L1', pool: 'WH' },
  { locationId: 'L2', pool: 'ST' },
]
const policy = policyWith({ locations })
type Shelf = [locationId: string, quantity: number, offShelf?: number]
const lying = (sku: string, ...shelves: Shelf[]): OrderLine =>
  orderLine({
    id: `line-${sku}`,
    sku,
    quantity: shelves.reduce((all, [, quantity]) => all + quantity, 0),
    ordered: 9,
    shelves: shelves.map(([locationId, quantity, offShelf = quantity]) => ({ locationId, quantity, offShelf })),
  })
const seen = (at: number, ...lines: OrderLine[]): Order => anOrder({ lines, updatedAt: second(at) })
const observe = (one: Order) => ({ type: 'order.observe' as const, order: one })
const hold = (pool: string, sku: string, change: number, sold: number, restocked = 0) => ({
  note: true as const, stream: `stock/${pool}/${sku}`, command: { type: 'stock.hold', change, sold, restocked },
}) // prettier-ignore
const noteHold = (sku: string, pool: string, outcome: 'reserved' | 'short' = 'reserved') =>
  ({ type: 'order.noteHold', sku, pool, outcome }) as const
const start = () => given<typeof order.initial, Parameters<typeof order.decide>[1], OrderEvent>(order).under(policy)
const types = (all: readonly { type: string }[]) => all.map(({ type }) => type)

function play(...commands: Parameters<typeof order.decide>[1][]) {
  let state = order.initial
  const [events, notes]: [OrderEvent[], Note<{ type: string }>[]] = [[], []]
  for (const command of commands) {
    const decision = order.decide(state, command, policy, { stream: 'order/shop/1001', at: second(9), messageKey: 'm' })
    if ('refused' in decision) throw new Error(decision.reason)
    for (const event of decision) {
      state = order.evolve(state, event)
      events.push(event)
      for (const owed of order.react(event, state, 'order/shop/1001')) if ('note' in owed) notes.push(owed)
    }
  }
  return { state, events, notes: notes.filter(({ stream }) => stream.startsWith('stock/')) }
}

describe('An order from two shelves', () => {
  it('holds each SKU in the pool of its shelf, and leaves from both', () => {
    const { notes, events } = play(
      observe(seen(1, lying('MUG', ['L1', 2]), lying('CUP', ['L2', 1]))),
      noteHold('MUG', 'WH'),
      noteHold('CUP', 'ST'),
    )
    expect(notes).toMatchObject([hold('ST', 'CUP', 1, 1), hold('WH', 'MUG', 2, 2)])
    expect(events.at(-1)).toMatchObject({ type: 'order.released', pool: 'WH', sources: [{ sku: 'CUP', pool: 'ST' }] })
  })

  it('whose pieces staff give to the other shelf is held there, and waits for what that pool says', () => {
    const moved = play(
      observe(seen(1, lying('MUG', ['L1', 2]), lying('CUP', ['L1', 1]))),
      noteHold('MUG', 'WH'),
      observe(seen(2, lying('MUG', ['L2', 2]), lying('CUP', ['L1', 1]))),
      // Said before it was let go there.
      noteHold('MUG', 'WH', 'short'),
      noteHold('CUP', 'WH'),
    )
    expect(moved.notes.slice(2)).toMatchObject([hold('ST', 'MUG', 2, 2), hold('WH', 'MUG', -2, 0, 2)])
    expect(types(moved.events)).not.toContain('order.released')
    expect(moved.state.holds.find(({ sku }) => sku === 'MUG')!.outcome).toBe('asked')
  })

  it('is held where it was once the ERP may have it: only what is shown changes', () => {
    const { notes, events } = play(
      observe(seen(1, lying('MUG', ['L1', 2]))),
      noteHold('MUG', 'WH'),
      observe(seen(2, lying('MUG', ['L2', 2]))),
    )
    expect(types(events)).toContain('order.released')
    expect(types(events)).not.toContain('order.exceptionRaised')
    expect(notes.slice(1)).toMatchObject([hold('ST', 'MUG', 0, 2), hold('WH', 'MUG', 0, 0, 2)])
  })

  it('with a SKU on both waits for a person, and is let go on both when it is cancelled', () => {
    const split = seen(1, lying('MUG', ['L1', 2], ['L2', 1]))
    const { state } = start().when(observe(split), noteHold('MUG', 'WH'))
    expect(state.exceptions.map(({ code }) => code)).toEqual(['location_split'])
    const { notes } = play(observe(split), { type: 'order.cancel', reason: 'customer', at: second(2) })
    expect(notes.filter(({ command }) => command.type === 'stock.release').map(({ stream }) => stream).sort()).toEqual([
      'stock/ST/MUG', 'stock/WH/MUG',
    ]) // prettier-ignore
  })

  it('was told without places before: what it had is put back at home as it is taken from its shelf', () => {
    const before = seen(1, orderLine({ id: 'line-MUG', quantity: 2, ordered: 2 }))
    const { notes } = play(observe(before), observe(seen(2, lying('MUG', ['L2', 2]))))
    expect(notes).toMatchObject([hold('WH', 'MUG', 2, 2), hold('WH', 'MUG', -2, 0, 2), hold('ST', 'MUG', 2, 2)])
  })
})

const shelf = fc.tuple(fc.nat(3), fc.nat(4))
const picture = fc.record({ MUG: fc.tuple(shelf, shelf), CUP: fc.tuple(shelf, shelf) })
const lineOf = (sku: string, [[a, offA], [b, offB]]: [[number, number], [number, number]]): OrderLine =>
  lying(sku, ['L1', a, offA], ['L2', b, offB])

describe('Pictures of an order in any order, any number of times', () => {
  it('add up in each ledger to what its shelf says at last, and to what is wanted of it', () => {
    fc.assert(
      fc.property(fc.array(picture, { minLength: 1, maxLength: 5 }), fc.infiniteStream(fc.nat()), (all, draws) => {
        const news = all.map(({ MUG, CUP }, index) => observe(seen(index + 1, lineOf('MUG', MUG), lineOf('CUP', CUP))))
        const shuffled = [...news, ...news]
          .map((one) => ({ one, at: draws.next().value as number }))
          .sort((x, y) => x.at - y.at)
          .map(({ one }) => one)
        const { notes } = play(...shuffled)
        const last = all.at(-1)!
        for (const [sku, places] of Object.entries(last)) {
          for (const [index, pool] of ['WH', 'ST'].entries()) {
            const told = notes
              .filter(({ stream }) => stream === `stock/${pool}/${sku}`)
              .map(({ command }) => command as unknown as { change: number; sold: number; restocked: number })
            const [wanted, off] = places[index]!
            expect(told.reduce((sum, { change }) => sum + change, 0)).toBe(wanted)
            expect(told.reduce((sum, { sold, restocked }) => sum + sold - restocked, 0)).toBe(off)
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})
