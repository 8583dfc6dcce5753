/**
 * The hub that `crossdock crash` kills: put together like `crossdock serve`, with the places to die at wrapped around
 * it. It is told everything by whoever starts it, and ends with them.
 */
import { flushCompileCache } from 'node:module'
import { createServer } from '#api/server.ts'
import { startHub } from '#engine/hub.ts'
import type { Life } from '#engine/life.ts'
import { configFor, ESTATE_SECRETS } from '#sim/estate.ts'
import type { FromHub, HubOrder, ToHub } from '#sim/matrix/hub-process.ts'
import { createPoints, watchConnection, watchDatabase, watchFetch } from '#sim/matrix/points.ts'
import { secretReader } from '../config.ts'
import { realIo } from '../io.ts'
import { plainLog } from './log.ts'
import { openEngine } from './open.ts'

const order = JSON.parse(process.argv[2]!) as HubOrder
const points = createPoints(order.fatal, () => process.kill(process.pid, 'SIGKILL'))
let { aheadMs } = order
const own: { life?: Life } = {}
const say = (message: FromHub) => void process.send?.(message)

process.on('disconnect', () => process.exit(1))
process.on('message', (message: ToHub) => {
  if ('ask' in message) return say({ passed: points.passed() })
  aheadMs = message.aheadMs
  say({ set: aheadMs })
  void reassure()
})

/**
 * To the hub it looks as if its machine had slept: it claims nothing until its heart has beaten, every three seconds of
 * real time. Here time is put forward all the while, so the heart beats whenever that was too far. One that is under
 * way may have begun before.
 */
async function reassure(): Promise<void> {
  for (let beats = 0; beats < 2 && own.life?.mayClaim() === false; beats += 1) await own.life.beat().catch(() => {})
}

const real = realIo()
const io = realIo({
  now: () => real.now() + aheadMs,
  fetch: watchFetch(real.fetch, points),
  log: plainLog((line) => process.stderr.write(`${line}\n`)),
  secret: secretReader('.', {}, { ...ESTATE_SECRETS, 'crash:database': order.database ?? '' }),
})
const addresses = { shop: order.shop, erp: order.erp, hub: `http://127.0.0.1:${order.port}` }
const embedded = configFor(addresses, { directory: order.directory, port: order.port })
const config = order.database === null ? embedded : { ...embedded, database: 'crash:database' }
const opened = await openEngine(config, io, {
  through: (database) => watchDatabase(database, points),
  alone: order.alone,
})
if (opened.engine.life) own.life = opened.engine.life
const connections = new Map(
  [...opened.engine.connections].map(([name, one]) => [name, watchConnection(name, one, points)]),
)
const engine = { ...opened.engine, connections }
const hub = startHub(engine, { idleMs: 10, tickMs: 20 })
const server = await createServer({ engine, receiver: hub.receiver, host: '127.0.0.1', port: order.port })
say({ ready: server.url })
// Whoever is killed has no other time to do it.
flushCompileCache()
