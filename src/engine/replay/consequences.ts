/** All that some messages brought about: events and calls, the notes and answers these led to, and so on. */
import type { Sql } from '#store/database.ts'
import {
  answersTo,
  type CausedEvent,
  type CausedIntent,
  eventsCausedBy,
  intentsCausedBy,
  notesCausedBy,
} from '#store/replay.ts'
import { Fault } from '../../fault.ts'

export interface Consequences {
  /** Messages, those asked about included. */
  messages: number
  events: CausedEvent[]
  intents: CausedIntent[]
}

const PAGE = 500
const MESSAGES_MAX = 100_000

export async function consequencesOf(sql: Sql, seeds: readonly number[]): Promise<Consequences> {
  const seen = new Set<number>(seeds)
  const found: Consequences = { messages: 0, events: [], intents: [] }
  let wave = [...seen]
  while (wave.length > 0) {
    const next: number[] = []
    for (let at = 0; at < wave.length; at += PAGE) {
      const ids = wave.slice(at, at + PAGE)
      const intents = await intentsCausedBy(sql, ids)
      found.events.push(...(await eventsCausedBy(sql, ids)).map((event) => ({ ...event, data: null })))
      found.intents.push(...intents)
      const answers = await answersTo(sql, intents.map(({ key }) => key)) // prettier-ignore
      for (const { id } of [...(await notesCausedBy(sql, ids)), ...answers]) {
        if (seen.has(id)) continue
        seen.add(id)
        next.push(id)
      }
    }
    if (seen.size > MESSAGES_MAX) {
      const message = `More than ${MESSAGES_MAX} messages hang together here. Narrow it to a shorter period.`
      throw new Fault('rejected', message, { code: 'undo_too_large' })
    }
    wave = next
  }
  return { ...found, messages: seen.size }
}
