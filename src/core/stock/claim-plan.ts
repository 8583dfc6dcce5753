/** Which of the claims that wait can be granted, which never will be, and who hears that there is more. */
import { type ClaimEvent, grantedTo, isWaiting } from './claims.ts'
import type { Ledger } from './ledger.ts'
import { givenHere, hereOf } from './offer.ts'
import type { WatchEvent } from './watches.ts'

/**
 * First come, first served: a claim that waits keeps its place before those behind it.
 *
 * @param shared channels see the same pieces, so what they show is in nobody's way.
 */
export function claimAnswers(
  state: Ledger,
  { safetyStock, shared }: { safetyStock: number; shared: boolean },
): (ClaimEvent | WatchEvent)[] {
  const { watches = [] } = state
  const waiting = state.holds.filter(isWaiting)
  if ((waiting.length === 0 && watches.length === 0) || (state.stocked && state.reading === null)) return []
  // What waits is among the holds, and is not promised.
  const asked = waiting.reduce((all, { quantity }) => all + quantity, 0)
  let left = state.stocked ? hereOf(state) + asked - safetyStock : Number.MAX_SAFE_INTEGER
  /** What may still be granted under this name. */
  const most = (ref: string, share = 1): number => {
    if (share === 1 || state.channels.length === 0 || !state.stocked) return left
    const has = grantedTo(state.holds, ref)
    return Math.min(left, Math.floor(share * (left + has)) - has)
  }
  const given = state.stocked && !shared ? givenHere(state) : 0
  // A channel that was not read yet may sell anything: nothing is given away beside it.
  const unread = state.stocked === true && !shared && state.channels.some(({ bound }) => bound === null)
  const answers = waiting.flatMap((hold): ClaimEvent[] => {
    const { orderRef: ref, quantity, claim } = hold
    const { owner, request, patience, share } = claim!
    const refusal = (reason: 'short' | 'unknown_sku', available: number): ClaimEvent => ({
      type: 'stock.claimRefused', ref, owner, request, quantity, reason, available: Math.max(0, available),
    }) // prettier-ignore
    if (state.stocked === null) return [refusal('unknown_sku', 0)]
    const mine = most(ref, share)
    const room = unread ? 0 : Math.min(mine, left - given)
    const granted = quantity === 0 || quantity <= room
    if (!granted && patience === 'now') return [refusal('short', room)]
    if (!granted && patience === 'withdraw' && quantity > mine) return [refusal('short', mine)]
    left -= quantity
    return granted ? [{ type: 'stock.claimGranted', ref, owner, request, quantity }] : []
  })
  if (state.stocked === null) return answers
  // Those that wait come first: what they were asked for is not there for others.
  const met = watches.filter(({ ref, share, pieces }) => most(ref, share) >= pieces)
  return [...answers, ...met.map(({ owner }): WatchEvent => ({ type: 'stock.watchMet', owner }))]
}
