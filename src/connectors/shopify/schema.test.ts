/** Both ends of the wire against Shopify's own contract, where it is at hand (folder named by CROSSDOCK_SPECS). */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  parse,
  validate,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql'
import { expect, test } from 'vitest'
import * as censusOperations from './census-operations.ts'
import * as feedOperations from './feed-operations.ts'
import { PRICES, QUERY_COST_MAX } from './limits.ts'
import * as listingOperations from './listing-operations.ts'
import * as paymentsOperations from './payments-operations.ts'
import * as operations from './operations.ts'
import { createRefund, readPaid } from './refund.ts'
import { requestedCost } from './simulator/cost.ts'
import { KEYED } from './simulator/idempotency.ts'
import { SDL } from './simulator/schema.ts'
import { BUYER, createWorld, MUG, STANDARD, takeHooks } from './testing.ts'
import { TOPICS } from './webhooks.ts'

const folder = process.env['CROSSDOCK_SPECS'] ? join(process.env['CROSSDOCK_SPECS'], 'shopify') : ''
const atHand = folder !== '' && existsSync(join(folder, 'admin-2026-10.graphql.gz'))
if (!atHand)
  console.warn("CROSSDOCK_SPECS does not name the vendors' contracts: Shopify's official schema was NOT checked.")

const documents = Object.values({
  ...operations,
  ...listingOperations,
  ...feedOperations,
  ...censusOperations,
  ...paymentsOperations,
  createRefund,
  readPaid,
}).filter((one): one is { name: string; text: string; answer: never } => typeof one === 'object' && 'text' in one)
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'))
const official = (version = '2026-10'): string =>
  gunzipSync(readFileSync(join(folder, `admin-${version}.graphql.gz`))).toString()

test('every document is valid in our own part of the schema, and far below the largest price', () => {
  const schema = buildSchema(SDL)
  expect(documents.length).toBeGreaterThan(15)
  for (const { name, text } of documents) {
    const document = parse(text)
    expect([name, validate(schema, document)]).toEqual([name, []])
    const variables = { ids: Array.from({ length: 5 }, (_, index) => `${index}`), fulfillments: 20 }
    const price = requestedCost(schema, document, variables)
    expect([name, price < QUERY_COST_MAX]).toEqual([name, true])
    expect([name, PRICES[name]]).toEqual([name, price])
  }
})

test('every mutation that must carry an idempotency key does', () => {
  for (const { name, text } of documents) {
    const keyed = [...KEYED].some((mutation) => text.includes(`${mutation}(`))
    expect([name, text.includes('@idempotent(key: $key)')]).toEqual([name, keyed])
  }
})

let built: GraphQLSchema | null = null
const officialSchema = (): GraphQLSchema => (built ??= buildSchema(official(), { assumeValid: true }))

test('official schema: every document is valid', () => {
  if (!atHand) return
  for (const { name, text } of documents) expect([name, validate(officialSchema(), parse(text))]).toEqual([name, []])
})

test('official schema: every type, field, argument and value of our own part exists there, and fits', () => {
  if (!atHand) return
  expect(differences(buildSchema(SDL), officialSchema())).toEqual([])
})

test("official schema: the mutations that need a key, and the topics, are the vendor's", () => {
  if (!atHand) return
  expect([...KEYED].sort()).toEqual(
    (read('idempotent-mutations-2026-10.json') as { required: string[] }).required.sort(),
  )
  const topics = (read('webhook-topics-2026-10.json') as { enum: string }[]).map((topic) => topic.enum)
  for (const topic of TOPICS) expect(topics).toContain(topic)
})

