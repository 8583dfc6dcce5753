/**
 * What the hub asks of Stripe, each as an ensure: it looks first, so that a repeat after the key's 24 hours does no
 * harm.
 */
import type { Answer } from '#core/intents.ts'
import { Fault } from '../../fault.ts'
import type { Sent } from '../kit/connector.ts'
import { fromStripe, toStripe } from './amounts.ts'
import { PAGE } from './limits.ts'
import { type OrderNames, REQUEST_KEY, seenOfIntent, seenOfRefund } from './seen.ts'
import { type Intent, intent, listOf, type Refund, refund, shaped } from './shape.ts'
import type { Client } from './wire.ts'

async function readIntent(client: Client, id: string): Promise<Intent> {
  if (!id.startsWith('pi_'))
    throw new Fault('rejected', `${id} is no payment intent: capture or cancel it in Stripe.`, {
      code: 'stripe.not_capturable',
    })
  const path = `/v1/payment_intents/${encodeURIComponent(id)}`
  return shaped(intent, await client.call({ method: 'GET', path, what: 'reading the payment' }), 'the payment')
}

/** What was captured in all tells whether it was done: by us, or by somebody else in the same amount. */
export async function capture(
  client: Client,
  { key, ask }: Sent<'payment.capture'>,
  names: OrderNames,
): Promise<Answer<'payment.capture'>> {
  const { paymentId, requestId, amount, cumulative, final } = ask
  const one = await readIntent(client, paymentId)
  const captured = fromStripe(one.amount_received, one.currency)
  if (captured.currency !== amount.currency)
    throw refused(
      'stripe.currency_differs',
      `The payment is in ${captured.currency}, the capture in ${amount.currency}.`,
    )
  if (captured.amount >= cumulative.amount) return seenOfIntent(one, names)
  if (one.status !== 'requires_capture' || captured.amount + amount.amount !== cumulative.amount)
    throw refused(
      'stripe.not_capturable',
      `The payment is '${one.status}' with ${captured.amount} captured; ${cumulative.amount} were to be reached.`,
    )
  const answer = await client.call({
    method: 'POST',
    path: `/v1/payment_intents/${encodeURIComponent(paymentId)}/capture`,
    values: {
      amount_to_capture: toStripe(amount),
      ...(final ? {} : { final_capture: false }),
      metadata: { [REQUEST_KEY]: requestId },
    },
    key,
    what: 'capturing the payment',
  })
  return seenOfIntent(shaped(intent, answer, 'the captured payment'), names)
}

export async function release(
  client: Client,
  { key, ask }: Sent<'payment.void'>,
  names: OrderNames,
): Promise<Answer<'payment.void'>> {
  const one = await readIntent(client, ask.paymentId)
  if (one.status === 'canceled' || one.status === 'succeeded') return seenOfIntent(one, names)
  const path = `/v1/payment_intents/${encodeURIComponent(ask.paymentId)}/cancel`
  const answer = await client.call({ method: 'POST', path, key, what: 'letting the payment go' })
  return seenOfIntent(shaped(intent, answer, 'the cancelled payment'), names)
}

/** Found again by the request in its metadata, however long ago it was made. */
export async function giveBack(
  client: Client,
  { key, ask }: Sent<'payment.refund'>,
): Promise<Answer<'payment.refund'>> {
  const { paymentId, requestId, amount, reason } = ask
  const of = paymentId.startsWith('pi_') ? { payment_intent: paymentId } : { charge: paymentId }
  const known = await refundsOf(client, of)
  const done = known.find(({ metadata }) => metadata[REQUEST_KEY] === requestId)
  if (done) return seenOfRefund(done)
  const values = {
    ...of,
    amount: toStripe(amount),
    metadata: { [REQUEST_KEY]: requestId, crossdock_reason: reason.slice(0, 500) },
  }
  const answer = await client.call({ method: 'POST', path: '/v1/refunds', values, key, what: 'giving money back' })
  return seenOfRefund(shaped(refund, answer, 'the refund'))
}

async function refundsOf(client: Client, of: Readonly<Record<string, string>>): Promise<Refund[]> {
  const all: Refund[] = []
  for (let more = true; more;) {
    const after = all.at(-1)?.id
    const values = { ...of, limit: PAGE, ...(after ? { starting_after: after } : {}) }
    const answer = await client.call({ method: 'GET', path: '/v1/refunds', values, what: 'looking for the refund' })
    const page = shaped(listOf(refund), answer, 'the list of refunds')
    all.push(...page.data)
    more = page.has_more && page.data.length > 0
  }
  return all
}

const refused = (code: string, message: string): Fault => new Fault('rejected', message, { code })
