/**
 * When the hub captures an order's money: at once, or for each parcel its share when it leaves. Shares follow from the
 * pieces that have left in all, so that they add up to the cent whichever parcel is heard of first; what is cancelled
 * is let go, or given back. Nothing happens here unless policy says that capturing is the hub's business.
 */
import { allocate, type Money, money } from '#canon/money.ts'
import type { Order } from '#canon/order.ts'
import { type Note, note } from '../decider.ts'
import type { PaymentPolicy, Policy } from '../policy.ts'
import { streams } from '../streams.ts'
import { type OrderPayment, wanted } from './payment.ts'
import { redeemedIn } from './redeemed.ts'
import type { OrderState } from './state.ts'

/** From the order's parcels: so many pieces of each line have left in all. */
export interface NotePieces {
  type: 'order.notePieces'
  lines: readonly { lineId: string; cumulative: number }[]
}

export interface CapturePart {
  provider: string
  paymentId: string
  requestId: string
  amount: Money
  final: boolean
}

/** Of a cancelled order. `amount` null: nothing was taken yet, so it is only let go. */
export interface LetGoPart {
  provider: string
  paymentId: string
  requestId: string
  amount: Money | null
}

export type OrderCollectEvent =
  | { type: 'order.piecesLeft'; left: Readonly<Record<string, number>> }
  | { type: 'order.captureAsked'; parts: readonly CapturePart[] }
  | { type: 'order.moneyLetGo'; parts: readonly LetGoPart[] }

export interface Collecting {
  /** Pieces that have left, by line. */
  left: Readonly<Record<string, number>>
  /** Minor units asked for, by payment. */
  asked: Readonly<Record<string, number>>
  letGo: Readonly<Record<string, 'void' | 'refund'>>
  /** How many times something was asked for: requests are named by it. */
  count: number
}

const NOTHING: Collecting = { left: {}, asked: {}, letGo: {}, count: 0 }
const keyOf = ({ provider, paymentId }: { provider: string; paymentId: string }): string => `${provider}/${paymentId}`

export const isOfCollecting = (event: { type: string }): event is OrderCollectEvent =>
  event.type === 'order.piecesLeft' || event.type === 'order.captureAsked' || event.type === 'order.moneyLetGo'

/** More than before is news; the channel may tell of parcels in any order. */
export function notePieces({ collecting = NOTHING }: OrderState, { lines }: NotePieces): OrderCollectEvent[] {
  const left: Record<string, number> = { ...collecting.left }
  for (const { lineId, cumulative } of lines) left[lineId] = Math.max(cumulative, left[lineId] ?? 0)
  const isNews = lines.some(({ lineId, cumulative }) => cumulative > (collecting.left[lineId] ?? 0))
  return isNews ? [{ type: 'order.piecesLeft', left }] : []
}

export function evolveCollecting(state: OrderState, event: OrderCollectEvent): OrderState {
  const collecting = state.collecting ?? NOTHING
  if (event.type === 'order.piecesLeft') return { ...state, collecting: { ...collecting, left: event.left } }
  const count = collecting.count + 1
  if (event.type === 'order.moneyLetGo') {
    const letGo = { ...collecting.letGo }
    for (const part of event.parts) letGo[keyOf(part)] = part.amount ? 'refund' : 'void'
    return { ...state, collecting: { ...collecting, letGo, count } }
  }
  const asked = { ...collecting.asked }
  for (const part of event.parts) asked[keyOf(part)] = takenOf(state, part) + part.amount.amount
  return { ...state, collecting: { ...collecting, asked, count } }
}

const takenOf = ({ collecting, payments = [] }: OrderState, one: { provider: string; paymentId: string }): number => {
  const known = payments.find((each) => keyOf(each) === keyOf(one))
  return Math.max(collecting?.asked[keyOf(one)] ?? 0, known?.captured.amount ?? 0)
}

export function reactToCollecting(event: OrderCollectEvent): Note[] {
  if (event.type === 'order.piecesLeft') return []
  if (event.type === 'order.captureAsked')
    return event.parts.map(({ provider, paymentId, requestId, amount, final }) =>
      note(streams.payment(provider, paymentId), { type: 'payment.capture', requestId, amount, final }),
    )
  return event.parts.map(({ provider, paymentId, requestId, amount }) => {
    const to = streams.payment(provider, paymentId)
    const reason = 'the order was cancelled'
    return amount
      ? note(to, { type: 'payment.refund', requestId, amount, reason })
      : note(to, { type: 'payment.void', reason })
  })
}

type Mode = NonNullable<PaymentPolicy['capture']>

function modeOf({ provider }: OrderPayment, { channel }: Order, { payments }: Policy): Mode {
  const rules = payments?.[provider]
  return rules?.channels.includes(channel) ? (rules.capture ?? 'by_channel') : 'by_channel'
}

/** Whether parcels of the channel have to be told of. */
export const collectsByParcel = ({ payments }: Policy, channel: string): boolean =>
  Object.values(payments ?? {}).some((one) => one.capture === 'at_shipment' && one.channels.includes(channel))

