/**
 * `sale.change`: the sale is what the order is now. First it is looked whether everything can be changed, then it is
 * written; a repeat finds less to write, down to nothing. Odoo computes the price of a line anew whenever its quantity
 * changes, so both are always written together. A line that leaves from another warehouse is taken down to nothing, by
 * which its delivery there loses it, before it is up again on the route of the other: Odoo plans by the route of the
 * moment, and would have customers send back what the first one planned.
 */
import { formatMoney, type Money } from '#canon/money.ts'
import type { Order } from '#canon/order.ts'
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import { oneByOne, type Outbound } from '../kit/connector.ts'
import type { Client } from './client.ts'
import { externalIds, findAmong, findExternal, findLines, load, qualified, toldLines } from './external.ts'
import type { Odoo } from './odoo.ts'
import { ensurePartners } from './partner.ts'
import { isPricedThere, type PlannedLine, type ResolvedOrder, resolveOrder } from './sale-rows.ts'
import { fromFloat, fromOdooTime, link, msToOdooTime, text } from './values.ts'

const saleRow = z.object({
  id: z.number(),
  state: z.string(),
  locked: z.boolean(),
  amount_total: z.number(),
  currency_id: link,
  partner_shipping_id: link,
  partner_invoice_id: link,
  order_line: z.array(z.number()),
  date_order: text,
  commitment_date: text,
})
const lineRow = z.object({
  id: z.number(),
  product_id: link,
  product_uom_qty: z.number(),
  price_unit: z.number(),
  qty_delivered: z.number(),
  qty_invoiced: z.number(),
  route_id: link,
  customer_lead: z.number(),
})
type Line = z.infer<typeof lineRow> & { taxes: readonly number[] }
type Planning = z.infer<typeof moveRow>
type Refusal = Exclude<Answer<'sale.change'>['outcome'], 'changed'>
type TaxField = 'tax_id' | 'tax_ids'
const toDecimal = (money: Money): number => Number(formatMoney(money))
type Planned = ResolvedOrder['lines'][number]
const idRow = z.object({ id: z.number() })
const moveRow = z.object({ id: z.number(), sale_line_id: link, picked: z.boolean(), date_deadline: text })

/** What has to be written to one line that is there. */
interface Write {
  line: Line
  values: Record<string, unknown>
  /** It leaves from another warehouse than before. */
  moved: boolean
}

export const changeSale = (odoo: Odoo): Outbound<'sale.change'> =>
  oneByOne(({ ask }) => change(odoo, ask), { serial: 'confirm' })

async function change(odoo: Odoo, ask: Ask<'sale.change'>): Promise<Answer<'sale.change'>> {
  const { client } = odoo
  const saleId = await findExternal(client, externalIds.sale(ask.orderRef))
  const [sale] = saleId === null ? [] : await client.read('sale.order', saleRow, [saleId])
  if (saleId === null || !sale || sale.state === 'cancel') return { outcome: 'gone' }
  const resolved = await resolveOrder(ask, odoo.directory, odoo.config.products)
  const taxField = (await client.version()) >= 19 ? 'tax_ids' : 'tax_id'
  const known = await knownLines(ask, sale.order_line, client, taxField)
  const { writes, fresh } = compare(resolved, known, taxField, ask.moved)
  const { refused, planned } = await look(writes, fresh, [...known.values()], client)
  if (refused) return { outcome: refused }
  const moved = await address(ask.order, sale, odoo)
  if (sale.locked && (writes.length > 0 || moved)) await client.call('sale.order', 'action_unlock', { ids: [saleId] })
  await alignDeadlines(sale, writes, planned, client)
  for (const { line, values, moved: elsewhere } of writes) {
    const { route_id: _, ...same } = values
    if (elsewhere && line.product_uom_qty > 0)
      await client.call('sale.order.line', 'write', { ids: [line.id], args: [{ ...same, product_uom_qty: 0 }] })
    await client.call('sale.order.line', 'write', { ids: [line.id], args: [values] })
  }
  if (moved) await redirect(saleId, moved, client)
  if (fresh.length > 0) await add(ask, fresh, client, taxField)
  // Also what an attempt that broke off left open.
  if (writes.length > 0 || moved || !sale.locked) await client.call('sale.order', 'action_lock', { ids: [saleId] })
  return answerOf(ask, saleId, client)
}

