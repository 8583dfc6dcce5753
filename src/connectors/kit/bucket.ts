/**
 * A token bucket that several processes draw from, as arithmetic alone. A process takes tokens in small grants, each
 * for a few seconds, so that not every call costs a statement. What it may then spend never exceeds what the vendor
 * lets through: in any stretch of t seconds at most `burst + t · perSecond`, whatever the order in which processes come
 * and whatever their clocks say.
 */

/** One rate limit as data. */
export interface Limit {
  /** Most tokens at once. */
  burst: number
  perSecond: number
}

/** Tokens in somebody's hands. They count as there until the term is over, spent or not: the cap rests on it. */
export interface Lent {
  holder: string
  tokens: number
  /** By the holder's own clock. */
  sinceMs: number
}

/** Somebody who was sent away: after a while others leave over what is wanted here. */
export interface Waiter {
  holder: string
  need: number
  patient: boolean
  sinceMs: number
  untilMs: number
}

/** What is remembered of a bucket, as plain data. Its time is its own: it stands still or goes on, never back. */
export interface BucketState extends Limit {
  tokens: number
  atMs: number
  /** What the clock of the last visitor said. */
  wallMs: number
  /** The last visitor, and from when on nobody else has anything under way. */
  owner: string
  aloneMs: number
  lent: readonly Lent[]
  waiting: readonly Waiter[]
}

/** By holder and the beginning of its term. */
export type Sightings = Readonly<Record<string, number>>

export interface Visit {
  /** Names the process. */
  owner: string
  /** Names one of its purses. */
  holder: string
  /** By the visitor's own clock. */
  nowMs: number
  /** The bucket's time less the visitor's clock, as its last visit said; null at the first. */
  offsetMs: number | null
  /** What was lent to others when this process last looked, and when (by its clock) it saw that first. */
  sightings: Sightings
  /** Fewer are of no use. */
  need: number
  want: number
  /** Yields to those who are not: feeds and upkeep. */
  patient: boolean
  /** Given back: granted before, still valid, and not spent. */
  unspent: number
  /** Reserved for calls that are under way. */
  underWay: number
  /** As the vendor last said it. */
  limit: Limit | null
  /**
   * What the vendor said was left, less what was reserved since, and when (by the visitor's clock) the call began and
   * the answer came. `exact`: none other of this process was under way.
   */
  seen: { level: number; sinceMs: number; atMs: number; exact: boolean } | null
}

export interface Granted {
  state: BucketState
  /** 0 when there was not enough. */
  tokens: number
  /** By the visitor's clock: what is not spent by then is lost. */
  untilMs: number
  /** In how many milliseconds to come again; 0 when something was granted. */
  waitMs: number
  offsetMs: number
  sightings: Sightings
}

/** For how long a grant may be spent. */
export const GRANT_MS = 2_000
/** By then what was spent at the very end has arrived. */
const TERM_MS = GRANT_MS + 1_000
/** Clocks of processes differ by no more than this; so much time counts for nothing when a new one comes. */
const SKEW_MAX_MS = 60_000
/** Who waited so long goes first: others leave over what it needs. */
const PATIENCE_MS = { urgent: 1_000, patient: 10_000 }
/** Of a full bucket, what patient ones leave to the others. */
const SHARE_LEFT = 0.25
const WAIT_MIN_MS = 50
const WAIT_MAX_MS = 60_000
const WAITER_GRACE_MS = 5_000
/** Calls of a process that was not heard of for so long are over. */
const CALL_MAX_MS = 60_000

export const fullBucket = ({ burst, perSecond }: Limit, nowMs: number): BucketState => ({
  burst, perSecond, tokens: burst, atMs: nowMs, wallMs: nowMs, owner: '', aloneMs: nowMs, lent: [], waiting: [],
}) // prettier-ignore

export function visit(before: BucketState, caller: Visit): Granted {
  const offsetMs = caller.offsetMs ?? firstOffset(before, caller.nowMs)
  const sightings = sightingsOf(before.lent, caller)
  const state = refilled(before, caller, offsetMs, sightings)
  const need = Math.min(caller.need, state.burst)
  const left = Math.min(leftOver(state, caller), state.burst - need)
  const nowMs = state.atMs
  const others = state.lent.filter(({ holder }) => holder !== caller.holder)
  const waiting = state.waiting.filter(({ holder }) => holder !== caller.holder)
  if (state.tokens - left >= need) {
    const tokens = Math.min(Math.max(caller.want, need), state.tokens - left)
    const mine = { holder: caller.holder, tokens: tokens + caller.underWay, sinceMs: caller.nowMs }
    const after = { ...state, tokens: state.tokens - tokens, lent: [...others, mine], waiting }
    return { state: after, tokens, untilMs: caller.nowMs + GRANT_MS, waitMs: 0, offsetMs, sightings }
  }
  const missing = need + left - state.tokens
  const waitMs = Math.min(WAIT_MAX_MS, Math.max(WAIT_MIN_MS, Math.ceil((missing / state.perSecond) * 1_000)))
  const known = state.waiting.find(({ holder }) => holder === caller.holder)
  const waiter: Waiter = {
    holder: caller.holder, need, patient: caller.patient,
    sinceMs: known?.sinceMs ?? nowMs, untilMs: nowMs + waitMs + WAITER_GRACE_MS,
  } // prettier-ignore
  const lent =
    caller.underWay > 0
      ? [...others, { holder: caller.holder, tokens: caller.underWay, sinceMs: caller.nowMs }]
      : others
  return {
    state: { ...state, lent, waiting: [...waiting, waiter] },
    tokens: 0, untilMs: caller.nowMs, waitMs, offsetMs, sightings,
  } // prettier-ignore
}

