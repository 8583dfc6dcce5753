/**
 * What the API says, as schemas: every answer and every parameter. The OpenAPI document is generated from here, each
 * request is checked against it, and the console takes its types from here. Nothing here shows personal data unmasked.
 */
import { ABOUT } from '#insight/hop-about.ts'
import { z } from 'zod'
import {
  amount, at, channelName, count, cursor, externalId, flag, limit, next, object, part, streamEvent, words,
} from './contract-parts.ts' // prettier-ignore
import { acceptanceDue, acceptanceView, routeView } from './contract-acceptance.ts'
import { holdPart } from './contract-hold-part.ts'
import { returnView } from './contract-refunds.ts'
import { labelView } from './contract-labels.ts'
import { parcelView } from './contract-parcels.ts'
import { storesNow } from './contract-stores.ts'

/** Every status an order can show, from first to last. */
export const ORDER_STATUS_VALUES = [
  'waiting', 'held_back', 'releasing', 'confirmed', 'part_shipped', 'shipped', 'invoiced', 'completed', 'cancelling', 'cancelled',
] as const // prettier-ignore
export const orderStatusValue = part('OrderStatus', z.enum(ORDER_STATUS_VALUES))
export type OrderStatusValue = z.infer<typeof orderStatusValue>

// ── The first page ──────────────────────────────────────────────────────────────────────────────────────────────────
export const stuckOrder = object('StuckOrder', {
  channel: z.string(),
  externalId: z.string(),
  label: z.string().describe('What people call the order: #1042.'),
  codes: z.array(z.string()).describe('Names of what holds it up.'),
  detail: z.string().describe('The first of them as a sentence.'),
  since: at,
  value: amount.nullable(),
})
export type StuckOrder = z.infer<typeof stuckOrder>

export const stockDisagreement = object('StockDisagreement', {
  pool: z.string(),
  sku: z.string(),
  channel: z.string(),
  shown: z.int().nullable().describe('What the channel shows, as last heard; null before it was read.'),
  promised: z.int().nullable().describe('What it may sell by our books; null before it was read.'),
  trouble: z.string().nullable().describe('Why nothing is published to it any more.'),
  since: at,
})
export type StockDisagreement = z.infer<typeof stockDisagreement>

export const connectionFigures = object('ConnectionFigures', {
  name: z.string().describe('As configured: shopify-main.'),
  kind: z.string().describe('The connector: shopify, odoo.'),
  role: z.enum(['erp', 'channel']),
  state: z
    .enum(['ok', 'waiting', 'trouble', 'lost'])
    .describe('ok: nothing is late. waiting: slowed down, or late. trouble: calls fail. lost: it cut us off.'),
  breaker: z.enum(['closed', 'open', 'half_open']).describe('open: nothing is sent. half_open: one call tries it.'),
  openUntil: at.nullable().describe('When one call will try it again; only while the breaker is open.'),
  failuresInARow: count.describe('Calls that failed since the last one it answered.'),
  pausedBecause: z.string().nullable().describe('What the last failure said; null while it is called as usual.'),
  openIntents: count.describe('Calls that are owed to it.'),
  oldestOpenAt: at.nullable(),
  lastFault: z
    .object({ kind: z.string(), code: z.string(), message: z.string(), at })
    .nullable()
    .describe('Of a call that is still owed, else of the last one that was given up.'),
  lastHeardAt: at.nullable(),
  feeds: z.array(
    z.object({
      name: z.string(),
      caughtUpAt: at.nullable(),
      report: z.string().nullable(),
      dueAt: at.optional().describe('Its next run, where it has a schedule of its own. In the past: it is late.'),
    }),
  ),
  watchdog: z
    .string()
    .nullable()
    .describe('What was found in the last day when it was silent, or when what had vanished was mended.'),
})
export type ConnectionFigures = z.infer<typeof connectionFigures>

