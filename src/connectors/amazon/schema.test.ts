/** Both ends of the wire against Amazon's own models, where they are at hand (folder named by CROSSDOCK_SPECS). */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { must } from '#canon/assert.ts'
import type { Json } from '#canon/json.ts'
import type { IntentType } from '#core/intents.ts'
import type { CensusPage } from '../kit/reader.ts'
import { orderOf } from './order.ts'
import { orderNode } from './order-node.ts'
import { MARKETPLACES } from './marketplaces.ts'
import { type OperationName, OPERATIONS } from './limits.ts'
import { createWorld, KETTLE, MUG } from './testing.ts'

const folder = process.env['CROSSDOCK_SPECS'] ? join(process.env['CROSSDOCK_SPECS'], 'amazon-sp-api') : ''
const atHand = folder !== '' && existsSync(join(folder, 'rate-limits.json'))
if (!atHand) console.warn("CROSSDOCK_SPECS does not name the vendors' contracts: Amazon's models were NOT checked.")

type Schema = Record<string, unknown>

function readJson(path: string): Schema {
  const full = join(folder, path)
  const text = existsSync(full) ? readFileSync(full) : gunzipSync(readFileSync(`${full}.gz`))
  return JSON.parse(text.toString()) as Schema
}

interface Rate {
  model: string
  op: string
  method: string
  path: string
  rate: number
  burst: number
}

const ratesOf = (): Map<string, Rate> => {
  const all = JSON.parse(readFileSync(join(folder, 'rate-limits.json'), 'utf8')) as Rate[]
  return new Map(all.map((one) => [`${one.method} ${one.path}`, one]))
}

interface Parameter {
  name: string
  in: string
  required?: boolean
  enum?: string[]
  items?: { enum?: string[] }
  schema?: Schema
}

interface Model {
  definitions: Schema
  paths: Record<
    string,
    Record<string, { parameters?: Parameter[]; responses: Record<string, { schema?: Schema }> }> & {
      parameters?: Parameter[]
    }
  >
}

const models = new Map<string, { model: Model; ajv: Ajv }>()

/** Definitions are found by `#/definitions/…` in every schema of the model. */
function modelOf(file: string) {
  const known = models.get(file)
  if (known) return known
  const model = readJson(join('models', file)) as unknown as Model
  const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false, inlineRefs: false })
  const opened = { model, ajv }
  models.set(file, opened)
  return opened
}

function problems(file: string, schema: Schema, value: unknown): string[] {
  const { model, ajv } = modelOf(file)
  const validate = ajv.compile({ ...schema, definitions: model.definitions })
  return validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

interface Exchange {
  name: OperationName
  url: URL
  method: string
  status: number
  sent: string
  got: string
}

function operationOf(method: string, pathname: string): OperationName | undefined {
  return (Object.keys(OPERATIONS) as OperationName[]).find((name) => {
    const { method: wanted, path } = OPERATIONS[name]
    return wanted === method && new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname)
  })
}

