/**
 * The stock of one SKU in one pool: what its owner (the ERP) says is free, what is held for orders the ERP does not
 * know yet, and for each channel a _bound_: the most it can sell without our knowing. The sum of the bounds never
 * exceeds what is available to promise, so no unit is offered twice; the rules that keep it so are in `ledger.ts`, and
 * why they are right in docs/decisions/0003-no-oversell.md.
 */
import type { NudgeStock, SeeChannelStock } from '../commands.ts'
import { type Decider, type Decision, type Note, note } from '../decider.ts'
import type { Done, Failed, Intent } from '../intents.ts'
import type { Policy } from '../policy.ts'
import { parseOrderRef, streams } from '../streams.ts'
import { claimAnswers } from './claim-plan.ts'
import {
  answerClaim, type ClaimCommand, type ClaimEvent, hearClaim, isClaimCommand, isClaimEvent,
} from './claims.ts' // prettier-ignore
import { evolveLedger, initialLedger, type Ledger } from './ledger.ts'
import { assurances, publications, urgencyOf } from './plan.ts'

/** What an order tells the stock of one SKU. Each is delivered once, in the order of the order's own history. */
export type HoldCommand =
  /**
   * News of the order: it wants `change` pieces more (or fewer); the channel took `sold` off its shelf and put
   * `restocked` back.
   */
  | { type: 'stock.hold'; orderRef: string; channel: string; change: number; sold: number; restocked: number }
  /** The ERP has confirmed its sale, and reserves so many pieces for it from now on. */
  | { type: 'stock.confirmHold'; orderRef: string; quantity: number }
  /** It was cancelled and wants nothing any more. */
  | { type: 'stock.release'; orderRef: string }

export type StockCommand =
  | HoldCommand
  | ClaimCommand
  /** From the product stream: whether the ERP counts this SKU. */
  | { type: 'stock.know'; stocked: boolean }
  /** From the product stream: where the channel counts this SKU; null when it no longer lists it. */
  | { type: 'stock.bind'; channel: string; place: { inventoryItemId: string; locationId: string } | null }
  /** By a person: publish again to the channels that were given up on. */
  | { type: 'stock.resume' }
  /** After a restore: neither the owner's number nor what channels show is what the ledger remembers. */
  | { type: 'stock.doubt' }
  | SeeChannelStock
  | NudgeStock
  | Done
  | Failed

export type StockEvent =
  | ClaimEvent
  | { type: 'stock.known'; stocked: boolean }
  /** `quantity`: the hold after the news. */
  | { type: 'stock.reserved'; orderRef: string; channel: string; quantity: number; sold: number; restocked: number }
  | { type: 'stock.assured'; orderRef: string; outcome: 'reserved' | 'short' | 'unknown_sku' }
  | { type: 'stock.holdConfirmed'; orderRef: string; quantity: number }
  | { type: 'stock.released'; orderRef: string; quantity: number }
  | { type: 'stock.doubted' }
  | { type: 'stock.read'; free: number; onHand: number; basis: number }
  | { type: 'stock.readFailed' }
  | { type: 'stock.listed'; channel: string; inventoryItemId: string; locationId: string }
  | { type: 'stock.delisted'; channel: string }
  | { type: 'stock.channelSeen'; channel: string; available: number; at: string }
  | { type: 'stock.channelDoubted'; channel: string }
  | { type: 'stock.channelRead'; channel: string; available: number; raised: number }
  | { type: 'stock.publishing'; channel: string; from: number; to: number }
  | { type: 'stock.published'; channel: string; to: number }
  | { type: 'stock.publishStale'; channel: string; available: number; raised: number }
  | { type: 'stock.publishFailed'; channel: string; certain: boolean; message: string }

function decide(state: Ledger, command: StockCommand, policy: Policy): Decision<StockEvent> {
  const events: StockEvent[] = respond(state, command)
  let now = events.reduce(evolve, state)
  for (const next of [
    assurances,
    (then: Ledger) => claimAnswers(then, { safetyStock: policy.safetyStock, shared: false }),
    publications,
  ]) {
    for (const event of next(now, policy)) {
      events.push(event)
      now = evolve(now, event)
    }
  }
  return events
}

function respond(state: Ledger, command: StockCommand): StockEvent[] {
  if (isClaimCommand(command)) return hearClaim(state, command)
  switch (command.type) {
    case 'stock.know':
      return state.stocked === command.stocked ? [] : [{ type: 'stock.known', stocked: command.stocked }]
    case 'stock.hold':
      return hold(state, command)
    case 'stock.confirmHold': {
      const mine = state.holds.find(({ orderRef }) => orderRef === command.orderRef)
      if (!mine || mine.confirmed !== null) return []
      return [{ type: 'stock.holdConfirmed', orderRef: mine.orderRef, quantity: command.quantity }]
    }
    case 'stock.release': {
      const { orderRef } = command
      const quantity = state.holds.find((one) => one.orderRef === orderRef)?.quantity ?? 0
      return [{ type: 'stock.released', orderRef, quantity }]
    }
    case 'stock.bind':
      return bind(state, command.channel, command.place)
    case 'stock.resume':
      return state.channels.flatMap(({ name, trouble }) =>
        trouble === null ? [] : [{ type: 'stock.channelDoubted', channel: name }],
      )
    case 'stock.doubt':
      return [
        { type: 'stock.doubted' },
        // As if it were listed anew: what it can sell is unknown, and what was on its way there says nothing of today.
        ...state.channels.map(({ name: channel, inventoryItemId, locationId }) => ({
          type: 'stock.listed' as const,
          channel,
          inventoryItemId,
          locationId,
        })),
      ]
    case 'stock.seen': {
      const channel = state.channels.find(({ name }) => name === command.channel)
      if (!channel || channel.flight || channel.reading) return []
      if (channel.seen === command.available || (channel.seenAt ?? '') > command.at) return []
      // More than the ledger allows it: old news, or somebody put pieces there. Only a reading can tell.
      if (command.available > (channel.bound ?? command.available)) {
        return [{ type: 'stock.channelDoubted', channel: channel.name }]
      }
      return [{ type: 'stock.channelSeen', channel: channel.name, available: command.available, at: command.at }]
    }
    case 'stock.nudge':
      // A reading on its way may have been taken before this news: the last one says nothing then.
      if (state.stale || (state.asked === null && state.reading?.free === command.free)) return []
      return [{ type: 'stock.doubted' }]
    case 'done':
      return done(state, command)
    case 'failed':
      return failed(state, command)
  }
}

