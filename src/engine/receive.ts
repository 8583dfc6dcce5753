/**
 * Receive is all that happens inside somebody else's deadline: verify the sender on the exact bytes, name the delivery,
 * store one inbox row, answer. Deliveries that arrive while a commit is under way share the next one (group commit);
 * nobody is answered before the row is durable.
 */
import type { Connection, HookRequest } from '#connectors/kit/connector.ts'
import { HOOK_PRIORITY } from '#policy/priorities.ts'
import { isDataError } from '#store/database.ts'
import { insertInbox, type NewInboxRow } from '#store/inbox.ts'
import { Fault, toFault } from '../fault.ts'
import { elapsedMs } from '../io.ts'
import type { Engine } from './engine.ts'
import { noteMasked } from './masked.ts'

/** Rows per commit, and rows waiting at most: beyond that callers are told to come back, before memory grows. */
const COMMIT_ROWS_MAX = 200
const WAITING_ROWS_MAX = 5_000
const WAITING_BYTES_MAX = 64 * 1024 * 1024
/** Keys end in an index, which has its limit. */
const KEY_LENGTH_MAX = 500

export type Receipt = 'stored' | 'duplicate' | 'ignored'

export interface Receiver {
  /**
   * @returns what became of the delivery, once that is durable. Throws `forged`, `malformed`, `rejected` (no such
   *   connection), `throttled` (too many are waiting), or what the database threw.
   */
  receive(connection: string, request: HookRequest): Promise<Receipt>
}

interface Waiting {
  row: NewInboxRow
  resolve(receipt: Receipt): void
  reject(error: unknown): void
}

export function createReceiver(engine: Engine, onStored: () => void = () => {}): Receiver {
  const waiting: Waiting[] = []
  let waitingBytes = 0
  let committing = false

  const commit = async (): Promise<void> => {
    committing = true
    while (waiting.length > 0) {
      const batch = waiting.splice(0, COMMIT_ROWS_MAX)
      for (const { row } of batch) waitingBytes -= row.body.length
      await store(batch)
    }
    committing = false
  }

  const store = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      settle(batch, await insertInbox(engine.database, batch.map(({ row }) => row))) // prettier-ignore
      onStored()
    } catch (error) {
      // One row the database will not take must not refuse its neighbours.
      if (isDataError(error) && batch.length > 1) for (const one of batch) await store([one])
      else for (const one of batch) one.reject(error)
    }
  }

  const settle = (batch: readonly Waiting[], stored: readonly { source: string; key: string }[]): void => {
    const fresh = new Set(stored.map(({ source, key }) => `${source} ${key}`))
    for (const { row, resolve } of batch) {
      // The first of equal ones in a batch is the one that was stored.
      const isNew = fresh.delete(`${row.source} ${row.key}`)
      engine.meter.add(isNew ? 'accepted' : 'duplicates')
      resolve(isNew ? 'stored' : 'duplicate')
    }
  }

  const queue = (row: NewInboxRow): Promise<Receipt> => {
    if (waiting.length >= WAITING_ROWS_MAX || waitingBytes >= WAITING_BYTES_MAX) {
      throw new Fault('throttled', 'Too many deliveries are waiting to be stored. Send it again.', {
        retryAfterMs: 1_000,
      })
    }
    return new Promise((resolve, reject) => {
      waiting.push({ row, resolve, reject })
      waitingBytes += row.body.length
      if (!committing) void commit()
    })
  }

  const take = async (name: string, connection: Connection, request: HookRequest): Promise<Receipt> => {
    if (connection.prepare) await connection.prepare(request)
    const received = connection.receive!(request)
    if ('ignore' in received) return 'ignored'
    if (received.key.length > KEY_LENGTH_MAX) {
      throw new Fault('malformed', `The name of the delivery is longer than ${KEY_LENGTH_MAX} characters.`, {
        code: 'key_too_long',
      })
    }
    const row: NewInboxRow = {
      source: name,
      key: received.key,
      kind: 'delivery',
      topic: received.topic,
      body: received.body ?? request.body,
      correlation: null,
      receivedAt: request.receivedAt,
      priority: HOOK_PRIORITY,
    }
    const receipt = (await engine.bus?.intake.publish(row)) ?? (await queue(row))
    if (receipt === 'stored') {
      if (received.masked) noteMasked(engine, name, received)
      const startMs = Date.parse(request.receivedAt)
      engine.tracer?.received(connection, row, 'webhook', { startMs, endMs: engine.io.now() })
    }
    return receipt
  }

  return {
    async receive(name, request) {
      const connection = engine.connections.get(name)
      if (!connection?.receive)
        throw new Fault('rejected', `No connection named '${name}' takes deliveries.`, { code: 'hook_unknown' })
      const startedMs = elapsedMs()
      let outcome: string = 'unavailable'
      try {
        outcome = await take(name, connection, request)
        return outcome as Receipt
      } catch (error) {
        outcome = toFault(error).kind
        throw error
      } finally {
        engine.meter.observe('hook', (elapsedMs() - startedMs) / 1_000, [name, outcome])
      }
    },
  }
}
