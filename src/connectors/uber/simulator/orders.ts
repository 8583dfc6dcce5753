/** Quotes and deliveries of the simulated account: what it takes, and what it refuses in whose words. */
import type { Account } from './index.ts'
import { type DeliveryRow, invalid, type QuoteRow, Refusal, type Row, type WaypointRow } from './state.ts'

const QUOTE_MS = 15 * 60_000
const MINUTE_MS = 60_000
const POSTCODES = ['787']

interface Place {
  text: string
  detailed: Row
}

/** A text in a text, or a line of it. */
function placeOf(account: Account, body: Row, name: string): Place {
  const text = body[name]
  if (typeof text !== 'string' || text === '') throw invalid({ [name]: 'This field is required.' })
  const one = structured(text)
  const { street_address: street, city, state, zip_code: zip, country } = one
  const lines = Array.isArray(street) ? street.map(String) : []
  if (lines.length === 0 || lines[0] === '' || typeof city !== 'string' || typeof zip !== 'string')
    throw invalid({ param_details: 'unable to resolve provided address through geocoding' })
  if (/^0+ /.test(lines[0]!)) throw new Refusal(400, 'unknown_location', 'The specified location was not understood.')
  const near = account.options.postcodes ?? POSTCODES
  if (!near.some((start) => zip.startsWith(start)))
    throw new Refusal(400, 'address_undeliverable', 'The specified location is not in a deliverable area.')
  const detailed = {
    street_address_1: lines[0],
    street_address_2: lines[1] ?? '',
    city,
    state: String(state ?? ''),
    zip_code: zip,
    country: String(country ?? ''),
  }
  return { text: `${lines.join(', ')}, ${city}, ${String(state ?? '')} ${zip}, ${String(country ?? '')}`, detailed }
}

function structured(text: string): Row {
  try {
    return JSON.parse(text) as Row
  } catch {
    throw invalid({ param_details: 'No geocoding result found' })
  }
}

function phoneOf(body: Row, name: string, isRequired: boolean): string {
  const phone = body[name]
  if (phone === undefined && !isRequired) return ''
  if (typeof phone !== 'string' || !/^\+[1-9]\d{7,14}$/.test(phone))
    throw invalid({ [name]: `${name.replaceAll('_', ' ')} is not valid.` })
  return phone
}

function mayOrder({ state }: Account): void {
  if (state.suspended) throw new Refusal(402, 'customer_suspended', 'Your account is passed due. Payment is required.')
  if (state.blocked) throw new Refusal(403, 'customer_blocked', 'Your account is not allowed to create deliveries.')
  if (state.isBusy) throw new Refusal(503, 'couriers_busy', 'All of our couriers are currently busy.')
}

export function createQuote(account: Account, body: Row): Row {
  const from = placeOf(account, body, 'pickup_address')
  const to = placeOf(account, body, 'dropoff_address')
  phoneOf(body, 'pickup_phone_number', false)
  phoneOf(body, 'dropoff_phone_number', false)
  mayOrder(account)
  const { fee = 799, currency = 'USD', minutes = 35 } = account.options
  const at = account.nowMs()
  const row: QuoteRow = {
    kind: 'delivery_quote', id: account.id('dqt'), created: account.moment(at), expires: account.moment(at + QUOTE_MS),
    fee, currency: currency.toLowerCase(), currency_type: currency,
    dropoff_eta: account.moment(at + minutes * MINUTE_MS), duration: minutes, pickup_duration: Math.ceil(minutes / 3),
    dropoff_deadline: account.moment(at + 2 * minutes * MINUTE_MS),
  } // prettier-ignore
  account.stored.quotes.set(row.id, { row, from: from.text, to: to.text, used: false })
  return row
}

const REQUIRED = ['pickup_name', 'dropoff_name'] as const

export function createDelivery(account: Account, body: Row): Row {
  for (const name of REQUIRED)
    if (typeof body[name] !== 'string' || body[name] === '') throw invalid({ [name]: 'This field is required.' })
  const from = placeOf(account, body, 'pickup_address')
  const to = placeOf(account, body, 'dropoff_address')
  const phones = [phoneOf(body, 'pickup_phone_number', true), phoneOf(body, 'dropoff_phone_number', true)] as const
  itemsOf(body)
  mayOrder(account)
  const text = (name: string) => (typeof body[name] === 'string' ? body[name] : '')
  refuseTwice(account, text)
  const fee = feeOf(account, text('quote_id'), from.text, to.text)
  const at = account.nowMs()
  const { minutes = 35, currency = 'USD' } = account.options
  const point = (name: string, phone: string, place: Place): WaypointRow => ({
    name, phone_number: phone, address: place.text, detailed_address: place.detailed, notes: '', seller_notes: '',
    courier_notes: '', location: { lat: 30.26, lng: -97.74 },
  }) // prettier-ignore
  const uuid = account.id('uuid').slice(5)
  const row: DeliveryRow = {
    id: account.id('del'), quote_id: text('quote_id'), complete: false, courier_imminent: false,
    created: account.moment(at), currency: currency.toLowerCase(), deliverable_action: 'deliverable_action_meet_at_door',
    dropoff: point(text('dropoff_name'), phones[1], to), dropoff_deadline: account.moment(at + 2 * minutes * MINUTE_MS),
    dropoff_eta: account.moment(at + minutes * MINUTE_MS), dropoff_identifier: '', dropoff_ready: account.moment(at),
    external_id: text('external_id'), fee, kind: 'delivery', live_mode: false,
    manifest: { reference: text('manifest_reference'), description: '1 Parcel', total_value: 0 },
    pickup: point(text('pickup_name'), phones[0], from), pickup_deadline: account.moment(at + minutes * MINUTE_MS),
    pickup_eta: account.moment(at + 10 * MINUTE_MS), pickup_ready: account.moment(at), status: 'pending', tip: 0,
    tracking_url: `https://www.ubereats.com/orders/${uuid}`, undeliverable_action: '', undeliverable_reason: '',
    updated: account.moment(at), uuid: uuid.toUpperCase(),
  } // prettier-ignore
  account.stored.deliveries.set(row.id, row)
  const asked = (body['dropoff_verification'] ?? {}) as Row
  account.stored.keys.set(row.id, {
    manifestReference: text('manifest_reference'),
    idempotencyKey: text('idempotency_key'),
    proof: asked['picture'] ? 'picture' : asked['signature_requirement'] ? 'signature' : null,
  })
  account.emit(row)
  return row
}

