/** What the simulated account remembers. */
import type { PostBox, PostOptions } from '../../kit/simulator-post.ts'

export type Row = Record<string, unknown>

export interface TrackerRow extends Row {
  id: string
  tracking_code: string
  carrier: string
  status: string
  status_detail: string
  created_at: string
  updated_at: string
  est_delivery_date: string | null
  tracking_details: Row[]
}

export interface RateRow extends Row {
  id: string
  carrier: string
  service: string
  rate: string
}

export interface ShipmentRow extends Row {
  id: string
  created_at: string
  reference: string | null
  is_return: boolean
  tracking_code: string | null
  refund_status: string | null
  rates: RateRow[]
  selected_rate: RateRow | null
  to_address: Row
}

export interface WebhookRow extends Row {
  id: string
  url: string
  disabled_at: string | null
}

export interface EventRow extends Row {
  id: string
  description: string
  created_at: string
}

export interface Stored extends PostBox {
  sequence: number
  trackers: Map<string, TrackerRow>
  events: Map<string, EventRow>
  shipments: Map<string, ShipmentRow>
  webhooks: Map<string, WebhookRow>
  secrets: Map<string, string>
}

export const empty = (): Stored => ({
  sequence: 0,
  sent: 0,
  trackers: new Map(),
  events: new Map(),
  shipments: new Map(),
  webhooks: new Map(),
  secrets: new Map(),
  waiting: [],
})

export interface EasypostOptions extends PostOptions {
  apiKey: string
  mode?: 'test' | 'production'
  /** Money on the account, in cents; enough for everything unless said. */
  balance?: number
  /** Requests a second before 429. */
  requestsPerSecond?: number
}

/** What the API refuses. */
export class Refusal extends Error {
  readonly status: number
  readonly error: Row

  constructor(status: number, code: string, message: string, errors: Row[] = []) {
    super(message)
    this.status = status
    this.error = { code, message, errors }
  }
}

export function found<T extends Row>(row: T | undefined): T {
  if (row) return row
  throw new Refusal(404, 'NOT_FOUND', 'The requested resource could not be found.')
}

export function member(body: Row, name: string): Row {
  const inner = body[name]
  if (typeof inner === 'object' && inner !== null) return inner as Row
  throw new Refusal(422, 'PARAMETER.REQUIRED', `Missing required parameter: ${name}.`)
}
