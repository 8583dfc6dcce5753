/** What the simulated account holds, as rows that are the API's own objects. */
import type { SimulatorIo } from '../../kit/simulator.ts'
import type { PostBox, PostOptions } from '../../kit/simulator-post.ts'

export type Row = Record<string, unknown>
export interface Amount {
  currency_code: string
  value: string
}
interface Common extends Row {
  id: string
  amount: Amount
  status: string
  create_time: string
  update_time: string
  links: { href: string; rel: string; method: string }[]
}
export interface AuthorizationRow extends Common {
  expiration_time: string
}
export interface CaptureRow extends Common {
  final_capture: boolean
}
export interface RefundRow extends Common {
  custom_id?: string
}
/** An order and, beside it, what was paid on it. */
export interface OrderRow {
  id: string
  intent: 'CAPTURE' | 'AUTHORIZE'
  status: string
  amount: Amount
  custom_id?: string
  invoice_id?: string
  create_time: string
  update_time: string
  authorizations: string[]
  captures: string[]
  refunds: string[]
}
export interface DisputeRow extends Row {
  dispute_id: string
  status: string
  update_time: string
}
export interface EventRow extends Row {
  id: string
  event_type: string
  create_time: string
}
export interface WebhookRow extends Row {
  id: string
  url: string
  event_types: { name: string }[]
}
export interface Transaction {
  id: string
  code: string
  at: number
  amount: Amount
}

export interface PaypalOptions extends PostOptions {
  clientId: string
  clientSecret: string
  /** Requests a second before 429. */
  requestsPerSecond?: number
  /** Captures stay PENDING until they are settled. */
  pending?: boolean
  /** Takes webhooks without TLS: for a simulated network. */
  plainHooks?: boolean
  /** How far the transaction search lags behind. */
  searchLagMs?: number
}

export interface Stored extends PostBox {
  sequence: number
  orders: Map<string, OrderRow>
  authorizations: Map<string, AuthorizationRow>
  captures: Map<string, CaptureRow>
  refunds: Map<string, RefundRow>
  disputes: Map<string, DisputeRow>
  /** By capture or authorisation: the order it is of; none for bare captures. */
  orderOf: Map<string, string>
  authorizationOf: Map<string, string>
  captureOf: Map<string, string>
  transactions: Transaction[]
  events: EventRow[]
  webhooks: Map<string, WebhookRow>
  keys: Map<string, { at: number; status: number; body: string }>
  tokens: Map<string, number>
}

export interface Account {
  io: SimulatorIo
  options: PaypalOptions
  stored: Stored
  /** A new id of capitals and digits. */
  id(length?: number): string
  /** UTC without decimals, as PayPal writes it. */
  now(): string
  emit(type: string, resourceType: string, resource: Row): void
}

export const empty = (): Stored => ({
  sequence: 0,
  sent: 0,
  orders: new Map(),
  authorizations: new Map(),
  captures: new Map(),
  refunds: new Map(),
  disputes: new Map(),
  orderOf: new Map(),
  authorizationOf: new Map(),
  captureOf: new Map(),
  transactions: [],
  events: [],
  webhooks: new Map(),
  keys: new Map(),
  tokens: new Map(),
  waiting: [],
})

/** What the API refuses. */
export class Refusal extends Error {
  readonly status: number
  readonly body: Row

  constructor(status: number, name: string, message: string, details: Row[] = []) {
    super(message)
    this.status = status
    this.body = { name, message, ...(details.length > 0 ? { details } : {}), links: [] }
  }
}

/** 422: well-formed, and not to be done. */
export const unprocessable = (issue: string, description: string): Refusal =>
  new Refusal(
    422,
    'UNPROCESSABLE_ENTITY',
    'The requested action could not be performed, semantically incorrect, or failed business validation.',
    [{ issue, description }],
  )

export const invalid = (field: string, issue: string, description: string): Refusal =>
  new Refusal(400, 'INVALID_REQUEST', 'Request is not well-formed, syntactically incorrect, or violates schema.', [
    { field, location: 'body', issue, description },
  ])

export const missing = (): Refusal =>
  new Refusal(404, 'RESOURCE_NOT_FOUND', 'The specified resource does not exist.', [
    { issue: 'INVALID_RESOURCE_ID', description: 'Specified resource ID does not exist.' },
  ])
