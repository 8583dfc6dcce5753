/** What the simulated account holds, as rows that are the API's own objects. */
import type { SimulatorIo } from '../../kit/simulator.ts'
import type { PostBox, PostOptions } from '../../kit/simulator-post.ts'

export type Row = Record<string, unknown>

export interface IntentRow extends Row {
  id: string
  amount: number
  amount_capturable: number
  amount_received: number
  currency: string
  status: string
  created: number
  latest_charge: string | null
  metadata: Record<string, string>
}
export interface ChargeRow extends Row {
  id: string
  amount: number
  amount_captured: number
  amount_refunded: number
  captured: boolean
  disputed: boolean
  refunded: boolean
  status: string
  currency: string
  created: number
  payment_intent: string | null
}
export interface RefundRow extends Row {
  id: string
  amount: number
  status: string
  charge: string
  payment_intent: string | null
  currency: string
  created: number
  metadata: Record<string, string>
}
export interface DisputeRow extends Row {
  id: string
  amount: number
  status: string
  charge: string
  created: number
  balance_transactions: Row[]
}
export interface ReviewRow extends Row {
  id: string
  open: boolean
}
export interface EventRow extends Row {
  id: string
  type: string
  created: number
}
export interface EndpointRow extends Row {
  id: string
  url: string
  status: string
  enabled_events: string[]
  created: number
}

export interface StripeOptions extends PostOptions {
  secretKey: string
  livemode?: boolean
  /** Requests a second before 429. */
  requestsPerSecond?: number
  /** Whether a card lets itself be captured in parts. */
  multicapture?: boolean
}

export interface Stored extends PostBox {
  sequence: number
  intents: Map<string, IntentRow>
  charges: Map<string, ChargeRow>
  refunds: Map<string, RefundRow>
  disputes: Map<string, DisputeRow>
  warnings: Map<string, Row & { id: string; created: number }>
  reviews: Map<string, ReviewRow>
  events: Map<string, EventRow>
  endpoints: Map<string, EndpointRow>
  secrets: Map<string, string[]>
  keys: Map<string, { at: number; request: string; status: number; body: string }>
}

export interface Account {
  io: SimulatorIo
  options: StripeOptions
  stored: Stored
  /** A new id: `pi_…`. */
  id(prefix: string): string
  /** Seconds. */
  now(): number
  emit(type: string, object: Row): void
}

export const empty = (): Stored => ({
  sequence: 0,
  sent: 0,
  intents: new Map(),
  charges: new Map(),
  refunds: new Map(),
  disputes: new Map(),
  warnings: new Map(),
  reviews: new Map(),
  events: new Map(),
  endpoints: new Map(),
  secrets: new Map(),
  keys: new Map(),
  waiting: [],
})

/** What the API refuses. */
export class Refusal extends Error {
  readonly status: number
  readonly error: Row

  constructor(status: number, type: string, message: string, more: Row = {}) {
    super(message)
    this.status = status
    this.error = { type, message, ...more }
  }
}

export const invalid = (message: string, code?: string, param?: string): Refusal =>
  new Refusal(400, 'invalid_request_error', message, { ...(code ? { code } : {}), ...(param ? { param } : {}) })
