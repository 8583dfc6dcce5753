/** Shelves that others run: what they count and write off is told, and what is gone is not sold. */
import { describe, expect, it } from 'vitest'
import { policyWith, second } from '../testing/sample.ts'
import { available, type Ledger } from './ledger.ts'
import { stock, type StockCommand, type StockEvent } from './stock.ts'

const count = (onHand: number, n: number): StockCommand => ({ type: 'stock.count', by: 'edi', onHand, at: second(n) })
const adjust = (quantity: number): StockCommand => ({ type: 'stock.adjust', by: 'edi', quantity, reason: '07', at: second(1) }) // prettier-ignore
const read = (onHand: number, free = onHand): StockCommand => ({
  type: 'done', intent: 'stock.read', version: 0, ask: { sku: 'MUG', warehouse: 'EDI' }, answer: { free, onHand },
}) // prettier-ignore

function after(...commands: StockCommand[]) {
  let state: Ledger = stock.initial
  const events: StockEvent[] = []
  for (const command of [{ type: 'stock.know', stocked: true } as const, read(20), ...commands]) {
    const stamped = command.type === 'done' ? { ...command, version: state.asked ?? 0 } : command
    const decided = stock.decide(state, stamped, policyWith(), { stream: 'stock/EDI/MUG', at: second(0), messageKey: 'm' }) // prettier-ignore
    for (const event of 'refused' in decided ? [] : decided) {
      state = stock.evolve(state, event)
      events.push(event)
    }
  }
  return { state, kinds: (state.incidents ?? []).map(({ kind }) => kind), events }
}

describe('a count', () => {
  it('that differs once may be goods on their way between the books; twice in a row it is told, until they agree', () => {
    expect(after(count(17, 1), read(20)).kinds).toEqual([])
    const { state, kinds } = after(count(17, 1), read(20), count(17, 2), read(20))
    expect(kinds).toEqual(['counted'])
    expect(state.incidents![0]!.words).toContain('counted 17 twice where the ERP has 20')
    expect(after(count(17, 1), read(20), count(17, 2), read(17)).kinds).toEqual([])
    expect(after(count(17, 1), read(20), count(17, 2), read(20), count(20, 3)).kinds).toEqual([])
    expect(after(count(17, 1), read(17), count(16, 2), read(17)).kinds).toEqual([])
  })

  it('that is old, or says the same again, changes nothing', () => {
    const { events } = after(count(20, 5), count(20, 6), count(19, 4))
    expect(events.filter(({ type }) => type === 'stock.counted')).toHaveLength(1)
  })
})

describe('pieces written off', () => {
  it('are not sold any more, and are sold as the ERP says once it has booked them', () => {
    const lost = after(adjust(-3), read(20))
    expect([available(lost.state), lost.kinds]).toEqual([17, ['adjusted']])
    const booked = after(adjust(-3), read(20), { type: 'stock.nudge', free: 17 }, read(17))
    expect([available(booked.state), booked.kinds]).toEqual([17, []])
  })

  it('stay away when the ERP moves by something else, until a count agrees', () => {
    const sold = after(adjust(-3), read(20), { type: 'stock.nudge', free: 15 }, read(15))
    expect([available(sold.state), sold.kinds]).toEqual([12, ['adjusted']])
    const counted = after(adjust(-3), read(20), { type: 'stock.nudge', free: 15 }, read(15), count(15, 9))
    expect([available(counted.state), counted.kinds]).toEqual([15, []])
  })

  it('add up; what is found again makes up for them, and more than that is told and not sold', () => {
    expect(available(after(adjust(-3), adjust(-2), read(20)).state)).toBe(15)
    expect(after(adjust(-3), adjust(3), read(20))).toMatchObject({ kinds: [] })
    const found = after(adjust(4), read(20))
    expect([available(found.state), found.kinds]).toEqual([20, ['adjusted']])
  })
})
