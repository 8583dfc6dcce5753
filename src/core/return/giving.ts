/**
 * Money the hub gives back: asked for by a person or by policy, approved where the amount calls for it, and given where
 * it was paid. All requests go through the order, which says how its money stands; never more goes back than was
 * captured, over all systems together.
 */
import { type Money, money } from '#canon/money.ts'
import type { RefundStatus } from '#canon/payment.ts'
import { type Refused, refused } from '../decider.ts'
import type { Done, Failed } from '../intents.ts'
import type { Policy, RefundPolicy } from '../policy.ts'
import type { Pieces, ReturnReason, ReturnState } from './state.ts'
import {
  type Foreign,
  type GiveRefund,
  givenOf,
  type Giving,
  knownInChannel,
  type Part,
  partsOf,
  type PartStep,
  type Purse,
  type Worth,
} from './giving-state.ts'
import { worthOf } from './worth.ts'

/** What a payment says of one refund, whoever made it. */
export interface ProviderRefund {
  type: 'refund.atProvider'
  provider: string
  /** Ours, or null. */
  requestId: string | null
  refundId: string | null
  amount: Money
  status: RefundStatus | 'unknown' | 'refused'
  detail: string
  at: string
}

/** What people and payments say of money, through the order. */
export type MoneyRequest =
  | GiveRefund
  | { type: 'refund.approve'; requestId: string; by: string }
  | { type: 'refund.decline'; requestId: string; by: string }
  | ProviderRefund

export type GivingCommand = MoneyRequest & { purse: Purse }

export type GivingEvent =
  | {
      type: 'refund.wanted'
      requestId: string
      reason: ReturnReason
      by: string
      at: string
      worth: Worth
      needsApproval: boolean
      exchange?: string
    }
  | { type: 'refund.approved'; requestId: string; by: string }
  | { type: 'refund.declined'; requestId: string; by: string }
  /** `again`: nobody had answered the first time. */
  | {
      type: 'refund.giveAsked'
      requestId: string
      parts: readonly Omit<Part, 'step' | 'refundId' | 'version'>[]
      again?: true
    }
  | {
      type: 'refund.partEnded'
      requestId: string
      part: string
      step: PartStep
      refundId: string | null
      detail: string
    }
  | { type: 'refund.requestRefused'; requestId: string; code: string; reason: string }
  | { type: 'refund.foundAtProvider'; refund: Omit<Foreign, 'version'> }
  /** Goods came back, or may: the policy gives their money back. */
  | { type: 'refund.fellDue'; request: GiveRefund }

const TYPES: ReadonlySet<string> = new Set<GivingEvent['type']>([
  'refund.wanted',
  'refund.approved',
  'refund.declined',
  'refund.giveAsked',
  'refund.partEnded',
  'refund.requestRefused',
  'refund.foundAtProvider',
  'refund.fellDue',
])
export const isOfGiving = (event: { type: string }): event is GivingEvent => TYPES.has(event.type)

/** Refusals in order of precedence. */
export type GivingRefusal =
  | 'refunds_by_hand'
  | 'refund_unknown'
  | 'nothing_to_approve'
  | 'same_person'
  | 'line_unknown'
  | 'more_than_bought'
  | 'currency_differs'
  | 'amount_not_positive'
  | 'request_differs'
  | 'beyond_captured'
  | 'no_store_credit'

export function givingEvents(
  state: ReturnState,
  command: GivingCommand,
  policy: Policy,
  { stream, at }: { stream: string; at: string },
): GivingEvent[] {
  if (command.type === 'refund.atProvider') return toldByProvider(state, command)
  const channel = stream.split('/')[1] ?? ''
  const found = plan(state, command, policy, { channel, at })
  if (!('refused' in found)) return found
  const { refused: code, reason } = found
  return [{ type: 'refund.requestRefused', requestId: command.requestId, code, reason }]
}

