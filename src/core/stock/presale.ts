/**
 * Pieces that are not here yet and may be sold all the same, by policy: pre-orders and backorders. What is expected
 * comes from a table or from the ERP's open receipts, always read together with what is on hand, so that a piece that
 * arrives leaves the one in the step in which it joins the other. An order that takes such pieces has a _promise_: so
 * many pieces, by a date. Promises are served first come, first served; one that nothing covers any more is told.
 */
import { canonicalJson } from '#canon/json.ts'
import { type Note, note } from '../decider.ts'
import type { Policy, PresaleRule } from '../policy.ts'
import { parseOrderRef, streams } from '../streams.ts'
import type { Ledger } from './ledger.ts'
import type { Place } from './mode.ts'

/** So many pieces on that day (`2026-12-05`). */
export interface Lot {
  date: string
  pieces: number
}

/** What the ERP says of pieces on their way, not later than what it says is free. */
export interface Ahead {
  /** Open receipts. */
  incoming: readonly Lot[]
  /** Pieces received since the moment that was asked about. */
  received: number
  since: string | null
}

export interface SalePromise {
  orderRef: string
  channel: string
  /** Of what is expected; none, where goods are here and the day of release is not. */
  quantity: number
  /** Null when nothing covers it any more. */
  date: string | null
}

export interface Presale {
  /** Null when policy no longer says so: nothing more is promised. */
  rule: PresaleRule | null
  /** When it was looked at last; a receipt due before that day is late, and counts no more. */
  at: string
  seen: Ahead | null
  /** First come, first served. */
  promises: readonly SalePromise[]
}

/** To `stock/<pool>/<sku>`, from itself: the clock went on. */
export interface LookCommand {
  type: 'stock.look'
}

export type PresaleEvent =
  | { type: 'stock.presaleRuled'; rule: PresaleRule | null; at: string }
  | { type: 'stock.looked'; at: string }
  /** The order's sale took so many expected pieces more; `date`: when all of them are there. */
  | { type: 'stock.promised'; orderRef: string; channel: string; quantity: number; date: string }
  /** `was`: what was said before. */
  | { type: 'stock.promiseMoved'; orderRef: string; date: string | null; was: string | null }
  /** So many of its pieces are here. */
  | { type: 'stock.promiseMet'; orderRef: string; quantity: number }
  /** The order wants so many fewer. */
  | { type: 'stock.promiseLet'; orderRef: string; quantity: number }

const PRESALE_EVENTS = new Set([
  'stock.presaleRuled', 'stock.looked', 'stock.promised', 'stock.promiseMoved', 'stock.promiseMet', 'stock.promiseLet',
]) // prettier-ignore

export const isPresaleEvent = (event: { type: string }): event is PresaleEvent => PRESALE_EVENTS.has(event.type)

const NONE: Presale = { rule: null, at: '', seen: null, promises: [] }

/** What policy says of a SKU: the first rule that fits. */
const ruleOf = ({ presale = [] }: Policy, { pool, sku }: Place): PresaleRule | null =>
  presale.find(({ skus, pool: only }) => (skus?.includes(sku) ?? true) && (only ?? pool) === pool) ?? null

/** Whether the rules have changed, or the day, since it was looked at. */
export function presaleNews({ presale, kit }: Ledger, policy: Policy, place: Place, at: string): PresaleEvent[] {
  if (!presale && !policy.presale) return []
  const rule = kit ? null : ruleOf(policy, place)
  if (canonicalJson(rule) !== canonicalJson(presale?.rule ?? null)) return [{ type: 'stock.presaleRuled', rule, at }]
  return presale && dayOf(presale.at) < dayOf(at) ? [{ type: 'stock.looked', at }] : []
}

const dayOf = (at: string): string => at.slice(0, 10)

export function evolvePresale(state: Ledger, event: PresaleEvent): Ledger {
  const before = state.presale ?? NONE
  const set = (to: Partial<Presale>): Ledger => ({ ...state, presale: { ...before, ...to } })
  const { promises } = before
  switch (event.type) {
    case 'stock.presaleRuled':
      return set({ rule: event.rule, at: event.at })
    case 'stock.looked':
      return set({ at: event.at })
    case 'stock.promised': {
      const { orderRef, channel, quantity, date } = event
      const mine = promises.find((one) => one.orderRef === orderRef)
      if (!mine) return set({ promises: [...promises, { orderRef, channel, quantity, date }] })
      const more = { ...mine, quantity: mine.quantity + quantity, date }
      return set({ promises: promises.map((one) => (one === mine ? more : one)) })
    }
    case 'stock.promiseMoved': {
      const { orderRef, date } = event
      return set({ promises: promises.map((one) => (one.orderRef === orderRef ? { ...one, date } : one)) })
    }
    case 'stock.promiseMet':
    case 'stock.promiseLet':
      return set({
        promises: promises.flatMap((one) => {
          if (one.orderRef !== event.orderRef) return [one]
          const quantity = one.quantity - event.quantity
          return quantity > 0 ? [{ ...one, quantity }] : []
        }),
      })
  }
}

/** An order that is over has no promise any more. */
export const withoutPromise = ({ presale }: Ledger, orderRef: string): Pick<Ledger, 'presale'> =>
  presale ? { presale: { ...presale, promises: presale.promises.filter((one) => one.orderRef !== orderRef) } } : {}

const sum = (all: readonly { pieces: number }[]): number => all.reduce((sum, { pieces }) => sum + pieces, 0)

