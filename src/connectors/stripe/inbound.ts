/** What arrives from Stripe: `receive` proves who sent it and names it, `translate` says it in the hub's words. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Json } from '#canon/json.ts'
import type { PaymentCommand } from '#core/payment/payment.ts'
import { streams } from '#core/streams.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { cardNumberIn } from '#canon/card-number.ts'
import type { Delivery, HookRequest, Message, Received } from '../kit/connector.ts'
import { jsonOf } from '../kit/shape.ts'
import { SIGNATURE_TOLERANCE_MS } from './limits.ts'
import {
  type OrderNames, paymentOf, seenOfCharge, seenOfDispute, seenOfIntent, seenOfRefund,
} from './seen.ts' // prettier-ignore
import { charge, dispute, event, intent, refund, review, shaped, warning } from './shape.ts'

export interface ReceiveOptions {
  /** The secrets a signature may be made with: two while one is being replaced. */
  secrets(): readonly string[]
}

/** Verifies the signature over the exact bytes. Throws `forged` or `malformed`. */
export function receive({ headers, body, receivedAt }: HookRequest, { secrets }: ReceiveOptions): Received {
  const signature = headers['stripe-signature'] ?? ''
  if (!isSigned(body, signature, secrets(), Date.parse(receivedAt)))
    throw new Fault(
      'forged',
      'The signature of a webhook does not fit its bytes, or is too old. Check webhookSecrets and the clock.',
    )
  const text = new TextDecoder().decode(body)
  const shown = cardNumberIn(text)
  if (shown !== null)
    throw new Fault(
      'malformed',
      `A webhook was refused and not stored: it holds what looks like a card number, ${shown}.`,
      {
        code: 'stripe.card_number',
      },
    )
  const told = head.safeParse(jsonOf(text))
  if (!told.success)
    throw new Fault('malformed', 'A signed webhook lacks its id or its type.', { code: 'stripe.missing_member' })
  if (told.data.object !== 'event') return { ignore: 'a thin event: this endpoint is for events with their object' }
  return { key: told.data.id, topic: told.data.type }
}

const head = z.object({ id: z.string().min(1).max(200), object: z.string(), type: z.string().min(1).max(100) })

/** `t=` when it was signed in seconds, `v1=` hex HMAC-SHA256 of `t.body`, once per secret in force. */
export function isSigned(body: Uint8Array, header: string, secrets: readonly string[], nowMs: number): boolean {
  const parts = header.split(',').map((part) => part.trim().split('=', 2) as [string, string | undefined])
  const at = parts.find(([name]) => name === 't')?.[1] ?? ''
  if (!/^\d{1,12}$/.test(at) || Math.abs(nowMs - Number(at) * 1_000) > SIGNATURE_TOLERANCE_MS) return false
  const given = parts.flatMap(([name, value]) => (name === 'v1' && value ? [Buffer.from(value, 'hex')] : []))
  return secrets.some((secret) => {
    const expected = createHmac('sha256', secret).update(`${at}.`).update(body).digest()
    return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected))
  })
}

export interface TranslateOptions extends OrderNames {
  /** Name of the connection. */
  provider: string
}

/** Pure. Topics we did not ask for translate to nothing. Throws `malformed`. */
export function translate({ topic, body, receivedAt }: Delivery, options: TranslateOptions): Message[] {
  if (topic === 'poll/refused') {
    const { id, shown } = shaped(z.object({ id: z.string(), shown: z.string() }), body, topic)
    const detail = `Stripe holds what looks like a card number, ${shown}. It was not stored: take it out there.`
    const command: PaymentCommand = { type: 'payment.noteException', code: 'card_number', detail }
    return [{ stream: streams.payment(options.provider, id), command }]
  }
  const kind = kindOf(topic)
  if (!kind) return []
  if (topic.startsWith('poll/')) return TRANSLATIONS[kind](body, { at: receivedAt, topic, options })
  const told = shaped(event, body, topic)
  return TRANSLATIONS[kind](told.data.object as Json, { at: told.created, topic, options })
}

type Kind = 'intent' | 'charge' | 'refund' | 'dispute' | 'warning' | 'review'

function kindOf(topic: string): Kind | null {
  const name = topic.replace(/^poll\//, '')
  if (/^payment_intents?(\.|$)/.test(name)) return 'intent'
  if (/^charge\.dispute\.|^disputes$/.test(name)) return 'dispute'
  if (/^(refunds?|charge\.refund)(\.|$)/.test(name)) return 'refund'
  if (/^charges?(\.|$)/.test(name)) return 'charge'
  if (/^review\./.test(name)) return 'review'
  return /^radar[./]early_fraud_warnings?(\.|$)/.test(name) ? 'warning' : null
}

interface News {
  at: string
  topic: string
  options: TranslateOptions
}

const TRANSLATIONS: Readonly<Record<Kind, (body: Json, news: News) => Message[]>> = {
  intent(body, { at, topic, options }) {
    const one = shaped(intent, body, topic)
    return to(options, one.id, { type: 'payment.observe', seen: seenOfIntent(one, options), at })
  },
  charge(body, { at, topic, options }) {
    const one = shaped(charge, body, topic)
    const seen = seenOfCharge(one, options, topic === 'charge.expired')
    return to(options, one.payment_intent ?? one.id, { type: 'payment.observe', seen, at })
  },
  refund(body, { at, topic, options }) {
    const one = shaped(refund, body, topic)
    return to(options, paymentOf(one), { type: 'payment.observeRefund', refund: seenOfRefund(one), at })
  },
  dispute(body, { at, topic, options }) {
    const one = shaped(dispute, body, topic)
    return to(options, paymentOf(one), { type: 'payment.observeDispute', dispute: seenOfDispute(one), at })
  },
  warning(body, { at, topic, options }) {
    const one = shaped(warning, body, topic)
    const command = { type: 'payment.observeWarning', warningId: one.id, kind: one.fraud_type, at } as const
    return to(options, paymentOf(one), command)
  },
  review(body, { at, topic, options }) {
    const one = shaped(review, body, topic)
    const fraud = FRAUD_ENDS.includes(one.closed_reason ?? '')
    return to(options, paymentOf(one), { type: 'payment.observeReview', reviewId: one.id, open: one.open, fraud, at })
  },
}

/** Ends of a review after which the goods should not leave. */
const FRAUD_ENDS: readonly string[] = ['refunded_as_fraud', 'disputed']

const to = ({ provider }: TranslateOptions, id: string, command: PaymentCommand): Message[] => [
  { stream: streams.payment(provider, id), command },
]
