/**
 * Gives money back on an order through the payment it was made with. The shop remembers the key of `refundCreate` for a
 * day; the key also stands in the refund's note, so that a repeat is found however late it comes.
 */
import { z } from 'zod'
import { formatMoney, parseMoney } from '#canon/money.ts'
import type { Answer, Ask } from '#core/intents.ts'
import { Fault } from '../../fault.ts'
import type { Sent } from '../kit/connector.ts'
import type { Caller, Operation } from './graphql.ts'
import { gid, numberOf } from './ids.ts'
import { rejected } from './outbound.ts'
import { quotable } from './wire.ts'

const shopMoney = z.object({ shopMoney: z.object({ amount: z.string(), currencyCode: z.string() }) })
const transaction = z.object({
  id: z.string(),
  kind: z.string(),
  status: z.string(),
  gateway: z.string().nullish(),
  amountSet: shopMoney,
  parentTransaction: z.object({ id: z.string() }).nullish(),
})
type Transaction = z.infer<typeof transaction>

/** More refunds and transactions than anybody makes of one order. */
const MANY = 50

export const readPaid = {
  name: 'ReadPaid',
  answer: z.object({
    order: z
      .object({
        refunds: z.array(z.object({ id: z.string(), note: z.string().nullish() })),
        transactions: z.array(transaction),
      })
      .nullable(),
  }),
  text: `query ReadPaid($id: ID!) {
    order(id: $id) {
      refunds(first: ${MANY}) { id note }
      transactions(first: ${MANY}) {
        id kind status gateway amountSet { shopMoney { amount currencyCode } } parentTransaction { id }
      }
    }
  }`,
} satisfies Operation<unknown>

export const createRefund = {
  name: 'CreateRefund',
  answer: z.object({
    refundCreate: z.object({
      refund: z.object({ id: z.string() }).nullable(),
      userErrors: z.array(z.object({ message: z.string() })),
    }),
  }),
  text: `mutation CreateRefund($input: RefundInput!, $key: String!) {
    refundCreate(input: $input) @idempotent(key: $key) { refund { id } userErrors { field message } }
  }`,
} satisfies Operation<unknown>

const noteOf = ({ key, reason }: Ask<'refund.ensure'>): string => `${reason.replaceAll('_', ' ')} (crossdock ${key})`

export async function refundEnsure(graphql: Caller, { ask }: Sent<'refund.ensure'>): Promise<Answer<'refund.ensure'>> {
  const { externalId, orderName, key, amount, lines, shipping } = ask
  const id = gid('Order', externalId)
  const { order } = await graphql.call(readPaid, { id })
  if (!order) throw rejected('unknown_order', `The shop has no order ${orderName} any more.`)
  const done = order.refunds.find(({ note }) => note?.endsWith(`(crossdock ${key})`))
  if (done) return { refundId: numberOf(done.id) }
  const { refundCreate: answer } = await graphql.call(createRefund, {
    key: `${externalId}/${key}`,
    input: {
      orderId: id,
      note: noteOf(ask),
      // Where the goods are is said by who receives them.
      refundLineItems: lines.map(({ lineId, quantity }) => ({
        lineItemId: gid('LineItem', lineId),
        quantity,
        restockType: 'NO_RESTOCK',
      })),
      ...(shipping && shipping.amount.amount > 0 ? { shipping: { amount: formatMoney(shipping.amount) } } : {}),
      ...backOn(id, order.transactions, ask),
    },
  })
  if (answer.refund) return { refundId: numberOf(answer.refund.id) }
  const said = quotable(answer.userErrors.map(({ message }) => message).join(' '))
  const message = `Shopify refused to give ${formatMoney(amount)} ${amount.currency} back on order ${orderName}: ${said}`
  if (/in progress/i.test(said)) throw new Fault('conflict', message, { code: 'shopify.concurrent' })
  throw rejected('refund_refused', message)
}

/** As store credit, which is given back on no payment; or on the payments it was paid with. */
function backOn(orderId: string, all: readonly Transaction[], ask: Ask<'refund.ensure'>) {
  const shares = payBack(all, ask)
  if (!ask.storeCredit) return { transactions: shares.map((one) => ({ ...one, orderId, kind: 'REFUND' })) }
  const { amount } = ask
  const credit = { amount: { amount: formatMoney(amount), currencyCode: amount.currency } }
  return { transactions: [], refundMethods: [{ storeCreditRefund: credit }] }
}

/**
 * From the payments with something left of them, the first first: a gift card's money goes to the gift card, and never
 * more to each than it gave. What became store credit went to none of them, and still is gone.
 *
 * @throws Fault `rejected` when they hold less than that.
 */
function payBack(all: readonly Transaction[], { orderName, amount }: Ask<'refund.ensure'>) {
  const good = all.filter(({ status }) => status === 'SUCCESS' || status === 'PENDING')
  const payments = good.filter(({ kind, status }) => (kind === 'SALE' || kind === 'CAPTURE') && status === 'SUCCESS')
  const refunds = good.filter(({ kind }) => kind === 'REFUND')
  let open = amount.amount
  const back = payments.flatMap(({ id, gateway, amountSet }) => {
    const gone = refunds.filter((one) => one.parentTransaction?.id === id)
    const share = Math.min(open, Math.max(0, minor(amountSet) - total(gone)))
    open -= share
    const money = formatMoney({ amount: share, currency: amount.currency })
    return share > 0 ? [{ parentId: id, gateway: gateway ?? 'manual', amount: money }] : []
  })
  if (open === 0 && amount.amount <= total(payments) - total(refunds)) return back
  throw rejected(
    'refund_beyond',
    `The payments of order ${orderName} hold less than is to be given back. Look at them in the shop.`,
  )
}

const total = (all: readonly Transaction[]): number => all.reduce((sum, one) => sum + minor(one.amountSet), 0)

const minor = ({ shopMoney: { amount, currencyCode } }: z.infer<typeof shopMoney>): number =>
  parseMoney(amount, currencyCode)?.amount ?? 0
