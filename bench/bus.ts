/**
 * How many webhooks a second are acknowledged by a bus of three nodes, on this machine with everything else, against by
 * the database: the same server, the same load as `accept`. What was acknowledged is read into the inbox meanwhile, and
 * counted.
 */
import { createServer } from '#api/server.ts'
import { openBus } from '#engine/bus/bus.ts'
import { startCarriers } from '#engine/bus/carriers.ts'
import { createReceiver } from '#engine/receive.ts'
import type { Database } from '#store/database.ts'
import { startCluster } from '../tests/support/nats.ts'
import { openEngine } from './hub.ts'
import { type LoadReport, startLoad } from './load.ts'
import { interleave, median, ratioOf, rounded, seconds as since, startClock } from './measure.ts'
import type { Run } from './run.ts'
import { empty, withServer } from './server.ts'
import { CHANNEL } from './shop.ts'

const CONNECTIONS = 50
const DUPLICATES = 0.05
const STORE_BYTES = 1_073_741_824

export async function busBench({ seconds, rounds, report }: Run) {
  return withServer(async ({ version, create }) => {
    const cluster = await startCluster('4GB')
    const [direct, carried] = [openEngine(await create('direct')), openEngine(await create('bus'))]
    const bus = openBus(
      {
        servers: cluster.urls, owner: 'bench', prefix: 'bench', replicas: 3, maxBytes: STORE_BYTES, connections: [CHANNEL],
        edges: [],
      },
      carried.io,
      carried.meter,
    ) // prettier-ignore
    await bus.ready
    carried.bus = bus
    const reading = startCarriers(carried, () => {})!
    const servers = await Promise.all(
      [direct, carried].map((engine) =>
        createServer({ engine, receiver: createReceiver(engine), host: '127.0.0.1', port: 0 }),
      ),
    )
    const load = startLoad()
    const late: number[] = []
    let run = 0
    const measured = (index: number, database: Database, keep: LoadReport[], lags?: number[]) => async () => {
      await empty(database)
      const said = await load.run({
        port: Number(new URL(servers[index]!.url).port),
        path: `/hooks/${CHANNEL}`,
        connections: CONNECTIONS,
        seconds,
        duplicates: DUPLICATES,
        run: `run${(run += 1)}`,
      })
      const startedMs = startClock()
      await arrived(database, said)
      lags?.push(since(startedMs))
      keep.push(said)
      return said.answered / said.seconds
    }
    const [ofDirect, ofBus]: [LoadReport[], LoadReport[]] = [[], []]
    try {
      const figures = await interleave(
        { direct: measured(0, direct.database, ofDirect), bus: measured(1, carried.database, ofBus, late) },
        rounds,
        report,
      )
      const fallbacks = carried.meter.measured().find(({ name }) => name === 'crossdock_bus_fallbacks_total')!
      const p = (all: LoadReport[], which: 'p50Ms' | 'p99Ms') =>
        rounded(median(all.slice(1).map((one) => one[which])), 2)
      return {
        benchmark: 'bus',
        postgres: version,
        direct: rounded(median(figures.direct)),
        bus: rounded(median(figures.bus)),
        ratioBusToDirect: rounded(ratioOf(figures.bus, figures.direct), 3),
        directP50Ms: p(ofDirect, 'p50Ms'),
        directP99Ms: p(ofDirect, 'p99Ms'),
        busP50Ms: p(ofBus, 'p50Ms'),
        busP99Ms: p(ofBus, 'p99Ms'),
        // From the last acknowledgement until the last row was in the inbox.
        busBehindSeconds: rounded(median(late.slice(1)), 2),
        fallbacks: fallbacks.samples.reduce((all, { value }) => all + value, 0),
        rounds,
        secondsPerRound: seconds,
      }
    } finally {
      await load.stop()
      for (const server of servers) await server.close()
      await reading.stop()
      await bus.close()
      await cluster.close()
    }
  })
}

/** Settles once everything that was acknowledged is in the inbox, once. Throws when more is, or nothing more comes. */
async function arrived(database: Database, { answered, repeated, refused }: LoadReport): Promise<void> {
  if (refused > 0) throw new Error(`${refused} webhooks were refused.`)
  const wanted = answered - repeated
  const startedMs = startClock()
  for (;;) {
    const [row] = await database.query<{ rows: number }>('select pg_sleep(0.01), count(*) as rows from inbox')
    if (row!.rows === wanted) return
    if (row!.rows > wanted || since(startedMs) > 60)
      throw new Error(`${wanted} were acknowledged, ${row!.rows} are stored.`)
  }
}
