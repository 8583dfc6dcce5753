/** What happens to money in the account, whoever asks for it: the API, the dashboard, a customer or a bank. */
import { cardDetails, moved, newCharge, newDispute, newIntent, newRefund, type Wanted } from './objects.ts'
import {
  type Account, type ChargeRow, type DisputeRow, type IntentRow, invalid, Refusal, type RefundRow, type ReviewRow,
} from './state.ts' // prettier-ignore

const known = <T>(rows: Map<string, T>, id: string, what: string): T => {
  const row = rows.get(id)
  if (row) return row
  throw new Refusal(404, 'invalid_request_error', `No such ${what}: '${id}'`, { code: 'resource_missing', param: 'id' })
}

export const intentOf = ({ stored }: Account, id: string): IntentRow => known(stored.intents, id, 'payment_intent')
export const chargeOf = ({ stored }: Account, id: string): ChargeRow => known(stored.charges, id, 'charge')
export const refundOf = ({ stored }: Account, id: string): RefundRow => known(stored.refunds, id, 'refund')
const disputeOf = ({ stored }: Account, id: string): DisputeRow => known(stored.disputes, id, 'dispute')

/** How long a card holds what is authorised. */
const HELD_S = 7 * 86_400

/** A customer pays: authorised only, or captured at once. */
export function pay(account: Account, wanted: Wanted): IntentRow {
  return confirm(account, newIntent(account, wanted))
}

export function confirm(account: Account, intent: IntentRow): IntentRow {
  if (intent.status !== 'requires_payment_method') throw unexpected(intent)
  const isManual = intent['capture_method'] === 'manual'
  const held = { payment_method_details: cardDetails(account.now() + HELD_S) }
  const charge = newCharge(account, intent, isManual ? held : { captured: true, amount_captured: intent.amount })
  Object.assign(intent, isManual ? { amount_capturable: intent.amount } : { amount_received: intent.amount })
  intent.status = isManual ? 'requires_capture' : 'succeeded'
  intent['last_payment_error'] = null
  account.emit('charge.succeeded', charge)
  account.emit(isManual ? 'payment_intent.amount_capturable_updated' : 'payment_intent.succeeded', intent)
  return intent
}

export function decline(account: Account, wanted: Wanted, code = 'insufficient_funds'): IntentRow {
  const intent = newIntent(account, wanted)
  const message = 'Your card was declined.'
  newCharge(account, intent, { status: 'failed', paid: false, failure_code: 'card_declined', failure_message: message })
  intent['last_payment_error'] = { type: 'card_error', code: 'card_declined', decline_code: code, message }
  account.emit('payment_intent.payment_failed', intent)
  return intent
}

const unexpected = (intent: IntentRow): Refusal =>
  new Refusal(
    400,
    'invalid_request_error',
    `This PaymentIntent could not be changed because it has a status of ${intent.status}.`,
    { code: 'payment_intent_unexpected_state', payment_intent: { ...intent } },
  )

export function captureIntent(account: Account, id: string, amount: number | undefined, isFinal: boolean): IntentRow {
  const intent = intentOf(account, id)
  if (intent.status !== 'requires_capture') throw unexpected(intent)
  const wanted = amount ?? intent.amount_capturable
  if (wanted > intent.amount_capturable || wanted <= 0)
    throw invalid('The amount to capture is not available.', 'amount_too_large', 'amount_to_capture')
  if (!isFinal && account.options.multicapture === false)
    throw invalid('Multicapture is not available for this payment.', undefined, 'final_capture')
  const charge = chargeOf(account, intent.latest_charge ?? '')
  charge.amount_captured += wanted
  intent.amount_received += wanted
  const done = isFinal || wanted === intent.amount_capturable
  intent.amount_capturable = done ? 0 : intent.amount_capturable - wanted
  charge.captured = true
  if (done) intent.status = 'succeeded'
  account.emit(done ? 'charge.captured' : 'charge.updated', charge)
  account.emit(done ? 'payment_intent.succeeded' : 'payment_intent.amount_capturable_updated', intent)
  return intent
}

export function cancelIntent(account: Account, id: string, reason: string | null, expired = false): IntentRow {
  const intent = intentOf(account, id)
  if (intent.status === 'canceled' || intent.status === 'succeeded') throw unexpected(intent)
  Object.assign(intent, {
    status: 'canceled',
    amount_capturable: 0,
    canceled_at: account.now(),
    cancellation_reason: reason,
  })
  if (expired && intent.latest_charge) account.emit('charge.expired', chargeOf(account, intent.latest_charge))
  account.emit('payment_intent.canceled', intent)
  return intent
}

