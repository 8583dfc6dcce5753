/** Bodies of webhooks in the shape of the REST resources, from the same state the GraphQL answers come from. */
import { formatMoney, money } from '#canon/money.ts'
import { currentTotals, gatewayOf, inBoth, originalTotals } from './amounts.ts'
import {
  availableOf,
  localMoment,
  type Fulfilment,
  type Line,
  type Location,
  type Order,
  type Person,
  type Product,
  type Refund,
  type Shipping,
  type Tax,
  type Variant,
} from './state.ts'

const plain = ({ currency }: Order, amount: number): string => formatMoney(money(amount, currency))

const set = (order: Order, amount: number) => {
  const { shop, seen } = inBoth(order, amount)
  return {
    shop_money: { amount: shop.amount, currency_code: shop.currency },
    presentment_money: { amount: seen.amount, currency_code: seen.currency },
  }
}

const taxLine = (order: Order, { title, rate, amount }: Tax) => ({
  title,
  rate,
  price: plain(order, amount),
  price_set: set(order, amount),
  channel_liable: null,
})

export function orderBody(order: Order): Record<string, unknown> {
  const original = originalTotals(order)
  const current = currentTotals(order)
  const { customer } = order
  const address = customer ? addressBody(customer) : null
  const taxes = [...order.lines, ...order.shipping].flatMap((line) => line.taxes)
  return {
    id: order.id,
    admin_graphql_api_id: `gid://shopify/Order/${order.id}`,
    name: order.name,
    number: order.number - 1_000,
    order_number: order.number,
    created_at: localMoment(order.createdAt),
    updated_at: localMoment(order.updatedAt),
    processed_at: localMoment(order.createdAt),
    cancelled_at: order.cancelledAt === null ? null : localMoment(order.cancelledAt),
    cancel_reason: order.cancelReason,
    test: order.test,
    confirmed: true,
    currency: order.currency,
    presentment_currency: order.presentment.currency,
    taxes_included: order.taxesIncluded,
    financial_status: order.financialStatus,
    fulfillment_status: fulfilmentStatus(order),
    email: customer?.email ?? '',
    contact_email: customer?.email ?? null,
    phone: customer?.phone ?? null,
    note: order.note,
    tags: order.tags.join(', '),
    source_name: 'web',
    total_line_items_price: plain(order, original.subtotal + original.discounts),
    total_discounts: plain(order, original.discounts),
    subtotal_price: plain(order, original.subtotal),
    subtotal_price_set: set(order, original.subtotal),
    total_tax: plain(order, original.tax),
    total_tax_set: set(order, original.tax),
    total_shipping_price_set: set(order, original.shipping),
    total_price: plain(order, original.total),
    total_price_set: set(order, original.total),
    current_subtotal_price: plain(order, current.subtotal),
    current_total_discounts: plain(order, current.discounts),
    current_total_tax: plain(order, current.tax),
    current_total_tax_set: set(order, current.tax),
    current_total_price: plain(order, current.total),
    current_total_price_set: set(order, current.total),
    tax_lines: taxes.map((tax) => taxLine(order, tax)),
    ...(customer?.id === undefined ? {} : { customer: customerBody(customer) }),
    ...(address ? { billing_address: address, shipping_address: address } : {}),
    line_items: order.lines.map((line) => lineBody(order, line)),
    shipping_lines: order.shipping.map((line) => shippingBody(order, line)),
    fulfillments: order.fulfilments.map((fulfilment) => fulfilmentBody(order, fulfilment)),
    refunds: order.refunds.map((refund) => refundBody(order, refund)),
  }
}

function fulfilmentStatus({ lines }: Order): string | null {
  if (lines.every(({ fulfilled }) => fulfilled === 0)) return null
  return lines.every(({ fulfilled, current }) => fulfilled >= current) ? 'fulfilled' : 'partial'
}

function lineBody(order: Order, line: Line) {
  const { variant } = line
  return {
    id: line.id,
    admin_graphql_api_id: `gid://shopify/LineItem/${line.id}`,
    sku: line.sku,
    title: line.title,
    name: line.title,
    variant_title: null,
    product_id: variant.product.id,
    variant_id: variant.id,
    product_exists: !variant.product.deleted,
    quantity: line.quantity,
    current_quantity: line.current,
    fulfillable_quantity: Math.max(0, line.current - line.fulfilled),
    fulfillment_service: 'manual',
    requires_shipping: true,
    gift_card: false,
    taxable: true,
    price: plain(order, line.price),
    price_set: set(order, line.price),
    total_discount: plain(order, 0),
    total_discount_set: set(order, 0),
    tax_lines: line.taxes.map((tax) => taxLine(order, tax)),
    discount_allocations:
      line.discount > 0
        ? [
            {
              amount: plain(order, line.discount),
              amount_set: set(order, line.discount),
              discount_application_index: 0,
            },
          ]
        : [],
    duties: [],
    properties: [],
  }
}

