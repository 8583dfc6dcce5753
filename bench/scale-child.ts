/** One hub process of `scale`: everything real, told by its parent where database and vendors are. */
import { startHub } from '#engine/hub.ts'
import { configFor, ESTATE_SECRETS } from '#sim/estate.ts'
import { setTimeout as pause } from 'node:timers/promises'
import { openEngine } from '../src/cli/open.ts'
import { secretReader } from '../src/config.ts'
import { realIo } from '../src/io.ts'
import type { ScaleOrder } from './scale.ts'

const { database, shop, erp } = await new Promise<ScaleOrder>((resolve) => process.once('message', resolve))
const config = configFor({ shop, erp, hub: 'http://127.0.0.1:1' })
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
