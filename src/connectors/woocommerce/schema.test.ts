/** Both ends of the wire against WooCommerce's own contract, where it is at hand (folder named by CROSSDOCK_SPECS). */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import { expect, test } from 'vitest'
import type { Fetch } from '../../io.ts'
import { orderBody } from './order-body.ts'
import { productsIn, variationsIn } from './products.ts'
import { send } from '../kit/testing.ts'
import { BUYER, createWorld, MUG, saying, STANDARD, takeHooks, VAT } from './testing.ts'

const folder = process.env['CROSSDOCK_SPECS'] ? join(process.env['CROSSDOCK_SPECS'], 'woocommerce') : ''
const atHand = folder !== '' && existsSync(join(folder, 'schemas-ajv'))
if (!atHand)
  console.warn("CROSSDOCK_SPECS does not name the vendors' contracts: WooCommerce's official schemas were NOT checked.")

const NAMES = {
  order: 'shop_order.orders',
  product: 'product.products',
  variation: 'product_variation.product_variations',
  webhook: 'webhook.webhooks',
  note: 'order_note.order_notes',
  refund: 'shop_order_refund.order_refunds',
} as const
type Kind = keyof typeof NAMES

const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false, inlineRefs: false, allErrors: true })
const compiled = new Map<Kind, ValidateFunction>()
const read = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), 'utf8'))
interface Schema {
  type?: unknown
  properties?: Record<string, Schema>
  items?: Schema
}

/**
 * Where servers were measured to say something else than the schema: no SKU of a product that is gone, a name that is
 * null, stock of a variation that its product keeps, statuses of plugins.
 */
function asMeasured(schema: Schema): Schema {
  const line = schema.properties?.['line_items']?.items?.properties
  if (line?.['sku']) line['sku'] = { type: ['string', 'null'] }
  if (line?.['parent_name']) line['parent_name'] = { type: ['string', 'null'] }
  if (line?.['image']?.properties) line['image'].properties['id'] = {}
  return schema
}

const schemaOf = (kind: Kind): Schema => asMeasured(read(`schemas-ajv/${NAMES[kind]}.json`) as Schema)

function problems(kind: Kind, body: unknown): string[] {
  const validate = compiled.get(kind) ?? ajv.compile(schemaOf(kind) as object)
  compiled.set(kind, validate)
  return validate(body) ? [] : validate.errors!.map(({ instancePath, message }) => `${kind}${instancePath} ${message}`)
}

/** Members of the contract that are missing: an object of the simulator has what one of a real shop has. */
function missing(schema: Schema, body: unknown, path: string): string[] {
  if (schema.items) return (Array.isArray(body) ? body : []).flatMap((one) => missing(schema.items!, one, `${path}[]`))
  if (!schema.properties || body === null || typeof body !== 'object') return []
  return Object.entries(schema.properties).flatMap(([name, one]) =>
    name in body ? missing(one, (body as Record<string, unknown>)[name], `${path}.${name}`) : [`${path}.${name}`],
  )
}

/** In the schema for writing, or shown only when there is something. */
const NOT_SHOWN_NAMES =
  'set_paid manual_update secret api_refund api_restock refund_total price_html date_on_sale_\\w+ ' +
  'external_url button_text download_limit download_expiry shipping_required shipping_taxable ' +
  'reviews_allowed post_password average_rating rating_count related_ids upsell_ids cross_sell_ids ' +
  'purchase_note has_options default_attributes gallery_image_ids added_by_user instance_id compound ' +
  'image total_sales'
const NOT_SHOWN = new RegExp(`\\.(${NOT_SHOWN_NAMES.split(' ').join('|')})$`)

const kindOf = (path: string): Kind | null => {
  const end = path.replace(/\/batch$/, '')
  if (/\/orders(\/\d+)?$/.test(end)) return 'order'
  if (/\/variations(\/\d+)?$/.test(end)) return 'variation'
  if (/\/products(\/\d+)?$/.test(end)) return 'product'
  if (/\/webhooks(\/\d+)?$/.test(end)) return 'webhook'
  if (/\/notes$/.test(end)) return 'note'
  return /\/refunds$/.test(end) ? 'refund' : null
}

