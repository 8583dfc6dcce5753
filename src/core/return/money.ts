/**
 * Money that was given back, carried into the books: each refund becomes one credit note, once its invoice is there.
 * All of them together never come to more than the invoice.
 */
import { add, money, type Money, subtract, sum } from '#canon/money.ts'
import type { Refund } from '#canon/order.ts'
import { dayIn } from '#canon/day.ts'
import type { CreditAsk } from '../intents.ts'
import { type ChannelPolicy, DEFAULT_RETURNS } from '../policy.ts'
import { isRest } from './exchange.ts'
import { isTwin } from './foreign.ts'
import { replaced } from './given.ts'
import type { ReturnEvent } from './return.ts'
import { countOf, type KnownRefund, type OrderFacts, type ReturnState } from './state.ts'

/** Refunds that came in, or that tell more than they did before. */
export function heardEvents(state: ReturnState, refunds: readonly Refund[]): ReturnEvent[] {
  return refunds.flatMap((told): ReturnEvent[] => {
    const refund = withPieces(state, told)
    const known = state.refunds.find((one) => one.refund.id === refund.id)
    if (known?.refund.amount.amount === refund.amount.amount) return []
    if (known?.asked) return [{ type: 'refund.changed', refundId: refund.id, amount: refund.amount }]
    return [{ type: 'refund.heard', refund }]
  })
}

/** A channel that gives money alone does not say for which pieces; of a refund of ours we do. */
function withPieces({ givings = [] }: ReturnState, refund: Refund): Refund {
  if (refund.lines.length > 0) return refund
  const ours = givings.find(({ parts }) => parts.some((part) => !part.payment && part.refundId === refund.id))
  if (!ours || ours.worth.lines.length === 0) return refund
  const { lines, shipping } = ours.worth
  return {
    ...refund,
    lines: lines.map((line) => ({ ...line, restocked: 0, returned: 0 })),
    ...(shipping ? { shipping } : {}),
  }
}

/** What each refund that waits calls for now. */
export function creditEvents(state: ReturnState, channel: ChannelPolicy): ReturnEvent[] {
  const { facts } = state
  if (!facts) return []
  const events: ReturnEvent[] = []
  let credited = asked(state, facts.currency)
  for (const known of state.refunds) {
    if (known.step !== 'waiting') continue
    const event = creditOf(state, known, facts, channel, credited)
    if (!event) continue
    events.push(event)
    if (event.type === 'refund.creditAsked') credited = add(credited, event.credit.total)
  }
  return events
}

/** Everything the ERP was ever asked to credit: a call that failed may have been done all the same. */
export const asked = ({ refunds }: ReturnState, currency: string): Money =>
  sum(refunds.flatMap((one) => (one.asked ? [one.asked] : [])), currency) // prettier-ignore

type Credit = Extract<ReturnEvent, { type: 'refund.creditAsked' | 'refund.settled' | 'refund.beyond' }>

function creditOf(
  state: ReturnState,
  known: KnownRefund,
  facts: OrderFacts,
  channel: ChannelPolicy,
  credited: Money,
): Credit | null {
  const { refund, back } = known
  const refundId = refund.id
  if (known.cameBack) return { type: 'refund.settled', refundId, why: 'came_back' }
  if (isTwin(state, known)) return { type: 'refund.settled', refundId, why: 'told_by_provider' }
  const rest = isRest(state, known)
  if (rest === 'unknown') return null
  if (rest) return { type: 'refund.settled', refundId, why: 'exchanged' }
  const earlier = known.from !== 'exchange' ? replaced(state, refund.amount) : null
  if (earlier !== null) return { type: 'refund.settled', refundId, why: 'credited_before', replaces: earlier }
  if (channel.invoice === 'never') return { type: 'refund.settled', refundId, why: 'not_ours' }
  if (facts.billing === 'closed') return { type: 'refund.settled', refundId, why: 'never_invoiced' }
  const { invoice, saleId } = facts
  if (!invoice || !saleId || back === null) return null
  if (refund.amount.currency !== invoice.total.currency)
    return { type: 'refund.beyond', refundId, why: 'currency', left: subtract(invoice.total, credited) }
  const parts = partsOf(refund, facts, invoice.included.includes(refundId))
  // Not even the pieces: an edit of the order, or money that is still on its way.
  if (parts.total.amount <= 0) {
    if (refund.amount.amount === 0 && !invoice.included.includes(refundId)) return null
    return { type: 'refund.settled', refundId, why: 'in_invoice' }
  }
  if ((channel.returns ?? DEFAULT_RETURNS).credit === 'after_receipt' && !isReceived(state, refund)) return null
  const left = subtract(invoice.total, credited)
  if (parts.total.amount > left.amount) return { type: 'refund.beyond', refundId, why: 'amount', left }
  return {
    type: 'refund.creditAsked',
    refundId,
    saleId,
    invoiceId: invoice.invoiceId,
    date: dayIn(refund.at, channel.timeZone),
    credit: {
      ...parts,
      lines: parts.lines.map((line) => ({ ...line, back: isBack(state, back, line) })),
    },
  }
}

type Parts = Pick<CreditAsk, 'total' | 'other' | 'shipping'> & { lines: Omit<CreditAsk['lines'][number], 'back'>[] }

/**
 * What a credit note is made of. An invoice that was made after the refund is less by its pieces and its shipping
 * already: only what was given back beyond them is left to credit.
 */
export function partsOf(refund: Refund, { currency, taxesIncluded }: OrderFacts, included: boolean): Parts {
  const lines = refund.lines
    .filter(({ amount, tax }) => amount.amount !== 0 || tax.amount !== 0)
    .map(({ lineId, quantity, amount, tax }) => ({ lineId, quantity, amount, tax }))
  const { shipping } = refund
  const shares = [...lines, ...(shipping ? [shipping] : [])]
  const named = sum(
    shares.map(({ amount, tax }) => (taxesIncluded ? amount : add(amount, tax))),
    currency,
  )
  const other = subtract(refund.amount, named)
  if (included) return { total: other.amount > 0 ? other : money(0, currency), lines: [], other }
  return { total: refund.amount, lines, other, ...(shipping ? { shipping } : {}) }
}

/** Whether each piece of it is back, told by whomever. */
const isReceived = ({ told }: ReturnState, { lines }: Refund): boolean =>
  lines.every(({ lineId, quantity }) => countOf(told.receipt, lineId) >= quantity || quantity === 0)

function isBack(state: ReturnState, back: KnownRefund['back'], { lineId, quantity }: Parts['lines'][number]): boolean {
  return quantity > 0 && Math.max(countOf(back ?? [], lineId), countOf(state.told.receipt, lineId)) >= quantity
}
