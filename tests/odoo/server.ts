/**
 * A real Odoo as the tests see it: which one, what its people do in it (by RPC, as an administrator), and what it
 * believes. Everything a test needs is created here, with references of its own, so that any database will do.
 */
import { randomBytes } from 'node:crypto'
import type { Fetch } from '../../src/io.ts'
import { ensureCarrier, ensureServiceProduct, ensureTax } from './masterdata.ts'

const VARIABLES = ['ODOO_URL', 'ODOO_DB', 'ODOO_USER', 'ODOO_KEY'] as const

/** Variables that are not set; the tests run when there are none. */
export const missingVariables = (): string[] => VARIABLES.filter((name) => !process.env[name])

export const sayMissing = (what: string): void =>
  console.warn(
    `SKIPPED: ${what} needs a real Odoo. Set ${missingVariables().join(', ')} (and ODOO_ADMIN_USER, ODOO_ADMIN_KEY).`,
  )

export interface Access {
  url: string
  database: string
  user: string
  key: string
}

export function accessOf(env: NodeJS.ProcessEnv = process.env): { hub: Access; admin: Access } {
  const [url = '', database = '', user = '', key = ''] = VARIABLES.map((name) => env[name])
  const { ODOO_ADMIN_USER: adminUser = user, ODOO_ADMIN_KEY: adminKey = key } = env
  const base = { url: url.replace(/\/+$/, ''), database }
  return { hub: { ...base, user, key }, admin: { ...base, user: adminUser, key: adminKey } }
}

type Row = Record<string, unknown> & { id: number }

export interface Rpc {
  call(model: string, method: string, args: readonly unknown[], kwargs?: Record<string, unknown>): Promise<unknown>
  search(model: string, domain: readonly unknown[], fields: readonly string[]): Promise<Row[]>
}

export async function openRpc({ url, database, user, key }: Access, through: Fetch = fetch): Promise<Rpc> {
  const send = async (service: string, method: string, args: readonly unknown[]): Promise<unknown> => {
    const body = JSON.stringify({ jsonrpc: '2.0', method: 'call', id: 1, params: { service, method, args } })
    const headers = { 'content-type': 'application/json' }
    const response = await through(new Request(`${url}/jsonrpc`, { method: 'POST', headers, body }))
    const { result, error } = (await response.json()) as { result?: unknown; error?: { data?: { message?: string } } }
    if (error) throw new Error(`Odoo: ${error.data?.message ?? 'no reason given'}`)
    return result ?? null
  }
  const uid = await send('common', 'authenticate', [database, user, key, {}])
  if (typeof uid !== 'number') throw new Error(`Odoo refused the login of ${user}.`)
  const call: Rpc['call'] = (model, method, args, { context, ...kwargs } = {}) => {
    const settings = { lang: 'en_US', tz: 'UTC', allowed_company_ids: [1], ...(context as object | undefined) }
    return send('object', 'execute_kw', [database, uid, key, model, method, args, { ...kwargs, context: settings }])
  }
  const search: Rpc['search'] = async (model, domain, fields) =>
    (await call(model, 'search_read', [domain], { fields, order: 'id', load: null })) as Row[]
  return { call, search }
}

export interface ProductPlan {
  sku: string
  name: string
  /** In dollars. */
  price: number
  onHand: number
  /** What it is billed by; `order` unless said. */
  invoicing?: 'order' | 'delivery'
}

export interface Delivery {
  id: number
  state: string
  tracking: string | null
  /** Pieces by SKU. */
  lines: Record<string, number>
}

export interface Sale {
  id: number
  state: string
  locked: boolean
  total: number
  tax: number
  customer: string
  email: string | false
  deliverTo: { name: string; street: string; city: string; zip: string; state: string; type: string }
  orderName: string
  deliveryStatus: string | false
  invoiceStatus: string
  lines: {
    sku: string
    quantity: number
    delivered: number
    invoiced: number
    unitPrice: number
    subtotal: number
    total: number
  }[]
  deliveries: Delivery[]
  invoices: { id: number; state: string; total: number; tax: number; date: string }[]
}

export interface ShipOptions {
  /** Pieces by SKU; everything that is reserved when absent. */
  lines?: Readonly<Record<string, number>>
  tracking?: string
  /** Drop what is missing instead of leaving it to a backorder. */
  final?: boolean
}

export type OdooServer = Awaited<ReturnType<typeof openServer>>