interface Seen {
  kind: Kind
  method: string
  asked: Record<string, unknown> | null
  query: Record<string, string>
  answered: unknown
  status: number
}

/** A day in which everything is asked that the connector can ask. */
async function aDay(version: '8.9.3' | '11.0.1') {
  const seen: Seen[] = []
  const wrap =
    (fetch: Fetch): Fetch =>
    async (request) => {
      const url = new URL(request.url)
      const text = await request.clone().text()
      const response = await fetch(request)
      const kind = kindOf(url.pathname)
      if (!kind) throw new Error(`Nothing is known of ${url.pathname}.`)
      const asked = text === '' ? null : (JSON.parse(text) as Record<string, unknown>)
      const query = Object.fromEntries(url.searchParams)
      seen.push({
        kind,
        method: request.method,
        asked,
        query,
        answered: await response.clone().json(),
        status: response.status,
      })
      return response
    }
  const world = createWorld({ wrap, shop: { version, tax: VAT, pricesIncludeTax: true }, config: { feeSku: 'FEE' } })
  const { connection, shop } = world
  await connection.upkeep['webhooks']!.run()
  const { inventoryItemId } = shop.addProduct(MUG)
  const { items } = shop.addVariable({
    title: 'Tee',
    sku: 'TEE',
    price: '15',
    available: 8,
    variations: [{ option: 'S', sku: 'TEE-S' }, { option: 'M' }],
  })
  const fee = { name: 'Wrap', price: '1.00' }
  const lines = [
    { sku: MUG.sku, quantity: 2, discount: '1.00' },
    { sku: 'TEE-S', quantity: 1 },
  ]
  const id = shop.placeOrder({ lines, customer: BUYER, shippingMethod: STANDARD, fee, coupon: 'X' })!
  shop.refund(id, [{ sku: MUG.sku, quantity: 1, restock: true }], { shipping: true })
  const hooks = takeHooks(world)
  const put = (sku: string, item: string) => ({
    key: sku,
    attempt: 1,
    ask: { sku, inventoryItemId: item, locationId: 'shop', to: 3 },
  })
  await connection.outbound['inventory.put']!.send([put(MUG.sku, inventoryItemId)])
  await connection.outbound['inventory.put']!.send([
    put(MUG.sku, inventoryItemId),
    put('TEE-S', items[0]!),
    put('X', '99'),
  ])
  await send(connection, 'inventory.read', put('TEE-S', items[0]!).ask)
  const { name, lines: known } = shop.beliefs().orders[0]!
  const parcel = { shipmentId: 's-1', trackingNumber: '1Z', carrier: 'UPS', trackingUrl: 'https://t.example/1Z' }
  const parts = known.map(({ id: lineId, quantity }) => ({ lineId, quantity, cumulative: quantity }))
  await send(connection, 'fulfilment.ensure', { externalId: id, orderName: name, parcel, lines: parts })
  await send(connection, 'fulfilment.ensure', { externalId: id, orderName: name, parcel, lines: parts })
  const usd = (amount: number) => ({ amount, currency: 'USD' })
  const back = { lineId: known[0]!.id, quantity: 1, amount: usd(120), tax: usd(20) }
  const refund = { externalId: id, orderName: name, key: 'r-1', amount: usd(120), lines: [back], taxesIncluded: true }
  await send(connection, 'refund.ensure', { ...refund, shipping: { amount: usd(0), tax: usd(0) }, reason: 'unwanted' })
  await connection.feeds['orders']!.read(null)
  await connection.feeds['products']!.read(null)
  shop.setWebhooks('disabled', 'order.created')
  await connection.upkeep['webhooks']!.run()
  expect(await connection.check()).not.toEqual([])
  return { seen, hooks, world }
}

