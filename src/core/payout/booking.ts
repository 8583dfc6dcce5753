/**
 * A payout in the ERP's books: what is on its way to the bank and what was kept as fees, against the accounts on which
 * the money waited. Where the provider tells months, each has an entry of its own, so that its fees are in its books.
 * Every entry balances, and together they bring to the bank what the payout says, to the cent.
 */
import { add, type Money, negate, sum, zero } from '#canon/money.ts'
import type { PayoutHead, PayoutLine, PayoutLineKind, PayoutSeen } from '#canon/payout.ts'
import { dayIn } from '#canon/day.ts'
import type { PayoutAccounts, PayoutPolicy } from '../policy.ts'

export type PayoutRole = keyof PayoutAccounts

export interface PayoutItem {
  role: PayoutRole
  /** Code in the ERP. */
  account: string
  name: string
  /** What is more on the account; less than nothing for what leaves it. */
  amount: Money
}

export interface PayoutEntry {
  /** Names it within the payout for good: its month, or `all`. */
  key: string
  /** `2026-10-31` */
  date: string
  items: readonly PayoutItem[]
}

/** What is asked of the ERP's books, and how far that is. `version`: of the event that last asked. */
export interface PayoutBooking {
  version: number
  step: 'asked' | 'booked' | 'failed'
  journal: string
  entries: readonly PayoutEntry[]
}

const BY_HEAD: Readonly<Record<PayoutHead, PayoutRole>> = {
  principal: 'takings',
  tax: 'takings',
  shipping: 'takings',
  promotion: 'takings',
  commission: 'fees',
  fulfilment: 'fees',
  reserve: 'other',
  other: 'other',
}
const BY_KIND: Readonly<Record<PayoutLineKind, PayoutRole>> = {
  charge: 'takings',
  refund: 'takings',
  dispute: 'disputes',
  fee: 'fees',
  adjustment: 'other',
  transfer: 'other',
  unknown: 'unknown',
}

/** What it is for decides, but for what is nothing of an order's. */
const roleOf = (kind: PayoutLineKind, head: PayoutHead | undefined): PayoutRole =>
  head && ['charge', 'refund', 'adjustment', 'transfer'].includes(kind) ? BY_HEAD[head] : BY_KIND[kind]

/** The entries of one that adds up. Nothing of nothing. */
export function entriesOf({ issuedAt, net, lines, closes }: PayoutSeen, rules: PayoutPolicy): PayoutEntry[] {
  const day = dayIn(issuedAt, rules.timeZone)
  const own = lines.filter((line) => line.net.currency === net.currency)
  const isByMonth = closes !== undefined && own.every(({ month }) => month !== undefined)
  const groups = Map.groupBy(own, ({ month }) => (isByMonth ? month! : 'all'))
  return [...groups]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, of]) => ({
      key,
      date: key === 'all' || key >= day.slice(0, 7) ? day : lastDayOf(key),
      items: itemsOf(of, net.currency, rules.accounts),
    }))
    .filter(({ items }) => items.length > 0)
}

function itemsOf(lines: readonly PayoutLine[], currency: string, accounts: PayoutAccounts): PayoutItem[] {
  const found = new Map<string, PayoutItem>()
  const book = (role: PayoutRole, name: string, amount: Money): void => {
    const known = found.get(`${role} ${name}`)
    found.set(`${role} ${name}`, {
      role,
      account: accounts[role],
      name,
      amount: known ? add(known.amount, amount) : amount,
    })
  }
  for (const { lineId, kind, type, head, net, fee: kept } of lines) {
    // Of another currency nobody knows what it comes to here: the movement is booked as it came.
    const fee = kept.currency === currency ? kept : zero(currency)
    const isKnown = kind !== 'unknown'
    // What nobody knows stands by itself, under its own name: in no adjustment.
    const name = isKnown ? (head ?? kind) : `${type} ${lineId}`
    book(roleOf(kind, head), name, negate(sum([net, fee], currency)))
    book('fees', 'fee', fee)
    book('transit', 'on its way to the bank', net)
  }
  return [...found.values()].filter(({ amount }) => amount.amount !== 0)
}

const lastDayOf = (month: string): string => {
  const [year, number] = month.split('-').map(Number)
  return new Date(Date.UTC(year!, number!, 0)).toISOString().slice(0, 10)
}

/** The same by today's accounts. */
export const accountedAnew = (entries: readonly PayoutEntry[], { accounts }: PayoutPolicy): PayoutEntry[] =>
  entries.map((entry) => ({ ...entry, items: entry.items.map((item) => ({ ...item, account: accounts[item.role] })) }))

/** Whether two pictures book the same. */
export const booksTheSame = (one: readonly PayoutEntry[], other: readonly PayoutEntry[]): boolean =>
  textOf(one) === textOf(other)

const textOf = (entries: readonly PayoutEntry[]): string =>
  entries
    .flatMap(({ key, items }) => items.map(({ role, name, amount }) => `${key} ${role} ${name} ${amount.amount}`))
    .toSorted()
    .join('\n')
