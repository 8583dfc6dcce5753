/**
 * Goods that move between two warehouses of a real Odoo while the hub sells from both: never promised on their way,
 * never sold twice, never lost once they are there. Needs the variables named in `server.ts`.
 */
import { expect, test } from 'vitest'
import { accessOf } from './server.ts'
import { countedMeanwhile, LOSSES, realPlant, throughTransit } from './transfers.ts'
import { withOdoo } from './with-odoo.ts'

withOdoo(
  'transfers in a real Odoo',
  'transfers in a real Odoo are left out without one',
  'tests/odoo/transfers.odoo.test.ts',
  journeys,
)

function journeys(): void {
  const access = accessOf()

  test.each(LOSSES)('through transit, in parts, with $losses', async ({ loseEvery }) => {
    expect(await throughTransit(await realPlant(access), loseEvery)).toEqual({ onHand: 4, free: 4 })
  })

  test.each(LOSSES)('counted, forced and taken meanwhile, with $losses', async ({ loseEvery }) => {
    expect(await countedMeanwhile(await realPlant(access), loseEvery)).toEqual([0, 12])
  })
}
