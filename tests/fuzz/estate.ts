/**
 * A small hub for the tests of its doors: a shop whose webhooks are really signed, and an ERP that says yes to
 * everything.
 */
import { createHmac, randomBytes } from 'node:crypto'
import type { Answer, IntentType } from '#core/intents.ts'
import { type Connection, oneByOne } from '#connectors/kit/connector.ts'
import { odoo } from '#connectors/odoo/index.ts'
import { shopify } from '#connectors/shopify/index.ts'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { createMeter } from '#engine/meter.ts'
import { createReceiver, type Receiver } from '#engine/receive.ts'
import { turn } from '#engine/turn.ts'
import { policyOf, policySchema } from '#policy/policy.ts'
import type { Database } from '#store/database.ts'
import { type Io, type LogLevel, realIo } from '../../src/io.ts'

export const SHOP = 'doors.myshopify.com'
export const CHANNEL = 'shopify-main'
const SECRET = 'a-secret-of-the-tests'

export interface LogLine {
  level: LogLevel
  message: string
  fields: Record<string, unknown>
}

export interface Estate {
  engine: Engine
  receiver: Receiver
  logged: LogLine[]
  /** Moves the clock. */
  passMs(ms: number): void
  /** Decides and dispatches until nothing moves. */
  settle(): Promise<void>
}

/** Answers of the ERP and the shop; a test may put its own in. */
export type Answers = { [T in IntentType]: (ask: never) => Answer<T> }

/** @param parallel calls of a kind under way at once; 1 keeps their order. */
export function openEstate(
  database: Database,
  { answers = {}, parallel = 1, policy = {} }: { answers?: Partial<Answers>; parallel?: number; policy?: object } = {},
): Estate {
  let nowMs = Date.parse('2026-03-02T10:00:00.000Z')
  const logged: LogLine[] = []
  const io: Io = realIo({
    now: () => nowMs,
    secret: () => SECRET,
    fetch: async () => new Response('{}', { status: 500 }),
    log: (level, message, fields = {}) => void logged.push({ level, message, fields }),
  })
  const engine: Engine = {
    database,
    io,
    connections: connections(io, answers),
    erp: 'odoo',
    policy: policyOf(
      policySchema.parse({
        channels: { [CHANNEL]: { pool: 'WH', locations: [{ locationId: '1', pool: 'WH' }] } },
        ...policy,
      }),
    ),
    owner: 'tests',
    meter: createMeter(),
    parallel,
    epoch: 0,
  }
  const lanes = [...engine.connections].flatMap(([name, connection]) => lanesOf(name, connection))
  return {
    engine,
    receiver: createReceiver(engine),
    logged,
    passMs: (ms) => void (nowMs += ms),
    async settle() {
      for (let moved = 1; moved > 0;) {
        nowMs += 10
        moved = await turn(engine)
        while ((await turn(engine)) > 0) moved += 1
        for (const lane of lanes) while ((await dispatch(engine, lane)) > 0) moved += 1
      }
    },
  }
}

function connections(io: Io, answers: Partial<Answers>): Map<string, Connection> {
  const say: Answers = { ...AGREEABLE, ...answers }
  const outbound = (types: readonly IntentType[]) =>
    Object.fromEntries(types.map((type) => [type, oneByOne(async ({ ask }) => say[type](ask as never) as never)]))
  const shop = shopify.open(
    shopify.config.parse({
      shop: SHOP,
      clientId: 'id',
      clientSecret: 'env:X',
      locations: [{ locationId: '1', pool: 'WH' }],
    }),
    { name: CHANNEL, io },
  )
  const erp = odoo.open(odoo.config.parse({ url: 'https://odoo.example', database: 'd', user: 'u', apiKey: 'env:Y' }), {
    name: 'odoo',
    io,
  })
  return new Map<string, Connection>([
    [CHANNEL, { ...shop, outbound: outbound(['inventory.set', 'inventory.read', 'fulfilment.ensure', 'refund.ensure']), feeds: {}, upkeep: {} }],
    ['odoo', { ...erp, outbound: outbound(OF_ERP), feeds: {}, upkeep: {} }],
  ]) // prettier-ignore
}

const OF_ERP = [
  'sale.ensure', 'sale.change', 'sale.cancel', 'invoice.ensure', 'return.ensure', 'credit.ensure', 'redemption.ensure', 'payout.book',
  'customer.ensure', 'stock.read',
] as const // prettier-ignore

