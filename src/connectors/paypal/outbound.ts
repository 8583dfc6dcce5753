/**
 * What the hub asks of PayPal, each as an ensure: it looks first, so that a repeat after the 45 days for which
 * `PayPal-Request-Id` is remembered does no harm.
 */
import type { Money } from '#canon/money.ts'
import type { Answer } from '#core/intents.ts'
import { createHash } from 'node:crypto'
import { Fault } from '../../fault.ts'
import type { Sent } from '../kit/connector.ts'
import { fromPaypal, toPaypal } from './amounts.ts'
import {
  authorizationsOf, capturesOf, customIdOf, type OrderNames, refundsOf, requestOf, seenOfOrder, seenOfRefund,
} from './seen.ts' // prettier-ignore
import { type Capture, capture as captureShape, type Order, order, refund, shaped } from './shape.ts'
import type { Client } from './wire.ts'

async function readOrder(client: Client, id: string): Promise<Order> {
  const path = `/v2/checkout/orders/${encodeURIComponent(id)}`
  return shaped(order, await client.call({ method: 'GET', path, what: 'reading the order' }), 'the order')
}

/** A payment that is a bare capture has no order. */
async function orderIfAny(client: Client, id: string): Promise<Order | null> {
  try {
    return await readOrder(client, id)
  } catch (error) {
    if (error instanceof Fault && error.code === 'paypal.not_found') return null
    throw error
  }
}

/** The same for the same request for good, whichever event asks for it. */
const keyOf = (...parts: string[]): string => createHash('sha256').update(parts.join('\n')).digest('hex')

const OPEN: ReadonlySet<string> = new Set(['CREATED', 'PARTIALLY_CAPTURED', 'PENDING'])
const LOST: ReadonlySet<string> = new Set(['DECLINED', 'FAILED'])

/** What was captured in all tells whether it was done; what PayPal still looks at counts as asked. */
export async function capture(
  client: Client,
  { ask }: Sent<'payment.capture'>,
  names: OrderNames,
): Promise<Answer<'payment.capture'>> {
  const { paymentId, requestId, amount, cumulative, final } = ask
  const one = await readOrder(client, paymentId)
  const seen = seenOfOrder(one, names)
  if (seen.currency !== amount.currency)
    throw refused('paypal.currency_differs', `The payment is in ${seen.currency}, the capture in ${amount.currency}.`)
  const reached = capturesOf(one)
    .filter(({ status }) => !LOST.has(status))
    .reduce((sum, each) => sum + fromPaypal(each.amount).amount, 0)
  if (reached >= cumulative.amount) return seen
  const open = authorizationsOf(one).find(({ status }) => OPEN.has(status))
  if (!open || reached + amount.amount !== cumulative.amount)
    throw refused(
      'paypal.not_capturable',
      `The order is ${one.status} with ${reached} captured; ${cumulative.amount} were to be reached.`,
    )
  await client.call({
    method: 'POST',
    path: `/v2/payments/authorizations/${encodeURIComponent(open.id)}/capture`,
    body: { amount: toPaypal(amount), final_capture: final },
    key: keyOf('capture', paymentId, requestId),
    what: 'capturing the payment',
  })
  return seenOfOrder(await readOrder(client, paymentId), names)
}

export async function release(
  client: Client,
  { ask }: Sent<'payment.void'>,
  names: OrderNames,
): Promise<Answer<'payment.void'>> {
  const one = await readOrder(client, ask.paymentId)
  const open = authorizationsOf(one).filter(({ status }) => OPEN.has(status))
  if (open.length === 0 || open.some(({ status }) => status === 'PARTIALLY_CAPTURED')) return seenOfOrder(one, names)
  for (const { id } of open)
    await client.call({
      method: 'POST',
      path: `/v2/payments/authorizations/${encodeURIComponent(id)}/void`,
      key: keyOf('void', id),
      what: 'letting the payment go',
    })
  return seenOfOrder(await readOrder(client, ask.paymentId), names)
}

/** Found again by the request in its `custom_id`, however long ago it was made. */
export async function giveBack(
  client: Client,
  { ask, attempt }: Sent<'payment.refund'>,
): Promise<Answer<'payment.refund'>> {
  const { paymentId, requestId, amount } = ask
  const one = await orderIfAny(client, paymentId)
  const done = one && refundsOf(one).find(({ custom_id: name }) => requestOf(name) === requestId)
  if (done) return seenOfRefund(done)
  const captureId = one ? fromCapture(one, amount, ask.captureId) : (ask.captureId ?? paymentId)
  if (!one) await lookAtBare(client, captureId, attempt)
  const answer = await client.call({
    method: 'POST',
    path: `/v2/payments/captures/${encodeURIComponent(captureId)}/refund`,
    body: { amount: toPaypal(amount), custom_id: customIdOf(requestId) },
    key: keyOf('refund', paymentId, requestId),
    what: 'giving money back',
  })
  return seenOfRefund(shaped(refund, answer, 'the refund'), captureId)
}

/** PayPal gives back by capture, and never more than it took. */
function fromCapture(one: Order, amount: Money, named: string | undefined): string {
  const taken = (each: Capture) => !LOST.has(each.status) && fromPaypal(each.amount).amount >= amount.amount
  const captureId = named ?? capturesOf(one).find(taken)?.id
  if (captureId !== undefined) return captureId
  throw refused('paypal.beyond_captured', `No capture of the order is of ${amount.amount} ${amount.currency} or more.`)
}

/** Its refunds cannot be listed: that the key is the same for the same request keeps a repeat harmless, for 45 days. */
async function lookAtBare(client: Client, captureId: string, attempt: number): Promise<void> {
  const path = `/v2/payments/captures/${encodeURIComponent(captureId)}`
  const answer = await client.call({ method: 'GET', path, what: 'reading the capture' })
  const { status } = shaped(captureShape, answer, 'the capture')
  if (status === 'REFUNDED' && attempt === 1)
    throw refused('paypal.beyond_captured', 'All of the capture was given back already.')
}

const refused = (code: string, message: string): Fault => new Fault('rejected', message, { code })
