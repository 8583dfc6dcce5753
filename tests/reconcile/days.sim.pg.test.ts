/** After a seeded day with every fault there is, both systems and the hub agree: reconciliation must invent nothing. */
import { expect, test } from 'vitest'
import type { Engine } from '#engine/engine.ts'
import { definitionsOf } from '#engine/reconcile/definitions.ts'
import { reconcile } from '#engine/reconcile/run.ts'
import { listFindings } from '#store/reconcile-findings.ts'
import { runWorld } from '#sim/world.ts'
import { freshDatabase } from '../support/database.ts'

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8]
const HOUR = 3_600_000

/** Runs every definition once all is older than any grace. @returns what each found. */
async function compareAll(engine: Engine, clock: { ms: number }): Promise<string[]> {
  clock.ms += HOUR
  for (const definition of definitionsOf(engine)) {
    let outcome = await reconcile(engine, definition, { mends: false })
    while (outcome.state === 'paused') {
      clock.ms = Date.parse(outcome.dueAt)
      outcome = await reconcile(engine, definition, { mends: false })
    }
    expect([definition.name, outcome.state]).toEqual([definition.name, 'done'])
  }
  const rows = await listFindings(engine.database, { open: true, before: null, limit: 100 })
  return rows.map(
    ({ definition, kind, key, field, ours, theirs }) => `${definition} ${kind} ${key} ${field} ${ours} ${theirs}`,
  )
}

test.each(SEEDS)('nothing is invented after the day of seed %i', async (seed) => {
  const compared: string[][] = []
  const afterwards = async (engine: Engine, clock: { ms: number }) => {
    compared.push(await compareAll(engine, clock))
    return []
  }
  const report = await runWorld(await freshDatabase(), { seed, shoppers: 12, afterwards })
  expect(report.findings).toEqual([])
  expect(compared).toEqual([[]])
})
