/** A channel's order as rows for `sale.order.load`: the order on the first row, one row for each of its lines. */
import { must } from '#canon/assert.ts'
import { formatMoney, type Money, negate } from '#canon/money.ts'
import type { Order, OrderLine, ShippingLine } from '#canon/order.ts'
import type { Ask } from '#core/intents.ts'
import type { z } from 'zod'
import type { tax } from '#canon/order.ts'
import { Fault } from '../../fault.ts'
import type { OdooConfig } from './config.ts'
import type { Directory } from './directory.ts'
import { externalIds, qualified } from './external.ts'
import { cardSku } from './gift-cards.ts'
import { toOdooTime } from './values.ts'

/** A line of the sale before it has an id there. */
export interface PlannedLine {
  kind: 'line' | 'discount' | 'ship' | 'ship-discount'
  /** The channel's id of the line it stands for. */
  of: string
  sku: string
  title: string
  quantity: number
  unitPrice: Money
  taxes: readonly z.infer<typeof tax>[]
  giftCard?: true
}

/**
 * The lines a sale must have. A discount is a line of its own, with the same taxes: Odoo's percentage cannot express
 * cents. Lines of which nothing is wanted any more are left out.
 */
export function planLines(order: Order, products: OdooConfig['products']): PlannedLine[] {
  const { shippingSku, discountSku, giftCardSku } = products
  const plan: PlannedLine[] = []
  for (const line of order.lines) {
    if (line.quantity === 0) continue
    const what = line.giftCard ? ({ sku: cardSku(line, giftCardSku), giftCard: true } as const) : { sku: skuOf(line) }
    plan.push({ ...common(line), ...what, kind: 'line', quantity: line.quantity, unitPrice: line.unitPrice })
    if (line.discount.amount !== 0) plan.push({ ...discounted(line), kind: 'discount', sku: discountSku })
  }
  for (const line of order.shipping) {
    plan.push({ ...common(line), kind: 'ship', sku: shippingSku, quantity: 1, unitPrice: line.price })
    if (line.discount.amount !== 0) plan.push({ ...discounted(line), kind: 'ship-discount', sku: discountSku })
  }
  if (plan.some(({ kind }) => kind === 'line')) return plan
  throw new Fault('rejected', `Nothing of order ${order.name} is wanted any more.`, { code: 'odoo.nothing_to_sell' })
}

const common = ({ id, title, taxes }: OrderLine | ShippingLine) => ({ of: id, title, taxes })

const discounted = (line: OrderLine | ShippingLine) => ({
  ...common(line),
  title: `Discount: ${line.title}`,
  quantity: 1,
  unitPrice: negate(line.discount),
})

function skuOf({ sku, title }: OrderLine): string {
  if (sku !== null) return sku
  throw new Fault(
    'rejected',
    `The line '${title}' has no SKU, so Odoo cannot know what it is. Add one in the channel.`,
    {
      code: 'odoo.sku_unknown',
    },
  )
}

/** An order with everything Odoo calls by number looked up. */
export interface ResolvedOrder {
  order: Order
  orderRef: string
  /** `routeId` when the line leaves from another warehouse than the sale's. */
  lines: (PlannedLine & { productId: number; taxIds: number[]; routeId: number | null })[]
  warehouseId: number
  pricelistId: number | null
  paymentTermId: number | null
  carrierId: number | null
}

/** @throws Fault `rejected` when Odoo lacks a product, a tax, a warehouse or the currency. */
export async function resolveOrder(
  { order, orderRef, warehouse, sources = [] }: Ask<'sale.ensure'>,
  directory: Directory,
  products: OdooConfig['products'],
): Promise<ResolvedOrder> {
  const plan = planLines(order, products)
  await directory.prefetch(plan.map(({ sku }) => sku))
  const lines: ResolvedOrder['lines'] = []
  for (const line of plan) {
    const taxIds: number[] = []
    for (const { rate, title } of line.taxes) {
      if (Number(rate) !== 0) taxIds.push(await directory.tax(rate, order.taxesIncluded, title))
    }
    const source = line.kind === 'line' ? sources.find(({ sku }) => sku === line.sku) : undefined
    const routeId = source ? await directory.deliveryRoute(source.warehouse) : null
    const productId = line.giftCard ? await directory.giftCard(line.sku) : await directory.product(line.sku)
    lines.push({ ...line, productId, taxIds: [...new Set(taxIds)], routeId })
  }
  const [shipping] = order.shipping
  return {
    order,
    orderRef,
    lines,
    warehouseId: (await directory.warehouse(warehouse)).id,
    pricelistId: await directory.pricelist(order.currency, order.terms?.priceList),
    paymentTermId: order.terms?.paymentTerm ? await directory.paymentTerm(order.terms.paymentTerm) : null,
    carrierId: shipping ? await directory.carrier(shipping.code) : null,
  }
}

