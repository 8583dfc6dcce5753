/**
 * What another integration did in Odoo, for connections in shadow. Reads only. Its sale is known by the order's name or
 * number in the customer reference or the source document, which is where integrations put it.
 */
import { formatMoney } from '#canon/money.ts'
import type { Order } from '#canon/order.ts'
import { parseOrderRef } from '#core/streams.ts'
import { z } from 'zod'
import type { Observed } from '../kit/shadow.ts'
import type { Sent } from '../kit/connector.ts'
import { whatLeft } from './cancel.ts'
import type { Client, Domain } from './client.ts'
import { cardSku } from './gift-cards.ts'
import { invoicesOf } from './invoice.ts'
import type { Odoo } from './odoo.ts'
import { originOf } from './sale-rows.ts'
import { fromFloat, link, text } from './values.ts'

const saleRow = z.object({
  id: z.number(),
  name: z.string(),
  state: z.string(),
  amount_total: z.number(),
  currency_id: link,
  warehouse_id: link,
  client_order_ref: text,
  origin: text,
})
const lineRow = z.object({
  id: z.number(),
  product_id: link,
  product_uom_qty: z.number(),
  price_unit: z.number(),
})
const productRow = z.object({ id: z.number(), default_code: text })
const partnerRow = z.object({ id: z.number() })

type Sale = z.infer<typeof saleRow>

/** Sales of an order, oldest first; those that were cancelled only when there are no others. */
async function salesOf(client: Client, names: readonly string[]): Promise<Sale[]> {
  const domain: Domain = ['|', ['client_order_ref', 'in', names], ['origin', 'in', names]]
  const found = await client.search('sale.order', saleRow, domain)
  const standing = found.filter(({ state }) => state !== 'cancel')
  return standing.length > 0 ? standing : found
}

