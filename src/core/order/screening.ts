/**
 * Orders that somebody else looks at for fraud before they go to the ERP. An order is sent once nothing else keeps it,
 * and again when what matters about it changes; only a decision on what was sent last counts. While there is none it is
 * held by a clock of its own, and asked about again and again, since news of a decision may be lost.
 */
import { canonicalJson } from '#canon/json.ts'
import type { Order } from '#canon/order.ts'
import { alarm, type Context, type Note } from '../decider.ts'
import type { Done, Intent } from '../intents.ts'
import type { Policy, ScreeningPolicy } from '../policy.ts'
import { screeningReference, streams } from '../streams.ts'
import type { OrderEvent } from './order.ts'
import type { OrderState } from './state.ts'
import type { Obstacle } from './validation.ts'

export interface ScreeningDecision {
  /** `unknown`: a word that this release does not know. */
  action: 'accept' | 'reject' | 'hold' | 'challenge' | 'unknown'
  /** In the screener's own words, without personal data. */
  reason: string
  /** By the screener's clock: a later decision replaces an earlier one. */
  at: string
}

export interface Screening {
  by: string
  /** Names what was sent last; what is said of anything else is old news. */
  reference: string
  /** Digest of what matters, as it was sent. */
  of: string
  /** How many pictures of the order were sent. */
  count: number
  /** Of the event that sent it: what failed before is old news. */
  since: number
  looks: number
  lookAt: string
  caseId: string | null
  decision: ScreeningDecision | null
  /** It could not be sent, or not be asked about. */
  failed: string | null
}

export interface NoteScreening {
  type: 'order.noteScreening'
  reference: string
  caseId: string | null
  decision: ScreeningDecision
}

export type ScreeningEvent =
  | { type: 'screening.asked'; by: string; reference: string; of: string; count: number; lookAt: string }
  | { type: 'screening.looked'; looks: number; lookAt: string }
  | { type: 'screening.decided'; caseId: string | null; decision: ScreeningDecision }
  | { type: 'screening.failed'; detail: string }

export const isOfScreening = (event: { type: string }): event is ScreeningEvent => event.type.startsWith('screening.')

const FIRST_LOOK_MINUTES = 5
const LOOK_MINUTES_MAX = 60
const MINUTE_MS = 60_000

const lookAfter = (at: string, looks: number): string =>
  new Date(Date.parse(at) + Math.min(LOOK_MINUTES_MAX, FIRST_LOOK_MINUTES * 2 ** looks) * MINUTE_MS).toISOString()

export const screeningOf = ({ holds }: Policy, channel: string): ScreeningPolicy | undefined =>
  holds?.screening?.[channel]

/** What is sent: a change of anything else sends nothing anew. */
function matter({ total, lines, customer, shippingAddress, billingAddress }: Order) {
  return {
    total,
    lines: lines
      .filter(({ quantity }) => quantity > 0)
      .map(({ sku, title, quantity, unitPrice }) => ({ sku, title, quantity, unitPrice })),
    customer,
    shippingAddress,
    billingAddress,
  }
}

/** FNV-1a. Only tells pictures apart; what keeps an old decision from counting is the count beside it. */
function digestOf(order: Order): string {
  let hash = 0x811c9dc5
  for (const char of canonicalJson(matter(order))) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}

const isOpen = ({ decision }: Screening): boolean => decision?.action !== 'accept' && decision?.action !== 'reject'

/** What of the screening keeps the order from the ERP; nothing, where the channel's orders are not screened. */
export function screeningObstacles({ screening }: OrderState, order: Order, policy: Policy): Obstacle[] {
  if (!screeningOf(policy, order.channel)) return []
  if (!screening || screening.of !== digestOf(order))
    return [{ code: 'screening_needed', detail: 'It is screened for fraud once nothing else keeps it.' }]
  const { by, count, decision, failed } = screening
  const which = count === 1 ? '' : ` (edit ${count - 1})`
  if (!decision && failed)
    return [{ code: 'screening_failed', detail: `${by} could not be asked about the order${which}: ${failed}` }]
  if (!decision) return [{ code: 'screening_awaited', detail: `${by} is screening the order${which}.` }]
  if (decision.action === 'accept') return []
  return [{ code: 'screening_stopped', detail: `${by} ${SAYS[decision.action]}${which}: ${decision.reason}.` }]
}

const SAYS: Readonly<Record<Exclude<ScreeningDecision['action'], 'accept'>, string>> = {
  reject: 'rejects the order',
  hold: 'wants the order held',
  challenge: 'wants the customer challenged',
  unknown: 'said something of the order that this release does not know',
}

