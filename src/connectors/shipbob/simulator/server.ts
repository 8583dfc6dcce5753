/** ShipBob's API: its auth, its sliding limit, what it refuses, and the pages of its lists. */
import type { Fetch } from '../../../io.ts'
import { API_VERSION, CALLS_PER_MINUTE, TOPICS } from '../limits.ts'
import type { Account, OrderRow, Piece } from './state.ts'
import { inventoryPage } from './inventory.ts'
import { orderView, returnView, shipmentView, updatedAt } from './views.ts'

const MINUTE_MS = 60_000

class Refusal extends Error {
  readonly status: number
  readonly body: unknown
  constructor(status: number, body: unknown) {
    super(String(status))
    this.status = status
    this.body = body
  }
}
const unprocessable = (field: string, words: string) => new Refusal(422, { [field]: [words] })

export const openServer =
  (account: Account): Fetch =>
  async (request) => {
    const { stored, io, options } = account
    stored.requests += 1
    stored.calls = stored.calls.filter((at) => at > io.now() - MINUTE_MS)
    if (stored.calls.length >= CALLS_PER_MINUTE) {
      const wait = Math.ceil((stored.calls[0]! + MINUTE_MS - io.now()) / 1_000)
      return new Response('', { status: 429, headers: { 'x-retry-after': String(wait), 'x-remaining-calls': '0' } })
    }
    stored.calls.push(io.now())
    const headers = { 'x-remaining-calls': String(CALLS_PER_MINUTE - stored.calls.length) }
    if (request.headers.get('authorization') !== `Bearer ${options.token}`)
      return Response.json({ message: 'Unauthorized' }, { status: 401, headers })
    try {
      const { status, body } = await answer(account, request)
      return Response.json(body, { status, headers })
    } catch (error) {
      if (error instanceof Refusal) return Response.json(error.body, { status: error.status, headers })
      throw error
    }
  }

async function answer(account: Account, request: Request): Promise<{ status: number; body: unknown }> {
  const url = new URL(request.url)
  const prefix = `/${API_VERSION}`
  if (!url.pathname.startsWith(`${prefix}/`)) throw new Refusal(404, {})
  const path = url.pathname.slice(prefix.length)
  const { channelId } = account.options
  const channel = Number(request.headers.get('shipbob_channel_id'))
  const body = request.method === 'POST' ? await read(request) : {}
  switch (`${request.method} ${path.replace(/\/\d+/, '/:id')}`) {
    case 'POST /order':
      if (channel !== channelId) throw new Refusal(403, { message: 'The channel is not yours.' })
      return { status: 201, body: orderView(create(account, body), channelId) }
    case 'GET /order':
      return { status: 200, body: list(account, url.searchParams).map((one) => orderView(one, channelId)) }
    case 'POST /order/:id:cancel':
      return { status: 200, body: cancel(account, Number(/\d+/.exec(path)![0])) }
    case 'GET /inventory-level':
      return { status: 200, body: inventoryPage(account, url.searchParams) }
    case 'GET /return': {
      const from = url.searchParams.get('CompletedStartDate') ?? ''
      const rows = account.stored.returns.filter(({ completedAt }) => completedAt >= from)
      const [page, limit] = [Number(url.searchParams.get('Cursor') ?? 1), Number(url.searchParams.get('Limit') ?? 50)]
      const items = rows.slice((page - 1) * limit, page * limit).map((one) => returnView(one, channelId))
      return { status: 200, body: { items, next: page * limit < rows.length ? `/return?Cursor=${page + 1}` : null } }
    }
    case 'GET /channel': {
      const scopes = ['orders_read', 'orders_write', 'returns_read', 'webhooks_write', 'channels_read']
      return { status: 200, body: { items: [{ id: channelId, name: 'Crossdock', scopes }] } }
    }
    case 'GET /webhook': {
      const items = account.stored.subscriptions.map(({ secret: _, ...one }) => ({
        ...one,
        description: null,
        enabled: true,
      }))
      return { status: 200, body: { items, next: null, prev: null } }
    }
    case 'POST /webhook':
      return { status: 200, body: subscribe(account, body) }
    default:
      throw new Refusal(404, {})
  }
}

async function read(request: Request): Promise<Record<string, unknown>> {
  const text = await request.text()
  try {
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
  } catch {
    throw new Refusal(400, { body: ['is no JSON'] })
  }
}

