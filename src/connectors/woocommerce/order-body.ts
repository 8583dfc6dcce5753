/** The shape of an order as webhooks and the REST API tell it: the same in both, from 8.9 to 11.0. */
import { z } from 'zod'
import { amount, id, maybeSku, maybeText, meta } from './shape.ts'

const taxes = z.array(z.object({ id: z.int(), total: amount.nullish(), subtotal: amount.nullish() })).default([])

const address = z.object({
  first_name: maybeText,
  last_name: maybeText,
  company: maybeText,
  address_1: maybeText,
  address_2: maybeText,
  city: maybeText,
  state: maybeText,
  postcode: maybeText,
  country: maybeText,
  email: maybeText,
  phone: maybeText,
})
export type AddressBody = z.infer<typeof address>

const lineItem = z.object({
  id,
  name: maybeText,
  /** 0 for a product that does not exist: the shop takes such lines without a word. */
  product_id: z.int().nullish(),
  variation_id: z.int().nullish(),
  /** Plugins sell halves; the hub counts whole pieces. */
  quantity: z.number().min(0).max(1_000_000),
  subtotal: amount,
  total: amount,
  total_tax: amount.default('0'),
  taxes,
  sku: maybeSku,
  /** Per piece, after discounts, net, not rounded. */
  price: z.number().nullish(),
  meta_data: meta,
})
export type LineBody = z.infer<typeof lineItem>

const shippingLine = z.object({
  id,
  method_title: maybeText,
  method_id: maybeText,
  instance_id: z.union([z.string(), z.number()]).nullish(),
  total: amount,
  total_tax: amount.default('0'),
  taxes,
})
export type ShippingBody = z.infer<typeof shippingLine>

const feeLine = z.object({ id, name: maybeText, total: amount, total_tax: amount.default('0'), taxes })
export type FeeBody = z.infer<typeof feeLine>

const taxLine = z.object({
  rate_id: z.int(),
  label: maybeText,
  rate_code: maybeText,
  /** In percent; not there in old shops. */
  rate_percent: z.number().nullish(),
})

export const orderBody = z.object({
  id,
  number: z.union([z.string(), z.number()]).transform(String),
  status: z.string(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  date_created_gmt: z.string(),
  date_modified_gmt: maybeText,
  date_paid_gmt: maybeText,
  total: amount,
  total_tax: amount,
  prices_include_tax: z.boolean(),
  customer_id: z.int().min(0),
  customer_note: maybeText,
  payment_method: maybeText,
  billing: address,
  shipping: address,
  line_items: z.array(lineItem),
  tax_lines: z.array(taxLine).default([]),
  shipping_lines: z.array(shippingLine).default([]),
  fee_lines: z.array(feeLine).default([]),
  coupon_lines: z.array(z.object({ code: z.string() })).default([]),
  /** Only sums: which pieces went back is told by `/orders/…/refunds` alone. */
  refunds: z.array(z.object({ id, total: amount })).default([]),
  meta_data: meta,
})
export type OrderBody = z.infer<typeof orderBody>

const refundedItem = z.object({
  quantity: z.number().nullish(),
  total: amount,
  total_tax: amount.default('0'),
  meta_data: meta,
})

/** One refund with its lines; their amounts and quantities are negative. */
export const refundBody = z.object({
  id,
  date_created_gmt: maybeText,
  amount,
  line_items: z.array(refundedItem).default([]),
  shipping_lines: z.array(refundedItem).default([]),
  fee_lines: z.array(refundedItem).default([]),
})
export type RefundBody = z.infer<typeof refundBody>
export type RefundedItem = z.infer<typeof refundedItem>

/** What the order feed stores: the order, and its refunds in full. */
export const orderReading = z.object({ order: orderBody, refunds: z.array(refundBody) })
