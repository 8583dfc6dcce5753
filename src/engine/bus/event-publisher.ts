/**
 * Publishes the journal to the bus, in its order and each event once. One process does it at a time; each message names
 * the sequence it must follow, so one that lost its lease, or came back from the dead, is refused by the stream
 * itself.
 */
import type { JetStreamManager } from '@nats-io/jetstream'
import { endOfJournal, type JournalRow, moveReader, readJournal, type ReaderRow } from '#store/readers.ts'
import type { Engine } from '../engine.ts'
import type { Bus } from './bus.ts'
import { CLOUD_EVENT_TYPE, cloudEvent } from './cloud-event.ts'
import type { FanOut, Subscriber } from './fan-out.ts'
import { type Held, LeaseLost } from './handout.ts'
import { ensureStream, eventSettings, eventStream, eventSubject, eventSubjects } from './topology.ts'

/** On their way at the same time. */
const WINDOW = 100
const TIMEOUT_MS = 5_000
const POSITION = 'Crossdock-Position'

export async function openEventPublisher(engine: Engine, bus: Bus, fanOut: FanOut, row: ReaderRow): Promise<Held> {
  const { line, topology } = bus
  const { database, owner, meter } = engine
  const generation = line.generation()
  const manager = await line.manager()
  await ensureStream(manager, eventSettings(topology))
  for (const subscriber of fanOut.subscribers) if (subscriber.url === null) await prepare(manager, bus, subscriber)
  let { position } = row
  let sequence = (await manager.streams.info(eventStream(topology))).state.last_seq
  const published = await lastPublished(manager, eventStream(topology), sequence)

  const move = async (to: number): Promise<void> => {
    if (!(await moveReader(database, { name: row.name, owner, from: position, to }))) throw new LeaseLost(row.name)
    position = to
  }
  // Whoever published last died before it wrote that down. A larger number than there is: the database was restored.
  if (published > position && published <= (await endOfJournal(database))) await move(published)

  const send = (event: JournalRow, after: number) => {
    const told = cloudEvent(event, fanOut.source, fanOut.mask)
    return line.publish(eventSubject(topology, event.type), Buffer.from(JSON.stringify(told)), {
      id: told.id,
      headers: { 'content-type': CLOUD_EVENT_TYPE, [POSITION]: String(event.position) },
      timeoutMs: TIMEOUT_MS,
      lastSequence: after,
    })
  }

  return {
    async step() {
      if (line.generation() !== generation) throw new Error('the line to the bus broke')
      const rows = await readJournal(database, position, WINDOW)
      const sent = await Promise.allSettled(rows.map((event, index) => send(event, sequence + index)))
      const refused = sent.find((one) => one.status === 'rejected')
      // What got through is found again in the stream.
      if (refused) throw refused.reason
      sequence += rows.length
      const last = rows.at(-1)
      if (last) await move(last.position)
      for (const { name, url } of fanOut.subscribers)
        if (url === null && rows.length > 0) meter.count('announced', [name, 'taken'], rows.length)
      return rows.length
    },
  }
}

/** The journal's position of the last event in the stream; 0 when it holds none. */
async function lastPublished(manager: JetStreamManager, stream: string, sequence: number): Promise<number> {
  if (sequence === 0) return 0
  const message = await manager.streams.getMessage(stream, { seq: sequence })
  return Number(message?.header.get(POSITION) ?? 0) || 0
}

/** Each subscriber on the bus has a durable place of its own there, which it moves by acknowledging. */
async function prepare(manager: JetStreamManager, { topology }: Bus, { name, types, from }: Subscriber): Promise<void> {
  const stream = eventStream(topology)
  const there = await manager.consumers.info(stream, name).then(() => true, () => false) // prettier-ignore
  if (there) return
  await manager.consumers.add(stream, {
    durable_name: name,
    filter_subject: eventSubjects(topology, types[0] ?? '*'),
    ack_policy: 'explicit',
    deliver_policy: from === 'beginning' ? 'all' : 'new',
  })
}