/** Logs in, and makes what is set up once: taxes with accounts, service products, a delivery method. */
/** @param through a simulator's fetch, to drive and read it in the same way. */
export async function openServer(admin: Access, through?: Fetch) {
  const rpc = await openRpc(admin, through)
  const [warehouse] = await rpc.search('stock.warehouse', [['company_id', '=', 1]], ['code', 'lot_stock_id'])
  const stock = warehouse!['lot_stock_id'] as number
  await ensureTax(rpc, 'Crossdock 8.25%', 8.25, false)
  await ensureTax(rpc, 'Crossdock 20% included', 20, true)
  await ensureServiceProduct(rpc, 'SHIPPING', 'Shipping')
  await ensureServiceProduct(rpc, 'DISCOUNT', 'Discount')
  const carrier = await ensureCarrier(rpc)

  const productId = async (sku: string) =>
    (await rpc.search('product.product', [['default_code', '=', sku]], []))[0]!.id

  async function count(counts: readonly { product: number; quantity: number }[], location = stock): Promise<void> {
    const values = counts.map(({ product, quantity }) => ({
      product_id: product,
      location_id: location,
      inventory_quantity: quantity,
    }))
    const quants = await rpc.call('stock.quant', 'create', [values], { context: { inventory_mode: true } })
    await rpc.call('stock.quant', 'action_apply_inventory', [quants])
  }

  async function deliveriesOf(saleId: number): Promise<Delivery[]> {
    const domain = [
      ['sale_id', '=', saleId],
      ['picking_type_code', '=', 'outgoing'],
    ]
    const pickings = await rpc.search('stock.picking', domain, ['state', 'carrier_tracking_ref'])
    const moves = await rpc.search(
      'stock.move',
      [['picking_id', 'in', pickings.map(({ id }) => id)]],
      ['picking_id', 'product_id', 'quantity'],
    )
    const skus = await skusOf(moves.map((move) => move['product_id'] as number))
    return pickings.map((picking) => ({
      id: picking.id,
      state: String(picking['state']),
      tracking: (picking['carrier_tracking_ref'] || null) as string | null,
      lines: sums(
        moves
          .filter((move) => move['picking_id'] === picking.id)
          .map((move) => [skus.get(move['product_id'] as number)!, move['quantity'] as number]),
      ),
    }))
  }

  async function skusOf(ids: readonly number[]): Promise<Map<number, string>> {
    const rows = await rpc.search('product.product', [['id', 'in', [...new Set(ids)]]], ['default_code'])
    return new Map(rows.map((row) => [row.id, String(row['default_code'])]))
  }

  return {
    rpc,
    warehouse: String(warehouse!['code']),

    async addProducts(plans: readonly ProductPlan[]): Promise<void> {
      const values = plans.map(({ sku, name, price, invoicing = 'order' }) => ({
        name,
        default_code: sku,
        type: 'consu',
        is_storable: true,
        list_price: price,
        invoice_policy: invoicing,
        taxes_id: [[6, 0, []]],
      }))
      const ids = (await rpc.call('product.product', 'create', [values])) as number[]
      await count(
        plans
          .map(({ onHand }, index) => ({ product: ids[index]!, quantity: onHand }))
          .filter(({ quantity }) => quantity > 0),
      )
    },

    /** Somebody counts: this is what is on hand. @param location of the first warehouse unless said. */
    count: async (sku: string, quantity: number, location?: number) =>
      count([{ product: await productId(sku), quantity }], location),

    /** On hand and free, by SKU. */
    async stock(skus: readonly string[]): Promise<Record<string, { onHand: number; free: number }>> {
      const rows = await rpc.search(
        'product.product',
        [['default_code', 'in', skus]],
        ['default_code', 'qty_available', 'free_qty'],
      )
      return Object.fromEntries(
        rows.map((row) => [
          row['default_code'],
          { onHand: row['qty_available'] as number, free: row['free_qty'] as number },
        ]),
      )
    },

    /** The sales with the order's origin: one, if all is well. */
    async sales(orderRef: string): Promise<Sale[]> {
      const found = await rpc.search('sale.order', [['origin', '=', `crossdock:${orderRef}`]], SALE_FIELDS)
      return Promise.all(found.map(async (sale) => saleOf(rpc, sale, await deliveriesOf(sale.id), skusOf)))
    },

    /**
     * The warehouse picks and validates the open delivery; what is missing waits in a backorder.
     *
     * @returns false when there is nothing that could leave.
     */
    async ship(orderRef: string, { lines, tracking, final = false }: ShipOptions = {}): Promise<boolean> {
      const open = [
        ['sale_id.origin', '=', `crossdock:${orderRef}`],
        ['picking_type_code', '=', 'outgoing'],
        ['state', 'not in', ['done', 'cancel']],
      ]
      for (const { id } of await rpc.search('stock.picking', open, [])) {
        const moves = await rpc.search(
          'stock.move',
          [
            ['picking_id', '=', id],
            ['state', 'not in', ['done', 'cancel']],
          ],
          ['product_id', 'quantity'],
        )
        const skus = await skusOf(moves.map((move) => move['product_id'] as number))
        const left: Record<string, number> | null = lines ? { ...lines } : null
        const picks = moves.map((move) => {
          const sku = skus.get(move['product_id'] as number)!
          const quantity = Math.min(move['quantity'] as number, left ? (left[sku] ?? 0) : Infinity)
          if (left) left[sku] = (left[sku] ?? 0) - quantity
          return { id: move.id, quantity }
        })
        if (!picks.some(({ quantity }) => quantity > 0)) continue
        for (const { id: move, quantity } of picks) {
          await rpc.call('stock.move', 'write', [[move], { quantity, picked: quantity > 0 }])
        }
        if (tracking)
          await rpc.call('stock.picking', 'write', [[id], { carrier_id: carrier, carrier_tracking_ref: tracking }])
        const context = {
          skip_sms: true,
          skip_backorder: true,
          ...(final ? { picking_ids_not_to_backorder: [id] } : {}),
        }
        const done = await rpc.call('stock.picking', 'button_validate', [[id]], { context })
        if (done !== true)
          throw new Error(`Odoo asks instead of validating delivery ${id}: ${JSON.stringify(done).slice(0, 200)}`)
        return true
      }
      return false
    },

    /** A user of Odoo unlocks and cancels the sale. */
    async cancel(orderRef: string): Promise<void> {
      const [sale] = await rpc.search('sale.order', [['origin', '=', `crossdock:${orderRef}`]], [])
      if (!sale) throw new Error(`Odoo has no sale for ${orderRef}.`)
      await rpc.call('sale.order', 'action_unlock', [[sale.id]])
      await rpc.call('sale.order', 'action_cancel', [[sale.id]], { context: { disable_cancel_warning: true } })
    },

    /** An employee without any rights beyond that. (Sales and invoicing each bring rights to deliveries with them.) */
    async clerk(): Promise<{ user: string; key: string }> {
      const [user, key] = [`clerk-${runName()}@example.com`, randomBytes(12).toString('hex')]
      const names = ['base.group_user']
      const groups: number[] = []
      for (const name of names) {
        const found = await rpc.call('ir.model.data', 'check_object_reference', name.split('.'))
        groups.push((found as [string, number])[1])
      }
      const values = { name: 'Clerk', login: user, email: user, password: key, groups_id: [[6, 0, groups]] }
      await rpc.call('res.users', 'create', [values], { context: { no_reset_password: true } })
      return { user, key }
    },
  }
}

