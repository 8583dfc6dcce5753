/**
 * The stock of one SKU in one pool: what its owner (the ERP) says is free, what is held for orders the ERP does not
 * know yet, and for each channel a _bound_: the most it can sell without our knowing. The sum of the bounds never
 * exceeds what is available to promise, so no unit is offered twice; the rules that keep it so are in `ledger.ts`, and
 * why they are right in docs/decisions/0003-no-oversell.md.
 */
import type { ChannelListing } from '#canon/product.ts'
import type { NudgeStock, SeeChannelStock } from '../commands.ts'
import { alarm, type Context, type Decider, type Decision, type Note, note } from '../decider.ts'
import type { Done, Failed, Intent } from '../intents.ts'
import type { Policy } from '../policy.ts'
import { parseOrderRef, streams } from '../streams.ts'
import { caughtUp, done, failed } from './answers.ts'
import { claimAnswers } from './claim-plan.ts'
import {
  answerClaim, type ClaimCommand, type ClaimEvent, hearClaim, isClaimCommand, isClaimEvent,
} from './claims.ts' // prettier-ignore
import { type CountCommand, type CountEvent, hearShelf, isCountCommand } from './counts.ts'
import { answerWatch, isWatchEvent, type WatchCommand, type WatchEvent } from './watches.ts'
import {
  type BackedCommand, hearBacked, type KitLedgerEvent, kitNews, kitNotes, kitOf, kitRuled,
} from './kits.ts' // prettier-ignore
import { incidents } from './incidents.ts'
import { evolveLedger, type Incident, initialLedger, type Ledger, type Mode } from './ledger.ts'
import { modeChange, safetyOf } from './mode.ts'
import { shelfOf } from './offer.ts'
import {
  type Ahead, isPresaleEvent, type LookCommand, nextLook, presaleNews, type PresaleEvent, promisedTo, standingNews,
  tellPromise,
} from './presale.ts' // prettier-ignore
import { assurances, calm, publications, urgencyOf } from './plan.ts'
import { awaited } from './put.ts'

/** What an order tells the stock of one SKU. Each is delivered once, in the order of the order's own history. */
export type HoldCommand =
  /**
   * News of the order: it wants `change` pieces more (or fewer); the channel took `sold` off its shelf and put
   * `restocked` back. `placedAt` and `changedAt` are the order's, by the channel's own clock.
   */
  | ({ type: 'stock.hold'; orderRef: string; channel: string; change: number; sold: number; restocked: number } & When)
  /** The ERP has confirmed its sale, and reserves so many pieces for it from now on; `more`: beyond what it did. */
  | { type: 'stock.confirmHold'; orderRef: string; quantity: number; more?: true }
  /** The ERP's sale is for so many in all now: no more than that is still promised to it. */
  | { type: 'stock.wants'; orderRef: string; quantity: number }
  /** It was cancelled and wants nothing any more. */
  | { type: 'stock.release'; orderRef: string }

interface When {
  placedAt?: string | undefined
  changedAt?: string | undefined
}

/** Where a channel counts the SKU, and how it takes a number. */
export interface Place {
  inventoryItemId: string
  locationId: string
  writes?: ChannelListing['writes']
}

