/** Which of the things a feed read are news: deciders are pure, so they can be asked without deciding anything. */
import type { Reading } from '#connectors/kit/connector.ts'
import { deciders } from '#core/registry.ts'
import { kindOf } from '#core/streams.ts'
import { peekStreams } from '#store/journal.ts'
import type { Sql } from '#store/database.ts'
import { connectionNamed, type Engine, nowOf } from './engine.ts'

/** @returns how many of the readings would change something; those nobody can decide count as well. */
export async function countNews(
  engine: Engine,
  sql: Sql,
  connection: string,
  readings: readonly Reading[],
): Promise<number> {
  if (readings.length === 0) return 0
  const at = nowOf(engine)
  const told = readings.map(({ key, topic, body }) => {
    try {
      return { key, messages: connectionNamed(engine, connection).translate({ topic, body, receivedAt: at }) }
    } catch {
      return { key, messages: null }
    }
  })
  const names = [...new Set(told.flatMap(({ messages }) => messages?.map(({ stream }) => stream) ?? []))]
  const states = new Map((await peekStreams(sql, names)).map(({ stream, state }) => [stream, state as unknown]))
  const isNews = (key: string, stream: string, command: { type: string }): boolean => {
    const decider = deciders[kindOf(stream)]
    if (!decider) return true
    let state = (states.get(stream) as typeof decider.initial | undefined) ?? decider.initial
    const decision = decider.decide(state, command, engine.policy, { stream, at, messageKey: key })
    if ('refused' in decision) return false
    for (const event of decision) state = decider.evolve(state, event)
    states.set(stream, state)
    return decision.length > 0
  }
  return told.filter(({ key, messages }) => {
    if (messages === null) return true
    try {
      return messages.filter(({ stream, command }) => isNews(key, stream, command)).length > 0
    } catch {
      return true
    }
  }).length
}
