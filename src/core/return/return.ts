/**
 * What comes back from one order: goods, and money. The channel tells of refunds with the order itself; people tell of
 * goods they authorised or received. The ERP gets a return delivery for what came back, and a credit note for what was
 * given back, each once.
 */
import type { Money } from '#canon/money.ts'
import type { LostRefund, Refund } from '#canon/order.ts'
import { type Context, type Decider, type Decision, type Refused, refused } from '../decider.ts'
import type { CreditAsk, Done, Failed } from '../intents.ts'
import type { Policy } from '../policy.ts'
import { type AskReturn, askEvents, judged, type ReceiveReturn, receiveEvents } from './goods.ts'
import {
  evolveAtTill, isOfTill, tillEvents, type TillReturnEvent, type TookAtTill, type VoidedAtTill,
} from './at-till.ts' // prettier-ignore
import {
  agree, evolveExchange, exchangeEvents, type ExchangeEvent, isOfExchange, paidEvents, type PaidInstead, receivedFor,
} from './exchange.ts' // prettier-ignore
import { foreignEvents } from './foreign.ts'
import { dueEvents, givenEvents } from './given.ts'
import {
  evolveGiving, givenAgain, type GivingCommand, givingDone, type GivingEvent, givingEvents, givingFailed, isOfGiving,
} from './giving.ts' // prettier-ignore
import type { Purse } from './giving-state.ts'
import { creditEvents, heardEvents } from './money.ts'
import { lostEvents } from './lost.ts'
import { react } from './react.ts'
import {
  type Arrival,
  initial,
  type KnownRefund,
  ofTills,
  type OrderFacts,
  type Pieces,
  plus,
  type Received,
  type ReturnReason,
  type ReturnState,
} from './state.ts'

/** From the order: how it stands, and every refund its channel tells of. */
export interface LookAtOrder {
  type: 'return.look'
  facts: OrderFacts
  refunds: readonly Refund[]
  /** Those that failed. */
  lost?: readonly LostRefund[]
}

export type ReturnCommand =
  | LookAtOrder
  /** From its parcels: pieces that have left. */
  | { type: 'return.noteLeft'; lines: readonly Pieces[] }
  | AskReturn
  | ReceiveReturn
  | GivingCommand
  | PaidInstead
  | (TookAtTill & { purse: Purse })
  | VoidedAtTill
  /** By a person: ask the ERP again for what it refused. */
  | { type: 'return.retry'; purse?: Purse }
  /** Its own alarm: the channel had time enough to tell of a refund at the provider. */
  | { type: 'return.lookAtClock' }
  | Done
  | Failed

export type ReturnEvent =
  | { type: 'return.opened'; facts: OrderFacts }
  | { type: 'return.leftNoted'; lines: readonly Pieces[] }
  | { type: 'return.requested'; request: AskReturn | ReceiveReturn }
  | { type: 'return.answered'; id: string }
  | { type: 'return.refused'; id: string; code: string; reason: string; request: AskReturn | ReceiveReturn }
  | {
      type: 'return.authorised'
      returnId: string
      lines: readonly Pieces[]
      reason: ReturnReason
      told?: string
      label?: true
    }
  | { type: 'return.received'; receiptId: string; returnId?: string; lines: readonly Received[] }
  | { type: 'return.arrived'; key: string; from: Arrival['from']; lines: readonly Received[]; pool: string }
  | { type: 'return.booked'; key: string; deliveries: readonly string[] }
  | { type: 'return.bookFailed'; key: string; code: string; message: string }
  | { type: 'return.bookRetried'; key: string; lines: readonly Received[]; pool: string }
  /** `from`: who told of it, when it was not the channel. */
  | { type: 'refund.heard'; refund: Refund; from?: 'hub' | 'provider' | 'exchange' }
  | { type: 'refund.judged'; refundId: string; back: readonly Pieces[] }
  | {
      type: 'refund.creditAsked'
      refundId: string
      saleId: string
      invoiceId: string
      date: string
      credit: Pick<CreditAsk, 'total' | 'lines' | 'shipping' | 'other'>
    }
  | { type: 'refund.credited'; refundId: string; creditId: string; number: string }
  | { type: 'refund.creditFailed'; refundId: string; code: string; message: string }
  | {
      type: 'refund.settled'
      refundId: string
      why:
        | 'in_invoice'
        | 'not_ours'
        | 'never_invoiced'
        | 'told_by_provider'
        | 'came_back'
        | 'credited_before'
        | 'exchanged'
      /** The refund that came back, whose credit note stands for this one. */
      replaces?: string
    }
  | { type: 'refund.beyond'; refundId: string; why: 'amount' | 'currency'; left: Money }
  | { type: 'refund.changed'; refundId: string; amount: Money }
  /** It failed after all: the money is ours, and `credit` is the credit note that was made for it. */
  | { type: 'refund.cameBack'; refundId: string; amount: Money; credit: string | null }
  /** The channel's word: it did not arrive, by so much. */
  | { type: 'refund.lost'; lost: LostRefund }
  | GivingEvent
  | ExchangeEvent
  | TillReturnEvent

