/**
 * Claims: pieces asked for beside the channels, by a reservation, by an order that is served from another pool, or by a
 * kit. Nobody sold these pieces, so they may only come from what no channel can still sell: a claim is granted once
 * free − holds − safety stock − all bounds has room for it. Until then it waits and the channels are lowered, since it
 * counts among the holds from the moment it is asked for. Take before give: what was granted is never taken back here.
 */
import { type Note, note } from '../decider.ts'
import type { Ledger, LedgerHold } from './ledger.ts'

/**
 * How long a claim waits: `now` not at all; `withdraw` while channels give back what is in the way; `stock` until goods
 * arrive.
 */
export type Patience = 'now' | 'withdraw' | 'stock'

/** What makes a hold a claim. */
export interface Claim {
  /** The stream that is told. */
  owner: string
  /** The owner's name for what it asked; its answer carries it. */
  request: string
  patience: Patience
  /** Pieces that wait stand in a hold of their own beside those that were granted. */
  granted: boolean
  /** Of what there is, so much at most may be granted to this owner; all, where no channel sells it. */
  share?: number
  /** An order whose own pieces take the place of these, piece by piece. */
  settles?: string
}

interface Asked {
  ref: string
  owner: string
  request: string
  quantity: number
  patience: Patience
  share?: number
}

export type ClaimCommand =
  /** So many pieces more under this name. */
  | ({ type: 'stock.claim' } & Asked)
  /** So many pieces fewer; null gives back all, and takes back what waits. */
  | { type: 'stock.unclaim'; ref: string; quantity: number | null }
  /** The order wants the very pieces that are claimed: each is held once, whichever of the two is heard first. */
  | { type: 'stock.settleClaim'; ref: string; orderRef: string }
  /** The ERP reserves these pieces from now on, for the order. */
  | { type: 'stock.takeClaim'; ref: string; orderRef: string; quantity: number }

export type ClaimEvent =
  | ({ type: 'stock.claimed' } & Asked)
  | { type: 'stock.claimGranted'; ref: string; owner: string; request: string; quantity: number }
  | {
      type: 'stock.claimRefused'
      ref: string
      owner: string
      request: string
      quantity: number
      reason: 'short' | 'unknown_sku'
      /** What could have been claimed instead. */
      available: number
    }
  | { type: 'stock.unclaimed'; ref: string; quantity: number | null }
  | { type: 'stock.claimSettled'; ref: string; orderRef: string }
  | { type: 'stock.claimTaken'; ref: string; orderRef: string; quantity: number }

/** What the owner of a claim is told. */
export type ClaimAnswer =
  | { type: 'claim.granted'; pool: string; sku: string; request: string; quantity: number }
  | {
      type: 'claim.refused'
      pool: string
      sku: string
      request: string
      reason: 'short' | 'unknown_sku'
      available: number
    }

const CLAIM_EVENTS = new Set([
  'stock.claimed', 'stock.claimGranted', 'stock.claimRefused', 'stock.unclaimed', 'stock.claimSettled', 'stock.claimTaken',
]) // prettier-ignore

export const isClaimEvent = (event: { type: string }): event is ClaimEvent => CLAIM_EVENTS.has(event.type)

export const isClaimCommand = (command: { type: string }): command is ClaimCommand =>
  ['stock.claim', 'stock.unclaim', 'stock.settleClaim', 'stock.takeClaim'].includes(command.type)

/** Asked for and not granted yet: no piece is promised to it. */
export const isWaiting = ({ claim }: LedgerHold): boolean => claim !== undefined && !claim.granted

export function hearClaim(state: Ledger, command: ClaimCommand): ClaimEvent[] {
  if (command.type === 'stock.claim') return [{ ...command, type: 'stock.claimed' }]
  const mine = state.holds.filter(({ orderRef, claim }) => claim && orderRef === command.ref)
  switch (command.type) {
    case 'stock.unclaim':
      return mine.length === 0 ? [] : [{ ...command, type: 'stock.unclaimed' }]
    case 'stock.settleClaim':
      return mine.length === 0 ? [] : [{ ...command, type: 'stock.claimSettled' }]
    case 'stock.takeClaim':
      return mine.length === 0 || command.quantity === 0 ? [] : [{ ...command, type: 'stock.claimTaken' }]
  }
}

