/** What happens to money in the account, whoever asks for it: the API, the website, a customer or a bank. */
import {
  type Account,
  type Amount,
  type AuthorizationRow,
  type CaptureRow,
  type DisputeRow,
  missing,
  type OrderRow,
  type RefundRow,
  type Row,
  unprocessable,
} from './state.ts' // prettier-ignore // prettier-ignore

const BASE = 'https://api-m.sandbox.paypal.com'
const DAY_MS = 86_400_000
const WHOLE = new Set(['HUF', 'JPY', 'TWD'])

/** Written anew here, in hundredths: the simulator must not share the connector's mistakes. */
export const cents = ({ value }: Amount): number => Math.round(Number(value) * 100)
export const amountOf = (hundredths: number, currency: string): Amount => ({
  currency_code: currency,
  value: WHOLE.has(currency) ? String(hundredths / 100) : (hundredths / 100).toFixed(2),
})

const known = <T>(rows: Map<string, T>, id: string): T => {
  const row = rows.get(id)
  if (row) return row
  throw missing()
}
export const orderOf = ({ stored }: Account, id: string): OrderRow => known(stored.orders, id)
export const authorizationOf = ({ stored }: Account, id: string): AuthorizationRow => known(stored.authorizations, id)
export const captureOf = ({ stored }: Account, id: string): CaptureRow => known(stored.captures, id)
export const refundOf = ({ stored }: Account, id: string): RefundRow => known(stored.refunds, id)

const link = (path: string, rel: string, method = 'GET') => ({ href: `${BASE}${path}`, rel, method })

export interface Wanted {
  /** A decimal text. */
  value: string
  currency: string
  custom_id?: string
  invoice_id?: string
}

export function newOrder(account: Account, wanted: Wanted, intent: OrderRow['intent']): OrderRow {
  const { value, currency, custom_id, invoice_id } = wanted
  const row: OrderRow = {
    id: account.id(),
    intent,
    status: 'APPROVED',
    amount: { currency_code: currency, value },
    ...(custom_id === undefined ? {} : { custom_id }),
    ...(invoice_id === undefined ? {} : { invoice_id }),
    create_time: account.now(),
    update_time: account.now(),
    authorizations: [],
    captures: [],
    refunds: [],
  }
  account.stored.orders.set(row.id, row)
  account.emit('CHECKOUT.ORDER.APPROVED', 'checkout-order', orderView(account, row))
  return row
}

const namesOf = ({ custom_id, invoice_id }: OrderRow): Row => ({
  ...(custom_id === undefined ? {} : { custom_id }),
  ...(invoice_id === undefined ? {} : { invoice_id }),
})

export function authorize(account: Account, order: OrderRow): AuthorizationRow {
  const id = account.id()
  const row: AuthorizationRow = {
    id,
    status: 'CREATED',
    amount: order.amount,
    ...namesOf(order),
    seller_protection: { status: 'ELIGIBLE', dispute_categories: ['ITEM_NOT_RECEIVED', 'UNAUTHORIZED_TRANSACTION'] },
    expiration_time: new Date(account.io.now() + 29 * DAY_MS).toISOString().replace('.000', ''),
    create_time: account.now(),
    update_time: account.now(),
    links: [
      link(`/v2/payments/authorizations/${id}`, 'self'),
      link(`/v2/payments/authorizations/${id}/capture`, 'capture', 'POST'),
      link(`/v2/checkout/orders/${order.id}`, 'up'),
    ],
  }
  order.status = 'COMPLETED'
  order.authorizations.push(id)
  account.stored.authorizations.set(id, row)
  account.stored.orderOf.set(id, order.id)
  account.emit('PAYMENT.AUTHORIZATION.CREATED', 'authorization', authorizationView(account, row))
  return row
}

