/**
 * A reservation: pieces of one or several SKUs set aside in one pool for a while, all of them or none, for somebody who
 * is about to buy or will come and fetch. It ends by being given back, by time, or by an order that takes its place.
 */
import { type Context, type Decider, type Decision, type Note, note, refused } from '../decider.ts'
import type { Policy } from '../policy.ts'
import type { ClaimAnswer, ClaimCommand } from '../stock/claims.ts'
import { streams } from '../streams.ts'

export type ReservationStage =
  | 'absent'
  | 'pending'
  | 'held'
  | 'refused'
  | 'released'
  | 'expired'
  | 'converted'
  | 'closed'

export interface ReservedItem {
  sku: string
  quantity: number
  outcome: 'asked' | 'granted' | 'short' | 'unknown_sku'
  /** What could have been set aside, when it was refused. */
  available?: number
}

export interface ReservationState {
  version: number
  stage: ReservationStage
  pool: string
  items: readonly ReservedItem[]
  openedAt: string
  expiresAt: string
  /** The caller's own name for it: a basket, a customer's number. */
  reference: string
  orderRef: string | null
  /** Of what was asked for: the same request again is known by it. */
  digest: string
}

export interface OpenReservation {
  type: 'reservation.open'
  pool: string
  /** Each SKU once. */
  items: readonly { sku: string; quantity: number }[]
  expiresAt: string
  /** Whether it waits for channels that have to give back first; else only what lies free is set aside. */
  waits: boolean
  reference: string
  digest: string
}

export type ReservationCommand =
  | OpenReservation
  | ClaimAnswer
  | { type: 'reservation.release' }
  /** By the clock. */
  | { type: 'reservation.expire' }
  /** An order says that it is what the pieces were set aside for. */
  | { type: 'reservation.convert'; orderRef: string }

export type ReservationEvent =
  | (Omit<OpenReservation, 'type'> & { type: 'reservation.opened'; at: string })
  | { type: 'reservation.answered'; sku: string; outcome: 'granted' }
  | { type: 'reservation.held' }
  | { type: 'reservation.refused'; sku: string; outcome: 'short' | 'unknown_sku'; available: number }
  | { type: 'reservation.released' }
  | { type: 'reservation.expired' }
  | { type: 'reservation.converted'; orderRef: string }
  | { type: 'reservation.closed' }

/** Refusals in order of precedence. */
export type ReservationRefusal = 'reservation_unknown' | 'reservation_differs' | 'reservation_over'
const refuse = (code: ReservationRefusal, reason: string) => refused(code, reason)

const initial: ReservationState = {
  version: 0,
  stage: 'absent',
  pool: '',
  items: [],
  openedAt: '',
  expiresAt: '',
  reference: '',
  orderRef: null,
  digest: '',
}

/** Pieces may be set aside, or on the way to it. */
const isOpen = ({ stage }: ReservationState): boolean => stage === 'pending' || stage === 'held'

function decide(
  state: ReservationState,
  command: ReservationCommand,
  _policy: Policy,
  { at }: Context,
): Decision<ReservationEvent> {
  if (command.type === 'reservation.open') return open(state, command, at)
  if (state.stage === 'absent') return refuse('reservation_unknown', 'There is no such reservation.')
  switch (command.type) {
    case 'claim.granted':
    case 'claim.refused':
      return answered(state, command)
    case 'reservation.release':
      if (state.stage === 'released') return []
      if (!isOpen(state)) return refuse('reservation_over', `The reservation is ${state.stage} already.`)
      return [{ type: 'reservation.released' }]
    case 'reservation.expire':
      if (at < state.expiresAt) return []
      if (isOpen(state)) return [{ type: 'reservation.expired' }]
      // Whatever the order did not take over is let go.
      return state.stage === 'converted' ? [{ type: 'reservation.closed' }] : []
    case 'reservation.convert':
      if (state.orderRef === command.orderRef) return []
      if (!isOpen(state)) return refuse('reservation_over', `The reservation is ${state.stage} already.`)
      return [{ type: 'reservation.converted', orderRef: command.orderRef }]
  }
}

