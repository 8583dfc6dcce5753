/** The HTTP side of the simulated marketplace: the key, how often one may ask, and what each operation does. */
import { type Frequency, FREQUENCIES, type Operation } from '../limits.ts'
import { refund } from './refunds.ts'
import { type Import, type ImportLine, type Market, moment, type Order } from './state.ts'
import { leftOf } from './state.ts'
import { offerView, orderView, platformView, shipmentView } from './views.ts'

export interface ServerOptions {
  market: Market
  /** Does what is due before a request is answered. */
  tick(): void
  accept(order: Order, accepted: ReadonlySet<string>): void
}

interface Asked {
  request: Request
  query: URLSearchParams
  /** Parts of the path that stand for something. */
  parts: string[]
}

/** What an operation answers: a status, and JSON or text; nothing at all for 204. */
interface Said {
  status: number
  json?: unknown
  text?: string
  headers?: Record<string, string>
}

const refuse = (status: number, message: string, ...codes: string[]): Said => ({
  status,
  json: {
    status,
    message,
    ...(codes.length > 0 ? { errors: codes.map((code) => ({ code, message })) } : {}),
  },
})

const ROUTES: readonly [Operation, string, RegExp][] = [
  ['OR11', 'GET', /^\/api\/orders$/],
  ['OR21', 'PUT', /^\/api\/orders\/([^/]+)\/accept$/],
  ['OR23', 'PUT', /^\/api\/orders\/([^/]+)\/tracking$/],
  ['OR24', 'PUT', /^\/api\/orders\/([^/]+)\/ship$/],
  ['OR28', 'PUT', /^\/api\/orders\/refund$/],
  ['ST01', 'POST', /^\/api\/shipments$/],
  ['ST11', 'GET', /^\/api\/shipments$/],
  ['STO01', 'POST', /^\/api\/offers\/stock\/imports$/],
  ['STO02', 'GET', /^\/api\/offers\/stock\/imports\/([^/]+)\/status$/],
  ['STO03', 'GET', /^\/api\/offers\/stock\/imports\/([^/]+)\/error_report$/],
  ['PRI01', 'POST', /^\/api\/offers\/pricing\/imports$/],
  ['PRI02', 'GET', /^\/api\/offers\/pricing\/imports$/],
  ['PRI03', 'GET', /^\/api\/offers\/pricing\/imports\/([^/]+)\/error_report$/],
  ['OF21', 'GET', /^\/api\/offers$/],
  ['OF22', 'GET', /^\/api\/offers\/([^/]+)$/],
  ['PC01', 'GET', /^\/api\/platform\/configuration$/],
]

/** What is published as a figure is held to; a call on its way may come a little sooner after the last than it left. */
const TOLERANCE = 0.98

export function openServer({ market, tick, accept }: ServerOptions) {
  const operations = operationsOf(market, accept)

  const reply = ({ status, json, text, headers = {} }: Said): Response =>
    new Response(status === 204 ? null : (text ?? JSON.stringify(json)), {
      status,
      headers: {
        'content-type': text === undefined ? 'application/json;charset=UTF-8' : 'text/csv',
        'date': new Date(market.io.now()).toUTCString(),
        ...headers,
      },
    })

  /** @returns in how many milliseconds it may be asked again; 0 when it may now. */
  function wait(operation: Operation): number {
    const { calls, perMs, said }: Frequency = FREQUENCIES[operation]
    if (said === null || market.options.limited === false) return 0
    const now = market.io.now()
    const recent = (market.calls.get(operation) ?? []).filter((at) => now - at < perMs * TOLERANCE)
    if (recent.length >= calls) return recent[0]! + perMs - now
    market.calls.set(operation, [...recent, now])
    return 0
  }

  function refused(request: Request, query: URLSearchParams): Said | null {
    const key = request.headers.get('authorization')
    if (key !== market.options.shopKey || market.keyRevoked) return refuse(401, 'Unauthorized')
    const shop = query.get('shop_id')
    if (market.suspended || (shop !== null && shop !== String(market.options.shopId ?? shop)))
      return refuse(403, 'Forbidden')
    return null
  }

  return async (request: Request): Promise<Response> => {
    market.requests += 1
    tick()
    const { pathname, searchParams: query } = new URL(request.url)
    const no = refused(request, query)
    if (no) return reply(no)
    for (const [route, method, path] of ROUTES) {
      const match = request.method === method ? path.exec(pathname) : null
      if (!match) continue
      const operation = route === 'OR11' && query.has('order_ids') ? 'OR11-ids' : route
      const waitMs = wait(operation)
      if (waitMs > 0) {
        market.throttled += 1
        const headers = { 'retry-after': String(Math.ceil(waitMs / 1_000)) }
        return reply({ ...refuse(429, 'Too many requests'), headers })
      }
      return reply(await operations[operation]({ request, query, parts: match.slice(1).map(decodeURIComponent) }))
    }
    return reply(refuse(404, 'Not Found'))
  }
}

