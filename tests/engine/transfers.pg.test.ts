/** The journeys of goods between two warehouses (`tests/odoo/transfers.odoo.test.ts`) with a simulated Odoo. */
import { test } from 'vitest'
import { countedMeanwhile, LOSSES, simulatedPlant, throughTransit } from '../odoo/transfers.ts'

const limit = { timeout: 120_000 }

test.each(LOSSES)('through transit, in parts, with $losses', limit, async ({ loseEvery }) => {
  await throughTransit(await simulatedPlant(), loseEvery)
})

test.each(LOSSES)('counted, forced and taken meanwhile, with $losses', limit, async ({ loseEvery }) => {
  await countedMeanwhile(await simulatedPlant(), loseEvery)
})
