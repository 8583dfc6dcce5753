/**
 * Goods of an order that were taken back at a till, with their money: the till has done both, and its receipt is the
 * credit and puts the pieces on its own shelf. Here it counts, so that nobody gives the money or books the pieces
 * again.
 */
import { formatMoney, type Money, money, subtract, sum } from '#canon/money.ts'
import type { Refund } from '#canon/order.ts'
import type { Receipt, ReceiptLine } from '#canon/receipt.ts'
import { type Note, note } from '../decider.ts'
import type { Policy } from '../policy.ts'
import { parseOrderRef, streams } from '../streams.ts'
import { capturedOf, throughProvider } from './giving.ts'
import { givenOf, paidBack, type Purse } from './giving-state.ts'
import { type Arrival, countOf, type KnownRefund, type Pieces, plus, type Received, type ReturnState } from './state.ts'

/** From a till, through the order, which adds how its money stands. */
export interface TookAtTill {
  type: 'return.atTill'
  receiptId: string
  storeId: string
  /** The store's own shelf. */
  pool: string
  at: string
  lines: readonly (Pieces & { total: Money; tax: Money; restock: boolean })[]
}

/** The till took that receipt back: it counts no more. */
export interface VoidedAtTill {
  type: 'return.tillVoided'
  receiptId: string
}

export type TillReturnEvent =
  | {
      type: 'return.tookAtTill'
      receiptId: string
      storeId: string
      pool: string
      refund: Refund
      lines: readonly Received[]
      /** What a person has to look at: a till cannot be stopped. */
      trouble?: string
    }
  | { type: 'return.tillVoided'; receiptId: string }

export const isOfTill = (event: { type: string }): event is TillReturnEvent =>
  event.type === 'return.tookAtTill' || event.type === 'return.tillVoided'

/** What a receipt owes to the orders it takes something of back. */
export function tillReturns(receipt: Receipt, pool: string, voids?: string): Note[] {
  const lines = receipt.lines.flatMap((line) => (line.ofOrder ? [{ line, ...line.ofOrder }] : []))
  return [...Map.groupBy(lines, ({ order }) => order)].flatMap(([ref, all]): Note[] => {
    const order = parseOrderRef(ref)
    if (!order) return []
    const { txId: receiptId, storeId, occurredAt: at } = receipt
    const request: TookAtTill | VoidedAtTill = voids
      ? { type: 'return.tillVoided', receiptId: voids }
      : {
          type: 'return.atTill', receiptId, storeId, pool, at,
          lines: all.map(({ line, lineId }) => takenBack(line, lineId)),
        } // prettier-ignore
    return [
      note(streams.order(order.channel, order.externalId), { type: 'order.askBack', request } as { type: string }),
    ]
  })
}

const takenBack = ({ quantity, total, taxes, restock }: ReceiptLine, lineId: string): TookAtTill['lines'][number] => ({
  lineId,
  quantity: -quantity,
  total: money(-total.amount, total.currency),
  tax: money(0 - taxes.reduce((all, { amount }) => all + amount.amount, 0), total.currency),
  restock: restock === true,
})

export function tillEvents(
  state: ReturnState,
  { receiptId, storeId, pool, at, lines, purse }: TookAtTill & { purse: Purse },
  policy: Policy,
  stream: string,
): TillReturnEvent[] {
  if (state.refunds.some(({ refund, from }) => from === 'till' && refund.id === receiptId)) return []
  const { taxesIncluded, currency } = state.facts!
  const strange = lines.find(({ total }) => total.currency !== currency)
  const amount = strange ? money(0, currency) : sum(lines.map(({ total }) => total), currency) // prettier-ignore
  const refund: Refund = {
    id: receiptId,
    at,
    amount,
    lines: strange
      ? []
      : lines.map(({ lineId, quantity, total, tax }) => ({
          lineId, quantity, restocked: 0, returned: 0, amount: taxesIncluded ? total : subtract(total, tax), tax,
        })), // prettier-ignore
  }
  const trouble = strange
    ? `it is in ${strange.total.currency}, and the order in ${currency}.`
    : troubleOf(state, { refund, purse }, policy, stream)
  const here = lines.map(({ lineId, quantity, restock }): Received => ({
    lineId, quantity, disposition: restock ? 'sellable' : 'damaged',
  })) // prettier-ignore
  return [{ type: 'return.tookAtTill', receiptId, storeId, pool, refund, lines: here, ...(trouble ? { trouble } : {}) }]
}

function troubleOf(
  state: ReturnState,
  { refund: { amount, lines }, purse }: { refund: Refund; purse: Purse },
  policy: Policy,
  stream: string,
): string | null {
  const channel = stream.split('/')[1] ?? ''
  const through = policy.channels[channel]?.returns?.refund?.through ?? 'channel'
  const captured = capturedOf(purse, through, amount.currency)
  const left = Math.max(0, captured - givenOf(state, purse, throughProvider(policy, channel)))
  if (amount.amount > left)
    return `it gave ${formatMoney(amount)} ${amount.currency}, and ${formatMoney(money(left, amount.currency))} was left of what was paid.`
  const twice = plus([], lines).find(({ lineId, quantity }) => {
    const ordered = purse.lines.find((line) => line.lineId === lineId)?.ordered ?? 0
    return quantity + paidBack(state, lineId) > ordered
  })
  return twice ? `of line ${twice.lineId} more pieces were paid back than were bought.` : null
}

export function evolveAtTill(state: ReturnState, event: TillReturnEvent): ReturnState {
  if (event.type === 'return.tillVoided') {
    const key = keyOf(event.receiptId)
    const taken = state.arrivals.find((one) => one.key === key)?.lines ?? []
    const receipt = state.told.receipt.map(({ lineId, quantity }) => ({
      lineId, quantity: quantity - countOf(taken, lineId),
    })) // prettier-ignore
    return {
      ...state,
      told: { ...state.told, receipt },
      refunds: state.refunds.filter(({ refund, from }) => from !== 'till' || refund.id !== event.receiptId),
      arrivals: state.arrivals.filter((one) => one.key !== key),
    }
  }
  const { receiptId, pool, refund, lines } = event
  const known: KnownRefund = {
    refund, from: 'till', step: 'settled', back: plus([], lines), asked: null, credit: null, version: 0,
  } // prettier-ignore
  const arrival: Arrival = { key: keyOf(receiptId), from: 'till', lines, pool, step: 'booked', version: state.version }
  return {
    ...state,
    told: { ...state.told, receipt: plus(state.told.receipt, lines) },
    refunds: [...state.refunds, known],
    arrivals: [...state.arrivals, arrival],
  }
}

const keyOf = (receiptId: string): string => `t-${receiptId}`

export function reactAtTill(event: TillReturnEvent, order: string): Note[] {
  if (event.type !== 'return.tookAtTill' || event.trouble === undefined) return []
  const detail = `Store ${event.storeId} took goods back with receipt ${event.receiptId}, and ${event.trouble} Ask the store.`
  return [note(order, { type: 'order.noteException', code: 'till_refund_beyond', detail } as { type: string })]
}