/** Short and new each time, for references nobody used before. */
export const runName = (): string => randomBytes(4).toString('hex')

const SALE_FIELDS = [
  'state',
  'locked',
  'amount_total',
  'amount_tax',
  'partner_id',
  'partner_shipping_id',
  'client_order_ref',
  'delivery_status',
  'invoice_status',
  'invoice_ids',
  'order_line',
] as const

async function saleOf(
  rpc: Rpc,
  sale: Row,
  deliveries: Delivery[],
  skusOf: (ids: readonly number[]) => Promise<Map<number, string>>,
): Promise<Sale> {
  const partners = await rpc.search(
    'res.partner',
    [['id', 'in', [sale['partner_id'], sale['partner_shipping_id']]]],
    PARTNER_FIELDS,
  )
  const partner = (id: unknown) => partners.find((row) => row.id === id)!
  const to = partner(sale['partner_shipping_id'])
  const states = await rpc.search('res.country.state', [['id', '=', to['state_id']]], ['code'])
  const lines = await rpc.search('sale.order.line', [['id', 'in', sale['order_line']]], LINE_FIELDS)
  const skus = await skusOf(lines.map((line) => line['product_id'] as number))
  const invoices = await rpc.search(
    'account.move',
    [['id', 'in', sale['invoice_ids']]],
    ['state', 'amount_total', 'amount_tax', 'invoice_date'],
  )
  const number = (row: Row, field: string) => row[field] as number
  return {
    id: sale.id,
    state: String(sale['state']),
    locked: Boolean(sale['locked']),
    total: number(sale, 'amount_total'),
    tax: number(sale, 'amount_tax'),
    customer: String(partner(sale['partner_id'])['name']),
    email: partner(sale['partner_id'])['email'] as string | false,
    deliverTo: {
      name: String(to['name']),
      street: String(to['street']),
      city: String(to['city']),
      zip: String(to['zip']),
      state: String(states[0]?.['code'] ?? ''),
      type: String(to['type']),
    },
    orderName: String(sale['client_order_ref']),
    deliveryStatus: sale['delivery_status'] as string | false,
    invoiceStatus: String(sale['invoice_status']),
    lines: lines.map((line) => ({
      sku: skus.get(number(line, 'product_id'))!,
      quantity: number(line, 'product_uom_qty'),
      delivered: number(line, 'qty_delivered'),
      invoiced: number(line, 'qty_invoiced'),
      unitPrice: number(line, 'price_unit'),
      subtotal: number(line, 'price_subtotal'),
      total: number(line, 'price_total'),
    })),
    deliveries,
    invoices: invoices.map((row) => ({
      id: row.id,
      state: String(row['state']),
      total: number(row, 'amount_total'),
      tax: number(row, 'amount_tax'),
      date: String(row['invoice_date']),
    })),
  }
}

const PARTNER_FIELDS = ['name', 'email', 'street', 'city', 'zip', 'state_id', 'type']
const LINE_FIELDS = [
  'product_id',
  'product_uom_qty',
  'qty_delivered',
  'qty_invoiced',
  'price_unit',
  'price_subtotal',
  'price_total',
]

export function sums(pairs: readonly (readonly [string, number])[]): Record<string, number> {
  const all: Record<string, number> = {}
  for (const [name, quantity] of pairs) all[name] = (all[name] ?? 0) + quantity
  return all
}