const keyOf = ({ kind, of }: Pick<PlannedLine, 'kind' | 'of'>): string => `${kind} ${of}`

/** The lines of ours that the sale has, by what they stand for. */
async function knownLines(
  { order, orderRef, removed }: Ask<'sale.change'>,
  own: readonly number[],
  client: Client,
  taxField: TaxField,
): Promise<Map<string, Line>> {
  const lines = [...order.lines.map(({ id }) => id), ...removed]
  const names = [
    ...lines.flatMap((of) => [{ kind: 'line' as const, of }, { kind: 'discount' as const, of }]),
    ...order.shipping.flatMap(({ id: of }) => [{ kind: 'ship' as const, of }, { kind: 'ship-discount' as const, of }]),
  ] // prettier-ignore
  const keys = new Map(names.map((name) => [externalIds.line(orderRef, name.kind, name.of), keyOf(name)]))
  const found = await findAmong(client, 'sale.order.line', own, [...keys.keys()])
  const ids = new Map([...found].map(([name, id]) => [id, keys.get(name)!]))
  if (ids.size === 0) return new Map()
  const row = z.object({ ...lineRow.shape, [taxField]: z.array(z.number()) }) as unknown as typeof lineRow
  const rows = await client.read('sale.order.line', row, [...ids.keys()])
  const taxesOf = (line: object): readonly number[] => (line as Record<TaxField, readonly number[]>)[taxField]
  return new Map(rows.map((line) => [ids.get(line.id)!, { ...line, taxes: taxesOf(line) }]))
}

function compare(
  { order, lines }: ResolvedOrder,
  known: ReadonlyMap<string, Line>,
  taxField: TaxField,
  movable: readonly string[] = [],
): { writes: Write[]; fresh: Planned[] } {
  const planned = new Map(lines.map((line) => [keyOf(line), line]))
  const writes: Write[] = []
  for (const [key, line] of known) {
    const wanted = planned.get(key)
    const quantity = wanted?.quantity ?? 0
    if (!wanted && line.product_uom_qty === 0) continue
    const priced = !isPricedThere(order)
    const price = wanted ? toDecimal(wanted.unitPrice) : line.price_unit
    const taxes = wanted ? wanted.taxIds : line.taxes
    const goods = wanted && line.product_id && line.product_id[0] !== wanted.productId
    const same =
      line.product_uom_qty === quantity && (!priced || (line.price_unit === price && isSame(line.taxes, taxes)))
    const moved = wanted?.kind === 'line' && movable.includes(wanted.sku) && routeOf(line) !== wanted.routeId
    if (same && !goods && !moved) continue
    const amounts = priced ? { price_unit: price, discount: 0, [taxField]: [[6, 0, [...taxes]]] } : {}
    const route = moved ? { route_id: wanted.routeId ?? false } : {}
    const product = goods ? { product_id: wanted.productId } : {}
    writes.push({ line, values: { product_uom_qty: quantity, ...amounts, ...route, ...product }, moved })
  }
  return { writes, fresh: lines.filter((line) => !known.has(keyOf(line))) }
}

const routeOf = ({ route_id: route }: Line): number | null => (route ? route[0] : null)

const isSame = (some: readonly number[], others: readonly number[]): boolean =>
  some.length === others.length && some.every((id) => others.includes(id))

/** Why it cannot be changed as a whole; null when it can. `planned`: what is to leave of lines that lose some. */
async function look(
  writes: readonly Write[],
  fresh: readonly Planned[],
  known: readonly Line[],
  client: Client,
): Promise<{ refused: Refusal | null; planned: readonly Planning[] }> {
  const refuse = (refused: Refusal | null) => ({ refused, planned: [] })
  if (writes.length === 0 && fresh.length === 0) return refuse(null)
  if (writes.some(({ values }) => 'product_id' in values)) return refuse('other_goods')
  if (known.some(({ qty_invoiced: invoiced }) => invoiced > 0)) return refuse('invoiced')
  const fewer = writes.filter(
    ({ line, values, moved }) => moved || Number(values['product_uom_qty']) < line.product_uom_qty,
  )
  // What is taken off may be among what has left: only people know.
  if (fewer.some(({ line }) => line.qty_delivered > 0)) return refuse('shipped')
  if (fewer.length === 0) return refuse(null)
  const planned = await client.search('stock.move', moveRow, [
    ['sale_line_id', 'in', fewer.map(({ line }) => line.id)],
    ['state', 'not in', ['done', 'cancel']],
  ])
  return { refused: planned.some(({ picked }) => picked) ? 'picked' : null, planned }
}

