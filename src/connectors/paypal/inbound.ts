/** What arrives from PayPal: `receive` proves who sent it and names it, `translate` says it in the hub's words. */
import type { Json } from '#canon/json.ts'
import type { CaptureCommand, CaptureNews } from '#core/payment/capture.ts'
import type { PaymentCommand } from '#core/payment/payment.ts'
import { streams } from '#core/streams.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { cardNumberIn } from '#canon/card-number.ts'
import type { Delivery, HookRequest, Message, Received } from '../kit/connector.ts'
import { jsonOf } from '../kit/shape.ts'
import { type Certificates, isSigned } from './certificate.ts'
import {
  captureOf, type OrderNames, seenOfAuthorization, seenOfCapture, seenOfDispute, seenOfOrder, seenOfRefund,
} from './seen.ts' // prettier-ignore
import { authorization, capture, dispute, event, malformed, order, refund, shaped } from './shape.ts'

export interface ReceiveOptions {
  certificates: Certificates
  /** Ids of the webhooks that may have sent it. */
  webhookIds(): readonly string[]
}

/** Verifies the signature over the exact bytes. Throws `forged`, `malformed`, or `unavailable`. */
export function receive(request: HookRequest, { certificates, webhookIds }: ReceiveOptions): Received {
  const key = certificates.keyOf(request.headers['paypal-cert-url'] ?? '')
  if (!key || !isSigned(request, webhookIds(), key))
    throw new Fault(
      'forged',
      'The signature of a webhook does not fit its bytes. Check webhookId and certificateHosts.',
      {
        code: 'paypal.forged',
      },
    )
  const text = new TextDecoder().decode(request.body)
  const shown = cardNumberIn(text)
  if (shown !== null)
    throw new Fault(
      'malformed',
      `A webhook was refused and not stored: it holds what looks like a card number, ${shown}.`,
      { code: 'paypal.card_number' },
    )
  const told = head.safeParse(jsonOf(text))
  if (!told.success)
    throw new Fault('malformed', 'A signed webhook lacks its id or its type.', { code: 'paypal.missing_member' })
  return { key: told.data.id, topic: told.data.event_type }
}

const head = z.object({ id: z.string().min(1).max(200), event_type: z.string().min(1).max(100) })

export interface TranslateOptions extends OrderNames {
  /** Name of the connection. */
  provider: string
}

/** Pure. Topics we did not ask for translate to nothing. Throws `malformed`. */
export function translate({ topic, body, receivedAt }: Delivery, options: TranslateOptions): Message[] {
  if (topic === 'poll/refused') {
    const { id, shown } = shaped(z.object({ id: z.string(), shown: z.string() }), body, topic)
    const detail = `PayPal holds what looks like a card number, ${shown}. It was not stored: take it out there.`
    return [toPayment(options, id, { type: 'payment.noteException', code: 'card_number', detail })]
  }
  const kind = KINDS.find(([pattern]) => pattern.test(topic))?.[1]
  if (!kind) return []
  if (topic.startsWith('poll/')) return TRANSLATIONS[kind](body, { at: receivedAt, topic, options })
  const told = shaped(event, body, topic)
  return TRANSLATIONS[kind](told.resource as Json, { at: told.create_time, topic, options })
}

type Kind = 'authorization' | 'capture' | 'refund' | 'order' | 'dispute'

const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/^PAYMENT\.AUTHORIZATION\.|^poll\/authorization$/, 'authorization'],
  [/^PAYMENT\.CAPTURE\.REFUNDED$|^PAYMENT\.REFUND\.|^poll\/refund$/, 'refund'],
  [/^PAYMENT\.CAPTURE\.(COMPLETED|DENIED|DECLINED|PENDING)$|^poll\/capture$/, 'capture'],
  [/^CHECKOUT\.ORDER\.(APPROVED|COMPLETED|VOIDED)$/, 'order'],
  [/^CUSTOMER\.DISPUTE\.|^poll\/dispute$/, 'dispute'],
]

interface News {
  at: string
  topic: string
  options: TranslateOptions
}

const TRANSLATIONS: Readonly<Record<Kind, (body: Json, news: News) => Message[]>> = {
  order(body, { at, topic, options }) {
    const one = shaped(order, body, topic)
    return [toPayment(options, one.id, { type: 'payment.observe', seen: seenOfOrder(one, options), at })]
  },
  authorization(body, { at, topic, options }) {
    const one = shaped(authorization, body, topic)
    const id = one.supplementary_data?.related_ids?.order_id ?? one.id
    return [toPayment(options, id, { type: 'payment.observe', seen: seenOfAuthorization(one, options), at })]
  },
  capture(body, { at, topic, options }) {
    const one = shaped(capture, body, topic)
    const news = { type: 'payment.observe', seen: seenOfCapture(one, options), at } as const
    const related = one.supplementary_data?.related_ids
    const paymentId = related?.order_id ?? related?.authorization_id
    if (!paymentId) return [toCapture(options, one.id, { type: 'capture.tell', news })]
    return [toPayment(options, paymentId, news), toCapture(options, one.id, { type: 'capture.belongs', paymentId })]
  },
  refund(body, { at, topic, options }) {
    const one = shaped(refund, body, topic)
    const captureId = captureOf(one.links)
    if (captureId === undefined) throw malformed(`${topic}: the refund does not say which capture it is of.`)
    return tell(options, captureId, { type: 'payment.observeRefund', refund: seenOfRefund(one), at })
  },
  dispute(body, { at, topic, options }) {
    const one = shaped(dispute, body, topic)
    const captureId = one.disputed_transactions.find((each) => each.seller_transaction_id)?.seller_transaction_id
    if (!captureId) throw malformed(`${topic}: the dispute does not say which transaction it is about.`)
    return tell(options, captureId, { type: 'payment.observeDispute', dispute: seenOfDispute(one), at })
  },
}

const tell = (options: TranslateOptions, captureId: string, news: CaptureNews): Message[] => [
  toCapture(options, captureId, { type: 'capture.tell', news }),
]

const toPayment = ({ provider }: TranslateOptions, id: string, command: PaymentCommand): Message => ({
  stream: streams.payment(provider, id),
  command,
})

const toCapture = ({ provider }: TranslateOptions, id: string, command: CaptureCommand): Message => ({
  stream: streams.capture(provider, id),
  command,
})
