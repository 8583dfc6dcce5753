/** The thin model of an order in the small world says to stock what the real decider says, on every way through it. */
import { describe, expect, it } from 'vitest'
import type { Note } from '../decider.ts'
import { order as orders, type OrderCommand } from '../order/order.ts'
import type { OrderState } from '../order/state.ts'
import { anOrder, orderLine, policyWith } from './sample.ts'
import { change, moment, Rules, saleOf, SKU, type World } from './small-world.ts'

type Move = 'placed' | 'cancelled' | 'reserved' | 'confirmed' | 'undone'

/** What happens to the order, and in which order. Its stock answers "reserved" as soon as it holds the piece. */
const WAYS: readonly { how: 'kept' | 'restocked' | 'no'; moves: readonly Move[] }[] = [
  { how: 'no', moves: ['placed', 'reserved', 'confirmed'] },
  ...(['kept', 'restocked'] as const).flatMap((how) => [
    { how, moves: ['cancelled'] as const },
    { how, moves: ['placed', 'cancelled', 'reserved', 'confirmed', 'undone'] as const },
    { how, moves: ['placed', 'reserved', 'cancelled', 'confirmed', 'undone'] as const },
    { how, moves: ['placed', 'reserved', 'confirmed', 'cancelled', 'undone'] as const },
  ]),
]

const picture = (how: 'kept' | 'restocked' | 'no', cancelled: boolean) =>
  anOrder({
    channel: 'c0',
    externalId: '1',
    placedAt: moment(3),
    updatedAt: moment(cancelled ? 5 : 3),
    cancelledAt: cancelled ? moment(5) : null,
    lines: [
      orderLine({
        sku: SKU,
        quantity: cancelled ? 0 : 1,
        ordered: 1,
        restocked: Number(cancelled && how === 'restocked'),
      }),
    ],
  })

/** The notes of the real decider to stock. */
function real(how: 'kept' | 'restocked' | 'no', moves: readonly Move[]): unknown[] {
  const policy = { ...policyWith(), channels: { c0: policyWith().channels['shop']! } }
  const said: unknown[] = []
  let state: OrderState = orders.initial
  const tell = (command: OrderCommand): void => {
    const stream = 'order/c0/1'
    const decision = orders.decide(state, command, policy, { stream, at: moment(9), messageKey: 'm' })
    if ('refused' in decision) throw new Error(decision.reason)
    for (const event of decision) {
      state = orders.evolve(state, event)
      const notes = orders.react(event, state, stream).filter((one): one is Note => 'note' in one)
      said.push(...notes.filter(({ stream: to }) => to.startsWith('stock/')).map(({ command: one }) => one))
    }
  }
  const ask = { order: picture(how, false), orderRef: 'c0:1', warehouse: 'WH' }
  const commands: Readonly<Record<Move, () => void>> = {
    placed() {
      tell({ type: 'order.observe', order: picture(how, false) })
      tell({ type: 'order.noteHold', sku: SKU, outcome: 'reserved' })
    },
    cancelled: () => tell({ type: 'order.observe', order: picture(how, true) }),
    reserved: () => {},
    confirmed() {
      const answer = { saleId: '1', saleName: 'S1', total: ask.order.total, lines: [] }
      tell({ type: 'done', intent: 'sale.ensure', ask, answer, version: 1 })
    },
    undone() {
      const why = { orderRef: 'c0:1', reason: 'other' }
      tell({ type: 'done', intent: 'sale.cancel', ask: why, answer: { outcome: 'cancelled' }, version: 1 })
    },
  }
  for (const move of moves) commands[move]()
  return said
}

/** What the thin model says on the same way. */
function thin(how: 'kept' | 'restocked' | 'no', moves: readonly Move[]): unknown[] {
  const said: unknown[] = []
  const rules = new Rules({ channels: [{ kind: 'compare', shows: 1 }], onHand: 1 })
  const tell = rules.tell.bind(rules)
  rules.tell = (world, command) => {
    if (['stock.hold', 'stock.confirmHold', 'stock.release'].includes(command.type)) said.push(command)
    return tell(world, command)
  }
  let world: World = rules.begin()
  const only = { id: 1, channel: 0, placed: 3, changed: 5, heard: 0, assured: false, erp: 'none' } as const
  world = { ...world, sales: [{ ...only, cancelled: how }] }
  const orderRef = 'c0:1'
  for (const move of moves) {
    const sale = saleOf(world, 1)
    if (move === 'placed') world = change(rules.news(world, sale, 1), 1, { assured: true })
    if (move === 'cancelled') world = rules.news(world, sale, 2)
    if (move === 'reserved') world = change(world, 1, { erp: 'reserved' })
    if (move === 'confirmed')
      world = rules.tell(change(world, 1, { erp: 'confirmed' }), { type: 'stock.confirmHold', orderRef, quantity: 1 })
    if (move === 'undone') world = rules.tell(change(world, 1, { erp: 'gone' }), { type: 'stock.release', orderRef })
  }
  return said
}

describe('an order of the small world', () => {
  it.each(WAYS.map((way) => [`${way.moves.join(', ')}${way.how === 'no' ? '' : `, ${way.how}`}`, way] as const))(
    'says to stock what the real one says: %s',
    (_, { how, moves }) => {
      expect(real(how, moves).length).toBeGreaterThan(0)
      expect(thin(how, moves)).toEqual(real(how, moves))
    },
  )
})