/** Everything the connector does, recorded. */
async function everything(): Promise<{ exchanges: Exchange[]; messages: string[]; documents: string[] }> {
  const exchanges: Exchange[] = []
  const messages: string[] = []
  const documents: string[] = []
  const world = createWorld({
    account: { effectiveAfterMs: [1_000, 1_000] },
    config: { settlements: { from: '2026-11-01' } },
    wrap: (fetch) => async (request) => {
      const copy = request.clone()
      const response = await fetch(request)
      const url = new URL(copy.url)
      const name = operationOf(copy.method, url.pathname)
      const got = await response.clone().text()
      if (copy.method === 'PUT') documents.push(await copy.clone().text())
      if (name)
        exchanges.push({ name, url, method: copy.method, status: response.status, sent: await copy.text(), got })
      if (copy.headers.get('x-amz-target') === 'AmazonSQS.ReceiveMessage')
        messages.push(
          ...((JSON.parse(got) as { Messages?: { Body: string }[] }).Messages ?? []).map(({ Body }) => Body),
        )
      return response
    },
  })
  const { connection, seller, clock } = world
  const upkeep = must(connection.upkeep['notifications'], 'a queue')
  for (let run = 0; run < 3; run += 1, clock.pass(60_000)) await upkeep.run()
  seller.addListing(MUG)
  seller.addListing(KETTLE)
  const place = { sku: MUG.sku, inventoryItemId: MUG.sku, locationId: 'DEFAULT' }
  const send = (type: IntentType, ask: object) =>
    connection.outbound[type]!.send([{ key: 'k', attempt: 1, ask } as never]).catch(() => {})
  await send('inventory.put', { ...place, to: 7 })
  await send('inventory.read', place)
  clock.pass(2_000)
  const id = must(seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 2, discount: 100 }], shipping: 499 }), 'enough')
  const fba = must(seller.placeOrder({ lines: [{ sku: KETTLE.sku, quantity: 1 }] }), 'enough')
  seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }], pendingMs: 3_600_000 })
  seller.askCancellation(id)
  seller.shipByAmazon(fba)
  seller.closePeriod()
  const [line] = seller.beliefs().orders.find((one) => one.id === id)!.lines
  const ask = { externalId: id, orderName: id, parcel: { shipmentId: '7', trackingNumber: '1Z', carrier: 'UPS' } }
  await send('fulfilment.ensure', { ...ask, lines: [{ lineId: line!.id, quantity: 1, cumulative: 1 }] })
  await send('fulfilment.ensure', { ...ask, externalId: 'no-such-order', lines: [] })
  const offer = { sku: MUG.sku, productId: 'B0', variantId: MUG.sku, imageUrls: { d1: 'https://cdn.example/d1.jpg' } }
  const fields = {
    title: 'Great mug',
    price: '13.50',
    taxClass: 'A_GEN_NOTAX',
    images: ['d1'],
    attributes: { color: 'blue' },
  }
  await send('listing.ensure', { ...offer, fields })
  await send('listing.withdraw', offer)
  const prices = Array.from({ length: 11 }, (_, nth) => ({
    key: `p${nth}`,
    attempt: 1,
    ask: { ...offer, fields: { price: '9.00' } },
  }))
  await connection.outbound['price.ensure']!.send(prices)
  seller.breakListing(MUG.sku)
  await send('listing.ensure', { ...offer, fields: { title: 'Another' } })
  await send('inventory.put', { ...place, to: 3 })
  clock.pass(180_000)
  const cursors = new Map<string, Json>()
  for (let minute = 0; minute < 4; minute += 1, clock.pass(60_000))
    for (const [name, feed] of Object.entries(connection.feeds)) {
      const kept = cursors.get(name) ?? null
      cursors.set(name, (await feed.read(kept)).cursor)
    }
  const stock = connection.readers!.stock!
  let at: Json = null
  for (let more = true; more; clock.pass(31_000)) {
    const page: CensusPage | null = await stock.read(at, { since: '', channel: '' }).catch(() => null)
    if (page) ({ cursor: at, more } = page)
  }
  seller.deleteListing(MUG.sku)
  clock.pass(10_000)
  await connection.feeds['notifications']!.read(null)
  await connection.check()
  return { exchanges, messages, documents }
}

/** Their ids name several schemas at once. */
function anonymous(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(anonymous)
  if (typeof schema !== 'object' || schema === null) return schema
  const members = Object.entries(schema).filter(
    ([name, value]) => !(/^\$(id|schema)$/.test(name) && typeof value === 'string'),
  )
  return Object.fromEntries(members.map(([name, value]) => [name, anonymous(value)]))
}