type Operations = Record<Operation, (asked: Asked) => Said | Promise<Said>>

function operationsOf(market: Market, accept: ServerOptions['accept']): Operations {
  const onOrder = (work: (order: Order, asked: Asked) => Said | Promise<Said>) => (asked: Asked) => {
    const order = market.orders.get(asked.parts[0]!)
    return order ? work(order, asked) : refuse(404, 'Order not found', 'ORDER_NOT_FOUND')
  }
  const onImport = (work: (one: Import) => Said) => (asked: Asked) => {
    const one = market.imports.get(asked.parts[0]!)
    return one ? work(one) : refuse(404, 'Import not found')
  }
  return {
    'OR11': ({ query }) => listOrders(market, query),
    'OR11-ids': ({ query }) => listOrders(market, query),
    'OR21': onOrder(async (order, { request }) => decide(market, order, await bodyOf(request), accept)),
    'OR23': onOrder(async (order, { request }) => track(market, order, await bodyOf(request))),
    'OR24': onOrder((order) => {
      if (order.state !== 'SHIPPING') return refuse(400, 'Order is not in the expected state', 'ORDER_INVALID_STATE')
      ship(market, order)
      return { status: 204 }
    }),
    'OR28': async ({ request }) => giveBack(market, await bodyOf(request)),
    'ST01': async ({ request }) => createShipments(market, await bodyOf(request)),
    'ST11': ({ query }) => {
      const ids = query.getAll('order_id')
      const orders = [...market.orders.values()].filter(({ id }) => ids.length === 0 || ids.includes(id))
      const data = orders.flatMap((order) => order.shipments.map((one) => shipmentView(order, one)))
      return { status: 200, json: { data } }
    },
    'OF21': ({ query }) => {
      const all = [...market.offers.values()].filter(({ sku }) => (query.get('sku') ?? sku) === sku)
      const page = paged(
        all.toSorted((a, b) => (a.title < b.title ? -1 : a.title > b.title ? 1 : a.id - b.id)),
        query,
      )
      if (!page) return refuse(400, 'max must be between 1 and 100', 'VALIDATION_ERROR')
      return { status: 200, json: { offers: page.map((one) => offerView(market, one)), total_count: all.length } }
    },
    'OF22': ({ parts }) => {
      const offer = market.offers.get(Number(parts[0]))
      return offer ? { status: 200, json: offerView(market, offer) } : refuse(404, 'Offer not found')
    },
    'PRI01': async ({ request }) => takeFile(market, request, 'prices'),
    'PRI02': ({ query }) => {
      const ids = query.getAll('import_id')
      const found = [...market.imports.values()].filter(({ of, id }) => of === 'prices' && ids.includes(id))
      return { status: 200, json: { data: found.map((one) => priceImportView(market, one)) } }
    },
    'PRI03': onImport((one) => reportOf(one)),
    'STO01': async ({ request }) => takeFile(market, request, 'stock'),
    'STO02': onImport((one) => ({
      status: 200,
      json: {
        import_id: one.id,
        date_created: moment(one.at),
        has_error_report: one.errors.length > 0,
        lines_in_error: one.errors.length,
        lines_in_success: one.good,
        shop_id: market.options.shopId ?? 1,
        status: one.status,
      },
    })),
    'STO03': onImport((one) => reportOf(one)),
    'PC01': () => ({ status: 200, json: platformView(market) }),
  }
}

function giveBack(market: Market, body: Record<string, unknown>): Said {
  const done = refund(market, body)
  return 'answer' in done ? { status: 200, json: done.answer } : refuse(400, done.refused, done.code)
}