/** The names an order may go by over there. @param name as people call it: #1042. */
function namesOf(orderRef: string, name?: string): string[] {
  const id = parseOrderRef(orderRef)?.externalId
  const names = [name, name?.replace(/^#/, ''), id, orderRef, originOf(orderRef)]
  return [...new Set(names.filter((one) => one !== undefined && one !== ''))] as string[]
}

export async function observeSale(
  { client, directory, config }: Odoo,
  { ask: { order: asked, orderRef, warehouse } }: Sent<'sale.ensure'>,
): Promise<Observed<'sale.ensure'> | null> {
  const order = { ...asked, lines: asked.lines.map((line) => soldAs(line, config.products.giftCardSku)) }
  const sales = await salesOf(client, namesOf(orderRef, order.name))
  const sale = sales.find(({ state }) => state === 'sale' || state === 'done')
  if (!sale) return null
  const lines = await linesOf(sale.id, client)
  const currency = sale.currency_id ? sale.currency_id[1] : order.currency
  const total = fromFloat(sale.amount_total, currency)
  const stock = (await directory.warehouse(warehouse)).id
  const known = new Set([config.products.shippingSku, config.products.discountSku])
  const goods = lines.filter(({ sku }) => !known.has(sku))
  const theirs = {
    currency: currency,
    total: formatMoney(total),
    sales: String(sales.length),
    warehouse: sale.warehouse_id && sale.warehouse_id[0] === stock ? warehouse : 'another',
    ...quantities(goods),
    ...prices(goods.map(({ sku, price }) => ({ sku, price: formatMoney(fromFloat(price, currency)) }))),
  }
  return {
    answer: { saleId: String(sale.id), saleName: sale.name, total, lines: match(order, goods) },
    ours: oursOf(order, warehouse),
    theirs,
  }
}

const soldAs = (line: Order['lines'][number], giftCardSku: string) =>
  line.giftCard ? { ...line, sku: cardSku(line, giftCardSku) } : line

function oursOf(order: Order, warehouse: string): Record<string, string> {
  const lines = order.lines.filter(({ quantity }) => quantity > 0)
  const goods = lines.map(({ sku, quantity, unitPrice }) => {
    return { sku: sku ?? '?', quantity, price: formatMoney(unitPrice) }
  })
  const { currency, total } = order
  return { currency, total: formatMoney(total), sales: '1', warehouse, ...quantities(goods), ...prices(goods) }
} // prettier-ignore

function quantities(lines: readonly { sku: string; quantity: number }[]): Record<string, string> {
  const sums = new Map<string, number>()
  for (const { sku, quantity } of lines) sums.set(sku, (sums.get(sku) ?? 0) + quantity)
  return Object.fromEntries([...sums].map(([sku, sum]) => [`${sku} quantity`, String(sum)]))
}

/** One price per SKU; several, as a channel may have after a price change, in order. */
function prices(lines: readonly { sku: string; price: string }[]): Record<string, string> {
  const bySku = Map.groupBy(lines, ({ sku }) => sku)
  const all = [...bySku].map(([sku, some]) => {
    const values = [...new Set(some.map(({ price }) => price))].sort()
    return [`${sku} price`, values.join(', ')]
  })
  return Object.fromEntries(all) as Record<string, string>
}

interface SaleLine {
  id: number
  sku: string
  quantity: number
  price: number
}

async function linesOf(saleId: number, client: Client): Promise<SaleLine[]> {
  const rows = await client.search('sale.order.line', lineRow, [
    ['order_id', '=', saleId],
    ['product_id', '!=', false],
  ])
  const ids = [...new Set(rows.flatMap(({ product_id }) => (product_id ? [product_id[0]] : [])))]
  const products = ids.length === 0 ? [] : await client.read('product.product', productRow, ids)
  const skus = new Map(products.map(({ id, default_code }) => [id, default_code || '?']))
  return rows.map(({ id, product_id, product_uom_qty, price_unit }) => {
    return { id, sku: skus.get((product_id || [0])[0]) ?? '?', quantity: product_uom_qty, price: price_unit }
  })
}

/** Their lines for ours, by SKU, each once. */
function match(order: Order, theirs: readonly SaleLine[]): { lineId: string; saleLineId: string }[] {
  const left = [...theirs]
  return order.lines.flatMap(({ id, sku, quantity }) => {
    const same = left.findIndex((one) => one.sku === sku && one.quantity === quantity)
    const at = same >= 0 ? same : left.findIndex((one) => one.sku === sku)
    return at < 0 ? [] : [{ lineId: id, saleLineId: String(left.splice(at, 1)[0]!.id) }]
  })
}

export async function observeCancel(
  { client }: Odoo,
  { ask: { orderRef, orderName } }: Sent<'sale.cancel'>,
  { overdue }: { overdue: boolean },
): Promise<Observed<'sale.cancel'> | null> {
  const sales = await salesOf(client, namesOf(orderRef, orderName))
  const ours = { state: 'cancelled' }
  const open = sales.filter(({ state }) => state !== 'cancel')
  if (sales.length > 0 && open.length === 0) return { answer: { outcome: 'cancelled' }, ours, theirs: ours }
  for (const { id } of open) {
    const shipped = await whatLeft(id, client)
    if (shipped) return { answer: { outcome: shipped }, ours: { state: shipped }, theirs: { state: shipped } }
  }
  // It may never have been entered; that is certain only after a while.
  if (sales.length === 0 && overdue) return { answer: { outcome: 'absent' }, ours, theirs: { state: 'absent' } }
  return null
}

export async function observeInvoice(
  { client }: Odoo,
  { ask }: Sent<'invoice.ensure'>,
): Promise<Observed<'invoice.ensure'> | null> {
  const posted = await invoicesOf(Number(ask.saleId), 'posted', client)
  const [first] = posted
  if (!first) return null
  const currency = first.currency_id ? first.currency_id[1] : ask.total.currency
  const total = fromFloat(first.amount_total, currency)
  const of = (invoices: number, values: { total: string; tax: string; currency: string }) => {
    return { invoices: String(invoices), ...values }
  }
  const tax = formatMoney(fromFloat(first.amount_tax, currency))
  return {
    answer: { invoiceId: String(first.id), number: first.name || '', total },
    ours: of(1, { total: formatMoney(ask.total), tax: formatMoney(ask.totalTax), currency: ask.total.currency }),
    theirs: of(posted.length, { total: formatMoney(total), tax, currency }),
  }
}

/** Their partner is known by the customer's e-mail address; nothing of a person is compared or stored. */
export async function observeCustomer(
  { client }: Odoo,
  { ask }: Sent<'customer.ensure'>,
): Promise<Observed<'customer.ensure'> | null> {
  if (!ask.email) return null
  const [partner] = await client.search('res.partner', partnerRow, [['email', '=ilike', ask.email]], { limit: 1 })
  return partner ? { answer: { partnerId: String(partner.id) }, ours: {}, theirs: {} } : null
}
