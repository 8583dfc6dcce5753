/** Both ends of the wire against Square's own OpenAPI, where it is at hand (folder named by CROSSDOCK_SPECS). */
import { Ajv, type ValidateFunction } from 'ajv'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Fetch } from '../../io.ts'
import { API_VERSION } from './limits.ts'
import { readAll } from '../kit/testing.ts'
import { CAP, createWorld, MUG, PLACE, RECIPIENT, takeHooks, TAX } from './testing.ts'
import { EVENT_TYPES } from './webhooks.ts'

const file = `square-connect-${API_VERSION}.openapi.json.gz`
const folder = process.env['CROSSDOCK_SPECS'] ? join(process.env['CROSSDOCK_SPECS'], 'square') : ''
const atHand = folder !== '' && existsSync(join(folder, file))
if (!atHand) console.warn("CROSSDOCK_SPECS does not name the vendors' contracts: Square's OpenAPI was NOT checked.")

interface Schema {
  [name: string]: unknown
}
interface Operation {
  parameters?: { name: string; in: string; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}
interface Contract {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

/** `nullable` becomes null among the types; what points to other hosts is left open. */
function adapted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(adapted)
  if (typeof value !== 'object' || value === null) return value
  const told = value as Schema
  if (typeof told['$ref'] === 'string' && told['$ref'].startsWith('http')) return {}
  const { nullable, example: _, ...rest } = told
  const plain: Schema = Object.fromEntries(
    Object.entries(rest).map(([name, one]) => [name, name === 'enum' || name === 'default' ? one : adapted(one)]),
  )
  if (nullable !== true) return plain
  return { anyOf: [plain, { type: 'null' }] }
}

let known: { contract: Contract; ajv: Ajv } | null = null

function load() {
  if (known) return known
  const contract = adapted(JSON.parse(gunzipSync(readFileSync(join(folder, file))).toString())) as Contract
  // The one name the file points to and does not have.
  contract.components.schemas['CatalogModifierToggleOverrideType'] ??= { type: 'string' }
  const ajv = new Ajv({
    strict: false,
    validateFormats: false,
    unicodeRegExp: false,
    inlineRefs: false,
    allErrors: true,
  })
  ajv.addSchema(contract as never, 'square')
  known = { contract, ajv }
  return known
}

const pointer = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1')
const validators = new Map<string, ValidateFunction>()

/** @param at from the document's root. */
function validator(at: string): ValidateFunction {
  const found = validators.get(at) ?? load().ajv.compile({ $ref: `square#${at}` })
  validators.set(at, found)
  return found
}

/** What is not in the schema at all: a validator would let it through. */
function unknownMembers(value: unknown, schema: Schema, path = ''): string[] {
  const { schemas } = load().contract.components
  const inner = (schema['anyOf'] as Schema[] | undefined)?.[0] ?? schema
  const ref = inner['$ref'] as string | undefined
  const resolved = ref ? schemas[ref.slice(ref.lastIndexOf('/') + 1)]! : inner
  if (resolved['anyOf']) return unknownMembers(value, resolved, path)
  if (Array.isArray(value))
    return value.flatMap((one) => unknownMembers(one, (resolved['items'] ?? {}) as Schema, `${path}[]`))
  const properties = resolved['properties'] as Record<string, Schema> | undefined
  if (typeof value !== 'object' || value === null || !properties) return []
  return Object.entries(value).flatMap(([name, one]) =>
    properties[name] ? unknownMembers(one, properties[name], `${path}.${name}`) : [`${path}.${name}`],
  )
}

const JSON_TYPE = 'application/json'

/** Everything that is wrong with one exchange. */
async function problems(request: Request, body: string, response: Response): Promise<string[]> {
  const { pathname, searchParams } = new URL(request.url)
  const method = request.method.toLowerCase()
  const { paths } = load().contract
  const path = Object.keys(paths).find((one) => paths[one]![method] && matches(one, pathname))
  if (!path) return [`${method} ${pathname} is not in the contract`]
  const operation = paths[path]![method]!
  const at = `/paths/${pointer(path)}/${method}`
  const said: string[] = []
  const complain = (what: string, found: ValidateFunction) =>
    said.push(
      ...(found.errors ?? []).map((one) => `${method} ${path} ${what} ${one.instancePath} ${one.message ?? ''}`),
    )
  for (const name of searchParams.keys())
    if (!operation.parameters?.some((one) => one.in === 'query' && one.name === name))
      said.push(`${path} takes no ${name}`)
  if (body !== '' && operation.requestBody) {
    const schema = operation.requestBody.content[JSON_TYPE]!.schema
    const check = validator(`${at}/requestBody/content/${pointer(JSON_TYPE)}/schema`)
    if (!check(JSON.parse(body))) complain('request', check)
    said.push(...unknownMembers(JSON.parse(body), schema).map((one) => `${path} request has no ${one}`))
  }
  const answer = JSON.parse(await response.clone().text()) as unknown
  const check = validator(`${at}/responses/200/content/${pointer(JSON_TYPE)}/schema`)
  if (!check(answer)) complain('response', check)
  said.push(
    ...unknownMembers(answer, operation.responses['200']!.content![JSON_TYPE]!.schema).map(
      (one) => `${path} response has no ${one}`,
    ),
  )
  return said
}

function matches(template: string, pathname: string): boolean {
  const pattern = template.replace(/\{[^}]+\}/g, '[^/]+')
  return new RegExp(`^${pattern}$`).test(pathname)
}