const AGREEABLE: Answers = {
  'sale.ensure': ({
    order,
  }: {
    order: { externalId: string; total: { amount: number; currency: string }; lines: { id: string }[] }
  }) => ({
    saleId: order.externalId,
    saleName: `S${order.externalId}`,
    total: order.total,
    lines: order.lines.map(({ id }) => ({ lineId: id, saleLineId: id })),
  }),
  'sale.change': ({ order }: { order: { total: { amount: number; currency: string }; lines: { id: string }[] } }) => ({
    outcome: 'changed',
    total: order.total,
    lines: order.lines.map(({ id }) => ({ lineId: id, saleLineId: id })),
  }),
  'sale.cancel': () => ({ outcome: 'cancelled' }),
  'invoice.ensure': ({ total }: { total: { amount: number; currency: string } }) => ({
    invoiceId: '1',
    number: 'INV/1',
    total,
  }),
  'return.ensure': ({ key }: { key: string }) => ({ deliveries: [`WH/IN/${key}`] }),
  'credit.ensure': ({ total }: { total: { amount: number; currency: string } }) => ({
    creditId: '1',
    number: 'RINV/1',
    total,
  }),
  'payout.book': ({ entries }: { entries: { key: string }[] }) => ({
    entries: entries.map(({ key }) => `MISC/${key}`),
  }),
  'redemption.ensure': ({ key }: { key: string }) => ({ entry: `MISC/${key}` }),
  'delivery.ensure': ({ key }: { key: string }) => ({ deliveries: [{ id: key, name: `WH/OUT/${key}` }] }),
  'warehouseOrder.ensure': ({ reference }: { reference: string }) => ({ fulfillerOrderId: reference, accepted: true }),
  'warehouseOrder.cancel': () => ({ outcome: 'cancelled' }),
  'screening.ensure': () => ({ caseId: null, decision: null }),
  'refund.ensure': ({ key }: { key: string }) => ({ refundId: key }),
  'customer.ensure': () => ({ partnerId: '7' }),
  'stock.read': () => ({ free: 100, onHand: 120 }),
  'inventory.set': () => ({ outcome: 'set' }),
  'order.accept': () => ({ outcome: 'accepted' }),
  'inventory.put': () => ({ outcome: 'set', at: '2026-01-01T00:00:00.000Z' }),
  'inventory.read': () => ({ available: 3 }),
  'listing.ensure': ({ fields }: { fields: object }) => ({
    outcome: 'shown',
    shown: fields,
    written: Object.keys(fields),
    unable: [],
  }),
  'price.ensure': ({ fields }: { fields: object }) => ({
    outcome: 'shown',
    shown: fields,
    written: ['price'],
    unable: [],
  }),
  'listing.withdraw': () => ({ outcome: 'hidden' }),
  'fulfilment.ensure': () => ({ fulfilmentId: '9' }),
  'receipt.post': () => ({ sessionId: '1', posted: [], refused: [] }),
  'session.post': () => ({ sessionId: '1', posted: [], refused: [] }),
  'payment.capture': () => ({ currency: 'USD', amount: 1, authorised: 1, captured: 1, closed: true }),
  'payment.void': () => ({ currency: 'USD', amount: 1, authorised: 1, captured: 0, closed: true }),
  'payment.refund': () => ({ refundId: 're_1', amount: { amount: 1, currency: 'USD' }, status: 'succeeded' }),
  'parcel.track': () => ({ scans: [] }),
  'supply.ensure': () => ({ outcome: 'set' }),
  'supplyList.settle': () => ({ outcome: 'allowed' }),
  'label.ensure': ({ reference }: { reference: string }) => ({
    labelId: reference,
    trackingNumber: 'T1',
    carrier: 'USPS',
    service: 'Ground',
    cost: { amount: 1, currency: 'USD' },
    documentUrl: 'https://labels.example/1',
    days: 1,
    inTime: true,
  }),
  'label.void': () => ({ outcome: 'voided' }),
  'delivery.label': () => ({ outcome: 'done' }),
  'session.close': () => ({ outcome: 'absent', sessionId: null, entry: null }),
}

/** Headers of a genuine webhook. */
export function signedHeaders(
  body: Uint8Array,
  topic: string,
  event = randomBytes(8).toString('hex'),
): Record<string, string> {
  return {
    'x-shopify-topic': topic,
    'x-shopify-event-id': event,
    'x-shopify-shop-domain': SHOP,
    'x-shopify-hmac-sha256': createHmac('sha256', SECRET).update(body).digest('base64'),
    'content-type': 'application/json',
  }
}

export interface Person {
  first: string
  last: string
  email: string
  phone: string
  street: string
  city: string
  zip: string
  note: string
}

export const GRACE: Person = {
  first: 'Grace',
  last: 'Hopper',
  email: 'grace.hopper@example.com',
  phone: '+49 170 1234567',
  street: 'Ulmenallee 17',
  city: 'Entenhausen',
  zip: '89073',
  note: 'Leave it with the neighbour, please.',
}

/** The body of `orders/create` as the shop sends it. */
export function orderBody(id: number, person: Person = GRACE, sku = 'TEE-1') {
  const { first, last, email, phone, street, city, zip, note } = person
  const address = {
    first_name: first, last_name: last, name: `${first} ${last}`, company: null, address1: street, address2: null,
    city, zip, province_code: null, country_code: 'DE', country: 'Germany', phone, latitude: 48.4, longitude: 9.98,
  } // prettier-ignore
  return {
    id,
    admin_graphql_api_id: `gid://shopify/Order/${id}`,
    name: `#${id}`,
    created_at: '2026-03-02T10:00:00+00:00',
    updated_at: '2026-03-02T10:00:00+00:00',
    currency: 'EUR',
    taxes_included: true,
    financial_status: 'paid',
    email,
    contact_email: email,
    phone,
    browser_ip: '203.0.113.7',
    client_details: { browser_ip: '203.0.113.7', user_agent: 'Mozilla/5.0' },
    customer: { id: 900 + id, first_name: first, last_name: last, email, phone, default_address: address },
    shipping_address: address,
    billing_address: address,
    line_items: [
      {
        id: id * 10 + 1, sku, title: 'T-shirt', name: 'T-shirt - blue', quantity: 2, price: '12.50', requires_shipping: true,
        gift_card: false, tax_lines: [], discount_allocations: [], properties: [{ name: 'Engraving', value: `For ${first}` }],
      },
    ],
    shipping_lines: [{ id: id * 10 + 2, code: 'STANDARD', title: 'Standard', price: '4.90', tax_lines: [], discount_allocations: [] }],
    total_price: '29.90',
    total_tax: '0.00',
    fulfillments: [],
    refunds: [],
    note,
    note_attributes: [{ name: 'gift for', value: `${first} ${last}` }],
    tags: '',
    test: false,
  } // prettier-ignore
}
