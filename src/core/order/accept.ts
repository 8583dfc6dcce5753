/**
 * A marketplace asks before an order counts: the retailer accepts or refuses each line, in time, or the marketplace
 * refuses by itself and holds it against the retailer. Here is decided what is answered and when; what wakes the order
 * up while nothing else happens are alarms: at the margin, shortly before the end, and at the end.
 */
import type { OrderLine } from '#canon/order.ts'
import { alarm, type Context, type Note } from '../decider.ts'
import type { Ask, Done, Failed, Intent } from '../intents.ts'
import type { AcceptancePolicy, Policy } from '../policy.ts'
import { streams } from '../streams.ts'
import type { OrderEvent } from './order.ts'
import type { Hold, OrderState } from './state.ts'

type Answer = Ask<'order.accept'>['lines']

/** What is known of the acceptance; absent while the channel never asked. Once it is settled it stays so. */
export interface Acceptance {
  /** The limit that counts; null when neither the channel nor the policy names one. */
  by: string | null
  step: 'open' | 'asked' | 'failed' | 'accepted' | 'refused' | 'void'
  /** The margin is reached: people were told, and nothing is waited for any more. */
  urgent: boolean
  /** Nobody had decided when the time was over. */
  late: boolean
  /** The channel takes no decision by the line. */
  whole: boolean
}

export type AcceptanceEvent =
  | {
      type: 'order.acceptanceNeeded'
      by: string | null
      warnAt: string | null
      lastAt: string | null
      /** A person decides. */
      byHand: boolean
    }
  | { type: 'order.acceptanceAsked'; lines: Answer; why: 'reserved' | 'short' | 'time' | 'person' }
  | { type: 'order.acceptanceUrgent'; by: string; minutesLeft: number }
  | { type: 'order.acceptanceLate'; by: string }
  | { type: 'order.acceptanceWhole' }
  | { type: 'order.acceptanceFailed'; detail: string }
  | { type: 'order.acceptanceRetried' }
  | { type: 'order.acceptanceSettled'; outcome: 'accepted' | 'refused' | 'lapsed' | 'void' }

export type AcceptanceCommand =
  /** From the order's own alarm. */
  | { type: 'order.lookAtClock' }
  /** By a person: these lines are accepted, all others refused. */
  | { type: 'order.decideAcceptance'; accepted: readonly string[] }

export const DEFAULT_ACCEPTANCE: AcceptancePolicy = { decide: 'accept_when_reserved', marginMinutes: 60 }

/** In the last part of the margin what the ledger has not answered counts as not there. */
const LAST_PART = 3
const MINUTE_MS = 60_000

const later = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString()
const isOpen = ({ step }: Acceptance): boolean => step === 'open' || step === 'asked' || step === 'failed'

/** The next thing the acceptance itself calls for; null when nothing does. Asked again after each event. */
export function acceptanceStep(state: OrderState, policy: Policy, { at }: Context): AcceptanceEvent | null {
  const { order, acceptance, cancel } = state
  const channel = order && policy.channels[order.channel]
  if (!order?.acceptance || !channel) return null
  const rules = channel.acceptance ?? DEFAULT_ACCEPTANCE
  if (!acceptance) return order.acceptance === 'needed' && !cancel ? needed(state, rules) : null
  if (!isOpen(acceptance)) return null
  if (order.acceptance === 'accepted') return { type: 'order.acceptanceSettled', outcome: 'accepted' }
  const { by, urgent, late, step } = acceptance
  if (order.acceptance === 'refused') {
    // Before its time was over somebody refused it over there; afterwards the channel did so by itself.
    const lapsed = step !== 'asked' && by !== null && at >= by
    return { type: 'order.acceptanceSettled', outcome: lapsed ? 'lapsed' : 'refused' }
  }
  if (cancel) return { type: 'order.acceptanceSettled', outcome: 'void' }
  if (by !== null && !late && at >= by) return { type: 'order.acceptanceLate', by }
  if (by !== null && !urgent && at >= later(by, -rules.marginMinutes * MINUTE_MS))
    return { type: 'order.acceptanceUrgent', by, minutesLeft: Math.max(0, minutesBetween(at, by)) }
  return step === 'open' ? decision(state, rules, channel.whenShort === 'release', at) : null
}

const minutesBetween = (from: string, to: string): number => Math.floor((Date.parse(to) - Date.parse(from)) / MINUTE_MS)

function needed({ order }: OrderState, { decide, withinMinutes, marginMinutes }: AcceptancePolicy): AcceptanceEvent {
  const { placedAt, acceptBy } = order!
  const limits = [acceptBy, withinMinutes === undefined ? undefined : later(placedAt, withinMinutes * MINUTE_MS)]
  const by = limits.filter((one) => one !== undefined).toSorted()[0] ?? null
  const before = (ms: number) => by && later(by, -ms)
  const marginMs = marginMinutes * MINUTE_MS
  return {
    type: 'order.acceptanceNeeded',
    by,
    warnAt: before(marginMs),
    lastAt: before(marginMs / LAST_PART),
    byHand: decide === 'by_hand',
  }
}

function decision(
  { order, holds, acceptance }: OrderState,
  { decide, marginMinutes }: AcceptancePolicy,
  backorders: boolean,
  at: string,
): AcceptanceEvent | null {
  if (decide === 'by_hand') return null
  const { by, urgent, whole } = acceptance!
  const wanted = order!.lines.filter(({ quantity }) => quantity > 0)
  const outcomes = wanted.map((line) => ({ line, outcome: outcomeOf(line, holds) }))
  const there = (outcome: Hold['outcome']) => outcome === 'reserved' || (backorders && outcome === 'short')
  if (outcomes.every(({ outcome }) => there(outcome))) return asked(outcomes, () => true, 'reserved')
  const last = by !== null && at >= later(by, (-marginMinutes * MINUTE_MS) / LAST_PART)
  if (!last && outcomes.some(({ outcome }) => outcome === 'asked')) return null
  if (decide !== 'refuse_when_short' && !urgent) return null
  return asked(outcomes, (outcome) => !whole && there(outcome), urgent ? 'time' : 'short')
}

