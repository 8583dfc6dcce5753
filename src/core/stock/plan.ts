/** What the ledger calls for once something changed: telling orders where they stand, and moving what channels show. */
import type { Urgency } from '../intents.ts'
import type { Policy } from '../policy.ts'
import { isWaiting } from './claims.ts'
import { available, bounds, evolveLedger, type Ledger } from './ledger.ts'
import type { StockEvent } from './stock.ts'

/** Holds are covered first come, first served; an order hears when its answer changes. */
export function assurances({ stocked, reading, holds }: Ledger): StockEvent[] {
  if (stocked === null || (stocked && reading === null)) {
    if (stocked !== null) return []
    return holds
      .filter(({ told, claim }) => told === null && !claim)
      .map(({ orderRef }) => ({ type: 'stock.assured', orderRef, outcome: 'unknown_sku' }))
  }
  let left = stocked ? (reading?.free ?? 0) : Number.MAX_SAFE_INTEGER
  const events: StockEvent[] = []
  for (const hold of holds) {
    // Pieces asked for beside the channels are answered apart, behind everything that was sold.
    if (isWaiting(hold)) continue
    left -= hold.quantity
    if (hold.confirmed !== null || hold.claim) continue
    const outcome = left >= 0 ? 'reserved' : 'short'
    // Goods once promised to an order are not taken back from it: a count that fell short is somebody's to look at.
    if (hold.told === outcome || (hold.told === 'reserved' && outcome === 'short')) continue
    events.push({ type: 'stock.assured', orderRef: hold.orderRef, outcome })
  }
  return events
}

/** At most one write per channel is on its way; what is wanted meanwhile is decided afresh when its answer is here. */
export function publications(state: Ledger, policy: Policy): StockEvent[] {
  const events: StockEvent[] = []
  // Nothing is known to share before the owner was heard.
  if (state.stocked === null || (state.stocked && state.reading === null)) return events
  let now = state
  const targets = allot(now, policy)
  for (const channel of state.channels) {
    const { name, bound, seen, guessed, flight, reading, trouble } = channel
    if (bound === null || seen === null || flight || reading !== null || trouble !== null) continue
    // A channel that was not read yet may sell anything: nothing is given away beside it.
    const unread = now.channels.some((one) => one.bound === null)
    const room = unread ? 0 : Math.max(0, available(now) - policy.safetyStock - bounds(now))
    const change = Math.min((targets.get(name) ?? 0) - bound, room)
    const to = Math.max(0, seen + change)
    // Too much is out there and by our guess nothing to withdraw: only a reading can tell sold pieces from shown ones.
    if (to === seen && !(change < 0 && guessed)) continue
    const event: StockEvent =
      to === seen
        ? { type: 'stock.channelDoubted', channel: name }
        : { type: 'stock.publishing', channel: name, from: seen, to }
    events.push(event)
    now = evolveLedger(now, event)
  }
  return events
}

/**
 * What is scarce and selling is shown first, what nobody asks for last. Demand is what open orders hold: news of a sale
 * becomes a hold until the owner's number lacks it.
 */
export function urgencyOf({ from, to }: { from: number; to: number }, { holds }: Ledger): Urgency {
  const demand = holds.reduce((all, { quantity }) => all + quantity, 0)
  const opens = from === 0 || to === 0
  if (demand > 0 && (opens || to <= SCARCE * demand)) return 'pressing'
  return demand === 0 && !opens && Math.min(from, to) > CALM_ABOVE ? 'calm' : 'usual'
}

/** Pieces left for each one in open orders. */
const SCARCE = 3
const CALM_ABOVE = 20

/** Shares what can be promised among the channels by weight; the pieces left over go to the first ones. */
function allot(state: Ledger, policy: Policy): Map<string, number> {
  const sellable = state.stocked && state.reading ? Math.max(0, available(state) - policy.safetyStock) : 0
  const weights = state.channels.map(({ name }) => policy.channels[name]?.weight ?? 0)
  const whole = weights.reduce((all, weight) => all + weight, 0)
  const parts = weights.map((weight) => (whole === 0 ? 0 : Math.floor((sellable * weight) / whole)))
  let rest = whole === 0 ? 0 : sellable - parts.reduce((all, part) => all + part, 0)
  for (let index = 0; rest > 0 && index < parts.length; index += 1) {
    if (weights[index] === 0) continue
    parts[index]! += 1
    rest -= 1
  }
  return new Map(state.channels.map(({ name }, index) => [name, parts[index]!]))
}
