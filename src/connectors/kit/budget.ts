/**
 * What a connection may still ask of its vendor. A process draws tokens in small grants from a bucket that it shares
 * with all others on the database (the engine hands in the source); alone it keeps the bucket itself. Nobody waits
 * here: when there is not enough, `throttled` says in how long there will be, and no call is made.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { Fault } from '../../fault.ts'
import { type BucketState, fullBucket, type Granted, type Limit, type Memory, visit, type Visit } from './bucket.ts'

/** Where a bucket is kept. `start` is how it stands when nobody has drawn from it yet. */
export type BucketSource = (bucket: string, start: BucketState, caller: Visit) => Promise<Omit<Granted, 'state'>>

/** What a call really cost and what the vendor said about the bucket. Members that are not known are left out. */
export interface Bill {
  /** In tokens. Without it all that was reserved counts as spent. */
  cost?: number
  limit?: Limit
  /** What the vendor says is left. */
  level?: number
  /** The vendor turned the call down: the bucket is emptier than we believed. */
  refused?: boolean
}

export interface Draw {
  bucket: string
  /** In tokens. */
  price: number
  /** Needed right after: without enough for both nothing is drawn. */
  next?: number
  /** Yields to everybody who is not: feeds and upkeep. */
  patient?: boolean
  /** What it is for, to be shown. */
  what: string
}

export interface Budget {
  /** @returns what to call with the bill once the call is over. Throws `throttled` with the wait. */
  draw(draw: Draw): Promise<(bill: Bill) => void>
  /**
   * Something that takes several calls. One that ran out of tokens on its way begins its next attempt with as many as
   * it then lacked, or not at all: else those that begin together spend everything on their first calls, each time
   * anew, and none is ever done.
   *
   * @param of `key` is the same in each attempt; what one of a `kind` drew says what the next will need.
   */
  attempt<T>(of: AttemptOf, work: () => Promise<T>): Promise<T>
  /**
   * In how many milliseconds urgent work of the kind may go on, by what its last attempt drew from each bucket; of no
   * kind in particular, the first that is kept. 0 when nothing keeps it, as far as this process knows.
   */
  waitMs(kind?: string): number
  /** From now on drawn from there. @param owner names this process. */
  share(source: BucketSource, owner: string): void
}

export interface AttemptOf {
  key: string
  kind: string
}

export interface BudgetOptions {
  /** Name of the vendor, to be shown. */
  vendor: string
  /** By bucket; what an unknown bucket gets is `limits['*']`. */
  limits: Readonly<Record<string, Limit>>
  now(): number
}

/** Tokens granted and not spent yet. */
interface Purse {
  tokens: number
  untilMs: number
  underWay: number
  /** What came back after its grant had ended. */
  back: number
  denied: { need: number; untilMs: number } | null
  /** What was left in the bucket when this process last heard of it. */
  rest: { tokens: number; atMs: number } | null
  /** Only one grant is asked for at a time. */
  asking: Promise<unknown>
}

/** One attempt under way, by purse: what it has drawn, and what it holds for the calls to come. */
interface Attempt extends AttemptOf {
  drawn: Map<string, number>
  held: Map<string, { tokens: number; untilMs: number }>
  ranOut: boolean
  /** What the first call at each urgent purse needed. */
  needed: Map<string, number>
}

/** Attempts whose need is remembered; the oldest goes first. */
const NEEDS_MAX = 1_000

/** What the vendor said of a bucket; `news` has not been passed on yet. */
interface Learnt {
  limit: Limit | null
  news: { limit: Limit | null; seen: Visit['seen'] } | null
}

/** A grant is for so many milliseconds of what flows in: few statements, and little is lost with a process. */
const GRANT_OF_MS = 500
/** Of a full bucket. */
const GRANT_SHARE_MAX = 0.1

/**
 * A call that leaves while the bucket is full arrives when nothing could flow in meanwhile: so much of a full bucket is
 * left alone.
 */
const HEADROOM_MS = 500
const withHeadroom = ({ burst, perSecond }: Limit): Limit => ({
  burst: Math.max(Math.min(1, burst), burst / 2, burst - (perSecond * HEADROOM_MS) / 1_000),
  perSecond,
})