function open(state: ReservationState, command: OpenReservation, at: string): Decision<ReservationEvent> {
  if (state.stage === 'absent') return [{ ...command, type: 'reservation.opened', at }]
  if (state.digest === command.digest) return []
  return refuse('reservation_differs', 'Another reservation was made under the same name.')
}

function answered(state: ReservationState, command: ClaimAnswer): ReservationEvent[] {
  if (state.stage !== 'pending') return []
  const { sku } = command
  if (command.type === 'claim.refused') {
    const { reason: outcome, available } = command
    return [{ type: 'reservation.refused', sku, outcome, available }]
  }
  const events: ReservationEvent[] = [{ type: 'reservation.answered', sku, outcome: 'granted' }]
  const all = state.items.every((item) => item.sku === sku || item.outcome === 'granted')
  return all ? [...events, { type: 'reservation.held' }] : events
}

function evolve(before: ReservationState, event: ReservationEvent): ReservationState {
  const state = { ...before, version: before.version + 1 }
  const answer = (sku: string, change: Partial<ReservedItem>): ReservationState => ({
    ...state,
    items: state.items.map((item) => (item.sku === sku ? { ...item, ...change } : item)),
  })
  switch (event.type) {
    case 'reservation.opened': {
      const { pool, expiresAt, reference, digest, at } = event
      const items = event.items.map((item) => ({ ...item, outcome: 'asked' as const }))
      return { ...state, stage: 'pending', pool, items, expiresAt, reference, digest, openedAt: at }
    }
    case 'reservation.answered':
      return answer(event.sku, { outcome: event.outcome })
    case 'reservation.refused':
      return { ...answer(event.sku, { outcome: event.outcome, available: event.available }), stage: 'refused' }
    case 'reservation.held':
      return { ...state, stage: 'held' }
    case 'reservation.released':
      return { ...state, stage: 'released' }
    case 'reservation.expired':
      return { ...state, stage: 'expired' }
    case 'reservation.converted':
      return { ...state, stage: 'converted', orderRef: event.orderRef }
    case 'reservation.closed':
      return { ...state, stage: 'closed' }
  }
}

function react(event: ReservationEvent, state: ReservationState, stream: string): Note[] {
  const ref = refOf(stream)
  const toAll = (commandOf: (item: ReservedItem) => ClaimCommand) =>
    state.items.map((item) => note(streams.stock(state.pool, item.sku), commandOf(item)))
  switch (event.type) {
    case 'reservation.opened': {
      const patience = event.waits ? 'withdraw' : 'now'
      return toAll(({ quantity }) => ({ type: 'stock.claim', ref, owner: stream, request: ref, quantity, patience }))
    }
    case 'reservation.refused':
    case 'reservation.released':
    case 'reservation.expired':
    case 'reservation.closed':
      // Where it was refused there is nothing, and nothing happens.
      return toAll(() => ({ type: 'stock.unclaim', ref, quantity: null }))
    case 'reservation.converted':
      return toAll(() => ({ type: 'stock.settleClaim', ref, orderRef: event.orderRef }))
    default:
      return []
  }
}

/** What the ledger calls it. */
const refOf = (stream: string): string => `reservation:${stream.slice('reservation/'.length)}`

export const reservation: Decider<ReservationState, ReservationCommand, ReservationEvent, Policy> = {
  initial,
  decide,
  evolve,
  react,
}

/** What an order that was bought on a reservation carries among its tags. */
export const RESERVATION_TAG = /^reservation:([\w-]{1,80})$/

/** An order tells the reservations it was bought on. */
export const conversionNotes = (tags: readonly string[], orderRef: string): Note[] =>
  tags.flatMap((tag) => {
    const id = RESERVATION_TAG.exec(tag)?.[1]
    return id ? [note(streams.reservation(id), { type: 'reservation.convert', orderRef } as { type: string })] : []
  })
