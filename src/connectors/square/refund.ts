/**
 * Gives money back on an online order, through the payments it was made with. How long Square knows an idempotency key
 * is not published, so our key stands in the refund's reason too, and is looked for first.
 */
import { createHash } from 'node:crypto'
import { formatMoney, money } from '#canon/money.ts'
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Sent } from '../kit/connector.ts'
import { refuseStoreCredit } from '../kit/store-credit.ts'
import { readOrder } from './fulfilment.ts'
import { LOST, markOf } from './order-refunds.ts'
import { paymentsOf, readRefund } from './sales.ts'
import { shaped } from './shape.ts'
import { type Payment, refund, type Refund } from './shapes.ts'
import type { Client } from './wire.ts'

type Giving = Ask<'refund.ensure'>

const made = z.object({ refund })

export async function refundEnsure(client: Client, { ask }: Sent<'refund.ensure'>): Promise<Answer<'refund.ensure'>> {
  refuseStoreCredit(ask, 'square.refund_refused')
  const order = await readOrder(client, ask.externalId, `reading order ${ask.orderName}`)
  const payments = (await paymentsOf(client, order)).filter(({ status }) => status === 'COMPLETED')
  const known = new Map<Payment, Refund[]>()
  for (const payment of payments) {
    const all: Refund[] = []
    for (const id of payment.refund_ids) {
      const one = await readRefund(client, id)
      if (one) all.push(one)
    }
    known.set(payment, all)
  }
  const ours = [...known.values()].flat().filter(({ reason }) => reason?.endsWith(markOf(ask.key)))
  if (ours.some(({ status }) => LOST.has(status)))
    throw rejected(`The bank refused refund ${ask.key} of order ${ask.orderName}. Give the money in another way.`)
  const given = ours.map(({ id, payment_id: of, amount_money: amount }) => ({ id, of, amount: amount.amount }))
  let open = ask.amount.amount - given.reduce((all, { amount }) => all + amount, 0)
  const parts = payments.flatMap((payment) => {
    const gone = known.get(payment)!.filter(({ status }) => !LOST.has(status))
    const left = payment.total_money.amount - gone.reduce((all, one) => all + one.amount_money.amount, 0)
    const share = given.some(({ of }) => of === payment.id) ? 0 : Math.min(open, Math.max(0, left))
    open -= share
    return share > 0 ? [{ payment, amount: share }] : []
  })
  if (open > 0) throw beyond(ask)
  const refundIds = given.map(({ id }) => id)
  for (const { payment, amount } of parts) refundIds.push(await give(client, ask, payment, amount))
  return { refundId: refundIds[0]! }
}

/** Longest idempotency key of a refund. */
const KEY_LENGTH = 45
/** Longest reason. */
const REASON_LENGTH = 192

async function give(client: Client, ask: Giving, { id }: Payment, amount: number): Promise<string> {
  const { key, externalId, orderName, reason } = ask
  const mark = markOf(key)
  const sum = money(amount, ask.amount.currency)
  const body = {
    idempotency_key: createHash('sha256').update(`${externalId}/${key}/${id}`).digest('hex').slice(0, KEY_LENGTH),
    payment_id: id,
    amount_money: sum,
    reason: `${reason.replaceAll('_', ' ').slice(0, REASON_LENGTH - mark.length - 1)} ${mark}`,
  }
  const what = `giving ${formatMoney(sum)} ${sum.currency} back on order ${orderName}`
  const answer = await client.call({ method: 'POST', path: '/v2/refunds', body, what })
  return shaped(made, answer, 'a refund').refund.id
}

const beyond = ({ orderName }: Giving): Fault =>
  rejected(`The payments of order ${orderName} hold less than is to be given back. Look at them in Square.`)

const rejected = (message: string): Fault => new Fault('rejected', message, { code: 'square.refund_refused' })
