/** Which of the claims that wait can be granted, and which never will be. */
import { type ClaimEvent, isWaiting } from './claims.ts'
import { available, bounds, type Ledger } from './ledger.ts'

/**
 * First come, first served: a claim that waits keeps its place before those behind it.
 *
 * @param shared channels see the same pieces, so what they show is in nobody's way.
 */
export function claimAnswers(
  state: Ledger,
  { safetyStock, shared }: { safetyStock: number; shared: boolean },
): ClaimEvent[] {
  const waiting = state.holds.filter(isWaiting)
  if (waiting.length === 0 || (state.stocked && state.reading === null)) return []
  // What waits is among the holds, and is not promised.
  const asked = waiting.reduce((all, { quantity }) => all + quantity, 0)
  let left = state.stocked ? available(state) + asked - safetyStock : Number.MAX_SAFE_INTEGER
  const given = state.stocked && !shared ? bounds(state) : 0
  // A channel that was not read yet may sell anything: nothing is given away beside it.
  const unread = state.stocked === true && !shared && state.channels.some(({ bound }) => bound === null)
  return waiting.flatMap((hold): ClaimEvent[] => {
    const { orderRef: ref, quantity, claim } = hold
    const { owner, request, patience } = claim!
    const refusal = (reason: 'short' | 'unknown_sku', available: number): ClaimEvent => ({
      type: 'stock.claimRefused', ref, owner, request, quantity, reason, available: Math.max(0, available),
    }) // prettier-ignore
    if (state.stocked === null) return [refusal('unknown_sku', 0)]
    const room = unread ? 0 : left - given
    const granted = quantity === 0 || quantity <= room
    if (!granted && patience === 'now') return [refusal('short', room)]
    if (!granted && patience === 'withdraw' && quantity > left) return [refusal('short', left)]
    left -= quantity
    return granted ? [{ type: 'stock.claimGranted', ref, owner, request, quantity }] : []
  })
}