export const overview = object('Overview', {
  now: at,
  ordersPerMinute: z
    .array(z.object({ minute: at, placed: count, confirmed: count, shipped: count }))
    .describe('The last 60 minutes, oldest first, without gaps; the last one is still running.'),
  byStatus: z
    .array(z.object({ status: orderStatusValue, count }))
    .describe("Every status, in the order of an order's life."),
  stuck: z.object({
    count,
    value: z.array(amount).describe('What the stuck orders are worth, one sum per currency.'),
    oldest: z.array(stuckOrder).describe('At most 10, the oldest first.'),
  }),
  stock: z.object({
    skus: count.describe('SKUs per pool that are counted.'),
    agreeing: count.describe('Of these, on how many every channel shows what it may sell.'),
    disagreeing: z.array(stockDisagreement).describe('At most 20, the oldest first.'),
    disagreeingCount: count.describe('Places where a channel shows something else.'),
    oversold: count.describe('SKUs per pool of which more was sold than is there.'),
    overOffered: count.describe('Pieces on sale that are not there to be promised.'),
    incidents: count.describe(
      'SKUs per pool with negative stock, stock that vanished, or stock put on sale by others.',
    ),
  }),
  connections: z.array(connectionFigures),
  stores: storesNow,
  acceptances: acceptanceDue,
  queue: z.object({
    undecided: count,
    oldestUndecidedAt: at.nullable(),
    dead: count,
    deadLetters: count.describe('Dead letters that are not resolved.'),
    findings: count.describe('What reconciliation found two systems to disagree about, and is still there.'),
  }),
  duplicatesDropped: count.describe('Deliveries that were known already, since this process started.'),
  uptimeSeconds: count,
  version: z.string(),
})
export type Overview = z.infer<typeof overview>

export const liveEvent = object('LiveEvent', {
  position: z.int().describe('Grows with every event of the hub.'),
  at,
  type: z.string().describe('order.placed, stock.published, …'),
  title: z.string().describe('The same in plain words.'),
  stream: z.string().describe('kind/…: what it happened to.'),
  label: z.string(),
})
export type LiveEvent = z.infer<typeof liveEvent>

/**
 * `/api/live` sends these as server-sent events. `overview`: the members of the overview that changed (all of them at
 * first). `events`: the newest events, oldest first. Lines that begin with a colon are heartbeats.
 */
export const live = object('Live', { overview: overview.partial(), events: z.array(liveEvent) })
export type Live = z.infer<typeof live>

// ── Orders ──────────────────────────────────────────────────────────────────────────────────────────────────────────
export const orderListParams = z.object({
  status: orderStatusValue.optional(),
  attention: flag.optional().describe('Only orders a person has to look at, or only the others.'),
  channel: channelName.optional(),
  q: words.optional().describe("The order's name, or how it begins. The leading # may be left out."),
  cursor: cursor.optional(),
  limit,
})

export const orderRow = object('OrderRow', {
  channel: z.string(),
  externalId: z.string(),
  label: z.string(),
  status: orderStatusValue,
  attention: z.boolean(),
  codes: z.array(z.string()),
  total: amount.nullable().describe('null while only news of the order is here, not the order itself.'),
  placedAt: at.nullable(),
  updatedAt: at,
  customerMasked: z.string().nullable().describe('G••• H•••'),
})
export type OrderRow = z.infer<typeof orderRow>

export const orderList = object('OrderList', { rows: z.array(orderRow), next })
export type OrderList = z.infer<typeof orderList>

export const hop = object('Hop', {
  at,
  kind: z.enum(['arrived', 'decided', 'asked', 'attempted', 'answered', 'failed', 'noted']),
  about: z.enum(ABOUT).describe('What it is about. inside: what one part of the hub told another.'),
  title: z.string().describe('In plain words: Odoo confirmed sale S00042.'),
  system: z.string().describe('The connection, `hub`, or `person`.'),
  durationMs: z.int().min(0).optional().describe('From asking to the answer, or from arriving to being decided.'),
  key: z.string().describe('Idempotency key of the delivery or call; stream and version of a decision.'),
  payload: z.unknown().describe('What was sent or written, as JSON, with personal data masked.'),
  inboxId: z.int().optional().describe('Set on what arrived: the row to revive when it is dead.'),
  dead: z.boolean().optional().describe('Nobody could decide it; it waits for a person.'),
  letter: z.int().optional().describe('Number of the dead letter that tells more.'),
})
export type Hop = z.infer<typeof hop>

