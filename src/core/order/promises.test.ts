/** An order and what it was sold before it was here: the newest word counts, and what cannot be kept is a case. */
import { expect, it } from 'vitest'
import { evolvePromise, notePromise, type NotePromise, saleDate } from './promises.ts'
import { initial, type OrderState } from './state.ts'

const told = (sku: string, date: string | null, more: Partial<NotePromise> = {}): NotePromise => ({
  type: 'order.notePromise', sku, pool: 'WH', open: true, quantity: 2, date, whole: true, owner: 'buying', ...more,
}) // prettier-ignore
const after = (...all: NotePromise[]): OrderState =>
  all.reduce((state, one) => notePromise(state, one).reduce(evolvePromise, state), initial)
const holding = (state: OrderState, ...skus: string[]): OrderState => ({
  ...state,
  holds: skus.map((sku) => ({ sku, quantity: 1, outcome: 'reserved' as const })),
})

it('says nothing twice', () => {
  const state = after(told('MUG', '2026-12-05'))
  expect(notePromise(state, told('MUG', '2026-12-05'))).toEqual([])
  expect(notePromise(initial, told('MUG', null, { open: false, quantity: 0 }))).toEqual([])
})

it('is a case while a day is later than the first, and while there is none; it is over when the goods are here', () => {
  const late = after(told('MUG', '2026-12-05'), told('MUG', '2026-12-19'), told('CUP', '2026-12-05'))
  expect(late.exceptions).toEqual([
    {
      code: 'promise_late',
      detail: '2 of MUG were promised for 2026-12-05 and come on 2026-12-19. A case for buying.',
    },
  ])
  const lost = notePromise(late, told('CUP', null)).reduce(evolvePromise, late)
  expect(lost.exceptions.map(({ code }) => code)).toEqual(['promise_late', 'promise_lost'])
  const sooner = after(told('MUG', '2026-12-05'), told('MUG', '2026-12-19'), told('MUG', '2026-12-01'))
  expect(sooner.exceptions).toEqual([])
  const here = notePromise(lost, told('MUG', null, { open: false, quantity: 0 })).reduce(evolvePromise, lost)
  expect(here.exceptions.map(({ code }) => code)).toEqual(['promise_lost'])
})

it('tells the ERP the last of its days; goods that are here wait for it unless policy sends them before', () => {
  expect(saleDate(initial)).toBe(null)
  const two = (whole: boolean) => after(told('MUG', '2026-12-05', { whole }), told('CUP', '2026-12-12', { whole }))
  expect(saleDate(holding(two(true), 'MUG', 'CUP', 'BOWL'))).toEqual({ date: '2026-12-12', whole: true })
  expect(saleDate(holding(two(false), 'MUG', 'CUP', 'BOWL'))).toEqual({ date: '2026-12-12', whole: false })
  expect(saleDate(holding(two(false), 'MUG', 'CUP'))).toEqual({ date: '2026-12-12', whole: true })
})