/**
 * What the screening calls for by itself.
 *
 * @param found everything else that keeps the order from the ERP.
 */
export function screeningStep(
  { screening, order, stage, cancel }: OrderState,
  found: readonly Obstacle[],
  policy: Policy,
  { at }: Context,
): ScreeningEvent | null {
  const rules = order && screeningOf(policy, order.channel)
  if (!rules || stage !== 'placed' || cancel) return null
  const of = digestOf(order)
  if (screening?.of !== of || screening.by !== rules.by) {
    if (found.some(({ code }) => !isOfCode(code))) return null
    const count = (screening?.count ?? 0) + 1
    const reference = screeningReference(order.channel, order.externalId, `${count}-${of}`)
    return { type: 'screening.asked', by: rules.by, reference, of, count, lookAt: lookAfter(at, 0) }
  }
  if (screening.failed || !isOpen(screening) || at < screening.lookAt) return null
  const looks = screening.looks + 1
  return { type: 'screening.looked', looks, lookAt: lookAfter(at, looks) }
}

const isOfCode = (code: string): boolean => code.startsWith('screening_')

/** Of one moment the severer counts. */
const SEVERITY: Readonly<Record<ScreeningDecision['action'], number>> = {
  accept: 0, challenge: 1, hold: 2, unknown: 3, reject: 4,
} // prettier-ignore

const replaces = (next: ScreeningDecision, known: ScreeningDecision | null): boolean =>
  known === null || next.at > known.at || (next.at === known.at && SEVERITY[next.action] > SEVERITY[known.action])

/** A decision, however it came: late, twice, changed, or of a picture that is not the last. */
export function noteScreening(
  { screening, stage, cancel }: OrderState,
  { reference, caseId, decision }: Pick<NoteScreening, 'reference' | 'caseId' | 'decision'>,
): OrderEvent[] {
  if (screening?.reference !== reference || !replaces(decision, screening.decision)) return []
  const decided: OrderEvent = { type: 'screening.decided', caseId, decision }
  const hasGone = stage !== 'placed' && stage !== 'cancelled' && cancel === null
  if (!hasGone || decision.action === 'accept') return [decided]
  const detail = `${screening.by} ${SAYS[decision.action]}: ${decision.reason}. It has gone on: stop the goods if you can.`
  return [decided, { type: 'order.exceptionRaised', code: 'screened_too_late', detail }]
}

export function screeningDone(state: OrderState, { ask, answer }: Extract<Done, { intent: 'screening.ensure' }>) {
  const { caseId, decision } = answer
  return decision === null ? [] : noteScreening(state, { reference: ask.reference, caseId, decision })
}

export function screeningFailed({ screening }: OrderState, version: number, detail: string): OrderEvent[] {
  if (!screening || version < screening.since || !isOpen(screening) || screening.failed === detail) return []
  return [{ type: 'screening.failed', detail }]
}

/** By a person: what failed is tried again. */
export const screeningRetry = ({ screening }: OrderState, { at }: Context): ScreeningEvent[] =>
  screening?.failed ? [{ type: 'screening.looked', looks: screening.looks, lookAt: lookAfter(at, 0) }] : []

export function evolveScreening(state: OrderState, event: ScreeningEvent): OrderState {
  if (event.type === 'screening.asked') {
    const { type: _, ...asked } = event
    return {
      ...state,
      screening: { ...asked, since: state.version, looks: 0, caseId: null, decision: null, failed: null },
    }
  }
  const screening = state.screening!
  switch (event.type) {
    case 'screening.looked':
      return { ...state, screening: { ...screening, looks: event.looks, lookAt: event.lookAt, failed: null } }
    case 'screening.decided': {
      const { caseId, decision } = event
      return { ...state, screening: { ...screening, caseId: caseId ?? screening.caseId, decision, failed: null } }
    }
    case 'screening.failed':
      return { ...state, screening: { ...screening, failed: event.detail } }
  }
}

export function reactToScreening(event: ScreeningEvent, { order, screening }: OrderState): (Intent | Note)[] {
  const { channel, externalId, name, placedAt } = order!
  const look = (at: string | null): Note =>
    alarm(streams.order(channel, externalId), 'screening-look', at, { type: 'order.lookAtClock' })
  const { by, reference } = screening!
  switch (event.type) {
    case 'screening.asked':
    case 'screening.looked': {
      const ask = { reference, orderName: name, placedAt, ...matter(order!) }
      return [{ type: 'screening.ensure', to: by, ask }, look(event.lookAt)]
    }
    case 'screening.decided':
      return isOpen(screening!) ? [] : [look(null)]
    case 'screening.failed':
      return [look(null)]
  }
}