/** What has to be asked of the payments now; null when nothing is. */
export function collectStep(state: OrderState, policy: Policy): OrderCollectEvent | null {
  const { order, payments = [], cancel, stage } = state
  if (!order || payments.length === 0) return null
  const ours = payments
    .filter((one) => modeOf(one, order, policy) !== 'by_channel')
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  if (ours.length === 0) return null
  if (stage === 'cancelled') return letGo(state, order, ours)
  if (cancel || (stage !== 'confirmed' && stage !== 'completed') || order.fulfilledBy === 'channel') return null
  return capture(state, order, { ours, others: payments.filter((one) => !ours.includes(one)), policy })
}

interface Split {
  ours: readonly OrderPayment[]
  /** Whose capturing is none of our business: what they have counts first. */
  others: readonly OrderPayment[]
  policy: Policy
}

function capture(state: OrderState, order: Order, { ours, others, policy }: Split): OrderCollectEvent | null {
  const { left, count } = state.collecting ?? NOTHING
  const { currency } = ours[0]!.authorised
  const due = wanted(order, currency)
  if (due === null || ours.some(({ authorised }) => authorised.currency !== currency)) return null
  const total = money(due, currency)
  const complete = hasAllLeft(order, left)
  const parts: CapturePart[] = []
  let covered = others.reduce(
    (sum, one) => sum + (one.closed ? one.captured : one.authorised).amount,
    redeemedIn(order, currency),
  )
  for (const one of ours) {
    const mode = modeOf(one, order, policy)
    const need = mode === 'at_once' || complete ? due : dueAfter(order, left, total)
    const taken = takenOf(state, one)
    const want = Math.min(Math.max(0, need - covered), one.authorised.amount)
    const amount = one.closed ? 0 : want - taken
    const requestId = `${order.channel}:${order.externalId}/${count + 1}.${parts.length + 1}`
    const { provider, paymentId } = one
    const final = mode === 'at_once' || complete
    if (amount > 0) parts.push({ provider, paymentId, requestId, amount: money(amount, currency), final })
    covered += Math.max(want, taken)
  }
  return parts.length > 0 ? { type: 'order.captureAsked', parts } : null
}

/** A capture that is under way is waited for: it may come yet, and is given back then. */
function letGo(state: OrderState, order: Order, ours: readonly OrderPayment[]): OrderCollectEvent | null {
  const { asked, letGo: known, count } = state.collecting ?? NOTHING
  const parts: LetGoPart[] = []
  for (const one of ours) {
    const { provider, paymentId, captured, refunded, authorised, closed } = one
    const key = keyOf(one)
    const requestId = `${order.channel}:${order.externalId}/cancelled.${count + 1}.${parts.length + 1}`
    const back = captured.amount - refunded.amount
    if ((asked[key] ?? 0) > captured.amount && !closed) continue
    if (captured.amount > 0 && back > 0 && known[key] !== 'refund')
      parts.push({ provider, paymentId, requestId, amount: money(back, captured.currency) })
    else if (captured.amount === 0 && authorised.amount > 0 && !closed && known[key] === undefined)
      parts.push({ provider, paymentId, requestId, amount: null })
  }
  return parts.length > 0 ? { type: 'order.moneyLetGo', parts } : null
}

type Line = Order['lines'][number]
const isSent = ({ requiresShipping, giftCard }: Line): boolean => requiresShipping && !giftCard

const hasAllLeft = ({ lines }: Order, left: Collecting['left']): boolean =>
  lines.filter(isSent).every(({ id, quantity }) => (left[id] ?? 0) >= quantity)

/**
 * What the pieces that have left come to: the total is split over the lines by what they cost (largest remainder), a
 * line over its pieces. Shipping, and what nobody has to send, goes with the first piece.
 */
export function dueAfter(order: Order, left: Collecting['left'], total: Money): number {
  const goods = order.lines.filter((line) => isSent(line) && line.quantity > 0)
  const worth = (line: Line) => net(line, order, line.unitPrice.amount * line.quantity)
  const beside = order.lines.filter((line) => !isSent(line)).map(worth)
  const freight = order.shipping.map((one) => net(one, order, one.price.amount))
  const first = [...beside, ...freight].reduce((sum, one) => sum + one, 0)
  const [share, ...shares] = allocate(total, [first, ...goods.map(worth)])
  if (goods.every(({ id }) => (left[id] ?? 0) === 0)) return 0
  return goods.reduce(
    (sum, { id, quantity }, at) => sum + piecesOf(shares[at]!.amount, left[id] ?? 0, quantity),
    share!.amount,
  )
}

const net = (one: Pick<Line, 'discount' | 'taxes'>, { taxesIncluded }: Order, gross: number): number => {
  const taxes = taxesIncluded ? 0 : one.taxes.reduce((sum, { amount }) => sum + amount.amount, 0)
  return Math.max(0, gross - one.discount.amount + taxes)
}

/** The first pieces bear the cents that do not divide. */
function piecesOf(share: number, left: number, quantity: number): number {
  const pieces = Math.min(left, quantity)
  return Math.floor(share / quantity) * pieces + Math.min(pieces, share % quantity)
}