/** Asked several times in a decision, of thousands of orders. */
const sums = new WeakMap<readonly SalePromise[], number>()

/** Expected pieces that orders have taken. */
export function promisedOf({ presale }: Ledger): number {
  if (!presale) return 0
  const { promises } = presale
  let all = sums.get(promises)
  if (all === undefined) {
    all = promises.reduce((sum, { quantity }) => sum + quantity, 0)
    sums.set(promises, all)
  }
  return all
}

export const promisedTo = ({ presale }: Ledger, orderRef: string): number =>
  presale?.promises.find((one) => one.orderRef === orderRef)?.quantity ?? 0

/** All that is on its way, by date; what is late is not counted on any more. */
export function expectedOf({ presale }: Ledger): readonly Lot[] {
  const { rule = null, seen = null, at = '' } = presale ?? {}
  if (!rule || !seen) return []
  const lots = rule.from === 'erp' ? seen.incoming : withoutFirst(byDate(rule.expected), seen.received)
  return byDate(lots.filter(({ date }) => date >= dayOf(at)))
}

const byDate = (lots: readonly Lot[]): readonly Lot[] => lots.toSorted((a, b) => (a.date < b.date ? -1 : 1))

/** What was received is what was due first. */
function withoutFirst(lots: readonly Lot[], pieces: number): Lot[] {
  let left = pieces
  return lots.map((lot) => {
    const gone = Math.min(left, lot.pieces)
    left -= gone
    return { ...lot, pieces: lot.pieces - gone }
  })
}

/** Of what is expected, so much may be sold in all: less what is kept back, and within the cap. */
export function saleableOf(state: Ledger): number {
  const { rule = null, seen = null } = state.presale ?? {}
  // What was received since another moment says nothing of these.
  if (!rule || seen?.since !== rule.since) return 0
  const all = sum(expectedOf(state))
  return Math.min(all - Math.ceil(all * rule.holdBack), rule.cap ?? all)
}

/** Expected, and taken by nobody yet. */
export const aheadOf = (state: Ledger): number => Math.max(0, saleableOf(state) - promisedOf(state))

/** The day before which nothing is handed out; null when there is none, or it has come. */
export function releaseOf({ presale }: Ledger): string | null {
  const release = presale?.rule?.release ?? null
  return presale && release !== null && release > dayOf(presale.at) ? release : null
}

/** @param position counted from the first expected piece. Null when there is none. */
export function dateOf(state: Ledger, position: number): string | null {
  let left = position
  const lot = expectedOf(state).find(({ pieces }) => (left -= pieces) <= 0)
  const release = releaseOf(state)
  return lot ? (release !== null && release > lot.date ? release : lot.date) : null
}

/** Where each promise stands: how much of it is here, and when the rest comes. */
export interface Standing {
  promise: SalePromise
  here: number
  date: string | null
}

/** @param here pieces on the shelf that nobody else may have. */
export function standingsOf(state: Ledger, here: number): Standing[] {
  let left = here
  let taken = 0
  const release = releaseOf(state)
  return (state.presale?.promises ?? []).map((promise) => {
    const covered = Math.min(left, promise.quantity)
    left -= covered
    taken += promise.quantity - covered
    return { promise, here: covered, date: covered === promise.quantity ? release : dateOf(state, taken) }
  })
}

/** What has become of promises: pieces that came, dates that moved. */
export function standingNews(state: Ledger, here: number): PresaleEvent[] {
  if (!state.presale || state.presale.promises.length === 0) return []
  const held = releaseOf(state) !== null
  return standingsOf(state, here).flatMap(({ promise: { orderRef, quantity, date: was }, here: pieces, date }) => {
    const events: PresaleEvent[] = []
    const over = pieces === quantity && !held
    if (!over && date !== was) events.push({ type: 'stock.promiseMoved', orderRef, date, was })
    if (over || (pieces > 0 && !held)) events.push({ type: 'stock.promiseMet', orderRef, quantity: pieces })
    return events
  })
}

/** The order hears of its promise. @param state right after the event. */
export function tellPromise(event: PresaleEvent, state: Ledger, { pool, sku }: Place): Note[] {
  if (!('orderRef' in event)) return []
  const ref = parseOrderRef(event.orderRef)
  if (!ref) return []
  const { rule = null, promises = [] } = state.presale ?? {}
  const mine = promises.find(({ orderRef }) => orderRef === event.orderRef)
  const said = mine ? { quantity: mine.quantity, date: mine.date } : { quantity: 0, date: null }
  const command = {
    type: 'order.notePromise', sku, pool, open: mine !== undefined, ...said,
    whole: rule?.ship !== 'split', owner: rule?.owner ?? '',
  } // prettier-ignore
  return [note(streams.order(ref.channel, ref.externalId), command)]
}

/**
 * When it has to be looked at again: at the end of the day; and each hour where only the ERP knows what is coming, and
 * the SKU is named or something is. A rule for a whole catalogue is not asked about hour by hour.
 */
export function nextLook({ presale }: Ledger): string | null {
  if (!presale?.rule || presale.at === '') return null
  const hour = 3_600_000
  const now = Date.parse(presale.at)
  const midnight = (Math.floor(now / (24 * hour)) + 1) * 24 * hour
  const { rule, seen, promises } = presale
  const often = rule.from === 'erp' && (rule.skus || seen?.incoming.length || promises.length)
  return new Date(often ? Math.min(now + hour, midnight) : midnight).toISOString()
}
