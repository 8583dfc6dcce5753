/** Both ends of the wire against the vendor's own contract, where it is at hand (folder named by CROSSDOCK_SPECS). */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Ajv, type ValidateFunction } from 'ajv'
import { expect, test } from 'vitest'
import type { Fetch } from '../../io.ts'
import { BUDGETS, FREQUENCIES } from './limits.ts'
import { BUYER, createWorld, CUP, MINUTE, MUG, readyOrder, STANDARD, type World } from './testing.ts'

const folder = process.env['CROSSDOCK_SPECS'] ? join(process.env['CROSSDOCK_SPECS'], 'mirakl') : ''
const atHand = folder !== '' && existsSync(join(folder, 'mirakl-mmp-seller-openapi.json.gz'))
if (!atHand) console.warn("CROSSDOCK_SPECS does not name the vendors' contracts: Mirakl's own was NOT checked.")

interface Body {
  content?: Record<string, { schema: unknown }>
}
interface Described {
  operationId: string
  parameters?: { name: string; in: string }[]
  requestBody?: Body
  responses: Record<string, Body>
}
interface Contract {
  paths: Record<string, Record<string, Described>>
  components: { schemas: unknown }
}

/** The contract says of nothing that it may be null; its own examples, and its sentences, say it of these. */
const MAY_BE_NULL = new Set([
  'acceptance_decision_date', 'billing_address', 'carrier_code', 'company', 'customer_debited_date', 'debited_date',
  'description', 'firstname', 'order_line_state_reason_code', 'order_line_state_reason_label', 'order_state_reason_code',
  'order_state_reason_label', 'phone', 'price_additional_info', 'received_date', 'shipped_date', 'shipping_address',
  'shipping_carrier_code', 'shipping_company', 'shipping_price_additional_unit', 'shipping_price_unit',
  'shipping_tracking', 'shipping_tracking_url', 'state', 'street_2',
]) // prettier-ignore

function nullable(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(nullable)
  if (node === null || typeof node !== 'object') return node
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      if (key !== 'properties') return [key, nullable(value)]
      const members = Object.entries(value as object).map(([name, schema]) => [
        name,
        MAY_BE_NULL.has(name) ? { anyOf: [nullable(schema), { type: 'null' }] } : nullable(schema),
      ])
      return [key, Object.fromEntries(members)]
    }),
  )
}

let read: Contract | null = null
function contract(): Contract {
  read ??= JSON.parse(
    gunzipSync(readFileSync(join(folder, 'mirakl-mmp-seller-openapi.json.gz'))).toString(),
  ) as Contract
  return read
}

const ajv = new Ajv({
  strict: false,
  validateFormats: false,
  unicodeRegExp: false,
  inlineRefs: false,
  allErrors: false,
})
const validators = new Map<string, ValidateFunction>()

function validator(name: string, schema: unknown): ValidateFunction {
  const known = validators.get(name)
  if (known) return known
  const made = ajv.compile({ ...(nullable(schema) as object), components: nullable(contract().components) })
  validators.set(name, made)
  return made
}

