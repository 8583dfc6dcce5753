/**
 * A settlement report, read line by line: what it comes to by month and kind of amount, and what it holds of each
 * order. It is either read whole or not at all; what cannot be read is named with its line. Total: any text gives an
 * answer.
 */
import { dayIn } from '#canon/day.ts'
import { formatMoney, parseMoney } from '#canon/money.ts'
import type { PayoutHead } from '#canon/payout.ts'
import { SETTLEMENT_GROUPS_MAX } from './limits.ts'
import { amountKindOf, type AmountKind } from './settlement-kinds.ts'
import { cellsOf, dayOf, type Head, headOf, momentIn } from './settlement-row.ts'

/** Amounts of one kind and month together, in minor units. */
export interface SettlementGroup extends AmountKind {
  /** Where the first of them stands. */
  line: number
  month: string
  /** In Amazon's words. */
  type: string
  net: number
}

export interface OrderShare {
  orderId: string
  net: number
  heads: Partial<Record<PayoutHead, number>>
}

export interface Settlement {
  settlementId: string
  currency: string
  total: number
  /** When the money reaches the bank. */
  issuedAt: string
  /** Month of the last day of its period. */
  closes: string
  groups: SettlementGroup[]
  orders: OrderShare[]
}

export interface Unreadable {
  /** Null when not even that could be read. */
  settlementId: string | null
  detail: string
}

export interface SettlementReader {
  take(line: string): void
  end(): Settlement | Unreadable
}

/** @param timeZone of the marketplace: its calendar says which month an amount belongs to. */
export function readSettlement(timeZone: string): SettlementReader {
  const monthOf = monthsIn(timeZone)
  let at = 0
  let head: Head | null = null
  let totals: Totals | null = null
  let settlementId: string | null = null
  let problem: string | null = null
  const groups = new Map<string, SettlementGroup>()
  const orders = new Map<string, OrderShare>()

  function takeRow(head: Head, line: string): string | null {
    const cells = cellsOf(line)
    const cell = (name: Parameters<Head['cell']>[1]) => head.cell(cells, name)
    settlementId ??= SETTLEMENT_ID.exec(cell('settlement-id'))?.[0] ?? null
    if (head.problem) return head.problem
    if (cells.length > 23) return `It has ${cells.length} cells, and there are 23 columns.`
    if (!totals) {
      const read = totalsOf(cell, monthOf)
      if (typeof read === 'string') return read
      totals = read
      return null
    }
    const strange = strangeIn(cell, totals)
    if (strange) return strange
    const amount = parseMoney(cell('amount'), totals.currency)
    if (!amount) return `The amount '${cell('amount').slice(0, 40)}' is none in ${totals.currency}.`
    const posted = momentIn(cell('posted-date-time'))
    const month = posted ? monthOf(posted) : cell('posted-date-time') === '' && dayOf(cell('posted-date'))?.slice(0, 7)
    if (!month)
      return `The day it was posted cannot be read in posted-date-time '${cell('posted-date-time').slice(0, 40)}'.`
    const [transaction, type, description] = [cell('transaction-type'), cell('amount-type'), cell('amount-description')]
    const kind = amountKindOf(transaction, type, description)
    addToGroup(groups, {
      line: at,
      month,
      type: [transaction, type, description].join('/').slice(0, 100),
      ...kind,
      net: amount.amount,
    })
    if (groups.size > SETTLEMENT_GROUPS_MAX) return `There are more than ${SETTLEMENT_GROUPS_MAX} kinds of amounts.`
    const orderId = cell('order-id')
    if (AMAZON_ORDER.test(orderId)) addToOrder(orders, orderId, kind.head, amount.amount)
    return null
  }

  return {
    take(line) {
      at += 1
      if (problem !== null || line.trim() === '') return
      if (!head) head = headOf(line)
      else {
        const found = takeRow(head, line)
        if (found !== null) problem = `Line ${head.problem ? 1 : at}: ${found}`
      }
    },
    end() {
      const lacks = head?.problem ? `Line 1: ${head.problem}` : totals ? null : 'It has no line with the totals.'
      const all = [...groups.values()]
      // Its movements are summed once more by the core.
      const sizes = [
        all.reduce((sum, { net }) => sum + Math.abs(net), 0),
        ...[...orders.values()].map(({ net }) => net),
      ]
      const isTooLarge = !sizes.every((size) => Number.isSafeInteger(size))
      const detail = problem ?? lacks ?? (isTooLarge ? 'Its amounts are beyond all measure.' : null)
      if (detail !== null || !totals) return { settlementId, detail: detail ?? '' }
      return { settlementId: settlementId ?? '', ...totals, groups: all, orders: [...orders.values()] }
    },
  }
}

