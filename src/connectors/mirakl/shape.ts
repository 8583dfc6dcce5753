/**
 * An order and an offer as the marketplace writes them: the fields that mean something here. Others are let through.
 */
import { z } from 'zod'
import { shapes } from '../kit/shape.ts'

export const { shaped } = shapes('mirakl.malformed')

export const ORDER_STATES = [
  'STAGING', 'WAITING_ACCEPTANCE', 'WAITING_DEBIT', 'WAITING_DEBIT_PAYMENT', 'SHIPPING', 'SHIPPED', 'TO_COLLECT',
  'RECEIVED', 'CLOSED', 'REFUSED', 'CANCELED',
] as const // prettier-ignore
export type OrderStateCode = (typeof ORDER_STATES)[number]

const maybe = z.string().nullish()
/** JSON numbers with decimals. Beyond a hundred million nobody sells anything, and sums stay exact. */
const amount = z.number().min(-1e8).max(1e8)
const pieces = z.int().min(0).max(5_000)
/** Part of a stream's name. */
const orderId = z.string().regex(/^[\w.-]{1,100}$/)

const tax = z.object({ code: z.string(), amount, rate: z.number().nullish() })
const taxes = z.array(tax).nullish()
export type SeenTax = z.infer<typeof tax>

const fee = z.object({ code: z.string(), amount })

const takenBack = z.object({
  id: z.string(),
  amount: amount.nullish(),
  shipping_amount: amount.nullish(),
  quantity: pieces.nullish(),
  taxes,
  shipping_taxes: taxes,
  fees: z.array(fee).nullish(),
})
export type TakenBack = z.infer<typeof takenBack>

const madeRefund = takenBack.extend({
  refund_state: maybe,
  state: maybe,
  created_date: maybe,
  reason_code: maybe,
  /** Those that were made in one go have one name. */
  order_refund_id: z
    .string()
    .regex(/^[\w.-]{1,100}$/)
    .nullish(),
})
export type MadeRefund = z.infer<typeof madeRefund>

const line = z.object({
  order_line_id: z.string().min(1),
  order_line_state: z.string(),
  offer_id: z.number(),
  offer_sku: maybe,
  product_title: maybe,
  quantity: pieces,
  price: amount,
  price_unit: amount,
  shipping_price: amount,
  shipped_date: maybe,
  taxes,
  shipping_taxes: taxes,
  fees: z.array(fee).nullish(),
  total_commission: amount.nullish(),
  cancelations: z.array(takenBack).nullish(),
  refunds: z.array(madeRefund).nullish(),
})
export type SeenLine = z.infer<typeof line>

const address = z.object({
  firstname: maybe,
  lastname: maybe,
  company: maybe,
  company_2: maybe,
  street_1: maybe,
  street_2: maybe,
  additional_info: maybe,
  city: maybe,
  zip_code: maybe,
  state: maybe,
  country: maybe,
  country_iso_code: maybe,
  phone: maybe,
})
export type SeenAddress = z.infer<typeof address>

export const seenOrder = z.object({
  order_id: orderId,
  commercial_id: maybe,
  created_date: z.string(),
  last_updated_date: z.string(),
  acceptance_decision_date: maybe,
  customer_debited_date: maybe,
  customer_notification_email: maybe,
  order_state: z.string(),
  order_state_reason_code: maybe,
  order_tax_mode: maybe,
  payment_workflow: maybe,
  currency_iso_code: z.string().regex(/^[A-Z]{3}$/),
  customer: z
    .object({
      customer_id: maybe,
      firstname: maybe,
      lastname: maybe,
      shipping_address: address.nullish(),
      billing_address: address.nullish(),
    })
    .nullish(),
  shipping_type_code: maybe,
  shipping_type_label: maybe,
  shipping_tracking: maybe,
  shipping_tracking_url: maybe,
  shipping_carrier_code: maybe,
  shipping_company: maybe,
  total_commission: amount.nullish(),
  order_lines: z.array(line).min(1).max(1_000),
})
export type SeenOrder = z.infer<typeof seenOrder>

const offerPrice = z.object({
  channel_code: maybe,
  context: z
    .object({
      start_date: maybe,
      end_date: maybe,
      customer_group_ids: z.array(z.unknown()).nullish(),
      customer_organization_ids: z.array(z.unknown()).nullish(),
    })
    .nullish(),
  unit_origin_price: z.number(),
  unit_discount_price: z.number().nullish(),
  discount_start_date: maybe,
  discount_end_date: maybe,
  volume_prices: z.array(z.object({ quantity_threshold: z.number() })).nullish(),
})

export const seenOffer = z.object({
  offer_id: z.int(),
  shop_sku: z.string(),
  product_sku: maybe,
  product_title: maybe,
  quantity: z.int(),
  active: z.boolean().nullish(),
  currency_iso_code: maybe,
  all_prices: z.array(offerPrice).nullish(),
  product_references: z.array(z.object({ reference: z.string(), reference_type: z.string() })).nullish(),
  warehouses: z.array(z.object({ code: z.string(), quantity: z.int() })).nullish(),
})
export type SeenOffer = z.infer<typeof seenOffer>
