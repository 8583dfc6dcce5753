/** Hubs on a bus for tests: the small outside of the engine's tests, deliveries, and what became of them. */
import { openBus, type Bus, type BusOptions } from '#engine/bus/bus.ts'
import { startCarriers } from '#engine/bus/carriers.ts'
import type { Engine } from '#engine/engine.ts'
import type { Loop } from '#engine/loop.ts'
import { createReceiver, type Receiver } from '#engine/receive.ts'
import type { Database } from '#store/database.ts'
import { realIo } from '../../src/io.ts'
import { anEngine, anErp, anOrder, aShop, type Erp } from '../support/orders.ts'

export const PACE = { leaseMs: 1_500, tickMs: 100 }

export interface BusHub {
  engine: Engine
  bus: Bus
  receiver: Receiver
  erp: Erp
  logged: string[]
  /** Reads from the bus from now on. */
  read(): Loop
  close(): Promise<void>
}

export function openHub(
  database: Database,
  servers: readonly string[],
  change: Partial<BusOptions> & { engine?: Partial<Engine> } = {},
): BusHub {
  const logged: string[] = []
  const io = realIo({ log: (_level, message) => void logged.push(message) })
  const erp = anErp({ MUG: 100_000 })
  const { engine: more = {}, ...options } = change
  const engine = anEngine(database, { shop: aShop(), erp }, { io, owner: options.owner ?? 'one', ...more })
  const bus = openBus(
    {
      servers, owner: engine.owner, prefix: 'crossdock', replicas: 3, maxBytes: 64 * 1024 * 1024, connections: ['shop'],
      edges: [], ...options,
    },
    io,
    engine.meter,
  ) // prettier-ignore
  engine.bus = bus
  let reading: Loop | null = null
  return {
    engine,
    bus,
    receiver: createReceiver(engine),
    erp,
    logged,
    read: () => (reading = startCarriers(engine, () => {}, PACE)!),
    async close() {
      await reading?.stop()
      await bus.close()
    },
  }
}

export const hook = (order: unknown, key: string, topic = 'order') => ({
  headers: { key, topic, signature: 'good' },
  body: Buffer.from(JSON.stringify(order)),
  receivedAt: '2026-11-20T10:00:01.000Z',
})

export const delivery = (id: string) => hook(anOrder(id), `k-${id}`)

const DEADLINE_MS = 150_000

/** Settles once the question's answer is yes; asked as often as the database answers. */
export async function until(question: () => Promise<boolean>): Promise<void> {
  const late = AbortSignal.timeout(DEADLINE_MS)
  while (!(await question())) if (late.aborted) throw new Error('It did not come about in time.')
}

export const countRows = async (database: Database, where = 'true'): Promise<number> => {
  const [row] = await database.query<{ count: number }>(
    `select pg_sleep(0.02), count(*) as count from inbox where ${where}`,
  )
  return row!.count
}
