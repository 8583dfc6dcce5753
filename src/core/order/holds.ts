/**
 * Why an order is held, since when, whose business that is, until when, and what happens then. A hold follows from what
 * keeps the order from the ERP, or a person asks for it; it ends when its cause is gone, when a person lets the order
 * go, or with its clock. Where the policy says so letting go takes two people. Without a policy of holds the order just
 * waits as it did, and only people hold it.
 */
import { alarm, type Context, type Note, type Refused, refused } from '../decider.ts'
import type { HoldRules, Policy } from '../policy.ts'
import { streams } from '../streams.ts'
import { cancelEvents } from './cancel.ts'
import { escalateTo, type HoldKind, kindOfObstacle, rulesOf } from './hold-kinds.ts'
import type { OrderEvent } from './order.ts'
import type { OrderState } from './state.ts'
import type { Obstacle } from './validation.ts'

export interface OrderHold {
  kind: HoldKind
  /** Whose business it is: a name of the retailer's own. */
  owner: string
  reasons: readonly Obstacle[]
  since: string
  /** Then something happens: see `atExpiry`. */
  dueAt: string
  atExpiry: HoldRules['atExpiry']
  release: HoldRules['release']
  /** How often it was handed on because nobody decided. */
  escalated: number
  /** Somebody asked to let it go, and somebody else has to agree. */
  asked?: { by: string; note: string; at: string }
}

export type HoldOutcome = 'cured' | 'released' | 'expired' | 'order_cancelled'

export type HoldEvent =
  | { type: 'hold.opened'; hold: OrderHold }
  | { type: 'hold.changed'; kind: HoldKind; reasons: readonly Obstacle[] }
  | { type: 'hold.releaseAsked'; kind: HoldKind; by: string; note: string; at: string }
  | { type: 'hold.kept'; kind: HoldKind; by: string; note: string; dueAt: string }
  | { type: 'hold.escalated'; kind: HoldKind; from: string; owner: string; dueAt: string }
  | {
      type: 'hold.closed'
      kind: HoldKind
      outcome: HoldOutcome
      /** Who let it go, and who had asked for that. */
      by?: string
      askedBy?: string
      note?: string
      /** What does not hold the order any more, as long as it stays the same. */
      waived: readonly Obstacle[]
    }

export type HoldCommand =
  /** By a person: the order stays here until somebody lets it go. */
  | { type: 'order.hold'; by: string; reason: string; minutes?: number | undefined }
  | { type: 'order.releaseHold'; kind: HoldKind; by: string; note: string }
  /** By a person: it stays held, whoever asked to let it go, and its clock begins anew. */
  | { type: 'order.keepHold'; kind: HoldKind; by: string; note: string; minutes?: number | undefined }

/** Refusals in order of precedence. */
export type HoldRefusal = 'order_released' | 'hold_open' | 'hold_unknown' | 'release_never' | 'same_person'
const refuse = (code: HoldRefusal, reason: string): Refused => refused(code, reason)

export const isOfHold = (event: OrderEvent): event is HoldEvent => event.type.startsWith('hold.')
export const isHoldCommand = (command: { type: string }): command is HoldCommand =>
  command.type === 'order.hold' || command.type === 'order.releaseHold' || command.type === 'order.keepHold'

const MINUTE_MS = 60_000
const after = (at: string, minutes: number): string => new Date(Date.parse(at) + minutes * MINUTE_MS).toISOString()
const isOne = (one: Obstacle, other: Obstacle): boolean => one.code === other.code && one.detail === other.detail
const sameReasons = (some: readonly Obstacle[], others: readonly Obstacle[]): boolean =>
  some.length === others.length && some.every((one) => others.some((other) => isOne(one, other)))

const openHold = (state: OrderState, kind: HoldKind): OrderHold | undefined =>
  state.onHold?.find((one) => one.kind === kind)

/** Whether the order is still ours to hold: once it is on its way to the ERP it can only be cancelled. */
const canHold = ({ stage, cancel }: OrderState): boolean => stage === 'placed' && cancel === null

/** What a person wants done about a hold. */
export function respondToPerson(
  state: OrderState,
  command: HoldCommand,
  policy: Policy,
  { at }: Context,
): readonly HoldEvent[] | Refused {
  if (!canHold(state))
    return refuse('order_released', 'The order is not waiting here any more: it can only be cancelled.')
  if (command.type === 'order.hold') {
    if (openHold(state, 'by_hand')) return refuse('hold_open', 'A person holds the order already.')
    const { by, reason, minutes } = command
    const rules = rulesOf('by_hand', policy.holds)
    const reasons = [{ code: 'held_by_hand', detail: `${by} holds the order: ${reason}` }]
    return [opened('by_hand', reasons, minutes === undefined ? rules : { ...rules, expiresAfterMinutes: minutes }, at)]
  }
  const { kind, by, note } = command
  const hold = openHold(state, kind)
  if (!hold) return refuse('hold_unknown', `The order is not held for '${kind}'.`)
  if (command.type === 'order.keepHold') {
    const minutes = command.minutes ?? rulesOf(kind, policy.holds, state.order?.channel).expiresAfterMinutes
    return [{ type: 'hold.kept', kind, by, note, dueAt: after(at, minutes) }]
  }
  return letGo(hold, by, note, at)
}

function letGo(hold: OrderHold, by: string, note: string, at: string): readonly HoldEvent[] | Refused {
  const { kind, release, asked } = hold
  if (release === 'never')
    return refuse('release_never', `What the order is held for ('${kind}') has to be mended: nobody may let it go.`)
  const waived = waivedBy(hold)
  if (release === 'anyone') return [{ type: 'hold.closed', kind, outcome: 'released', by, note, waived }]
  if (!asked) return [{ type: 'hold.releaseAsked', kind, by, note, at }]
  if (samePerson(asked.by, by))
    return refuse('same_person', `${asked.by} asked to let it go, so somebody else has to agree.`)
  return [{ type: 'hold.closed', kind, outcome: 'released', by, askedBy: asked.by, note, waived }]
}

