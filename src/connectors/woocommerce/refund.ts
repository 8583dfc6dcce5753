/**
 * Gives money back on an order through the shop's payment gateway. The shop knows no idempotency key: ours stands in
 * the refund's reason, which is stored with it at once, and in its meta data, which follows; it is looked for first.
 */
import { allocate, formatMoney, money, type Money, subtract } from '#canon/money.ts'
import type { Json } from '#canon/json.ts'
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import { Fault, toFault } from '../../fault.ts'
import type { Sent } from '../kit/connector.ts'
import { refuseStoreCredit } from '../kit/store-credit.ts'
import { byRate, chargeOf } from './amounts.ts'
import { fault } from './faults.ts'
import { readOrder } from './fulfilment.ts'
import type { Client } from './http.ts'
import { PER_PAGE_MAX, ZOMBIE_MS } from './limits.ts'
import type { LineBody, OrderBody } from './order-body.ts'
import { id, maybeText, meta, shaped } from './shape.ts'

type Refund = Ask<'refund.ensure'>

export interface RefundOptions {
  /** Payment methods whose refunds the shop only notes: somebody else sends the money. */
  notedRefunds: ReadonlySet<string>
}

const KEY = '_crossdock_refund'
const refunds = z.array(z.object({ id, reason: maybeText, meta_data: meta }))
const made = z.object({ id })

export async function refundEnsure(
  client: Client,
  { ask }: Sent<'refund.ensure'>,
  { notedRefunds }: RefundOptions,
): Promise<Answer<'refund.ensure'>> {
  refuseStoreCredit(ask, 'woocommerce.refund_refused')
  const order = await readOrder(client, ask)
  const path = `/orders/${order.id}/refunds`
  const known = order.refunds.length > 0 ? await find(client, path, ask) : null
  if (known !== null) return { refundId: known }
  const amount = formatMoney(ask.amount)
  const body: Json = {
    amount,
    reason: `${ask.reason.replaceAll('_', ' ')} ${mark(ask)}`,
    line_items: itemsOf(order, ask),
    api_refund: !notedRefunds.has(order.payment_method ?? ''),
    // Where the goods are is said by who receives them.
    api_restock: false,
    meta_data: [{ key: KEY, value: ask.key }],
  }
  const what = `to give ${amount} ${ask.amount.currency} back on order ${ask.orderName}`
  try {
    const answer = await client.call({ method: 'POST', path, body, what })
    return { refundId: String(shaped(made, answer.body, 'refund').id) }
  } catch (error) {
    throw lost(toFault(error))
  }
}

const mark = ({ key }: Refund): string => `(crossdock ${key})`

async function find(client: Client, path: string, ask: Refund): Promise<string | null> {
  const query = { per_page: PER_PAGE_MAX }
  const { body } = await client.call({ method: 'GET', path, query, what: `the refunds of order ${ask.orderName}` })
  const isOurs = ({ reason, meta_data: all }: z.infer<typeof refunds>[number]) =>
    reason?.endsWith(mark(ask)) === true || all.some(({ key, value }) => key === KEY && value === ask.key)
  const found = shaped(refunds, body, 'refunds').find(isOurs)
  return found ? String(found.id) : null
}

/** The gateway may still be at it: nobody looks for the refund before the server has ended the request. */
function lost(failed: Fault): Fault {
  if (failed.kind !== 'unavailable') return failed
  const { message, code, retryAfterMs = 0 } = failed
  return new Fault('unavailable', message, { code, retryAfterMs: Math.max(ZOMBIE_MS, retryAfterMs) })
}

/** Pieces and shipping as items of the refund: net, with the tax of each rate beside it. */
function itemsOf(order: OrderBody, { lines, shipping, taxesIncluded, orderName }: Refund): Json[] {
  const net = ({ amount, tax }: { amount: Money; tax: Money }) => (taxesIncluded ? subtract(amount, tax) : amount)
  const goods = [...order.line_items, ...order.fee_lines]
  const pieces = lines.map((line): Json => {
    const body = goods.find((one) => String(one.id) === line.lineId)
    if (!body) throw fault('rejected', 'woocommerce.unknown_line', `Order ${orderName} has no line ${line.lineId}.`)
    return item(body, line.quantity, { net: net(line), tax: line.tax })
  })
  if (!shipping || order.shipping_lines.length === 0) return pieces
  const weights = order.shipping_lines.map((one) => Math.max(0, chargeOf(one, order).amount))
  const [nets, taxes] = [allocate(net(shipping), weights), allocate(shipping.tax, weights)]
  const charges = order.shipping_lines.map((one, at) => item(one, 0, { net: nets[at]!, tax: taxes[at]! }))
  return [...pieces, ...charges]
}

function item(body: Pick<LineBody, 'id' | 'taxes'>, quantity: number, { net, tax }: { net: Money; tax: Money }): Json {
  const shares = byRate(tax, body.taxes)
  return {
    id: body.id,
    quantity,
    refund_total: Number(formatMoney(net)),
    refund_tax: body.taxes.map((rate, at) => ({
      id: rate.id,
      refund_total: Number(formatMoney(shares[at] ?? money(0, tax.currency))),
    })),
  }
}
