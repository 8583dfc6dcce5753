/** What the simulated marketplace remembers of one seller. Amounts are minor units, moments are milliseconds. */
import type { SimulatorIo } from '../../kit/simulator.ts'
import { MARKETPLACES } from '../marketplaces.ts'
import type { GivenBack, Settled } from './settlements.ts'

export interface Listing {
  sku: string
  asin: string
  title: string
  productType: string
  price: number
  /** `DEFAULT`: the seller ships; else Amazon does. */
  channel: string
  /** What can be bought of the seller's own stock. */
  quantity: number
  updatedAt: number
  createdAt: number
  deleted: boolean
  /** Amazon finds something wrong with it: numbers are refused. */
  broken: boolean
  /** What the seller contributed by attribute, beside the title and the price; each is a list of values. */
  attributes?: Record<string, Row[]>
  /** What else stands at the public offer, such as its end, and the offers to others. */
  offer?: Row
  otherOffers?: Row[]
  /** What Amazon found wrong when it worked a change off. */
  issues?: Row[]
}

export type Row = Record<string, unknown>

/** A change that was accepted and is not effective yet. */
export interface Submission {
  id: string
  sku: string
  dueAt: number
  patches: Patch[]
}

export interface Patch {
  op: 'replace' | 'merge'
  /** Name of the attribute. */
  name: string
  value: Row[]
}

/** A feed: a document of many changes, worked off in the background. */
export interface Feed {
  id: string
  documentId: string
  dueAt: number
  done: boolean
}

/** Of a SKU, what lies in Amazon's warehouses. */
export interface FbaStock {
  fulfillable: number
  reserved: number
  updatedAt: number
}

export interface Charge {
  price: number
  discount: number
  tax: number
}

export interface Item {
  id: string
  sku: string
  asin: string
  title: string
  unitPrice: number
  ordered: number
  shipped: number
  cancelled: number
  goods: Charge
  shipping: Charge
  cancelledBy: string | null
  cancelAsked: boolean
}

export interface Package {
  reference: string
  carrier: string
  trackingNumber: string
  shippedAt: number
  createdAt: number
  items: { itemId: string; quantity: number }[]
}

export type Status = 'PENDING' | 'UNSHIPPED' | 'PARTIALLY_SHIPPED' | 'SHIPPED' | 'CANCELLED' | 'UNFULFILLABLE'

export interface Buyer {
  name: string
  email: string
  company?: string
  address: {
    street: string
    street2?: string
    city: string
    region?: string
    postcode: string
    country: string
    phone?: string
  }
}

export interface Order {
  id: string
  createdAt: number
  updatedAt: number
  status: Status
  fulfilledBy: 'MERCHANT' | 'AMAZON'
  serviceLevel: string
  buyer: Buyer
  programs: string[]
  items: Item[]
  packages: Package[]
  /** When the payment is settled; null when it is. */
  settlesAt: number | null
  /** When all of it had left. */
  shippedAt?: number
  /** A settlement has its money. */
  isSettled?: boolean
}

export interface Report {
  id: string
  type: string
  createdAt: number
  dueAt: number
  documentId: string | null
  cancelled: boolean
}

/** A file behind a presigned URL. */
export interface Document {
  id: string
  text: string
  gzip: boolean
  charset?: 'utf-8' | 'cp1252'
}

export interface QueueEntry {
  id: string
  body: string
  visibleAt: number
  sentAt: number
  received: number
  /** Of the last handing-out; older ones delete nothing. */
  receipt: string | null
}

export interface AmazonOptions {
  sellerId: string
  /** The store; amazon.com unless said. */
  marketplaceId?: string
  clientId: string
  clientSecret: string
  refreshToken: string
  queue?: { url: string; arn: string; accessKeyId: string; secretAccessKey: string }
  tokenLifeSeconds?: number
  /** An accepted number is effective after a time between these two. */
  effectiveAfterMs?: readonly [number, number]
  /** An order is pending for a time between these two; 0 lets it begin unshipped. */
  pendingMs?: readonly [number, number]
  /** A report is made in this time. */
  processingMs?: number
  /** A notification reaches the queue after a time between these two. */
  notificationMs?: readonly [number, number]
  /** Of all notifications, those that come twice. */
  doubled?: number
  /** Sales tax or VAT on everything sold. */
  taxRate?: number
  /** Amazon collects and remits the tax: so in most of the USA. */
  taxByAmazon?: boolean
  /** Cancelled pieces of the seller's own stock can be bought again at once; so unless said. */
  restocksCancelled?: boolean
  /** The app has the roles for names and addresses. */
  personalData?: boolean
  /** Other rates than the published ones, in calls per second and size of the bucket. */
  rates?: Readonly<Record<string, { rate: number; burst: number }>>
}

/** All of it is plain data, so that it can be kept and taken up again. */
export interface AmazonState {
  listings: Map<string, Listing>
  submissions: Submission[]
  fba: Map<string, FbaStock>
  orders: Map<string, Order>
  reports: Map<string, Report>
  documents: Map<string, Document>
  feeds: Map<string, Feed>
  settled: Settled[]
  settledUntil?: number
  givenBack: GivenBack[]
  /** Changes of these SKUs are accepted and come to nothing, each for its reason. */
  refused: Map<string, string>
  /** So many feeds to come are never worked off. */
  failFeeds: number
  messages: QueueEntry[]
  destinations: Map<string, { name: string; arn: string }>
  /** By type of notification. */
  subscriptions: Map<string, { id: string; destinationId: string; version: string }>
  /** Until when each holds, and what for. */
  tokens: Map<string, { until: number; grant: 'seller' | 'grantless' }>
  buckets: Map<string, { level: number; at: number }>
  credentials: { clientSecret: string; refreshToken: string; authorised: boolean }
  personalData: boolean
  lastId: number
  counts: { requests: number; throttled: number; received: number; deleted: number; notified: number }
}

export interface World {
  options: AmazonOptions
  io: SimulatorIo
  state: AmazonState
  marketplaceId: string
  currency: string
  taxesIncluded: boolean
  /** A number nobody has yet. */
  next(): number
  /** A number between the two, by chance. */
  between(range: readonly [number, number]): number
}

export function openWorld(options: AmazonOptions, io: SimulatorIo, before?: AmazonState): World {
  const marketplaceId = options.marketplaceId ?? 'ATVPDKIKX0DER'
  const marketplace = MARKETPLACES[marketplaceId]!
  const state = before ? { ...fresh(options), ...before } : fresh(options)
  return {
    options,
    io,
    state,
    marketplaceId,
    currency: marketplace.currency,
    taxesIncluded: marketplace.taxesIncluded,
    next: () => (state.lastId += 1),
    between: ([least, most]) => least + Math.floor(io.random() * (most - least + 1)),
  }
}

const fresh = ({ clientSecret, refreshToken, personalData = true }: AmazonOptions): AmazonState => ({
  listings: new Map(),
  submissions: [],
  fba: new Map(),
  orders: new Map(),
  reports: new Map(),
  documents: new Map(),
  feeds: new Map(),
  settled: [],
  givenBack: [],
  refused: new Map(),
  failFeeds: 0,
  messages: [],
  destinations: new Map(),
  subscriptions: new Map(),
  tokens: new Map(),
  buckets: new Map(),
  credentials: { clientSecret, refreshToken, authorised: true },
  personalData,
  lastId: 1_000,
  counts: { requests: 0, throttled: 0, received: 0, deleted: 0, notified: 0 },
})

/** As Amazon writes moments: seconds, in UTC. */
export const moment = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`
