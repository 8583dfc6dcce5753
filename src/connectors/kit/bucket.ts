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

/** What is remembered of a bucket, as plain data. */
export interface BucketState extends Limit {
  /** There were so many at least when the last visitor left. */
  tokens: number
  /** All that was ever handed out, and given back. */
  granted: number
  returned: number
  /** What the clock of the last visitor said, and who that was. */
  wallMs: number
  owner: string
  /** A common time for those who wait. It may lag; nothing that must be right rests on it. */
  atMs: number
  lent: readonly Lent[]
  waiting: readonly Waiter[]
}

/** What a process remembers of its last visit. Times are of its own clock. */
export interface Memory {
  nowMs: number
  tokens: number
  /** What could be there at most, less all that was lent then. */
  most: number
  granted: number
  returned: number
  /** The bucket's time less this clock. */
  offsetMs: number
  /** From when on nobody else has anything under way. */
  aloneMs: number
  /** Since when each loan of others is known of, by holder and its beginning. */
  sightings: Readonly<Record<string, number>>
}

export interface Visit {
  /** Names the process. */
  owner: string
  /** Names one of its purses. */
  holder: string
  /** By the visitor's own clock. */
  nowMs: number
  /** Null at the first visit. */
  memory: Memory | null
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
  /** What the caller could still be granted; below 0 when others are to have more than there is. */
  left: number
  memory: Memory
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
  burst, perSecond, tokens: burst, granted: 0, returned: 0,
  wallMs: nowMs, owner: '', atMs: nowMs, lent: [], waiting: [],
}) // prettier-ignore

export function visit(before: BucketState, caller: Visit): Granted {
  const { holder, nowMs, underWay } = caller
  const found = look(before, caller)
  const { state } = found
  const need = Math.min(caller.need, state.burst)
  const left = Math.min(leftOver(state, caller), state.burst - need)
  const enough = state.tokens - left >= need
  const tokens = enough ? Math.min(Math.max(caller.want, need), state.tokens - left) : 0
  const held = tokens + underWay
  const lent = state.lent.filter((one) => one.holder !== holder)
  if (held > 0) lent.push({ holder, tokens: held, sinceMs: nowMs })
  const missing = need + left - state.tokens
  const pauseMs = Math.min(WAIT_MAX_MS, Math.max(WAIT_MIN_MS, Math.ceil((missing / state.perSecond) * 1_000)))
  const waitMs = enough ? 0 : pauseMs
  const after: BucketState = {
    ...state,
    tokens: state.tokens - tokens,
    granted: state.granted + tokens,
    lent,
    waiting: waitingAfter(state, caller, need, waitMs),
  }
  const most = after.burst - lent.reduce((all, one) => all + one.tokens, 0)
  const memory = { ...found, nowMs, tokens: after.tokens, most, granted: after.granted, returned: after.returned }
  const untilMs = enough ? nowMs + GRANT_MS : nowMs
  return { state: after, tokens, untilMs, waitMs, left: after.tokens - left, memory: memoryOf(memory) }
}

const memoryOf = ({ state: _, ...memory }: Memory & { state: BucketState }): Memory => memory

function waitingAfter({ waiting, atMs }: BucketState, caller: Visit, need: number, waitMs: number): Waiter[] {
  const { holder, patient } = caller
  const others = waiting.filter((one) => one.holder !== holder)
  if (waitMs === 0) return others
  const sinceMs = waiting.find((one) => one.holder === holder)?.sinceMs ?? atMs
  return [...others, { holder, need, patient, sinceMs, untilMs: atMs + waitMs + WAITER_GRACE_MS }]
}

/** How the bucket stands now, as far as the visitor can know. */
function look(before: BucketState, caller: Visit) {
  const { burst, perSecond } = caller.limit ?? before
  const { owner, holder, nowMs, memory, underWay, unspent } = caller
  const offsetMs = memory?.offsetMs ?? before.atMs + sinceLeast(before, nowMs) - nowMs
  const atMs = Math.max(before.atMs, nowMs + offsetMs)
  const sightings = sightingsOf(before.lent, caller)
  const lent = before.lent.filter((one) => sightings[termOf(one)] !== undefined)
  const elsewhere = lent.reduce((all, one) => all + (one.holder === holder ? 0 : one.tokens), 0)
  const waiting = before.waiting.filter(({ untilMs }) => untilMs > atMs)
  const cap = Math.max(0, burst - elsewhere - underWay)
  const aloneMs = before.owner === owner && memory ? memory.aloneMs : before.owner === '' ? nowMs : nowMs + CALL_MAX_MS
  const told = toldBy(caller, perSecond, aloneMs, elsewhere)
  const believed = atLeast(before, caller, perSecond) + unspent
  const tokens = Math.min(told.exact ? told.level : Math.min(believed, told.level), cap)
  const returned = before.returned + Math.max(0, unspent)
  const state: BucketState = {
    burst, perSecond, tokens, granted: before.granted, returned, wallMs: nowMs, owner, atMs, lent, waiting,
  } // prettier-ignore
  return { state, offsetMs, aloneMs, sightings }
}

/**
 * So many there are at least. What the last visitor left; and, by what this process saw at its own last visit and its
 * own clock since, what must have flowed in. Wherever in between the bucket was full, it has lost since no more than
 * was granted: so the level is at least `min(most, tokens + time · rate + returned) − granted`. No other clock counts.
 */
function atLeast(before: BucketState, { memory, nowMs }: Visit, perSecond: number): number {
  const flowed = (ms: number): number => (Math.max(0, ms) / 1_000) * perSecond
  if (!memory) return before.tokens + flowed(sinceLeast(before, nowMs))
  const returned = before.returned - memory.returned
  const granted = before.granted - memory.granted
  const seen = Math.min(memory.most, memory.tokens + flowed(nowMs - memory.nowMs) + returned) - granted
  return Math.max(before.tokens, seen)
}

/** Time since the last visit that no skew of the two clocks explains. */
const sinceLeast = ({ wallMs }: BucketState, nowMs: number): number => Math.max(0, nowMs - wallMs - SKEW_MAX_MS)

const termOf = ({ holder, sinceMs }: Lent): string => `${holder} ${sinceMs}`

/**
 * Loans that are not over, as far as the visitor can know: its own clock has gone on for as long since it first saw
 * them, or they began so long ago that no skew explains it.
 */
function sightingsOf(lent: readonly Lent[], { memory, nowMs }: Visit): Memory['sightings'] {
  const standing = lent.flatMap((one): [string, number][] => {
    const seenMs = memory?.sightings[termOf(one)] ?? nowMs
    return nowMs - seenMs >= TERM_MS || nowMs - one.sinceMs >= TERM_MS + SKEW_MAX_MS ? [] : [[termOf(one), seenMs]]
  })
  return Object.fromEntries(standing)
}

/** The level by the vendor's own word: exactly, if nobody else can have drawn since; else it bounds ours from above. */
function toldBy({ seen, nowMs }: Visit, perSecond: number, aloneMs: number, elsewhere: number) {
  if (!seen) return { level: Infinity, exact: false }
  const exact = seen.exact && seen.sinceMs >= aloneMs
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
