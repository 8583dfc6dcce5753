/** Goods that a person has leave from elsewhere: which orders, which goods, and who is asked before whom. */
import { describe, expect, it } from 'vitest'
import type { Answer, Done, Intent } from '../intents.ts'
import type { Note } from '../decider.ts'
import type { Policy } from '../policy.ts'
import { anOrder, orderLine, policyWith, second } from '../testing/sample.ts'
import { demandOf } from './demand.ts'
import type { MoveCommand } from './move.ts'
import { order, type OrderCommand, type OrderEvent } from './order.ts'
import type { OrderState } from './state.ts'

const lines = [orderLine(), orderLine({ id: 'L-2', sku: 'CUP', quantity: 1 })]
const first = anOrder({ lines })
const orderRef = 'shop:1001'
const POLICY: Policy = {
  ...policyWith({ locations: ['ST1', '3PL', '4PL'].map((pool) => ({ locationId: pool, pool })) }),
  warehouses: { '3PL': { fulfilledBy: 'bob' }, '4PL': { fulfilledBy: 'eve' } },
}
const placed: OrderEvent[] = [
  { type: 'order.placed', order: first, pool: 'WH', demand: demandOf(first), moves: [] },
  { type: 'order.holdNoted', sku: 'MUG', outcome: 'reserved' },
  { type: 'order.holdNoted', sku: 'CUP', outcome: 'reserved' },
]
const confirmed = (pool = 'WH', handed = false): OrderEvent[] => [
  ...placed.map((one) => (one.type === 'order.placed' ? { ...one, pool } : one)),
  { type: 'order.released', order: first, pool },
  {
    type: 'order.confirmed', saleId: '9', saleName: 'S9', lines: [], held: demandOf(first), at: second(9),
    ...(handed ? { handed: [{ pool, fulfiller: 'bob', lines: [] }] } : {}),
  },
] // prettier-ignore
const reroute = (more: Partial<Extract<MoveCommand, { type: 'order.reroute' }>> = {}): OrderCommand => ({
  type: 'order.reroute', to: 'ST1', by: 'Ada', note: '', ...more,
}) // prettier-ignore

/** A life, with what the last command owed. */
function live(history: readonly OrderEvent[], ...commands: OrderCommand[]) {
  let state = history.reduce(order.evolve, order.initial)
  let owed: (Intent | Note)[] = []
  let events: readonly OrderEvent[] = []
  for (const command of commands) {
    const found = order.decide(state, command, POLICY, { stream: 'order/shop/1001', at: second(30), messageKey: 'k' })
    if ('refused' in found) return { state, owed: [], events: [], refused: found.refused }
    events = found
    owed = []
    for (const event of found) {
      state = order.evolve(state, event)
      owed.push(...order.react(event, state, 'order/shop/1001'))
    }
  }
  return { state, owed, events, refused: null }
}
const granted = (pool: string, sku: string): OrderCommand => ({
  type: 'claim.granted', pool, sku, request: '6', quantity: 1,
}) // prettier-ignore
const both = (pool: string) => [granted(pool, 'MUG'), granted(pool, 'CUP')]
const SOURCES = lines.map(({ sku }) => ({ sku: sku!, warehouse: '3PL' }))
const answered = (outcome: Answer<'sale.change'>): Done => ({
  type: 'done', intent: 'sale.change', version: 9, answer: outcome,
  ask: { order: first, orderRef, warehouse: 'WH', sources: SOURCES, removed: [] },
}) // prettier-ignore
const changed: Answer<'sale.change'> = {
  outcome: 'changed',
  total: first.total,
  lines: [
    { lineId: 'L-1', saleLineId: '51' },
    { lineId: 'L-2', saleLineId: '52' },
  ],
}
const types = (owed: readonly (Intent | Note)[]) =>
  owed.map((one) => ('note' in one ? `${one.stream} ${one.command.type}` : one.type))