export type StockCommand =
  | HoldCommand
  | ClaimCommand
  | WatchCommand
  | BackedCommand
  | CountCommand
  | LookCommand
  /** From the product stream: whether the ERP counts this SKU. */
  | { type: 'stock.know'; stocked: boolean }
  /** From the product stream: where the channel counts this SKU; null when it no longer lists it. */
  | { type: 'stock.bind'; channel: string; place: Place | null }
  /** From the channel's stream: all its orders placed or changed up to then have been heard. */
  | { type: 'stock.caughtUp'; channel: string; until: string }
  /** By a person: share this SKU in one way, whatever policy says; null leaves it to policy again. */
  | { type: 'stock.mode'; mode: Mode | null }
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
  | WatchEvent
  | KitLedgerEvent
  | CountEvent
  | PresaleEvent
  | { type: 'stock.known'; stocked: boolean }
  /** `quantity`: the hold after the news. */
  | ({
      type: 'stock.reserved'
      orderRef: string
      channel: string
      quantity: number
      sold: number
      restocked: number
    } & When)
  | { type: 'stock.assured'; orderRef: string; outcome: 'reserved' | 'short' | 'unknown_sku' }
  | { type: 'stock.holdConfirmed'; orderRef: string; quantity: number }
  | { type: 'stock.released'; orderRef: string; quantity: number }
  | { type: 'stock.doubted' }
  | { type: 'stock.read'; free: number; onHand: number; basis: number; ahead?: Ahead }
  | { type: 'stock.readFailed' }
  | { type: 'stock.listed'; channel: string; inventoryItemId: string; locationId: string; writes?: 'plain' | 'later' }
  | { type: 'stock.delisted'; channel: string }
  | { type: 'stock.channelSeen'; channel: string; available: number; at: string }
  | { type: 'stock.channelDoubted'; channel: string }
  /** `at`: when, by the channel's own clock. */
  | { type: 'stock.channelRead'; channel: string; available: number; raised: number; at?: string }
  | { type: 'stock.publishing'; channel: string; from: number; to: number }
  | { type: 'stock.published'; channel: string; to: number }
  | { type: 'stock.publishStale'; channel: string; available: number; raised: number }
  | { type: 'stock.publishFailed'; channel: string; certain: boolean; message: string }
  /** A channel without compare-and-set is asked to show a number. */
  | { type: 'stock.putting'; channel: string; to: number }
  | { type: 'stock.put'; channel: string; to: number; at: string }
  | { type: 'stock.putAccepted'; channel: string; to: number; at: string; reference?: string }
  /** What was accepted was not taken after all. Without a message it is tried again. */
  | { type: 'stock.putRefused'; channel: string; message: string | null }
  /** Nobody knows whether it was done. It is never asked for again. */
  | { type: 'stock.putLost'; channel: string; to: number; at: string }
  /** All orders up to the last fact are known: so much can be sold there and no more. */
  | { type: 'stock.settled'; channel: string; bound: number; shown: boolean }
  | { type: 'stock.modeSet'; mode: Mode; byHand: boolean }
  | { type: 'stock.incidentRaised'; kind: Incident['kind']; words: string }
  | { type: 'stock.incidentResolved'; kind: Incident['kind'] }

function decide(state: Ledger, command: StockCommand, policy: Policy, { stream, at }: Context): Decision<StockEvent> {
  const events: StockEvent[] = []
  let now = state
  const happen = (all: readonly StockEvent[]) => {
    for (const event of all) {
      events.push(event)
      now = evolve(now, event)
    }
  }
  const place = placeOf(stream)
  happen(kitRuled(state, policy, place))
  happen(presaleNews(now, policy, place, at))
  happen(respond(now, command, policy, at))
  happen(incidents(state, now, events))
  happen(modeChange(now, policy, place))
  happen(standingNews(now, shelfOf(now)))
  happen(assurances(now))
  happen(claimAnswers(now, { safetyStock: safetyOf(policy, place), shared: now.mode?.is === 'shared' }))
  happen(publications(now, policy, place))
  happen(kitNews(now))
  happen(calm(now, events))
  return events
}

/** `stock/<pool>/<sku>` */
export function placeOf(stream: string): { pool: string; sku: string } {
  const [, pool = '', ...rest] = stream.split('/')
  return { pool, sku: rest.join('/') }
}

