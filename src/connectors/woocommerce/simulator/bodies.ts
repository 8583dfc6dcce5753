/** Everything the REST API says, in the words of the version the shop plays. */
import { imageBody } from './shown-set.ts'
import { raw, refundedOf, round, shown, subtotalTaxSum, taxSum, totalsOf } from './amounts.ts'
import {
  type Charge,
  holderOf,
  type Line,
  type Order,
  type Person,
  type Product,
  type Refund,
  type RefundItem,
  skuOf,
  soldAs,
  type Webhook,
  type Woo,
} from './state.ts'

export type Body = Record<string, unknown>

const gmt = (ms: number): string => new Date(ms).toISOString().slice(0, 19)
const local = ({ options }: Woo, ms: number): string => gmt(ms + (options.offsetMinutes ?? 60) * 60_000)
const dates = (woo: Woo, name: string, ms: number | null): Body => ({
  [name]: ms === null ? null : local(woo, ms),
  [`${name}_gmt`]: ms === null ? null : gmt(ms),
})
const isNew = ({ options }: Woo): boolean => (options.version ?? '11.0.1') === '11.0.1'

const links = ({ options }: Woo, path: string): Body => ({
  self: [{ href: `${options.url}/wp-json/wc/v3${path}` }],
  collection: [{ href: `${options.url}/wp-json/wc/v3${path.replace(/\/\d+$/, '')}` }],
})

const metaOf = (meta: readonly { id: number; key: string; value: unknown }[]): Body[] =>
  meta.map(({ id, key, value }) => ({ id, key, value }))

const PERSON = [
  'first_name',
  'last_name',
  'company',
  'address_1',
  'address_2',
  'city',
  'state',
  'postcode',
  'country',
] as const
const personOf = (person: Person, more: readonly (keyof Person)[]): Body =>
  Object.fromEntries([...PERSON, ...more].map((name) => [name, person[name] ?? '']))

export function orderBody(woo: Woo, order: Order): Body {
  const totals = totalsOf(woo, order)
  const { currency, options } = woo
  const refundable = totals.total - refundedOf(order)
  return {
    id: order.id,
    parent_id: 0,
    status: order.status,
    currency,
    version: options.version ?? '11.0.1',
    prices_include_tax: options.pricesIncludeTax ?? false,
    date_created: local(woo, order.createdMs),
    date_modified: local(woo, order.modifiedMs),
    discount_total: shown(woo, totals.discount),
    discount_tax: shown(woo, totals.discountTax),
    shipping_total: shown(woo, totals.shipping),
    shipping_tax: shown(woo, totals.shippingTax),
    cart_tax: shown(woo, totals.cartTax),
    total: shown(woo, totals.total),
    total_tax: shown(woo, totals.tax),
    customer_id: order.customerId,
    order_key: `wc_order_${order.id}`,
    billing: personOf(order.billing, ['email', 'phone']),
    shipping: personOf(order.shipping, ['phone']),
    payment_method: order.paymentMethod,
    payment_method_title: order.paymentMethod,
    transaction_id: '',
    customer_ip_address: '',
    customer_user_agent: '',
    created_via: order.createdVia,
    customer_note: order.note,
    date_completed: order.completedMs === null ? null : local(woo, order.completedMs),
    date_paid: order.paidMs === null ? null : local(woo, order.paidMs),
    cart_hash: '',
    number: String(order.id),
    meta_data: metaOf(order.meta),
    line_items: order.lines.map((line) => lineBody(woo, line)),
    tax_lines: taxLines(woo, order, totals),
    shipping_lines: order.shippingLines.map((line) => shippingBody(woo, line)),
    fee_lines: order.fees.map((fee) => feeBody(woo, fee)),
    coupon_lines: order.coupons.map(({ id, code, discount, discountTax }) => ({
      id, code, discount: shown(woo, discount), discount_tax: shown(woo, discountTax), meta_data: [],
      discount_type: 'fixed_cart', nominal_amount: round(discount, 2), free_shipping: false,
    })), // prettier-ignore
    refunds: order.refunds.map((refund) => refundSum(woo, refund)),
    payment_url: `${options.url}/checkout/order-pay/${order.id}/`,
    is_editable: ['pending', 'on-hold'].includes(order.status),
    needs_payment: ['pending', 'failed'].includes(order.status) && refundable > 0,
    needs_processing: order.lines.some((line) => soldAs(woo, line)?.virtual !== true),
    ...dates(woo, 'date_created', order.createdMs),
    ...dates(woo, 'date_modified', order.modifiedMs),
    ...dates(woo, 'date_completed', order.completedMs),
    ...dates(woo, 'date_paid', order.paidMs),
    currency_symbol: '$',
    _links: links(woo, `/orders/${order.id}`),
  }
}

const refundSum = (woo: Woo, { id, reason, amount, items }: Refund): Body => ({
  id,
  reason,
  total: `-${shown(woo, amount)}`,
  ...(isNew(woo)
    ? {
        total_tax: shown(
          woo,
          items.reduce((all, { totalTax }) => all + totalTax, 0),
        ),
      }
    : {}),
})