/** A capture of an order, of an authorisation, or (neither) one of an older checkout. */
export function newCapture(
  account: Account,
  of: { order?: OrderRow; authorization?: AuthorizationRow },
  amount: Amount,
  isFinal: boolean,
  change: Row = {},
): CaptureRow {
  const id = account.id()
  const up = of.authorization
    ? `/v2/payments/authorizations/${of.authorization.id}`
    : `/v2/checkout/orders/${of.order?.id ?? ''}`
  const row: CaptureRow = {
    id,
    status: account.options.pending ? 'PENDING' : 'COMPLETED',
    ...(account.options.pending ? { status_details: { reason: 'PENDING_REVIEW' } } : {}),
    amount,
    ...(of.order ? namesOf(of.order) : {}),
    final_capture: isFinal,
    seller_protection: { status: 'ELIGIBLE', dispute_categories: ['ITEM_NOT_RECEIVED'] },
    seller_receivable_breakdown: { gross_amount: amount },
    create_time: account.now(),
    update_time: account.now(),
    links: [
      link(`/v2/payments/captures/${id}`, 'self'),
      link(`/v2/payments/captures/${id}/refund`, 'refund', 'POST'),
      link(up, 'up'),
    ],
    ...change,
  }
  account.stored.captures.set(id, row)
  if (of.order) {
    of.order.captures.push(id)
    of.order.status = 'COMPLETED'
    account.stored.orderOf.set(id, of.order.id)
  }
  if (of.authorization) account.stored.authorizationOf.set(id, of.authorization.id)
  account.stored.transactions.push({ id, code: 'T0006', at: account.io.now(), amount })
  const type = row.status === 'PENDING' ? 'PAYMENT.CAPTURE.PENDING' : 'PAYMENT.CAPTURE.COMPLETED'
  account.emit(type, 'capture', captureView(account, row))
  return row
}

export function captureAuthorization(
  account: Account,
  id: string,
  amount: Amount | undefined,
  isFinal: boolean,
): CaptureRow {
  const authorization = authorizationOf(account, id)
  if (authorization.status === 'VOIDED')
    throw unprocessable('AUTHORIZATION_VOIDED', 'A voided authorization cannot be captured.')
  if (authorization.status === 'CAPTURED')
    throw unprocessable('AUTHORIZATION_ALREADY_CAPTURED', 'Authorization has already been captured.')
  if (Date.parse(authorization.expiration_time) < account.io.now())
    throw unprocessable('AUTHORIZATION_EXPIRED', 'An expired authorization cannot be captured.')
  const wanted = amount ?? authorization.amount
  if (wanted.currency_code !== authorization.amount.currency_code)
    throw unprocessable('CURRENCY_MISMATCH', 'The currency of capture must be the same as currency of authorization.')
  if (WHOLE.has(wanted.currency_code) && wanted.value.includes('.'))
    throw unprocessable('DECIMALS_NOT_SUPPORTED', 'Currency does not support decimals.')
  const order = orderOf(account, account.stored.orderOf.get(id) ?? '')
  const before = order.captures.reduce((sum, one) => sum + cents(captureOf(account, one).amount), 0)
  if (cents(wanted) <= 0) throw unprocessable('CANNOT_BE_ZERO_OR_NEGATIVE', 'Must be greater than zero.')
  // PayPal lets 115 % of it be captured, or 75 USD more; the hub never asks for that.
  if (before + cents(wanted) > cents(authorization.amount))
    throw unprocessable('MAX_CAPTURE_AMOUNT_EXCEEDED', 'Capture amount exceeds allowable limit.')
  const isDone = isFinal || before + cents(wanted) === cents(authorization.amount)
  authorization.status = isDone ? 'CAPTURED' : 'PARTIALLY_CAPTURED'
  authorization.update_time = account.now()
  return newCapture(account, { order, authorization }, wanted, isFinal)
}

export function voidAuthorization(account: Account, id: string): AuthorizationRow {
  const row = authorizationOf(account, id)
  if (row.status === 'VOIDED') throw unprocessable('PREVIOUSLY_VOIDED', 'Authorization has been previously voided.')
  if (row.status !== 'CREATED')
    throw unprocessable('PREVIOUSLY_CAPTURED', 'Authorization has been previously captured.')
  row.status = 'VOIDED'
  row.update_time = account.now()
  account.emit('PAYMENT.AUTHORIZATION.VOIDED', 'authorization', authorizationView(account, row))
  return row
}

