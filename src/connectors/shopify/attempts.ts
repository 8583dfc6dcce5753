/**
 * What was answered is remembered until a page is whole. With a small query budget one try may not be enough for a page
 * with large orders; if each began anew, none would ever get further than the one before.
 */
import { canonicalJson, type Json } from '#canon/json.ts'
import type { Caller } from './graphql.ts'

/** One try after another to read the page at a cursor; its answers are those of one moment, give or take. */
export interface Attempt extends Caller {
  /** When it began. */
  atMs: number
}

/** Of what was answered longer ago nothing is used any more. */
const ATTEMPT_MS = 2 * 60_000
/** Cursors under way at once: the feed's own, and those of the same feed being read again. */
const ATTEMPTS_MAX = 4

export interface Attempts {
  /** The one that goes on at a feed's cursor, or a new one. */
  at(cursor: Json | null, nowMs: number): Attempt
  /** The page at this cursor is whole. */
  end(cursor: Json | null): void
}

export function openAttempts(graphql: Caller): Attempts {
  const all = new Map<string, Attempt>()
  const open = (atMs: number): Attempt => {
    const answers = new Map<string, { data: unknown; at: string | null }>()
    const timed: Caller['timed'] = async <T>(...asked: Parameters<typeof graphql.timed<T>>) => {
      const key = `${asked[0].name} ${canonicalJson(asked[1] as Json)}`
      const answer = answers.get(key) ?? (await graphql.timed(...asked))
      answers.set(key, answer)
      return answer as { data: T; at: string | null }
    }
    return { atMs, timed, call: async (...asked) => (await timed(...asked)).data }
  }
  return {
    at(cursor, nowMs) {
      const key = canonicalJson(cursor)
      const known = all.get(key)
      if (known && nowMs - known.atMs < ATTEMPT_MS) return known
      all.delete(key)
      if (all.size >= ATTEMPTS_MAX) all.delete([...all.keys()][0]!)
      const fresh = open(nowMs)
      all.set(key, fresh)
      return fresh
    },
    end: (cursor) => void all.delete(canonicalJson(cursor)),
  }
}