test('official schema: the simulator runs the official schema, and its answers fit it', async () => {
  if (!atHand) return
  const world = createWorld({ shop: { schemaSdl: official() } })
  await world.connection.upkeep['webhooks']!.run()
  const { inventoryItemId } = world.shop.addProduct(MUG)
  const id = world.shop.placeOrder({
    lines: [{ sku: MUG.sku, quantity: 2 }],
    customer: BUYER,
    shippingMethod: STANDARD,
    taxRate: 0.08,
  })!
  const ask = { sku: MUG.sku, inventoryItemId, locationId: '7001', from: 8, to: 3 }
  expect(await world.connection.outbound['inventory.set']!.send([{ key: 'k', attempt: 1, ask }])).toEqual([
    { answer: { outcome: 'set' } },
  ])
  const { lines, name } = world.shop.beliefs().orders[0]!
  const parcel = { shipmentId: 's', trackingNumber: '1Z' }
  const fulfil = {
    externalId: id,
    orderName: name,
    parcel,
    lines: [{ lineId: lines[0]!.id, quantity: 1, cumulative: 1 }],
  }
  await world.connection.outbound['fulfilment.ensure']!.send([{ key: 'f', attempt: 1, ask: fulfil }])
  world.shop.editOrder(id, { sku: MUG.sku, quantity: 1 })
  const page = await world.connection.feeds['orders']!.read(null)
  expect(page.readings.filter(({ topic }) => topic === 'poll/order')).toHaveLength(1)
  expect((await world.connection.feeds['products']!.read(null)).readings).toHaveLength(1)
  expect((await world.connection.check()).every(({ level }) => level === 'ok')).toBe(true)
})

test('official schema: webhook bodies have the fields of the REST resources, with the same types', async () => {
  if (!atHand) return
  const world = createWorld()
  await world.connection.upkeep['webhooks']!.run()
  world.shop.addProduct(MUG)
  const purchase = {
    lines: [{ sku: MUG.sku, quantity: 3, discount: '1.00' }],
    customer: BUYER,
    shippingMethod: STANDARD,
    taxRate: 0.08,
  }
  const id = world.shop.placeOrder(purchase)!
  const lineId = world.shop.beliefs().orders[0]!.lines[0]!.id
  const ask = {
    externalId: id,
    orderName: '#1001',
    parcel: { shipmentId: 's', trackingNumber: '1Z', carrier: 'UPS', trackingUrl: 'https://t.example' },
    lines: [{ lineId, quantity: 1, cumulative: 1 }],
  }
  await world.connection.outbound['fulfilment.ensure']!.send([{ key: 'f', attempt: 1, ask }])
  world.shop.refund(id, [{ sku: MUG.sku, quantity: 1, restock: true }])
  const other = world.shop.placeOrder({ ...purchase, lines: [{ sku: MUG.sku, quantity: 1 }] })!
  world.shop.cancelOrder(other, { reason: 'customer', restock: true })
  world.shop.updateProduct(MUG.sku, { title: 'Mug' })
  const examples = {
    'orders/': 'order',
    'products/': 'product',
    'fulfillments/': 'fulfillment',
    'refunds/': 'refund',
    'inventory_levels/': 'inventory_level',
  }
  const seen = new Set<string>()
  for (const { headers, body } of takeHooks(world)) {
    const found = Object.entries(examples).find(([prefix]) => headers['x-shopify-topic']!.startsWith(prefix))
    if (!found) continue
    const [, name] = found
    seen.add(name)
    expect([
      name,
      strangers(JSON.parse(body), shapeOf(resources(read(`rest-examples/${name}.json`), name)), name),
    ]).toEqual([name, []])
  }
  expect([...seen].sort()).toEqual(Object.values(examples).sort())
})

test('official schema: our fixtures have the fields of the REST resources too', () => {
  if (!atHand) return
  const order = shapeOf(resources(read('rest-examples/order.json'), 'order'))
  for (const name of ['orders-create', 'orders-updated', 'orders-paid', 'orders-cancelled']) {
    const body: unknown = JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8'))
    expect([name, strangers(body, order, name)]).toEqual([name, []])
  }
})