describe('what is refused, and stays as it is', () => {
  const shipped: OrderEvent = { type: 'order.shipped', complete: true, announced: false, date: '2026-11-20' }
  const cases: [string, readonly OrderEvent[], OrderCommand, string][] = [
    ['a cancelled order', [...placed, { type: 'order.cancelled', reason: 'x', at: second(10) }], reroute(), 'order_closed'],
    ['another warehouse than policy knows', confirmed(), reroute({ to: 'MOON' }), 'pool_unknown'],
    ['a sale that was asked for', confirmed().slice(0, 4), reroute(), 'still_asking'],
    ['what has left', [...confirmed(), shipped], reroute(), 'everything_left'],
    ['what is invoiced', [...confirmed(), { type: 'order.invoiced', invoiceId: '1', number: 'I' }], reroute(), 'invoiced'],
    ['goods of other orders', confirmed(), reroute({ skus: ['VASE'] }), 'sku_not_in_order'],
    ['a split with nothing left', confirmed(), reroute({ part: true }), 'nothing_stays'],
    ['half of what others were told of', confirmed('3PL', true), reroute({ skus: ['MUG'] }), 'handed_over'],
  ] // prettier-ignore
  it.each(cases)('%s', (_, history, command, code) => {
    expect(live(history, command).refused).toBe(code)
  })
  it('a move on a move', () => expect(live(confirmed(), reroute(), reroute({ to: '3PL' })).refused).toBe('move_open'))
  it('what is there already is nothing to do', () =>
    expect(live(confirmed(), reroute({ to: 'WH' })).events).toEqual([]))
})

