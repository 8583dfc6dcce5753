/**
 * A changed mapping table, tried on what is recorded: every delivery of a channel is translated by the table of today
 * and by the other one, and what would be said differently is listed. Decides nothing, writes nothing.
 */
import { canonicalJson } from '#canon/json.ts'
import type { MappingTables } from '#core/mapping/mapping.ts'
import { countDecided, decidedRows, type DecidedRow, readOnly } from '#store/replay.ts'
import { type Message, translate } from '../decide.ts'
import type { Engine } from '../engine.ts'
import { deliveriesOf } from './selection.ts'

/** One value that a delivery would say differently; null: it would not say it at all. */
export interface WordChange {
  inbox: number
  topic: string
  stream: string
  /** Within the command: `order.lines.0.sku`. Empty when it goes to another stream. */
  path: string
  before: string | null
  after: string | null
}

export interface MappingPreview {
  deliveries: number
  /** Deliveries that would say something else. */
  changed: number
  /** Deliveries that cannot be translated by either. */
  unreadable: number
  /** How often each word would become another: `MUG-B → MUG`. */
  words: Record<string, number>
  first: WordChange[]
}

export interface PreviewOptions {
  connection: string
  tables: MappingTables
  /** Decided at or after this moment; everything that is recorded unless said. */
  from?: string | undefined
  /** How many changes are listed; all are counted. */
  limit: number
  onProgress?(done: number, total: number): void
}

export function previewMapping(engine: Engine, options: PreviewOptions): Promise<MappingPreview> {
  const { connection, tables, from, limit, onProgress = () => {} } = options
  const mappings = { ...engine.policy.mappings, [connection]: tables }
  const other: Engine = { ...engine, policy: { ...engine.policy, mappings } }
  const preview: MappingPreview = { deliveries: 0, changed: 0, unreadable: 0, words: {}, first: [] }
  return readOnly(engine.database, async (sql) => {
    const filter = deliveriesOf({ connection, from })
    const total = await countDecided(sql, filter)
    for await (const page of decidedRows(sql, filter)) {
      for (const row of page) look(row, engine, other, preview, limit)
      onProgress(preview.deliveries, total)
    }
    return preview
  })
}

function look(row: DecidedRow, engine: Engine, other: Engine, preview: MappingPreview, limit: number): void {
  preview.deliveries += 1
  let changes: WordChange[]
  try {
    changes = changesIn(row, translate(engine, row), translate(other, row))
  } catch {
    preview.unreadable += 1
    return
  }
  if (changes.length > 0) preview.changed += 1
  for (const change of changes) {
    const word = `${change.before ?? 'nothing'} → ${change.after ?? 'nothing'}`
    preview.words[word] = (preview.words[word] ?? 0) + 1
    if (preview.first.length < limit) preview.first.push(change)
  }
}

/** Messages in the order in which they are said; one that falls away leaves the others in theirs. */
function changesIn(
  { id: inbox, topic }: DecidedRow,
  before: readonly Message[],
  after: readonly Message[],
): WordChange[] {
  const changes: WordChange[] = []
  const gone = before.length - after.length
  const rest = [...after]
  for (const was of before) {
    const is = rest[0]
    const about = { inbox, topic, stream: was.stream }
    const falls = gone !== 0 && (!is || was.command.type !== is.command.type)
    if (!is || falls) {
      changes.push({ ...about, path: '', before: was.stream, after: null })
      continue
    }
    rest.shift()
    if (was.stream !== is.stream) changes.push({ ...about, path: '', before: was.stream, after: is.stream })
    for (const one of differing(was.command, is.command, '')) changes.push({ ...about, ...one })
  }
  for (const is of rest) changes.push({ inbox, topic, stream: is.stream, path: '', before: null, after: is.stream })
  return changes
}

type Differing = Pick<WordChange, 'path' | 'before' | 'after'>

function differing(before: unknown, after: unknown, path: string): Differing[] {
  if (canonicalJson(before ?? null) === canonicalJson(after ?? null)) return []
  const [a, b] = [before, after]
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return [{ path, before: textOf(a), after: textOf(b) }]
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])]
  return names.flatMap((name) =>
    differing(
      (a as Record<string, unknown>)[name],
      (b as Record<string, unknown>)[name],
      path ? `${path}.${name}` : name,
    ),
  )
}

const textOf = (value: unknown): string | null =>
  value === undefined || value === null ? null : typeof value === 'string' ? value : canonicalJson(value)