export function settleCapture(account: Account, id: string, isGood: boolean): void {
  const row = captureOf(account, id)
  row.status = isGood ? 'COMPLETED' : 'DECLINED'
  row.update_time = account.now()
  account.emit(isGood ? 'PAYMENT.CAPTURE.COMPLETED' : 'PAYMENT.CAPTURE.DENIED', 'capture', captureView(account, row))
}

const givenOf = ({ stored }: Account, captureId: string): number =>
  [...stored.refunds.values()]
    .filter(({ id, status }) => stored.captureOf.get(id) === captureId && status !== 'FAILED' && status !== 'CANCELLED')
    .reduce((sum, { amount }) => sum + cents(amount), 0)

export interface RefundWish {
  amount?: Amount | undefined
  custom_id?: string | undefined
  status?: string
}

export function refundCapture(account: Account, captureId: string, wish: RefundWish): RefundRow {
  const capture = captureOf(account, captureId)
  const left = cents(capture.amount) - givenOf(account, captureId)
  if (capture.status === 'PENDING')
    throw unprocessable('PENDING_CAPTURE', 'Cannot initiate a refund as the capture is pending.')
  if (left <= 0) throw unprocessable('CAPTURE_FULLY_REFUNDED', 'The capture has already been fully refunded.')
  const amount = wish.amount ?? amountOf(left, capture.amount.currency_code)
  if (amount.currency_code !== capture.amount.currency_code)
    throw unprocessable('REFUND_CAPTURE_CURRENCY_MISMATCH', 'Refund must be in the same currency as the capture.')
  if (cents(amount) <= 0) throw unprocessable('REFUND_AMOUNT_TOO_LOW', 'The refund amount is too low.')
  if (cents(amount) > left)
    throw unprocessable(
      'REFUND_AMOUNT_EXCEEDED',
      'The refund amount must be less than or equal to the capture amount that has not yet been refunded.',
    )
  if (account.io.now() - Date.parse(capture.create_time) > 180 * DAY_MS)
    throw unprocessable(
      'REFUND_TIME_LIMIT_EXCEEDED',
      'You are over the time limit to perform a refund on this capture.',
    )
  if (openDisputeOf(account, captureId))
    throw unprocessable(
      'REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK',
      'Refunds not allowed on this capture due to a chargeback on the card or bank.',
    )
  const id = account.id()
  const row: RefundRow = {
    id,
    status: wish.status ?? 'COMPLETED',
    amount,
    ...(wish.custom_id === undefined ? {} : { custom_id: wish.custom_id }),
    seller_payable_breakdown: { gross_amount: amount, total_refunded_amount: amount },
    create_time: account.now(),
    update_time: account.now(),
    links: [link(`/v2/payments/refunds/${id}`, 'self'), link(`/v2/payments/captures/${captureId}`, 'up')],
  }
  account.stored.refunds.set(id, row)
  account.stored.captureOf.set(id, captureId)
  const order = account.stored.orders.get(account.stored.orderOf.get(captureId) ?? '')
  order?.refunds.push(id)
  capture.status = cents(amount) === left ? 'REFUNDED' : 'PARTIALLY_REFUNDED'
  account.stored.transactions.push({ id, code: 'T1107', at: account.io.now(), amount })
  account.emit(row.status === 'PENDING' ? 'PAYMENT.REFUND.PENDING' : 'PAYMENT.CAPTURE.REFUNDED', 'refund', row)
  return row
}

export function settleRefund(account: Account, id: string, status: 'COMPLETED' | 'FAILED'): void {
  const row = refundOf(account, id)
  row.status = status
  row.update_time = account.now()
  account.emit(status === 'FAILED' ? 'PAYMENT.REFUND.FAILED' : 'PAYMENT.CAPTURE.REFUNDED', 'refund', row)
}

