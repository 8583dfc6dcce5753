/**
 * What some messages would do if they came now: decided on today's state under today's policy, in the order the turn
 * would take them, and nothing written. The token names exactly that, so that what was shown is what is done.
 */
import { createHash } from 'node:crypto'
import type { Sql } from '#store/database.ts'
import { peekStreams } from '#store/journal.ts'
import { undoingOf } from '#policy/undoing.ts'
import { toFault } from '../../fault.ts'
import { type Engine, nowOf } from '../engine.ts'
import type { Decided, Message, State } from '../decide.ts'
import { decideAgain, initialOf } from './again.ts'

export interface Preview {
  /** Messages that would be handed to the hub. */
  rows: number
  /** Streams in which something would happen. */
  streams: number
  events: Record<string, number>
  intents: { type: string; connection: string; count: number; irreversible: boolean }[]
  /** Steps among them that cannot be taken back. */
  irreversible: number
  /** Messages that would be refused or cannot be decided. */
  refused: { count: number; first: { inbox: number; reason: string }[] }
  first: { stream: string; events: string[]; intents: { type: string; connection: string }[] }[]
  /** Repeat it to have exactly this done. */
  token: string
}

/** Streams that are listed one by one. */
const FIRST_MAX = 50
const CASCADE_MAX = 200_000

export async function preview(
  sql: Sql,
  engine: Engine,
  pages: AsyncIterable<readonly Message[]> | Iterable<readonly Message[]>,
  rows: () => number,
  { at = nowOf(engine), onDecided = () => {} }: { at?: string; onDecided?(said: Message, decided: Decided): void } = {},
): Promise<Preview> {
  const states = new Map<string, State>()
  const lines = new Map<string, Preview['first'][number]>()
  const events: Record<string, number> = {}
  const intents = new Map<string, Preview['intents'][number]>()
  const refused: Preview['refused'] = { count: 0, first: [] }
  const hash = createHash('sha256').update(engine.policy.version)
  let notes: Message[] = []

  const refuse = (inbox: number, reason: string) => {
    refused.count += 1
    if (refused.first.length < FIRST_MAX) refused.first.push({ inbox, reason })
  }
  const decide = ({ row, stream, command }: Message) => {
    try {
      const again = decideAgain(engine, engine.policy, states.get(stream)!, { row, stream, command, at })
      if (again.refused) refuse(row.id, `${again.refused.refused}: ${again.refused.reason}`)
      states.set(stream, again.state)
      onDecided({ row, stream, command }, again)
      return again
    } catch (error) {
      refuse(row.id, toFault(error).message)
      return null
    }
  }
  const take = (said: Message): Message[] => {
    const again = decide(said)
    if (!again || again.events.length === 0) return []
    const line = lines.get(said.stream) ?? { stream: said.stream, events: [], intents: [] }
    lines.set(said.stream, line)
    for (const { type } of again.events) {
      hash.update(`\n${said.stream} ${type}`)
      line.events.push(type)
      events[type] = (events[type] ?? 0) + 1
    }
    for (const { type, connection, ask } of again.intents) {
      hash.update(`\n${said.stream} ${type} ${connection} ${ask}`)
      line.intents.push({ type, connection })
      const known = intents.get(`${type} ${connection}`)
      if (known) known.count += 1
      else
        intents.set(`${type} ${connection}`, { type, connection, count: 1, irreversible: undoingOf(type).irreversible })
    }
    return again.notes.map((note) => {
      const { source, key, kind, topic, correlation } = note
      const body = Buffer.from(note.body)
      const row = { id: said.row.id, source, key, kind, topic, body, correlation, received_at: at }
      return { row, stream: topic, command: JSON.parse(body.toString('utf8')) as { type: string } }
    })
  }

  for await (const page of pages) {
    await loadNow(sql, states, page)
    for (const said of page) {
      hash.update(`\n${said.row.id} ${said.stream}`)
      notes.push(...take(said))
    }
  }
  // In the hub, too, notes come after the messages that set them off.
  for (let count = 0; notes.length > 0;) {
    const wave = notes
    notes = []
    count += wave.length
    if (count > CASCADE_MAX) throw new Error('The messages would set off notes without end.')
    await loadNow(sql, states, wave)
    for (const said of wave) notes.push(...take(said))
  }
  const all = [...intents.values()]
  const irreversible = all.reduce((sum, one) => sum + (one.irreversible ? one.count : 0), 0)
  const first = [...lines.values()].slice(0, FIRST_MAX)
  const token = hash.digest('hex').slice(0, 16)
  return { rows: rows(), streams: lines.size, events, intents: all, irreversible, refused, first, token }
}

async function loadNow(sql: Sql, states: Map<string, State>, said: readonly Message[]): Promise<void> {
  const missing = [...new Set(said.map(({ stream }) => stream))].filter((stream) => !states.has(stream))
  if (missing.length === 0) return
  for (const stream of missing) states.set(stream, initialOf(stream))
  for (const { stream, state } of await peekStreams(sql, missing)) states.set(stream, state as unknown as State)
}