export function evolveClaim(state: Ledger, event: ClaimEvent): Ledger {
  const { holds, version } = state
  switch (event.type) {
    case 'stock.claimed': {
      const { ref: orderRef, owner, request, quantity, patience, share } = event
      const claim: Claim = { owner, request, patience, granted: false, ...(share !== undefined && { share }) }
      const fresh: LedgerHold = { orderRef, channel: '', quantity, confirmed: null, told: null, claim }
      return { ...state, holds: settled([...holds, fresh], orderRef) }
    }
    case 'stock.claimGranted': {
      const found = holds.find((hold) => isWaiting(hold) && isRequest(hold, event))
      return found ? { ...state, holds: grant(holds, found, found.quantity) } : state
    }
    case 'stock.claimRefused':
      return { ...state, holds: holds.filter((hold) => !(isWaiting(hold) && isRequest(hold, event))) }
    case 'stock.unclaimed': {
      if (event.quantity === null)
        return { ...state, holds: holds.filter(({ orderRef, claim }) => !claim || orderRef !== event.ref) }
      return { ...state, holds: fewer(holds, event.ref, event.quantity) }
    }
    case 'stock.claimSettled': {
      const marked = holds.map((hold) =>
        hold.claim && hold.orderRef === event.ref
          ? { ...hold, claim: { ...hold.claim, settles: event.orderRef } }
          : hold,
      )
      const own = marked.filter(({ orderRef, claim }) => orderRef === event.orderRef && !claim)
      const there = own.reduce((all, { quantity }) => all + quantity, 0)
      return { ...state, holds: settled(absorbed(marked, event.orderRef, there), event.orderRef) }
    }
    case 'stock.claimTaken': {
      const { ref, orderRef, quantity } = event
      const taken = Math.min(quantity, grantedTo(holds, ref))
      if (taken === 0) return state
      // Beside what the order itself may hold of this SKU: each of the two is taken over with its own quantity.
      const gone: LedgerHold = {
        orderRef: `${orderRef}+${ref}`, channel: '', quantity: taken, confirmed: { version, quantity: taken }, told: 'reserved',
      } // prettier-ignore
      return { ...state, holds: [...fewer(holds, ref, taken), gone] }
    }
  }
}

/** Pieces granted under this name. */
export const grantedTo = (holds: readonly LedgerHold[], ref: string): number =>
  holds
    .filter(({ orderRef, claim }) => orderRef === ref && claim?.granted)
    .reduce((all, { quantity }) => all + quantity, 0)

/** The order's own pieces take the place of claims that were settled with it. */
export function absorbed(holds: readonly LedgerHold[], orderRef: string, pieces: number): LedgerHold[] {
  let left = Math.max(0, pieces)
  const next = holds.map((hold) => {
    if (hold.claim?.settles !== orderRef || left === 0) return hold
    const less = Math.min(left, hold.quantity)
    left -= less
    return { ...hold, quantity: hold.quantity - less }
  })
  return next.filter((hold) => hold.quantity > 0 || hold.claim?.settles !== orderRef)
}

/** Pieces already granted to a claim that the order settles pass on to what waits in the order's own name. */
function settled(holds: readonly LedgerHold[], orderRef: string): readonly LedgerHold[] {
  if (!holds.some(({ claim }) => claim?.settles === orderRef)) return holds
  let now = [...holds]
  for (const hold of holds) {
    if (!isWaiting(hold) || hold.orderRef !== orderRef) continue
    const there = now
      .filter(({ claim }) => claim?.granted && claim.settles === orderRef)
      .reduce((all, { quantity }) => all + quantity, 0)
    const pieces = Math.min(there, hold.quantity)
    if (pieces === 0) continue
    now = grant(absorbed(now, orderRef, pieces), hold, pieces, true)
  }
  return now
}

/** @param waits what is left of it waits on, though it be nothing: it was not answered yet. */
function grant(holds: readonly LedgerHold[], hold: LedgerHold, pieces: number, waits = false): LedgerHold[] {
  const rest = { ...hold, quantity: hold.quantity - pieces }
  const others = holds.toSpliced(holds.indexOf(hold), 1, ...(waits ? [rest] : []))
  const at = others.findIndex(({ orderRef, claim }) => orderRef === hold.orderRef && claim?.granted)
  if (at >= 0) return others.with(at, { ...others[at]!, quantity: others[at]!.quantity + pieces })
  if (pieces === 0) return others
  return [...others, { ...hold, quantity: pieces, claim: { ...hold.claim!, granted: true } }]
}

function fewer(holds: readonly LedgerHold[], ref: string, pieces: number): LedgerHold[] {
  let left = pieces
  return holds.flatMap((hold) => {
    if (hold.orderRef !== ref || !hold.claim?.granted) return [hold]
    const less = Math.min(left, hold.quantity)
    left -= less
    return hold.quantity === less ? [] : [{ ...hold, quantity: hold.quantity - less }]
  })
}

const isRequest = ({ orderRef, claim }: LedgerHold, event: { ref: string; request: string }): boolean =>
  orderRef === event.ref && claim?.request === event.request

/** What an event of a claim owes: its owner hears what became of it. */
export function answerClaim(event: ClaimEvent, pool: string, sku: string): Note<ClaimAnswer>[] {
  const { request } = event as { request: string }
  if (event.type === 'stock.claimGranted') {
    return [note(event.owner, { type: 'claim.granted', pool, sku, request, quantity: event.quantity })]
  }
  if (event.type !== 'stock.claimRefused') return []
  const { reason, available } = event
  return [note(event.owner, { type: 'claim.refused', pool, sku, request, reason, available })]
}
