/**
 * The stock ledger's state and its arithmetic, one line of bookkeeping per event. *Exposure* of a channel is what it can
 * still sell plus what it sold that we have not heard of; its `bound` is never below it:
 *
 * - news of a sale of q: bound −q, holds +q;
 * - lowering from e to n: bound −(e−n) once the compare-and-set is known to have succeeded, no sooner;
 * - raising from e to n: bound +(n−e) before the call, given back if the compare was stale;
 * - the channel put r pieces back by itself: bound +r, in the same step in which the hold that covered them goes.
 *
 * A hold counts until a reading that was asked for after the ERP confirmed its order: the ERP's number lacks it from then
 * on. In between it may count twice, never zero times.
 */
import { assert } from '#canon/assert.ts'
import type { StockEvent } from './stock.ts'

export interface LedgerHold {
  orderRef: string
  channel: string
  quantity: number
  /** Version of the event that recorded the ERP's confirmation. */
  confirmed: number | null
  told: 'reserved' | 'short' | 'unknown_sku' | null
}

export interface ChannelStock {
  name: string
  inventoryItemId: string
  locationId: string
  /** Upper bound of the channel's exposure; null until it was read for the first time. */
  bound: number | null
  /** What we believe the channel shows; the compare of the next compare-and-set. */
  seen: number | null
  seenAt: string | null
  flight: { version: number; from: number; to: number } | null
  /** Version of the event that asked for a reading of the channel. */
  reading: number | null
  /** Why nothing is published any more; a person or fresh news resumes it. */
  trouble: string | null
}

export interface Ledger {
  version: number
  /** Whether the ERP counts this SKU; null until it was heard of. */
  stocked: boolean | null
  reading: { free: number; onHand: number } | null
  /** Version of the event that asked for the reading now on its way. */
  asked: number | null
  /** Something changed since that reading was asked for: ask again when it is here. */
  stale: boolean
  holds: readonly LedgerHold[]
  channels: readonly ChannelStock[]
}

export const initialLedger: Ledger = {
  version: 0,
  stocked: null,
  reading: null,
  asked: null,
  stale: false,
  holds: [],
  channels: [],
}

/** What may still be promised, before safety stock: free in the ERP less what is held for orders it does not know. */
export const available = ({ reading, holds }: Ledger): number =>
  (reading?.free ?? 0) - holds.reduce((all, { quantity }) => all + quantity, 0)

export const bounds = ({ channels }: Ledger): number => channels.reduce((all, { bound }) => all + (bound ?? 0), 0)

export function evolveLedger(before: Ledger, event: StockEvent): Ledger {
  const state: Ledger = { ...before, version: before.version + 1 }
  switch (event.type) {
    case 'stock.known':
      return ask({ ...state, stocked: event.stocked })
    case 'stock.reserved':
      return sold(reserve(state, event), event.channel, event.sold)
    case 'stock.assured':
      return mapHold(state, event.orderRef, (hold) => ({ ...hold, told: event.outcome }))
    case 'stock.holdConfirmed':
      return ask(mapHold(state, event.orderRef, (hold) => ({ ...hold, confirmed: state.version })))
    case 'stock.released': {
      const holds = state.holds.filter(({ orderRef }) => orderRef !== event.orderRef)
      return ask(mapChannel({ ...state, holds }, event.channel, (one) => restocked(one, event.restocked)))
    }
    case 'stock.doubted':
      return ask(state)
    case 'stock.read': {
      const { free, onHand, basis } = event
      const holds = state.holds.filter(({ confirmed }) => confirmed === null || confirmed > basis)
      const next = { ...state, reading: { free, onHand }, asked: null, holds }
      return state.stale ? ask({ ...next, stale: false }) : next
    }
    case 'stock.readFailed':
      return { ...state, asked: null, stale: false }
    default:
      return mapChannelEvent(state, event)
  }
}

type ChannelEvent = Extract<StockEvent, { channel: string }>