function itemsOf(body: Row): void {
  const items = body['manifest_items']
  if (!Array.isArray(items) || items.length === 0) throw invalid({ manifest_items: 'This field is required.' })
  for (const { dimensions, weight } of items as Row[])
    if (dimensions !== undefined && typeof weight !== 'number')
      throw invalid({ param_details: 'weight is required when dimensions are provided' })
}

/** Both references together are unique; the key for an hour. */
function refuseTwice({ stored, nowMs }: Account, text: (name: string) => string): void {
  const known = [...stored.deliveries.values()].find((row) => {
    const { manifestReference, idempotencyKey } = stored.keys.get(row.id) ?? {
      manifestReference: '',
      idempotencyKey: '',
    }
    const isSame =
      row.external_id !== '' &&
      row.external_id === text('external_id') &&
      manifestReference === text('manifest_reference')
    const isFresh = nowMs() - Date.parse(row.created) < 60 * MINUTE_MS
    return isSame || (isFresh && idempotencyKey !== '' && idempotencyKey === text('idempotency_key'))
  })
  if (known)
    throw new Refusal(409, 'duplicate_delivery', 'An active delivery like this already exists.', {
      delivery_id: known.id,
    })
}

function feeOf({ options, stored, nowMs }: Account, id: string, from: string, to: string): number {
  if (id === '') return options.fee ?? 799
  const quote = stored.quotes.get(id)
  if (!quote) throw invalid({ param_details: 'invalid quote' })
  if (Date.parse(quote.row.expires) <= nowMs())
    throw new Refusal(400, 'expired_quote', 'The price quote specified has expired.')
  if (quote.used) throw new Refusal(400, 'used_quote', 'The price quote specified has been used.')
  if (quote.from !== from || quote.to !== to)
    throw new Refusal(400, 'mismatched_price_quote', 'Quote mismatch, please recreate the quote.')
  quote.used = true
  return quote.row.fee
}

export function found(account: Account, id: string): DeliveryRow {
  const row = account.stored.deliveries.get(id)
  if (row) return row
  throw new Refusal(404, 'delivery_not_found', 'The requested delivery does not exist.')
}

/** Until the courier has it. */
export function cancel(account: Account, id: string): Row {
  const row = found(account, id)
  if (row.complete || row.status === 'pickup_complete' || row.status === 'dropoff')
    throw new Refusal(400, 'noncancelable_delivery', 'Delivery cannot be cancelled')
  const { cancelFee } = account.options
  if (row.status === 'pending') row.fee = 0
  else if (cancelFee !== undefined) row.fee = cancelFee
  account.change(row, { status: 'canceled', complete: true })
  return row
}

const FILTERS = new Set([
  'pending',
  'pickup',
  'pickup_complete',
  'dropoff',
  'delivered',
  'canceled',
  'returned',
  'ongoing',
])

/** In no order that is promised: the oldest first. */
export function listDeliveries({ stored, options }: Account, query: URLSearchParams): Row {
  const filter = query.get('filter')
  const [limit, offset] = [Number(query.get('limit') ?? 100), Number(query.get('offset') ?? query.get('Offset') ?? 0)]
  if ((filter !== null && !FILTERS.has(filter)) || !Number.isInteger(limit) || limit < 1 || !Number.isInteger(offset))
    throw invalid({ param_details: 'filter, limit or offset' })
  const all = [...stored.deliveries.values()].filter(
    ({ status, complete }) => filter === null || (filter === 'ongoing' ? !complete : status === filter),
  )
  const data = all.slice(offset, offset + limit)
  const next = new URLSearchParams({
    ...(filter ? { filter } : {}),
    limit: String(limit),
    offset: String(offset + limit),
  })
  const href = `api.uber.com/v1/customers/${options.customerId}/deliveries?${next.toString()}`
  return { data, next_href: offset + limit < all.length ? href : '', total_count: -1 }
}
