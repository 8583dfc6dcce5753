/**
 * The stock ledger's state and its arithmetic, one line of bookkeeping per event. _Exposure_ of a channel is what it
 * can still sell plus what it sold that we have not heard of; its `bound` is never below it:
 *
 * - news of a sale of q: bound −q, holds +q;
 * - lowering from e to n: bound −(e−n) once the compare-and-set is known to have succeeded, no sooner;
 * - raising from e to n: bound +(n−e) before the call, each taken as 0 where it is less; given back if the compare was
 *   stale;
 * - the channel put r pieces back by itself: bound +r, in the same step in which the hold that covered them goes;
 * - proof that exposure is more than the bound (a reading, a compare): bound up to it. What was raised so is
 *   _unexplained_ and taken off the next pieces put back: the proof of them came before their news.
 *
 * A hold counts until a reading that was asked for after the ERP confirmed its order: the ERP's number lacks it from
 * then on. In between it may count twice, never zero times.
 */
import { assert } from '#canon/assert.ts'
import { evolveCompare, raise } from './compare.ts'
import { evolvePut, heardOf, type Put, unasked } from './put.ts'
import { evolveKit, isKitEvent, type Kit, kitOf, takeKits } from './kits.ts'
import { booked, evolveShelf, isCountEvent, type Shelf, writtenOff } from './counts.ts'
import { evolveWatch, isWatchEvent, type Watch } from './watches.ts'
import { aheadOf, evolvePresale, isPresaleEvent, type Presale, promisedOf, withoutPromise } from './presale.ts'
import { absorbed, type Claim, evolveClaim, isClaimEvent, isWaiting } from './claims.ts'
import type { StockEvent } from './stock.ts'

export interface LedgerHold {
  orderRef: string
  channel: string
  quantity: number
  /** What the ERP reserves, and the version of the event that recorded it. */
  confirmed: { version: number; quantity: number } | null
  told: 'reserved' | 'short' | 'unknown_sku' | null
  /** Set when nobody sold these pieces: see claims.ts. */
  claim?: Claim
}

export interface ChannelStock {
  name: string
  inventoryItemId: string
  locationId: string
  /** Upper bound of the channel's exposure; null until it was read for the first time. */
  bound: number | null
  /** Part of the bound that was raised on proof and that no news has explained yet. */
  unexplained: number
  /** Pieces heard to be sold since the write or reading now on its way was asked for. */
  heard: number
  /** What we believe the channel shows; the compare of the next compare-and-set. */
  seen: number | null
  /** Rests on news, which is of unknown age: nothing was asked of the channel since. */
  guessed: boolean
  seenAt: string | null
  /** `repaid`: what the raise took off `unexplained`. */
  flight: { version: number; from: number; to: number; repaid?: number } | null
  /** Version of the event that asked for a reading of the channel. */
  reading: number | null
  /** Why nothing is published any more; a person or fresh news resumes it. */
  trouble: string | null
  /** Set for channels without compare-and-set, and for one with it until its first reading counts: see put.ts. */
  put?: Put
}

/** Something people have to know of. It stands until it is over, whether or not anybody looked. */
export interface Incident {
  kind: 'negative' | 'shrunk' | 'raised' | 'counted' | 'adjusted' | 'promised'
  /** For a person. */
  words: string
}

/** `shared`: every channel sees all there is, less its buffer. It may oversell, by as much as news is late. */
export type Mode = 'exclusive' | 'shared'

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
  /** Who wants to hear when there is more. */
  watches?: readonly Watch[]
  /** Set for a SKU that is, or was, a kit: see kits.ts. */
  kit?: Kit
  /** Exclusive unless said; `byHand`: policy does not change it. */
  mode?: { is: Mode; byHand: boolean }
  incidents?: readonly Incident[]
  /** What the last readings lacked, while a hold that counts twice may still explain it. */
  missing?: Missing | undefined
  /** Set for a SKU that is, or was, sold before it is there: see presale.ts. */
  presale?: Presale
  /** What the warehouse says of its shelf, where somebody else runs it: see counts.ts. */
  shelf?: Shelf
}

