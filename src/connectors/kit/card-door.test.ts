/** The door of every channel: members in which people type are looked at, ids are not. */
import type { Json } from '#canon/json.ts'
import { describe, expect, it, test } from 'vitest'
import { TYPED as AMAZON } from '../amazon/typed.ts'
import { TYPED as DIRECT } from '../direct/typed.ts'
import { TYPED as MIRAKL } from '../mirakl/typed.ts'
import { TYPED as SHOPIFY } from '../shopify/typed.ts'
import { TYPED as SQUARE } from '../square/typed.ts'
import { TYPED as WOOCOMMERCE } from '../woocommerce/typed.ts'
import { withoutTypedCards } from './card-door.ts'
import type { Connection, Message } from './connector.ts'
import { maskTyped, type TypedMembers } from '#canon/typed-text.ts'

const PAN = '5555555555554444'
const SAFE = '••••••••••••4444'

/** In each body `PAN` is typed and `ID` is not. */
const ID = '4111111111111111'
const BODIES: [string, TypedMembers, Json][] = [
  ['Shopify', SHOPIFY, {
    id: ID, name: ID, checkout_token: ID, note: PAN, tags: PAN, note_attributes: [{ name: 'Card', value: PAN }],
    line_items: [{ id: ID, sku: ID, name: PAN, properties: [{ name: 'Engraving', value: PAN }] }],
    shipping_address: { name: PAN, address1: PAN, zip: ID }, refunds: [{ id: ID, note: PAN }],
    lineItems: { nodes: [{ id: ID, sku: ID, name: PAN }] }, customAttributes: [{ key: 'Card', value: PAN }],
  }],
  ['WooCommerce', WOOCOMMERCE, {
    id: ID, transaction_id: ID, customer_note: PAN, billing: { address_1: PAN, postcode: ID },
    meta_data: [{ id: ID, key: '_payment_id', value: ID }], line_items: [{ sku: ID, meta_data: [{ key: 'Text', value: PAN }] }],
  }],
  ['Mirakl', MIRAKL, {
    order_id: ID, commercial_id: ID, order_additional_fields: [{ code: 'wish', value: PAN }],
    customer: { customer_id: ID, shipping_address: { street_1: PAN, additional_info: PAN } },
    order_lines: [{ offer_sku: ID }],
  }],
  ['Amazon', AMAZON, {
    orderId: ID, recipient: { deliveryAddress: { name: PAN, addressLine2: PAN, postalCode: ID } },
    orderItems: [{ orderItemId: ID, product: { sellerSku: ID }, packing: { giftOption: { giftMessage: PAN } } }],
  }],
  ['Square', SQUARE, {
    order: { id: ID, reference_id: ID, ticket_name: PAN, line_items: [{ uid: ID, name: PAN, note: PAN }] },
    payments: [{ id: ID, note: PAN, receipt_number: ID }], refunds: [{ id: ID, reason: PAN }],
  }],
  ['direct', DIRECT, {
    reference: ID, name: ID, note: PAN, customer: { id: ID, name: PAN }, lines: [{ id: ID, sku: ID, title: PAN }],
    cancelled: { reason: PAN }, shippingAddress: { street: PAN, postcode: ID },
  }],
] // prettier-ignore

test.each(BODIES)('of %s', (_, typed, body) => {
  const text = JSON.stringify(body)
  expect(JSON.stringify(maskTyped(body, typed).body)).toBe(text.replaceAll(PAN, SAFE))
})

describe('a guarded connection', () => {
  const seen: Json[] = []
  const bare: Connection = {
    receive: ({ body }) => ({ key: `k${body.length}`, topic: 'order' }),
    translate: ({ body }): Message[] => {
      seen.push(body)
      return [
        { stream: 'order/shop/1', command: { type: 'order.observe' } },
        { stream: 'item/shop/1', command: { type: 'item.seen' } },
      ]
    },
    outbound: {},
    feeds: {},
    readers: {
      orders: {
        read: () => Promise.resolve({ records: [], cursor: null, more: false }),
        readings: () => Promise.resolve([{ key: 'r', topic: 'order', body: { note: PAN } }]),
      },
    },
    upkeep: {},
    check: () => Promise.resolve([]),
  }
  const guarded = withoutTypedCards(bare, new Set(['note']))
  const request = (body: string) => ({ headers: {}, body: Buffer.from(body), receivedAt: '' })

  it('tells the order, and hands the connector a body without the mark', () => {
    const received = guarded.receive!(request(JSON.stringify({ note: PAN })))
    const body = JSON.parse(Buffer.from((received as { body: Uint8Array }).body).toString()) as Json
    expect(guarded.translate({ topic: 'order', body, receivedAt: '' }).map(({ command }) => command)).toEqual([
      { type: 'order.observe', masked: ['note'] },
      { type: 'item.seen' },
    ])
    expect(seen).toEqual([{ note: SAFE }])
  })

  it('stores no number of what is no JSON either', () => {
    const received = guarded.receive!(request(`<note>${PAN}</note>`))
    expect(received).toEqual({
      key: 'k29',
      topic: 'order',
      body: Buffer.from(`<note>${SAFE}</note>`),
      masked: ['body'],
    })
  })

  it('guards what reconciliation hands in', async () => {
    expect(await guarded.readers!.orders!.readings!(['1'])).toMatchObject([{ body: { note: SAFE }, masked: ['note'] }])
  })
})
