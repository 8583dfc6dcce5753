/** Returns and refunds as people look at them: one row an order, what waits for whom, and what a refund would do. */
import { formatMoney, type Money } from '#canon/money.ts'
import type { OrderState } from '#core/order/state.ts'
import { purseOf } from '#core/order/purse.ts'
import type { Policy } from '#core/policy.ts'
import { leftToGive, plan } from '#core/return/giving.ts'
import type { GiveRefund } from '#core/return/giving-state.ts'
import { initial, type ReturnState } from '#core/return/state.ts'
import { streams } from '#core/streams.ts'
import type { Sql } from '#store/database.ts'
import { listStreams, readStates, type StreamFilter, type StreamStateRow } from '#store/views.ts'
import { amountOf } from './amount.ts'
import { pageOf, readCursor } from './paging.ts'
import { type Awaited, awaitsOf, viewOf } from './return-view.ts'

export interface ReturnFilter {
  status?: 'open' | 'settled' | undefined
  attention?: boolean | undefined
  channel?: string | undefined
  /** Only what somebody has to do something about, and who that is. */
  awaits?: Exclude<Awaited, 'goods'> | undefined
  cursor?: string | undefined
  limit: number
}

/** @returns null when the cursor is none of ours. */
export async function listReturns(sql: Sql, { channel, cursor, limit, awaits, ...filter }: ReturnFilter) {
  const after = readCursor(cursor)
  if (after === null) return null
  const prefix = channel === undefined ? undefined : streams.returns(channel, '')
  const wanted: StreamFilter = { kind: 'return', ...filter, prefix, after, limit: limit + 1 }
  const rows = awaits ? await rowsAwaiting(sql, wanted, awaits) : await listStreams(sql, wanted)
  return pageOf(rows, limit, returnRow)
}

const BATCH = 200

/** Whoever waits is told by the state alone; only what is not settled is looked through. */
async function rowsAwaiting(sql: Sql, wanted: StreamFilter, awaits: Awaited): Promise<StreamStateRow[]> {
  const found: StreamStateRow[] = []
  let after = wanted.after
  for (;;) {
    const rows = await listStreams(sql, { ...wanted, unsettled: true, after, limit: BATCH })
    found.push(...rows.filter(({ state }) => awaitsOf(state as unknown as ReturnState).includes(awaits)))
    const last = rows.at(-1)
    if (!last || rows.length < BATCH || found.length >= wanted.limit) return found.slice(0, wanted.limit)
    after = { createdAt: last.created_at, stream: last.stream }
  }
}

export function returnRow(row: StreamStateRow) {
  const [, channel = '', externalId = ''] = row.stream.split('/')
  const { label, status, attention, updated_at: updatedAt } = row
  return { channel, externalId, label, status, attention, updatedAt, ...viewOf(row.state as unknown as ReturnState) }
}

async function booksOf(sql: Sql, channel: string, externalId: string) {
  const [own, back] = [streams.order(channel, externalId), streams.returns(channel, externalId)]
  const states = await readStates(sql, [own, back])
  const of = (stream: string) => states.find((one) => one.stream === stream)?.state
  const { order, payments } = (of(own) ?? {}) as unknown as Partial<OrderState>
  return order ? { order, payments, known: (of(back) ?? initial) as unknown as ReturnState } : null
}

/** All that can still go back on an order. Null when the hub knows no such order, or gives nothing back on it. */
export async function refundable(sql: Sql, policy: Policy, channel: string, externalId: string): Promise<Money | null> {
  const books = await booksOf(sql, channel, externalId)
  if (!books) return null
  const purse = purseOf(books.order, books.payments)
  const amount = leftToGive(books.known, purse, policy, channel)
  return amount === null ? null : { amount, currency: purse.paid.currency }
}

/** What a refund would do in every system, or why it would not be given. Null when the hub knows no such order. */
export async function previewRefund(
  sql: Sql,
  policy: Policy,
  { channel, externalId, at }: { channel: string; externalId: string; at: string },
  request: GiveRefund,
) {
  const books = await booksOf(sql, channel, externalId)
  if (!books) return null
  const { order, payments, known } = books
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
