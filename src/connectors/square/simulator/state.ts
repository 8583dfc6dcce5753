/** What the simulated seller's account remembers: Square's own objects, as its API shows them, in plain data. */
import { createHash } from 'node:crypto'
import type { SimulatorIo } from '../../kit/simulator.ts'

export interface SquareOptions {
  merchantId: string
  accessToken: string
  currency?: string
  locations?: readonly NewLocation[]
  scopes?: readonly string[]
  /** How long an idempotency key is known. Square does not say; tests shorten it. */
  keyLifeMs?: number
  /** Requests a second before it says 429; unlimited unless said. */
  requestsPerSecond?: number
  /** From and to, in milliseconds: how long a webhook takes. */
  hookDelayMs?: readonly [number, number]
  /** How long a new sale is missing from the lists of payments and orders. */
  listLagMs?: number
}

export interface NewLocation {
  id: string
  name: string
  timezone: string
}

export interface Cash {
  amount: number
  currency: string
}

/** One object as the API shows it. */
export type Row = Record<string, unknown>

export interface OrderRow extends Row {
  id: string
  location_id: string
  created_at: string
  updated_at: string
  state: string
  version?: number
  line_items?: LineRow[]
  fulfillments?: FulfilmentRow[]
  returns?: Row[]
  refunds?: Row[]
  tenders?: Row[]
  taxes?: TaxRow[]
  total_money: Cash
}

export interface LineRow extends Row {
  uid: string
  name: string
  quantity: string
  catalog_object_id?: string
  total_money: Cash
  total_tax_money: Cash
  total_discount_money: Cash
  gross_sales_money: Cash
  base_price_money: Cash
  applied_taxes?: { uid: string; tax_uid: string; applied_money: Cash }[]
}

export interface TaxRow extends Row {
  uid: string
  name: string
  type: 'ADDITIVE' | 'INCLUSIVE'
  percentage: string
  applied_money: Cash
}

export interface FulfilmentRow extends Row {
  uid: string
  type: 'PICKUP' | 'SHIPMENT' | 'DELIVERY'
  state: string
  metadata?: Record<string, string>
}

export interface PaymentRow extends Row {
  id: string
  created_at: string
  updated_at: string
  location_id: string
  order_id: string
  status: string
  source_type: string
  total_money: Cash
  refunded_money?: Cash
  refund_ids?: string[]
  is_offline_payment?: boolean
}

export interface RefundRow extends Row {
  id: string
  status: string
  amount_money: Cash
  location_id: string
  order_id: string
  payment_id: string
  created_at: string
  updated_at: string
}

export interface VariationRow {
  id: string
  itemId: string
  sku: string
  name: string
  price: number
  upc?: string
  tracked: boolean
  deleted: boolean
  /** What else was sent of it. */
  rest?: Row
}

export interface ItemRow {
  id: string
  name: string
  updatedAt: string
  version: number
  deleted: boolean
  archived: boolean
  taxable?: boolean
  variations: string[]
  rest?: Row
}

/** A change of stock. Quantities are hundred-thousandths of a piece, so that no fraction is lost. */
export interface ChangeRow {
  id: string
  kind: 'PHYSICAL_COUNT' | 'ADJUSTMENT'
  variationId: string
  locationId: string
  /** Of a count what is there; of an adjustment what it adds to what is in stock. */
  quantity: number
  states: readonly [string, string]
  referenceId: string | null
  occurredAt: string
  createdAt: string
  sequence: number
}

export interface State {
  locations: Map<string, NewLocation & { active: boolean }>
  items: Map<string, ItemRow>
  variations: Map<string, VariationRow>
  orders: Map<string, OrderRow>
  payments: Map<string, PaymentRow>
  refunds: Map<string, RefundRow>
  /** By variation and location: `<variation> <location>`. */
  changes: Map<string, ChangeRow[]>
  /** When an object became visible in lists, where that is later than it was made. */
  visibleAt: Map<string, number>
  sequence: number
  eventsEnabled: boolean
  /** The bank says yes to refunds by the API later: `settleRefund`. */
  pendingRefunds: boolean
}

export interface Account {
  options: SquareOptions
  io: SimulatorIo
  state: State
  currency: string
  now(): string
  /** A new id, as Square writes them. */
  id(kind: string): string
  money(amount: number): Cash
}

const LOCATIONS: readonly NewLocation[] = [
  { id: 'L1MAIN', name: 'Main Street', timezone: 'America/New_York' },
  { id: 'L2DOCK', name: 'Dock Road', timezone: 'America/Los_Angeles' },
]

const newState = (options: SquareOptions): State => ({
  locations: new Map((options.locations ?? LOCATIONS).map((one) => [one.id, { ...one, active: true }])),
  items: new Map(),
  variations: new Map(),
  orders: new Map(),
  payments: new Map(),
  refunds: new Map(),
  changes: new Map(),
  visibleAt: new Map(),
  sequence: 0,
  eventsEnabled: false,
  pendingRefunds: false,
})

/** @param state what an earlier account remembered; it is taken over, not copied. */
export function openAccount(options: SquareOptions, io: SimulatorIo, state = newState(options)): Account {
  const currency = options.currency ?? 'USD'
  return {
    options,
    io,
    state,
    currency,
    now: () => moment(io.now()),
    id(kind) {
      state.sequence += 1
      const digest = createHash('sha256').update(`${options.merchantId} ${kind} ${state.sequence}`).digest('base64url')
      return digest.replace(/[-_]/g, 'Z').slice(0, 22)
    },
    money: (amount) => ({ amount, currency }),
  }
}

export const moment = (ms: number): string => new Date(ms).toISOString()

/** A refusal, as Square words them. */
export class Refusal extends Error {
  readonly status: number
  readonly errors: readonly { category: string; code: string; detail: string; field?: string }[]

  constructor(status: number, code: string, detail: string, field?: string) {
    super(detail)
    this.status = status
    const category =
      status === 401 || status === 403
        ? 'AUTHENTICATION_ERROR'
        : status === 429
          ? 'RATE_LIMIT_ERROR'
          : status >= 500
            ? 'API_ERROR'
            : 'INVALID_REQUEST_ERROR'
    this.errors = [{ category, code, detail, ...(field === undefined ? {} : { field }) }]
  }
}
