/**
 * What a process must not forget, on disk: a snapshot, and a log of what happened since. Each event is one write, so
 * that a process killed at any moment loses none it was told of. Nothing is forced to the disk: a power cut may take
 * the end.
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'

export interface MemoryFiles<Event> {
  /** Puts one event down. @throws when that is not possible; from then on nothing is taken any more. */
  append(event: Event): void
  /** How much was put down since the last snapshot. */
  since(): { events: number; bytes: number }
  /** A new snapshot takes the place of the old one and its log, all at once. @param snapshot structured-clonable. */
  compact(snapshot: unknown): void
  close(): void
}

export interface Remembered<Event> {
  /** null when nothing was ever kept here. */
  snapshot: unknown
  /** What happened since, in order. */
  events: Event[]
}

const SNAPSHOT = 'snapshot'
const logName = (generation: number): string => `log-${generation}`

/** @throws when what is there cannot be read; the message says which file. */
export function openFiles<Event>(folder: string): { files: MemoryFiles<Event>; remembered: Remembered<Event> } {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const kept = readSnapshot(join(folder, SNAPSHOT))
  let generation = kept?.generation ?? 0
  const log = join(folder, logName(generation))
  const { events, bytes } = kept ? readLog<Event>(log) : { events: [], bytes: 0 }
  const since = { events: events.length, bytes }
  let file = openSync(log, 'a', 0o600)
  let broken: unknown = null
  sweep(folder, generation)

  return {
    remembered: { snapshot: kept?.snapshot ?? null, events },
    files: {
      append(event) {
        if (broken !== null)
          throw new Error('An earlier event could not be kept; nothing more is taken.', { cause: broken })
        const line = `${JSON.stringify(event)}\n`
        try {
          appendFileSync(file, line)
        } catch (error) {
          broken = error
          throw error
        }
        since.events += 1
        since.bytes += line.length
      },
      since: () => ({ ...since }),
      compact(snapshot) {
        const next = generation + 1
        const draft = join(folder, `${SNAPSHOT}.new`)
        writeFileSync(draft, serialize({ generation: next, snapshot }), { mode: 0o600 })
        // From here on the new snapshot counts, and with it a log that is still empty.
        renameSync(draft, join(folder, SNAPSHOT))
        closeSync(file)
        file = openSync(join(folder, logName(next)), 'a', 0o600)
        generation = next
        Object.assign(since, { events: 0, bytes: 0 })
        sweep(folder, generation)
      },
      close: () => closeSync(file),
    },
  }
}

function readSnapshot(path: string): { generation: number; snapshot: unknown } | null {
  if (!existsSync(path)) return null
  try {
    return deserialize(readFileSync(path)) as { generation: number; snapshot: unknown }
  } catch (cause) {
    throw new Error(`The snapshot ${path} cannot be read.`, { cause })
  }
}

/** A last line without its end was never answered: it is cut off. */
function readLog<Event>(path: string): { events: Event[]; bytes: number } {
  if (!existsSync(path)) return { events: [], bytes: 0 }
  const content = readFileSync(path)
  const bytes = content.lastIndexOf('\n') + 1
  if (bytes < content.length) truncateSync(path, bytes)
  const lines = content.toString('utf8', 0, bytes).split('\n').slice(0, -1)
  const events = lines.map((line, index) => {
    try {
      return JSON.parse(line) as Event
    } catch (cause) {
      throw new Error(`Line ${index + 1} of the log ${path} cannot be read.`, { cause })
    }
  })
  return { events, bytes }
}

/** Logs of other snapshots than the one that counts say nothing any more. */
function sweep(folder: string, generation: number): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith('log-') && name !== logName(generation)) rmSync(join(folder, name))
  }
}
