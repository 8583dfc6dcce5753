/**
 * Days of a retailer with every kind of channel on one stock: shops with and without compare-and-set, marketplaces that
 * show a number once they have worked it off, goods that lie with one of them, and the tills of a store.
 */
import { describe, expect, test } from 'vitest'
import { ALL_KINDS } from '#sim/outlets/kinds.ts'
import { mirakl } from '#sim/outlets/mirakl.ts'
import { woocommerce } from '#sim/outlets/woocommerce.ts'
import { runWorld } from '#sim/world.ts'
import { freshDatabase } from '../support/database.ts'

/** What people are told to type to see it again. */
const again = (seed: number) => `npx crossdock sim --from ${seed} --seeds 1 --channels all`

describe('a day with faults', () => {
  test.each([1, 2])('P2: sold on three channels, nothing is lost, doubled or oversold: seed %i', async (seed) => {
    const report = await runWorld(await freshDatabase(), { seed, beside: [mirakl, woocommerce] })
    expect(report.findings).toEqual([])
    expect(report.orders).toBeGreaterThan(5)
    expect(report.faults).toBeGreaterThan(50)
  })

  test.each([2, 3, 4])('P2: sold on all channels, nothing is lost, doubled or oversold: seed %i', async (seed) => {
    const report = await runWorld(await freshDatabase(), { seed, beside: ALL_KINDS })
    expect(report.findings, again(seed)).toEqual([])
    expect(report.orders).toBeGreaterThan(5)
    expect(report.faults).toBeGreaterThan(50)
  })
})
