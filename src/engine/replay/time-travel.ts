/** Any stream as it stood at a version or a moment: the fold of its journal up to there. */
import type { Json } from '#canon/json.ts'
import { deciders } from '#core/registry.ts'
import { kindOf } from '#core/streams.ts'
import { summaryOf, type Summary } from '#core/summary.ts'
import type { Database } from '#store/database.ts'
import { peekStreams } from '#store/journal.ts'
import { type HistoryEvent, historyOf, readOnly, versionAt } from '#store/replay.ts'
import { Fault } from '../../fault.ts'
import { foldTo } from './overlay.ts'

export interface Moment {
  /** 0 is before its first event. */
  version?: number | undefined
  at?: string | undefined
}

export interface Past extends Summary {
  stream: string
  version: number
  /** How many versions it has now. */
  latest: number
  /** The event that brought it there; null before the first. */
  event: Omit<HistoryEvent, 'data' | 'stream'> | null
  /** Holds personal data. */
  state: Json
}

/** @returns null when there is no such stream. Throws `rejected` for a version it never had. */
export function stateAt(database: Database, stream: string, { version, at }: Moment): Promise<Past | null> {
  return readOnly(database, async (sql) => {
    const [now] = await peekStreams(sql, [stream])
    if (!now || !deciders[kindOf(stream)]) return null
    const wanted =
      version ?? (at === undefined ? now.version : await versionAt(sql, stream, new Date(at).toISOString()))
    if (wanted > now.version) {
      const message = `The stream ${stream} has ${now.version} versions; there is no version ${wanted}.`
      throw new Fault('rejected', message, { code: 'version_unknown' })
    }
    const [last] = wanted === 0 ? [] : await historyOf(sql, stream, { after: wanted - 1, upTo: wanted, limit: 1 })
    const state = await foldTo(sql, stream, wanted)
    const event = last
      ? { version: last.version, type: last.type, at: last.at, cause: last.cause, policy: last.policy }
      : null
    const summary = summaryOf(kindOf(stream), state, stream)
    return { stream, version: wanted, latest: now.version, event, state: state as unknown as Json, ...summary }
  })
}
