/** Days of a retailer whose shop sells from two locations, each with a warehouse and an allotment of its own. */
import { describe, expect, test } from 'vitest'
import { runWorld } from '#sim/world.ts'
import { freshDatabase } from '../support/database.ts'

describe('a day with faults, sold from two locations', () => {
  test.each([1, 2, 3, 4])('nothing is lost, doubled or oversold in the day of seed %i', async (seed) => {
    const report = await runWorld(await freshDatabase(), { seed, places: 2 })
    expect(report.findings).toEqual([])
    expect(report.orders).toBeGreaterThan(5)
    expect(report.faults).toBeGreaterThan(50)
  })
})
