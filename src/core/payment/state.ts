/** What is remembered of a payment at its provider, and the sums that follow from it. */
import type { Currency } from '#canon/money.ts'
import type { DisputeSeen, RefundStatus } from '#canon/payment.ts'
import type { PaymentPolicy } from '../policy.ts'

/** A refund of any origin. `unknown`: it was asked for, and nobody knows whether it was done. */
export interface Refund {
  /** Ours; null when somebody else made it. */
  requestId: string | null
  /** The provider's name of it; null while it has none. */
  refundId: string | null
  amount: number
  captureId?: string | undefined
  status: RefundStatus | 'asked' | 'unknown' | 'refused'
  /** The event that asked for it. */
  version: number
  reason: string
}

export interface Capture {
  requestId: string
  amount: number
  /** What is captured in all once it is done. */
  cumulative: number
  final: boolean
  status: 'asked' | 'done' | 'unknown' | 'refused'
  version: number
}

export interface Trouble {
  code: string
  detail: string
}

export interface PaymentState {
  version: number
  currency: Currency | null
  amount: number
  authorised: number
  captured: number
  /** By the provider's name of each capture, where it tells of them one by one. */
  parts?: Readonly<Record<string, number>>
  closed: boolean
  /** When what is authorised and not captured by then is lost, where the provider says so. */
  expiresAt?: string
  /** What it wants to be woken for, by name. */
  clocks?: Readonly<Record<string, string>>
  failure: string | null
  orderRef: string | null
  /** The order is here as well. */
  orderKnown: boolean
  captures: readonly Capture[]
  refunds: readonly Refund[]
  /** What the channel says it gave back on the order. */
  channelRefunded: number
  /** Whether that went through this provider. */
  channelRefunds: PaymentPolicy['channelRefunds']
  disputes: readonly DisputeSeen[]
  /** Names of the early fraud warnings. */
  warnings: readonly string[]
  /** Reviews by people at the provider, where there were any. `fraud`: that is how it ended. */
  reviews?: readonly { reviewId: string; open: boolean; fraud: boolean }[]
  voiding: { reason: string; status: 'asked' | 'unknown'; version: number } | null
  troubles: readonly Trouble[]
}

export const initial: PaymentState = {
  version: 0,
  currency: null,
  amount: 0,
  authorised: 0,
  captured: 0,
  closed: false,
  failure: null,
  orderRef: null,
  orderKnown: false,
  captures: [],
  refunds: [],
  channelRefunded: 0,
  channelRefunds: 'through_provider',
  disputes: [],
  warnings: [],
  voiding: null,
  troubles: [],
}

export const PAYMENT_STAGES = [
  'unknown', 'pending', 'failed', 'authorised', 'part_captured', 'captured', 'voided', 'part_refunded', 'refunded', 'disputed',
] as const // prettier-ignore
export type PaymentStage = (typeof PAYMENT_STAGES)[number]

export function stageOf(state: PaymentState): PaymentStage {
  const { captured, authorised, closed, currency, failure } = state
  if (currency === null) return 'unknown'
  if (isDisputed(state)) return 'disputed'
  const back = refundedOf(state)
  if (captured > 0 && back > 0) return back >= captured ? 'refunded' : 'part_refunded'
  if (captured > 0) return captured >= authorised || closed ? 'captured' : 'part_captured'
  if (closed) return 'voided'
  if (authorised > 0) return 'authorised'
  return failure === null ? 'pending' : 'failed'
}

/** Money did not go back, or never will: it counts as not given. */
const NOT_GIVEN: readonly Refund['status'][] = ['failed', 'canceled', 'refused']
const isGiven = ({ status }: Refund): boolean => !NOT_GIVEN.includes(status)

const total = (all: readonly { amount: number }[]): number => all.reduce((sum, { amount }) => sum + amount, 0)

/** What went back by the provider's books, or is on its way. */
export const refundedOf = ({ refunds }: PaymentState): number =>
  total(refunds.filter((one) => isGiven(one) && one.refundId !== null))

/** A dispute over money that is neither won, lost nor closed. */
export const isDisputed = ({ disputes }: PaymentState): boolean =>
  disputes.some(({ status }) => status === 'open' || status === 'answered')

/** What banks have taken back and not returned. */
export const withdrawnOf = ({ disputes }: PaymentState): number =>
  disputes.reduce((sum, { withdrawn, returned }) => sum + Math.max(0, withdrawn - returned), 0)

/**
 * What may still be given back, over all systems together: what was captured, less every refund that was or may have
 * been made by us, at the provider or in the channel, less what banks took. When two books may speak of the same money
 * and nothing proves it, it counts twice: a refund too few can be made later, one too many cannot be taken back.
 */
export function refundable(state: PaymentState): number {
  const given = state.refunds.filter(isGiven)
  const ours = total(given.filter(({ requestId }) => requestId !== null))
  const theirs = total(given.filter(({ requestId }) => requestId === null))
  const others =
    state.channelRefunds === 'through_provider'
      ? Math.max(theirs, state.channelRefunded)
      : theirs + state.channelRefunded
  return state.captured - ours - others - withdrawnOf(state)
}

/**
 * What is taken from which capture, where the provider gives back by capture: the first that has something left, first.
 * What fits nowhere, since refunds of others name no capture, is left to the last one, and to the provider to refuse.
 */
export function refundParts(state: PaymentState, amount: number): { captureId?: string; share: number }[] {
  const shares: { captureId?: string; share: number }[] = []
  let rest = amount
  for (const [captureId, captured] of Object.entries(state.parts ?? {})) {
    const given = total(state.refunds.filter((one) => isGiven(one) && one.captureId === captureId))
    const share = Math.min(rest, captured - given)
    if (share <= 0) continue
    shares.push({ captureId, share })
    rest -= share
  }
  const last = shares.at(-1)
  if (!last) return [{ share: amount }]
  last.share += rest
  return shares
}

/** What may still be captured, less what was asked for and is not known to be done. */
export function capturable({ authorised, captured, closed, captures }: PaymentState): number {
  if (closed) return 0
  const open = captures.filter(({ status }) => status === 'asked' || status === 'unknown')
  if (open.some(({ final }) => final)) return 0
  return authorised - Math.max(captured, ...open.map(({ cumulative }) => cumulative))
}
