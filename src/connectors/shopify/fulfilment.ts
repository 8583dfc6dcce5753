/**
 * Tells the shop what left the warehouse. `fulfillmentCreate` is not idempotent: it fulfils again whatever remains. So
 * we read first how much of each line is fulfilled already, and create only what is missing to the asked sum.
 */
import { Fault } from '../../fault.ts'
import type { Answer, Ask } from '#core/intents.ts'
import type { Sent } from '../kit/connector.ts'
import type { Caller } from './graphql.ts'
import { gid, numberOf } from './ids.ts'
import {
  createFulfilment,
  fulfilledLines,
  moreFulfilmentOrderLines,
  readFulfilment,
  type FulfilmentOrder,
} from './operations.ts'
import { rejected } from './outbound.ts'
import { allNodes, readOn } from './paging.ts'
import { quotable } from './wire.ts'

type Sending = Sent<'fulfilment.ensure'>

interface Picture {
  cancelled: boolean
  /** Pieces fulfilled, by line. */
  fulfilled: Map<string, number>
  /** Fulfilments that stand, by tracking number. */
  byTracking: Map<string, string>
  orders: FulfilmentOrder[]
}

export async function fulfilmentEnsure(
  graphql: Caller,
  sent: Sending,
  options: { notifyCustomers: boolean },
): Promise<Answer<'fulfilment.ensure'>> {
  const { ask } = sent
  const picture = await readFulfilments(graphql, ask)
  const missing = new Map<string, number>()
  for (const { lineId, cumulative } of ask.lines) {
    const lacks = cumulative - (picture.fulfilled.get(lineId) ?? 0)
    if (lacks > 0) missing.set(lineId, lacks)
  }
  if (missing.size === 0) return { fulfilmentId: picture.byTracking.get(ask.parcel.trackingNumber ?? '') ?? null }
  if (picture.cancelled) throw notFulfillable(ask, 'it is cancelled')

  let fulfilmentId: string | null = null
  for (const items of plan(picture.orders, missing).values()) {
    fulfilmentId = await create(graphql, sent, items, options.notifyCustomers)
  }
  if (missing.size === 0) return { fulfilmentId }
  const held = picture.orders.some(({ status }) => status === 'ON_HOLD' || status === 'SCHEDULED')
  throw notFulfillable(
    ask,
    held ? 'part of it is on hold or scheduled' : 'nothing is left to fulfil on some of its lines',
  )
}

interface FulfilmentItems {
  fulfillmentOrderId: string
  fulfillmentOrderLineItems: { id: string; quantity: number }[]
}

/**
 * Which lines of which fulfilment orders to fulfil, by location: one fulfilment cannot span two. Takes from `missing`
 * what it plans.
 */
function plan(orders: readonly FulfilmentOrder[], missing: Map<string, number>): Map<string, FulfilmentItems[]> {
  const byLocation = new Map<string, FulfilmentItems[]>()
  for (const order of orders.filter(({ status }) => status === 'OPEN' || status === 'IN_PROGRESS')) {
    const lines = order.lineItems.nodes.flatMap(({ id, remainingQuantity, lineItem }) => {
      const lineId = numberOf(lineItem.id)
      const lacks = missing.get(lineId) ?? 0
      const quantity = Math.min(lacks, remainingQuantity)
      if (quantity <= 0) return []
      if (quantity === lacks) missing.delete(lineId)
      else missing.set(lineId, lacks - quantity)
      return [{ id, quantity }]
    })
    if (lines.length === 0) continue
    const location = order.assignedLocation.location?.id ?? ''
    const together = byLocation.get(location) ?? []
    byLocation.set(location, [...together, { fulfillmentOrderId: order.id, fulfillmentOrderLineItems: lines }])
  }
  return byLocation
}

