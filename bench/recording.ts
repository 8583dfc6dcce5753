/**
 * Writes down what a run of ours wrote, transaction by transaction, read back from the tables themselves: whatever way
 * our statements take, these are the rows that anybody doing the same work has to write.
 */
import type { Engine } from '#engine/engine.ts'
import type { Database } from '#store/database.ts'
import type { Witness } from './life.ts'

type Row = Record<string, unknown>

export interface TurnStep {
  step: 'turn'
  claimed: number
  /** Undecided before it that were decided in it. */
  settled: Row[]
  /** Streams as they were after it. */
  streams: Row[]
  events: Row[]
  intents: Row[]
  notes: Row[]
}

/** What the outside did meanwhile; nobody is timed for it. */
export interface OutsideStep {
  step: 'outside'
  arrived: Row[]
  answered: number[]
}

export type Step = TurnStep | OutsideStep

const INBOX = 'id, source, key, kind, topic, body, correlation, received_at, priority'

/** @param engine its clock has to give another moment at every call. */
export function record(engine: Engine): { steps: Step[]; witness: Witness } {
  const { database } = engine
  const steps: Step[] = []
  const seen = { inbox: 0, outbox: 0, journal: 0 }
  const answered = new Set<number>()
  const newInbox = async (): Promise<Row[]> => {
    const rows = await texts(database, `select ${INBOX} from inbox where id > $1 order by id`, [seen.inbox])
    seen.inbox = Number(rows.at(-1)?.['id'] ?? seen.inbox)
    return rows
  }
  const witness: Witness = {
    async happened() {
      const done = await database.query<{ id: number }>(`select id from outbox where state = 'done'`)
      const fresh = done.map(({ id }) => id).filter((id) => !answered.has(id))
      for (const id of fresh) answered.add(id)
      steps.push({ step: 'outside', arrived: await newInbox(), answered: fresh })
    },
    async turned(claimed) {
      const [last] = await database.query<{ at: string }>('select max(decided_at) as at from inbox')
      const at = last!.at
      const settled = await texts(
        database,
        'select id, state, correlation, outcome from inbox where decided_at = $1 order by id',
        [at],
      )
      const streams = await texts(
        database,
        'select stream, kind, version, state::text as state, label, status, attention, updated_at from stream where updated_at = $1 order by stream',
        [at],
      )
      const events = await texts(
        database,
        `select stream, version, type, data::text as data, at, cause, correlation, policy, position
         from journal where position > $1 order by position`,
        [seen.journal],
      )
      const intents = await texts(
        database,
        `select id, key, stream, version, connection, type, ask::text as ask, correlation, priority, created_at
         from outbox where id > $1 order by id`,
        [seen.outbox],
      )
      seen.journal = Number(events.at(-1)?.['position'] ?? seen.journal)
      seen.outbox = Number(intents.at(-1)?.['id'] ?? seen.outbox)
      steps.push({ step: 'turn', claimed, settled, streams, events, intents, notes: await newInbox() })
    },
  }
  return { steps, witness }
}

const texts = (database: Database, text: string, values: unknown[]): Promise<Row[]> => database.query<Row>(text, values)

/** What one order costs, for whoever wants to compare: rows by table. */
export function rowsPerOrder(steps: readonly Step[], orders: number) {
  const turns = steps.filter((step) => step.step === 'turn')
  const per = (count: (step: TurnStep) => number) =>
    Number((turns.reduce((all, step) => all + count(step), 0) / orders).toFixed(2))
  return {
    messages: per(({ settled }) => settled.length),
    events: per(({ events }) => events.length),
    intents: per(({ intents }) => intents.length),
    notes: per(({ notes }) => notes.length),
    stateWrites: per(({ streams }) => streams.length),
    turns: turns.length,
  }
}
