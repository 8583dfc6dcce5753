/** New objects with all the members the API's version has. */
import type { Account, ChargeRow, DisputeRow, IntentRow, RefundRow, Row } from './state.ts'

export interface Wanted {
  amount: number
  currency: string
  metadata?: Record<string, string>
  capture?: 'automatic' | 'manual'
  description?: string
}

const livemode = ({ options }: Account): boolean => options.livemode ?? false

export function newIntent(
  account: Account,
  { amount, currency, metadata = {}, capture, description }: Wanted,
): IntentRow {
  const id = account.id('pi')
  const row: IntentRow = {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: capture ?? 'automatic',
    client_secret: `${id}_secret_x`,
    confirmation_method: 'automatic',
    created: account.now(),
    currency,
    customer: null,
    customer_account: null,
    description: description ?? null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: livemode(account),
    managed_payments: null,
    metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  }
  account.stored.intents.set(id, row)
  return row
}

export function newCharge(account: Account, intent: IntentRow, change: Partial<ChargeRow>): ChargeRow {
  const id = account.id('ch')
  const address = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null }
  const row: ChargeRow = {
    id,
    object: 'charge',
    amount: intent.amount,
    amount_captured: 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { address, email: null, name: null, phone: null, tax_id: null },
    calculated_statement_descriptor: null,
    captured: false,
    created: account.now(),
    currency: intent.currency,
    customer: null,
    description: intent['description'],
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: null,
    livemode: livemode(account),
    metadata: { ...intent.metadata },
    on_behalf_of: null,
    outcome: null,
    paid: true,
    payment_intent: intent.id,
    payment_method: 'pm_card_visa',
    payment_method_details: null,
    receipt_email: null,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'succeeded',
    transfer_data: null,
    transfer_group: null,
    ...change,
  }
  account.stored.charges.set(id, row)
  intent.latest_charge = id
  return row
}

export function newRefund(account: Account, charge: ChargeRow, change: Partial<RefundRow>): RefundRow {
  const row: RefundRow = {
    id: account.id('re'),
    object: 'refund',
    amount: 0,
    balance_transaction: null,
    charge: charge.id,
    created: account.now(),
    currency: charge.currency,
    customer: null,
    customer_account: null,
    metadata: {},
    payment_intent: charge.payment_intent,
    payment_method: null,
    reason: null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
    ...change,
  }
  account.stored.refunds.set(row.id, row)
  return row
}

const EVIDENCE = [
  'access_activity_log', 'appeal', 'billing_address', 'cancellation_policy', 'cancellation_policy_disclosure', 'cancellation_rebuttal',
  'customer_communication', 'customer_email_address', 'customer_name', 'customer_purchase_ip', 'customer_signature',
  'duplicate_charge_documentation', 'duplicate_charge_explanation', 'duplicate_charge_id', 'product_description', 'receipt',
  'refund_policy', 'refund_policy_disclosure', 'refund_refusal_explanation', 'service_date', 'service_documentation',
  'shipping_address', 'shipping_carrier', 'shipping_date', 'shipping_documentation', 'shipping_tracking_number',
  'uncategorized_file', 'uncategorized_text',
] as const // prettier-ignore

export function newDispute(account: Account, charge: ChargeRow, amount: number, reason: string): DisputeRow {
  const row: DisputeRow = {
    id: account.id('du'),
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: account.now(),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: { ...Object.fromEntries(EVIDENCE.map((name) => [name, null])), enhanced_evidence: {} },
    evidence_details: {
      due_by: account.now() + 14 * 86_400,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'manual',
    },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: livemode(account),
    metadata: {},
    payment_intent: charge.payment_intent,
    reason,
    status: 'needs_response',
  }
  account.stored.disputes.set(row.id, row)
  return row
}

/** A movement of our balance, as disputes carry it. */
export const moved = (account: Account, dispute: DisputeRow, amount: number): Row => ({
  id: account.id('txn'),
  object: 'balance_transaction',
  amount,
  available_on: account.now(),
  balance_type: 'payments',
  created: account.now(),
  currency: dispute['currency'],
  description: null,
  exchange_rate: null,
  fee: 0,
  fee_details: [],
  net: amount,
  reporting_category: amount < 0 ? 'dispute' : 'dispute_reversal',
  source: dispute.id,
  status: 'available',
  type: 'adjustment',
})

/** With what a card that holds money says of itself; the rest is there and empty. */
export function cardDetails(captureBefore: number): Row {
  const empty = [
    'amount_authorized', 'authorization_code', 'checks', 'country', 'electronic_commerce_indicator', 'funding', 'installments',
    'mandate', 'network', 'network_transaction_id', 'regulated_status', 'three_d_secure', 'transaction_link_id', 'wallet',
  ] as const // prettier-ignore
  const known = { brand: 'visa', exp_month: 12, exp_year: 2030, last4: '4242', capture_before: captureBefore }
  return { type: 'card', card: { ...Object.fromEntries(empty.map((name) => [name, null])), ...known } }
}