function hold(state: Ledger, command: Extract<HoldCommand, { type: 'stock.hold' }>): StockEvent[] {
  const { orderRef, channel, change, sold, restocked } = command
  const before = state.holds.find((one) => one.orderRef === orderRef)?.quantity ?? 0
  // What the ERP took over is no longer here to be made smaller.
  const quantity = Math.max(0, before + change)
  if (quantity === before && sold === 0 && restocked === 0) return []
  return [{ type: 'stock.reserved', orderRef, channel, quantity, sold, restocked }]
}

function bind(
  state: Ledger,
  channel: string,
  place: { inventoryItemId: string; locationId: string } | null,
): StockEvent[] {
  const known = state.channels.find(({ name }) => name === channel)
  if (place === null) return known ? [{ type: 'stock.delisted', channel }] : []
  const same = known?.inventoryItemId === place.inventoryItemId && known.locationId === place.locationId
  return same ? [] : [{ type: 'stock.listed', channel, ...place }]
}

function done(state: Ledger, command: Done): StockEvent[] {
  if (command.intent === 'stock.read') {
    const { free, onHand } = command.answer
    return [{ type: 'stock.read', free, onHand, basis: command.version }]
  }
  if (command.intent !== 'inventory.read' && command.intent !== 'inventory.set') return []
  const channel = state.channels.find(
    ({ inventoryItemId, locationId }) =>
      inventoryItemId === command.ask.inventoryItemId && locationId === command.ask.locationId,
  )
  if (!channel) return []
  const { name } = channel
  // Pieces whose sale was heard of meanwhile may have been sold after the channel answered: they prove nothing.
  const raisedBy = (available: number, bound: number) => Math.max(0, Math.max(0, available - channel.heard) - bound)
  if (command.intent === 'inventory.read') {
    if (channel.reading !== command.version) return []
    const { available } = command.answer
    return [
      { type: 'stock.channelRead', channel: name, available, raised: raisedBy(available, channel.bound ?? available) },
    ]
  }
  const { flight } = channel
  if (flight?.version !== command.version) return []
  if (command.answer.outcome === 'set') return [{ type: 'stock.published', channel: name, to: flight.to }]
  const { available } = command.answer
  const boundAfter = (channel.bound ?? 0) - Math.max(0, flight.to - flight.from)
  return [{ type: 'stock.publishStale', channel: name, available, raised: raisedBy(available, boundAfter) }]
}

function failed(state: Ledger, { intent, version, fault }: Failed): StockEvent[] {
  if (intent === 'stock.read') return state.asked === version ? [{ type: 'stock.readFailed' }] : []
  const channel = state.channels.find(({ flight, reading }) => flight?.version === version || reading === version)
  if (!channel) return []
  const certain = fault.kind === 'rejected'
  return [{ type: 'stock.publishFailed', channel: channel.name, certain, message: fault.message }]
}

const evolve = (state: Ledger, event: StockEvent): Ledger => evolveLedger(state, event)

function react(event: StockEvent, state: Ledger, stream: string): (Intent | Note<{ type: string }>)[] {
  const [, warehouse = '', ...rest] = stream.split('/')
  const sku = rest.join('/')
  // Whatever asked for a reading set `asked` to its own version: exactly one reading is on its way at a time.
  const read: Intent[] =
    state.asked === state.version ? [{ type: 'stock.read', to: 'erp', ask: { sku, warehouse } }] : []
  if (isClaimEvent(event)) return [...answerClaim(event, warehouse, sku), ...read]
  switch (event.type) {
    case 'stock.assured': {
      const ref = parseOrderRef(event.orderRef)
      if (!ref) return read
      const command = { type: 'order.noteHold', sku, outcome: event.outcome }
      return [note(streams.order(ref.channel, ref.externalId), command), ...read]
    }
    case 'stock.publishing': {
      const { inventoryItemId, locationId } = state.channels.find(({ name }) => name === event.channel)!
      const ask = { sku, inventoryItemId, locationId, from: event.from, to: event.to }
      return [{ type: 'inventory.set', to: event.channel, ask, urgency: urgencyOf(event, state) }]
    }
    case 'stock.listed':
    case 'stock.channelDoubted': {
      const { inventoryItemId, locationId, reading } = state.channels.find(({ name }) => name === event.channel)!
      if (reading !== state.version) return read
      return [{ type: 'inventory.read', to: event.channel, ask: { sku, inventoryItemId, locationId } }, ...read]
    }
    default:
      return read
  }
}

export const stock: Decider<Ledger, StockCommand, StockEvent, Policy> = {
  initial: initialLedger,
  decide,
  evolve,
  react,
}
