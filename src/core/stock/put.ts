/**
 * A channel without compare-and-set: what can be sold there _becomes_ a number, whatever it was. A put of n adds n to
 * the bound. What the channel had at one moment of its own clock, said by the answer to a put or to a reading, is a
 * _fact_; once every order of the channel up to that moment is known (its watermark), the bound is the fact less what
 * was sold since. Nothing frees a piece but that. Why it is right:
 * docs/decisions/0015-channels-without-compare-and-set.md
 *
 * A `later` channel says `accepted` and works it off in its own time. Until it shows a number that it could not show
 * without the write, the write may still come, and keeps counting.
 */
import { evolveCompare, raise } from './compare.ts'
import type { ChannelEvent, ChannelStock } from './ledger.ts'
import type { StockEvent } from './stock.ts'

export interface Put {
  /** `swap`: it has compare-and-set, and is this only until its first reading counts; then it is as in compare.ts. */
  writes: 'plain' | 'later' | 'swap'
  /**
   * Accepted, or lost on its way there, and not seen to be effective. `looks`: how often it was looked for in vain;
   * `reference`: what the channel calls it.
   */
  open: { to: number; at: string; looks: number; reference?: string } | null
  /** Waits for the channel's watermark. */
  fact: { value: number; at: string } | null
  /**
   * Heard since the fact was asked for: pieces off the shelf (or, negative, put back). `at`: when, on the safe side;
   * `to`: when at the latest.
   */
  news: readonly { at: string; to: string; pieces: number }[]
  /** A put of more than nothing was asked for and nobody knows whether it was done: close, and learn. */
  lost: boolean
  /** How often a first reading was taken anew, since an order may have come before or after it. */
  again?: number
}

export const unasked = (writes: Put['writes']): Put => ({ writes, open: null, fact: null, news: [], lost: false })

/** What asks and answers do to the books of such a channel. @param version of the ledger after the event. */
export function evolvePut(one: ChannelStock, put: Put, event: ChannelEvent, version: number): ChannelStock {
  const asked = { ...one, heard: 0, guessed: false }
  switch (event.type) {
    case 'stock.channelDoubted': {
      // Whoever resumes after trouble says that what was never shown will never come.
      const open = one.trouble === null ? put.open : null
      const again = put.writes === 'swap' && put.fact ? { again: (put.again ?? 0) + 1 } : {}
      return { ...asked, reading: version, trouble: null, put: { ...put, open, fact: null, news: [], ...again } }
    }
    case 'stock.channelRead': {
      const { available: value, at } = event
      if (put.writes === 'swap' && at === undefined) return known(evolveCompare(one, event, version))
      const bound = one.bound === null ? one : raise({ ...one, bound: one.bound }, event.raised)
      const fact = at === undefined ? null : { value, at }
      return { ...bound, seen: value, seenAt: at ?? one.seenAt, reading: null, put: { ...put, fact } }
    }
    case 'stock.putting': {
      const { to } = event
      const flight = { version, from: one.seen ?? 0, to }
      return { ...asked, bound: (one.bound ?? 0) + to, flight, put: { ...put, fact: null, news: [] } }
    }
    case 'stock.put': {
      const { to: value, at } = event
      const lost = put.lost && value > 0
      return { ...one, seen: value, seenAt: at, flight: null, put: { ...put, lost, fact: { value, at } } }
    }
    case 'stock.putAccepted': {
      const { to, at, reference } = event
      const open = { to, at, looks: 0, ...(reference !== undefined && { reference }) }
      return { ...one, flight: null, put: { ...put, open } }
    }
    case 'stock.putRefused':
      return { ...withoutOpen(one, put), guessed: true, trouble: event.message }
    case 'stock.putLost': {
      const { to, at } = event
      const open = put.writes === 'later' ? { to, at, looks: 0 } : null
      return { ...one, flight: null, guessed: true, put: { ...put, lost: open === null, open } }
    }
    case 'stock.settled': {
      const open = event.shown || !put.open ? null : { ...put.open, looks: put.open.looks + 1 }
      const { bound } = event
      if (put.writes === 'swap') {
        // More was sold than it had: pieces were put back, and that news is on its way.
        const unexplained = Math.max(0, -leftOf(put.fact!, put.news))
        return known({ ...one, bound, unexplained, seen: bound, guessed: put.news.length > 0 })
      }
      return {
        ...one,
        bound,
        unexplained: 0,
        seen: bound - (open?.to ?? 0),
        put: { ...put, open, fact: null, news: [] },
      }
    }
    case 'stock.publishFailed': {
      // Only a refusal proves that nothing was changed; what may have happened keeps counting.
      const to = one.flight?.to ?? 0
      const bound = one.bound === null ? null : one.bound - (event.certain ? to : 0)
      const lost = put.lost || (!event.certain && to > 0)
      const next = { ...one, flight: null, reading: null, guessed: true, trouble: event.message, put: { ...put, lost } }
      return bound === null ? next : raise({ ...next, bound }, Math.max(0, -bound))
    }
    default:
      return one
  }
}

