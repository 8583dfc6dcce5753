/** A small shop and ERP that were traded with, for what is decided again afterwards. */
import type { Connection } from '#connectors/kit/connector.ts'
import type { Policy } from '#core/policy.ts'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { createReceiver } from '#engine/receive.ts'
import { rememberPolicy } from '#engine/replay/policies.ts'
import { turn } from '#engine/turn.ts'
import { policyOf } from '#policy/policy.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, aPolicy, aShop } from '../support/orders.ts'

export const START_MS = Date.parse('2026-11-20T10:00:00.000Z')
const { version: _, ...RULES } = aPolicy

/** The rules of the shop with something changed, named by their digest as in earnest. */
export const rules = (change: Partial<Policy['channels'][string]> & { safetyStock?: number } = {}): Policy => {
  const { safetyStock = 0, ...channel } = change
  return policyOf({ safetyStock, channels: { shop: { ...RULES.channels['shop']!, ...channel } } } as never)
}

/** Turns and dispatches until nothing is left that is due. */
export async function settle(engine: Engine): Promise<void> {
  const lanes = [...engine.connections].flatMap(([name, connection]) => lanesOf(name, connection))
  for (let round = 0; round < 400; round += 1) {
    let work = await turn(engine)
    for (const lane of lanes) work += await dispatch(engine, lane)
    if (work === 0) return
  }
  throw new Error('the engine never came to rest')
}

const known = (sku: string) => [
  { stream: `stock/WH/${sku}`, command: { type: 'stock.know', stocked: true } },
  {
    stream: `stock/WH/${sku}`,
    command: { type: 'stock.bind', channel: 'shop', place: { inventoryItemId: `I-${sku}`, locationId: 'L1' } },
  },
]

export async function openShop({ skus = ['MUG'], free = 100, policy = rules(), parallel = 1 } = {}) {
  const database = await freshDatabase()
  const clock = { ms: START_MS }
  const shown: Record<string, number> = {}
  const erp = anErp(Object.fromEntries(skus.map((sku) => [sku, free])))
  const shop: Connection = aShop(shown)
  const made = anEngine(database, { shop, erp }, { policy, parallel })
  const engine: Engine = { ...made, io: { ...made.io, now: () => clock.ms, jitter: () => 1, log: () => {} } }
  await rememberPolicy(engine)
  const receiver = createReceiver(engine)
  const deliver = async (body: unknown, key: string, topic = 'order') => {
    const receivedAt = new Date(clock.ms).toISOString()
    const headers = { key, topic, signature: 'good' }
    await receiver.receive('shop', { headers, body: Buffer.from(JSON.stringify(body)), receivedAt })
    await settle(engine)
    clock.ms += 60_000
  }
  await deliver(skus.flatMap(known), 'setup', 'messages')
  return { database, clock, shown, erp, shop, engine, deliver }
}

/** What the database holds of what happened and is owed. */
export async function countsOf({ database }: Engine) {
  const [row] = await database.query<{ inbox: number; journal: number; outbox: number; runs: number }>(
    `select (select count(*) from inbox) as inbox, (select count(*) from journal) as journal,
       (select count(*) from outbox) as outbox, (select count(*) from replay_run) as runs`,
  )
  return row!
}

export async function stateOf({ database }: Engine, stream: string) {
  const [row] = await database.query<{ state: Record<string, unknown>; status: string; version: number }>(
    'select state, status, version from stream where stream = $1',
    [stream],
  )
  return row!
}

export async function lastRow({ database }: Engine, key: string): Promise<number> {
  const [row] = await database.query<{ id: number }>('select id from inbox where key = $1', [key])
  return row!.id
}