const openDisputeOf = ({ stored }: Account, captureId: string): boolean =>
  [...stored.disputes.values()].some(
    (one) =>
      one.status !== 'RESOLVED' &&
      one['dispute_life_cycle_stage'] === 'CHARGEBACK' &&
      (one['disputed_transactions'] as { seller_transaction_id: string }[])[0]?.seller_transaction_id === captureId,
  )

export function openDispute(account: Account, captureId: string, amount: Amount, stage: string): DisputeRow {
  const moved = {
    affected_party: 'SELLER',
    amount,
    type: 'DEBIT',
    initiated_time: account.now(),
    reason: 'DISPUTE_SETTLEMENT',
  }
  const row: DisputeRow = {
    dispute_id: `PP-D-${account.id(8)}`,
    create_time: account.now(),
    update_time: account.now(),
    disputed_transactions: [
      {
        seller_transaction_id: captureId,
        transaction_status: 'COMPLETED',
        gross_amount: captureOf(account, captureId).amount,
      },
    ],
    reason: 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED',
    status: 'WAITING_FOR_SELLER_RESPONSE',
    dispute_amount: amount,
    dispute_life_cycle_stage: stage,
    dispute_channel: 'INTERNAL',
    ...(stage === 'INQUIRY' ? {} : { money_movements: [moved] }),
    seller_response_due_date: new Date(account.io.now() + 10 * DAY_MS).toISOString(),
  }
  account.stored.disputes.set(row.dispute_id, row)
  account.emit('CUSTOMER.DISPUTE.CREATED', 'dispute', row)
  return row
}

export function closeDispute(account: Account, id: string, won: boolean): void {
  const row = known(account.stored.disputes, id)
  row.status = 'RESOLVED'
  row.update_time = account.now()
  const amount = row['dispute_amount'] as Amount
  row['dispute_outcome'] = won
    ? { outcome_code: 'RESOLVED_SELLER_FAVOUR' }
    : { outcome_code: 'RESOLVED_BUYER_FAVOUR', amount_refunded: amount }
  const moves = (row['money_movements'] as Row[] | undefined) ?? []
  if (won && moves.length > 0)
    row['money_movements'] = [
      ...moves,
      { affected_party: 'SELLER', amount, type: 'CREDIT', initiated_time: account.now(), reason: 'DISPUTE_SETTLEMENT' },
    ]
  account.emit('CUSTOMER.DISPUTE.RESOLVED', 'dispute', row)
}

export function orderView(account: Account, row: OrderRow): Row {
  const { id, intent, status, amount, create_time, update_time } = row
  const of = <T>(ids: readonly string[], read: (account: Account, id: string) => T) =>
    ids.map((one) => read(account, one))
  const payments = {
    ...(row.authorizations.length > 0 ? { authorizations: of(row.authorizations, authorizationOf) } : {}),
    ...(row.captures.length > 0 ? { captures: of(row.captures, captureOf) } : {}),
    ...(row.refunds.length > 0 ? { refunds: of(row.refunds, refundOf) } : {}),
  }
  const unit = {
    reference_id: 'default',
    amount,
    ...namesOf(row),
    ...(Object.keys(payments).length > 0 ? { payments } : {}),
  }
  return {
    id,
    intent,
    status,
    purchase_units: [unit],
    create_time,
    update_time,
    links: [link(`/v2/checkout/orders/${id}`, 'self')],
  }
}

const withRelated = (row: Row, related: Row): Row => ({ ...row, supplementary_data: { related_ids: related } })

export function authorizationView({ stored }: Account, row: AuthorizationRow): Row {
  return withRelated(row, { order_id: stored.orderOf.get(row.id) ?? '' })
}

export function captureView({ stored }: Account, row: CaptureRow): Row {
  const [order, authorization] = [stored.orderOf.get(row.id), stored.authorizationOf.get(row.id)]
  if (!order) return row
  return withRelated(row, { order_id: order, ...(authorization ? { authorization_id: authorization } : {}) })
}