async function create(
  graphql: Caller,
  { ask, attempt }: Sending,
  items: FulfilmentItems[],
  notifyCustomer: boolean,
): Promise<string> {
  const { carrier, trackingNumber, trackingUrl } = ask.parcel
  const trackingInfo = {
    ...(carrier ? { company: carrier } : {}),
    ...(trackingNumber ? { number: trackingNumber } : {}),
    ...(trackingUrl ? { url: trackingUrl } : {}),
  }
  const { fulfillmentCreate: answer } = await graphql.call(createFulfilment, {
    fulfillment: {
      lineItemsByFulfillmentOrder: items,
      notifyCustomer,
      ...(Object.keys(trackingInfo).length > 0 ? { trackingInfo } : {}),
    },
  })
  if (answer.fulfillment) return numberOf(answer.fulfillment.id)
  const said = quotable(answer.userErrors.map(({ message }) => message).join(' '))
  // The picture may have changed since it was read (a customer cancelled), so it is read once more; then it is final.
  const kind = attempt <= 1 ? 'conflict' : 'rejected'
  throw new Fault(kind, `Shopify refused a fulfilment of order ${ask.orderName}: ${said}`, {
    code: 'shopify.fulfilment_refused',
  })
}

/** Most orders have few fulfilments; only when the short list is full the long one is asked for, which costs more. */
const FULFILMENTS_FEW = 20
const FULFILMENTS_MAX = 250

/** What stands on the order: pieces fulfilled, parcels known, and what is left to fulfil. */
export async function readFulfilments(graphql: Caller, ask: Ask<'fulfilment.ensure'>): Promise<Picture> {
  const id = gid('Order', ask.externalId)
  const page = async (fulfillments: number, after: string | null) => {
    const { order } = await graphql.call(readFulfilment, { id, fulfillments, after })
    if (order) return order
    throw rejected('unknown_order', `The shop has no order ${ask.orderName} any more.`)
  }
  let first = await page(FULFILMENTS_FEW, null)
  if (first.fulfillments.length >= FULFILMENTS_FEW) first = await page(FULFILMENTS_MAX, null)
  const pages = await readOn(first.fulfillmentOrders, async (after) => (await page(1, after)).fulfillmentOrders)
  const orders: FulfilmentOrder[] = []
  for (const order of pages.nodes) orders.push(await withAllLines(graphql, order))
  const standing = first.fulfillments.filter(({ status }) => !VOID.has(status))
  const byTracking = new Map<string, string>()
  for (const { id, trackingInfo } of standing)
    if (trackingInfo[0]?.number) byTracking.set(trackingInfo[0].number, numberOf(id))
  const fulfilled = await fulfilledByLine(
    graphql,
    standing.map((one) => one.id),
  )
  return { cancelled: first.cancelledAt !== null, fulfilled, byTracking, orders }
}

/** Fulfilments in these states did not happen. */
const VOID: ReadonlySet<string> = new Set(['CANCELLED', 'ERROR', 'FAILURE'])

async function fulfilledByLine(graphql: Caller, ids: readonly string[]): Promise<Map<string, number>> {
  const byLine = new Map<string, number>()
  for (const id of ids) {
    const lines = await allNodes(
      async (after) => (await graphql.call(fulfilledLines, { id, after })).fulfillment?.fulfillmentLineItems,
    )
    for (const { lineItem, quantity } of lines) {
      const lineId = numberOf(lineItem.id)
      byLine.set(lineId, (byLine.get(lineId) ?? 0) + (quantity ?? 0))
    }
  }
  return byLine
}

async function withAllLines(graphql: Caller, order: FulfilmentOrder): Promise<FulfilmentOrder> {
  const more = async (after: string) =>
    (await graphql.call(moreFulfilmentOrderLines, { id: order.id, after })).node?.lineItems
  return { ...order, lineItems: await readOn(order.lineItems, more) }
}

const notFulfillable = (ask: Ask<'fulfilment.ensure'>, why: string): Fault =>
  rejected(
    'not_fulfillable',
    `Order ${ask.orderName} cannot be fulfilled in the shop as it was shipped: ${why}. Look at the order there.`,
  )
