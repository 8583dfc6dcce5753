/** What came back of one order, goods and money, and what waits for whom. */
import { type Exchange, owedOf } from '#core/return/exchange-state.ts'
import { type Giving, stageOf } from '#core/return/giving-state.ts'
import type { KnownRefund, ReturnState } from '#core/return/state.ts'
import { amountOf } from './amount.ts'

/** Who has to do something: a second person, who keeps the books, who gives the money, the warehouse. */
export const AWAITED = ['approval', 'accounting', 'answer', 'goods'] as const
export type Awaited = (typeof AWAITED)[number]

export const viewOf = (state: ReturnState) => ({
  awaits: awaitsOf(state),
  returns: state.returns.map(({ id, reason, step, lines }) => ({ returnId: id, reason, step, lines: [...lines] })),
  arrivals: state.arrivals.map(({ key, from, pool, step, lines }) => ({ key, from, pool, step, lines: [...lines] })),
  refunds: state.refunds.map(refundView),
  givings: (state.givings ?? []).map(givingView),
  exchanges: (state.exchanges ?? []).map(exchangeView),
})

const refundView = ({ refund, from, step, credit, cameBack }: KnownRefund) => ({
  refundId: refund.id,
  at: refund.at,
  from: from ?? ('channel' as const),
  amount: amountOf(refund.amount),
  step,
  credit: credit?.number ?? null,
  cameBack: cameBack === true,
})

function givingView(giving: Giving) {
  const { requestId, at, reason, by, approvedBy, worth, parts } = giving
  return {
    requestId,
    at,
    reason,
    by,
    approvedBy,
    stage: stageOf(giving),
    amount: amountOf(worth.amount),
    fee: amountOf(worth.fee),
    through: parts.map(({ payment }) => payment?.provider ?? 'channel'),
  }
}

const exchangeView = ({ exchangeId, at, by, step, worth, total, goods }: Exchange) => ({
  exchangeId,
  at,
  by,
  step,
  back: amountOf(worth.amount),
  out: amountOf(total),
  owed: amountOf(owedOf({ worth, total })),
  goods: goods.map(({ sku, quantity }) => ({ sku, quantity })),
})

export function awaitsOf({ refunds, givings = [], returns }: ReturnState): Awaited[] {
  const stages = givings.map(stageOf)
  const inBooks = refunds.some(
    ({ step, cameBack, replacedBy }) =>
      ['waiting', 'asked', 'failed', 'beyond'].includes(step) ||
      (cameBack === true && step === 'credited' && replacedBy === undefined),
  )
  const found: Record<Awaited, boolean> = {
    approval: stages.includes('approval'),
    accounting: inBooks,
    answer: stages.includes('unknown') || stages.includes('asked'),
    goods: returns.some(({ step }) => step === 'authorised'),
  }
  return AWAITED.filter((one) => found[one])
}
