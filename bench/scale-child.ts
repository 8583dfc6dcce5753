/** One hub process of `scale`: everything real, told by its parent where database and vendors are. */
import { startHub } from '#engine/hub.ts'
import { configFor, ERP, ESTATE_SECRETS } from '#sim/estate.ts'
import { setTimeout as pause } from 'node:timers/promises'
import { openEngine } from '../src/cli/open.ts'
import { secretReader } from '../src/config.ts'
import { realIo } from '../src/io.ts'
import { AT_ONCE, type ScaleOrder } from './scale.ts'

const { database, shop, erp } = await new Promise<ScaleOrder>((resolve) => process.once('message', resolve))
const estate = configFor({ shop, erp, hub: 'http://127.0.0.1:1' })
// The bound holds for all processes together: it is to be above what the most of them can do.
const odoo = estate.connections[ERP]!
const connections = { ...estate.connections, [ERP]: { ...odoo, config: { ...odoo.config, concurrency: AT_ONCE } } }
const config = { ...estate, connections }
const secrets = { ...ESTATE_SECRETS, 'bench:database': database }
const io = realIo({ secret: secretReader('.', {}, secrets) })
const opened = await openEngine({ ...config, database: 'bench:database' }, io)
const hub = startHub(opened.engine)
while (opened.engine.life?.state() !== 'running') await pause(10)
process.on('message', () => void end())
process.send!('at work')

async function end(): Promise<void> {
  await hub.stop()
  await opened.close()
  process.disconnect()
}
