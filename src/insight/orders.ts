/** Orders as people look at them: rows of a list, and the page of one with all that happened to it. */
import { sum } from '#canon/money.ts'
import type { Order } from '#canon/order.ts'
import type { FulfilmentState } from '#core/fulfilment/fulfilment.ts'
import type { LabelState } from '#core/parcel/label-state.ts'
import type { OrderPromise } from '#core/order/promises.ts'
import type { OrderPayment } from '#core/order/payment.ts'
import type { OrderState } from '#core/order/state.ts'
import { headPool, poolOf } from '#core/order/route.ts'
import type { ReturnState } from '#core/return/state.ts'
import type { RouteState } from '#core/route/route.ts'
import { streams } from '#core/streams.ts'
import type { OrderStatus } from '#core/summary.ts'
import type { Sql } from '#store/database.ts'
import { readTrace } from '#store/trace.ts'
import { listStreams, readState, type StreamStateRow } from '#store/views.ts'
import { amountOf } from './amount.ts'
import { cureOf } from './cures.ts'
import { holdView } from './hold-view.ts'
import { createMask, maskedCustomer } from './masking.ts'
import { labelViews } from './labels.ts'
import { parcelView } from './order-parcels.ts'
import { acceptanceOf, reservationOf, routeOf } from './order-routes.ts'
import { pageOf, readCursor } from './paging.ts'
import { viewOf } from './return-view.ts'
import { HOPS_MAX, hopsOf, learnTrace } from './trace.ts'

export interface OrderFilter {
  status?: OrderStatus | undefined
  attention?: boolean | undefined
  channel?: string | undefined
  q?: string | undefined
  cursor?: string | undefined
  limit: number
}

/** @returns null when the cursor is none of ours. */
export async function listOrders(sql: Sql, { channel, q, cursor, limit, ...filter }: OrderFilter) {
  const after = readCursor(cursor)
  if (after === null) return null
  const rows = await listStreams(sql, {
    kind: 'order',
    ...filter,
    prefix: channel === undefined ? undefined : streams.order(channel, ''),
    labels: q === undefined ? undefined : q.startsWith('#') ? [q] : [q, `#${q}`],
    after: after ?? undefined,
    limit: limit + 1,
  })
  return pageOf(rows, limit, orderRow)
}

export function orderRow(row: StreamStateRow) {
  const { order, exceptions } = row.state as unknown as OrderState
  const [, channel = '', externalId = ''] = row.stream.split('/')
  return {
    channel,
    externalId,
    label: row.label,
    status: row.status as OrderStatus,
    attention: row.attention,
    codes: exceptions.map(({ code }) => code),
    total: order ? amountOf(order.total) : null,
    placedAt: order?.placedAt ?? null,
    updatedAt: row.updated_at,
    customerMasked: maskedCustomer(order),
  }
}

/** All from one statement: see store/trace.ts. @returns null when the hub knows no such order. */
export async function orderPage(sql: Sql, channel: string, externalId: string, kinds: ReadonlyMap<string, string>) {
  const stream = streams.order(channel, externalId)
  const shipping = streams.fulfilment(channel, externalId)
  const routing = streams.route(channel, externalId)
  const back = streams.returns(channel, externalId)
  const labelling = streams.label(channel, externalId)
  const trace = await readTrace(sql, stream, HOPS_MAX)
  const { states } = trace
  const row = states.find((one) => one.stream === stream)
  if (!row) return null
  const state = row.state as unknown as OrderState
  const returned = states.find((one) => one.stream === back)?.state ?? null
  const fulfilment = (states.find((one) => one.stream === shipping)?.state ?? null) as FulfilmentState | null
  const labelled = (states.find((one) => one.stream === labelling)?.state ?? null) as LabelState | null
  const mask = createMask()
  mask.learn(state)
  learnTrace(trace, mask)
  const { order, invoice } = state
  return {
    summary: {
      ...orderRow(row),
      pool: headPool(state),
      paymentStatus: order?.paymentStatus ?? null,
      test: order?.test ?? false,
      cancel: state.cancel && { ...state.cancel, reason: mask.text(state.cancel.reason) },
    },
    lines: order ? order.lines.map((line) => lineView(line, state, fulfilment)) : [],
    money: order && moneyView(order),
    exceptions: state.exceptions.map(({ code, detail }) => ({ code, detail: mask.text(detail), ...cureOf(code) })),
    sale: state.sale,
    invoice:
      typeof invoice === 'object'
        ? { state: 'posted' as const, number: invoice.number }
        : { state: invoice, number: null },
    labels: labelled === null ? [] : labelViews(labelled),
    parcels: (fulfilment?.parcels ?? []).map((parcel) => parcelView(parcel, state.parcels ?? [])),
    holds: (state.onHold ?? []).map((hold) => holdView(hold, mask)),
    back: returned === null ? null : viewOf(returned as unknown as ReturnState),
    payments: (state.payments ?? []).map(paymentView),
    acceptance: acceptanceOf(state),
    routing: routeOf(state, (states.find((one) => one.stream === routing)?.state ?? null) as RouteState | null),
    reservation: order ? reservationOf(order.tags) : null,
    together: togetherOf(state),
    can: possibilities(state),
    trace: hopsOf(trace, mask, kinds),
  }
}

