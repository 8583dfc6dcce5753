/**
 * Other goods instead of those that come back. What comes back is credited as a whole, what goes out is an order of its
 * own with an invoice of its own; only the difference between the two is money: given back, or asked for.
 */
import { formatMoney, money, type Money, zero } from '#canon/money.ts'
import type { OrderLine, Refund } from '#canon/order.ts'
import { type Note, note, type Refused, refused } from '../decider.ts'
import type { Policy } from '../policy.ts'
import { streams } from '../streams.ts'
import { capturedOf, throughProvider } from './giving.ts'
import { type GiveRefund, givenOf, type Purse } from './giving-state.ts'
import type { AskReturn } from './goods.ts'
import { type Exchange, owedOf } from './exchange-state.ts'
import { countOf, type KnownRefund, type Pieces, type Received, type ReturnReason, type ReturnState } from './state.ts'
import { worthOf } from './worth.ts'

/** A person's words for what goes out instead; prices in minor units, in the way the order counts. */
export interface ExchangeAsk {
  goods: readonly { sku: string; title?: string | undefined; quantity: number; unitPrice: number }[]
  by: string
}

/** From the order: the goods with their taxes, and how its money stands. */
export interface ExchangeOffer {
  lines: readonly OrderLine[]
  /** With taxes. */
  total: Money
  purse: Purse
}

/** From the return, to the order: the goods go out as an order of that channel; `owed` is not paid yet. */
export interface SendInstead {
  type: 'exchange.send'
  exchangeId: string
  channel: string
  goods: readonly OrderLine[]
  total: Money
  owed: Money
  placedAt: string
  at: string
}

/** By a person: what was owed has been paid. */
export interface PaidInstead {
  type: 'exchange.paid'
  exchangeId: string
  by: string
}

export type ExchangeEvent =
  | ({ type: 'exchange.agreed' } & Omit<Exchange, 'step' | 'received'>)
  | { type: 'exchange.sent'; exchangeId: string; channel: string; at: string }
  | { type: 'exchange.stopped'; exchangeId: string; detail: string }
  | { type: 'exchange.paid'; exchangeId: string; by: string; channel: string; at: string }

/** Refusals in order of precedence. */
export type ExchangeRefusal = 'exchanges_by_hand' | 'beyond_captured' | 'exchange_unknown' | 'nothing_owed'
const refuse = (code: ExchangeRefusal, reason: string): Refused => refused(code, reason)

export const isOfExchange = (event: { type: string }): event is ExchangeEvent => event.type.startsWith('exchange.')

interface Where {
  stream: string
  at: string
}

const rulesOf = (policy: Policy, { stream }: Where) => policy.channels[channelOf(stream)]?.returns?.refund
const channelOf = (stream: string): string => stream.split('/')[1] ?? ''

/** @param reason of the return that was let come back. */
export function agree(
  state: ReturnState,
  { returnId, lines, exchange, offer }: AskReturn,
  reason: ReturnReason,
  policy: Policy,
  where: Where,
): ExchangeEvent[] | Refused {
  if (!exchange || !offer) return []
  const rules = rulesOf(policy, where)
  if (!rules?.exchange) return refuse('exchanges_by_hand', 'No policy lets the hub exchange goods of this channel.')
  const request: GiveRefund = {
    type: 'refund.give', requestId: returnId, lines, reason, shipping: false, by: exchange.by,
  } // prettier-ignore
  const worth = worthOf(state, request, offer.purse, rules)
  if ('refused' in worth) return worth
  const { currency } = worth.amount
  const left =
    capturedOf(offer.purse, rules.through, currency) -
    givenOf(state, offer.purse, throughProvider(policy, channelOf(where.stream)))
  if (worth.amount.amount > left)
    return refuse('beyond_captured', `Only ${Math.max(0, left)} ${currency} of what was captured is left to exchange.`)
  const { lines: goods, total } = offer
  const [at, by] = [where.at, exchange.by]
  return [{ type: 'exchange.agreed', exchangeId: returnId, reason, by, at, worth, goods, total }]
}

type Follows =
  | ExchangeEvent
  | { type: 'refund.heard'; refund: Refund; from: 'exchange' }
  | { type: 'refund.fellDue'; request: GiveRefund }

/** Goods go out when money would go back by the policy: once a return is allowed, or once its goods are here. */
export function exchangeEvents(state: ReturnState, policy: Policy, where: Where): Follows[] {
  const rules = rulesOf(policy, where)
  if (!rules?.exchange) return []
  const { channel } = rules.exchange
  return (state.exchanges ?? []).flatMap((one): Follows[] => {
    if (one.step !== 'open') return []
    const { exchangeId, received } = one
    const atOnce = (rules.byReason[one.reason] ?? rules.when) === 'authorised'
    const good = received.filter(({ disposition: how }) => how === 'sellable' || (how === 'damaged' && rules.damaged))
    if (atOnce || covers(good, one.worth.lines))
      return [{ type: 'exchange.sent', exchangeId, channel, at: where.at }, ...moneyOf(one, where.at)]
    if (!covers(received, one.worth.lines)) return []
    const detail = 'What came back is damaged or not all there, so nothing goes out instead.'
    return [{ type: 'exchange.stopped', exchangeId, detail }]
  })
}

const covers = (here: readonly Pieces[], wanted: readonly Pieces[]): boolean =>
  wanted.every(({ lineId, quantity }) => countOf(here, lineId) >= quantity)

