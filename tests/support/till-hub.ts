/**
 * A hub with tills and an Odoo, simulated or real, behind its own door: uploads go over HTTP, work is done step by
 * step.
 */
import { createServer, type Server } from '#api/server.ts'
import { openConnections } from '#cli/open.ts'
import { signatureOf } from '#connectors/till/inbound.ts'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { createMeter } from '#engine/meter.ts'
import { createReceiver } from '#engine/receive.ts'
import { tellStream } from '#engine/person.ts'
import { turn } from '#engine/turn.ts'
import type { TillState } from '#core/store-day/state.ts'
import { policyOf } from '#policy/policy.ts'
import { parseConfig } from '../../src/config.ts'
import { type Fetch, type Io, realIo } from '../../src/io.ts'
import { freshDatabase } from './database.ts'

export const KEY = 'a-key-of-the-store'

export interface TillHubOptions {
  /** Members of the Odoo connection's configuration, as YAML on one line. */
  odoo: string
  fetch: Fetch
  secrets?: Readonly<Record<string, string>>
  stores: readonly string[]
  pool?: string
  posting?: 'receipt' | 'day' | 'none'
  now?: () => number
  folder?: string
}

export interface TillHub {
  engine: Engine
  server: Server
  send(store: string, body: string | Uint8Array, headers?: Record<string, string>): Promise<Response>
  /** Everything decided and dispatched that is due now. */
  drain(): Promise<void>
  till(store: string, register: string): Promise<TillState>
  /** A person's command. */
  tell(stream: string, command: { type: string }): Promise<void>
  /** Lets the hub's clock go on. */
  pass(ms: number): void
  close(): Promise<void>
}

export async function openTillHub(options: TillHubOptions): Promise<TillHub> {
  const { stores, pool = 'WH', posting = 'receipt', folder } = options
  let aheadMs = 0
  const now = () => (options.now ?? Date.now)() + aheadMs
  const secrets: Readonly<Record<string, string>> = {
    'test:key': KEY,
    'test:hub': 'a-token-of-the-hub',
    ...options.secrets,
  }
  const io: Io = realIo({ now, fetch: options.fetch, secret: (reference) => secrets[reference] ?? '' })
  const config = parseConfig(
    `
hub: { publicUrl: http://hub.sim, token: test:hub }
erp: odoo
connections:
  tills:
    connector: till
    config:
      stores: { ${stores.map((store) => `${store}: { keys: [test:key] }`).join(', ')} }
      ${folder ? `folder: ${folder}` : ''}
  odoo: { connector: odoo, config: { ${options.odoo} } }
policy:
  channels: {}
  stores: { ${stores.map((store) => `${store}: { pool: ${pool}, posting: ${posting} }`).join(', ')} }
`,
    'test.yaml',
  )
  const connections = openConnections(config, io)
  const engine: Engine = {
    database: await freshDatabase(),
    io,
    connections,
    erp: 'odoo',
    policy: policyOf(config.policy),
    owner: 'test',
    meter: createMeter(),
    parallel: 4,
    epoch: 0,
  }
  const receiver = createReceiver(engine)
  const server = await createServer({ engine, receiver, host: '127.0.0.1', port: 0 })
  const lanes = [...connections].flatMap(([name, connection]) => lanesOf(name, connection))
  return {
    engine,
    server,
    send(store, body, headers = {}) {
      const bytes = typeof body === 'string' ? Buffer.from(body) : body
      const signed = { 'crossdock-signature': signatureOf(store, bytes, KEY), 'content-type': 'application/x-ndjson' }
      return fetch(`${server.url}/api/stores/${store}/batches`, {
        method: 'POST',
        headers: { ...signed, ...headers },
        body: bytes as Uint8Array<ArrayBuffer>,
      })
    },
    async drain() {
      for (;;) {
        let some = await turn(engine)
        for (const attempted of await Promise.all(lanes.map((lane) => dispatch(engine, lane)))) some += attempted
        if (some === 0) return
      }
    },
    async till(store, register) {
      const [row] = await engine.database.query<{ state: TillState }>('select state from stream where stream = $1', [
        `till/${store}/${register}`,
      ])
      if (!row) throw new Error(`No till ${store}/${register}.`)
      return row.state
    },
    async tell(stream, command) {
      await tellStream(engine, stream, command, io.id())
    },
    pass: (ms) => void (aheadMs += ms),
    close: () => server.close(),
  }
}