function lineView(line: Order['lines'][number], state: OrderState, fulfilment: FulfilmentState | null) {
  const held = line.requiresShipping && line.sku !== null && !line.giftCard
  return {
    lineId: line.id,
    sku: line.sku,
    title: line.title,
    quantity: line.quantity,
    unitPrice: amountOf(line.unitPrice),
    discount: amountOf(line.discount),
    hold: held ? (state.holds.find(({ sku }) => sku === line.sku)?.outcome ?? null) : null,
    from: held ? poolOf(state, line.sku!) : null,
    promise: promiseView(held ? state.promises?.find(({ sku }) => sku === line.sku) : undefined),
    shipped: fulfilment?.lines.find(({ lineId }) => lineId === line.id)?.shipped ?? 0,
  }
}

/** When what was sold before it was here comes; null when all of it is here. */
const promiseView = (promise: OrderPromise | undefined) =>
  promise ? { pieces: promise.quantity, date: promise.date, first: promise.first } : null

const paymentView = ({ provider, paymentId, authorised, captured, refunded, ...marks }: OrderPayment) => ({
  provider,
  paymentId,
  authorised: amountOf(authorised),
  captured: amountOf(captured),
  refunded: amountOf(refunded),
  closed: marks.closed,
  disputed: marks.disputed,
  warned: marks.warned,
  inReview: marks.inReview === true,
})

function moneyView({ currency, shipping, total, totalTax, refunded, presentmentTotal }: Order) {
  const shippingPrices = shipping.map(({ price }) => price).filter((price) => price.currency === currency)
  return {
    total: amountOf(total),
    totalTax: amountOf(totalTax),
    shipping: amountOf(sum(shippingPrices, currency)),
    refunded: amountOf(refunded),
    presentmentTotal: amountOf(presentmentTotal),
  }
}

/** Who is in the same parcel; null when it is sent by itself. */
const togetherOf = ({ together }: OrderState) =>
  together ? { lead: together.lead, others: [...together.with], until: together.until } : null

const canMerge = ({ stage, cancel, shipped, order, together }: OrderState): boolean =>
  stage === 'confirmed' && cancel === null && shipped === 'none' && order?.fulfilledBy !== 'channel' && !together

const RETRIED = ['release_failed', 'cancel_failed', 'fulfilment_failed', 'invoice_failed', 'warehouse_failed', 'warehouse_refused', 'delivery_failed', 'move_failed'] // prettier-ignore

const PAID: readonly string[] = ['paid', 'partly_paid', 'partly_refunded']

const canMove = ({ stage, cancel, shipped, invoice, moving, order }: OrderState): boolean =>
  (stage === 'placed' || stage === 'confirmed') && cancel === null && shipped !== 'all' && invoice === 'none' &&
  moving === undefined && order?.fulfilledBy !== 'channel' // prettier-ignore

const possibilities = (state: OrderState) => {
  const { stage, cancel, exceptions, acceptance, onHold = [], order, payments = [], shipped } = state
  return {
    hold: stage === 'placed' && cancel === null && !onHold.some(({ kind }) => kind === 'by_hand'),
    accept: acceptance?.step === 'open' || acceptance?.step === 'failed',
    retry: exceptions.some(({ code }) => RETRIED.includes(code)),
    cancel: cancel === null && (stage === 'placed' || stage === 'releasing' || stage === 'confirmed'),
    refund: PAID.includes(order?.paymentStatus ?? '') || payments.some(({ captured }) => captured.amount > 0),
    return: shipped !== 'none',
    reroute: canMove(state),
    merge: canMerge(state),
    unmerge: state.together !== undefined && shipped === 'none' && cancel === null,
    resend: shipped !== 'none' && cancel === null,
  }
}

export const knowsOrder = async (sql: Sql, channel: string, externalId: string): Promise<boolean> =>
  (await readState(sql, streams.order(channel, externalId))) !== null
