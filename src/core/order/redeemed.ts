/**
 * What of an order was paid with what the retailer owed already: gift cards, store credit. No provider has that money,
 * so none is waited for with it; and where policy says so it becomes a payment in the ERP against what is owed, once
 * the invoice is there, as does what is given back to them. What was paid in other ways goes the same way: takings.ts.
 */
import type { Order, Redemption } from '#canon/order.ts'
import { dayIn } from '#canon/day.ts'
import type { Done, Failed, Intent } from '../intents.ts'
import type { Policy } from '../policy.ts'
import type { OrderState } from './state.ts'

export type OrderRedemptionEvent =
  | {
      type: 'order.redemptionAsked'
      redemption: Redemption
      date: string
      invoiceId: string
      again?: true
      /** Where the money waits that was paid in another way. */
      account?: string
    }
  | { type: 'order.redemptionBooked'; id: string; entry: string }
  | { type: 'order.redemptionFailed'; id: string; message: string }

export interface RedemptionAsk {
  orderRef: string
  orderName: string
  saleId: string
  invoiceId: string
  /** Names the payment, or what went back to it, for good. */
  key: string
  date: string
  /** Negative when it went back. */
  amount: Redemption['amount']
  /** Code of the account against which it is booked; what is owed for gift cards unless said. */
  account?: string
}

/** A redemption in the ERP's books, or on its way there. `version`: of the event that last asked. */
export interface Booking {
  id: string
  version: number
  step: 'asked' | 'booked' | 'failed'
  /** What was asked for, of what was paid in another way. */
  taken?: Pick<Extract<OrderRedemptionEvent, { type: 'order.redemptionAsked' }>, 'redemption' | 'date' | 'account'>
}

export const isOfRedemption = (event: { type: string }): event is OrderRedemptionEvent =>
  event.type.startsWith('order.redemption')

/** Minor units of that currency that were paid so and not given back; nothing of what is in another. */
export function redeemedIn({ redeemed = [] }: Order, currency: string): number {
  const amounts = redeemed.flatMap(
    ({ amount, presentment }) => [amount, presentment].find((one) => one?.currency === currency) ?? [],
  )
  return Math.max(
    0,
    amounts.reduce((sum, { amount }) => sum + amount, 0),
  )
}

/** News of a channel that does not tell of them leaves what is known. */
export const withRedeemed = (order: Order, known: Order | null): Order =>
  order.redeemed || !known?.redeemed ? order : { ...order, redeemed: known.redeemed }

/** What has to be booked now. */
export function redemptionSteps({ order, invoice, bookings = [] }: OrderState, policy: Policy): OrderRedemptionEvent[] {
  if (!order || typeof invoice !== 'object' || policy.channels[order.channel]?.redeemed !== 'booked') return []
  const { invoiceId } = invoice
  const { timeZone } = policy.channels[order.channel]!
  return (order.redeemed ?? [])
    .filter(({ id }) => !bookings.some((one) => one.id === id))
    .map((redemption) => ({
      type: 'order.redemptionAsked',
      redemption,
      date: dayIn(redemption.at, timeZone),
      invoiceId,
    }))
}

/** By a person, after mending what kept them out. */
export function redemptionsAgain(
  { order, invoice, bookings = [] }: OrderState,
  policy: Policy,
): OrderRedemptionEvent[] {
  if (typeof invoice !== 'object') return []
  const { invoiceId } = invoice
  const timeZone = policy.channels[order?.channel ?? '']?.timeZone
  const failed = bookings.filter(({ step }) => step === 'failed')
  return failed.flatMap(({ id, taken }) => {
    const redemption = order?.redeemed?.find((one) => one.id === id)
    const asked = taken ?? (redemption && { redemption, date: dayIn(redemption.at, timeZone) })
    return asked ? [{ type: 'order.redemptionAsked', ...asked, invoiceId, again: true }] : []
  })
}

export function redemptionEnded({ bookings = [] }: OrderState, end: Done | Failed): OrderRedemptionEvent[] {
  const one = bookings.find(({ version, step }) => version === end.version && step !== 'booked')
  if (!one) return []
  if (end.type === 'failed') return [{ type: 'order.redemptionFailed', id: one.id, message: end.fault.message }]
  const { entry } = end.answer as { entry: string }
  return [{ type: 'order.redemptionBooked', id: one.id, entry }]
}

export const REDEMPTION_FAILED = 'redemption_failed'

export function evolveRedemption(state: OrderState, event: OrderRedemptionEvent): OrderState {
  const id = event.type === 'order.redemptionAsked' ? event.redemption.id : event.id
  const known = (state.bookings ?? []).find((one) => one.id === id)
  const step = ({ Asked: 'asked', Booked: 'booked', Failed: 'failed' } as const)[
    event.type.slice('order.redemption'.length) as 'Asked' | 'Booked' | 'Failed'
  ]
  const version = step === 'asked' ? state.version : (known?.version ?? 0)
  const taken = event.type === 'order.redemptionAsked' && event.account !== undefined ? takenBy(event) : known?.taken
  const booking: Booking = { id, version, step, ...(taken && { taken }) }
  const bookings = [...(state.bookings ?? []).filter((one) => one !== known), booking]
  const others = state.exceptions.filter(({ code }) => code !== REDEMPTION_FAILED)
  const failed =
    event.type === 'order.redemptionFailed'
      ? [{ code: REDEMPTION_FAILED, detail: `The ERP did not book payment ${id}: ${event.message}` }]
      : state.exceptions.filter(
          ({ code }) => code === REDEMPTION_FAILED && bookings.some((one) => one.step === 'failed'),
        )
  return { ...state, bookings, exceptions: [...others, ...failed] }
}

const takenBy = ({ redemption, date, account }: Extract<OrderRedemptionEvent, { type: 'order.redemptionAsked' }>) => ({
  redemption, date, account: account!,
}) // prettier-ignore

export function reactToRedemption(event: OrderRedemptionEvent, { order, sale }: OrderState): Intent[] {
  if (event.type !== 'order.redemptionAsked' || !order) return []
  const { redemption, invoiceId, date, account } = event
  const ask: RedemptionAsk = {
    orderRef: `${order.channel}:${order.externalId}`,
    orderName: order.name,
    saleId: sale?.saleId ?? '',
    invoiceId,
    key: redemption.id,
    date,
    amount: redemption.amount,
    ...(account !== undefined && { account }),
  }
  return [{ type: 'redemption.ensure', to: 'erp', ask }]
}