/** The operation a request is for, by the contract. */
function described(method: string, path: string): { template: string; operation: Described } {
  for (const [template, operations] of Object.entries(contract().paths)) {
    const pattern = new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`)
    const operation = operations[method.toLowerCase()]
    // `/api/orders/refund` also looks like `/api/orders/{order_id}`: the plain one goes first.
    if (operation && pattern.test(path) && (template === path || !contract().paths[path]?.[method.toLowerCase()]))
      return { template, operation }
  }
  throw new Error(`The contract has no ${method} ${path}.`)
}

/** Documented with the pagination, for every operation that has pages. */
const PAGING = new Set(['max', 'offset', 'sort', 'order', 'limit', 'page_token'])

/** Holds every exchange against the contract. @returns which operations passed by. */
function watch() {
  const seen = new Map<string, Set<number>>()
  const wrap =
    (fetch: Fetch): Fetch =>
    async (request) => {
      const url = new URL(request.url)
      const { operation } = described(request.method, url.pathname)
      const { operationId: id } = operation
      const names = new Set((operation.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name))
      for (const name of url.searchParams.keys())
        expect([id, name, names.has(name) || PAGING.has(name)]).toEqual([id, name, true])
      const asked = operation.requestBody?.content?.['application/json']
      if (asked) {
        const valid = validator(`${id} asked`, asked.schema)
        expect([id, valid(JSON.parse(await request.clone().text())), valid.errors]).toEqual([id, true, null])
      }
      if (operation.requestBody?.content?.['multipart/form-data'])
        expect((await request.clone().formData()).get('file')).toBeInstanceOf(Blob)
      const response = await fetch(request)
      seen.set(id, (seen.get(id) ?? new Set()).add(response.status))
      if (!response.ok) return response
      const said = operation.responses[String(response.status)]
      expect([id, response.status, said !== undefined]).toEqual([id, response.status, true])
      const schema = said?.content?.['application/json']?.schema
      if (schema) {
        const valid = validator(`${id} ${response.status}`, schema)
        expect([id, valid(await response.clone().json()), valid.errors]).toEqual([id, true, null])
      }
      return response
    }
  return { seen, wrap }
}

type Kind = 'order.accept' | 'inventory.put' | 'inventory.read' | 'fulfilment.ensure' | 'price.ensure' | 'refund.ensure'

const call = async (world: World, type: Kind, ask: unknown) => {
  const [outcome] = await world.connection.outbound[type]!.send([{ key: 'k', attempt: 1, ask }] as never)
  world.clock.pass(2 * MINUTE)
  return outcome
} // prettier-ignore

test("the vendor's contract: every request and every answer of a shop's day fits", async () => {
  if (!atHand) return
  const { seen, wrap } = watch()
  const world = createWorld({ wrap })
  const { market, connection, clock } = world
  const mug = market.addProduct(MUG)
  market.addProduct(CUP)
  const both = [{ sku: MUG.sku, quantity: 2 }, { sku: CUP.sku, quantity: 1 }] // prettier-ignore

  await connection.check()
  await connection.feeds['offers']!.read(null)
  const id = market.placeOrder({ lines: both, customer: BUYER, shippingMethod: STANDARD })!
  await connection.feeds['orders']!.read(null)
  const lines = [1, 2].map((index) => ({ lineId: `${id}-${index}`, accepted: true }))
  await call(world, 'order.accept', { externalId: id, orderName: id, lines })
  await call(world, 'order.accept', { externalId: id, orderName: id, lines })
  market.cancelLine(id, 0, 1)
  await connection.feeds['orders']!.read(null)
  clock.pass(5 * MINUTE)
  const parcel = {
    shipmentId: '1',
    trackingNumber: '1Z1',
    carrier: 'Somebody',
    trackingUrl: 'https://track.example/1Z1',
  }
  const part = (index: number, shipmentId: string) => ({
    externalId: id, orderName: id, parcel: { ...parcel, shipmentId },
    lines: [{ lineId: `${id}-${index}`, quantity: 1, cumulative: 1 }],
  }) // prettier-ignore
  await call(world, 'fulfilment.ensure', part(1, 's-1'))
  await call(world, 'fulfilment.ensure', part(2, 's-2'))
  const whole = readyOrder(world, { sku: MUG.sku, quantity: 1 })
  await call(world, 'fulfilment.ensure', {
    externalId: whole, orderName: whole, parcel: { ...parcel, carrier: 'DHL Express' },
    lines: [{ lineId: `${whole}-1`, quantity: 1, cumulative: 1 }],
  }) // prettier-ignore
  market.refundLine(whole, 0, '2.00')
  const eur = (amount: number) => ({ amount, currency: 'EUR' })
  const back = { externalId: whole, orderName: whole, key: 'r-1', amount: eur(500), lines: [], taxesIncluded: true }
  await call(world, 'refund.ensure', { ...back, shipping: { amount: eur(100), tax: eur(17) }, reason: 'unwanted' })
  await connection.feeds['orders']!.read(null)
  const place = { inventoryItemId: mug.inventoryItemId, locationId: 'main' }
  await call(world, 'inventory.put', { ...place, sku: 'GONE', to: 3 })
  await call(world, 'inventory.put', { ...place, sku: MUG.sku, to: 3 })
  for (const { id: reference } of market.beliefs().imports)
    await call(world, 'inventory.read', { ...place, sku: MUG.sku, reference })
  const offer = { sku: MUG.sku, productId: `P-${MUG.sku}`, variantId: mug.offerId, fields: { price: '11.00' } }
  market.setDiscount(MUG.sku, '8.00', '2026-11-20T00:00:00Z', '2026-12-01T00:00:00Z')
  market.refuseLines(MUG.sku, 'No')
  await call(world, 'price.ensure', offer)
  const reference = market.beliefs().imports.at(-1)!.id
  await call(world, 'price.ensure', { ...offer, looks: 1, reference })

  const expected = [
    'OR11',
    'OR21',
    'OR23',
    'OR24',
    'OR28',
    'ST01',
    'ST11',
    'OF21',
    'OF22',
    'STO01',
    'STO02',
    'STO03',
    'PC01',
    'PRI01',
    'PRI02',
    'PRI03',
  ]
  expect([...seen.keys()].sort()).toEqual(expected.sort())
  expect([...new Set(Object.keys(FREQUENCIES).map((name) => name.split('-')[0]))].sort()).toEqual(expected.sort())
  expect(market.beliefs().throttled).toBe(0)
})

test("the vendor's contract: every operation is called no more often than its table allows", () => {
  if (!atHand) return
  const table = JSON.parse(readFileSync(join(folder, 'call-frequency.json'), 'utf8')) as {
    id: string
    method: string
    max: string | null
  }[]
  for (const [name, { calls, perMs, said }] of Object.entries(FREQUENCIES)) {
    const row = table.find(({ id }) => id === name.split('-')[0])
    expect([name, row === undefined]).toEqual([name, false])
    const max = row!.max ?? ''
    if (said === null) {
      // No figure for it, or (orders by id) one for another use of it.
      const figure = /\b(once|every|\d+)\s+(per|every)?\s*(\d+\s+)?(second|minute|hour|day)/i.test(max)
      expect([name, figure && !max.includes('Synchronous')]).toEqual([name, false])
      continue
    }
    expect([name, max.toLowerCase().includes(said.toLowerCase())]).toEqual([name, true])
    const spans: Record<string, number> = { 'once per minute': 60_000, 'once every 15 seconds': 15_000 }
    expect([name, calls, perMs]).toEqual([name, 1, spans[said.toLowerCase()]])
    expect(1 / BUDGETS[name]!.perSecond).toBeGreaterThan(perMs / 1_000)
  }
})
