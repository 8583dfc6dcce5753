/** What a simulated ShipBob account remembers. */
import type { SimulatorIo } from '../../kit/simulator.ts'

export interface ShipbobOptions {
  token: string
  channelId: number
  /** SKUs it has, and how many. An order with another one is refused. */
  stock: Readonly<Record<string, number>>
  /** Ship options the account may use. */
  shippingMethods?: readonly string[]
  hookDelayMs?: readonly [number, number]
  /** Of ten webhooks, so many are sent twice. */
  doublesOfTen?: number
}

export interface Piece {
  sku: string
  quantity: number
}

export interface ShipmentRow {
  id: number
  orderId: number
  status: 'Processing' | 'Completed' | 'Exception' | 'OnHold' | 'Cancelled'
  /** Nobody can stop it any more. */
  picked: boolean
  pieces: Piece[]
  short: Piece[]
  reason: string | null
  tracking: { carrier: string; tracking_number: string; tracking_url: string } | null
  shippedAt: string | null
  updatedAt: string
}

export interface OrderRow {
  id: number
  body: Readonly<Record<string, unknown>> & { reference_id: string }
  createdAt: string
  shipments: ShipmentRow[]
}

export interface ReturnRow {
  id: number
  reference: string
  items: { sku: string; quantity: number; action: 'Restock' | 'Quarantine' | 'Dispose' }[]
  completedAt: string
}

export interface Subscription {
  id: string
  url: string
  topics: string[]
  secret: string
  created_at: string
}

export interface Waiting {
  subscription: string
  /** Stable over repeats. */
  id: string
  topic: string
  body: string
  dueAt: number
  failures: number
}

export interface Stored {
  sequence: number
  orders: OrderRow[]
  returns: ReturnRow[]
  subscriptions: Subscription[]
  stock: Record<string, number>
  waiting: Waiting[]
  calls: number[]
  requests: number
}

export interface Account {
  options: ShipbobOptions
  io: SimulatorIo
  stored: Stored
  next(): number
  at(): string
  emit(topic: string, body: unknown): void
}

export const empty = ({ stock }: ShipbobOptions): Stored => ({
  sequence: 1_000,
  orders: [],
  returns: [],
  subscriptions: [],
  stock: { ...stock },
  waiting: [],
  calls: [],
  requests: 0,
})