/** Every exchange of a world is held against the contract. */
function watched(options: Parameters<typeof createWorld>[0] = {}) {
  const found = new Set<string>()
  const seen = new Set<string>()
  const wrap =
    (fetch: Fetch): Fetch =>
    async (request) => {
      const body = request.method === 'GET' ? '' : await request.clone().text()
      const response = await fetch(request)
      seen.add(
        `${request.method} ${new URL(request.url).pathname.replace(/\/[A-Za-z0-9_]{20,}$/, '/{id}')} ${response.status}`,
      )
      for (const one of await problems(request, body, response)) found.add(one)
      return response
    }
  return { ...createWorld({ ...options, wrap }), found, seen }
}

test('official contract: everything we ask and everything the simulator answers fits it', async () => {
  if (!atHand) return
  const world = watched()
  const { seller, connection, clock, found, seen } = world
  for (const upkeep of Object.values(connection.upkeep)) await upkeep.run()
  const { variationId, itemId } = seller.addItem(MUG)
  seller.addItem(CAP)
  const sold = seller.ringUp({
    lines: [
      { sku: MUG.sku, quantity: 2, modifier: 20 },
      { quantity: 1, price: 500, name: 'Gift card', giftCard: true },
    ],
    taxes: [TAX, { name: 'VAT', percentage: '5', included: true }],
    discountPercent: 10,
    charges: [{ name: 'Bag', amount: 10, taxable: true }],
    tip: 100,
    rounding: 3,
    tenders: [
      { kind: 'cash', amount: 500 },
      { kind: 'gift_card', amount: 300 },
      { kind: 'wallet', amount: 100 },
      { kind: 'check', amount: 100 },
      { kind: 'card' },
    ],
  })
  seller.ringUpOffline({ lines: [{ sku: CAP.sku, quantity: 1 }] })
  clock.pass(3_600_000)
  seller.uploadOffline()
  seller.takeBack({ orderId: sold, lines: [{ sku: MUG.sku, quantity: 1 }], restock: true })
  const externalId = seller.placeOrder({
    lines: [{ sku: MUG.sku, quantity: 2 }],
    recipient: RECIPIENT,
    customerId: 'CUST1',
    referenceId: 'WEB-1',
    note: 'Ring twice',
  })!
  const place = { sku: MUG.sku, inventoryItemId: variationId, locationId: PLACE }
  const { outbound } = connection
  for (const attempt of [1, 2]) await outbound['inventory.put']!.send([{ key: 'k', attempt, ask: { ...place, to: 3 } }])
  await outbound['inventory.read']!.send([{ key: 'r', attempt: 1, ask: place }])
  const uid = seller.beliefs().orders.find(({ id }) => id === externalId)!.lines[0]!.uid
  const parcel = { shipmentId: 's', trackingNumber: '1Z', carrier: 'UPS', trackingUrl: 'https://track.example/1Z' }
  for (const cumulative of [1, 2])
    await outbound['fulfilment.ensure']!.send([
      {
        key: `f${cumulative}`,
        attempt: 1,
        ask: { externalId, orderName: 'WEB-1', parcel, lines: [{ lineId: uid, quantity: 1, cumulative }] },
      },
    ])
  const ids = { sku: MUG.sku, productId: itemId, variantId: variationId }
  const fields = { title: 'Great mug', price: '13.50', barcode: '400638133393', taxClass: 'exempt' }
  await outbound['listing.ensure']!.send([{ key: 'l', attempt: 1, ask: { ...ids, fields } }])
  await outbound['listing.withdraw']!.send([{ key: 'w', attempt: 1, ask: ids }])
  seller.refundAmount(externalId, 100)
  const usd = (amount: number) => ({ amount, currency: 'USD' })
  const back = { externalId, orderName: 'WEB-1', key: 'r-1', amount: usd(150), lines: [], taxesIncluded: false }
  await outbound['refund.ensure']!.send([{ key: 'g', attempt: 1, ask: { ...back, reason: 'unwanted' } }])
  seller.deleteItem(itemId)
  seller.disableSubscriptions()
  await connection.upkeep['webhooks']!.run()
  for (const feed of Object.values(connection.feeds)) {
    const { cursor } = await readAll(feed)
    await readAll(feed, cursor)
  }
  const scope = { since: '2026-01-01T00:00:00.000Z', channel: 'square-main' }
  for (const reader of Object.values(connection.readers ?? {})) await reader.read(null, scope)
  expect((await connection.check()).map(({ level }) => level)).not.toContain('error')
  expect([...found]).toEqual([])
  expect(seen.size).toBeGreaterThan(18)
})

