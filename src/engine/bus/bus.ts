/** The bus as the hub has it: the line to its servers, what is kept there, and which connections and shops use it. */
import type { Io } from '../../io.ts'
import type { Meter } from '../meter.ts'
import type { Edge } from './edge.ts'
import { createIntake, type Intake } from './intake.ts'
import { type Line, openLine } from './line.ts'
import { ensureStream, intakeSettings, type Topology } from './topology.ts'

export interface BusOptions extends Topology {
  servers: readonly string[]
  /** The value: `user:password`, a token, or the text of a credentials file. */
  credentials?: string
  /** Names this process among the bus's clients. */
  owner: string
  /** Connections whose webhooks come over the bus. */
  connections: readonly string[]
  edges: readonly Edge[]
  /** How long one delivery may wait for its majority, in milliseconds. */
  publishTimeoutMs?: number
}

export interface Bus {
  line: Line
  topology: Topology
  intake: Intake
  edges: readonly Edge[]
  /** Settles once the stream of deliveries is there; never rejects. */
  ready: Promise<void>
  close(): Promise<void>
}

const AGAIN_MS = 100

/** Begins to connect and comes back at once: while the bus is away the hub works without it. */
export function openBus(options: BusOptions, io: Io, meter: Meter): Bus {
  const { servers, credentials, owner, prefix, replicas, maxBytes, connections, edges, publishTimeoutMs } = options
  const topology: Topology = { prefix, replicas, maxBytes }
  const line = openLine({ servers, name: `crossdock ${owner}`, ...(credentials ? { credentials } : {}) }, io)
  const intake = createIntake({
    line, topology, meter, connections: new Set(connections), log: io.log,
    ...(publishTimeoutMs === undefined ? {} : { timeoutMs: publishTimeoutMs }),
  }) // prettier-ignore
  let closed = false
  const prepare = async (): Promise<boolean> => {
    try {
      await ensureStream(await line.manager(), intakeSettings(topology))
      return true
    } catch (error) {
      if (line.up()) io.log('warn', 'the bus is not ready yet', { reason: (error as Error).message })
      return false
    }
  }
  const ready = (async () => {
    while (!closed && !(await prepare())) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
  })()
  return {
    line,
    topology,
    intake,
    edges,
    ready,
    async close() {
      closed = true
      await line.close()
    },
  }
}