/** The channel says that the write will never come: what it added to the bound is proven not to be there. */
export function withoutOpen(one: ChannelStock, put: Put): ChannelStock {
  const bound = one.bound === null ? null : one.bound - (put.open?.to ?? 0)
  const next = { ...one, bound, put: { ...put, open: null } }
  return bound === null ? next : raise({ ...next, bound }, Math.max(0, -bound))
}

/** A channel with compare-and-set from now on: the swap proves what it has. */
const known = ({ put: _, ...one }: ChannelStock): ChannelStock => one

/** More than so many pieces of news are not told apart: the oldest then count as if they came before the fact. */
const NEWS_MAX = 40

/** News of an order, kept while an answer or the watermark is awaited. Without a time it proves nothing. */
export function heardOf(one: ChannelStock, event: Extract<StockEvent, { type: 'stock.reserved' }>): ChannelStock {
  const { put } = one
  if (!put || (one.flight === null && one.reading === null && put.fact === null)) return one
  const news = [...put.news]
  // An order is placed before its pieces leave the shelf, and changed before they are back on it (WooCommerce saves the
  // change first): either errs upwards.
  const { placedAt, changedAt, sold, restocked } = event
  if (sold > 0) news.push({ at: placedAt ?? '', to: changedAt ?? '~', pieces: sold })
  if (restocked > 0) news.push({ at: changedAt ? backBy(changedAt) : '~', to: changedAt ?? '~', pieces: -restocked })
  while (news.length > NEWS_MAX)
    news.splice(
      Math.max(
        0,
        news.findIndex(({ pieces }) => pieces > 0),
      ),
      1,
    )
  return { ...one, put: { ...put, news } }
}

/** By then pieces are back on the shelf, when the change that put them there is of that moment. */
const backBy = (changedAt: string): string => new Date(Date.parse(changedAt) + SHELVED_MS).toISOString()
const SHELVED_MS = 60_000

export interface Settled {
  bound: number
  /** Nothing that was asked of the channel is still to come. */
  shown: boolean
  /** It may be less: a sale counts as if it came before the fact; pieces were said to be back, and may not be. */
  vague: boolean
  /** Pieces that no order explains, and all are known: somebody else put them there. */
  raised: number
}

/** What a fact says now that every order up to it is known. */
export function settle({ bound, unexplained, flight }: ChannelStock, put: Put & { fact: object }): Settled | null {
  if (flight) return null
  const { fact, news, open } = put as Put & { fact: { value: number; at: string } }
  const left = leftOf(fact, news)
  const books = bound ?? Math.max(0, left)
  const raised = unexplained
  const maybe = ({ at, to, pieces }: Put['news'][number]) =>
    pieces > 0 ? at <= fact.at && secondOf(to) >= secondOf(fact.at) : at > fact.at
  // Nothing left is exact, unless it is never looked at again: then pieces put back would be counted on top.
  const vague = (left > 0 || put.writes === 'swap') && news.some(maybe)
  if (!open) return { bound: Math.max(0, left), shown: true, vague, raised }
  // Without the write at most the rest of the bound could be there. Nothing at all is what a close asked for.
  const shown = open.to === 0 ? fact.value === 0 : leastOf(fact, news) > books - open.to
  return { bound: Math.max(0, shown ? left : left + open.to), shown, vague, raised }
}

/** Channels tell the moments of orders to the second, at best. */
const secondOf = (at: string): string => at.slice(0, 19)

/** What the bound will be once the fact now known is settled, or less. */
export const expectedOf = ({ bound, put }: ChannelStock): number =>
  put?.fact && !put.open ? Math.min(bound ?? 0, leftOf(put.fact, put.news)) : (bound ?? 0)

/** Below nothing: what was sold since came of a write that was not shown then. */
const leftOf = ({ value, at: then }: { value: number; at: string }, news: Put['news']): number =>
  news.reduce((left, { at, pieces }) => (at > then ? left - pieces : left), value)

/** The same, when whatever may have come after the fact did, and was no help. */
const leastOf = ({ value, at: then }: { value: number; at: string }, news: Put['news']): number =>
  news.reduce((left, { to, pieces }) => {
    const counts = pieces > 0 ? secondOf(to) >= secondOf(then) : to > then
    return counts ? left - pieces : left
  }, value)

/** Up to which moment orders have to be known before this channel can be gone on with; null when it waits for none. */
export function awaited({ put, flight, reading, guessed, seen, bound, seenAt, trouble }: ChannelStock): string | null {
  if (!put || flight || reading !== null || trouble !== null) return null
  if (put.fact) return put.fact.at
  if (put.open) return put.open.at
  if (put.lost) return null
  // A number that does not agree with the books, and is of unknown age: looked at again when things are calm.
  return guessed && seen !== bound ? seenAt : null
}
