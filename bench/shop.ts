/**
 * Bodies as a shop sends them: an order webhook of about 4 KB with the fields Shopify really sends, and its signature.
 */
import { createHmac } from 'node:crypto'

export const SHOP = 'bench.myshopify.com'
export const SECRET = 'bench-client-secret'
export const CHANNEL = 'shop'
export const POOL = 'WH'
export const SKUS = 1_000
const BYTES = 4_096

export const skuOf = (index: number): string => `SKU-${String(index % SKUS).padStart(5, '0')}`

const both = (amount: string) => ({
  shop_money: { amount, currency_code: 'EUR' },
  presentment_money: { amount, currency_code: 'EUR' },
})

const tax = (price: string) => ({ title: 'VAT', rate: 0.19, price, price_set: both(price), channel_liable: false })

/**
 * Something that differs from order to order and cannot be compressed away, like the tokens and ids of real bodies.
 */
const token = (seed: number, length: number): string =>
  createHmac('sha256', 'token').update(String(seed)).digest('hex').repeat(2).slice(0, length)

const line = (number: number, place: number) => ({
  id: number * 10 + place,
  admin_graphql_api_id: `gid://shopify/LineItem/${number * 10 + place}`,
  product_id: 7_000_000 + (number % SKUS),
  variant_id: 8_000_000 + (number % SKUS),
  sku: skuOf(number * 2 + place),
  title: `Merino jumper ${token(number + place, 6)}`,
  name: `Merino jumper ${token(number + place, 6)} - M / Navy`,
  vendor: 'House brand',
  quantity: 1,
  current_quantity: 1,
  price: '59.90',
  price_set: both('59.90'),
  total_discount: '0.00',
  discount_allocations: [],
  tax_lines: [tax('9.56')],
  requires_shipping: true,
  gift_card: false,
  taxable: true,
  fulfillment_service: 'manual',
  fulfillment_status: null,
})

const address = (number: number) => ({
  first_name: 'Kim',
  last_name: `Meyer ${token(number, 5)}`,
  address1: `${number % 200} Market Street`,
  address2: null,
  city: 'Hamburg',
  zip: String(20_000 + (number % 500)),
  province_code: null,
  country_code: 'DE',
  phone: `+49 40 ${String(number).padStart(8, '0')}`,
})

/** An order of two lines. @param number names the order. */
export function orderBody(number: number): Buffer {
  const customer = number
  const body = {
    id: 5_000_000 + number,
    admin_graphql_api_id: `gid://shopify/Order/${5_000_000 + number}`,
    app_id: 580_111,
    browser_ip: `203.0.113.${number % 250}`,
    cart_token: token(number, 32),
    checkout_token: token(number + 1, 32),
    confirmation_number: token(number, 9).toUpperCase(),
    name: `#${1_000 + number}`,
    order_number: 1_000 + number,
    created_at: '2026-03-02T09:15:04+01:00',
    updated_at: '2026-03-02T09:15:06+01:00',
    processed_at: '2026-03-02T09:15:03+01:00',
    cancelled_at: null,
    cancel_reason: null,
    currency: 'EUR',
    presentment_currency: 'EUR',
    taxes_included: true,
    financial_status: 'paid',
    fulfillment_status: null,
    email: `kim.${customer}@example.com`,
    contact_email: `kim.${customer}@example.com`,
    landing_site: '/collections/knitwear?utm_source=newsletter',
    payment_gateway_names: ['shopify_payments'],
    customer: {
      id: 6_000_000 + customer,
      first_name: 'Kim',
      last_name: 'Meyer',
      email: `kim.${customer}@example.com`,
      phone: null,
      verified_email: true,
      email_marketing_consent: { state: 'subscribed', opt_in_level: 'single_opt_in' },
    },
    shipping_address: address(number),
    billing_address: address(number),
    line_items: [line(number, 1), line(number, 2)],
    shipping_lines: [{ id: number, code: 'Standard', title: 'Standard', price: '4.90', tax_lines: [tax('0.78')] }],
    total_price: '124.70',
    current_total_price: '124.70',
    total_tax: '19.90',
    current_total_tax: '19.90',
    current_total_price_set: both('124.70'),
    fulfillments: [],
    refunds: [],
    note: '',
    tags: 'online, spring',
    test: false,
  }
  const missing = BYTES - Buffer.byteLength(JSON.stringify(body))
  // Gift messages and the like: text, here of digits so that it does not compress to nothing.
  body.note = Array.from({ length: Math.ceil(missing / 32) }, (_, part) => token(number + part, 32))
    .join('')
    .slice(0, Math.max(0, missing))
  return Buffer.from(JSON.stringify(body))
}

export const signatureOf = (body: Buffer): string => createHmac('sha256', SECRET).update(body).digest('base64')

/** Headers as Shopify sends them. Equal `event`, equal delivery. */
export const hookHeaders = (body: Buffer, event: string): Record<string, string> => ({
  'x-shopify-topic': 'orders/create',
  'x-shopify-hmac-sha256': signatureOf(body),
  'x-shopify-shop-domain': SHOP,
  'x-shopify-event-id': event,
})
