/** What the ledger calls for once something changed: telling orders where they stand, and moving what channels show. */
import type { Urgency } from '../intents.ts'
import type { Policy } from '../policy.ts'
import { isWaiting } from './claims.ts'
import { bounds, type ChannelStock, evolveLedger, type Ledger, type LedgerHold } from './ledger.ts'
import { type Place, safetyOf, sellableOf } from './mode.ts'
import { hereOf, offerable, pledgedOf, sellsAhead } from './offer.ts'
import { aheadOf, dateOf, promisedOf, promisedTo, releaseOf } from './presale.ts'
import { expectedOf, type Put } from './put.ts'
import type { StockEvent } from './stock.ts'

/** Holds are covered first come, first served; an order hears when its answer changes. */
export function assurances(state: Ledger): StockEvent[] {
  const { stocked, reading, holds } = state
  if (stocked === null || (stocked && reading === null)) {
    if (stocked !== null) return []
    return holds
      .filter(({ told, claim }) => told === null && !claim)
      .map(({ orderRef }) => ({ type: 'stock.assured', orderRef, outcome: 'unknown_sku' }))
  }
  let left = stocked ? uncommitted(state) : Number.MAX_SAFE_INTEGER
  const ahead = { left: aheadOf(state), taken: promisedOf(state) }
  const events: StockEvent[] = []
  for (const hold of holds) {
    // Pieces asked for beside the channels are answered apart, behind everything that was sold.
    if (isWaiting(hold)) continue
    left -= hold.quantity - Math.min(hold.quantity, promisedTo(state, hold.orderRef))
    if (hold.confirmed !== null || hold.claim) continue
    const promised = hold.told === 'reserved' ? null : promiseFor(state, hold, left, ahead)
    if (promised) {
      events.push(promised)
      left += promised.quantity
    }
    const outcome = left >= 0 ? 'reserved' : 'short'
    // Goods once promised to an order are not taken back from it: a count that fell short is somebody's to look at.
    if (hold.told === outcome || (hold.told === 'reserved' && outcome === 'short')) continue
    events.push({ type: 'stock.assured', orderRef: hold.orderRef, outcome })
  }
  return events
}

/** What is here before any hold counts: what the ERP took over of expected pieces was never here. */
function uncommitted(state: Ledger): number {
  const { reading, holds, presale } = state
  const free = reading?.free ?? 0
  if (!presale) return free
  const held = new Map(holds.map(({ orderRef, quantity }) => [orderRef, quantity]))
  const taken = presale.promises.reduce(
    (all, { orderRef, quantity }) => all + Math.max(0, quantity - (held.get(orderRef) ?? 0)),
    0,
  )
  return Math.min(free + taken, reading?.onHand ?? 0)
}

/** What a hold takes of the expected pieces, where its channel may: what is here is pledged to others, or sold. */
function promiseFor(
  state: Ledger,
  { orderRef, channel, quantity }: LedgerHold,
  left: number,
  ahead: { left: number; taken: number },
): Extract<StockEvent, { type: 'stock.promised' }> | null {
  if (!sellsAhead(state, channel)) return null
  const lacks = Math.min(quantity - promisedTo(state, orderRef), Math.max(0, pledgedOf(state) - left))
  const release = releaseOf(state)
  if (lacks > ahead.left || (lacks <= 0 && release === null)) return null
  const date = lacks > 0 ? dateOf(state, ahead.taken + lacks) : release
  if (date === null) return null
  ahead.left -= Math.max(0, lacks)
  ahead.taken += Math.max(0, lacks)
  return { type: 'stock.promised', orderRef, channel, quantity: Math.max(0, lacks), date }
}

/**
 * At most one write per channel is on its way; what is wanted meanwhile is decided afresh when its answer is here.
 * Channels without compare-and-set go first: what a put takes of the room is mostly given back.
 */