describe('an order that the ERP has', () => {
  it('takes before it gives: set aside there, then the ERP, then let go here', () => {
    expect(types(live(confirmed(), reroute()).owed)).toEqual(['stock/ST1/CUP stock.claim', 'stock/ST1/MUG stock.claim'])
    expect(live(confirmed(), reroute(), granted('ST1', 'MUG')).owed).toEqual([])
    const asked = live(confirmed(), reroute(), ...both('ST1'))
    expect(asked.owed).toMatchObject([
      { type: 'sale.change', ask: { warehouse: 'WH', sources: [{ sku: 'CUP', warehouse: 'ST1' }, { sku: 'MUG' }], moved: ['CUP', 'MUG'] } },
    ]) // prettier-ignore
    const done = live(confirmed(), reroute(), ...both('ST1'), answered(changed))
    expect(types(done.owed)).toEqual([
      'stock/ST1/CUP stock.confirmHold', 'stock/WH/CUP stock.release', 'stock/ST1/MUG stock.confirmHold', 'stock/WH/MUG stock.release',
    ]) // prettier-ignore
    expect(done.state.moving).toBeUndefined()
  })

  it('lets all go there when one is missing, and when the ERP says no', () => {
    const short = live(confirmed(), reroute(), granted('ST1', 'MUG'), {
      type: 'claim.refused', pool: 'ST1', sku: 'CUP', request: '6', reason: 'short', available: 0,
    }) // prettier-ignore
    const packed = live(confirmed(), reroute(), ...both('ST1'), answered({ outcome: 'picked' }))
    for (const { owed, state } of [short, packed]) {
      expect(types(owed)).toEqual(['stock/ST1/CUP stock.unclaim', 'stock/ST1/MUG stock.unclaim'])
      expect(state).toMatchObject({ exceptions: [{ code: 'move_refused' }] })
      expect(state.moving).toBeUndefined()
    }
  })

  it('keeps both places when nobody knows, and asks again for the order as it was', () => {
    const failed: OrderCommand = { type: 'failed', intent: 'sale.change', version: 9, fault: { kind: 'unavailable', code: 'x', message: 'No answer.' } } // prettier-ignore
    const dead = live(confirmed(), reroute(), ...both('ST1'), failed)
    expect(dead).toMatchObject({
      owed: [],
      state: { moving: { step: 'failed' }, exceptions: [{ code: 'move_failed' }] },
    })
    const dearer = anOrder({ updatedAt: second(40), lines: [orderLine({ quantity: 5 }), lines[1]!] })
    const edited: OrderCommand = { type: 'order.observe', order: dearer }
    const again = live(confirmed(), reroute(), ...both('ST1'), failed, edited, { type: 'order.retry' })
    expect(again.owed).toMatchObject([{ type: 'sale.change', ask: { order: first } }])
  })

  it('asks a warehouse of others to stop first, and the ERP only once it has; one that is too late keeps it', () => {
    const asked = live(confirmed('3PL', true), reroute(), ...both('ST1'))
    expect(types(asked.owed)).toEqual(['warehouse-order/shop/1001/3PL warehouseOrder.cancel'])
    const said = (outcome: 'cancelled' | 'kept'): OrderCommand => ({
      type: 'order.noteWarehouse', pool: '3PL', outcome, detail: 'It left.',
    }) // prettier-ignore
    const stopped = live(confirmed('3PL', true), reroute(), ...both('ST1'), said('cancelled'))
    expect(types(stopped.owed)).toEqual(['sale.change'])
    const late = live(confirmed('3PL', true), reroute(), ...both('ST1'), said('kept'))
    expect(types(late.owed)).toEqual(['stock/ST1/CUP stock.unclaim', 'stock/ST1/MUG stock.unclaim'])
    expect(late.state.exceptions).toMatchObject([{ code: 'move_refused', detail: expect.stringContaining('It left.') }])
    const stuck = live(confirmed('3PL', true), reroute(), ...both('ST1'), said('cancelled'), answered({ outcome: 'invoiced' })) // prettier-ignore
    expect(stuck.state.exceptions[0]!.detail).toContain('3PL was told to send nothing: tell it again')
    // What was told to stop is told once.
    const steps = [reroute(), ...both('ST1'), said('cancelled'), answered(changed), reroute({ to: '3PL' })]
    expect(live(confirmed('3PL', true), ...steps).refused).toBe('handed_over')
  })

  it('tells a warehouse of others once the ERP has the delivery there', () => {
    const done = live(confirmed(), reroute({ to: '3PL' }), ...both('3PL'), answered(changed))
    const told = done.owed.find((one) => 'note' in one && one.command.type === 'warehouseOrder.open') as Note
    expect(told).toMatchObject({
      stream: 'warehouse-order/shop/1001/3PL',
      command: { instruction: { lines: [{ saleLineId: '51', quantity: 2 }, { saleLineId: '52', quantity: 1 }] } },
    }) // prettier-ignore
    expect(done.state.handed).toEqual([{ pool: '3PL', fulfiller: 'bob', cancelled: false }])
  })

  it('is cancelled on the way: before the ERP is asked nothing is moved, after that its answer is awaited', () => {
    const cancel: OrderCommand = { type: 'order.cancel', reason: 'customer', at: second(31) }
    const early = live(confirmed(), reroute(), granted('ST1', 'MUG'), cancel)
    expect(types(early.owed)).toEqual(['stock/ST1/CUP stock.unclaim', 'stock/ST1/MUG stock.unclaim', 'sale.cancel'])
    const late = live(confirmed(), reroute(), ...both('ST1'), cancel)
    expect(types(late.owed)).toEqual(['sale.cancel'])
    const state: OrderState = live(confirmed(), reroute(), ...both('ST1'), cancel, answered(changed)).state
    expect(state.moving).toBeUndefined()
  })

  it('is not invoiced in between', () => {
    const left: OrderCommand = { type: 'order.noteShipped', complete: true, announced: true, date: '2026-11-21' }
    expect(types(live(confirmed(), left).owed)).toContain('invoice.ensure')
    expect(live(confirmed(), reroute(), ...both('ST1'), left).owed).toEqual([])
    expect(types(live(confirmed(), reroute(), ...both('ST1'), left, answered({ outcome: 'shipped' })).owed)).toContain('invoice.ensure') // prettier-ignore
  })
})