function respond(state: Ledger, command: StockCommand, policy: Policy, at: string): StockEvent[] {
  if (isClaimCommand(command)) return hearClaim(state, command)
  // What a warehouse has of a kit is its parts.
  if (isCountCommand(command)) return kitOf(state) ? [] : hearShelf(state, command)
  switch (command.type) {
    case 'stock.know':
      return state.stocked === command.stocked ? [] : [{ type: 'stock.known', stocked: command.stocked }]
    case 'stock.hold':
      return [...fewer(state, command.orderRef, -command.change), ...hold(state, command)]
    case 'stock.wants':
      return fewer(state, command.orderRef, promisedTo(state, command.orderRef) - command.quantity)
    case 'stock.look':
      return state.presale && state.presale.at < at ? [{ type: 'stock.looked', at }] : []
    case 'stock.confirmHold': {
      const mine = state.holds.find(({ orderRef }) => orderRef === command.orderRef)
      if (!mine || (mine.confirmed !== null && !command.more)) return []
      const quantity = command.quantity + (mine.confirmed?.quantity ?? 0)
      return [{ type: 'stock.holdConfirmed', orderRef: mine.orderRef, quantity }]
    }
    case 'stock.release': {
      const { orderRef } = command
      const quantity = state.holds.find((one) => one.orderRef === orderRef)?.quantity ?? 0
      return [...fewer(state, orderRef, Number.MAX_SAFE_INTEGER), { type: 'stock.released', orderRef, quantity }]
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
        ...state.channels.map(({ name: channel, inventoryItemId, locationId, put }) => ({
          type: 'stock.listed' as const,
          channel,
          inventoryItemId,
          locationId,
          ...(put && put.writes !== 'swap' && { writes: put.writes }),
        })),
      ]
    case 'stock.seen': {
      const channel = state.channels.find(({ name }) => name === command.channel)
      if (!channel || channel.flight || channel.reading) return []
      // Our own write is on its way there: what it shows meanwhile is looked at when its orders are known.
      if (channel.put?.fact || channel.put?.open) return []
      if (channel.seen === command.available || (channel.seenAt ?? '') > command.at) return []
      // More than the ledger allows it: old news, or somebody put pieces there. Only a reading can tell.
      if (command.available > (channel.bound ?? command.available)) {
        return [{ type: 'stock.channelDoubted', channel: channel.name }]
      }
      return [{ type: 'stock.channelSeen', channel: channel.name, available: command.available, at: command.at }]
    }
    case 'stock.watch': {
      const { type: _, ...watch } = command
      return [{ type: 'stock.watched', ...watch }]
    }
    case 'stock.back':
      return hearBacked(state, command)
    case 'stock.nudge':
      // What the ERP makes of a kit is what its parts would allow, and they are on sale by themselves.
      if (kitOf(state)) return []
      // A reading on its way may have been taken before this news: the last one says nothing then.
      if (state.stale || (state.asked === null && state.reading?.free === command.free)) return []
      return [{ type: 'stock.doubted' }]
    case 'stock.caughtUp':
      return caughtUp(state, command.channel, command.until, policy)
    case 'stock.mode':
      if (command.mode === null)
        return state.mode?.byHand ? [{ type: 'stock.modeSet', mode: state.mode.is, byHand: false }] : []
      if (state.mode?.byHand && state.mode.is === command.mode) return []
      return [{ type: 'stock.modeSet', mode: command.mode, byHand: true }]
    case 'done':
      return done(state, command)
    case 'failed':
      return failed(state, command)
  }
}

function hold(state: Ledger, command: Extract<HoldCommand, { type: 'stock.hold' }>): StockEvent[] {
  const { orderRef, channel, change, sold, restocked, placedAt, changedAt } = command
  const before = state.holds.find((one) => one.orderRef === orderRef)?.quantity ?? 0
  // What the ERP took over is no longer here to be made smaller.
  const quantity = Math.max(0, before + change)
  if (quantity === before && sold === 0 && restocked === 0) return []
  const when = state.channels.find(({ name }) => name === channel)?.put && { placedAt, changedAt }
  return [{ type: 'stock.reserved', orderRef, channel, quantity, sold, restocked, ...when } as StockEvent]
}

/** An order that wants fewer gives back what is not here first. */
function fewer(state: Ledger, orderRef: string, pieces: number): StockEvent[] {
  const quantity = Math.min(promisedTo(state, orderRef), pieces)
  return quantity > 0 ? [{ type: 'stock.promiseLet', orderRef, quantity }] : []
}

