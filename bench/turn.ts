/**
 * How many messages a second are translated, decided and written, over whole lives of orders. Held against hand-
 * written SQL that writes the same rows in the same transactions and decides nothing.
 */
import type { Engine } from '#engine/engine.ts'
import type { Database } from '#store/database.ts'
import { openEngine } from './hub.ts'
import { live, stockUp } from './life.ts'
import { interleave, median, ratioOf, rounded } from './measure.ts'
import { record, rowsPerOrder, type Step } from './recording.ts'
import type { Run } from './run.ts'
import { empty, withServer } from './server.ts'
import { plainClient, prepareAll, replay } from './turn-reference.ts'

const ORDERS = 500

export async function turnBench({ orders = ORDERS, rounds, report }: Run) {
  return withServer(async ({ version, create }) => {
    const [ours, theirs] = [await create('turn'), await create('turn_reference')]
    const { steps, before } = await recordLife(ours, orders)
    const perOrder = rowsPerOrder(steps.slice(before), orders)
    const messages = perOrder.messages * orders
    const engine = openEngine(ours)
    const prepared = prepareAll(steps)
    const client = plainClient(theirs.url)
    await client.connect()
    const figures = await interleave(
      {
        turn: async () => {
          await empty(ours)
          await stockUp(engine)
          await ours.query('analyze')
          const lived = await live(engine, 1, orders)
          return lived.messages / lived.seconds
        },
        reference: async () => {
          await empty(theirs)
          await replay(client, prepared.slice(0, before))
          await theirs.query('analyze')
          return messages / (await replay(client, prepared.slice(before)))
        },
      },
      rounds,
      report,
    )
    await sameRows(ours, theirs)
    await client.end()
    return {
      benchmark: 'turn',
      postgres: version,
      messagesPerSecond: rounded(median(figures.turn)),
      ordersPerSecond: rounded(median(figures.turn) / perOrder.messages),
      reference: rounded(median(figures.reference)),
      ratioToReference: rounded(ratioOf(figures.turn, figures.reference), 3),
      perOrder,
      orders,
      rounds,
      goals: { ratioToReference: 0.6 },
    }
  })
}

/** One life that is not timed. `before`: how many of the steps only stocked the shelves. */
async function recordLife(database: Database, orders: number): Promise<{ steps: Step[]; before: number }> {
  let nowMs = Date.parse('2026-03-02T08:15:10.000Z')
  const engine: Engine = openEngine(database, { now: () => (nowMs += 1) })
  await empty(database)
  const { steps, witness } = record(engine)
  await stockUp(engine, witness)
  const before = steps.length
  await live(engine, 1, orders, witness)
  return { steps, before }
}

/** Both must have written the same, or the comparison is one of different work. */
async function sameRows(ours: Database, theirs: Database): Promise<void> {
  const [a, b] = [await countRows(ours), await countRows(theirs)]
  if (JSON.stringify(a) !== JSON.stringify(b)) {
    throw new Error(`The rows differ: ours ${JSON.stringify(a)}, the reference ${JSON.stringify(b)}.`)
  }
}

async function countRows(database: Database) {
  const [row] = await database.query(`
    select (select count(*) from inbox) as inbox, (select sum(length(body)) from inbox) as inbox_bytes,
      (select count(*) from inbox where state = 'done') as done,
      (select count(*) from journal) as journal, (select sum(length(data::text)) from journal) as journal_bytes,
      (select count(*) from stream) as stream, (select sum(version) from stream) as versions,
      (select count(*) from outbox) as outbox, (select sum(length(ask::text)) from outbox) as outbox_bytes`)
  return row
}
