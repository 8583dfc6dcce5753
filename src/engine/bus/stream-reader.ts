/**
 * Reads one line of deliveries from the bus into the inbox, in order. The place is kept in the database and moves in
 * the transaction that writes the rows, so a crash repeats nothing and loses nothing; a process that lost its lease
 * cannot write.
 */
import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream'
import { isDataError } from '#store/database.ts'
import { insertInbox, type NewInboxRow } from '#store/inbox.ts'
import { moveReader, type ReaderRow } from '#store/readers.ts'
import type { Engine } from '../engine.ts'
import type { Slots } from '../slots.ts'
import { type Held, LeaseLost } from './handout.ts'
import type { Line } from './line.ts'

/** As many as one commit of the receiver takes. */
const BATCH_MAX = 200
/** A pull that finds nothing ends after this and is made again. */
const PULL_MS = 2_000
/** How much later than that its end may come. */
const GRACE_MS = 1_500
/** A consumer nobody pulls from is forgotten by the bus after this. */
const FORGET_NS = 60_000_000_000
const MESSAGE_ID = 'Nats-Msg-Id'

export interface Source {
  stream: string
  /** Which of its subjects. */
  filter: string
  /** Null for what is no delivery: it is passed over, and said. */
  toRow(message: JsMsg): NewInboxRow | null
  /** Takes away what is in the inbox. */
  purges: boolean
}

interface Context {
  engine: Engine
  replicas: number
  line: Line
  /** How many lines may write at the same time, so that turns find a connection to the database. */
  writing: Slots
  onStored(): void
}

/** Throws while the bus is away. */
export async function openStreamReader(context: Context, source: Source, row: ReaderRow): Promise<Held> {
  const { engine, line } = context
  const generation = line.generation()
  const manager = await line.manager()
  let { position } = row
  if (position > 0 && !(await isStill(line, source.stream, position, row.mark))) {
    engine.io.log('warn', 'the bus lost messages at its end; it is read from its start, and what is known is left out', {
      reader: row.name, position,
    }) // prettier-ignore
    if (!(await moveReader(engine.database, { name: row.name, owner: engine.owner, from: position, to: 0 })))
      throw new LeaseLost(row.name)
    position = 0
  }
  const { name } = await manager.consumers.add(source.stream, {
    filter_subject: source.filter,
    ack_policy: 'none',
    deliver_policy: 'by_start_sequence',
    opt_start_seq: position + 1,
    inactive_threshold: FORGET_NS,
    mem_storage: true,
    // On one node alone it would be given to a dead one for as long as the others take to notice.
    num_replicas: context.replicas,
  })
  const consumer = await line.client().consumers.get(source.stream, name)
  const reader = createReader(context, source, row.name, consumer, position)
  return {
    async step() {
      if (line.generation() !== generation || !line.up()) throw new Error('the line to the bus broke')
      return reader.pull()
    },
    interrupt: () => reader.interrupt(),
    close: async () => {
      reader.interrupt()
      engine.meter.set('waiting', [row.name], null)
      if (line.up() && line.generation() === generation) await manager.consumers.delete(source.stream, name)
    },
  }
}

/**
 * Whether the message we read last is still where it was. It is never taken away before a later one is read; if the
 * nodes lost their last messages together, another has its number, and what follows cannot be trusted to be new.
 */
async function isStill(line: Line, stream: string, position: number, mark: string | null): Promise<boolean> {
  const manager = await line.manager()
  const { state } = await manager.streams.info(stream)
  if (state.last_seq < position) return false
  const message = await manager.streams.getMessage(stream, { seq: position })
  return message !== null && (mark === null || message.header.get(MESSAGE_ID) === mark)
}

function createReader(context: Context, source: Source, name: string, consumer: Consumer, start: number) {
  const { engine, line, writing, onStored } = context
  let position = start
  let delivered = 0
  let pulling: ConsumerMessages | null = null
  let ended = false

  const write = async (batch: readonly JsMsg[]): Promise<void> => {
    const rows = batch.flatMap((message) => {
      const row = source.toRow(message)
      if (!row) engine.io.log('error', 'a message on the bus is no delivery and was passed over', { reader: name, sequence: message.seq })
      return row ? [row] : []
    }) // prettier-ignore
    const last = batch.at(-1)!
    const mark = last.headers?.get(MESSAGE_ID) || null
    const stored = await engine.database.transaction(async (sql) => {
      const moved = await moveReader(sql, { name, owner: engine.owner, from: position, to: last.seq, mark })
      if (!moved) throw new LeaseLost(name)
      return rows.length > 0 ? (await insertInbox(sql, rows)).length : 0
    })
    position = last.seq
    engine.meter.add('accepted', stored)
    engine.meter.add('duplicates', rows.length - stored)
    engine.meter.set('waiting', [name], last.info.pending)
    if (stored > 0) onStored()
  }

  /** One the database will not take must not hold up those behind it. */
  const store = async (batch: readonly JsMsg[]): Promise<void> => {
    try {
      await writing.run(() => write(batch))
    } catch (error) {
      if (!isDataError(error)) throw error
      if (batch.length > 1) for (const message of batch) await store([message])
      else {
        const [message] = batch
        engine.io.log('error', 'a delivery on the bus cannot be stored and was passed over', {
          reader: name, sequence: message!.seq, reason: (error as Error).message,
        }) // prettier-ignore
        const mark = message!.headers?.get(MESSAGE_ID) || null
        const { owner, database } = engine
        if (!(await moveReader(database, { name, owner, from: position, to: message!.seq, mark })))
          throw new LeaseLost(name)
        position = message!.seq
      }
    }
  }

  return {
    interrupt() {
      ended = true
      pulling?.stop()
    },
    async pull(): Promise<number> {
      if (ended) return 0
      const pull = await consumer.fetch({ max_messages: BATCH_MAX, expires: PULL_MS })
      pulling = pull
      // A pull that is under way when nodes die and the line moves may never be answered, nor fail.
      const late = () => pull.stop(new Error('the bus did not answer'))
      AbortSignal.timeout(PULL_MS + GRACE_MS).addEventListener('abort', late)
      let batch: JsMsg[] = []
      let read = 0
      for await (const message of pull) {
        // Interrupted in the middle: what is not written is read again by whoever comes next.
        if (ended) return read
        if (message.info.deliverySequence !== delivered + 1) throw new Error('the bus left a message out')
        delivered = message.info.deliverySequence
        batch.push(message)
        read += 1
        if (message.info.pending > 0 && batch.length < BATCH_MAX) continue
        await store(batch)
        batch = []
      }
      if (batch.length > 0) await store(batch)
      if (read > 0 && source.purges && line.up()) await purge()
      // The pull itself is the rest.
      return ended ? 0 : Math.max(read, 1)
    },
  }

  /**
   * All before the last one read: that one shows the next reader that nothing was lost. Never before 1: to the server
   * that means no bound, and it would take what nobody has read.
   */
  async function purge(): Promise<void> {
    if (position <= 1) return
    const manager = await line.manager()
    await manager.streams.purge(source.stream, { filter: source.filter, seq: position })
  }
}