export function openBudget({ vendor, limits, now }: BudgetOptions): Budget {
  const purses = new Map<string, Purse>()
  const learnt = new Map<string, Learnt>()
  const memories = new Map<string, Memory>()
  const attempts = new AsyncLocalStorage<Attempt>()
  /** By attempt, what it needs of each purse. */
  const needs = new Map<string, Map<string, number>>()
  /** By kind, what the first call of its last attempt at each urgent purse needed. */
  const drawnBy = new Map<string, Map<string, number>>()
  let source = ownSource()
  let owner = 'alone'

  const limitOf = (bucket: string): Limit => learnt.get(bucket)?.limit ?? withHeadroom(limits[bucket] ?? limits['*']!)

  const purseOf = (key: string): Purse => {
    const known = purses.get(key)
    if (known) return known
    const fresh: Purse = {
      tokens: 0,
      untilMs: 0,
      underWay: 0,
      back: 0,
      denied: null,
      rest: null,
      asking: Promise.resolve(),
    }
    purses.set(key, fresh)
    return fresh
  }

  async function refill(purse: Purse, { bucket, patient = false, what }: Draw, need: number): Promise<void> {
    const nowMs = now()
    if (purse.denied && purse.denied.untilMs > nowMs && need >= purse.denied.need)
      throw wait(what, purse.denied.untilMs - nowMs)
    const valid = purse.untilMs > nowMs ? purse.tokens : Math.min(0, purse.tokens)
    const { news } = learnt.get(bucket) ?? { news: null }
    const { burst, perSecond } = limitOf(bucket)
    const unspent = valid + purse.back
    Object.assign(purse, { tokens: 0, back: 0 })
    const granted = await source(bucket, fullBucket({ burst, perSecond }, nowMs), {
      owner,
      holder: `${owner}${patient ? ' patient' : ''}`,
      nowMs,
      memory: memories.get(bucket) ?? null,
      need,
      want: Math.min((perSecond * GRANT_OF_MS) / 1_000, burst * GRANT_SHARE_MAX),
      patient,
      unspent,
      underWay: purse.underWay,
      limit: news?.limit ?? null,
      seen: news?.seen ?? null,
    })
    memories.set(bucket, granted.memory)
    const latest = learnt.get(bucket)
    if (latest && latest.news === news) latest.news = null
    purse.tokens += granted.tokens
    purse.untilMs = granted.untilMs
    purse.denied = granted.waitMs > 0 ? { need, untilMs: nowMs + granted.waitMs } : null
    purse.rest = { tokens: granted.left, atMs: nowMs }
    if (purse.denied) throw wait(what, granted.waitMs)
  }

  const wait = (what: string, waitMs: number): Fault =>
    new Fault('throttled', `Waiting for the query budget at ${vendor} before ${what}.`, {
      code: `${vendor.toLowerCase()}.throttled`, retryAfterMs: Math.ceil(waitMs), own: true,
    }) // prettier-ignore

  const needOf = ({ bucket, price, next = 0 }: Draw): number => Math.min(price + next, limitOf(bucket).burst)

  async function reserve(purse: Purse, draw: Draw): Promise<void> {
    const need = needOf(draw)
    const enough = () => purse.untilMs > now() && purse.tokens >= need
    // Looked at and taken in one step: nobody comes in between.
    const take = () => {
      purse.tokens -= draw.price
      purse.underWay += draw.price
      const seen = learnt.get(draw.bucket)?.news?.seen
      if (seen) seen.level -= draw.price
    }
    if (enough()) return take()
    const turn = purse.asking.then(async () => {
      while (!enough()) await refill(purse, draw, need)
      take()
    })
    purse.asking = turn.catch(() => {})
    await turn
  }

  /** Reserves one call's tokens; the first time in an attempt that ran out before, all that it then needed. */
  async function reserveIn(attempt: Attempt | undefined, name: string, draw: Draw): Promise<void> {
    const purse = purseOf(name)
    if (!attempt) return reserve(purse, draw)
    const { key, drawn, held } = attempt
    const { price } = draw
    const mine = held.get(name)
    if (mine && mine.tokens >= price && mine.untilMs > now()) {
      mine.tokens -= price
      return
    }
    letGo(attempt, name)
    const before = drawn.get(name) ?? 0
    const known = before === 0 ? (needs.get(key)?.get(name) ?? 0) : 0
    const all = Math.max(price, Math.min(known, limitOf(draw.bucket).burst))
    try {
      await reserve(purse, { ...draw, price: all })
    } catch (fault) {
      attempt.ranOut = true
      remember(key, name, Math.max(known, before + price))
      throw fault
    }
    drawn.set(name, before + all)
    if (all > price) held.set(name, { tokens: all - price, untilMs: purse.untilMs })
  }

  function remember(key: string, name: string, need: number): void {
    const known = needs.get(key) ?? new Map<string, number>()
    needs.delete(key)
    needs.set(key, known.set(name, need))
    if (needs.size > NEEDS_MAX) needs.delete([...needs.keys()][0]!)
  }

  function letGo({ held }: Attempt, name: string): void {
    const { tokens = 0, untilMs = 0 } = held.get(name) ?? {}
    held.delete(name)
    const purse = purseOf(name)
    purse.underWay -= tokens
    if (untilMs > now()) purse.tokens += tokens
    else purse.back += tokens
  }

  const pursesOf = (bucket: string): Purse[] => [bucket, `${bucket} patient`].flatMap((key) => purses.get(key) ?? [])

  function learn(bucket: string, { limit, level }: Bill, sinceMs: number): void {
    const before = learnt.get(bucket)
    const known = limit ? withHeadroom(limit) : (before?.limit ?? null)
    let seen = before?.news?.seen ?? null
    if (level !== undefined) {
      const mine = pursesOf(bucket)
      seen = { level, sinceMs, atMs: now(), exact: mine.every(({ underWay }) => underWay === 0) }
      for (const purse of mine) {
        // Nobody can hold more than there is.
        purse.tokens = Math.min(purse.tokens, level)
        purse.rest = { tokens: level - purse.tokens, atMs: now() }
      }
    }
    learnt.set(bucket, { limit: known, news: { limit: known, seen } })
  }

  /** Sent away, or about to be: asking would cost a statement or more, and tell nothing new. */
  function keptMs(name: string, need: number): number {
    const { denied, rest, tokens, untilMs, back } = purseOf(name)
    const nowMs = now()
    const isValid = untilMs > nowMs
    if (denied && denied.untilMs > nowMs) return denied.untilMs - nowMs
    if (!rest || rest.atMs > nowMs || (isValid && tokens >= need)) return 0
    const { perSecond } = limitOf(name)
    const mine = (isValid ? tokens : Math.min(0, tokens)) + back
    const missing = need - mine - rest.tokens
    return Math.max(0, Math.ceil((missing / perSecond) * 1_000) - (nowMs - rest.atMs))
  }

  return {
    share(shared, name) {
      source = shared
      owner = name
    },
    waitMs(kind) {
      if (kind !== undefined) {
        const waits = [...(drawnBy.get(kind) ?? [])].map(([name, need]) => keptMs(name, need))
        return Math.max(0, ...waits)
      }
      const waits = [...drawnBy.values()].flatMap((drawn) => [...drawn].map(([name, need]) => keptMs(name, need)))
      const kept = waits.filter((ms) => ms > 0)
      return kept.length > 0 ? Math.min(...kept) : 0
    },
    async attempt(of, work) {
      const attempt: Attempt = { ...of, drawn: new Map(), held: new Map(), ranOut: false, needed: new Map() }
      try {
        return await attempts.run(attempt, work)
      } finally {
        if (attempt.needed.size > 0) drawnBy.set(of.kind, attempt.needed)
        if (!attempt.ranOut) needs.delete(of.key)
        for (const name of attempt.held.keys()) letGo(attempt, name)
      }
    },
    async draw(draw) {
      const { bucket, price, patient = false } = draw
      const name = `${bucket}${patient ? ' patient' : ''}`
      const purse = purseOf(name)
      const attempt = attempts.getStore()
      if (attempt && !patient && !attempt.needed.has(name)) attempt.needed.set(name, needOf(draw))
      await reserveIn(attempt, name, draw)
      const sinceMs = now()
      return (bill) => {
        const { cost = price, refused = false } = bill
        purse.underWay -= price
        const rest = price - cost
        if (refused) Object.assign(purse, { tokens: 0, back: 0 })
        else if (purse.untilMs > now() || rest < 0) purse.tokens += rest
        else purse.back += rest
        if (bill.limit !== undefined || bill.level !== undefined) learn(bucket, bill, sinceMs)
      }
    },
  }
}

/** An attempt at a system that may have no budget. See `Budget.attempt`. */
export const attemptIn = <T>(budget: Budget | undefined, of: AttemptOf, work: () => Promise<T>): Promise<T> =>
  budget ? budget.attempt(of, work) : work()

/** A bucket in this process alone: for tests, and for commands that make a call or two. */
function ownSource(): BucketSource {
  const buckets = new Map<string, BucketState>()
  return (bucket, start, caller) => {
    const { state, ...granted } = visit(buckets.get(bucket) ?? start, caller)
    buckets.set(bucket, state)
    return Promise.resolve(granted)
  }
}
