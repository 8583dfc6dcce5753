/** The journeys of goods between two warehouses (`tests/odoo/transfers.odoo.test.ts`) with a simulated Odoo. */
import { expect, test } from 'vitest'
import { countedMeanwhile, LOSSES, simulatedPlant, throughTransit } from '../odoo/transfers.ts'

const limit = { timeout: 120_000 }

test.each(LOSSES)('through transit, in parts, with $losses', limit, async ({ loseEvery }) => {
  expect(await throughTransit(await simulatedPlant(), loseEvery)).toEqual({ onHand: 4, free: 4 })
})

test.each(LOSSES)('counted, forced and taken meanwhile, with $losses', limit, async ({ loseEvery }) => {
  expect(await countedMeanwhile(await simulatedPlant(), loseEvery)).toEqual([0, 12])
})
