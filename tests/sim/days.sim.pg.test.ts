/**
 * Seeded days with faults on a real PostgreSQL: nothing lost, nothing twice, nothing oversold; and the same day every
 * time.
 */
import { describe, expect, test } from 'vitest'
import { runWorld } from '#sim/world.ts'
import { freshDatabase } from '../support/database.ts'

const SEEDS = Array.from({ length: 20 }, (_, index) => 101 + index)

/** What people are told to type to see it again. */
const again = (seed: number) => `npx crossdock sim --from ${seed} --seeds 1`

describe('a day with faults', () => {
  test.each(SEEDS)('seed %i ends with every system agreeing', async (seed) => {
    const report = await runWorld(await freshDatabase(), { seed })
    expect(report.findings, again(seed)).toEqual([])
    expect(report.orders).toBeGreaterThan(0)
    expect(report.faults).toBeGreaterThan(0)
  })

  test('is the same day when it is lived again, and another one with another seed', async () => {
    const [first, second, other] = [
      await runWorld(await freshDatabase(), { seed: 7, shoppers: 8 }),
      await runWorld(await freshDatabase(), { seed: 7, shoppers: 8 }),
      await runWorld(await freshDatabase(), { seed: 8, shoppers: 8 }),
    ]
    expect(second).toEqual(first)
    expect(other.journal).not.toBe(first.journal)
  })

  test('gives the journal it gave on every PostgreSQL before', async () => {
    const { journal } = await runWorld(await freshDatabase(), { seed: 3, shoppers: 8 })
    // Changes with every change of what is decided; then check it on all supported versions and write it down here.
    expect(journal).toBe(JOURNAL_OF_SEED_3)
  })
})

const JOURNAL_OF_SEED_3 = 'd982d78b6ee258ebbabf7a000c4a9bc591a10b31d40321c41e3826050f5c8b9a'
