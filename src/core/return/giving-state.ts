/**
 * Money the hub gives back: what is remembered of each refund it was asked for, and what may still be given, over all
 * systems together.
 */
import type { Money } from '#canon/money.ts'
import type { RefundStatus } from '#canon/payment.ts'
import { exchangedOf, piecesExchanged } from './exchange-state.ts'
import { countOf, ofTills, type Pieces, plus, type ReturnReason, type ReturnState } from './state.ts'

/** What one line of the order is worth now: of the pieces still on it, in the way the order counts. */
export interface LineWorth {
  lineId: string
  ordered: number
  /** Pieces the amounts are for. */
  quantity: number
  amount: Money
  tax: Money
}

/** From the order, fresh with every request: what was paid for it, where, and for what. */
export interface Purse {
  /** What the channel took for it, by its own books; zero unless it says that it is paid. */
  paid: Money
  /** Sum of what the channel says it gave back. */
  refunded: Money
  /** Payments at providers that the hub knows. */
  payments: readonly { provider: string; paymentId: string; captured: Money }[]
  lines: readonly LineWorth[]
  shipping: { amount: Money; tax: Money }
}

/** A person's words, or the policy's, for money that is to go back. */
export interface GiveRefund {
  type: 'refund.give'
  /** Names the refund for good: asking twice gives once. */
  requestId: string
  lines: readonly Pieces[]
  /** All that goes back, tax included; what the lines are worth, and the fee is not, unless said. */
  amount?: Money | undefined
  /** What was paid for shipping goes back as well. */
  shipping?: boolean | undefined
  /** Kept of what the lines are worth. */
  fee?: Money | undefined
  reason: ReturnReason
  /** Who asks: a person's name, or `policy`. */
  by: string
  /** The exchange whose rest it is: that is credited as a whole. */
  exchange?: string | undefined
}

export type PartStep = 'asked' | 'given' | 'unknown' | 'refused' | 'failed'

/** One call: to the channel, or to one payment at its provider. */
export interface Part {
  requestId: string
  payment: { provider: string; paymentId: string } | null
  amount: Money
  step: PartStep
  /** As who gave it names it. */
  refundId: string | null
  /** As credit with the channel. */
  storeCredit?: true
  /** Refunds in the channel that were known when it was first asked for. */
  known?: readonly string[]
  /** Of the event that last asked for it. */
  version: number
}

export interface Share {
  amount: Money
  tax: Money
}

/** What goes back, worked out. */
export interface Worth {
  amount: Money
  lines: readonly (Pieces & Share)[]
  shipping: Share | null
  fee: Money
}

export interface Giving {
  requestId: string
  reason: ReturnReason
  by: string
  at: string
  worth: Worth
  step: 'approval' | 'going' | 'declined'
  exchange?: string
  approvedBy: string | null
  parts: readonly Part[]
}

/** A refund somebody made at the provider without the hub. */
export interface Foreign {
  provider: string
  refundId: string
  amount: Money
  status: RefundStatus
  at: string
  /** Of the event that first told of it. */
  version: number
}

/** Nothing went back, or it came back: only then may the same money be given again. */
const LOST: readonly string[] = ['refused', 'failed', 'canceled']
const total = (all: readonly { amount: Money }[]): number => all.reduce((sum, { amount }) => sum + amount.amount, 0)

export const partsOf = ({ givings = [] }: ReturnState): Part[] =>
  givings.flatMap(({ parts }) => parts).filter(({ step }) => !LOST.includes(step))

/** Refunds the channel tells of: the hub's own among them once the channel has told of them. */
const ofChannel = ({ refunds, givings = [] }: ReturnState) => {
  const made = givings.flatMap(({ parts }) => parts.filter((part) => part.payment).map(({ requestId }) => requestId))
  return refunds.filter(({ refund, from, cameBack }) => from === undefined && !cameBack && !made.includes(refund.id))
}

/**
 * What went back or may have, by all books together. A refund that two books tell of counts once where its amount says
 * that it is the same, and else twice: one too few can be made later. What nobody answered for counts as given.
 *
 * @param through whether a refund in the channel is made at the provider as well, so that both books have it.
 */
export function givenOf(state: ReturnState, purse: Pick<Purse, 'refunded'>, through: boolean): number {
  const ours = partsOf(state)
  const told = ofChannel(state).map(({ refund }) => refund)
  const untold = ours.filter(({ payment, refundId }) => !payment && !told.some(({ id }) => id === refundId))
  const inChannel = Math.max(total(told), purse.refunded.amount) + total(untold)
  const foreign = (state.foreign ?? []).filter(({ status }) => !LOST.includes(status))
  const atProvider = total(ours.filter(({ payment }) => payment))
  const atTills = ofTills(state)
  const others = through ? beside(foreign, [...told, ...atTills], untold) : foreign
  return exchangedOf(state) + total(atTills) + atProvider + inChannel + total(others)
}

/**
 * Refunds at the provider that are none of the channel's: each of those accounts for one of its own amount. One that
 * the hub had the channel make accounts only for what was seen after it was asked for, and only once it was made.
 */
function beside(foreign: readonly Foreign[], told: readonly { amount: Money }[], untold: readonly Part[]): Foreign[] {
  const made = untold.filter(({ step }) => step === 'given')
  const open = [...told.map(({ amount }) => ({ amount, version: 0 })), ...made]
  return foreign.filter(({ amount, version }) => {
    const at = open.findIndex((one) => one.amount.amount === amount.amount && one.version < version)
    if (at >= 0) open.splice(at, 1)
    return at < 0
  })
}

/** Pieces of a line whose money is back, or on its way. */
export function paidBack(state: ReturnState, lineId: string): number {
  const told = [...ofChannel(state).map(({ refund }) => refund), ...ofTills(state)]
  const hub = (state.givings ?? []).filter(
    ({ step, parts }) =>
      step === 'approval' ||
      (step === 'going' && !parts.every((part) => LOST.includes(part.step) || isToldWithPieces(part, told))),
  )
  const lines = hub.reduce<Pieces[]>((all, { worth }) => plus(all, worth.lines), piecesExchanged(state))
  return countOf(lines, lineId) + told.reduce((all, { lines: theirs }) => all + countOf(theirs, lineId), 0)
}

/** Names of all refunds in the channel that are known: told by it, or made by us. */
export const knownInChannel = (state: ReturnState): string[] => [
  ...new Set([
    ...ofChannel(state).map(({ refund }) => refund.id),
    ...partsOf(state).flatMap(({ payment, refundId }) => (payment || refundId === null ? [] : [refundId])),
  ]),
]

const isToldWithPieces = (
  { payment, refundId }: Part,
  told: readonly { id: string; lines: readonly unknown[] }[],
): boolean => payment === null && refundId !== null && told.some(({ id, lines }) => id === refundId && lines.length > 0)

export type GivingStage = 'approval' | 'declined' | 'asked' | 'unknown' | 'given' | 'failed' | 'refused'

/** The worst of its parts says how a refund stands. */
export function stageOf({ step, parts }: Giving): GivingStage {
  if (step !== 'going') return step
  const worst = (['unknown', 'failed', 'refused', 'asked'] as const).find((one) =>
    parts.some((part) => part.step === one),
  )
  return worst ?? 'given'
}
