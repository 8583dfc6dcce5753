/** Orders, payments and refunds. */
import { LOCATIONS_PER_SEARCH, ORDERS_PER_RETRIEVE } from '../limits.ts'
import { asRow, EPOCH, limitOf, location, needed, rangeOf, rowOf, textOf, textsOf, timeOf } from './body.ts'
import type { Endpoint } from './server.ts'
import { pageOf } from './pages.ts'
import { openReturns } from './returns.ts'
import { type Account, type FulfilmentRow, type OrderRow, Refusal, type Row } from './state.ts'
import { touch } from './trade.ts'

const FIELDS = { CREATED_AT: 'created_at', UPDATED_AT: 'updated_at', CLOSED_AT: 'closed_at' } as const

/** New things are missing from the lists for a while. */
const isListed = ({ state, io }: Account, id: string): boolean => (state.visibleAt.get(id) ?? 0) <= io.now()

export const searchOrders: Endpoint = ({ account, body }) => {
  const ids = textsOf(body, 'location_ids') ?? []
  if (ids.length === 0)
    throw new Refusal(400, 'MISSING_REQUIRED_PARAMETER', 'At least one location is needed.', 'location_ids')
  if (ids.length > LOCATIONS_PER_SEARCH)
    throw new Refusal(400, 'ARRAY_LENGTH_TOO_LONG', 'Array must have at most 10 elements.', 'location_ids')
  for (const id of ids) location(account, id, 'location_ids')
  const query = rowOf(body, 'query')
  const sort = rowOf(query, 'sort')
  const sortField = (textOf(sort, 'sort_field') ?? 'CREATED_AT') as keyof typeof FIELDS
  const by = FIELDS[sortField]
  if (!by)
    throw new Refusal(400, 'INVALID_ENUM_VALUE', `\`${sortField}\` is not a valid sort field.`, 'query.sort.sort_field')
  const filter = rowOf(rowOf(query, 'filter'), 'date_time_filter')
  const filtered = Object.keys(filter)
  if (filtered.length > 1)
    throw new Refusal(
      400,
      'BAD_REQUEST',
      'Only one time range at a time can be filtered.',
      'query.filter.date_time_filter',
    )
  if (filtered[0] && filtered[0] !== by)
    throw new Refusal(
      400,
      'BAD_REQUEST',
      `You must sort by ${filtered[0].toUpperCase()} when filtering by it.`,
      'query.sort.sort_field',
    )
  const { from, to } = rangeOf(asRow(filter[by]), `query.filter.date_time_filter.${by}`, {
    from: EPOCH,
    to: account.now(),
  })
  const rows = [...account.state.orders.values()].filter(
    (one) =>
      ids.includes(one.location_id) &&
      isListed(account, one.id) &&
      String(one[by] ?? '') >= from &&
      String(one[by] ?? '') <= to,
  )
  const page = pageOf({
    rows,
    by: (one) => String(one[by] ?? ''),
    id: (one) => one.id,
    descending: textOf(sort, 'sort_order') !== 'ASC',
    limit: limitOf(body['limit'], 500, 1_000),
    cursor: textOf(body, 'cursor'),
    query: { ids, query },
  })
  if (body['return_entries'] === true) {
    const entries = page.rows.map(({ id, location_id, version }) => ({
      order_id: id,
      location_id,
      ...(version === undefined ? {} : { version }),
    }))
    return { order_entries: entries, ...(page.cursor ? { cursor: page.cursor } : {}) }
  }
  return { ...(page.rows.length > 0 ? { orders: page.rows } : {}), ...(page.cursor ? { cursor: page.cursor } : {}) }
}

export const retrieveOrders: Endpoint = ({ account, body }) => {
  const ids = textsOf(body, 'order_ids')
  if (!ids || ids.length === 0)
    throw new Refusal(400, 'MISSING_REQUIRED_PARAMETER', 'Missing required parameter.', 'order_ids')
  if (ids.length > ORDERS_PER_RETRIEVE)
    throw new Refusal(400, 'ARRAY_LENGTH_TOO_LONG', 'Array must have at most 100 elements.', 'order_ids')
  // What is not there is left out.
  return { orders: ids.flatMap((id) => account.state.orders.get(id) ?? []) }
}

export const retrieveOrder: Endpoint = ({ account, id }) => ({ order: orderNamed(account, id) })

function orderNamed({ state }: Account, id: string): OrderRow {
  const order = state.orders.get(id)
  if (order) return order
  throw new Refusal(404, 'NOT_FOUND', `Order not found for id ${id}`, 'order_id')
}

const NEXT: Readonly<Record<string, readonly string[]>> = {
  PROPOSED: ['PROPOSED', 'RESERVED', 'PREPARED', 'COMPLETED', 'CANCELED', 'FAILED'],
  RESERVED: ['RESERVED', 'PREPARED', 'COMPLETED', 'CANCELED', 'FAILED'],
  PREPARED: ['PREPARED', 'COMPLETED', 'CANCELED', 'FAILED'],
  COMPLETED: ['COMPLETED'],
  CANCELED: ['CANCELED'],
  FAILED: ['FAILED'],
}