test.each(['8.9.3', '11.0.1'] as const)(
  'what the simulator of %s answers and tells is what the contract says',
  async (version) => {
    if (!atHand) return
    const { seen, hooks } = await aDay(version)
    expect(new Set(seen.map(({ kind }) => kind)).size).toBe(Object.keys(NAMES).length)
    const lacking = new Set<string>()
    for (const { kind, answered, status } of seen) {
      expect(status).toBeLessThan(300)
      const batch = (answered as { update?: object[] }).update
      const bodies = (batch ?? (Array.isArray(answered) ? answered : [answered])) as object[]
      for (const body of bodies) {
        if ('error' in body || Object.keys(body).length === 0) continue
        expect(problems(kind, body)).toEqual([])
        for (const path of missing(schemaOf(kind), body, kind)) lacking.add(path)
      }
    }
    for (const { headers, body } of hooks) {
      const kind = headers['x-wc-webhook-resource'] === 'order' ? 'order' : 'product'
      // A variation is told with its type and its stock in words of its own.
      const told = JSON.parse(body) as { type?: string }
      if (told.type !== 'variation') expect(problems(kind, told)).toEqual([])
    }
    const newer = version === '8.9.3' ? /global_unique_id|brands|variation\.type$/ : /$^/
    expect([...lacking].filter((path) => !NOT_SHOWN.test(path) && !newer.test(path))).toEqual([])
  },
)

test('what the connector asks is in the contract: members by their type, filters by their name and bounds', async () => {
  if (!atHand) return
  const { seen } = await aDay('11.0.1')
  const written = seen.filter(({ asked }) => asked !== null)
  expect(written.length).toBeGreaterThan(10)
  for (const { kind, asked } of written) {
    const bodies = (asked!['update'] as object[] | undefined) ?? [asked!]
    for (const body of bodies) {
      const { properties = {} } = schemaOf(kind)
      for (const name of Object.keys(body)) expect([kind, name, name in properties]).toEqual([kind, name, true])
      expect(problems(kind, body)).toEqual([])
    }
  }
  for (const { kind, method, query } of seen) {
    if (method !== 'GET') continue
    const all = (
      read(`schemas/${NAMES[kind]}.json`) as {
        collection_params: Record<string, { enum?: string[]; maximum?: number }>
      }
    ).collection_params
    for (const [name, value] of Object.entries(query)) {
      if (name.startsWith('oauth_')) continue
      const parameter = all[name]
      expect([kind, name, parameter !== undefined]).toEqual([kind, name, true])
      if (parameter?.enum) expect(parameter.enum).toContain(value)
      if (parameter?.maximum) expect(Number(value)).toBeLessThanOrEqual(parameter.maximum)
    }
  }
})

test('a wrong type or a wrong value in the contract would be seen', () => {
  if (!atHand) return
  expect(problems('product', { stock_quantity: 'many' })).toHaveLength(1)
  expect(problems('webhook', { status: 'sleeping' })).toHaveLength(1)
})

test("the vendor's own examples are read", () => {
  if (!atHand) return
  let orders = 0
  for (const file of readdirSync(join(folder, 'doc-examples'))) {
    const examples = read(`doc-examples/${file}`) as { example: unknown }[]
    for (const { example } of examples) {
      for (const one of Array.isArray(example) ? example : [example]) {
        const body = one as Record<string, unknown>
        if (file === 'orders.json' && 'line_items' in body && 'date_created_gmt' in body) {
          orders += 1
          expect(orderBody.safeParse(body).error).toBe(undefined)
          const { connection } = createWorld()
          const delivery = {
            topic: 'poll/order',
            body: { order: body, refunds: [] } as never,
            receivedAt: '2026-11-21T05:31:00.000Z',
          }
          expect(connection.translate(delivery)).toHaveLength(1)
        }
        if (file === 'products.json' && 'sku' in body && 'id' in body)
          expect(productsIn([body], 'products')).toHaveLength(1)
        if (file === 'product-variations.json' && 'sku' in body && 'id' in body)
          expect(variationsIn([body], 'variations')).toHaveLength(1)
      }
    }
  }
  expect(orders).toBeGreaterThan(3)
  expect(saying).toBeTypeOf('function')
})