export function publications(state: Ledger, policy: Policy, place: Place): StockEvent[] {
  const events: StockEvent[] = []
  // Nothing is known to share before the owner was heard.
  if (state.stocked === null || (state.stocked && state.reading === null)) return events
  let now = state
  const targets = allot(now, policy, place)
  const shared = state.mode?.is === 'shared'
  const safety = safetyOf(policy, place)
  const { true: puts = [], false: swaps = [] } = Object.groupBy(state.channels, ({ put }) => String(put !== undefined))
  let idle: ReadonlyMap<string, number> = new Map()
  for (const channel of [...puts, ...swaps]) {
    if (channel === swaps[0] && !now.presale?.rule) idle = shareIdle(now, targets, policy)
    const { bound, seen, flight, reading, trouble } = channel
    if (bound === null || seen === null || flight || reading !== null || trouble !== null) continue
    // A channel that was not read yet may sell anything: nothing is given away beside it.
    const unread = now.channels.some((one) => one.bound === null)
    const left = offerable(now) - bounds(now)
    const most = sellsAhead(now, channel.name) ? left : Math.min(left, hereOf(now) - pledgedOf(now))
    const room = unread ? 0 : shared ? Number.MAX_SAFE_INTEGER : Math.max(0, most - safety)
    const target = targets.get(channel.name) ?? 0
    const known = { ...channel, bound, seen }
    const event = channel.put
      ? putNext(known, channel.put, {
          target,
          room,
          // What is sold no more is closed, whatever there is of it.
          pressed:
            !now.stocked || (shared ? target * 2 < bound : tooMuch(now, safety) || starves(now, targets, channel)),
        })
      : swapNext(known, {
          target: shared ? target : target + (idle.get(channel.name) ?? 0),
          room,
          tolerated: shared ? toleratedOf(target) : 0,
        })
    if (!event) continue
    events.push(event)
    now = evolveLedger(now, event)
  }
  return events
}

/**
 * Pieces that channels without compare-and-set have a right to and will not take: a change of theirs costs a closed
 * shop, so they leave small ones. The others offer these meanwhile, and give them back once they are wanted.
 */
function shareIdle(state: Ledger, targets: ReadonlyMap<string, number>, policy: Policy): Map<string, number> {
  const left = state.channels.reduce((all, { name, put, bound, flight, reading }) => {
    if (!put || bound === null || flight || reading !== null || put.fact || put.open || put.lost) return all
    const target = targets.get(name) ?? 0
    return bound * 2 < target ? all : all + Math.max(0, target - bound)
  }, 0)
  const swaps = state.channels.filter(({ put }) => !put).map(({ name }) => name)
  const weights = swaps.map((name) => (targets.get(name) ? (policy.channels[name]?.weight ?? 0) : 0))
  const parts = shares(left, weights)
  return new Map(swaps.map((name, index) => [name, parts[index]!]))
}

type Known = ChannelStock & { bound: number; seen: number }

/** Compare-and-set: the number moves by as much as the bound is to move. */
function swapNext(
  { name, bound, seen, guessed }: Known,
  { target, room, tolerated }: { target: number; room: number; tolerated: number },
): StockEvent | null {
  if (Math.abs(target - bound) <= tolerated) return null
  const change = Math.min(target - bound, room)
  // A place that the channel has drawn below nothing is not lifted to nothing: that would show no piece more.
  const to = Math.max(Math.min(0, seen), seen + change)
  if (to !== seen) return { type: 'stock.publishing', channel: name, from: seen, to }
  // Too much is out there and by our guess nothing to withdraw: only a reading can tell sold pieces from shown ones.
  return change < 0 && guessed ? { type: 'stock.channelDoubted', channel: name } : null
}

/**
 * Without compare-and-set a new number takes its whole self of the room until it is settled. Where there is not as
 * much, the channel is closed first, which takes nothing; and since a closed channel sells nothing, only for a reason:
 * too much is on sale, or somebody (`pressed`), or this channel itself, has less than half of its share.
 */
function putNext(
  known: Known,
  put: Put,
  { target, room, pressed }: { target: number; room: number; pressed: boolean },
): StockEvent | null {
  const { name, bound, seen } = known
  const set = (to: number): StockEvent => ({ type: 'stock.putting', channel: name, to })
  const instant = put.writes === 'plain'
  if (put.open) return null
  // While a number is being learnt only a close is worth a call: it can never be wrong.
  if (put.fact) return instant && pressed && expectedOf(known) > target && seen > 0 ? set(0) : null
  if (put.lost) return set(0)
  if (bound > target) {
    const worth = pressed || bound - target > toleratedOf(target)
    if (target > 0 && room >= target && worth && instant) return set(target)
    return pressed ? set(0) : null
  }
  const to = Math.min(target, room)
  if (to > bound && target - bound > toleratedOf(target)) return set(to)
  return bound * 2 < target && bound > 0 && room > 0 ? set(0) : null
}