/** Whether its lines come to its total. */
export const addsUp = ({ groups, total }: Settlement): boolean =>
  groups.reduce((sum, { net }) => sum + net, 0) === total

const SETTLEMENT_ID = /^\d{1,20}$/
/** Orders of other shops that Amazon ships have numbers of another form. */
const AMAZON_ORDER = /^\d{3}-\d{7}-\d{7}$/

type Cell = (name: Parameters<Head['cell']>[1]) => string
type Totals = Pick<Settlement, 'currency' | 'total' | 'issuedAt' | 'closes'>

/** The first line after the head. */
function totalsOf(cell: Cell, monthOf: (at: string) => string): Totals | string {
  const currency = cell('currency')
  if (!SETTLEMENT_ID.test(cell('settlement-id'))) return 'It names no settlement.'
  if (!/^[A-Z]{3}$/.test(currency)) return `The currency '${currency.slice(0, 20)}' is none.`
  const total = parseMoney(cell('total-amount'), currency)
  if (!total) return `The total '${cell('total-amount').slice(0, 40)}' is none in ${currency}.`
  const ends = momentIn(cell('settlement-end-date'))
  if (!ends) return `The settlement-end-date '${cell('settlement-end-date').slice(0, 40)}' cannot be read.`
  const deposit = cell('deposit-date')
  const issuedAt = momentIn(deposit) ?? (dayOf(deposit) && `${deposit}T00:00:00.000Z`)
  if (!issuedAt) return `The deposit-date '${deposit.slice(0, 40)}' cannot be read.`
  // A period ends where the next one begins: its last moment is the one before.
  const last = new Date(Date.parse(ends) - 1).toISOString()
  return { currency, total: total.amount, issuedAt, closes: monthOf(last) }
}

/** What contradicts the totals. */
function strangeIn(cell: Cell, { currency, total }: Totals): string | null {
  const other = cell('currency')
  if (other !== '' && other !== currency)
    return `The currency is '${other.slice(0, 20)}', and that of the total ${currency}.`
  const again = cell('total-amount')
  if (again !== '' && parseMoney(again, currency)?.amount !== total)
    return `It says another total: '${again.slice(0, 40)}' instead of ${formatMoney({ amount: total, currency })}.`
  return null
}

function addToGroup(groups: Map<string, SettlementGroup>, group: SettlementGroup): void {
  const key = `${group.month}/${group.type}`
  const known = groups.get(key)
  if (known) known.net += group.net
  else groups.set(key, group)
}

function addToOrder(orders: Map<string, OrderShare>, orderId: string, head: PayoutHead, amount: number): void {
  const order = orders.get(orderId) ?? { orderId, net: 0, heads: {} }
  order.net += amount
  order.heads[head] = (order.heads[head] ?? 0) + amount
  orders.set(orderId, order)
}

const QUARTER_MS = 900_000

/** No zone changes its day within a quarter of an hour, and asking for every line would take longer than reading. */
function monthsIn(timeZone: string): (at: string) => string {
  const known = new Map<number, string>()
  return (at) => {
    const quarter = Math.floor(Date.parse(at) / QUARTER_MS)
    const month = known.get(quarter) ?? dayIn(at, timeZone).slice(0, 7)
    if (known.size < 10_000) known.set(quarter, month)
    return month
  }
}