/** Pieces that are in no reading any more. */
export interface Missing {
  pieces: number
  /** By how many more than there are were on sale at the worst. */
  over: number
  /** Whose holds were there when it was noticed: no later one explains it. */
  refs: readonly string[]
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

/**
 * What is here and may still be promised, before safety stock: free in the ERP less what is held for orders it does not
 * know, and less what is not there any more. Expected pieces that were sold are among what is held, and are no part of
 * it.
 */
export const available = (state: Ledger): number =>
  (state.reading?.free ?? 0) - heldBy(state.holds) - writtenOff(state) + promisedOf(state)

/** A hot SKU has thousands of holds, and every decision asks several times how much they are. */
const sums = new WeakMap<readonly LedgerHold[], number>()

function heldBy(holds: readonly LedgerHold[]): number {
  let sum = sums.get(holds)
  if (sum === undefined) {
    sum = 0
    for (const { quantity } of holds) sum += quantity
    sums.set(holds, sum)
  }
  return sum
}

/**
 * @returns what is missing after a reading; undefined when nothing is. A hold it took over gives back what it lacked.
 */
export function missed(before: Ledger, after: Ledger): Missing | undefined {
  if (!before.reading) return undefined
  const lacking = available(before) - available(after)
  const pieces = (before.missing?.pieces ?? 0) + lacking
  if (pieces <= 0) return undefined
  const over = Math.max(before.missing?.over ?? 0, bounds(after) - available(after) - aheadOf(after))
  const refs = lacking > 0 ? after.holds.map(({ orderRef }) => orderRef) : (before.missing?.refs ?? [])
  return { pieces, over, refs }
}

/** Pieces that may be missing only because the ERP reserves them for a hold, and we have not heard of it. */
export function explained({ refs }: Missing, { holds }: Ledger): number {
  const then = new Set(refs)
  return heldBy(holds.filter(({ orderRef }) => then.has(orderRef)))
}

export const bounds = ({ channels }: Ledger): number => channels.reduce((all, { bound }) => all + (bound ?? 0), 0)

export function evolveLedger(before: Ledger, event: StockEvent): Ledger {
  const state: Ledger = { ...before, version: before.version + 1 }
  if (isClaimEvent(event)) {
    const next = evolveClaim(state, event)
    return event.type === 'stock.claimTaken' ? ask(next) : next
  }
  if (isKitEvent(event)) return evolveKit(state, event)
  // A difference is looked at again with a number that is newer than the count.
  if (isCountEvent(event)) return ask(evolveShelf(state, event))
  if (isWatchEvent(event)) return evolveWatch(state, event)
  if (isPresaleEvent(event)) {
    const next = evolvePresale(state, event)
    return event.type === 'stock.presaleRuled' || event.type === 'stock.looked' ? ask(next) : next
  }
  const kit = kitOf(state)
  switch (event.type) {
    case 'stock.known':
      // Whatever the ERP makes of it: there are as many as are backed.
      return ask({ ...state, stocked: event.stocked || kit !== null })
    case 'stock.reserved':
      return mapChannel(reserve(state, event), event.channel, (one) =>
        heardOf(restocked(sold(one, event.sold), event.restocked), event),
      )
    case 'stock.assured':
      return mapHold(state, event.orderRef, (hold) => ({ ...hold, told: event.outcome }))
    case 'stock.holdConfirmed':
      if (kit) return takeKits(state, kit, event.orderRef, event.quantity)
      return ask(mapHold(state, event.orderRef, (hold) => confirm(hold, state.version, event.quantity)))
    case 'stock.released': {
      const holds = state.holds.filter(({ orderRef }) => orderRef !== event.orderRef)
      return ask({ ...state, holds, ...withoutPromise(state, event.orderRef) })
    }
    case 'stock.doubted':
      return ask(state)
    case 'stock.read': {
      const { free, onHand, basis, ahead } = event
      // Without what is on its way, what was said of that before would be counted beside what has come of it.
      const presale = state.presale ? { presale: { ...state.presale, seen: ahead ?? null } } : {}
      const holds = state.holds.map((hold) => takenOver(hold, basis)).filter(({ quantity }) => quantity > 0)
      const counted = booked(before, { ...state, ...presale, reading: { free, onHand }, asked: null, holds })
      const missing = missed(before, counted)
      const next = { ...counted, missing: missing && explained(missing, counted) > 0 ? missing : undefined }
      return state.stale ? ask({ ...next, stale: false }) : next
    }
    case 'stock.readFailed':
      return { ...state, asked: null, stale: false }
    case 'stock.modeSet':
      return { ...state, mode: { is: event.mode, byHand: event.byHand } }
    case 'stock.incidentRaised': {
      const { kind, words } = event
      const told = { ...state, incidents: [...without(state, kind), { kind, words }] }
      return kind === 'shrunk' ? { ...told, missing: undefined } : told
    }
    case 'stock.incidentResolved':
      return { ...state, incidents: without(state, event.kind) }
    default:
      return mapChannelEvent(state, event)
  }
}

const without = ({ incidents = [] }: Ledger, kind: Incident['kind']): readonly Incident[] =>
  incidents.filter((one) => one.kind !== kind)

/** What happens at one channel. `stock.reserved` names its channel as well, and is more than that. */
export type ChannelEvent = Exclude<Extract<StockEvent, { channel: string }>, { orderRef: string }>

function mapChannelEvent(state: Ledger, event: ChannelEvent): Ledger {
  switch (event.type) {
    case 'stock.listed': {
      const { channel: name, inventoryItemId, locationId, writes } = event
      const fresh: ChannelStock = {
        name, inventoryItemId, locationId,
        bound: null, unexplained: 0, heard: 0, seen: null, guessed: false, seenAt: null,
        flight: null, reading: state.version, trouble: null,
        put: unasked(writes ?? 'swap'),
      } // prettier-ignore
      return { ...state, channels: [...state.channels.filter((one) => one.name !== name), fresh] }
    }
    case 'stock.delisted':
      return { ...state, channels: state.channels.filter(({ name }) => name !== event.channel) }
    case 'stock.channelSeen':
      return mapChannel(state, event.channel, (one) => ({
        ...one,
        seen: event.available,
        guessed: true,
        seenAt: event.at,
      }))
    default:
      return mapChannel(state, event.channel, (one) =>
        one.put ? evolvePut(one, one.put, event, state.version) : evolveCompare(one, event, state.version),
      )
  }
}

function reserve(state: Ledger, event: Extract<StockEvent, { type: 'stock.reserved' }>): Ledger {
  const { orderRef, channel, quantity } = event
  assert(quantity >= 0, `a hold of ${quantity} pieces`)
  const before = state.holds.find((hold) => hold.orderRef === orderRef)
  const more = quantity - (before?.quantity ?? 0)
  const hold: LedgerHold = {
    ...(before?.claim ? { claim: before.claim } : {}),
    orderRef,
    channel,
    quantity,
    confirmed: before?.confirmed ?? null,
    // Who wants no more keeps its word: while it counts twice, it would be told that it is short, and never otherwise.
    told: state.presale && before && more <= 0 ? before.told : null,
  }
  const holds = before ? state.holds.map((one) => (one === before ? hold : one)) : [...state.holds, hold]
  return { ...state, holds: absorbed(holds, orderRef, more).filter((one) => one.quantity > 0 || isWaiting(one)) }
}

const confirm = (hold: LedgerHold, version: number, quantity: number): LedgerHold => ({
  ...hold,
  confirmed: { version, quantity },
})

/** What is left of a hold once a reading lacks what the ERP reserves for it. */
const takenOver = (hold: LedgerHold, basis: number): LedgerHold =>
  hold.confirmed === null || hold.confirmed.version > basis
    ? hold
    : { ...hold, quantity: hold.quantity - hold.confirmed.quantity, confirmed: null }

function sold(one: ChannelStock, pieces: number): ChannelStock {
  if (one.bound === null) return { ...one, heard: one.heard + pieces }
  const seen = one.seen === null || one.flight ? one.seen : Math.max(0, one.seen - pieces)
  const next = {
    ...one,
    bound: one.bound - pieces,
    heard: one.heard + pieces,
    seen,
    guessed: one.guessed || pieces > 0,
  }
  // Nobody sells what is not there: pieces sold beyond the bound were put back, and that news is on its way.
  return raise(next, Math.max(0, -next.bound))
}

const restocked = (one: ChannelStock, pieces: number): ChannelStock => {
  const explained = Math.min(pieces, one.unexplained)
  const bound = one.bound === null ? null : one.bound + pieces - explained
  return { ...one, bound, unexplained: one.unexplained - explained, guessed: one.guessed || pieces > 0 }
}

/** Wants a reading that begins after this event. */
const ask = (state: Ledger): Ledger =>
  state.asked === null ? { ...state, asked: state.version } : { ...state, stale: true }

const mapHold = (state: Ledger, orderRef: string, change: (hold: LedgerHold) => LedgerHold): Ledger => ({
  ...state,
  holds: state.holds.map((hold) => (hold.orderRef === orderRef && !isWaiting(hold) ? change(hold) : hold)),
})

const mapChannel = (state: Ledger, name: string, change: (one: ChannelStock) => ChannelStock): Ledger => ({
  ...state,
  channels: state.channels.map((one) => (one.name === name ? change(one) : one)),
})