/** What would become of a request: events, or why not. Also what a person is shown before. */
export function plan(
  state: ReturnState,
  command: Exclude<GivingCommand, ProviderRefund>,
  policy: Policy,
  { channel, at, unapproved = false }: { channel: string; at: string; unapproved?: boolean },
): GivingEvent[] | Refused {
  const rules = policy.channels[channel]?.returns?.refund
  if (!rules) return refuse('refunds_by_hand', `No policy lets the hub give money back for ${channel}.`)
  const known = (state.givings ?? []).find(({ requestId }) => requestId === command.requestId)
  const through = throughProvider(policy, channel)
  if (command.type === 'refund.give') return give(state, command, known, { rules, through, at, unapproved })
  if (!known) return refuse('refund_unknown', `No refund ${command.requestId} was asked for.`)
  if (known.step !== 'approval') return refuse('nothing_to_approve', `Refund ${known.requestId} waits for nobody.`)
  const { requestId } = known
  if (command.type === 'refund.decline') return [{ type: 'refund.declined', requestId, by: command.by }]
  if (command.by === known.by)
    return refuse('same_person', 'Who asked for a refund does not approve it: somebody else must.')
  const asked = partsFor(state, known, command.purse, rules, through)
  return 'refused' in asked ? asked : [{ type: 'refund.approved', requestId, by: command.by }, asked]
}

interface How {
  rules: RefundPolicy
  through: boolean
  at: string
  /** What would be asked is told although somebody has to approve it first: for who wants to see it. */
  unapproved: boolean
}

function give(
  state: ReturnState,
  request: GiveRefund & { purse: Purse },
  known: Giving | undefined,
  { rules, through, at, unapproved }: How,
): GivingEvent[] | Refused {
  const { requestId, reason, by, purse, exchange } = request
  if (known) return sameAgain(known, request)
  const worth = worthOf(state, request, purse, rules)
  if ('refused' in worth) return worth
  const needsApproval = rules.approveAbove !== undefined && worth.amount.amount > rules.approveAbove
  const wanted: GivingEvent = {
    type: 'refund.wanted', requestId, reason, by, at, worth, needsApproval, ...(exchange ? { exchange } : {}),
  } // prettier-ignore
  // What does not fit is refused now, before anybody approves it; it is looked at again then.
  const asked = partsFor(state, { requestId, worth, reason }, purse, rules, through)
  if ('refused' in asked) return asked
  return needsApproval && !unapproved ? [wanted] : [wanted, asked]
}

function sameAgain({ requestId, worth }: Giving, { amount, lines }: GiveRefund): GivingEvent[] | Refused {
  const pieces = (all: readonly Pieces[]) => JSON.stringify(all.map(({ lineId, quantity }) => [lineId, quantity]))
  const isSame =
    (amount === undefined || amount.amount === worth.amount.amount) && pieces(lines) === pieces(worth.lines)
  return isSame ? [] : refuse('request_differs', `Refund ${requestId} was asked for before with another content.`)
}

export const capturedOf = ({ paid, payments }: Purse, through: RefundPolicy['through'], currency: string): number =>
  through === 'channel'
    ? paid.amount
    : payments.reduce((all, { captured }) => (captured.currency === currency ? all + captured.amount : all), 0)

/** How much can still go back, in minor units; null where the hub gives nothing back. */
export function leftToGive(state: ReturnState, purse: Purse, policy: Policy, channel: string): number | null {
  const rules = policy.channels[channel]?.returns?.refund
  if (!rules) return null
  const captured = capturedOf(purse, rules.through, purse.paid.currency)
  return Math.max(0, captured - givenOf(state, purse, throughProvider(policy, channel)))
}

