/**
 * The part of an order that a warehouse run by somebody else packs and ships: asked for, taken on, held, picked short,
 * sent in parcels, cancelled while that is possible. What leaves is booked in the ERP first, so that its delivery and
 * what the channel is told are always the same. News may come in any order, late, twice or never; clocks run for what
 * does not come.
 */
import type { Context, Decider, Decision } from '../decider.ts'
import { refused } from '../decider.ts'
import type { Answer, Done, Failed } from '../intents.ts'
import type { Policy } from '../policy.ts'
import { allocate, type BackLine, backOf, type ParcelLine, type ParcelRefusal } from './parcels.ts'
import { evolve } from './evolve.ts'
import { type NoteWarehousePacking, packedBefore, type PackingEvent, packingEvents } from './packing.ts'
import { react } from './react.ts'
import { initial, type Instruction, isComplete, isOver, type SentParcel, type WarehouseOrderState } from './state.ts'

/** To `warehouse-order/…`: what the warehouse says of it as a whole. */
export interface NoteWarehouseNews {
  type: 'warehouseOrder.noteNews'
  news: 'accepted' | 'refused' | 'on_hold' | 'cancelled'
  at: string
  /** Their words for why, without personal data. */
  reason?: string
  fulfillerOrderId?: string
}

/** To `warehouse-order/…`: a parcel left. Sent any number of times; `shipmentId` names it. */
export interface NoteWarehouseParcel {
  type: 'warehouseOrder.noteParcel'
  shipmentId: string
  shippedAt: string
  trackingNumber?: string
  trackingUrl?: string
  carrier?: string
  lines: readonly ParcelLine[]
}

/** To `warehouse-order/…`: pieces that were not there when they were picked. `key` names the news. */
export interface NoteWarehouseShort {
  type: 'warehouseOrder.noteShort'
  key: string
  lines: readonly { sku: string; quantity: number }[]
  /** The warehouse sends the rest by itself when it has it. */
  follows: boolean
}

/** To `warehouse-order/…`: goods of it are back there, and were looked at. `returnId` names the news. */
export interface NoteWarehouseReturn {
  type: 'warehouseOrder.noteReturn'
  returnId: string
  lines: readonly { sku: string; quantity: number; disposition: 'sellable' | 'damaged' }[]
}

export type WarehouseOrderCommand =
  /** From the order: the sale is confirmed, and this warehouse has these lines of it. */
  | { type: 'warehouseOrder.open'; fulfiller: string; instruction: Instruction }
  | NoteWarehouseNews
  | NoteWarehouseParcel
  | NoteWarehouseShort
  | NoteWarehouseReturn
  | NoteWarehousePacking
  /** From the order: it was cancelled in the channel. */
  | { type: 'warehouseOrder.cancel'; reason: string }
  /** By a person: whatever failed is tried again. */
  | { type: 'warehouseOrder.retry' }
  /** From its own alarm. */
  | { type: 'warehouseOrder.lookAtClock' }
  | Done
  | Failed

export type WarehouseOrderEvent =
  | { type: 'warehouseOrder.asked'; fulfiller: string; instruction: Instruction; acknowledgeBy: string; shipBy: string }
  | { type: 'warehouseOrder.askRetried'; instruction: Instruction; acknowledgeBy: string }
  | { type: 'warehouseOrder.taken'; fulfillerOrderId: string }
  | { type: 'warehouseOrder.askFailed'; code: string; message: string }
  | { type: 'warehouseOrder.accepted'; at: string }
  | { type: 'warehouseOrder.refused'; at: string; reason: string }
  | { type: 'warehouseOrder.held'; at: string; reason: string }
  | { type: 'warehouseOrder.resumed'; at: string }
  | {
      type: 'warehouseOrder.shorted'
      key: string
      lines: readonly { lineId: string; sku: string; quantity: number }[]
      follows: boolean
    }
  | ({ type: 'warehouseOrder.parcelSent' } & SentParcel)
  | { type: 'warehouseOrder.parcelRefused'; shipmentId: string; why: ParcelRefusal; detail: string }
  | { type: 'warehouseOrder.returned'; returnId: string; lines: readonly BackLine[]; unknown: readonly string[] }
  | { type: 'warehouseOrder.bookRetried'; parcel: SentParcel }
  | { type: 'warehouseOrder.booked'; parcel: SentParcel; deliveries: readonly { id: string; name: string }[] }
  | { type: 'warehouseOrder.bookFailed'; shipmentId: string; code: string; message: string }
  | { type: 'warehouseOrder.cancelAsked'; reason: string }
  | { type: 'warehouseOrder.cancelled'; wanted: boolean; at: string }
  | { type: 'warehouseOrder.cancelRefused'; reason: string; failed: boolean }
  | { type: 'warehouseOrder.late'; clock: Clock; owner: string }
  | { type: 'warehouseOrder.closed' }
  | PackingEvent