export type CreditAsked = Extract<ReturnEvent, { type: 'refund.creditAsked' }>

/** Refusals in order of precedence. */
export type ReturnRefusal = 'order_unknown' | 'return_unknown' | 'more_than_left' | 'nothing_to_retry'

function decide(state: ReturnState, command: ReturnCommand, policy: Policy, context: Context): Decision<ReturnEvent> {
  let first = respond(state, command, policy, context)
  if ('refused' in first) return first
  const instead = exchangeEvents(first.reduce(evolve, state), policy, context)
  first = [...first, ...instead]
  const now = first.reduce(evolve, state)
  const money = [...givenEvents(now), ...foreignEvents(now, policy, context)]
  const channel = policy.channels[channelOf(context.stream)]
  const labelled = policy.labels?.[now.facts?.pool ?? '']?.returns ? first.map(withLabel) : first
  const events = [...labelled, ...money]
  return channel ? [...events, ...creditEvents(money.reduce(evolve, now), channel)] : events
}

const withLabel = (event: ReturnEvent): ReturnEvent =>
  event.type === 'return.authorised' ? { ...event, label: true } : event

const channelOf = (stream: string): string => stream.split('/')[1] ?? ''

function respond(state: ReturnState, command: ReturnCommand, policy: Policy, context: Context): Decision<ReturnEvent> {
  switch (command.type) {
    case 'return.look': {
      const same = JSON.stringify(command.facts) === JSON.stringify(state.facts)
      return [
        ...(same ? [] : [{ type: 'return.opened', facts: command.facts } as const]),
        ...heardEvents(state, command.refunds),
        ...lostEvents(state, command),
      ]
    }
    case 'return.noteLeft': {
      const channel = policy.channels[channelOf(context.stream)]
      const events: ReturnEvent[] = [{ type: 'return.leftNoted', lines: command.lines }]
      let now = evolve(state, events[0]!)
      for (const known of channel && now.facts ? now.refunds : []) {
        if (known.back !== null) continue
        for (const event of judged(now, known, channel!)) {
          events.push(event)
          now = evolve(now, event)
        }
      }
      for (const request of now.requested) {
        for (const event of answers(now, request, policy, context)) {
          events.push(event)
          now = evolve(now, event)
        }
        if (now.returns.length + now.told.receipt.length > 0 && events.at(-1)?.type === 'return.answered')
          events.push(...dueEvents(now, request, channel?.returns?.refund))
      }
      return events
    }
    case 'return.ask':
    case 'return.receive':
      if (!state.facts) return refused('order_unknown', 'Nothing of this order has been sold yet.')
      return isNew(state, command) ? [{ type: 'return.requested', request: command }] : []
    case 'return.atTill':
      return state.facts ? tillEvents(state, command, policy, context.stream) : []
    case 'return.tillVoided': {
      const { receiptId } = command
      return ofTills(state).some(({ id }) => id === receiptId) ? [{ type: 'return.tillVoided', receiptId }] : []
    }
    case 'exchange.paid':
      return paidEvents(state, command, policy, context)
    case 'return.retry':
      return [
        ...retryEvents(state),
        ...(command.purse ? givenAgain(state, command.purse, policy, channelOf(context.stream)) : []),
      ]
    case 'return.lookAtClock':
      return []
    case 'refund.give':
    case 'refund.approve':
    case 'refund.decline':
    case 'refund.atProvider':
      if (!state.facts) return refused('order_unknown', 'Nothing of this order has been sold yet.')
      return givingEvents(state, command, policy, context)
    case 'done':
      return done(state, command)
    case 'failed':
      return failed(state, command)
  }
}

