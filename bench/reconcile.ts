/**
 * A million records against a million with a thousand defects: whether all are found and none invented, how long it
 * takes against the same comparison as one SQL join, and whether memory grows with the records.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { CensusRecord, Reader } from '#connectors/kit/reader.ts'
import type { Engine } from '#engine/engine.ts'
import type { Definition } from '#engine/reconcile/definition.ts'
import { reconcile } from '#engine/reconcile/run.ts'
import type { Database } from '#store/database.ts'
import { openEngine } from './hub.ts'
import { median, ratioOf, rounded, seconds, startClock } from './measure.ts'
import { joined, loadTables } from './reconcile-reference.ts'
import { KINDS, type Made, recordsAt } from './reconcile-sides.ts'
import type { Run } from './run.ts'
import { withServer } from './server.ts'

const RECORDS = 1_000_000
const DEFECTS = 1_000
const PAGE = 5_000
const NOW_MS = Date.parse('2026-11-27T10:00:00.000Z')

const readerOf = (side: 0 | 1, made: Made): Reader => ({
  ordered: made.ordered,
  read: (cursor) => {
    const from = (cursor as number | null) ?? 0
    const to = Math.min(made.records, from + PAGE)
    const records: CensusRecord[] = []
    for (let index = from; index < to; index += 1) records.push(...recordsAt(index, side, made))
    return Promise.resolve({ records, cursor: to, more: to < made.records })
  },
})

const definitionOf = (made: Made): Definition => ({
  name: made.ordered ? 'orders/streamed' : 'orders/staged',
  what: '',
  ours: { name: 'ours', reader: readerOf(0, made) },
  theirs: { name: 'theirs', reader: readerOf(1, made) },
  channel: 'shop',
  fields: [
    { name: 'total', as: 'money', tolerance: 0 },
    { name: 'currency', as: 'exact', tolerance: 0 },
    { name: 'cancelled', as: 'exact', tolerance: 0 },
  ],
  graceMs: 0,
  staleMs: 3_600_000,
  windowMs: 86_400_000,
  everyMs: 3_600_000,
  mendingsMax: 50,
  explain: (_, differences) => Promise.resolve(differences),
  mend: () => Promise.resolve([]),
  cure: () => '',
  streamOf: () => null,
})

interface Measured {
  seconds: number[]
  peakMB: number[]
}

export async function reconcileBench({ orders: records = RECORDS, rounds, report }: Run) {
  return withServer(async ({ version, create }) => {
    const database = await create('reconcile')
    const engine = openEngine(database, { now: () => NOW_MS })
    const every = records / DEFECTS
    const ways = { staged: false, streamed: true } as const
    const ours: Record<keyof typeof ways, Measured> = {
      staged: { seconds: [], peakMB: [] },
      streamed: { seconds: [], peakMB: [] },
    }
    const reference = { load: [] as number[], join: [] as number[] }
    let compared = 0
    for (let round = 0; round <= rounds; round += 1) {
      const line: string[] = []
      for (const way of ['staged', 'streamed'] as const) {
        const made = { records, every, ordered: ways[way] }
        const one = await measured(engine, definitionOf(made))
        await expectAll(database, made)
        line.push(`${way} ${rounded(one.seconds, 1)} s, ${rounded(one.peakMB)} MB`)
        if (round > 0) for (const figure of ['seconds', 'peakMB'] as const) ours[way][figure].push(one[figure])
      }
      const made = { records, every, ordered: false }
      const loaded = await loadTables(database, made, PAGE)
      const join = await joined(database)
      compared = join.found
      line.push(`loaded ${rounded(loaded, 1)} s, joined ${rounded(join.seconds, 1)} s`)
      if (round > 0) {
        reference.load.push(loaded)
        reference.join.push(join.seconds)
      }
      report(`${round === 0 ? 'warm-up' : `round ${round}`}: ${line.join(', ')}`)
    }
    const wholeReference = reference.load.map((load, round) => load + reference.join[round]!)
    const small = await measured(engine, definitionOf({ records: records / 10, every, ordered: false }))
    return {
      benchmark: 'reconcile',
      postgres: version,
      records: { ours: records, theirs: records },
      defects: DEFECTS,
      foundByJoin: compared,
      seconds: {
        staged: rounded(median(ours.staged.seconds), 1),
        streamed: rounded(median(ours.streamed.seconds), 1),
        loadAndJoin: rounded(median(wholeReference), 1),
        joinAlone: rounded(median(reference.join), 1),
      },
      ratioStagedToLoadAndJoin: rounded(ratioOf(ours.staged.seconds, wholeReference), 2),
      ratioStreamedToLoadAndJoin: rounded(ratioOf(ours.streamed.seconds, wholeReference), 2),
      ratioStagedToJoinAlone: rounded(ratioOf(ours.staged.seconds, reference.join), 1),
      ratioStreamedToStaged: rounded(ratioOf(ours.streamed.seconds, ours.staged.seconds), 2),
      memory: {
        grownMB: { staged: rounded(median(ours.staged.peakMB)), streamed: rounded(median(ours.streamed.peakMB)) },
        withATenthOfTheRecordsMB: rounded(small.peakMB),
      },
      rounds,
    }
  })
}

/** One run, with how far the heap ever was above where it began, seen at every step. */
async function measured(engine: Engine, definition: Definition): Promise<{ seconds: number; peakMB: number }> {
  await engine.database.query('truncate reconcile_finding, reconcile_run restart identity')
  await engine.database.query('checkpoint')
  const collect = collector()
  collect()
  const before = process.memoryUsage().heapUsed
  let peak = before
  let step = 0
  const onProgress = () => {
    // What is garbage is not held: looked at now and then, after a collection.
    if ((step += 1) % 20 !== 0) return
    collect()
    peak = Math.max(peak, process.memoryUsage().heapUsed)
  }
  const started = startClock()
  const outcome = await reconcile(engine, definition, { mends: false, onProgress })
  const took = seconds(started)
  if (outcome.state !== 'done') throw new Error(`The run ended as ${JSON.stringify(outcome)}.`)
  return { seconds: took, peakMB: (peak - before) / 1e6 }
}

function collector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

/** Every defect is found, and nothing else; or the run fails. */
async function expectAll(database: Database, { records, every }: Made): Promise<void> {
  const rows = await database.query<{ place: number; kind: string; count: number }>(
    `select substring(key from 6)::bigint as place, kind, count(*) from reconcile_finding group by 1, 2`,
  )
  const wrong = rows.filter(({ place, kind, count }) => count !== 1 || kind !== KINDS[(place / every) % KINDS.length])
  if (rows.length === records / every && wrong.length === 0) return
  throw new Error(`Of ${records / every} defects ${rows.length} were found, ${wrong.length} of them wrongly.`)
}