/** Goods the ledger does not count are there; goods nobody knows are not. */
function outcomeOf(line: OrderLine, holds: readonly Hold[]): Hold['outcome'] {
  if (!line.requiresShipping || line.giftCard) return 'reserved'
  return holds.find(({ sku }) => sku === line.sku)?.outcome ?? 'unknown_sku'
}

const asked = (
  outcomes: readonly { line: OrderLine; outcome: Hold['outcome'] }[],
  accepts: (outcome: Hold['outcome']) => boolean,
  why: 'reserved' | 'short' | 'time',
): AcceptanceEvent => ({
  type: 'order.acceptanceAsked',
  lines: outcomes.map(({ line, outcome }) => ({ lineId: line.id, accepted: accepts(outcome) })),
  why,
})

/** What a person decided; null when there is nothing to decide. */
export function decidedByHand({ order, acceptance }: OrderState, accepted: readonly string[]): OrderEvent[] | null {
  if (!order || !acceptance || (acceptance.step !== 'open' && acceptance.step !== 'failed')) return null
  const lines = order.lines
    .filter(({ quantity }) => quantity > 0)
    .map(({ id }) => ({ lineId: id, accepted: accepted.includes(id) }))
  return [{ type: 'order.acceptanceAsked', lines, why: 'person' }]
}

/** The channel has answered, or could not be told. */
export function acceptanceEnd({ acceptance }: OrderState, end: Done | Failed): OrderEvent[] {
  if (!acceptance || !isOpen(acceptance)) return []
  if (end.type === 'failed') return [{ type: 'order.acceptanceFailed', detail: end.fault.message }]
  if (end.intent !== 'order.accept') return []
  const { outcome } = end.answer
  return [outcome === 'whole_only' ? { type: 'order.acceptanceWhole' } : { type: 'order.acceptanceSettled', outcome }]
}

const CODES = ['acceptance_by_hand', 'acceptance_urgent', 'acceptance_late', 'acceptance_failed'] as const

export function evolveAcceptance(state: OrderState, event: AcceptanceEvent): OrderState {
  const acceptance = state.acceptance!
  const raised = (code: (typeof CODES)[number], detail: string, change: Partial<Acceptance>): OrderState => ({
    ...state,
    acceptance: { ...acceptance, ...change },
    exceptions: [...state.exceptions.filter((one) => one.code !== code), { code, detail }],
  })
  switch (event.type) {
    case 'order.acceptanceNeeded': {
      const fresh: Acceptance = { by: event.by, step: 'open', urgent: false, late: false, whole: false }
      if (!event.byHand) return { ...state, acceptance: fresh }
      const limit = event.by ? ` by ${event.by}` : ''
      return raised(
        'acceptance_by_hand',
        `The channel waits for a person to accept or refuse the order${limit}.`,
        fresh,
      )
    }
    case 'order.acceptanceAsked':
      return { ...state, acceptance: { ...acceptance, step: 'asked' } }
    case 'order.acceptanceUrgent': {
      const detail = `The channel has no answer yet. It must have one by ${event.by}: ${event.minutesLeft} minutes left then.`
      return raised('acceptance_urgent', detail, { urgent: true })
    }
    case 'order.acceptanceLate': {
      const detail = `The channel had no answer by ${event.by}. It may have refused the order by itself.`
      return raised('acceptance_late', detail, { urgent: true, late: true })
    }
    case 'order.acceptanceWhole':
      return { ...state, acceptance: { ...acceptance, step: 'open', whole: true } }
    case 'order.acceptanceFailed':
      return raised('acceptance_failed', event.detail, { step: 'failed' })
    case 'order.acceptanceRetried':
      return settled(state, 'open', ['acceptance_failed'])
    case 'order.acceptanceSettled': {
      const { outcome } = event
      return settled(state, outcome === 'lapsed' ? 'refused' : outcome, CODES)
    }
  }
}

const settled = (state: OrderState, step: Acceptance['step'], codes: readonly string[]): OrderState => ({
  ...state,
  acceptance: { ...state.acceptance!, step },
  exceptions: state.exceptions.filter(({ code }) => !codes.includes(code)),
})

/** Names of the alarms; the figures on `/metrics` go by the last one. */
export const ALARMS = { warn: 'accept-warn', last: 'accept-last', by: 'accept-by' } as const

export function reactToAcceptance(event: AcceptanceEvent, { order }: OrderState): (Intent | Note)[] {
  const { channel, externalId, name } = order!
  const set = (at: string | null, alarmName: string): Note =>
    alarm(streams.order(channel, externalId), alarmName, at, { type: 'order.lookAtClock' })
  switch (event.type) {
    case 'order.acceptanceNeeded':
      if (event.by === null) return []
      return [set(event.warnAt, ALARMS.warn), set(event.lastAt, ALARMS.last), set(event.by, ALARMS.by)]
    case 'order.acceptanceAsked': {
      const ask = { externalId, orderName: name, lines: [...event.lines] }
      return [{ type: 'order.accept', to: channel, ask, urgency: 'pressing' }]
    }
    case 'order.acceptanceSettled':
      return Object.values(ALARMS).map((one) => set(null, one))
    default:
      return []
  }
}

export const isOfAcceptance = (event: OrderEvent): event is AcceptanceEvent => event.type.startsWith('order.acceptance')