/**
 * From then on the visitor's own clock tells how the bucket's time goes on, so that a clock that is ahead gains
 * nothing. At the first visit only what no skew can explain counts.
 */
const firstOffset = ({ atMs, wallMs }: BucketState, nowMs: number): number =>
  atMs + Math.max(0, nowMs - wallMs - SKEW_MAX_MS) - nowMs

const termOf = ({ holder, sinceMs }: Lent): string => `${holder} ${sinceMs}`

/**
 * Terms that are not over, as far as the visitor can know: its own clock has gone on for as long since it first saw
 * them, or they began so long ago that no skew explains it.
 */
function sightingsOf(lent: readonly Lent[], { sightings, nowMs }: Visit): Sightings {
  const standing = lent.flatMap((one): [string, number][] => {
    const seenMs = sightings[termOf(one)] ?? nowMs
    return nowMs - seenMs >= TERM_MS || nowMs - one.sinceMs >= TERM_MS + SKEW_MAX_MS ? [] : [[termOf(one), seenMs]]
  })
  return Object.fromEntries(standing)
}

function refilled(before: BucketState, caller: Visit, offsetMs: number, sightings: Sightings): BucketState {
  const { burst, perSecond } = caller.limit ?? before
  const { owner, underWay } = caller
  const atMs = Math.max(before.atMs, caller.nowMs + offsetMs)
  const lent = before.lent.filter((one) => sightings[termOf(one)] !== undefined)
  const waiting = before.waiting.filter(({ untilMs }) => untilMs > atMs)
  const elsewhere = lent.reduce((all, { holder, tokens }) => all + (holder === caller.holder ? 0 : tokens), 0)
  const grown = before.tokens + caller.unspent + ((atMs - before.atMs) / 1_000) * perSecond
  const aloneMs = before.owner === owner ? before.aloneMs : before.owner === '' ? atMs : atMs + CALL_MAX_MS
  const told = toldBy(caller, perSecond, { aloneMs, offsetMs, elsewhere })
  const level = told.exact ? told.level : Math.min(grown, told.level)
  // Late calls meet later ones at the vendor: what is under way counts as there, until it is over.
  const tokens = Math.min(level, Math.max(0, burst - elsewhere - underWay))
  return { burst, perSecond, tokens, atMs, wallMs: caller.nowMs, owner, aloneMs, lent, waiting }
}

/** The level by the vendor's own word: exactly, if nobody else can have drawn since; else it bounds ours from above. */
function toldBy(
  { seen, nowMs }: Visit,
  perSecond: number,
  { aloneMs, offsetMs, elsewhere }: { aloneMs: number; offsetMs: number; elsewhere: number },
): { level: number; exact: boolean } {
  if (!seen) return { level: Infinity, exact: false }
  const exact = seen.exact && seen.sinceMs + offsetMs >= aloneMs
  const grownMs = Math.max(0, nowMs - (exact ? seen.atMs : seen.sinceMs))
  return { level: seen.level + (grownMs / 1_000) * perSecond - (exact ? elsewhere : 0), exact }
}

/** What the visitor must leave for others: for those who waited too long, and, if it is patient, for the urgent. */
function leftOver({ burst, atMs, waiting }: BucketState, { holder, patient }: Visit): number {
  const own = waiting.find((one) => one.holder === holder)
  const isAged = (one: Waiter | undefined): boolean =>
    one !== undefined && atMs - one.sinceMs >= PATIENCE_MS[one.patient ? 'patient' : 'urgent']
  const mine = isAged(own)
  const first = waiting.filter((one) => {
    if (one.holder === holder) return false
    if (isAged(one)) return !mine || one.sinceMs < own!.sinceMs
    return patient && !mine && !one.patient
  })
  const reserved = first.reduce((all, { need }) => all + need, 0)
  return reserved + (patient && !mine ? burst * SHARE_LEFT : 0)
}
