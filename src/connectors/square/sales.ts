/**
 * Makes sales whole: an order names neither the SKU nor whether it was paid without a line nor what was given back, so
 * its payments, refunds, returns and variations are read with it. What comes out is one reading, named by its content.
 */
import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '#canon/json.ts'
import { z } from 'zod'
import { Fault, toFault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Reading } from '../kit/connector.ts'
import { ORDERS_PER_RETRIEVE } from './limits.ts'
import { listOf, shaped } from './shape.ts'
import {
  order,
  payment,
  type Payment,
  place,
  refund,
  type Refund,
  type Sale,
  type SquareOrder,
  variation,
} from './shapes.ts'
import type { Client } from './wire.ts'

export interface SalesOptions {
  /** Ids of the locations that are ours. */
  locations: ReadonlySet<string>
  counterSources: ReadonlySet<string>
}

export interface Sales {
  /** What the hub would hear of these orders now. Those that are nothing to it yet are left out. */
  readings(orders: readonly SquareOrder[]): Promise<Reading[]>
  /** The orders there are among these. */
  orders(ids: readonly string[]): Promise<SquareOrder[]>
}

export const orderList = z.object({ orders: listOf(order), cursor: z.string().nullish() })

const KEPT_MS = 10 * 60_000

export function openSales(client: Client, io: Io, options: SalesOptions): Sales {
  const skus = openCache(io, (ids) => readSkus(client, ids))
  const zones = openCache(io, () => readZones(client))

  async function whole(one: SquareOrder): Promise<Sale> {
    const payments = await paymentsOf(client, one)
    const isOnline = !isCounter(one, payments, options)
    const wanted = new Set(payments.flatMap((each) => each.refund_ids))
    const all = isOnline || one.returns.length > 0 ? await each([...wanted], (id) => readRefund(client, id)) : []
    const refunds = all.filter((each) => isOnline || each.order_id === one.id)
    const others = refunds.flatMap((each) => (each.order_id && each.order_id !== one.id ? [each.order_id] : []))
    const returns = isOnline ? (await retrieve(client, others)).filter(({ returns }) => returns.length > 0) : []
    const lines = [one, ...returns].flatMap((each) => [
      ...each.line_items,
      ...each.returns.flatMap((back) => back.return_line_items),
    ])
    const ids = [...new Set(lines.flatMap((line) => line.catalog_object_id ?? []))].sort()
    const [known, zone] = [await skus(ids), await zones([one.location_id])]
    return { order: one, payments, refunds, returns, skus: known, timezone: zone[one.location_id] ?? null }
  }

  /** A return of goods that were sold online is news of the order they were sold on. */
  async function reading(one: SquareOrder): Promise<Reading[]> {
    if (one.state === 'DRAFT' || !options.locations.has(one.location_id)) return []
    const sources = [...new Set(one.returns.flatMap((back) => back.source_order_id ?? []))]
    for (const source of await retrieve(client, sources)) {
      const origin = await whole(source)
      if (!isCounter(source, origin.payments, options)) return [readingOf('poll/order', origin)]
    }
    const sale = await whole(one)
    if (!isCounter(one, sale.payments, options)) return [readingOf('poll/order', sale)]
    return one.state === 'COMPLETED' ? [readingOf('poll/receipt', sale)] : []
  }

  return {
    orders: (ids) => retrieve(client, ids),
    async readings(orders) {
      const read = await each(orders, reading)
      const byKey = new Map(read.flat().map((one) => [one.key, one]))
      return [...byKey.values()]
    },
  }
}

/** Taken by a till: what paid for it says so, else the name of its source; or nothing is to be handed over. */
export function isCounter(
  { source, fulfillments }: SquareOrder,
  payments: readonly Payment[],
  { counterSources }: Pick<SalesOptions, 'counterSources'>,
): boolean {
  if (fulfillments.length === 0) return true
  const products = payments.flatMap((one) => one.application_details?.square_product ?? [])
  return products.some((one) => TILLS.has(one)) || (source?.name ? counterSources.has(source.name) : false)
}

const TILLS: ReadonlySet<string> = new Set(['SQUARE_POS', 'RETAIL', 'RESTAURANTS', 'TERMINAL_API'])