/** Where the money goes back: through the channel, or to the payments it came from, in their order. */
function partsFor(
  state: ReturnState,
  { requestId, worth: { amount }, reason }: Pick<Giving, 'requestId' | 'worth' | 'reason'>,
  purse: Purse,
  rules: RefundPolicy,
  through: boolean,
): Extract<GivingEvent, { type: 'refund.giveAsked' }> | Refused {
  const { currency } = amount
  const given = givenOf(state, purse, through)
  const theirs = purse.payments.filter(({ captured }) => captured.currency === currency)
  const captured = capturedOf(purse, rules.through, currency)
  const left = captured - given
  const beyond = () =>
    refuse(
      'beyond_captured',
      `${Math.max(0, left)} of the ${captured} ${currency} that were captured can be given back.`,
    )
  if (amount.amount > left) return beyond()
  const credit = rules.storeCreditFor?.includes(reason) ? ({ storeCredit: true } as const) : {}
  if (rules.through === 'channel') {
    const known = knownInChannel(state)
    return { type: 'refund.giveAsked', requestId, parts: [{ requestId, payment: null, amount, ...credit, known }] }
  }
  if (credit.storeCredit)
    return refuse('no_store_credit', 'The policy gives store credit for this reason, and a provider has none to give.')
  let open = amount.amount
  const parts = theirs.flatMap(({ provider, paymentId, captured: most }, index) => {
    const gone = partsOf(state).filter(
      ({ payment }) => payment?.provider === provider && payment.paymentId === paymentId,
    )
    const room = most.amount - gone.reduce((all, part) => all + part.amount.amount, 0)
    const share = Math.min(open, Math.max(0, room))
    open -= share
    if (share === 0) return []
    return [
      {
        requestId: index === 0 ? requestId : `${requestId}.${index}`,
        payment: { provider, paymentId },
        amount: money(share, currency),
      },
    ]
  })
  return open > 0 ? beyond() : { type: 'refund.giveAsked', requestId, parts }
}

/**
 * For what nobody answered for: whoever is asked again looks first whether it was done. Not when others gave so much
 * meanwhile that it would be too much, were it not done.
 */
export function givenAgain(state: ReturnState, purse: Purse, policy: Policy, channel: string): GivingEvent[] {
  const rules = policy.channels[channel]?.returns?.refund
  if (!rules) return []
  const left =
    capturedOf(purse, rules.through, purse.paid.currency) - givenOf(state, purse, throughProvider(policy, channel))
  return (state.givings ?? []).flatMap(({ requestId, parts: all }): GivingEvent[] => {
    const open = all.filter(({ step }) => step === 'unknown')
    const parts = open.map(({ step: _, refundId: __, version: ___, ...part }) => part)
    if (parts.length === 0) return []
    if (left >= 0) return [{ type: 'refund.giveAsked', requestId, parts, again: true }]
    const reason = 'Nobody knows whether it was given, and others gave so much meanwhile that it would be too much now.'
    return [{ type: 'refund.requestRefused', requestId, code: 'beyond_captured', reason }]
  })
}

/** A provider's word on a refund: of ours how it ended, of others' that it is there. */
function toldByProvider(state: ReturnState, told: ProviderRefund): GivingEvent[] {
  const { provider, refundId, amount, status, detail, at } = told
  const giving = (state.givings ?? []).find(({ parts }) => parts.some(({ requestId }) => requestId === told.requestId))
  if (giving && told.requestId !== null) {
    const part = giving.parts.find(({ requestId }) => requestId === told.requestId)!
    const step = STEPS[status]
    // A failure is final; the answer to a call that was made again is news.
    if (part.step === 'failed' || part.step === step) return []
    return [{ type: 'refund.partEnded', requestId: giving.requestId, part: part.requestId, step, refundId, detail }]
  }
  if (refundId === null || status === 'unknown' || status === 'refused') return []
  const known = (state.foreign ?? []).find((one) => one.provider === provider && one.refundId === refundId)
  if (known?.status === status) return []
  return [{ type: 'refund.foundAtProvider', refund: { provider, refundId, amount, status, at: known?.at ?? at } }]
}

