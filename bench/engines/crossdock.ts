/**
 * The hub carrying the same six steps: a decider of its own for the flow, and everything else as it is. Each order is a
 * delivery; each step writes its events, and owes either a note, which is the next step as a job is for a queue, or a
 * call to another system, leased, made and answered, whose answer is the next step.
 */
import type { Connection } from '#connectors/kit/connector.ts'
import { note } from '#core/decider.ts'
import { type AnyDecider, deciders } from '#core/registry.ts'
import { startHub } from '#engine/hub.ts'
import type { Database } from '#store/database.ts'
import { insertInbox } from '#store/inbox.ts'
import { openEngine } from '../hub.ts'
import { BODY, type Candidate, countdown, EVENTS, NOTE, STEPS } from './flow.ts'

interface FlowState {
  version: number
  /** Steps that were done. */
  steps: number
  order: unknown
}
interface FlowEvent {
  type: string
  step: number
  /** The last of its step. */
  ends: boolean
  data: unknown
}

const BATCH = 200
const order: unknown = JSON.parse(BODY)
const remark: unknown = JSON.parse(NOTE)

/** What a step leads to. */
export type Form = 'notes' | 'calls'

function flow(form: Form, onDone: () => void): AnyDecider {
  const decider = {
    initial: { version: 0, steps: 0, order: null },
    decide({ steps }: FlowState, command: { type: string; order?: unknown }): FlowEvent[] {
      // A start that comes again, or an answer to a step that is behind us, changes nothing.
      if (steps >= STEPS || (command.type === 'start') !== (steps === 0)) return []
      const types = EVENTS[steps]!
      return types.map((type, n) => ({
        type, step: steps, ends: n === types.length - 1, data: steps === 0 ? command.order : remark,
      })) // prettier-ignore
    },
    evolve(state: FlowState, { step, ends, data }: FlowEvent): FlowState {
      const version = state.version + 1
      return { version, steps: ends ? step + 1 : step, order: step === 0 ? data : state.order }
    },
    react({ step, ends }: FlowEvent, _state: FlowState, stream: string) {
      if (!ends) return []
      if (step + 1 === STEPS) onDone()
      if (step + 1 === STEPS) return []
      return form === 'notes'
        ? [note(stream, { type: 'next' })]
        : [{ type: 'customer.ensure', to: 'erp', ask: { key: 'k', name: 'n', externalRef: 'r' } }]
    },
  }
  return decider as unknown as AnyDecider
}

/** Answers at once, as many as there are. */
const outside: Connection = {
  translate: ({ topic }) => [{ stream: topic, command: { type: 'start', order } as { type: string } }],
  outbound: {
    'customer.ensure': { batch: 400, send: async (sent) => sent.map(() => ({ answer: { partnerId: '1' } })) },
  },
  feeds: {},
  upkeep: {},
  check: async () => [],
}

export function crossdock(database: Database, form: Form): Candidate {
  let done = countdown(0)
  const known = deciders as Record<string, AnyDecider>
  known['flow'] = flow(form, () => done.one())
  const engine = { ...openEngine(database), connections: new Map([['erp', outside]]), erp: 'erp', parallel: 400 }
  const hub = startHub(engine, { idleMs: 20, tickMs: 60_000 })
  return {
    async run(ids) {
      done = countdown(ids.length)
      const receivedAt = new Date(engine.io.now()).toISOString()
      for (let at = 0; at < ids.length; at += BATCH) {
        const rows = ids.slice(at, at + BATCH).map((id) => ({
          source: 'erp', key: id, kind: 'delivery' as const, topic: `flow/${id}`, body: Buffer.from(BODY),
          correlation: null, receivedAt, priority: 5,
        })) // prettier-ignore
        await insertInbox(database, rows)
      }
      await done.all
      await hub.stop()
    },
    async stop() {
      await hub.stop()
      delete known['flow']
    },
  }
}

/** All orders through all steps, each event once. */
export async function checkHub(database: Database, orders: number): Promise<void> {
  const [row] = await database.query<{ orders: number; events: number }>(
    `select (select count(*) from stream where version = ${EVENTS.flat().length}) as orders,
       (select count(*) from journal) as events`,
  )
  if (row!.orders === orders && row!.events === EVENTS.flat().length * orders) return
  throw new Error(`Of ${orders} orders there are ${JSON.stringify(row)}.`)
}
