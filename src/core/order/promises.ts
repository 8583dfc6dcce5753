/**
 * What an order knows of goods it was sold before they are here: by when they come, and who sees to it when they do
 * not.
 */
import { note, type Note } from '../decider.ts'
import type { HoldCommand } from '../stock/stock.ts'
import { streams } from '../streams.ts'
import { demandOf } from './demand.ts'
import { poolOf } from './route.ts'
import type { OrderState } from './state.ts'

/** Pieces of one SKU. */
export interface OrderPromise {
  sku: string
  /** Not here yet. */
  quantity: number
  /** The day they come; null when nothing is expected for them any more. */
  date: string | null
  /** What the order was told first. */
  first: string | null
  /** All of the order waits for them, or what is here is sent before. */
  whole: boolean
  owner: string
}

/** From a stock stream. `open`: false when all of it is here, or given back. */
export interface NotePromise {
  type: 'order.notePromise'
  sku: string
  pool: string
  open: boolean
  quantity: number
  date: string | null
  whole: boolean
  owner: string
}

export type PromiseEvent = { type: 'order.promiseNoted' } & Omit<NotePromise, 'type' | 'pool'>

export function notePromise(
  { promises = [] }: OrderState,
  { type: _, pool: __, ...said }: NotePromise,
): PromiseEvent[] {
  const known = promises.find(({ sku }) => sku === said.sku)
  const same = known ? said.open && known.quantity === said.quantity && known.date === said.date : !said.open
  return same ? [] : [{ type: 'order.promiseNoted', ...said }]
}

export function evolvePromise(state: OrderState, { type: _, open, ...said }: PromiseEvent): OrderState {
  const before = state.promises ?? []
  const first = before.find(({ sku }) => sku === said.sku)?.first ?? said.date
  const others = before.filter(({ sku }) => sku !== said.sku)
  const promises = open ? [...others, { ...said, first }] : others
  const exceptions = state.exceptions.filter(({ code }) => !isPromiseCode(code))
  return { ...state, promises, exceptions: [...exceptions, ...casesOf(promises)] }
}

export const isPromiseCode = (code: string): boolean => code === 'promise_late' || code === 'promise_lost'

/** What somebody has to tell the customer. It is over when the goods are here, or the line is cancelled. */
function casesOf(promises: readonly OrderPromise[]) {
  const lost = promises.filter(({ date }) => date === null)
  const late = promises.filter(({ date, first }) => date !== null && first !== null && date > first)
  const cases = [
    {
      code: 'promise_late',
      all: late,
      says: ({ date, first }: OrderPromise) => `were promised for ${first} and come on ${date}`,
    },
    {
      code: 'promise_lost',
      all: lost,
      says: ({ first }: OrderPromise) => `were promised for ${first}, and nothing is expected for them any more`,
    },
  ]
  return cases
    .filter(({ all }) => all.length > 0)
    .map(({ code, all, says }) => ({
      code,
      detail: all.map((one) => `${one.quantity} of ${one.sku} ${says(one)}. A case for ${one.owner}.`).join(' '),
    }))
}

/** What the ERP is told with the sale: the day all of it is here, and whether it leaves together. */
export function saleDate({ promises = [], holds }: OrderState): { date: string; whole: boolean } | null {
  const dates = promises.flatMap(({ date }) => (date === null ? [] : [date])).toSorted()
  const date = dates.at(-1)
  if (date === undefined) return null
  const mixed = holds.some(({ sku, quantity }) => quantity > 0 && !promises.some((one) => one.sku === sku))
  return { date, whole: !mixed || promises.some(({ whole }) => whole) }
}

/** After its sale was changed: stock hears of how many it is now. */
export function promiseNotes(state: OrderState): Note[] {
  const { order, promises = [] } = state
  if (!order || promises.length === 0) return []
  const wanted = new Map(demandOf(order).map(({ sku, quantity }) => [sku, quantity]))
  const orderRef = `${order.channel}:${order.externalId}`
  return promises.map(({ sku }) => {
    const command = { type: 'stock.wants', orderRef, quantity: wanted.get(sku) ?? 0 } as const
    return note<HoldCommand>(streams.stock(poolOf(state, sku), sku), command)
  })
}