export const orderLineView = object('OrderLine', {
  lineId: z.string(),
  sku: z.string().nullable(),
  title: z.string(),
  quantity: count.describe('What is still wanted.'),
  unitPrice: amount,
  discount: amount,
  hold: z.enum(['asked', 'reserved', 'short', 'unknown_sku']).nullable().describe('null when nothing has to be held.'),
  promise: z
    .object({
      pieces: count.describe('Not here yet; none while only the day of release is waited for.'),
      date: z.string().nullable().describe('The day they come; null when nothing is expected for them any more.'),
      first: z.string().nullable().describe('The day that was promised first.'),
    })
    .nullable()
    .describe('Of goods that were sold before they were here; null once they are.'),
  shipped: count,
  from: z.string().nullable().describe('Warehouse it leaves from; null when nothing has to be held.'),
})

export const orderException = object('OrderException', {
  code: z.string(),
  detail: z.string(),
  cure: z.string().describe('What a person does about it.'),
  waits: z.boolean().describe('It resolves without a person.'),
})

export const orderPaymentView = object('OrderPayment', {
  provider: z.string(),
  paymentId: z.string(),
  authorised: amount,
  captured: amount,
  refunded: amount,
  closed: z.boolean().describe('Nothing more can be captured.'),
  disputed: z.boolean().describe('A bank asks for the money back.'),
  warned: z.boolean().describe('The provider expects fraud.'),
  inReview: z.boolean().describe('People look at it at the provider.'),
})

export const orderPage = object('OrderPage', {
  summary: orderRow.extend({
    pool: z.string(),
    paymentStatus: z.string().nullable(),
    test: z.boolean(),
    cancel: z.object({ reason: z.string(), at, done: z.boolean() }).nullable(),
  }),
  lines: z.array(orderLineView),
  money: z
    .object({
      total: amount,
      totalTax: amount,
      shipping: amount,
      refunded: amount,
      presentmentTotal: amount,
    })
    .nullable(),
  exceptions: z.array(orderException),
  sale: z.object({ saleId: z.string(), saleName: z.string() }).nullable(),
  invoice: z.object({ state: z.enum(['none', 'asked', 'posted']), number: z.string().nullable() }),
  parcels: z.array(parcelView),
  labels: z.array(labelView).describe('Labels the hub bought, or tried to.'),
  holds: z.array(holdPart).describe('What keeps it from the ERP by a clock and an owner.'),
  back: returnView.nullable().describe('What came back of it, goods and money; null when nothing did.'),
  payments: z.array(orderPaymentView).describe('At their providers, as far as the hub knows them.'),
  acceptance: acceptanceView.nullable().describe('null when the channel never asked.'),
  routing: routeView.nullable().describe('null when no other pool was looked for.'),
  reservation: z.string().nullable().describe('The reservation whose place it takes.'),
  pools: z.array(z.string()).describe('Warehouses that goods may leave from.'),
  can: z
    .object({
      retry: z.boolean(),
      cancel: z.boolean(),
      accept: z.boolean(),
      hold: z.boolean(),
      refund: z.boolean(),
      return: z.boolean(),
      reroute: z.boolean(),
      merge: z.boolean(),
      unmerge: z.boolean(),
      resend: z.boolean(),
    })
    .describe('Which actions make sense now.'),
  together: z
    .object({
      lead: z.string().describe('The order whose label stands for all of them.'),
      others: z.array(z.string()).describe('Of the lead: who is in its parcel.'),
      until: z.string().describe('Then each is sent by itself.'),
    })
    .nullable()
    .describe('Orders that leave in the same parcel; null when it is sent by itself.'),
  trace: z.array(hop).describe('Everything that happened, oldest first; at most 2,000 hops.'),
  spans: z
    .object({ traceId: z.string(), url: z.string().nullable().describe('Where people look at it.') })
    .nullable()
    .describe('Its trace in OpenTelemetry, where one is sent.'),
})
export type OrderPage = z.infer<typeof orderPage>