/** Those of the order itself; of a return those that paid for what is given back. */
export async function paymentsOf(client: Client, one: SquareOrder): Promise<Payment[]> {
  const own = one.tenders.flatMap((tender) => tender.payment_id ?? [])
  const earlier = one.refunds.flatMap((each) => each.tender_id ?? [])
  return each([...new Set([...own, ...earlier])], async (id) => {
    const answer = await found(client, `/v2/payments/${encodeURIComponent(id)}`, 'reading a payment')
    return answer === null ? null : shaped(z.object({ payment }), answer, 'a payment').payment
  })
}

export async function readRefund(client: Client, id: string): Promise<Refund | null> {
  const answer = await found(client, `/v2/refunds/${encodeURIComponent(id)}`, 'reading a refund')
  return answer === null ? null : shaped(z.object({ refund }), answer, 'a refund').refund
}

async function retrieve(client: Client, ids: readonly string[]): Promise<SquareOrder[]> {
  const orders: SquareOrder[] = []
  for (let at = 0; at < ids.length; at += ORDERS_PER_RETRIEVE) {
    const body = { order_ids: ids.slice(at, at + ORDERS_PER_RETRIEVE) }
    const answer = await client.call({
      method: 'POST',
      path: '/v2/orders/batch-retrieve',
      body,
      what: 'reading orders',
    })
    orders.push(...shaped(orderList, answer, 'orders').orders)
  }
  return orders
}

const objects = z.object({ objects: listOf(variation) })

async function readSkus(client: Client, ids: readonly string[]): Promise<Record<string, string | null>> {
  const body = { object_ids: ids, include_deleted_objects: true }
  const answer = await client.call({
    method: 'POST',
    path: '/v2/catalog/batch-retrieve',
    body,
    what: 'reading variations',
  })
  return Object.fromEntries(
    shaped(objects, answer, 'variations').objects.map(({ id, item_variation_data: data }) => [
      id,
      data?.sku?.trim() || null,
    ]),
  )
}

export const places = z.object({ locations: listOf(place) })

async function readZones(client: Client): Promise<Record<string, string | null>> {
  const answer = await client.call({ method: 'GET', path: '/v2/locations', what: 'reading locations' })
  return Object.fromEntries(
    shaped(places, answer, 'locations').locations.map(({ id, timezone }) => [id, timezone ?? null]),
  )
}

/** Null when it is not there (any more). */
async function found(client: Client, path: string, what: string): Promise<unknown> {
  try {
    return await client.call({ method: 'GET', path, what })
  } catch (error) {
    const fault = toFault(error)
    if (fault instanceof Fault && fault.code === 'square.not_found') return null
    throw fault
  }
}

/** One after the other: a feed must not take the budget from orders and stock. */
async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R | null>): Promise<R[]> {
  const done: R[] = []
  for (const item of items) {
    const result = await work(item)
    if (result !== null) done.push(result)
  }
  return done
}

type Values = Record<string, string | null>

/** What changes rarely is asked for once in a while; what is not there is null. */
function openCache(io: Io, read: (ids: readonly string[]) => Promise<Values>) {
  let kept = new Map<string, string | null>()
  let untilMs = 0
  return async (ids: readonly string[]): Promise<Values> => {
    if (io.now() >= untilMs) {
      kept = new Map()
      untilMs = io.now() + KEPT_MS
    }
    const missing = ids.filter((id) => !kept.has(id))
    const fresh = missing.length > 0 ? await read(missing) : {}
    for (const [id, value] of Object.entries(fresh)) kept.set(id, value)
    for (const id of missing) if (!kept.has(id)) kept.set(id, null)
    return Object.fromEntries(ids.map((id) => [id, kept.get(id) ?? null]))
  }
}

/** Their `version` and `updated_at` are part of the content: equal content, equal name. */
export function readingOf(topic: 'poll/order' | 'poll/receipt', sale: Sale): Reading {
  const body = sale as unknown as Json
  const digest = createHash('sha256').update(canonicalJson(body)).digest('hex').slice(0, 16)
  return { key: `${topic}:${sale.order.id}:${digest}`, topic, body }
}
