/** What we read of Square's objects. The order of a webhook is only a name: orders are always read whole. */
import { z } from 'zod'
import { amount, id, listOf, maybeText, moment, pieces } from './shape.ts'

const appliedTax = z.object({ tax_uid: z.string(), applied_money: amount.nullish() })

const lineFields = {
  uid: z.string().min(1),
  name: maybeText,
  variation_name: maybeText,
  quantity: z.string().regex(/^\d{1,12}(\.\d{1,5})?$/),
  catalog_object_id: maybeText,
  item_type: maybeText,
  applied_taxes: listOf(appliedTax),
  total_money: amount,
  total_tax_money: amount.nullish(),
  total_discount_money: amount.nullish(),
}

export const lineItem = z.object({ ...lineFields, note: maybeText })
export type LineItem = z.infer<typeof lineItem>

export const returnLine = z.object({ ...lineFields, source_line_item_uid: maybeText })
export type ReturnLine = z.infer<typeof returnLine>

const tax = z.object({ uid: z.string(), name: maybeText, type: maybeText, percentage: maybeText })
export type Tax = z.infer<typeof tax>

const serviceCharge = z.object({
  uid: maybeText,
  name: maybeText,
  calculation_phase: maybeText,
  total_money: amount.nullish(),
  applied_money: amount.nullish(),
  total_tax_money: amount.nullish(),
  applied_taxes: listOf(appliedTax),
})
export type ServiceCharge = z.infer<typeof serviceCharge>

const rounding = z.object({ amount_money: amount.nullish() }).nullish()

export const orderReturn = z.object({
  uid: maybeText,
  source_order_id: maybeText,
  return_line_items: listOf(returnLine),
  return_service_charges: listOf(serviceCharge),
  return_taxes: listOf(tax),
  return_tips: listOf(z.object({ uid: maybeText, applied_money: amount })),
  rounding_adjustment: rounding,
  return_amounts: z.object({ total_money: amount.nullish() }).nullish(),
})
export type OrderReturn = z.infer<typeof orderReturn>

const recipient = z
  .object({
    customer_id: maybeText,
    display_name: maybeText,
    email_address: maybeText,
    phone_number: maybeText,
    address: z
      .object({
        address_line_1: maybeText,
        address_line_2: maybeText,
        locality: maybeText,
        postal_code: maybeText,
        administrative_district_level_1: maybeText,
        country: maybeText,
        first_name: maybeText,
        last_name: maybeText,
      })
      .nullish(),
  })
  .nullish()
export type Recipient = z.infer<typeof recipient>

const details = z
  .object({
    recipient,
    note: maybeText,
    shipping_note: maybeText,
    carrier: maybeText,
    tracking_number: maybeText,
    tracking_url: maybeText,
    cancel_reason: maybeText,
    shipping_type: maybeText,
  })
  .nullish()

export const fulfilment = z.object({
  uid: z.string().min(1),
  type: maybeText,
  state: maybeText,
  line_item_application: maybeText,
  entries: listOf(z.object({ line_item_uid: z.string(), quantity: z.string() })),
  metadata: z.record(z.string(), z.string()).nullish(),
  pickup_details: details,
  shipment_details: details,
  delivery_details: details,
})
export type Fulfilment = z.infer<typeof fulfilment>

const tender = z.object({
  id: maybeText,
  type: z.string(),
  amount_money: amount.nullish(),
  payment_id: maybeText,
  card_details: z.object({ card: z.object({ card_brand: maybeText }).nullish() }).nullish(),
})
export type Tender = z.infer<typeof tender>

const orderRefund = z.object({ id, tender_id: maybeText, amount_money: amount, status: z.string() })

export const order = z.object({
  id: z.string().regex(/^[\w.-]{1,100}$/),
  location_id: id,
  /** Absent from orders of a till: those cannot be changed through the API. */
  version: z.int().nullish(),
  state: maybeText,
  reference_id: maybeText,
  ticket_name: maybeText,
  customer_id: maybeText,
  source: z.object({ name: maybeText }).nullish(),
  created_at: moment,
  updated_at: moment,
  closed_at: moment.nullish(),
  line_items: listOf(lineItem),
  taxes: listOf(tax),
  service_charges: listOf(serviceCharge),
  fulfillments: listOf(fulfilment),
  returns: listOf(orderReturn),
  refunds: listOf(orderRefund),
  tenders: listOf(tender),
  rounding_adjustment: rounding,
  total_money: amount,
  total_tax_money: amount.nullish(),
  total_tip_money: amount.nullish(),
})
export type SquareOrder = z.infer<typeof order>

export const payment = z.object({
  id,
  status: z.string(),
  source_type: maybeText,
  total_money: amount,
  refunded_money: amount.nullish(),
  location_id: maybeText,
  order_id: maybeText,
  receipt_number: maybeText,
  refund_ids: listOf(z.string()),
  created_at: moment,
  updated_at: moment,
  is_offline_payment: z.boolean().nullish(),
  offline_payment_details: z.object({ client_created_at: moment.nullish() }).nullish(),
  card_details: z.object({ card: z.object({ card_brand: maybeText }).nullish() }).nullish(),
  external_details: z.object({ type: maybeText }).nullish(),
  device_details: z
    .object({ device_id: maybeText, device_installation_id: maybeText, device_name: maybeText })
    .nullish(),
  application_details: z.object({ square_product: maybeText }).nullish(),
})
export type Payment = z.infer<typeof payment>

export const refund = z.object({
  id,
  status: z.string(),
  amount_money: amount,
  order_id: maybeText,
  payment_id: maybeText,
  destination_type: maybeText,
  reason: maybeText,
  created_at: moment.nullish(),
  updated_at: moment.nullish(),
})
export type Refund = z.infer<typeof refund>

export const place = z.object({ id, name: maybeText, timezone: maybeText, status: maybeText, currency: maybeText })
export type Place = z.infer<typeof place>

/** A sale with everything that hangs on it, as the feeds hand it in. */
export const sale = z.object({
  order,
  payments: z.array(payment),
  refunds: z.array(refund),
  /** Orders that take something of this one back. */
  returns: z.array(order),
  /** SKU by the id of the variation: orders do not name it. */
  skus: z.record(z.string(), z.string().trim().min(1).max(120).nullable()),
  /** IANA name; null when the location has none. */
  timezone: z.string().nullable(),
})
export type Sale = z.infer<typeof sale>

export const variation = z.object({
  id,
  type: maybeText,
  updated_at: moment.nullish(),
  is_deleted: z.boolean().nullish(),
  item_variation_data: z
    .object({
      item_id: maybeText,
      name: maybeText,
      sku: maybeText,
      upc: maybeText,
      price_money: amount.nullish(),
      track_inventory: z.boolean().nullish(),
      location_overrides: listOf(
        z.object({ location_id: maybeText, track_inventory: z.boolean().nullish(), price_money: z.unknown() }),
      ),
      stockable: z.boolean().nullish(),
    })
    .nullish(),
})
export type Variation = z.infer<typeof variation>

export const item = z.object({
  id,
  updated_at: moment,
  is_deleted: z.boolean().nullish(),
  item_data: z
    .object({
      name: maybeText,
      is_archived: z.boolean().nullish(),
      is_taxable: z.boolean().nullish(),
      variations: listOf(variation),
    })
    .nullish(),
})
export type Item = z.infer<typeof item>

export const count = z.object({
  catalog_object_id: id,
  catalog_object_type: maybeText,
  state: maybeText,
  location_id: id,
  quantity: pieces,
  calculated_at: moment,
})
export type Count = z.infer<typeof count>
