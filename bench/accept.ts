/**
 * How many webhooks a second are verified, deduplicated, durably stored and answered: a 4 KB order, 50 connections,
 * every twentieth delivery a repeat. Held against the same server storing nothing, and against one written for nothing
 * else.
 */
import { createServer } from '#api/server.ts'
import { connectionNamed, type Engine } from '#engine/engine.ts'
import { createReceiver, type Receiver } from '#engine/receive.ts'
import type { Database } from '#store/database.ts'
import { openReference } from './accept-reference.ts'
import { openEngine } from './hub.ts'
import { type LoadGenerator, type LoadReport, startLoad } from './load.ts'
import { interleave, median, ratioOf, rounded } from './measure.ts'
import type { Run } from './run.ts'
import { empty, withServer } from './server.ts'
import { CHANNEL } from './shop.ts'

const CONNECTIONS = 50
const DUPLICATES = 0.05
const PATH = `/hooks/${CHANNEL}`

export async function accept({ seconds, rounds, report }: Run) {
  return withServer(async ({ version, create }) => {
    const [ours, theirs] = [await create('accept'), await create('accept_reference')]
    const engine = openEngine(ours)
    const open = (receiver: Receiver) => createServer({ engine, receiver, host: '127.0.0.1', port: 0 })
    const storing = await open(createReceiver(engine))
    const ceiling = await open(onlyVerifying(engine))
    const reference = await openReference(theirs.url)
    const load = startLoad()
    const reports: LoadReport[] = []
    let run = 0
    const measured = (url: string, database: Database | null, keep?: LoadReport[]) => async () => {
      if (database) await empty(database)
      const said = await under(load, url, seconds, `run${(run += 1)}`)
      if (database) await check(database, said)
      keep?.push(said)
      return said.answered / said.seconds
    }
    try {
      const figures = await interleave(
        {
          stored: measured(storing.url, ours, reports),
          ceiling: measured(ceiling.url, null),
          reference: measured(reference.url, theirs),
        },
        rounds,
        report,
      )
      const counted = reports.slice(1)
      return {
        benchmark: 'accept',
        postgres: version,
        stored: rounded(median(figures.stored)),
        ceiling: rounded(median(figures.ceiling)),
        reference: rounded(median(figures.reference)),
        ratioToCeiling: rounded(ratioOf(figures.stored, figures.ceiling), 3),
        ratioToReference: rounded(ratioOf(figures.stored, figures.reference), 3),
        duplicates: counted.reduce((all, { repeated }) => all + repeated, 0),
        p50Ms: rounded(median(counted.map(({ p50Ms }) => p50Ms)), 2),
        p99Ms: rounded(median(counted.map(({ p99Ms }) => p99Ms)), 2),
        rounds,
        secondsPerRound: seconds,
        goals: { ratioToCeiling: 0.4, ratioToReference: 0.9 },
      }
    } finally {
      await load.stop()
      for (const server of [storing, ceiling, reference]) await server.close()
    }
  })
}

/** Nothing may be lost or kept twice, or the figure is worth nothing. */
async function check(database: Database, { answered, repeated, refused }: LoadReport): Promise<void> {
  const [row] = await database.query<{ rows: number }>('select count(*) as rows from inbox')
  if (refused > 0) throw new Error(`${refused} webhooks were refused.`)
  if (row!.rows !== answered - repeated) {
    throw new Error(`${answered} webhooks were answered, ${repeated} of them repeats, but ${row!.rows} are stored.`)
  }
}

const under = (load: LoadGenerator, url: string, seconds: number, run: string): Promise<LoadReport> =>
  load.run({
    port: Number(new URL(url).port),
    path: PATH,
    connections: CONNECTIONS,
    seconds,
    duplicates: DUPLICATES,
    run,
  })

/** Everything but the storing: the most that any storage could reach behind this server. */
const onlyVerifying = (engine: Engine): Receiver => ({
  async receive(name, request) {
    connectionNamed(engine, name).receive!(request)
    return 'stored'
  },
})
