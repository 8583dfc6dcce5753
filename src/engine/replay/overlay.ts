/**
 * The streams of a dry run: each begins as it stood before the first row that is decided again, and lives on in memory.
 * Those that went as recorded can be forgotten and folded again; those that went another way have to be kept.
 */
import type { Sql } from '#store/database.ts'
import { peekStreams } from '#store/journal.ts'
import { type DecidedRow, historyOf, versionsBefore } from '#store/replay.ts'
import { Fault } from '../../fault.ts'
import type { State } from '../decide.ts'
import { evolveStored, initialOf } from './again.ts'

export interface Live {
  state: State
  /** The last version that is as recorded, once it went another way; null before. */
  forkedAt: number | null
  /** Calls it would have made since then that have no answer yet. */
  asks: { type: string; ask: string; version: number }[]
}

/** Streams in memory: those that can be folded again, and those that cannot. */
const SAME_MAX = 20_000
const FORKED_MAX = 250_000
const FOLD_PAGE = 1_000

export interface Overlay {
  /** Makes sure these streams are there, as they stood right before the row. */
  load(streams: Iterable<string>, row: DecidedRow): Promise<void>
  get(stream: string): Live
  /** After this version it is not as recorded. */
  fork(stream: string, after: number): void
}

export function createOverlay(sql: Sql): Overlay {
  const same = new Map<string, Live>()
  const forked = new Map<string, Live>()
  const find = (stream: string) => same.get(stream) ?? forked.get(stream)

  return {
    async load(streams, row) {
      const missing = [...new Set(streams)].filter((stream) => !find(stream))
      // The oldest go first; what this row needs is put in afterwards.
      for (const stream of same.keys()) {
        if (same.size + missing.length <= SAME_MAX) break
        if (same.get(stream)?.forkedAt === null) same.delete(stream)
      }
      const again = [...new Set(streams)].filter((stream) => !find(stream))
      if (again.length === 0) return
      const versions = new Map((await versionsBefore(sql, again, row)).map((one) => [one.stream, one.version]))
      const now = new Map((await peekStreams(sql, again)).map((one) => [one.stream, one]))
      for (const stream of again) {
        const version = versions.get(stream) ?? 0
        const current = now.get(stream)
        const state =
          current?.version === version ? (current.state as unknown as State) : await foldTo(sql, stream, version)
        same.set(stream, { state, forkedAt: null, asks: [] })
      }
    },
    get(stream) {
      const live = find(stream)
      if (!live) throw new Error(`The stream ${stream} was not loaded.`)
      return live
    },
    fork(stream, after) {
      const live = same.get(stream)
      if (!live) return
      same.delete(stream)
      live.forkedAt = after
      forked.set(stream, live)
      if (forked.size > FORKED_MAX) {
        const message = `More than ${FORKED_MAX} streams go another way. Narrow the selection to a shorter period.`
        throw new Fault('rejected', message, { code: 'replay_too_different' })
      }
    },
  }
}

/** The fold of a stream's journal up to a version, a page at a time. */
export async function foldTo(sql: Sql, stream: string, version: number): Promise<State> {
  let state = initialOf(stream)
  while (state.version < version) {
    const page = await historyOf(sql, stream, { after: state.version, upTo: version, limit: FOLD_PAGE })
    if (page.length === 0) throw new Error(`The journal of ${stream} has a gap after version ${state.version}.`)
    state = page.reduce(evolveStored, state)
  }
  return state
}