const shippingBody = (order: Order, line: Shipping) => ({
  id: line.id,
  code: line.code,
  title: line.title,
  source: 'shopify',
  price: plain(order, line.price),
  price_set: set(order, line.price),
  discounted_price: plain(order, line.price),
  discounted_price_set: set(order, line.price),
  tax_lines: line.taxes.map((tax) => taxLine(order, tax)),
  discount_allocations: [],
})

export const fulfilmentBody = (order: Order, fulfilment: Fulfilment) => ({
  id: fulfilment.id,
  admin_graphql_api_id: `gid://shopify/Fulfillment/${fulfilment.id}`,
  order_id: order.id,
  name: fulfilment.name,
  status: fulfilment.status,
  service: 'manual',
  created_at: localMoment(fulfilment.at),
  updated_at: localMoment(fulfilment.updatedAt),
  location_id: fulfilment.locationId,
  tracking_company: fulfilment.company,
  tracking_number: fulfilment.number,
  tracking_numbers: fulfilment.number === null ? [] : [fulfilment.number],
  tracking_url: fulfilment.url,
  tracking_urls: fulfilment.url === null ? [] : [fulfilment.url],
  line_items: fulfilment.lines.map(({ line, quantity }) => {
    const { current_quantity: _, ...body } = lineBody(order, line)
    return { ...body, quantity }
  }),
})

export const refundBody = (order: Order, refund: Refund) => ({
  id: refund.id,
  admin_graphql_api_id: `gid://shopify/Refund/${refund.id}`,
  order_id: order.id,
  created_at: localMoment(refund.at),
  processed_at: localMoment(refund.at),
  note: refund.note,
  restock: refund.removals.some(({ restockType }) => restockType !== 'no_restock'),
  order_adjustments: [],
  transactions: refund.transactions.map(({ id, amount, of }) => ({
    id,
    admin_graphql_api_id: `gid://shopify/OrderTransaction/${id}`,
    order_id: order.id,
    amount: plain(order, amount),
    currency: order.currency,
    gateway: gatewayOf(order, of),
    kind: 'refund',
    status: 'success',
    created_at: localMoment(refund.at),
    processed_at: localMoment(refund.at),
    test: order.test,
  })),
  refund_line_items: refund.removals.map((removal) => ({
    id: removal.id,
    line_item_id: removal.lineId,
    location_id: removal.locationId,
    quantity: removal.quantity,
    restock_type: removal.restockType,
    subtotal: Number(plain(order, removal.subtotal)),
    subtotal_set: set(order, removal.subtotal),
    total_tax: Number(plain(order, removal.tax)),
    total_tax_set: set(order, removal.tax),
  })),
})

const customerBody = (customer: Person) => ({
  id: customer.id,
  admin_graphql_api_id: `gid://shopify/Customer/${customer.id}`,
  first_name: customer.firstName ?? null,
  last_name: customer.lastName ?? null,
  email: customer.email ?? null,
  phone: customer.phone ?? null,
  state: 'disabled',
  tags: '',
  email_marketing_consent: customer.email
    ? { state: customer.marketing ? 'subscribed' : 'not_subscribed', opt_in_level: null, consent_updated_at: null }
    : null,
})

export function addressBody({ address, firstName, lastName, phone }: Person) {
  if (!address) return null
  return {
    first_name: firstName ?? null,
    last_name: lastName ?? null,
    name: nameOf({ firstName, lastName }),
    company: address.company ?? null,
    address1: address.address1,
    address2: address.address2 ?? '',
    city: address.city,
    zip: address.zip,
    province_code: address.provinceCode ?? null,
    country_code: address.countryCode,
    phone: phone ?? null,
  }
}

export const nameOf = ({
  firstName,
  lastName,
}: {
  firstName?: string | undefined
  lastName?: string | undefined
}): string => [firstName, lastName].filter(Boolean).join(' ')

export const inventoryLevelBody = (variant: Variant, location: Location, available: number, at: number) => ({
  inventory_item_id: variant.itemId,
  location_id: location.id,
  available,
  updated_at: localMoment(at),
  admin_graphql_api_id: `gid://shopify/InventoryLevel/${location.id}?inventory_item_id=${variant.itemId}`,
})

export const productBody = (product: Product, currency: string) => ({
  id: product.id,
  admin_graphql_api_id: `gid://shopify/Product/${product.id}`,
  title: product.title,
  handle: product.title.toLowerCase().replace(/\W+/g, '-'),
  status: product.status.toLowerCase(),
  created_at: localMoment(product.createdAt),
  updated_at: localMoment(product.updatedAt),
  tags: '',
  variants: product.variants.map((variant, index) => ({
    id: variant.id,
    admin_graphql_api_id: `gid://shopify/ProductVariant/${variant.id}`,
    product_id: product.id,
    title: variant.title,
    sku: variant.sku,
    price: formatMoney(money(variant.price, currency)),
    position: index + 1,
    inventory_item_id: variant.itemId,
    inventory_management: variant.tracked ? 'shopify' : null,
    inventory_quantity: availableOf(variant),
    inventory_policy: 'deny',
    requires_shipping: true,
    barcode: variant.barcode,
    taxable: variant.taxable,
    created_at: localMoment(product.createdAt),
    updated_at: localMoment(product.updatedAt),
  })),
})