function bind(state: Ledger, channel: string, place: Place | null): StockEvent[] {
  const known = state.channels.find(({ name }) => name === channel)
  if (place === null) return known ? [{ type: 'stock.delisted', channel }] : []
  const { inventoryItemId, locationId, writes = 'compare' } = place
  const same =
    known?.inventoryItemId === inventoryItemId &&
    known.locationId === locationId &&
    (known.put?.writes ?? 'compare') === writes
  if (same) return []
  const how = writes === 'compare' ? {} : { writes }
  return [{ type: 'stock.listed', channel, inventoryItemId, locationId, ...how }]
}

const evolve = (state: Ledger, event: StockEvent): Ledger => evolveLedger(state, event)

function react(event: StockEvent, state: Ledger, stream: string): (Intent | Note<{ type: string }>)[] {
  const { pool: warehouse, sku } = placeOf(stream)
  if (isWatchEvent(event)) return answerWatch(event, sku)
  // Whatever asked for a reading set `asked` to its own version: exactly one reading is on its way at a time.
  const read = kitOf(state)
    ? kitNotes(event, state, { pool: warehouse, sku })
    : state.asked === state.version
      ? [{ type: 'stock.read', to: 'erp', ask: { sku, warehouse, ...aheadAsked(state) } } as const]
      : []
  if (isPresaleEvent(event))
    return [...tellPromise(event, state, { pool: warehouse, sku }), ...looks(event, state, stream), ...read]
  if (isClaimEvent(event)) return [...answerClaim(event, warehouse, sku), ...read]
  const at = (name: string) => state.channels.find((one) => one.name === name)
  switch (event.type) {
    case 'stock.assured': {
      const ref = parseOrderRef(event.orderRef)
      if (!ref) return read
      const command = { type: 'order.noteHold', sku, pool: warehouse, outcome: event.outcome }
      return [note(streams.order(ref.channel, ref.externalId), command), ...read]
    }
    case 'stock.publishing': {
      const { inventoryItemId, locationId } = at(event.channel)!
      const ask = { sku, inventoryItemId, locationId, from: event.from, to: event.to }
      return [{ type: 'inventory.set', to: event.channel, ask, urgency: urgencyOf(event, state) }]
    }
    case 'stock.putting': {
      const { inventoryItemId, locationId, seen } = at(event.channel)!
      const ask = { sku, inventoryItemId, locationId, to: event.to }
      const urgency = urgencyOf({ from: seen ?? 0, to: event.to }, state)
      return [{ type: 'inventory.put', to: event.channel, ask, urgency }]
    }
    case 'stock.listed':
    case 'stock.channelDoubted': {
      const { inventoryItemId, locationId, reading, put } = at(event.channel)!
      if (reading !== state.version) return read
      const reference = put?.open?.reference
      const ask = { sku, inventoryItemId, locationId, ...(reference !== undefined && { reference }) }
      return [{ type: 'inventory.read', to: event.channel, ask }, ...read]
    }
    case 'stock.put':
    case 'stock.putAccepted':
    case 'stock.putLost':
    case 'stock.channelRead':
    case 'stock.channelSeen':
      return [...waits(event.channel, state, stream), ...read]
    case 'stock.reserved':
      // What it put back makes it look anew once things are calm; what it sold was expected.
      return [...(event.restocked > 0 ? waits(event.channel, state, stream) : []), ...read]
    default:
      return read
  }
}

const aheadAsked = ({ presale }: Ledger) => (presale?.rule ? { ahead: { since: presale.rule.since } } : {})

/** The clock tells what no news does: that a day has come, or that nothing has. */
function looks(event: PresaleEvent, state: Ledger, stream: string): Note[] {
  if (event.type !== 'stock.presaleRuled' && event.type !== 'stock.looked') return []
  return [alarm(stream, 'presale', nextLook(state), { type: 'stock.look' })]
}

/** Asks to be told when the channel's orders are known for long enough. */
function waits(channel: string, { channels }: Ledger, stream: string): Note[] {
  const one = channels.find(({ name }) => name === channel)
  const until = one ? awaited(one) : null
  return until === null ? [] : [note(streams.waiting(channel, stream), { type: 'channel.await', stream, until })]
}

export const stock: Decider<Ledger, StockCommand, StockEvent, Policy> = {
  initial: initialLedger,
  decide,
  evolve,
  react,
}
