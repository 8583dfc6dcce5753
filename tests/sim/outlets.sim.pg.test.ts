/**
 * Days of a retailer with channels of every kind on one stock: a shop with compare-and-set, one whose stock is set, and
 * a marketplace that shows a number when it has worked it off.
 */
import { describe, expect, test } from 'vitest'
import { mirakl } from '#sim/outlets/mirakl.ts'
import { woocommerce } from '#sim/outlets/woocommerce.ts'
import { runWorld } from '#sim/world.ts'
import { freshDatabase } from '../support/database.ts'

const DAY_MS = 240_000

describe('a day with faults, sold on three channels', { timeout: DAY_MS }, () => {
  test.each([1, 2, 3, 4])('P2: nothing is lost, doubled or oversold in the day of seed %i', async (seed) => {
    const report = await runWorld(await freshDatabase(), { seed, beside: [mirakl, woocommerce] })
    expect(report.findings).toEqual([])
    expect(report.orders).toBeGreaterThan(5)
    expect(report.faults).toBeGreaterThan(50)
  })
})
