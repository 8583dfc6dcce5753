/**
 * The line to the bus: one connection to NATS that is kept up, and whoever waits on it told at once when it breaks. The
 * hub runs without it; nothing here is waited for before the hub starts.
 */
import { jetstream, type JetStreamClient, jetstreamManager, type PubAck } from '@nats-io/jetstream'
import type { JetStreamManager } from '@nats-io/jetstream'
import {
  connect,
  credsAuthenticator,
  headers,
  type NatsConnection,
  type NodeConnectionOptions,
} from '@nats-io/transport-node'
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'

export interface LineOptions {
  servers: readonly string[]
  /** The value: `user:password`, a token, or the text of a credentials file. */
  credentials?: string
  /** Shown by the servers. */
  name: string
}

export interface Published {
  id: string
  headers?: Readonly<Record<string, string>>
  timeoutMs: number
  /** Refused unless the stream's last sequence is this. */
  lastSequence?: number
}

export interface Line {
  up(): boolean
  /** Counts the connections there were: whoever read over an earlier one begins again. */
  generation(): number
  /** Name of the server it leads to, for people. */
  server(): string
  /** Bytes that one message may have, headers and all. */
  payloadMax(): number
  /** Settles once a majority of the stream's nodes has it. Rejects at once when the line breaks. */
  publish(subject: string, body: Uint8Array, options: Published): Promise<PubAck>
  /** Throws `unavailable` while the line is down. @param domain of a leaf node. */
  manager(domain?: string): Promise<JetStreamManager>
  client(): JetStreamClient
  onUp(listener: () => void): void
  close(): Promise<void>
}

const RECONNECT_MS = 250
const API_TIMEOUT_MS = 2_000

const down = (): Fault => new Fault('unavailable', 'The line to the bus is down.', { code: 'bus_down' })

function authentication(credentials: string | undefined): Partial<NodeConnectionOptions> {
  if (credentials === undefined) return {}
  if (credentials.includes('-----BEGIN')) return { authenticator: credsAuthenticator(new TextEncoder().encode(credentials)) }
  const colon = credentials.indexOf(':')
  return colon < 0 ? { token: credentials } : { user: credentials.slice(0, colon), pass: credentials.slice(colon + 1) }
} // prettier-ignore

/** Begins to connect and goes on for as long as it takes. */
export function openLine({ servers, credentials, name }: LineOptions, { log }: Pick<Io, 'log'>): Line {
  let connection: NatsConnection | undefined
  let client: JetStreamClient | undefined
  let isUp = false
  let generation = 0
  let closed = false
  const waiting = new Set<(error: Error) => void>()
  const listeners: (() => void)[] = []

  const rise = () => {
    isUp = true
    generation += 1
    log('info', 'the line to the bus is up', { servers: servers.length })
    for (const on of listeners) on()
  }
  const fall = () => {
    if (isUp && !closed)
      log('warn', 'the line to the bus broke; what arrives goes to the database until it is back', {})
    isUp = false
    for (const reject of waiting) reject(down())
    waiting.clear()
  }
  const watch = async (nats: NatsConnection) => {
    for await (const { type, ...more } of nats.status()) {
      if (type === 'disconnect') fall()
      if (type === 'reconnect') rise()
      if (type === 'error')
        log('warn', 'the bus reported an error', { reason: String((more as { error?: unknown }).error) })
    }
  }
  const opening = connect({
    servers: [...servers],
    name,
    ...authentication(credentials),
    waitOnFirstConnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_MS,
    reconnectJitter: RECONNECT_MS,
    ignoreAuthErrorAbort: true,
    timeout: API_TIMEOUT_MS,
    pingInterval: 10_000,
  }).then(
    async (nats) => {
      if (closed) return nats.close()
      connection = nats
      client = jetstream(nats)
      void watch(nats)
      rise()
    },
    (error: unknown) => log('error', 'the bus refused the hub for good', { reason: (error as Error).message }),
  )
  const live = (): NatsConnection => {
    if (!connection || !isUp) throw down()
    return connection
  }

  return {
    up: () => isUp,
    generation: () => generation,
    server: () => connection?.info?.server_name ?? '',
    payloadMax: () => connection?.info?.max_payload ?? 0,
    publish: (subject, body, options) =>
      new Promise((resolve, reject) => {
        if (!client || !isUp) {
          reject(down())
          return
        }
        waiting.add(reject)
        const done = () => void waiting.delete(reject)
        const extra = headers()
        for (const [key, value] of Object.entries(options.headers ?? {})) extra.set(key, value)
        const expect = options.lastSequence === undefined ? {} : { expect: { lastSequence: options.lastSequence } }
        client
          .publish(subject, body, { msgID: options.id, headers: extra, timeout: options.timeoutMs, ...expect })
          .then(resolve, reject)
          .finally(done)
      }),
    manager: async (domain) =>
      jetstreamManager(live(), { checkAPI: false, timeout: API_TIMEOUT_MS, ...(domain ? { domain } : {}) }),
    client: () => jetstream(live()),
    onUp: (listener) => void listeners.push(listener),
    async close() {
      closed = true
      fall()
      if (connection) await connection.close()
      else void opening
    },
  }
}
