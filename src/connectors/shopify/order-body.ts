/** Reads the order out of a webhook body (the shape of the REST resource), with the fields we use and no others. */
import { z } from 'zod'
import type { AddressDraft, OrderDraft } from './order-draft.ts'
import { amount, id, maybeText, shaped } from './shape.ts'

const price = z.object({ amount, currency_code: z.string() })
const moneySet = z.object({ shop_money: price, presentment_money: price })
const tax = z.object({ title: z.string().catch(''), rate: z.number().nullish(), price: amount })
const discounts = z.array(z.object({ amount })).default([])

const address = z.object({
  name: maybeText,
  first_name: maybeText,
  last_name: maybeText,
  company: maybeText,
  address1: maybeText,
  address2: maybeText,
  city: maybeText,
  zip: maybeText,
  province_code: maybeText,
  country_code: maybeText,
  phone: maybeText,
})

const line = z.object({
  id,
  sku: maybeText,
  title: z.string(),
  name: maybeText,
  quantity: z.int().min(0),
  current_quantity: z.int().min(0).nullish(),
  price: amount,
  discount_allocations: discounts,
  tax_lines: z.array(tax).default([]),
  requires_shipping: z.boolean().default(true),
  gift_card: z.boolean().default(false),
})

const shippingLine = z.object({
  id,
  code: maybeText,
  title: z.string().nullish(),
  price: amount,
  discount_allocations: discounts,
  tax_lines: z.array(tax).default([]),
  is_removed: z.boolean().default(false),
})

const fulfilment = z.object({
  id,
  status: maybeText,
  tracking_number: maybeText,
  line_items: z.array(z.object({ id, quantity: z.int().min(0) })).default([]),
})

const refund = z.object({
  id,
  created_at: maybeText,
  transactions: z.array(z.object({ kind: z.string(), status: z.string(), amount })).default([]),
  refund_line_items: z
    .array(
      z.object({
        line_item_id: id,
        quantity: z.int().min(0),
        restock_type: maybeText,
        subtotal: amount.default('0'),
        total_tax: amount.default('0'),
        subtotal_set: moneySet.nullish(),
        total_tax_set: moneySet.nullish(),
      }),
    )
    .default([]),
})

const customer = z.object({
  id,
  first_name: maybeText,
  last_name: maybeText,
  email: maybeText,
  phone: maybeText,
  email_marketing_consent: z.object({ state: maybeText }).nullish(),
})

export const orderBody = z.object({
  id,
  name: z.string().min(1),
  created_at: z.string(),
  updated_at: z.string(),
  cancelled_at: maybeText,
  cancel_reason: maybeText,
  currency: z.string(),
  taxes_included: z.boolean(),
  financial_status: maybeText,
  email: maybeText,
  phone: maybeText,
  customer: customer.nullish(),
  shipping_address: address.nullish(),
  billing_address: address.nullish(),
  line_items: z.array(line),
  shipping_lines: z.array(shippingLine).default([]),
  total_price: amount,
  current_total_price: amount.nullish(),
  total_tax: amount.nullish(),
  current_total_tax: amount.nullish(),
  total_price_set: moneySet.nullish(),
  current_total_price_set: moneySet.nullish(),
  fulfillments: z.array(fulfilment).default([]),
  refunds: z.array(refund).default([]),
  note: maybeText,
  tags: z.string().default(''),
  test: z.boolean().default(false),
})
type OrderBody = z.infer<typeof orderBody>

/** @param what the topic, for messages. Throws `malformed`. */
export function draftFromBody(value: unknown, what: string): OrderDraft {
  const body = shaped(orderBody, value, what)
  const total = body.current_total_price ?? body.total_price
  const presentment = (body.current_total_price_set ?? body.total_price_set)?.presentment_money
  return {
    id: body.id,
    name: body.name,
    createdAt: body.created_at,
    updatedAt: body.updated_at,
    cancelledAt: body.cancelled_at,
    cancelReason: body.cancel_reason,
    currency: body.currency,
    taxesIncluded: body.taxes_included,
    financialStatus: body.financial_status,
    email: body.email,
    phone: body.phone,
    customer: customerDraft(body.customer),
    shippingAddress: addressDraft(body.shipping_address),
    billingAddress: addressDraft(body.billing_address),
    lines: body.line_items.map(lineDraft),
    shipping: body.shipping_lines.filter((shipping) => !shipping.is_removed).map(shippingDraft),
    total,
    totalTax: body.current_total_tax ?? body.total_tax ?? '0',
    presentment: presentment
      ? { amount: presentment.amount, currency: presentment.currency_code }
      : { amount: total, currency: body.currency },
    fulfilments: body.fulfillments.map(({ id, status, tracking_number, line_items }) => ({
      id,
      status,
      trackingNumber: tracking_number,
      lines: line_items.map(({ id: lineId, quantity }) => ({ lineId, quantity })),
    })),
    refunds: body.refunds.map((one) => ({
      id: one.id,
      at: one.created_at,
      amounts: givenBack(one),
      removed: one.refund_line_items.map(removedDraft),
    })),
    note: body.note,
    tags: body.tags.split(','),
    test: body.test,
  }
}

const lineDraft = (line: OrderBody['line_items'][number]): OrderDraft['lines'][number] => ({
  id: line.id,
  sku: line.sku ?? null,
  title: line.name || line.title,
  quantity: line.quantity,
  currentQuantity: line.current_quantity ?? line.quantity,
  unitPrice: line.price,
  discounts: line.discount_allocations.map((discount) => discount.amount),
  taxes: line.tax_lines.map(taxDraft),
  requiresShipping: line.requires_shipping,
  giftCard: line.gift_card,
})

const shippingDraft = (line: OrderBody['shipping_lines'][number]): OrderDraft['shipping'][number] => ({
  id: line.id,
  code: line.code ?? null,
  title: line.title ?? line.code ?? '',
  price: line.price,
  discounts: line.discount_allocations.map((discount) => discount.amount),
  taxes: line.tax_lines.map(taxDraft),
})

const taxDraft = ({ title, rate, price }: z.infer<typeof tax>) => ({ title, rate: rate ?? null, amount: price })

type RefundLine = OrderBody['refunds'][number]['refund_line_items'][number]

// The plain numbers were written by a floating-point printer; the sets are exact.
const removedDraft = (line: RefundLine): OrderDraft['refunds'][number]['removed'][number] => ({
  lineId: line.line_item_id,
  quantity: line.quantity,
  subtotal: line.subtotal_set?.shop_money.amount ?? line.subtotal,
  tax: line.total_tax_set?.shop_money.amount ?? line.total_tax,
  restockType: line.restock_type,
})

const givenBack = ({ transactions }: OrderBody['refunds'][number]): string[] =>
  transactions.filter(({ kind, status }) => kind === 'refund' && status === 'success').map((paid) => paid.amount)

function customerDraft(customer: OrderBody['customer']): OrderDraft['customer'] {
  if (!customer) return null
  const { id, first_name: firstName, last_name: lastName, email, phone, email_marketing_consent: consent } = customer
  return { id, firstName, lastName, email, phone, marketing: consent?.state }
}

function addressDraft(address: OrderBody['billing_address']): AddressDraft | null {
  if (!address) return null
  const { name, first_name, last_name, company, address1, address2, city, zip, phone } = address
  return {
    name: name || [first_name, last_name].filter(Boolean).join(' '),
    company,
    address1,
    address2,
    city,
    zip,
    phone,
    provinceCode: address.province_code,
    countryCode: address.country_code,
  }
}