export interface RefundWanted {
  charge: ChargeRow
  amount?: number | undefined
  metadata?: Record<string, string>
  reason?: string | null
  status?: 'succeeded' | 'pending'
}

export function refundCharge(account: Account, { charge, amount, metadata, reason, status }: RefundWanted): RefundRow {
  const left = charge.amount_captured - charge.amount_refunded
  if (left <= 0) throw invalid(`Charge ${charge.id} has already been refunded.`, 'charge_already_refunded')
  const wanted = amount ?? left
  if (wanted > left || wanted <= 0)
    throw invalid(
      `Refund amount (${wanted}) is greater than unrefunded amount on charge (${left})`,
      undefined,
      'amount',
    )
  if (charge.disputed) throw invalid(`Charge ${charge.id} has been charged back.`, 'charge_disputed')
  charge.amount_refunded += wanted
  charge.refunded = charge.amount_refunded === charge.amount_captured
  const row = newRefund(account, charge, {
    amount: wanted, metadata: metadata ?? {}, reason: reason ?? null, status: status ?? 'succeeded',
  }) // prettier-ignore
  account.emit('refund.created', row)
  account.emit('charge.refunded', charge)
  return row
}

/** The bank of the customer takes it, or sends it back days later. */
export function settleRefund(account: Account, id: string, status: 'succeeded' | 'failed', why?: string): RefundRow {
  const row = refundOf(account, id)
  if (row.status === 'failed') return row
  row.status = status
  if (status === 'failed') {
    row['failure_reason'] = why ?? 'expired_or_canceled_card'
    const charge = chargeOf(account, row.charge)
    charge.amount_refunded -= row.amount
    charge.refunded = false
    account.emit('refund.failed', row)
  }
  account.emit('refund.updated', row)
  return row
}

export function openDispute(account: Account, intentId: string, amount: number, reason: string): DisputeRow {
  const charge = chargeOf(account, intentOf(account, intentId).latest_charge ?? '')
  charge.disputed = true
  const dispute = newDispute(account, charge, amount, reason)
  account.emit('charge.dispute.created', dispute)
  dispute.balance_transactions.push(moved(account, dispute, -amount))
  account.emit('charge.dispute.funds_withdrawn', dispute)
  return dispute
}

export function closeDispute(account: Account, id: string, won: boolean): DisputeRow {
  const dispute = disputeOf(account, id)
  dispute.status = won ? 'won' : 'lost'
  account.emit('charge.dispute.closed', dispute)
  if (won) {
    dispute.balance_transactions.push(moved(account, dispute, dispute.amount))
    chargeOf(account, dispute.charge).disputed = false
    account.emit('charge.dispute.funds_reinstated', dispute)
  }
  return dispute
}

export function warn(account: Account, intentId: string, kind = 'made_with_stolen_card'): string {
  const { latest_charge: charge } = intentOf(account, intentId)
  const row = {
    id: account.id('issfr'),
    object: 'radar.early_fraud_warning',
    actionable: true,
    charge,
    created: account.now(),
    fraud_type: kind,
    livemode: account.options.livemode ?? false,
    payment_intent: intentId,
  }
  account.stored.warnings.set(row.id, row)
  account.emit('radar.early_fraud_warning.created', row)
  return row.id
}

/** Radar has people look at a payment, by a rule of the account. */
export function openReview(account: Account, intentId: string): string {
  const { latest_charge: charge } = intentOf(account, intentId)
  const row: ReviewRow = {
    id: account.id('prv'),
    object: 'review',
    billing_zip: null,
    charge,
    closed_reason: null,
    created: account.now(),
    ip_address: null,
    ip_address_location: null,
    livemode: account.options.livemode ?? false,
    open: true,
    opened_reason: 'rule',
    payment_intent: intentId,
    reason: 'rule',
    session: null,
  }
  account.stored.reviews.set(row.id, row)
  account.emit('review.opened', row)
  return row.id
}

export function closeReview(account: Account, id: string, how: string): void {
  const row = account.stored.reviews.get(id)
  if (!row?.open) throw new Error(`There is no open review ${id}.`)
  Object.assign(row, { open: false, closed_reason: how, reason: how })
  account.emit('review.closed', row)
}