const reportOf = ({ errors }: Import): Said => ({
  status: 200,
  text: [
    '"line";"reason";"offer-sku"',
    ...errors.map(({ line, sku, reason }) => `"${line}";"${reason}";"${sku}"`),
    '',
  ].join('\n'),
})

const priceImportView = ({ options }: Market, { id, at, errors, good, status }: Import) => ({
  import_id: id,
  date_created: moment(at),
  has_error_report: errors.length > 0,
  lines_in_error: errors.length,
  lines_in_success: good,
  offers_in_error: errors.length,
  offers_updated: good,
  origin: 'API',
  reason_status: '',
  shop_id: options.shopId ?? 1,
  status,
})

async function bodyOf(request: Request): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(await request.text())
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** A page, or null when more is asked for than a page holds. */
function paged<T>(all: readonly T[], query: URLSearchParams): T[] | null {
  const max = Number(query.get('max') ?? 10)
  const offset = Number(query.get('offset') ?? 0)
  if (!Number.isInteger(max) || max < 1 || max > 100 || !Number.isInteger(offset) || offset < 0) return null
  return all.slice(offset, offset + max)
}

/** Listing goes a little further back than it is asked to. */
const DELTA_MS = 10_000

function listOrders(market: Market, query: URLSearchParams): Said {
  const list = (name: string) => query.get(name)?.split(',')
  const [ids, states] = [list('order_ids'), list('order_state_codes')]
  const from = (name: string) => Date.parse(query.get(name) ?? '')
  const [created, updated] = [from('start_date'), from('start_update_date') - DELTA_MS]
  const found = [...market.orders.values()].filter(
    (order) =>
      (!ids || ids.includes(order.id)) &&
      (!states || states.includes(order.state)) &&
      !(order.createdAt < created) &&
      !(order.updatedAt < updated) &&
      !(order.createdAt > from('end_date')) &&
      !(order.updatedAt > from('end_update_date')),
  )
  const sorted = found.toSorted((a, b) => a.createdAt - b.createdAt || a.number - b.number)
  const page = paged(query.get('order') === 'desc' ? sorted.toReversed() : sorted, query)
  if (!page) return refuse(400, 'max must be between 1 and 100', 'VALIDATION_ERROR')
  return { status: 200, json: { orders: page.map((order) => orderView(market, order)), total_count: found.length } }
}

function decide(market: Market, order: Order, body: Record<string, unknown>, accept: ServerOptions['accept']): Said {
  if (order.state !== 'WAITING_ACCEPTANCE')
    return refuse(400, 'Order is not in the expected state', 'ORDER_INVALID_STATE')
  const given = (Array.isArray(body['order_lines']) ? body['order_lines'] : []) as { id?: string; accepted?: boolean }[]
  const ids = given.map(({ id }) => id)
  if (new Set(ids).size < ids.length) return refuse(400, 'Duplicate line', 'ORDER_LINE_DUPLICATE_ID')
  if (ids.some((id) => !order.lines.some((line) => line.id === id)))
    return refuse(400, 'Line not found', 'ORDER_LINE_NOT_FOUND')
  if (order.lines.some(({ id }) => !ids.includes(id)))
    return refuse(400, 'A decision is missing', 'ORDER_LINE_ACCEPTANCE_DECISION_MISSING')
  const accepted = given.filter((line) => line.accepted === true).map(({ id }) => id!)
  if (!market.partialAcceptance && accepted.length > 0 && accepted.length < order.lines.length)
    return refuse(400, 'Partial acceptance is disabled', 'ORDER_PARTIAL_ACCEPTANCE_DISABLED')
  accept(order, new Set(accepted))
  return { status: 204 }
}

function trackingFrom(market: Market, given: Record<string, unknown>): Order['tracking'] | null {
  const text = (name: string) => (typeof given[name] === 'string' ? given[name] : null)
  const code = text('carrier_code')
  if (code !== null && !market.carriers.has(code)) return null
  const carrier = code === null ? text('carrier_name') : market.carriers.get(code)!
  if (carrier === null) return null
  return {
    carrierCode: code,
    carrier,
    number: text('tracking_number'),
    url: text('carrier_url') ?? text('tracking_url'),
  }
}

