/** A hub that has nothing to do writes nothing. */
import { expect, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { aRetailer } from '../support/retailer.ts'

test('a look at what is regular locks nothing while nothing is due', async () => {
  const retailer = await aRetailer(await freshDatabase())
  // `xmax` names who locked the row or tried to change it, as an upsert does whose condition does not hold.
  const rows = () =>
    retailer.engine.database.query<{ task: string }>(
      `select connection || ' ' || task as task, ctid::text, xmax::text from upkeep order by 1`,
    )
  // Some were put off to this moment by others of their kind.
  await retailer.later(0)
  const before = await rows()
  expect(before.length).toBeGreaterThan(5)
  await retailer.later(0)
  expect(await rows()).toEqual(before)
})