export interface Partners {
  customer: number
  delivery: number
  invoice: number
}

/**
 * Columns and rows for orders that are loaded together: all of them priced by the same side. Where that is Odoo,
 * neither prices nor taxes are said, and it fills them in from its price list and its products.
 *
 * @param taxField what Odoo calls the taxes of a sale line.
 */
export function saleTable(
  orders: readonly (ResolvedOrder & { partners: Partners })[],
  taxField: 'tax_id' | 'tax_ids',
): { columns: string[]; rows: string[][] } {
  const optional = [
    ...(orders.some(({ pricelistId }) => pricelistId !== null) ? (['pricelist_id/.id'] as const) : []),
    ...(orders.some(({ carrierId }) => carrierId !== null) ? (['carrier_id/.id'] as const) : []),
    ...(orders.some(({ paymentTermId }) => paymentTermId !== null) ? (['payment_term_id/.id'] as const) : []),
  ]
  const head = [...HEAD, ...optional]
  const priced = !orders.some(({ order }) => isPricedThere(order))
  const routed = orders.some(({ lines }) => lines.some(({ routeId }) => routeId !== null))
  const rows = orders.flatMap((each) => {
    const values = headOf(each)
    return each.lines.map((line, index) => [
      ...head.map((column) => (index === 0 ? must(values[column], `no value for ${column}`) : '')),
      qualified(externalIds.line(each.orderRef, line.kind, line.of)),
      String(line.productId),
      line.title,
      String(line.quantity),
      ...(priced ? [formatMoney(line.unitPrice), '0', line.taxIds.join(',')] : []),
      ...(routed ? [line.routeId === null ? '' : String(line.routeId)] : []),
    ])
  })
  const amounts = priced ? [...AMOUNTS, `order_line/${taxField}/.id`] : []
  const route = routed ? ['order_line/route_id/.id'] : []
  return { columns: [...head, ...LINE, ...amounts, ...route], rows }
}

const HEAD = [
  'id', 'partner_id/.id', 'partner_invoice_id/.id', 'partner_shipping_id/.id', 'client_order_ref', 'origin', 'date_order',
  'warehouse_id/.id',
] as const // prettier-ignore

const LINE = ['order_line/id', 'order_line/product_id/.id', 'order_line/name', 'order_line/product_uom_qty'] as const

/** An omitted discount would be filled from the price list, an omitted tax from the product: both are always said. */
const AMOUNTS = ['order_line/price_unit', 'order_line/discount'] as const

/** Whether Odoo says what the order costs. */
export const isPricedThere = ({ terms }: Order): boolean => terms?.pricing === 'erp'

const headOf = (sale: ResolvedOrder & { partners: Partners }): Record<string, string> => ({
  'id': qualified(externalIds.sale(sale.orderRef)),
  'partner_id/.id': String(sale.partners.customer),
  'partner_invoice_id/.id': String(sale.partners.invoice),
  'partner_shipping_id/.id': String(sale.partners.delivery),
  'client_order_ref': sale.order.name,
  'origin': originOf(sale.orderRef),
  'date_order': toOdooTime(sale.order.placedAt),
  'warehouse_id/.id': String(sale.warehouseId),
  'pricelist_id/.id': sale.pricelistId === null ? '' : String(sale.pricelistId),
  'carrier_id/.id': sale.carrierId === null ? '' : String(sale.carrierId),
  'payment_term_id/.id': sale.paymentTermId === null ? '' : String(sale.paymentTermId),
})

/** What the sale and its deliveries carry to find the way back: `crossdock:<channel>:<externalId>`. */
export const originOf = (orderRef: string): string => `${ORIGIN}${orderRef}`

export const ORIGIN = 'crossdock:'