function lineBody(woo: Woo, line: Line): Body {
  const product = soldAs(woo, line)
  return {
    id: line.id,
    name: line.name,
    product_id: line.productId,
    variation_id: line.variationId,
    quantity: line.quantity,
    tax_class: '',
    subtotal: shown(woo, line.subtotal),
    subtotal_tax: shown(woo, subtotalTaxSum(line.taxes)),
    total: shown(woo, line.total),
    total_tax: shown(woo, taxSum(line.taxes)),
    taxes: line.taxes.map(({ rateId, total, subtotal }) => ({
      id: rateId,
      total: raw(total),
      subtotal: raw(subtotal),
    })),
    meta_data: line.meta.map((meta) => ({ ...meta, display_key: meta.key, display_value: String(meta.value) })),
    sku: product ? skuOf(woo, product) : null,
    ...(isNew(woo) ? { global_unique_id: '' } : {}),
    price: line.quantity === 0 ? 0 : line.total / line.quantity,
    image: { id: 0, src: '' },
    parent_name: line.variationId > 0 ? (woo.products.get(line.productId)?.name ?? null) : null,
  }
}

const chargeBody = (woo: Woo, { id, total, taxes }: Charge): Body => ({
  id,
  total: shown(woo, total),
  total_tax: shown(woo, taxSum(taxes)),
  taxes: taxes.map(({ rateId, total: tax }) => ({ id: rateId, total: raw(tax), subtotal: '' })),
  meta_data: [],
})

const shippingBody = (woo: Woo, line: Charge): Body => ({
  ...chargeBody(woo, line),
  method_title: line.name,
  method_id: line.methodId,
  instance_id: line.instanceId,
  ...(isNew(woo) ? { tax_status: 'taxable' } : {}),
})

const feeBody = (woo: Woo, fee: Charge): Body => ({
  ...chargeBody(woo, fee),
  name: fee.name,
  tax_class: '',
  tax_status: 'taxable',
  amount: shown(woo, fee.total),
})

function taxLines(woo: Woo, order: Order, { cartTax, shippingTax }: { cartTax: number; shippingTax: number }): Body[] {
  const { tax } = woo.options
  if (!tax || tax.percent === 0) return []
  return [
    {
      id: order.id * 1_000 + tax.id,
      rate_code: `TAX-${tax.id}`,
      rate_id: tax.id,
      label: tax.label,
      compound: false,
      tax_total: shown(woo, cartTax),
      shipping_tax_total: shown(woo, shippingTax),
      rate_percent: tax.percent,
      meta_data: [],
    },
  ]
}

export function refundBody(woo: Woo, order: Order, refund: Refund): Body {
  const of = (kind: RefundItem['kind']) => refund.items.filter((item) => item.kind === kind)
  return {
    id: refund.id,
    parent_id: order.id,
    ...dates(woo, 'date_created', refund.createdMs),
    amount: shown(woo, refund.amount),
    reason: refund.reason,
    refunded_by: 1,
    refunded_payment: refund.paid,
    meta_data: [...refund.meta, ...(isNew(woo) ? [{ id: refund.id, key: '_refund_type', value: 'partial' }] : [])],
    line_items: of('line').map((item) => ({
      ...refundItem(woo, item),
      name: item.name,
      product_id: item.productId,
      variation_id: item.variationId,
      tax_class: '',
      sku: skuOfItem(woo, item),
      price: item.quantity === 0 ? 0 : item.total / item.quantity,
      subtotal: shown(woo, item.total),
      subtotal_tax: shown(woo, item.totalTax),
      quantity: item.quantity,
      ...(isNew(woo) ? { global_unique_id: '' } : {}),
    })),
    shipping_lines: of('shipping').map((item) => ({
      ...refundItem(woo, item),
      method_title: item.name,
      method_id: '',
      instance_id: '0',
    })),
    tax_lines: [],
    fee_lines: of('fee').map((item) => ({
      ...refundItem(woo, item),
      name: item.name,
      tax_class: '',
      tax_status: 'taxable',
    })),
    _links: links(woo, `/orders/${order.id}/refunds/${refund.id}`),
  }
}

const skuOfItem = (woo: Woo, item: RefundItem): string => {
  const product = soldAs(woo, item)
  return product ? skuOf(woo, product) : ''
}

function refundItem(woo: Woo, item: RefundItem): Body {
  const rate = woo.options.tax
  const taxes =
    rate && item.totalTax !== 0 ? [{ id: rate.id, total: raw(item.totalTax), subtotal: raw(item.totalTax) }] : []
  return {
    id: item.id,
    total: shown(woo, item.total),
    total_tax: shown(woo, item.totalTax),
    taxes,
    meta_data: [{ id: item.id * 10, key: '_refunded_item_id', value: String(item.refundedItemId) }],
  }
}

/** The number it shows: its product's when that keeps its stock. */
export const stockOf = (woo: Woo, product: Product): number | null => holderOf(woo, product)?.stock ?? null