/** All bodies of one resource within the examples. */
function resources(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => resources(item, name))
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, member]) => {
    if (key === name) return [member]
    return key === `${name}s` && Array.isArray(member) ? member : resources(member, name)
  })
}

interface Shape {
  types: Set<string>
  members: Map<string, Shape>
  items: Shape | null
}

/** What is seen at every path of the examples together. */
function shapeOf(values: unknown[]): Shape {
  const types = new Set(values.map(typeOf))
  const members = new Map<string, Shape>()
  const objects = values.filter((value): value is object => typeOf(value) === 'object')
  for (const key of new Set(objects.flatMap((value) => Object.keys(value)))) {
    members.set(
      key,
      shapeOf(objects.flatMap((value) => (key in value ? [(value as Record<string, unknown>)[key]] : []))),
    )
  }
  const items = values.filter((value) => Array.isArray(value)).flat()
  return { types, members, items: items.length > 0 ? shapeOf(items) : null }
}

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

/** Paths that the examples do not have, or have with another type. Where they only show null, anything may stand. */
function strangers(value: unknown, shape: Shape, path: string): string[] {
  const type = typeOf(value)
  const known = [...shape.types].filter((one) => one !== 'null')
  if (known.length > 0 && type !== 'null' && !known.includes(type))
    return [`${path} is ${type}, not ${known.join(' or ')}`]
  if (Array.isArray(value))
    return shape.items ? value.flatMap((item, index) => strangers(item, shape.items!, `${path}.${index}`)) : []
  if (type !== 'object' || shape.members.size === 0) return []
  return Object.entries(value as object).flatMap(([key, member]) => {
    const expected = shape.members.get(key)
    return expected ? strangers(member, expected, `${path}.${key}`) : [`${path}.${key} is unknown`]
  })
}

/** Whatever of our schema the official one lacks or has with another type. */
function differences(ours: GraphQLSchema, theirs: GraphQLSchema): string[] {
  const found: string[] = []
  for (const [name, type] of Object.entries(ours.getTypeMap())) {
    if (name.startsWith('__')) continue
    const other = theirs.getType(name)
    if (!other) found.push(`type ${name}`)
    else if (isEnumType(type) && isEnumType(other)) {
      for (const value of type.getValues()) if (!other.getValue(value.name)) found.push(`${name}.${value.name}`)
    } else if (isInputObjectType(type) && isInputObjectType(other)) {
      for (const field of Object.values(type.getFields())) {
        if (String(other.getFields()[field.name]?.type) !== String(field.type))
          found.push(`${name}.${field.name}: ${String(field.type)}`)
      }
      for (const field of Object.values(other.getFields())) {
        const needed = String(field.type).endsWith('!') && field.defaultValue === undefined
        if (needed && !type.getFields()[field.name]) found.push(`${name}.${field.name} is needed`)
      }
    } else if ((isObjectType(type) || isInterfaceType(type)) && (isObjectType(other) || isInterfaceType(other))) {
      for (const field of Object.values(type.getFields()))
        found.push(...fieldDifferences(`${name}.${field.name}`, field, other.getFields()[field.name]))
    } else if (type.constructor !== other.constructor && !(isLeafType(type) && isLeafType(other)))
      found.push(`${name} is of another kind`)
  }
  return found
}

function fieldDifferences(
  path: string,
  ours: GraphQLField<unknown, unknown>,
  theirs: GraphQLField<unknown, unknown> | undefined,
): string[] {
  if (!theirs) return [path]
  const types =
    String(ours.type) === String(theirs.type) ? [] : [`${path}: ${String(ours.type)}, theirs ${String(theirs.type)}`]
  return [
    ...types,
    ...ours.args.flatMap((argument) => {
      const other = theirs.args.find(({ name }) => name === argument.name)
      return other && String(other.type) === String(argument.type)
        ? []
        : [`${path}(${argument.name}: ${String(argument.type)})`]
    }),
  ]
}