export const orderParams = z.object({ channel: channelName, externalId })

/** Written into Odoo and shown: a name from a list, never free text. */
export const cancelBody = object('CancelOrder', {
  reason: z.enum(['customer', 'inventory', 'fraud', 'declined', 'staff', 'other']).default('staff'),
})

// ── Streams and the inbox ───────────────────────────────────────────────────────────────────────────────────────────
export type StreamEvent = z.infer<typeof streamEvent>

export const STREAM_KINDS = [
  'order', 'till', 'payment', 'payout', 'parcel', 'label', 'capture', 'fulfilment', 'stock', 'kit', 'route', 'return', 'reservation',
  'warehouse-order', 'customer', 'identity', 'product', 'offer', 'price', 'item', 'listing', 'connection', 'channel',
  'supply', 'supplier',
] as const // prettier-ignore
const kind = z.enum(STREAM_KINDS)

export const streamListParams = z.object({
  kind,
  attention: flag.optional(),
  q: words.optional().describe('How the name begins.'),
  cursor: cursor.optional(),
  limit,
})

export const streamRow = object('StreamRow', {
  stream: z.string(),
  label: z.string(),
  status: z.string(),
  attention: z.boolean(),
  version: z.int(),
  createdAt: at,
  updatedAt: at,
})
export type StreamRow = z.infer<typeof streamRow>

export const streamList = object('StreamList', { rows: z.array(streamRow), next })
export type StreamList = z.infer<typeof streamList>

export const streamParams = z.object({
  kind,
  id: z.string().min(1).max(300).describe("The rest of the stream's name, slashes and all."),
  after: z.coerce
    .number()
    .pipe(z.int().min(0).max(2_147_483_647))
    .default(0)
    .describe('Only events after this version.'),
  limit,
})

export const streamPage = object('StreamPage', {
  summary: streamRow,
  events: z.array(streamEvent).describe('Oldest first.'),
  more: z.boolean(),
})
export type StreamPage = z.infer<typeof streamPage>

export const inboxListParams = z.object({
  state: z.enum(['new', 'dead']).default('dead'),
  cursor: cursor.optional(),
  limit,
})

export const inboxRow = object('InboxRow', {
  id: z.int(),
  source: z.string(),
  kind: z.enum(['delivery', 'answer', 'note']),
  topic: z.string(),
  key: z.string(),
  receivedAt: at,
  outcome: z.string().nullable().describe('Why nobody could decide it.'),
  correlation: z.string().nullable(),
})
export type InboxRowView = z.infer<typeof inboxRow>

export const inboxList = object('InboxList', { rows: z.array(inboxRow), next })
export type InboxList = z.infer<typeof inboxList>

export const inboxParams = z.object({ id: z.coerce.number().pipe(z.int().min(1)) })
export const revived = object('Revived', { id: z.int() })
export type Revived = z.infer<typeof revived>

// ── The server itself ───────────────────────────────────────────────────────────────────────────────────────────────
export const health = object('Health', { status: z.literal('ok'), version: z.string(), uptimeSeconds: count })
export type Health = z.infer<typeof health>

export const ready = object('Ready', {
  ready: z.boolean(),
  database: z.enum(['ok', 'unreachable']),
  migrations: z.enum(['current', 'missing', 'unknown']),
  detail: z.string(),
})
export type Ready = z.infer<typeof ready>

/** RFC 9457, with what to do about it. */
export const problem = object('Problem', {
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  cure: z.string(),
  items: z
    .array(z.object({ sku: z.string(), asked: count, available: count }))
    .optional()
    .describe('Of `not_enough_stock`: what there is instead.'),
})
export type Problem = z.infer<typeof problem>