export const updateOrder: Endpoint = ({ account, hooks, id, body, keyed }) => {
  const key = textOf(body, 'idempotency_key')
  if (key !== undefined && key.length > 192)
    throw new Refusal(400, 'VALUE_TOO_LONG', 'Field must not be greater than 192 in length', 'idempotency_key')
  return keyed(key === undefined ? undefined : `order ${id} ${key}`, () => {
    const order = orderNamed(account, id)
    const wanted = rowOf(body, 'order')
    if (order.version === undefined)
      throw new Refusal(400, 'BAD_REQUEST', 'Orders not created through the API cannot be updated.', 'order_id')
    if (wanted['version'] === undefined)
      throw new Refusal(400, 'MISSING_REQUIRED_PARAMETER', 'Missing required parameter.', 'order.version')
    if (wanted['version'] !== order.version)
      throw new Refusal(
        409,
        'CONFLICT',
        `Order version does not match. Expected ${order.version} but received ${String(wanted['version'])}`,
        'version',
      )
    if (order.state === 'COMPLETED' || order.state === 'CANCELED')
      throw new Refusal(400, 'BAD_REQUEST', `Order is in state ${order.state} and cannot be updated.`, 'order.state')
    for (const one of (wanted['fulfillments'] ?? []) as Row[]) changeFulfilment(order, one)
    touch(account, hooks, order)
    if (order.fulfillments?.every(({ state }) => state === 'COMPLETED'))
      Object.assign(order, { state: 'COMPLETED', closed_at: account.now() })
    hooks.emit('order.fulfillment.updated', fulfilmentNews(order))
    return { order }
  })
}

function changeFulfilment(order: OrderRow, wanted: Row): void {
  const known = order.fulfillments?.find(({ uid }) => uid === wanted['uid'])
  if (!known) throw new Refusal(400, 'NOT_FOUND', 'No such fulfillment on the order.', 'order.fulfillments.uid')
  const next = String(wanted['state'] ?? known.state)
  if (!NEXT[known.state]?.includes(next))
    throw new Refusal(
      400,
      'BAD_REQUEST',
      `A fulfillment cannot go from ${known.state} to ${next}.`,
      'order.fulfillments.state',
    )
  const metadata = wanted['metadata'] as Record<string, string> | undefined
  for (const [name, value] of Object.entries(metadata ?? {})) {
    if (!/^[\w-]{1,60}$/.test(name))
      throw new Refusal(400, 'MAP_KEY_LENGTH_TOO_LONG', 'Bad key of metadata.', 'metadata')
    if (value.length > 255)
      throw new Refusal(400, 'VALUE_TOO_LONG', 'Field must not be greater than 255 in length', 'metadata')
  }
  if (Object.keys(metadata ?? {}).length > 10)
    throw new Refusal(400, 'TOO_MANY_MAP_ENTRIES', 'At most 10 entries.', 'metadata')
  const merged: FulfilmentRow = { ...known, ...wanted, state: next, uid: known.uid, type: known.type }
  const name = `${known.type.toLowerCase()}_details`
  if (wanted[name]) merged[name] = { ...asRow(known[name]), ...asRow(wanted[name]) }
  if (metadata) merged.metadata = { ...known.metadata, ...metadata }
  order.fulfillments = order.fulfillments!.map((one) => (one.uid === known.uid ? merged : one))
}

const fulfilmentNews = ({ id, location_id, state, version, created_at, updated_at }: OrderRow): Row => ({
  type: 'order_fulfillment_updated',
  id,
  object: { order_fulfillment_updated: { order_id: id, location_id, state, version, created_at, updated_at } },
})

const SORTS = { CREATED_AT: 'created_at', UPDATED_AT: 'updated_at', OFFLINE_CREATED_AT: 'offline' } as const

export const listPayments: Endpoint = (call) => listed(call, 'payments', [...call.account.state.payments.values()])
export const listRefunds: Endpoint = (call) => listed(call, 'refunds', [...call.account.state.refunds.values()])

interface Changing extends Row {
  id: string
  location_id: string
  created_at: string
  updated_at: string
}