describe('Amazon’s own models', () => {
  test('the rates are the published ones', () => {
    if (!atHand) return
    const rates = ratesOf()
    for (const [name, { method, path, rate, burst }] of Object.entries(OPERATIONS)) {
      const published = rates.get(`${method} ${path}`)
      expect([name, published?.op, published?.rate, published?.burst]).toEqual([name, name, rate, burst])
    }
  })

  test('every request and every answer fit, for everything the connector does', async () => {
    if (!atHand) return
    const rates = ratesOf()
    const { exchanges } = await everything()
    const unused = new Set<string>(Object.keys(OPERATIONS))
    const wrong: string[] = []
    for (const { name, url, method, status, sent, got } of exchanges) {
      unused.delete(name)
      const { path } = OPERATIONS[name]
      const file = rates.get(`${method} ${path}`)!.model
      const item = modelOf(file).model.paths[path]!
      const operation = item[method.toLowerCase()]!
      const parameters = [...(operation.parameters ?? []), ...(item.parameters ?? [])]
      const report = (what: string) => wrong.push(`${name} ${status}: ${what}`)
      const answer = operation.responses[String(status)]
      if (!answer) report('no such status')
      else if (answer.schema) for (const one of problems(file, answer.schema, JSON.parse(got))) report(`answer${one}`)
      for (const [key, value] of url.searchParams) {
        const known = parameters.find((one) => one.name === key && one.in === 'query')
        const allowed = known?.enum ?? known?.items?.enum
        if (!known) report(`no parameter ${key}`)
        else if (allowed && !value.split(',').every((one) => allowed.includes(one))) report(`${key}=${value}`)
      }
      for (const { name: wanted, required } of parameters.filter((one) => one.in === 'query'))
        if (required && !url.searchParams.has(wanted)) report(`${wanted} is missing`)
      const body = parameters.find((one) => one.in === 'body')?.schema
      if (body) for (const one of problems(file, body, JSON.parse(sent))) report(`request${one}`)
    }
    expect(wrong).toEqual([])
    expect([...unused]).toEqual([])
  })

  test('every feed fits its schema', async () => {
    if (!atHand) return
    const { documents } = await everything()
    const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false })
    const schemaOf = (name: string) => anonymous(readJson(join('feeds', `${name}-schema-v2.json`))) as Schema
    const [message, whole] = ['listings-feed-message', 'listings-feed'].map(schemaOf)
    const check = ajv.compile({
      ...whole,
      properties: { ...(whole!['properties'] as Schema), messages: { type: 'array', items: message } },
    })
    expect(documents).toHaveLength(1)
    for (const text of documents) expect([check(JSON.parse(text)), check.errors]).toEqual([true, null])
  })

  test('every notification of the simulator fits its schema', async () => {
    if (!atHand) return
    const { messages } = await everything()
    const files: Record<string, string> = {
      ORDER_CHANGE: 'OrderChangeNotification',
      LISTINGS_ITEM_MFN_QUANTITY_CHANGE: 'ListingsItemMfnQuantityChange',
      LISTINGS_ITEM_ISSUES_CHANGE: 'ListingsItemIssuesChangeNotification_2023-12-13',
      LISTINGS_ITEM_STATUS_CHANGE: 'ListingsItemStatusChangeNotification',
      REPORT_PROCESSING_FINISHED: 'ReportProcessingFinishedNotification',
      FBA_INVENTORY_AVAILABILITY_CHANGES: 'FBAInventoryAvailabilityChangeNotification',
    }
    const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false })
    const seen = new Set<string>()
    const wrong: string[] = []
    for (const body of messages) {
      const told = JSON.parse(body) as { NotificationType?: string; notificationType?: string }
      const type = told.NotificationType ?? told.notificationType ?? ''
      seen.add(type)
      const schema = anonymous(readJson(join('notifications', `${files[type]}.json`))) as Schema
      const validate = ajv.compile(schema)
      // Their own example has this type, and their own schema another one.
      if (type === 'LISTINGS_ITEM_STATUS_CHANGE') told.NotificationType = 'LISTINGS_ITEM_STATUS_CHANGED'
      if (!validate(told))
        wrong.push(...validate.errors!.map(({ instancePath, message }) => `${type}${instancePath} ${message}`))
    }
    expect(wrong).toEqual([])
    expect([...seen].sort()).toEqual(Object.keys(files).sort())
  })

  test('the order Amazon prints as an example becomes one of ours, and what it leaves out is named', () => {
    if (!atHand) return
    const { model } = modelOf('orders_2026-01-01.json')
    const { schema: _, ...ok } = model.paths['/orders/2026-01-01/orders']!['get']!.responses['200']! as Schema
    const [printed] = (ok['examples'] as { 'application/json': { orders: unknown[] } })['application/json'].orders
    const order = orderOf(orderNode.parse(printed), {
      channel: 'amazon-us',
      marketplace: MARKETPLACES['ATVPDKIKX0DER']!,
      taxRates: [],
    })
    expect(order).toMatchObject({
      externalId: '123-4567890-1234567', fulfilledBy: 'merchant', presentmentTotal: { amount: 15_499 },
      shippingAddress: { street: '123 Main Street', country: 'US' }, total: { amount: 15_499 }, totalTax: { amount: 2 },
    }) // prettier-ignore
    expect(order.fulfilments).toMatchObject([{ status: 'success', trackingNumber: '1Z999AA1234567890' }])
  })
})