const idOf = (request: AskReturn | ReceiveReturn): string =>
  request.type === 'return.ask' ? `a-${request.returnId}` : `r-${request.receiptId}`

const isNew = ({ requested, answered }: ReturnState, request: AskReturn | ReceiveReturn): boolean =>
  !answered.includes(idOf(request)) && !requested.some((one) => idOf(one) === idOf(request))

/** What becomes of what a person asked for, now that it is known what had left. */
function answers(
  state: ReturnState,
  request: AskReturn | ReceiveReturn,
  policy: Policy,
  context: Context,
): ReturnEvent[] {
  const found =
    request.type === 'return.ask' ? asked(state, request, policy, context) : receiveEvents(state, request, state.facts!)
  if (!('refused' in found)) return [...found, { type: 'return.answered', id: idOf(request) }]
  return [{ type: 'return.refused', id: idOf(request), code: found.refused, reason: found.reason, request }]
}

function asked(state: ReturnState, request: AskReturn, policy: Policy, context: Context): ReturnEvent[] | Refused {
  const found = askEvents(state, request, policy.channels[channelOf(context.stream)]?.returns?.reasons)
  if ('refused' in found) return found
  const reason = found.find((event) => event.type === 'return.authorised')?.reason ?? 'other'
  const instead = agree(state, request, reason, policy, context)
  return 'refused' in instead ? instead : [...found, ...instead]
}

function retryEvents(state: ReturnState): ReturnEvent[] {
  const booked = state.arrivals
    .filter(({ step }) => step === 'failed')
    .map(({ key, lines, pool }): ReturnEvent => ({ type: 'return.bookRetried', key, lines, pool }))
  const credited = state.refunds.flatMap(({ step, request }) => (step === 'failed' && request ? [request] : []))
  return [...booked, ...credited]
}

function done(state: ReturnState, command: Done): ReturnEvent[] {
  if (command.intent === 'return.ensure') {
    const { key } = command.ask
    const open = state.arrivals.some((one) => one.key === key && one.step !== 'booked')
    return open ? [{ type: 'return.booked', key, deliveries: command.answer.deliveries }] : []
  }
  if (command.intent !== 'credit.ensure') return givingDone(state, command)
  const refundId = command.ask.key
  const open = state.refunds.some(({ refund, step }) => refund.id === refundId && step !== 'credited')
  const { creditId, number } = command.answer
  return open ? [{ type: 'refund.credited', refundId, creditId, number }] : []
}

function failed(state: ReturnState, end: Failed): ReturnEvent[] {
  const { intent, version, fault: { code, message } } = end // prettier-ignore
  if (intent === 'refund.ensure') return givingFailed(state, end)
  if (intent === 'return.ensure') {
    const one = state.arrivals.find((arrival) => arrival.version === version && arrival.step === 'asked')
    return one ? [{ type: 'return.bookFailed', key: one.key, code, message }] : []
  }
  const one = state.refunds.find((known) => known.version === version && known.step === 'asked')
  return one ? [{ type: 'refund.creditFailed', refundId: one.refund.id, code, message }] : []
}

