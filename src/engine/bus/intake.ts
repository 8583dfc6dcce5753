/**
 * Intake over the bus: a delivery is acknowledged once a majority of the bus's nodes has it, and becomes an inbox row a
 * moment later. Whatever keeps the bus from it sends the delivery straight to the database, at once, under the same
 * name.
 */
import type { NewInboxRow } from '#store/inbox.ts'
import { elapsedMs, type Log } from '../../io.ts'
import type { Meter } from '../meter.ts'
import { headersOf, messageIdOf } from './envelope.ts'
import type { Line } from './line.ts'
import { intakeSubject, partitionOf, type Topology } from './topology.ts'

/** A majority answers in milliseconds. In an election nobody does for some seconds: nobody waits for that. */
const PUBLISH_TIMEOUT_MS = 1_000
/** After a failure the bus is left alone for so long; then one delivery tries it. */
const PAUSE_MS = 1_000
const UNDER_WAY_MAX = 5_000
/** What headers and names add to a body, generously. */
const ENVELOPE_BYTES = 4_096

export interface Intake {
  /** @returns null when the delivery has to go to the database: then nobody knows whether the bus has it too. */
  publish(row: NewInboxRow): Promise<'stored' | 'duplicate' | null>
}

export interface IntakeOptions {
  line: Line
  topology: Topology
  /** Connections whose deliveries go over the bus. */
  connections: ReadonlySet<string>
  meter: Meter
  log: Log
  timeoutMs?: number
}

type Reason = 'down' | 'failed' | 'busy' | 'unfit'

export function createIntake(options: IntakeOptions): Intake {
  const { line, topology, connections, meter, log, timeoutMs = PUBLISH_TIMEOUT_MS } = options
  let pausedUntilMs = 0
  let probing = false
  let underWay = 0
  let direct = false

  const fallBack = (row: NewInboxRow, reason: Reason, said?: string): null => {
    meter.count('fallbacks', [row.source, reason])
    if (!direct && reason !== 'unfit') {
      direct = true
      log('warn', 'deliveries go to the database: the bus does not take them', { reason: said ?? reason })
    }
    return null
  }
  const obstacle = ({ key, topic, body }: NewInboxRow): Reason | null => {
    if (!line.up()) return 'down'
    if (pausedUntilMs > 0 && (probing || elapsedMs() < pausedUntilMs)) return 'failed'
    if (underWay >= UNDER_WAY_MAX) return 'busy'
    // What the database refuses has to be refused while the sender can still hear it.
    if (topic === '' || /\0/.test(key + topic) || body.length + ENVELOPE_BYTES > line.payloadMax()) return 'unfit'
    return null
  }
  const send = async (row: NewInboxRow): Promise<'stored' | 'duplicate'> => {
    const subject = intakeSubject(topology, row.source, partitionOf(row.source, row.key))
    const { duplicate, seq } = await line.publish(subject, row.body, {
      id: messageIdOf(row),
      headers: headersOf(row),
      timeoutMs,
    })
    // The name is known but nothing is stored under it yet: its first sending may still fail.
    if (duplicate && seq === 0) throw new Error('The first sending of the same delivery is still under way.')
    return duplicate ? 'duplicate' : 'stored'
  }

  return {
    async publish(row) {
      if (!connections.has(row.source)) return null
      const reason = obstacle(row)
      if (reason) return fallBack(row, reason)
      const isProbe = pausedUntilMs > 0
      probing ||= isProbe
      underWay += 1
      try {
        const receipt = await send(row)
        meter.add('published')
        if (receipt === 'duplicate') meter.add('duplicates')
        pausedUntilMs = 0
        if (direct) log('info', 'deliveries go over the bus again', {})
        direct = false
        return receipt
      } catch (error) {
        pausedUntilMs = elapsedMs() + PAUSE_MS
        return fallBack(row, 'failed', (error as Error).message)
      } finally {
        underWay -= 1
        if (isProbe) probing = false
      }
    },
  }
}
