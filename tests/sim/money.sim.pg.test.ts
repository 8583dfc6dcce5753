/**
 * Days in which PayPal holds the customers' money: each parcel captures its share, what is cancelled is let go, and an
 * auditor compares provider, Odoo and the hub's books for each order and in all.
 */
import { describe, expect, test } from 'vitest'
import { paypal } from '#sim/outlets/paypal.ts'
import { runWorld } from '#sim/world.ts'
import { freshDatabase } from '../support/database.ts'

describe('a day with faults, paid at a provider', () => {
  test.each([2, 3, 4])('all books agree to the cent after the day of seed %i', async (seed) => {
    const report = await runWorld(await freshDatabase(), { seed, beside: [paypal] })
    expect(report.findings).toEqual([])
    expect(report.orders).toBeGreaterThan(2)
    expect(report.faults).toBeGreaterThan(50)
  })
})