/** All that comes back is credited; what goes out costs less, and the rest is money. */
function moneyOf({ exchangeId, reason, by, worth, total }: Exchange, at: string): Follows[] {
  const lines = worth.lines.map((line) => ({ ...line, restocked: 0, returned: 0 }))
  const refund: Refund = { id: exchangeId, at, amount: worth.amount, lines }
  const rest = money(worth.amount.amount - total.amount, total.currency)
  const request: GiveRefund = {
    type: 'refund.give', requestId: `${exchangeId}.rest`, lines: [], amount: rest, shipping: false, reason, by,
    exchange: exchangeId,
  } // prettier-ignore
  return [
    { type: 'refund.heard', refund, from: 'exchange' },
    ...(rest.amount > 0 ? [{ type: 'refund.fellDue', request } as const] : []),
  ]
}

export function paidEvents(
  { exchanges = [] }: ReturnState,
  { exchangeId, by }: PaidInstead,
  policy: Policy,
  where: Where,
): ExchangeEvent[] | Refused {
  const one = exchanges.find((each) => each.exchangeId === exchangeId)
  const channel = rulesOf(policy, where)?.exchange?.channel
  if (!one || channel === undefined) return refuse('exchange_unknown', `No exchange ${exchangeId} was agreed.`)
  if (one.step === 'paid') return []
  if (one.step !== 'sent' || owedOf(one).amount === 0)
    return refuse('nothing_owed', `Nothing is owed for exchange ${exchangeId}.`)
  return [{ type: 'exchange.paid', exchangeId, by, channel, at: where.at }]
}

/**
 * Whether a refund is the rest of an exchange, which is credited as a whole. `unknown` while the channel may be telling
 * of it under a name that we have not heard yet.
 */
export function isRest({ givings = [] }: ReturnState, { refund, from }: KnownRefund): boolean | 'unknown' {
  const rests = givings.filter(({ exchange }) => exchange !== undefined)
  if (rests.length === 0 || from === 'exchange' || from === 'provider') return false
  if (from === 'hub') return rests.some(({ requestId }) => requestId === refund.id)
  const parts = rests.flatMap((one) => one.parts).filter(({ payment }) => payment === null)
  if (parts.some(({ refundId }) => refundId === refund.id)) return true
  const isOpen = parts.some(
    ({ step, refundId, amount, known = [] }) =>
      (step === 'asked' || step === 'unknown') &&
      refundId === null &&
      amount.amount === refund.amount.amount &&
      !known.includes(refund.id),
  )
  return isOpen ? 'unknown' : false
}

export function evolveExchange(state: ReturnState, event: ExchangeEvent): ReturnState {
  const { exchanges = [] } = state
  const set = (step: Exchange['step']) =>
    exchanges.map((one) => (one.exchangeId === event.exchangeId ? { ...one, step } : one))
  switch (event.type) {
    case 'exchange.agreed': {
      const { type: _, ...agreed } = event
      return { ...state, exchanges: [...exchanges, { ...agreed, step: 'open', received: [] }] }
    }
    case 'exchange.sent':
      return { ...state, exchanges: set(owedOf(find(state, event)).amount > 0 ? 'sent' : 'paid') }
    case 'exchange.paid':
      return { ...state, exchanges: set('paid') }
    case 'exchange.stopped':
      return { ...state, exchanges: set('stopped') }
  }
}

const find = ({ exchanges = [] }: ReturnState, { exchangeId }: { exchangeId: string }): Exchange =>
  exchanges.find((one) => one.exchangeId === exchangeId)!

/** What was received of the return it belongs to. */
export const receivedFor = ({ exchanges }: ReturnState, id: string | undefined, lines: readonly Received[]) =>
  exchanges === undefined
    ? {}
    : {
        exchanges: exchanges.map((one) =>
          one.exchangeId === id ? { ...one, received: [...one.received, ...lines] } : one,
        ),
      }

export function reactToExchange(event: ExchangeEvent, state: ReturnState, order: string): Note[] {
  const toOrder = (command: object) => note(order, command as { type: string })
  const raise = (code: string, detail: string) => toOrder({ type: 'order.noteException', code, detail })
  const { exchangeId } = event
  const one = find(state, event)
  const send = (channel: string, owed: Money, at: string): Note => {
    const { goods, total, at: placedAt } = one
    const request: SendInstead = { type: 'exchange.send', exchangeId, channel, goods, total, owed, placedAt, at }
    return toOrder({ type: 'order.askBack', request })
  }
  switch (event.type) {
    case 'exchange.agreed':
      return []
    case 'exchange.sent': {
      const owed = owedOf(one)
      const text = `What goes out for exchange ${exchangeId} costs ${formatMoney(owed)} ${owed.currency} more than what comes back. It leaves once that is paid: say so with \`crossdock return paid\`.`
      return [send(event.channel, owed, event.at), ...(owed.amount > 0 ? [raise('exchange_unpaid', text)] : [])]
    }
    case 'exchange.paid':
      return [
        send(event.channel, zero(one.total.currency), event.at),
        toOrder({ type: 'order.clearExceptions', codes: ['exchange_unpaid'] }),
      ]
    case 'exchange.stopped':
      return [raise('exchange_stopped', `Exchange ${exchangeId}: ${event.detail} Give money back, or agree anew.`)]
  }
}

/** Streams of orders that went out instead. */
export const exchangeStream = (channel: string, order: { channel: string; externalId: string }, id: string): string =>
  streams.order(channel, exchangeName(order, id))
export const exchangeName = ({ channel, externalId }: { channel: string; externalId: string }, id: string): string =>
  `${channel}-${externalId}-${id}`
