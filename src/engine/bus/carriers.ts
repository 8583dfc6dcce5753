/** Everything that carries between the hub and the bus or its subscribers, as lines that the processes share out. */
import { endOfJournal, type ReaderRow } from '#store/readers.ts'
import type { Engine } from '../engine.ts'
import type { Loop } from '../loop.ts'
import { createSlots } from '../slots.ts'
import type { Bus } from './bus.ts'
import { edgeRow, prepareEdge } from './edge.ts'
import { rowOf } from './envelope.ts'
import { openEventPublisher } from './event-publisher.ts'
import { type HandoutPace, type Job, startHandout } from './handout.ts'
import { openStreamReader } from './stream-reader.ts'
import {
  edgeSubject,
  ensureStream,
  intakeSettings,
  intakeStream,
  mirrorStream,
  PARTITIONS,
  partitionSubjects,
} from './topology.ts'
import { openWebSubscriber } from './web-subscriber.ts'

const IDLE_MS = 500
const WRITERS_MAX = 2

/** @returns null when there is nothing to carry. */
export function startCarriers(engine: Engine, onStored: () => void, pace?: HandoutPace): Loop | null {
  const jobs = [...(engine.bus ? readersOf(engine, engine.bus, onStored) : []), ...tellersOf(engine)]
  return jobs.length === 0 ? null : startHandout(engine, jobs, pace)
}

function readersOf(engine: Engine, bus: Bus, onStored: () => void): Job[] {
  const { line, topology, edges } = bus
  const context = { engine, line, replicas: topology.replicas, writing: createSlots(() => WRITERS_MAX), onStored }
  const firstPosition = () => Promise.resolve(0)
  const partitions = Array.from({ length: PARTITIONS }, (_, partition): Job => ({
    name: `in/${partition}`,
    idleMs: IDLE_MS,
    firstPosition,
    async hold(row: ReaderRow) {
      await ensureStream(await line.manager(), intakeSettings(topology))
      const [stream, filter] = [intakeStream(topology), partitionSubjects(topology, partition)]
      const source = { stream, filter, toRow: rowOf, purges: true }
      return openStreamReader(context, source, row)
    },
  }))
  const shops = edges.map((edge): Job => ({
    name: `edge/${edge.shop}`,
    idleMs: IDLE_MS,
    firstPosition,
    async hold(row: ReaderRow) {
      await prepareEdge(line, topology, edge)
      const { shop, connection } = edge
      return openStreamReader(
        context,
        {
          stream: mirrorStream(topology, shop),
          filter: edgeSubject(topology, connection, shop),
          toRow: (message) => edgeRow(engine, edge, message),
          purges: false,
        },
        row,
      )
    },
  }))
  return [...partitions, ...shops]
}

function tellersOf(engine: Engine): Job[] {
  const { bus, fanOut, database } = engine
  if (!fanOut) return []
  const begin = (from: 'now' | 'beginning') => async () => (from === 'now' ? endOfJournal(database) : 0)
  const posted = fanOut.subscribers.filter(({ url }) => url !== null)
  const jobs = posted.map((subscriber): Job => ({
    name: `subscriber/${subscriber.name}`,
    idleMs: IDLE_MS,
    firstPosition: begin(subscriber.from),
    hold: (row) => Promise.resolve(openWebSubscriber(engine, fanOut, subscriber, row)),
  }))
  const listening = fanOut.subscribers.filter(({ url }) => url === null)
  if (!bus || listening.length === 0) return jobs
  const from = listening.some((one) => one.from === 'beginning') ? 'beginning' : 'now'
  const hold = (row: ReaderRow) => openEventPublisher(engine, bus, fanOut, row)
  return [...jobs, { name: 'events', idleMs: IDLE_MS, firstPosition: begin(from), hold }]
}
