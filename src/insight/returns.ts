/** Returns and refunds as people look at them: one row an order, what waits for whom, and what a refund would do. */
import { formatMoney, type Money } from '#canon/money.ts'
import type { OrderState } from '#core/order/state.ts'
import { purseOf } from '#core/order/purse.ts'
import type { Policy } from '#core/policy.ts'
import { plan } from '#core/return/giving.ts'
import { type GiveRefund, type Giving, stageOf } from '#core/return/giving-state.ts'
import { initial, type KnownRefund, type ReturnState } from '#core/return/state.ts'
import { streams } from '#core/streams.ts'
import type { Sql } from '#store/database.ts'
import { listStreams, readStates, type StreamStateRow } from '#store/views.ts'
import { amountOf } from './orders.ts'
import { pageOf, readCursor } from './paging.ts'

/** Who has to do something: a second person, who keeps the books, who gives the money, the warehouse. */
export const AWAITED = ['approval', 'accounting', 'answer', 'goods'] as const
export type Awaited = (typeof AWAITED)[number]

export interface ReturnFilter {
  status?: 'open' | 'settled' | undefined
  attention?: boolean | undefined
  channel?: string | undefined
  cursor?: string | undefined
  limit: number
}

/** @returns null when the cursor is none of ours. */
export async function listReturns(sql: Sql, { channel, cursor, limit, ...filter }: ReturnFilter) {
  const after = readCursor(cursor)
  if (after === null) return null
  const prefix = channel === undefined ? undefined : streams.returns(channel, '')
  const rows = await listStreams(sql, {
    kind: 'return',
    ...filter,
    prefix,
    labels: undefined,
    after: after ?? undefined,
    limit: limit + 1,
  })
  return pageOf(rows, limit, returnRow)
}

export function returnRow(row: StreamStateRow) {
  const [, channel = '', externalId = ''] = row.stream.split('/')
  const { label, status, attention, updated_at: updatedAt } = row
  return { channel, externalId, label, status, attention, updatedAt, ...viewOf(row.state as unknown as ReturnState) }
}

export const viewOf = (state: ReturnState) => ({
  awaits: awaitsOf(state),
  returns: state.returns.map(({ id, reason, step, lines }) => ({ returnId: id, reason, step, lines: [...lines] })),
  arrivals: state.arrivals.map(({ key, from, pool, step, lines }) => ({ key, from, pool, step, lines: [...lines] })),
  refunds: state.refunds.map(refundView),
  givings: (state.givings ?? []).map(givingView),
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

/** What a refund would do in every system, or why it would not be given. Null when the hub knows no such order. */
export async function previewRefund(
  sql: Sql,
  policy: Policy,
  { channel, externalId, at }: { channel: string; externalId: string; at: string },
  request: GiveRefund,
) {
  const [own, back] = [streams.order(channel, externalId), streams.returns(channel, externalId)]
  const states = await readStates(sql, [own, back])
  const of = (stream: string) => states.find((one) => one.stream === stream)?.state
  const { order, payments } = (of(own) ?? {}) as unknown as Partial<OrderState>
  if (!order) return null
  const known = (of(back) ?? initial) as unknown as ReturnState
  const { currency, taxesIncluded, name: orderName } = order
  const blank = { pool: '', wanted: [], saleId: null, invoice: null, billing: 'later' as const }
  const state = { ...known, facts: known.facts ?? { orderName, currency, taxesIncluded, ...blank } }
  const command = { ...request, purse: purseOf(order, payments) }
  const found = plan(state, command, policy, { channel, at, unapproved: true })
  if ('refused' in found) return { ...NOTHING, refused: { code: found.refused, reason: found.reason } }
  const wanted = found.find((event) => event.type === 'refund.wanted')
  const asked = found.find((event) => event.type === 'refund.giveAsked')
  if (!wanted || !asked) return NOTHING
  const { needsApproval, worth } = wanted
  return {
    refused: null,
    amount: amountOf(worth.amount),
    fee: amountOf(worth.fee),
    needsApproval,
    steps: [
      ...(needsApproval ? [{ system: 'hub', does: 'Waits until somebody else approves it.' }] : []),
      ...asked.parts.map((part) => ({
        system: part.payment?.provider ?? channel,
        does: `${words(part.amount)} goes back.`,
      })),
      ...(policy.channels[channel]?.invoice === 'never'
        ? []
        : [{ system: 'erp', does: `A credit note of ${words(worth.amount)}, once it is invoiced.` }]),
      { system: 'stock', does: 'Nothing: what came back is booked when somebody receives it.' },
    ],
  }
}

/** It was asked for before, under this name. */
const NOTHING = { refused: null, amount: null, fee: null, needsApproval: false, steps: [] }

const words = (money: Money): string => `${formatMoney(money)} ${money.currency}`
