/**
 * A thousand buyers for the last pieces on five channels, on a real PostgreSQL: nothing is oversold, and everybody
 * agrees in the end. Errors of protocol put into the ledger are found: see planted.ts.
 */
import { describe, expect, test } from 'vitest'
import { CALM } from '#sim/network.ts'
import { runStorm } from '#sim/storm/storm.ts'
import { freshDatabase } from '../support/database.ts'

/** What people are told to type to see it again. */
const again = (seed: number) => `npx crossdock storm --from ${seed} --seeds 1`

describe('a run on the last pieces', () => {
  test.each([1, 2, 3])('seed %i sells nothing twice, and all agree', async (seed) => {
    const report = await runStorm(await freshDatabase(), { seed })
    expect(report.findings, again(seed)).toEqual([])
    expect(report).toMatchObject({ buyers: 1_000, oversold: 0, overOffered: 0, disagreements: 0 })
    expect(report.sold).toBeGreaterThan(20)
    expect(report.faults).toBeGreaterThan(0)
    expect(report.refused).toBeGreaterThan(0)
  })

  test('is the same when it is run again', async () => {
    const options = { seed: 5, buyers: 60, units: 10 }
    const [first, second] = [
      await runStorm(await freshDatabase(), options),
      await runStorm(await freshDatabase(), options),
    ]
    expect(second).toEqual(first)
  })

  test('shared stock is oversold when news is late, and the auditor sees it', async () => {
    const options = { seed: 1, mode: 'shared', rates: CALM, lagMs: 300_000 } as const
    const report = await runStorm(await freshDatabase(), options)
    expect(report.oversold).toBeGreaterThan(0)
    expect(report.disagreements, report.findings.join('\n')).toBe(0)
  })
})
