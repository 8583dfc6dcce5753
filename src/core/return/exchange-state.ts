/** What is remembered of an exchange, and what it counts for where money is given back. */
import { money, type Money } from '#canon/money.ts'
import type { OrderLine } from '#canon/order.ts'
import type { Worth } from './giving-state.ts'
import type { Pieces, Received, ReturnReason, ReturnState } from './state.ts'

export interface Exchange {
  exchangeId: string
  reason: ReturnReason
  by: string
  /** When it was agreed. */
  at: string
  /** What comes back, and what it comes to. */
  worth: Worth
  goods: readonly OrderLine[]
  total: Money
  /** `open`: what comes back is not here yet; `stopped`: it is not what was agreed, and a person decides. */
  step: 'open' | 'sent' | 'paid' | 'stopped'
  received: readonly Received[]
}

/** What the customer still has to pay for what goes out. */
export const owedOf = ({ worth, total }: Pick<Exchange, 'worth' | 'total'>): Money =>
  money(Math.max(0, total.amount - worth.amount.amount), total.currency)

/** Of what was captured, so much has gone out as goods. */
export const exchangedOf = ({ exchanges = [] }: ReturnState): number =>
  exchanges.reduce(
    (all, { step, worth, total }) => all + (step === 'stopped' ? 0 : Math.min(worth.amount.amount, total.amount)),
    0,
  )

/** Pieces that other goods went out for, or will. */
export const piecesExchanged = ({ exchanges = [] }: ReturnState): Pieces[] =>
  exchanges.flatMap(({ step, worth }) => (step === 'stopped' ? [] : worth.lines))
