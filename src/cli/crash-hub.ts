/**
 * The hub that `crossdock crash` kills: put together like `crossdock serve`, with the places to die at wrapped around
 * it. It is told everything by whoever starts it, and ends with them.
 */
import { createServer } from '#api/server.ts'
import { startHub } from '#engine/hub.ts'
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
const say = (message: FromHub) => void process.send?.(message)

process.on('disconnect', () => process.exit(1))
process.on('message', (message: ToHub) => {
  if ('ask' in message) return say({ passed: points.passed() })
  aheadMs = message.aheadMs
  say({ set: aheadMs })
})

const real = realIo()
const io = realIo({
  now: () => real.now() + aheadMs,
  fetch: watchFetch(real.fetch, points),
  log: plainLog((line) => process.stderr.write(`${line}\n`)),
  secret: secretReader('.', {}, { ...ESTATE_SECRETS, 'crash:database': order.database ?? '' }),
})
const addresses = { shop: order.shop, erp: order.erp, hub: `http://127.0.0.1:${order.port}` }
const own = configFor(addresses, order.directory, order.port)
const config = order.database === null ? own : { ...own, database: 'crash:database' }
const opened = await openEngine(config, io, {
  through: (database) => watchDatabase(database, points),
  alone: order.alone,
})
const connections = new Map(
  [...opened.engine.connections].map(([name, one]) => [name, watchConnection(name, one, points)]),
)
const engine = { ...opened.engine, connections }
const hub = startHub(engine, { idleMs: 10, tickMs: 20 })
const server = await createServer({ engine, receiver: hub.receiver, host: '127.0.0.1', port: order.port })
say({ ready: server.url })