/** It refuses what the real one refuses: a reference used before, an unknown SKU, a missing field. */
function create(account: Account, body: Record<string, unknown>): OrderRow {
  const { stored, options } = account
  const { reference_id: reference, products, recipient, shipping_method: method } = body
  if (typeof reference !== 'string' || reference === '') throw unprocessable('reference_id', 'is required')
  if (stored.orders.some((one) => one.body.reference_id === reference))
    throw unprocessable('reference_id', 'An order with this reference id exists already.')
  const to = (recipient as { name?: string; address?: Record<string, string> } | undefined) ?? {}
  for (const field of ['address1', 'city', 'country'])
    if (!to.address?.[field]) throw unprocessable(`recipient.address.${field}`, 'is required')
  if (!to.name) throw unprocessable('recipient.name', 'is required')
  if (typeof method !== 'string' || !(options.shippingMethods ?? ['Standard', 'standard']).includes(method))
    throw unprocessable('shipping_method', 'is not set up for the account')
  const pieces = (products as Piece[] | undefined) ?? []
  if (pieces.length === 0) throw unprocessable('products', 'is required')
  for (const { sku, quantity } of pieces) {
    if (!Object.hasOwn(stored.stock, sku)) throw unprocessable('products', `There is no product ${sku}.`)
    if (!Number.isInteger(quantity) || quantity < 1) throw unprocessable('products', 'quantity must be at least 1')
  }
  const row: OrderRow = {
    id: account.next(),
    body: { ...body, reference_id: reference },
    createdAt: account.at(),
    shipments: [],
  }
  const short = pieces.flatMap(({ sku, quantity }) => {
    const missing = quantity - Math.max(0, stored.stock[sku]!)
    stored.stock[sku]! -= quantity
    return missing > 0 ? [{ sku, quantity: missing }] : []
  })
  row.shipments.push({
    id: account.next(),
    orderId: row.id,
    status: short.length > 0 ? 'Exception' : 'Processing',
    picked: false,
    short,
    tracking: null,
    pieces: pieces.map(({ sku, quantity }) => ({ sku, quantity })),
    reason: short.length > 0 ? 'OutOfStock' : null,
    shippedAt: null,
    updatedAt: account.at(),
  })
  stored.orders.push(row)
  return row
}

function list({ stored }: Account, query: URLSearchParams): OrderRow[] {
  const references = query.get('ReferenceIds')?.split(',')
  const from = query.get('LastUpdateStartDate') ?? ''
  const rows = stored.orders
    .filter((one) => !references || references.includes(one.body.reference_id))
    .filter((one) => updatedAt(one) >= from)
  const [page, limit] = [Number(query.get('Page') ?? 1), Math.min(250, Number(query.get('Limit') ?? 50))]
  return rows.slice((page - 1) * limit, page * limit)
}

/** What is picked goes on; when nothing can be stopped it is refused. */
function cancel(account: Account, id: number): unknown {
  const order = account.stored.orders.find((one) => one.id === id)
  if (!order) throw new Refusal(404, {})
  const stoppable = (one: OrderRow['shipments'][number]) => !one.picked && one.status !== 'Completed'
  if (!order.shipments.some(stoppable)) throw unprocessable('order', 'The order is not in a cancellable state.')
  const results = order.shipments.map((one) => {
    const can = stoppable(one) || one.status === 'Cancelled'
    if (can) {
      one.status = 'Cancelled'
      one.updatedAt = account.at()
      account.emit('order.shipment.cancelled', shipmentView(one, order))
    }
    return {
      shipment_id: one.id,
      action: 'Cancel',
      is_success: can,
      reason: can ? null : 'The shipment was picked already.',
    }
  })
  const status = results.every((one) => one.is_success) ? 'Success' : 'PartialSuccess'
  return {
    order_id: id,
    order: orderView(order, account.options.channelId),
    status,
    canceled_shipment_results: results,
  }
}

function subscribe(account: Account, body: Record<string, unknown>): unknown {
  const { topics, url, description = null } = body as { topics?: string[]; url?: string; description?: string }
  if (!url || !Array.isArray(topics) || topics.length === 0) throw unprocessable('url', 'is required')
  const strange = topics.find((one) => !(TOPICS as readonly string[]).includes(one))
  if (strange) throw unprocessable('topics', `${strange} is no topic`)
  const id = String(account.next())
  const secret = `whsec_${Buffer.from(`secret of subscription ${id}`).toString('base64')}`
  account.stored.subscriptions.push({ id, url, topics, secret, created_at: account.at() })
  return { id, url, topics, secret, description, created_at: account.at() }
}