test('official contract: what the simulator refuses fits it as well', async () => {
  if (!atHand) return
  const { seller, connection, found } = watched()
  const { variationId } = seller.addItem(MUG)
  const put = (ask: object, key = 'k') =>
    connection.outbound['inventory.put']!.send([
      { key, attempt: 1, ask: { sku: 'X', inventoryItemId: variationId, locationId: PLACE, to: 1, ...ask } },
    ])
  await expect(put({ locationId: 'L9' })).rejects.toMatchObject({ kind: 'rejected', code: 'square.refused' })
  await put({})
  await expect(put({ to: 2 })).rejects.toMatchObject({ code: 'square.key_reused' })
  seller.setScopes([])
  await expect(put({}, 'l')).rejects.toMatchObject({ kind: 'unauthorised' })
  seller.setToken('another')
  await expect(put({}, 'm')).rejects.toMatchObject({ kind: 'unauthorised' })
  expect([...found]).toEqual([])
})

test('official contract: webhooks have the shape of their events', async () => {
  if (!atHand) return
  const { seller, connection, clock } = createWorld()
  await connection.upkeep['webhooks']!.run()
  seller.addItem(MUG)
  const sold = seller.ringUp({ lines: [{ sku: MUG.sku, quantity: 2 }] })
  seller.takeBack({ orderId: sold, lines: [{ sku: MUG.sku, quantity: 1 }], pending: true })
  const id = seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }], recipient: RECIPIENT })!
  clock.pass(1_000)
  seller.addTip(id, 10)
  seller.cancelOrder(id)
  seller.revoke()
  const names: Record<string, string> = {
    'order.created': 'OrderCreatedEvent',
    'order.updated': 'OrderUpdatedEvent',
    'payment.created': 'PaymentCreatedEvent',
    'payment.updated': 'PaymentUpdatedEvent',
    'refund.created': 'RefundCreatedEvent',
    'inventory.count.updated': 'InventoryCountUpdatedEvent',
    'catalog.version.updated': 'CatalogVersionUpdatedEvent',
    'oauth.authorization.revoked': 'OauthAuthorizationRevokedEvent',
  }
  const told = takeHooks({ clock, seller }).map(({ body }) => JSON.parse(body) as { type: string })
  expect(new Set(told.map(({ type }) => type))).toEqual(new Set(Object.keys(names)))
  for (const one of told) {
    const name = names[one.type]!
    const check = validator(`/components/schemas/${name}`)
    expect([one.type, check(one) ? [] : check.errors]).toEqual([one.type, []])
    expect([one.type, unknownMembers(one, { $ref: `#/components/schemas/${name}` })]).toEqual([one.type, []])
  }
  for (const type of EVENT_TYPES) expect(JSON.stringify(load().contract).includes(`"${type}"`)).toBe(true)
})
