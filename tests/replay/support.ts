/** An engine over a database that was lived in, and small worlds for replays. */
import { openConnections } from '#connectors/catalogue.ts'
import type { Engine } from '#engine/engine.ts'
import { createMeter } from '#engine/meter.ts'
import { policyOf } from '#policy/policy.ts'
import { ESTATE_SECRETS } from '#sim/estate.ts'
import type { Database } from '#store/database.ts'
import { type Config, secretReader } from '../../src/config.ts'
import { realIo } from '../../src/io.ts'

export const HOSTS = { shop: 'http://shop.sim', erp: 'http://odoo.sim', hub: 'http://127.0.0.1:4870' } as const

/** Nobody answers it: whatever it would send fails. */
export function engineOf(database: Database, config: Config): Engine {
  const io = realIo({
    fetch: () => Promise.reject(new Error('Nothing may be sent.')),
    secret: secretReader('.', {}, ESTATE_SECRETS),
  })
  const { connections } = openConnections({ connections: config.connections, publicUrl: config.hub.publicUrl }, io)
  const policy = policyOf(config.policy)
  const more = { owner: 'test', meter: createMeter(), parallel: 1, epoch: 0 }
  return { database, io, connections, erp: config.erp, policy, ...more }
}