function evolve(before: ReturnState, event: ReturnEvent): ReturnState {
  const state = { ...before, version: before.version + 1 }
  if (isOfGiving(event)) return evolveGiving(state, event)
  if (isOfExchange(event)) return evolveExchange(state, event)
  if (isOfTill(event)) return evolveAtTill(state, event)
  switch (event.type) {
    case 'return.opened':
      return { ...state, facts: event.facts }
    case 'return.leftNoted':
      return { ...state, left: event.lines }
    case 'return.requested':
      return { ...state, requested: [...state.requested, event.request] }
    case 'return.answered':
    case 'return.refused': {
      const requested = state.requested.filter((one) => idOf(one) !== event.id)
      return { ...state, requested, answered: [...state.answered, event.id] }
    }
    case 'return.authorised': {
      const { returnId: id, lines, reason } = event
      return { ...state, returns: [...state.returns, { id, lines, reason, step: 'authorised' }] }
    }
    case 'return.received': {
      const here = event.lines.filter(({ disposition }) => disposition !== 'missing')
      return {
        ...state,
        told: { ...state.told, receipt: plus(state.told.receipt, here) },
        ...receivedFor(state, event.returnId, event.lines),
        returns: state.returns.map((one) => (one.id === event.returnId ? { ...one, step: 'received' } : one)),
      }
    }
    case 'return.arrived': {
      const { key, from, lines, pool } = event
      const arrival: Arrival = { key, from, lines, pool, step: 'asked', version: state.version }
      return { ...state, arrivals: [...state.arrivals, arrival] }
    }
    case 'return.booked':
      return arrivals(state, event.key, { step: 'booked' })
    case 'return.bookFailed':
      return arrivals(state, event.key, { step: 'failed' })
    case 'return.bookRetried':
      return arrivals(state, event.key, { step: 'asked', version: state.version })
    default:
      return evolveRefund(state, event)
  }
}

type RefundEvent = Exclude<Extract<ReturnEvent, { type: `refund.${string}` }>, GivingEvent>

function evolveRefund(state: ReturnState, event: RefundEvent): ReturnState {
  switch (event.type) {
    case 'refund.heard': {
      const { refund, from } = event
      const earlier = state.refunds.find((one) => one.refund.id === refund.id)
      const known: KnownRefund = {
        refund, step: 'waiting', back: earlier?.back ?? null, asked: null, credit: null, version: 0,
        ...(from ? { from } : {}),
      } // prettier-ignore
      return { ...state, refunds: [...state.refunds.filter((one) => one !== earlier), known] }
    }
    case 'refund.judged': {
      const told = { ...state.told, channel: plus(state.told.channel, event.back) }
      return refunds({ ...state, told }, event.refundId, { back: event.back })
    }
    case 'refund.creditAsked':
      return refunds(state, event.refundId, {
        step: 'asked', asked: event.credit.total, request: event, version: state.version,
      }) // prettier-ignore
    case 'refund.credited': {
      const { creditId, number } = event
      return refunds(state, event.refundId, { step: 'credited', credit: { creditId, number } })
    }
    case 'refund.creditFailed':
      return refunds(state, event.refundId, { step: 'failed' })
    case 'refund.settled': {
      const settled = refunds(state, event.refundId, { step: 'settled' })
      return event.replaces === undefined ? settled : refunds(settled, event.replaces, { replacedBy: event.refundId })
    }
    case 'refund.lost':
      return { ...state, lost: [...(state.lost ?? []), event.lost.id] }
    case 'refund.cameBack':
      return refunds(state, event.refundId, { cameBack: true })
    case 'refund.beyond':
      return refunds(state, event.refundId, { step: 'beyond' })
    case 'refund.changed': {
      const known = state.refunds.find((one) => one.refund.id === event.refundId)!
      return refunds(state, event.refundId, { refund: { ...known.refund, amount: event.amount } })
    }
  }
}

const arrivals = (state: ReturnState, key: string, change: Partial<Arrival>): ReturnState => ({
  ...state,
  arrivals: state.arrivals.map((one) => (one.key === key ? { ...one, ...change } : one)),
})

const refunds = (state: ReturnState, id: string, change: Partial<KnownRefund>): ReturnState => ({
  ...state,
  refunds: state.refunds.map((one) => (one.refund.id === id ? { ...one, ...change } : one)),
})

export const returns: Decider<ReturnState, ReturnCommand, ReturnEvent, Policy> = { initial, decide, evolve, react }