export const inStock = (woo: Woo, product: Product): boolean => {
  const holder = holderOf(woo, product)
  return holder === null ? product.inStock : (holder.stock ?? 0) > 0 || product.backorders !== 'no'
}

export function productBody(woo: Woo, product: Product): Body {
  const { id, type, name, price, status, backorders } = product
  const stock = stockOf(woo, product)
  const variations = type === 'variable' ? variationsOf(woo, id) : []
  return {
    id,
    name,
    slug: `product-${id}`,
    permalink: `${woo.options.url}/product/${id}/`,
    ...dates(woo, 'date_created', product.createdMs),
    ...dates(woo, 'date_modified', product.modifiedMs),
    type,
    status,
    featured: false,
    catalog_visibility: 'visible',
    description: '',
    short_description: '',
    sku: skuOf(woo, product),
    ...(isNew(woo) ? { global_unique_id: product.barcode } : {}),
    price: String(price),
    regular_price: type === 'variable' ? '' : String(price),
    sale_price: '',
    on_sale: false,
    purchasable: type !== 'variable' || variations.length > 0,
    total_sales: 0,
    virtual: product.virtual,
    downloadable: false,
    downloads: [],
    tax_status: product.taxed,
    tax_class: product.taxClass,
    ...stockBody(woo, product, stock),
    backorders,
    backorders_allowed: backorders !== 'no',
    backordered: stock !== null && stock < 0,
    low_stock_amount: null,
    sold_individually: false,
    weight: '',
    dimensions: { length: '', width: '', height: '' },
    shipping_class: '',
    shipping_class_id: 0,
    parent_id: product.parentId,
    categories: [],
    ...(isNew(woo) ? { brands: [] } : {}),
    tags: [],
    images: product.images.map(imageBody),
    attributes:
      variations.length === 0
        ? []
        : [
            {
              id: 0,
              name: 'Kind',
              position: 0,
              visible: true,
              variation: true,
              options: variations.flatMap(({ option }) => option ?? []),
            },
          ],
    variations: variations.map((one) => one.id),
    grouped_products: [],
    menu_order: 0,
    meta_data: metaOf(product.meta),
    _links: links(woo, `/products/${id}`),
  }
}

function stockBody(woo: Woo, product: Product, stock: number | null): Body {
  const status = inStock(woo, product) ? ((stock ?? 1) > 0 ? 'instock' : 'onbackorder') : 'outofstock'
  return { manage_stock: woo.counts ? product.manage : false, stock_quantity: stock, stock_status: status }
}

export const variationsOf = ({ products }: Woo, parentId: number): Product[] =>
  [...products.values()].filter(
    (one) => one.parentId === parentId && one.type === 'variation' && one.status !== 'trash',
  )

export function variationBody(woo: Woo, product: Product): Body {
  const { id, price, backorders } = product
  const stock = stockOf(woo, product)
  return {
    id,
    ...(isNew(woo) ? { type: 'variation' } : {}),
    date_created: local(woo, product.createdMs),
    date_modified: local(woo, product.modifiedMs),
    description: '',
    permalink: `${woo.options.url}/product/${product.parentId}/?attribute_kind=${id}`,
    sku: skuOf(woo, product),
    ...(isNew(woo) ? { global_unique_id: product.barcode } : {}),
    price: String(price),
    regular_price: String(price),
    sale_price: '',
    on_sale: false,
    status: product.status,
    purchasable: true,
    virtual: product.virtual,
    downloadable: false,
    downloads: [],
    tax_status: product.taxed,
    tax_class: product.taxClass,
    ...stockBody(woo, product, stock),
    backorders,
    backorders_allowed: backorders !== 'no',
    backordered: stock !== null && stock < 0,
    low_stock_amount: null,
    weight: '',
    dimensions: { length: '', width: '', height: '' },
    shipping_class: '',
    shipping_class_id: 0,
    image: product.images[0] ? imageBody(product.images[0]) : null,
    attributes: [{ id: 0, name: 'Kind', option: product.option ?? '' }],
    menu_order: 0,
    meta_data: metaOf(product.meta),
    name: product.option ?? '',
    parent_id: product.parentId,
    ...(isNew(woo) ? { gallery_image_ids: [] } : {}),
    _links: links(woo, `/products/${product.parentId}/variations/${id}`),
  }
}

/** Never with the secret. */
export const webhookBody = (woo: Woo, { id, name, status, topic, url, createdMs, modifiedMs }: Webhook): Body => ({
  id,
  name,
  status,
  topic,
  resource: topic.split('.')[0]!,
  event: topic.split('.')[1]!,
  hooks: [`woocommerce_${topic.replace('.', '_')}`],
  delivery_url: url,
  ...dates(woo, 'date_created', createdMs),
  ...dates(woo, 'date_modified', modifiedMs),
  _links: links(woo, `/webhooks/${id}`),
})

export const noteBody = (woo: Woo, order: Order, note: Order['notes'][number]): Body => ({
  id: note.id,
  author: 'system',
  ...dates(woo, 'date_created', note.atMs),
  note: note.note,
  customer_note: note.customer,
  _links: links(woo, `/orders/${order.id}/notes/${note.id}`),
})