const STEPS: Readonly<Record<ProviderRefund['status'], PartStep>> = {
  pending: 'given',
  requires_action: 'given',
  succeeded: 'given',
  canceled: 'failed',
  failed: 'failed',
  unknown: 'unknown',
  refused: 'refused',
}

/** The channel's answer to one part. */
export function givingDone(state: ReturnState, { intent, version, answer }: Done): GivingEvent[] {
  if (intent !== 'refund.ensure') return []
  const found = partAt(state, version)
  const { refundId } = answer as { refundId: string }
  const step = state.lost?.includes(refundId) ? 'failed' : 'given'
  return found ? [{ type: 'refund.partEnded', ...found, step, refundId, detail: '' }] : []
}

/** A refusal means that nothing was done; any other end leaves open what was. */
export function givingFailed(state: ReturnState, { version, fault }: Failed): GivingEvent[] {
  const found = partAt(state, version)
  const step = fault.kind === 'rejected' ? 'refused' : 'unknown'
  return found ? [{ type: 'refund.partEnded', ...found, step, refundId: null, detail: fault.message }] : []
}

function partAt({ givings = [] }: ReturnState, version: number): { requestId: string; part: string } | null {
  for (const { requestId, parts } of givings)
    for (const part of parts)
      if (part.payment === null && part.version === version && part.step !== 'given' && part.step !== 'failed')
        return { requestId, part: part.requestId }
  return null
}

/** Whether a refund in the channel is made at the provider too. */
export const throughProvider = ({ payments = {} }: Policy, channel: string): boolean =>
  !Object.values(payments).some(
    ({ channels, channelRefunds }) => channels.includes(channel) && channelRefunds === 'elsewhere',
  )

const refuse = (code: GivingRefusal, reason: string): Refused => refused(code, reason)

export function evolveGiving(state: ReturnState, event: GivingEvent): ReturnState {
  const { givings = [], foreign = [] } = state
  switch (event.type) {
    case 'refund.wanted': {
      const { requestId, reason, by, at, worth, needsApproval, exchange } = event
      const of = exchange ? { exchange } : {}
      const step = needsApproval ? 'approval' : 'going'
      return {
        ...state,
        givings: [...givings, { requestId, reason, by, at, worth, step, approvedBy: null, parts: [], ...of }],
      }
    }
    case 'refund.approved':
      return change(state, event.requestId, { step: 'going', approvedBy: event.by })
    case 'refund.declined':
      return change(state, event.requestId, { step: 'declined' })
    case 'refund.giveAsked': {
      const { parts = [] } = givings.find(({ requestId }) => requestId === event.requestId) ?? {}
      const asked = event.parts.map((part): Part => ({
        ...part,
        step: 'asked',
        refundId: null,
        version: state.version,
      }))
      const others = parts.filter(({ requestId }) => !asked.some((one) => one.requestId === requestId))
      return change(state, event.requestId, { parts: [...others, ...asked] })
    }
    case 'refund.partEnded': {
      const { parts = [] } = givings.find(({ requestId }) => requestId === event.requestId) ?? {}
      const { step } = event
      const ended = (part: Part) => ({ ...part, step, refundId: event.refundId ?? part.refundId })
      return change(state, event.requestId, {
        parts: parts.map((part) => (part.requestId === event.part ? ended(part) : part)),
      })
    }
    case 'refund.foundAtProvider': {
      const { refund } = event
      const others = foreign.filter((one) => one.provider !== refund.provider || one.refundId !== refund.refundId)
      const known = foreign.find((one) => !others.includes(one))
      return { ...state, foreign: [...others, { ...refund, version: known?.version ?? state.version }] }
    }
    case 'refund.requestRefused':
    case 'refund.fellDue':
      return state
  }
}

const change = (state: ReturnState, id: string, to: Partial<Giving>): ReturnState => ({
  ...state,
  givings: (state.givings ?? []).map((one) => (one.requestId === id ? { ...one, ...to } : one)),
})