function track(market: Market, order: Order, body: Record<string, unknown>): Said {
  if (order.state !== 'SHIPPING' && order.state !== 'SHIPPED')
    return refuse(400, 'Order is not in the expected state', 'ORDER_INVALID_STATE')
  const tracking = trackingFrom(market, body)
  if (!tracking) return refuse(400, 'The carrier is unknown', 'VALIDATION_ERROR')
  order.tracking = tracking
  market.touch(order)
  return { status: 204 }
}

function ship(market: Market, order: Order): void {
  order.state = 'SHIPPED'
  order.shippedAt = market.now()
  for (const line of order.lines) if (line.state === 'SHIPPING') line.state = 'SHIPPED'
  market.touch(order)
}

function createShipments(market: Market, body: Record<string, unknown>): Said {
  if (!market.multiShipment) return refuse(403, 'The feature is not enabled')
  type Given = { order_id: string; shipment_lines: { order_line_id?: string; quantity: number }[]; tracking?: object }
  const given = (Array.isArray(body['shipments']) ? body['shipments'] : []) as Given[]
  const success: unknown[] = []
  const errors: unknown[] = []
  for (const one of given) {
    const order = market.orders.get(one.order_id)
    const lines = one.shipment_lines.map(({ order_line_id, quantity }) => ({ lineId: order_line_id ?? '', quantity }))
    const tracking = trackingFrom(market, (one.tracking ?? {}) as Record<string, unknown>)
    if (order?.state !== 'SHIPPING' || !tracking || lines.some((line) => openOf(order, line.lineId) < line.quantity)) {
      errors.push({ order_id: one.order_id, message: 'The shipment is not possible' })
      continue
    }
    const shipment = { id: `S-${market.nextId()}`, at: market.now(), lines, tracking }
    order.shipments.push(shipment)
    if (order.lines.every((line) => line.state !== 'SHIPPING' || openOf(order, line.id) === 0)) {
      order.tracking = tracking
      ship(market, order)
    } else market.touch(order)
    success.push(shipmentView(order, shipment))
  }
  return { status: 201, json: { shipment_success: success, shipment_errors: errors } }
}

/** Pieces of a line that no shipment has. */
function openOf(order: Order, lineId: string): number {
  const line = order.lines.find(({ id }) => id === lineId)
  if (line?.state !== 'SHIPPING') return 0
  const shipped = order.shipments.flatMap(({ lines }) => lines).filter((one) => one.lineId === lineId)
  return leftOf(line) - shipped.reduce((all, { quantity }) => all + quantity, 0)
}

const HEADERS = {
  stock: '"offer-sku";"quantity";"warehouse-code";"update-delete"',
  prices: '"offer-sku";"price";"discount-price";"discount-start-date";"discount-end-date"',
} as const

async function takeFile(market: Market, request: Request, of: Import['of']): Promise<Said> {
  const file = await request.formData().then((form) => form.get('file'), () => null) // prettier-ignore
  if (!(file instanceof Blob)) return refuse(400, 'The file is missing', 'VALIDATION_ERROR')
  const [header, ...rows] = (await file.text()).split('\n').filter(Boolean)
  if (header !== HEADERS[of]) return refuse(400, 'The header is not known', 'VALIDATION_ERROR')
  const lines = rows.map((row): ImportLine => {
    const cells = row.slice(1, -1).split('";"').map((cell) => cell.replaceAll('""', '"')) // prettier-ignore
    const [sku = '', value = '', reduced = '', from = '', to = ''] = cells
    if (of === 'stock') return { sku, quantity: value, deletes: from.toLowerCase() === 'delete' }
    return { sku, price: value, ...(reduced === '' ? {} : { discount: { price: reduced, from, to } }) }
  })
  const id = String(market.nextId())
  const dueAt = market.io.now() + (market.options.importMs ?? 30_000)
  market.imports.set(id, { of, id, at: market.now(), dueAt, status: 'WAITING', lines, good: 0, errors: [] })
  // Only the answer to a stock file says where to look.
  const headers = of === 'stock' ? { headers: { location: `/api/offers/stock/imports/${id}/status` } } : {}
  return { status: 201, json: { import_id: id }, ...headers }
}
