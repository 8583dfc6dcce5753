/** `/orders` and what hangs on it: refunds and notes. */
import { noteBody, orderBody, refundBody } from './bodies.ts'
import { type Failure, failure, invalid } from './failure.ts'
import type { Asked, Reply, Route } from './routes.ts'
import { listed } from './pages.ts'
import type { Order, Person, Woo } from './state.ts'
import type { NewOrder, Trade } from './trade.ts'

const STATUSES: ReadonlySet<string> = new Set([
  'pending', 'processing', 'on-hold', 'completed', 'cancelled', 'refunded', 'failed', 'checkout-draft',
]) // prettier-ignore

type Input = Record<string, unknown>
const noOrder = (): Failure => failure(404, 'woocommerce_rest_shop_order_invalid_id', 'Invalid ID.')

export function orderRoutes(woo: Woo, trade: Trade): Route[] {
  const { create, settle, refund, touch, trash } = trade.inner
  const withOrder = (work: (order: Order, asked: Asked) => Reply | Failure) => (asked: Asked) => {
    const order = woo.orders.get(asked.ids[0]!)
    return order ? work(order, asked) : noOrder()
  }
  const says = (order: Order, status = 200): Reply => ({ status, body: orderBody(woo, order) })

  function add(input: Input): Order | Failure {
    const wanted = asList(input['line_items'])
    const lines = wanted.map((line) => ({
      line,
      product: woo.products.get(Number(line['variation_id'] || line['product_id'])),
    }))
    const status = String(input['status'] ?? 'pending')
    if (!STATUSES.has(status)) return invalid('status', 'status is not one of the registered statuses.')
    const known = lines.flatMap(({ line, product }) =>
      product ? [{ product, quantity: Number(line['quantity'] ?? 1) }] : [],
    )
    const ask: NewOrder = {
      lines: known,
      billing: asPerson(input['billing']),
      shipping: asPerson(input['shipping']),
      customerId: Number(input['customer_id'] ?? 0),
      paymentMethod: String(input['payment_method'] ?? ''),
      createdVia: 'rest-api',
      note: String(input['customer_note'] ?? ''),
    }
    const order = create(ask)
    // A product that does not exist is a line of nothing, and nobody is told.
    for (const { product } of lines)
      if (!product)
        order.lines.push({
          id: woo.nextId(),
          name: '',
          productId: 0,
          variationId: 0,
          quantity: 1,
          subtotal: 0,
          total: 0,
          taxes: [],
          meta: [],
        })
    order.meta.push(...metaOf(woo, input))
    if (input['set_paid'] === true) settle(order, 'processing', true)
    else if (status !== 'pending') settle(order, status)
    return order
  }

  function change(order: Order, input: Input): Failure | null {
    const status = input['status'] === undefined ? null : String(input['status'])
    if (status !== null && !STATUSES.has(status))
      return invalid('status', 'status is not one of the registered statuses.')
    for (const meta of metaOf(woo, input)) {
      const known = order.meta.find(({ key }) => key === meta.key)
      if (known) known.value = meta.value
      else order.meta.push(meta)
    }
    if (input['set_paid'] === true) settle(order, 'processing', true)
    else if (status !== null && status !== order.status) settle(order, status)
    else touch(order)
    return null
  }

  function addRefund(order: Order, input: Input): Reply | Failure {
    const denied = (message: string) => failure(500, 'woocommerce_rest_cannot_create_order_refund', message)
    const items = asList(input['line_items']).map((line) => ({
      itemId: Number(line['id']),
      quantity: Number(line['quantity'] ?? 0),
      total: Number(line['refund_total'] ?? 0),
      tax: asList(line['refund_tax']).reduce((all, tax) => all + Number(tax['refund_total'] ?? 0), 0),
    }))
    const restock = input['api_restock'] !== false
    const done = refund(order, {
      amount: Number(input['amount'] ?? 0),
      reason: String(input['reason'] ?? ''),
      restock,
      items,
      // The default asks the gateway.
      paid: input['api_refund'] !== false,
      meta: metaOf(woo, input),
    })
    return typeof done === 'string' ? denied(done) : { status: 201, body: refundBody(woo, order, done) }
  }

  return [
    {
      path: /^\/orders$/,
      GET: ({ url }) => {
        const all = [...woo.orders.values()].filter(({ status }) => status !== 'trash')
        return listed(all, { url, offsetMinutes: woo.options.offsetMinutes }, (order) => orderBody(woo, order))
      },
      POST: ({ input }) => {
        const made = add(input)
        return 'code' in (made as object) || 'body' in (made as object) ? (made as Failure) : says(made as Order, 201)
      },
    },
    {
      path: /^\/orders\/batch$/,
      POST: ({ input }) => {
        const item = (work: () => Order | Failure | null, id: number) => {
          const done = work()
          if (done === null) return { id, error: noOrder().body }
          return 'body' in done ? { id, error: done.body } : orderBody(woo, done)
        }
        const made = asList(input['create']).map((one) => item(() => add(one), 0))
        const changed = asList(input['update']).map((one) => {
          const order = woo.orders.get(Number(one['id']))
          return item(() => (order ? (change(order, one) ?? order) : null), Number(one['id']))
        })
        return { status: 200, body: { ...(made.length > 0 ? { create: made } : {}), update: changed } }
      },
    },
    {
      path: /^\/orders\/(\d+)$/,
      GET: withOrder((order) => says(order)),
      PUT: withOrder((order, { input }) => change(order, input) ?? says(order)),
      DELETE: withOrder((order, { url }) => {
        const before = says(order)
        trash(order, url.searchParams.get('force') === 'true')
        return before
      }),
    },
    {
      path: /^\/orders\/(\d+)\/refunds$/,
      GET: withOrder((order) => ({
        status: 200,
        body: order.refunds.toReversed().map((one) => refundBody(woo, order, one)),
      })),
      POST: withOrder((order, { input }) => addRefund(order, input)),
    },
    {
      path: /^\/orders\/(\d+)\/notes$/,
      GET: withOrder((order) => ({
        status: 200,
        body: order.notes.toReversed().map((one) => noteBody(woo, order, one)),
      })),
      POST: withOrder((order, { input }) => {
        if (typeof input['note'] !== 'string')
          return failure(400, 'rest_missing_callback_param', 'Missing parameter(s): note', { params: ['note'] })
        const note = {
          id: woo.nextId(),
          note: input['note'],
          customer: input['customer_note'] === true,
          atMs: woo.now(),
        }
        order.notes.push(note)
        return { status: 201, body: noteBody(woo, order, note) }
      }),
    },
  ]
}

export const asList = (value: unknown): Input[] =>
  Array.isArray(value) ? value.filter((one): one is Input => one !== null && typeof one === 'object') : []

export const asPerson = (value: unknown): Person =>
  value !== null && typeof value === 'object' ? { ...(value as Person) } : {}

const metaOf = (woo: Woo, input: Input) =>
  asList(input['meta_data']).map(({ key, value }) => ({ id: woo.nextId(), key: String(key), value }))