/** `acknowledge`: it has not been taken on; `ship`: not all of it has left. */
export type Clock = 'acknowledge' | 'ship'

function decide(
  state: WarehouseOrderState,
  command: WarehouseOrderCommand,
  policy: Policy,
  context: Context,
): Decision<WarehouseOrderEvent> {
  if (command.type !== 'warehouseOrder.open' && state.step === 'absent')
    return refused('warehouse_order_unknown', 'No order was handed to the warehouse under this reference.')
  const events = respond(state, command, policy, context)
  const now = events.reduce(evolve, state)
  const isBooked = now.parcels.every(({ booked }) => booked)
  const over = now.step !== 'closed' && now.step !== 'cancelled' && isComplete(now) && isBooked
  return over ? [...events, { type: 'warehouseOrder.closed' }] : events
}

function respond(
  state: WarehouseOrderState,
  command: WarehouseOrderCommand,
  policy: Policy,
  context: Context,
): WarehouseOrderEvent[] {
  switch (command.type) {
    case 'warehouseOrder.open': {
      if (state.step !== 'absent') return []
      const { fulfiller, instruction } = command
      return [
        { type: 'warehouseOrder.asked', fulfiller, instruction, ...clocksOf(instruction.pool, policy, context.at) },
      ]
    }
    case 'warehouseOrder.noteNews':
      return newsOf(state, command)
    case 'warehouseOrder.noteParcel':
      return parcelOf(state, command, policy)
    case 'warehouseOrder.notePacking':
      return packingEvents(state, command)
    case 'warehouseOrder.noteShort':
      return shortOf(state, command)
    case 'warehouseOrder.noteReturn':
      return state.heard.includes(command.returnId)
        ? []
        : [{ type: 'warehouseOrder.returned', returnId: command.returnId, ...backOf(state, command.lines) }]
    case 'warehouseOrder.cancel':
      return cancel(state, command.reason, context)
    case 'warehouseOrder.retry':
      return retry(state, policy, context)
    case 'warehouseOrder.lookAtClock':
      return lateBy(state, policy, context.at)
    case 'done':
      return done(state, command, context)
    case 'failed':
      return failed(state, command)
  }
}

const MINUTE_MS = 60_000

function clocksOf(pool: string, policy: Policy, at: string): { acknowledgeBy: string; shipBy: string } {
  const { acknowledgeWithinMinutes = 120, shipWithinHours = 72 } = policy.warehouses?.[pool] ?? {}
  const after = (minutes: number) => new Date(Date.parse(at) + minutes * MINUTE_MS).toISOString()
  return { acknowledgeBy: after(acknowledgeWithinMinutes), shipBy: after(shipWithinHours * 60) }
}

/** Older news of its state than the newest says nothing; a parcel that left is never old. */
function newsOf(
  state: WarehouseOrderState,
  { news, at, reason = 'no reason given', fulfillerOrderId }: NoteWarehouseNews,
): WarehouseOrderEvent[] {
  if (isOver(state) || at < state.newsAt) return []
  const taken: WarehouseOrderEvent[] =
    fulfillerOrderId && !state.fulfillerOrderId ? [{ type: 'warehouseOrder.taken', fulfillerOrderId }] : []
  switch (news) {
    case 'accepted': {
      if (state.onHold !== null) return [...taken, { type: 'warehouseOrder.resumed', at }]
      return state.step === 'accepted' ? taken : [...taken, { type: 'warehouseOrder.accepted', at }]
    }
    case 'refused':
      return state.step === 'refused' ? [] : [...taken, { type: 'warehouseOrder.refused', at, reason }]
    case 'on_hold':
      return state.onHold === reason ? taken : [...taken, { type: 'warehouseOrder.held', at, reason }]
    case 'cancelled':
      return [{ type: 'warehouseOrder.cancelled', wanted: state.cancel !== 'none', at }]
  }
}

function parcelOf(state: WarehouseOrderState, command: NoteWarehouseParcel, policy: Policy): WarehouseOrderEvent[] {
  const { shipmentId, lines, type: _, ...rest } = command
  const known = state.parcels.some((one) => one.shipmentId === shipmentId)
  if (known || state.heard.includes(shipmentId)) return []
  const found = allocate(state, lines, policy.warehouses?.[state.pool]?.substitutes ?? {})
  if ('why' in found) return [{ type: 'warehouseOrder.parcelRefused', shipmentId, ...found }]
  const sent: WarehouseOrderEvent = { type: 'warehouseOrder.parcelSent', shipmentId, ...rest, lines: found.lines }
  return [sent, ...packedBefore(state, shipmentId, found.lines)]
}

