/** What the simulated account remembers. */
import type { PostBox, PostOptions } from '../../kit/simulator-post.ts'

export type Row = Record<string, unknown>

export interface WaypointRow extends Row {
  name: string
  phone_number: string
  address: string
  status?: 'completed' | 'failed'
  status_timestamp?: string
  verification?: Row
}

export interface DeliveryRow extends Row {
  id: string
  external_id: string
  status: string
  complete: boolean
  created: string
  updated: string
  fee: number
  tracking_url: string
  pickup: WaypointRow
  dropoff: WaypointRow
  return?: WaypointRow
}

export interface QuoteRow extends Row {
  id: string
  expires: string
  fee: number
}

export interface Stored extends PostBox {
  sequence: number
  deliveries: Map<string, DeliveryRow>
  quotes: Map<string, { row: QuoteRow; from: string; to: string; used: boolean }>
  /** Whoever has one of these may call, until then. */
  tokens: Map<string, number>
  /** What each delivery was asked with: neither is said again. */
  keys: Map<string, { manifestReference: string; idempotencyKey: string; proof: string | null }>
  webhooks: Map<string, { url: string; key: string }>
}

export const empty = (): Stored => ({
  sequence: 0,
  sent: 0,
  deliveries: new Map(),
  quotes: new Map(),
  tokens: new Map(),
  keys: new Map(),
  webhooks: new Map(),
  waiting: [],
})

export interface UberOptions extends PostOptions {
  customerId: string
  clientId: string
  clientSecret: string
  /** Beginnings of the postcodes couriers go to. */
  postcodes?: readonly string[]
  /** What a courier costs, in hundredths; 799 unless said. */
  fee?: number
  currency?: string
  /** Minutes until the customer has it; 35 unless said. */
  minutes?: number
  /** What is charged for one who is called off when he is on his way to the store. */
  cancelFee?: number
  tokenSeconds?: number
  /** Requests a second before 429. */
  requestsPerSecond?: number
}

/** What the API refuses. */
export class Refusal extends Error {
  readonly status: number
  readonly error: Row

  constructor(status: number, code: string, message: string, metadata?: Row) {
    super(message)
    this.status = status
    this.error = { code, message, ...(status === 401 ? {} : { kind: 'error' }), ...(metadata ? { metadata } : {}) }
  }
}

export const INVALID = 'The parameters of your request were invalid.'
export const invalid = (metadata: Row): Refusal => new Refusal(400, 'invalid_params', INVALID, metadata)