/** Differences that are not worth a call, or a closed shop. */
const toleratedOf = (target: number): number => Math.floor(target / 10)

/** More is on sale than there is, and what is known by now does not make up for it. */
const tooMuch = (state: Ledger, safety: number): boolean =>
  state.channels.reduce((all, one) => all + expectedOf(one), 0) > Math.max(0, offerable(state) - safety)

/** Another channel has less than half of its share. */
const starves = (state: Ledger, targets: ReadonlyMap<string, number>, { name: self }: ChannelStock): boolean =>
  state.channels.some(({ name, bound }) => name !== self && bound !== null && bound * 2 < (targets.get(name) ?? 0))

/**
 * A number of unknown age that does not agree with the books is looked at once, when nothing is under way any more.
 * Channels without compare-and-set do so when their orders are known.
 */
export function calm(state: Ledger, events: readonly StockEvent[]): StockEvent[] {
  if (state.holds.length > 0 || state.asked !== null || !state.reading) return []
  if (!events.some(({ type }) => type === 'stock.read' || type === 'stock.channelSeen')) return []
  return state.channels
    .filter(({ put, flight, reading, trouble }) => !put && !flight && reading === null && trouble === null)
    .filter(({ guessed, seen, bound }) => guessed && bound !== null && seen !== bound)
    .map(({ name }) => ({ type: 'stock.channelDoubted', channel: name }))
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

/**
 * Shares what can be promised among the channels by weight; the pieces left over go to the first ones. The last ones go
 * to one channel, where policy names it. In shared mode everybody sees all of it, less their buffer.
 */
export function allot(state: Ledger, policy: Policy, place: Place): Map<string, number> {
  const sellable = sellableOf(state, policy, place)
  const { lastUnits, buffers = {} } = policy.stock ?? {}
  const here = state.presale ? Math.min(sellable, Math.max(0, hereOf(state) - safetyOf(policy, place))) : sellable
  const weightOf = (name: string): number => policy.channels[name]?.weight ?? 0
  if (state.mode?.is === 'shared') {
    const visible = (name: string) => {
      const seen = sellsAhead(state, name) ? sellable : here
      return weightOf(name) === 0 ? 0 : Math.max(0, seen - (buffers[name] ?? 0))
    }
    return new Map(state.channels.map(({ name }) => [name, visible(name)]))
  }
  const last = lastUnits && sellable <= lastUnits.pieces ? lastUnits.channel : null
  const only = last !== null && state.channels.some(({ name }) => name === last)
  const weights = state.channels.map(({ name }) => (only ? Number(name === last) : weightOf(name)))
  const parts = shares(here, early(state, weights))
  const ahead = shares(sellable - here, aheadWeights(state, weights))
  return new Map(state.channels.map(({ name }, index) => [name, parts[index]! + ahead[index]!]))
}

const aheadWeights = (state: Ledger, weights: readonly number[]): number[] =>
  weights.map((weight, index) => (sellsAhead(state, state.channels[index]!.name) ? weight : 0))

/** Before the day of release only those who can say so sell what is here already. */
const early = (state: Ledger, weights: readonly number[]): readonly number[] =>
  releaseOf(state) === null ? weights : aheadWeights(state, weights)

/** Whole pieces by weight; what is left over goes to the first ones. */
function shares(pieces: number, weights: readonly number[]): number[] {
  const whole = weights.reduce((all, weight) => all + weight, 0)
  const parts = weights.map((weight) => (whole === 0 ? 0 : Math.floor((pieces * weight) / whole)))
  let rest = whole === 0 ? 0 : pieces - parts.reduce((all, part) => all + part, 0)
  for (let index = 0; rest > 0 && index < parts.length; index += 1) {
    if (weights[index] === 0) continue
    parts[index]! += 1
    rest -= 1
  }
  return parts
}