/**
 * Odoo takes pieces off a delivery only when its deadline is what the sale says now; otherwise it leaves the delivery
 * and plans a return of what never left. People, and Odoo when it confirms, change the one without the other.
 */
async function alignDeadlines(
  { date_order: ordered, commitment_date: promised }: z.infer<typeof saleRow>,
  writes: readonly Write[],
  planned: readonly Planning[],
  client: Client,
): Promise<void> {
  for (const { line } of writes) {
    const leadMs = line.customer_lead * 24 * 3_600_000
    const deadline = promised || (ordered && msToOdooTime(Date.parse(fromOdooTime(ordered)) + leadMs))
    const ids = planned
      .filter(({ sale_line_id: of, date_deadline: was }) => of && of[0] === line.id && was !== deadline)
      .map(({ id }) => id)
    if (ids.length > 0) await client.call('stock.move', 'write', { ids, args: [{ date_deadline: deadline }] })
  }
}

interface Places {
  delivery: number
  invoice: number
}

/** Where it goes and who is billed, when that is not what the sale says. */
async function address(order: Order, sale: z.infer<typeof saleRow>, odoo: Odoo): Promise<Places | null> {
  const partners = await ensurePartners([order], odoo)
  const { delivery, invoice } = partners.get(order)!
  const isAt = (place: z.infer<typeof link>, id: number) => place !== false && place[0] === id
  return isAt(sale.partner_shipping_id, delivery) && isAt(sale.partner_invoice_id, invoice)
    ? null
    : { delivery, invoice }
}

/** A sale's deliveries keep the address they were made with. */
async function redirect(saleId: number, { delivery, invoice }: Places, client: Client): Promise<void> {
  const values = { partner_shipping_id: delivery, partner_invoice_id: invoice }
  await client.call('sale.order', 'write', { ids: [saleId], args: [values] })
  const open = await client.search('stock.picking', idRow, [
    ['sale_id', '=', saleId],
    ['picking_type_code', '=', 'outgoing'],
    ['state', 'not in', ['done', 'cancel']],
  ])
  if (open.length === 0) return
  await client.call('stock.picking', 'write', { ids: open.map(({ id }) => id), args: [{ partner_id: delivery }] })
}

async function add(
  { order, orderRef }: Ask<'sale.change'>,
  fresh: readonly Planned[],
  client: Client,
  taxField: TaxField,
): Promise<void> {
  const priced = !isPricedThere(order)
  const routed = fresh.some(({ routeId }) => routeId !== null)
  const columns = [
    'id', 'order_line/id', 'order_line/product_id/.id', 'order_line/name', 'order_line/product_uom_qty',
    ...(priced ? ['order_line/price_unit', 'order_line/discount', `order_line/${taxField}/.id`] : []),
    ...(routed ? ['order_line/route_id/.id'] : []),
  ] // prettier-ignore
  const rows = fresh.map((line, index) => [
    index === 0 ? qualified(externalIds.sale(orderRef)) : '',
    qualified(externalIds.line(orderRef, line.kind, line.of)),
    String(line.productId), line.title, String(line.quantity),
    ...(priced ? [String(toDecimal(line.unitPrice)), '0', line.taxIds.join(',')] : []),
    ...(routed ? [line.routeId === null ? '' : String(line.routeId)] : []),
  ]) // prettier-ignore
  await load(client, 'sale.order', columns, rows)
}

async function answerOf(
  { order, orderRef }: Ask<'sale.change'>,
  saleId: number,
  client: Client,
): Promise<Answer<'sale.change'>> {
  const [sale] = await client.read('sale.order', saleRow, [saleId])
  if (!sale) return { outcome: 'gone' }
  const left = order.lines.filter(({ quantity }) => quantity > 0).map(({ id }) => id)
  const lines = toldLines(await findLines(client, orderRef, sale.order_line, left))
  const currency = sale.currency_id ? sale.currency_id[1] : order.currency
  return { outcome: 'changed', total: fromFloat(sale.amount_total, currency), lines }
}