function listed({ account, query }: Parameters<Endpoint>[0], kind: string, all: readonly Changing[]): Row {
  const by = SORTS[(query['sort_field'] ?? 'CREATED_AT') as keyof typeof SORTS]
  if (!by) throw new Refusal(400, 'INVALID_SORT_ORDER', 'No such sort field.', 'sort_field')
  const yearAgo = new Date(account.io.now() - 365 * 86_400_000).toISOString()
  const created = {
    from: timeOf(query['begin_time'], 'begin_time') ?? yearAgo,
    to: timeOf(query['end_time'], 'end_time') ?? account.now(),
  }
  const updated = {
    from: timeOf(query['updated_at_begin_time'], 'updated_at_begin_time') ?? EPOCH,
    to: timeOf(query['updated_at_end_time'], 'updated_at_end_time') ?? account.now(),
  }
  if (updated.from > updated.to)
    throw new Refusal(400, 'INVALID_TIME_RANGE', 'The begin is after the end.', 'updated_at_begin_time')
  // Without a location only the main one is listed.
  const place = query['location_id']
    ? location(account, query['location_id'], 'location_id')
    : [...account.state.locations.keys()][0]
  const offline = query['is_offline_payment']
  const rows = all.filter(
    (one) =>
      one.location_id === place &&
      isListed(account, one.id) &&
      one.created_at >= created.from &&
      one.created_at <= created.to &&
      one.updated_at >= updated.from &&
      one.updated_at <= updated.to &&
      (offline === undefined || String(one['is_offline_payment'] ?? false) === offline),
  )
  const { cursor: _, ...bound } = query
  const page = pageOf({
    rows,
    by: (one) => String(one[by] ?? ''),
    id: (one) => one.id,
    descending: query['sort_order'] !== 'ASC',
    limit: Math.min(100, limitOf(query['limit'], 100, Infinity)),
    cursor: query['cursor'],
    query: bound,
  })
  return { ...(page.rows.length > 0 ? { [kind]: page.rows } : {}), ...(page.cursor ? { cursor: page.cursor } : {}) }
}

export const getPayment: Endpoint = ({ account, id }) => {
  const payment = account.state.payments.get(id)
  if (!payment) throw new Refusal(404, 'NOT_FOUND', `Could not find payment with id: ${id}`)
  return { payment }
}

/** Money of one payment, back to where it came from. */
export const refundPayment: Endpoint = ({ account, hooks, stock, body, keyed }) => {
  const key = needed(body, 'idempotency_key', 45)
  const amount = rowOf(body, 'amount_money')
  const id = needed(body, 'payment_id')
  if ((textOf(body, 'reason') ?? '').length > 192)
    throw new Refusal(400, 'VALUE_TOO_LONG', 'Field must not be greater than 192 in length', 'reason')
  return keyed(key, () => {
    const payment = account.state.payments.get(id)
    if (!payment) throw new Refusal(404, 'NOT_FOUND', `Could not find payment with id: ${id}`)
    if (payment.status !== 'COMPLETED')
      throw new Refusal(400, 'REFUND_ERROR_PAYMENT_NEEDS_COMPLETION', 'The payment is not completed.')
    if (amount['currency'] !== payment.total_money.currency)
      throw new Refusal(400, 'CURRENCY_MISMATCH', 'The currency is not that of the payment.', 'amount_money.currency')
    const left = payment.total_money.amount - (payment.refunded_money?.amount ?? 0)
    const wanted = Number(amount['amount'])
    if (!Number.isSafeInteger(wanted) || wanted <= 0 || wanted > left)
      throw new Refusal(400, 'REFUND_AMOUNT_INVALID', 'The requested refund amount exceeds the amount available.')
    const { pendingRefunds: pending } = account.state
    const reason = textOf(body, 'reason') ?? ''
    return { refund: openReturns(account, hooks, stock).refundPayment(payment, wanted, { reason, pending }) }
  })
}

export const getRefund: Endpoint = ({ account, id }) => {
  const refund = account.state.refunds.get(id)
  if (!refund) throw new Refusal(404, 'NOT_FOUND', `Could not find refund with id: ${id}`)
  return { refund }
}

export const searchEvents: Endpoint = ({ account, hooks, body }) => {
  const filter = rowOf(rowOf(body, 'query'), 'filter')
  const types = textsOf(filter, 'event_types')
  const oldest = new Date(account.io.now() - 28 * 86_400_000).toISOString()
  const range = rangeOf(rowOf(filter, 'created_at'), 'query.filter.created_at', { from: oldest, to: account.now() })
  if (range.from < oldest)
    throw new Refusal(400, 'INVALID_TIME_RANGE', 'Events can only be searched for 28 days.', 'query.filter.created_at')
  const rows = hooks.state.events.filter(
    (one) => (!types || types.includes(one.type)) && one.created_at >= range.from && one.created_at <= range.to,
  )
  const page = pageOf({
    rows,
    by: (one) => one.created_at,
    id: (one) => one.event_id,
    descending: textOf(rowOf(rowOf(body, 'query'), 'sort'), 'order') === 'DESC',
    limit: limitOf(body['limit'], 100, 100),
    cursor: textOf(body, 'cursor'),
    query: body['query'],
  })
  return { events: page.rows, ...(page.cursor ? { cursor: page.cursor } : {}) }
}

export const enableEvents: Endpoint = ({ account }) => {
  account.state.eventsEnabled = true
  return {}
}