function shortOf(state: WarehouseOrderState, { key, lines, follows }: NoteWarehouseShort): WarehouseOrderEvent[] {
  if (isOver(state) || state.heard.includes(key)) return []
  const short = lines.flatMap(({ sku, quantity }) => {
    const line = state.lines.find((one) => one.sku === sku)
    return line && quantity > 0 ? [{ lineId: line.lineId, sku, quantity }] : []
  })
  return short.length > 0 ? [{ type: 'warehouseOrder.shorted', key, lines: short, follows }] : []
}

function cancel(state: WarehouseOrderState, reason: string, { at }: Context): WarehouseOrderEvent[] {
  if (state.cancel === 'asked') return []
  if (state.step === 'cancelled' || state.step === 'refused')
    return [{ type: 'warehouseOrder.cancelled', wanted: true, at }]
  if (isComplete(state)) return [{ type: 'warehouseOrder.cancelRefused', reason: 'all of it has left', failed: false }]
  return [{ type: 'warehouseOrder.cancelAsked', reason }]
}

function retry(state: WarehouseOrderState, policy: Policy, { at }: Context): WarehouseOrderEvent[] {
  const events: WarehouseOrderEvent[] = []
  const open = state.cancel === 'none' && (state.step === 'failed' || state.step === 'refused')
  if (open && state.instruction) {
    const { acknowledgeBy } = clocksOf(state.pool, policy, at)
    events.push({ type: 'warehouseOrder.askRetried', instruction: state.instruction, acknowledgeBy })
  }
  for (const { booked, failed: why, version: _, ...parcel } of state.parcels)
    if (!booked && why !== null) events.push({ type: 'warehouseOrder.bookRetried', parcel })
  return events
}

function lateBy(state: WarehouseOrderState, policy: Policy, at: string): WarehouseOrderEvent[] {
  const owner = policy.warehouses?.[state.pool]?.owner ?? 'logistics'
  if (isOver(state)) return []
  const isLate = (clock: Clock, by: string, waits: boolean): WarehouseOrderEvent[] =>
    waits && at >= by && !state.late.includes(clock) ? [{ type: 'warehouseOrder.late', clock, owner }] : []
  return [...isLate('acknowledge', state.acknowledgeBy, state.step === 'asked'), ...isLate('ship', state.shipBy, true)]
}

function done(state: WarehouseOrderState, command: Done, { at }: Context): WarehouseOrderEvent[] {
  switch (command.intent) {
    case 'warehouseOrder.ensure': {
      const { fulfillerOrderId, accepted } = command.answer
      const taken: WarehouseOrderEvent[] =
        state.fulfillerOrderId === fulfillerOrderId ? [] : [{ type: 'warehouseOrder.taken', fulfillerOrderId }]
      const waits = state.step === 'asked' || state.step === 'failed'
      return accepted && waits ? [...taken, { type: 'warehouseOrder.accepted', at }] : taken
    }
    case 'warehouseOrder.cancel':
      return settle(state, command.answer, at)
    case 'delivery.ensure': {
      const parcel = state.parcels.find(({ shipmentId }) => shipmentId === command.ask.key)
      if (!parcel || parcel.booked) return []
      const { booked: _, failed: __, version: ___, ...sent } = parcel
      return [{ type: 'warehouseOrder.booked', parcel: sent, deliveries: command.answer.deliveries }]
    }
    default:
      return []
  }
}

function settle(
  state: WarehouseOrderState,
  { outcome, reason }: Answer<'warehouseOrder.cancel'>,
  at: string,
): WarehouseOrderEvent[] {
  if (state.step === 'cancelled' || state.cancel !== 'asked' || outcome === 'asked') return []
  if (outcome === 'cancelled') return [{ type: 'warehouseOrder.cancelled', wanted: true, at }]
  return [{ type: 'warehouseOrder.cancelRefused', reason: reason ?? 'no reason given', failed: false }]
}

function failed(state: WarehouseOrderState, { intent, version, fault }: Failed): WarehouseOrderEvent[] {
  const { code, message } = fault
  switch (intent) {
    case 'warehouseOrder.ensure':
      return state.step === 'asked' ? [{ type: 'warehouseOrder.askFailed', code, message }] : []
    case 'warehouseOrder.cancel':
      return state.cancel === 'asked' ? [{ type: 'warehouseOrder.cancelRefused', reason: message, failed: true }] : []
    case 'delivery.ensure': {
      const parcel = state.parcels.find((one) => one.version === version)
      if (!parcel || parcel.booked) return []
      return [{ type: 'warehouseOrder.bookFailed', shipmentId: parcel.shipmentId, code, message }]
    }
    default:
      return []
  }
}

export const warehouseOrder: Decider<WarehouseOrderState, WarehouseOrderCommand, WarehouseOrderEvent, Policy> = {
  initial,
  decide,
  evolve,
  react,
}