/** A person's own word is taken back, and not overruled: the next one counts again. */
const waivedBy = ({ kind, reasons }: OrderHold): readonly Obstacle[] => (kind === 'by_hand' ? [] : reasons)

const samePerson = (one: string, other: string): boolean => one.trim().toLowerCase() === other.trim().toLowerCase()

const opened = (kind: HoldKind, reasons: readonly Obstacle[], rules: HoldRules, at: string): HoldEvent => {
  const { owner, expiresAfterMinutes, atExpiry, release } = rules
  const dueAt = after(at, expiresAfterMinutes)
  return { type: 'hold.opened', hold: { kind, owner, reasons, since: at, dueAt, atExpiry, release, escalated: 0 } }
}

/** What people or a clock said may pass, as long as it is the same. */
export const unwaived = ({ waived = [] }: OrderState, found: readonly Obstacle[]): Obstacle[] =>
  found.filter((one) => !waived.some((other) => isOne(one, other)))

/** What an open hold by hand adds to what is found. */
export const heldByHand = (state: OrderState): readonly Obstacle[] => openHold(state, 'by_hand')?.reasons ?? []

/**
 * The next thing the holds call for; empty when nothing does. Asked again after each answer.
 *
 * @param found what keeps the order from the ERP now, less what was waived.
 */
export function holdStep(
  state: OrderState,
  found: readonly Obstacle[],
  policy: Policy,
  context: Context,
): OrderEvent[] {
  const { at } = context
  const { onHold = [] } = state
  if (!canHold(state)) {
    const [first] = onHold
    return first ? [{ type: 'hold.closed', kind: first.kind, outcome: 'order_cancelled', waived: [] }] : []
  }
  for (const hold of onHold) {
    const reasons = found.filter(({ code }) => kindOfObstacle(code) === hold.kind)
    if (reasons.length === 0) return [{ type: 'hold.closed', kind: hold.kind, outcome: 'cured', waived: [] }]
    if (!sameReasons(reasons, hold.reasons)) return [{ type: 'hold.changed', kind: hold.kind, reasons }]
    if (at >= hold.dueAt) return expire(state, hold, policy, context)
  }
  if (!policy.holds) return []
  const fresh = found
    .map(({ code }) => kindOfObstacle(code))
    .find((kind) => kind !== null && !onHold.some((one) => one.kind === kind))
  if (!fresh) return []
  const reasons = found.filter(({ code }) => kindOfObstacle(code) === fresh)
  return [opened(fresh, reasons, rulesOf(fresh, policy.holds, state.order?.channel), at)]
}

function expire(state: OrderState, hold: OrderHold, policy: Policy, context: Context): OrderEvent[] {
  const { kind, owner } = hold
  if (hold.atExpiry === 'release') return [{ type: 'hold.closed', kind, outcome: 'expired', waived: waivedBy(hold) }]
  if (hold.atExpiry === 'cancel') {
    const detail = `Nobody let it go in time (${kind}), so it was cancelled here. The channel and the customer were not told.`
    const cancelled = cancelEvents(state, 'hold_expired', context.at, context)
    return [...cancelled, { type: 'order.exceptionRaised', code: 'cancelled_by_clock', detail }]
  }
  const { expiresAfterMinutes } = rulesOf(kind, policy.holds, state.order?.channel)
  const dueAt = after(context.at, expiresAfterMinutes)
  return [{ type: 'hold.escalated', kind, from: owner, owner: escalateTo(policy.holds), dueAt }]
}

export function evolveHold(state: OrderState, event: HoldEvent): OrderState {
  const { onHold = [], waived = [] } = state
  const change = (kind: HoldKind, how: (one: OrderHold) => OrderHold): OrderState => ({
    ...state,
    onHold: onHold.map((one) => (one.kind === kind ? how(one) : one)),
  })
  const unasked = ({ asked: _, ...hold }: OrderHold): OrderHold => hold
  switch (event.type) {
    case 'hold.opened':
      return { ...state, onHold: [...onHold, event.hold] }
    case 'hold.changed':
      // Whoever asked to let it go asked about something else.
      return change(event.kind, (one) => ({ ...unasked(one), reasons: event.reasons }))
    case 'hold.releaseAsked': {
      const { kind, by, note, at } = event
      return change(kind, (one) => ({ ...one, asked: { by, note, at } }))
    }
    case 'hold.kept':
      return change(event.kind, (one) => ({ ...unasked(one), dueAt: event.dueAt }))
    case 'hold.escalated': {
      const { kind, owner, dueAt } = event
      return change(kind, (one) => ({ ...one, owner, dueAt, escalated: one.escalated + 1 }))
    }
    case 'hold.closed':
      return {
        ...state,
        onHold: onHold.filter(({ kind }) => kind !== event.kind),
        waived: [...waived, ...event.waived],
      }
  }
}

/** Every open hold has its clock. */
export function reactToHold(event: HoldEvent, { order }: OrderState): Note[] {
  const { channel, externalId } = order!
  const set = (kind: HoldKind, at: string | null): Note[] => [
    alarm(streams.order(channel, externalId), `hold-${kind}`, at, { type: 'order.lookAtClock' }),
  ]
  switch (event.type) {
    case 'hold.opened':
      return set(event.hold.kind, event.hold.dueAt)
    case 'hold.kept':
    case 'hold.escalated':
      return set(event.kind, event.dueAt)
    case 'hold.closed':
      return set(event.kind, null)
    default:
      return []
  }
}