function mapChannelEvent(state: Ledger, event: Exclude<ChannelEvent, { orderRef: string }>): Ledger {
  switch (event.type) {
    case 'stock.listed': {
      const { channel: name, inventoryItemId, locationId } = event
      const fresh: ChannelStock = {
        name, inventoryItemId, locationId,
        bound: null, seen: null, seenAt: null, flight: null, reading: state.version, trouble: null,
      } // prettier-ignore
      return { ...state, channels: [...state.channels.filter((one) => one.name !== name), fresh] }
    }
    case 'stock.delisted':
      return { ...state, channels: state.channels.filter(({ name }) => name !== event.channel) }
    case 'stock.channelSeen':
      return mapChannel(state, event.channel, (one) => ({ ...one, seen: event.available, seenAt: event.at }))
    case 'stock.channelDoubted':
      return mapChannel(state, event.channel, (one) => ({ ...one, reading: state.version, trouble: null }))
    case 'stock.channelRead':
      return mapChannel(state, event.channel, (one) => ({
        ...one,
        bound: (one.bound ?? event.available) + event.raised,
        seen: event.available,
        reading: null,
      }))
    case 'stock.publishing': {
      const { from, to } = event
      const flight = { version: state.version, from, to }
      const taken = Math.max(0, to - from)
      return mapChannel(state, event.channel, (one) => ({ ...one, bound: (one.bound ?? 0) + taken, flight }))
    }
    case 'stock.published':
      return mapChannel(state, event.channel, (one) => {
        const freed = Math.max(0, (one.flight?.from ?? 0) - event.to)
        return { ...one, bound: Math.max(0, (one.bound ?? 0) - freed), seen: event.to, flight: null }
      })
    case 'stock.publishStale':
      return mapChannel(state, event.channel, (one) => {
        const bound = Math.max(0, (one.bound ?? 0) - takenBy(one)) + event.raised
        return { ...one, bound, seen: event.available, flight: null }
      })
    case 'stock.publishFailed':
      return mapChannel(state, event.channel, (one) => {
        // Only a refusal proves that nothing was changed; what may have happened keeps counting.
        const bound = event.certain ? Math.max(0, (one.bound ?? 0) - takenBy(one)) : one.bound
        return { ...one, bound, flight: null, reading: null, trouble: event.message }
      })
  }
}

const takenBy = ({ flight }: ChannelStock): number => Math.max(0, (flight?.to ?? 0) - (flight?.from ?? 0))

function reserve(state: Ledger, event: Extract<StockEvent, { type: 'stock.reserved' }>): Ledger {
  const { orderRef, channel, quantity } = event
  assert(quantity >= 0, `a hold of ${quantity} pieces`)
  const before = state.holds.find((hold) => hold.orderRef === orderRef)
  const hold = { orderRef, channel, quantity, confirmed: before?.confirmed ?? null, told: null }
  const holds = before ? state.holds.map((one) => (one === before ? hold : one)) : [...state.holds, hold]
  return { ...state, holds: holds.filter((one) => one.quantity > 0) }
}

const sold = (state: Ledger, channel: string, pieces: number): Ledger =>
  mapChannel(state, channel, (one) => ({
    ...one,
    bound: one.bound === null ? null : Math.max(0, one.bound - pieces),
    seen: one.seen === null || one.flight ? one.seen : Math.max(0, one.seen - pieces),
  }))

const restocked = (one: ChannelStock, pieces: number): ChannelStock =>
  pieces === 0 || one.bound === null ? one : { ...one, bound: one.bound + pieces }

/** Wants a reading that begins after this event. */
const ask = (state: Ledger): Ledger =>
  state.asked === null ? { ...state, asked: state.version } : { ...state, stale: true }

const mapHold = (state: Ledger, orderRef: string, change: (hold: LedgerHold) => LedgerHold): Ledger => ({
  ...state,
  holds: state.holds.map((hold) => (hold.orderRef === orderRef ? change(hold) : hold)),
})

const mapChannel = (state: Ledger, name: string, change: (one: ChannelStock) => ChannelStock): Ledger => ({
  ...state,
  channels: state.channels.map((one) => (one.name === name ? change(one) : one)),
})
