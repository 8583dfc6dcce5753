/** Which locations a channel may sell from. */
import { expect, test } from 'vitest'
import { locationTrouble } from './locations.ts'

const [depot, store] = [
  { locationId: '1', pool: 'WH' },
  { locationId: '2', pool: 'ST' },
]
const trouble = (locations: (typeof depot)[], connector = 'shopify', told = locations, pool = 'WH') =>
  locationTrouble('shop', { pool, locations }, { connector, config: { locations: told } })

test('one or several, each with a pool of its own, named alike in both places', () => {
  expect(trouble([])).toBeNull()
  expect(trouble([depot], 'woocommerce')).toBeNull()
  expect(trouble([depot, store])).toBeNull()
  expect(trouble([depot, store], 'square', [{ ...store }, { ...depot }])).toBeNull()
})

test('what does not fit is refused with what to do', () => {
  expect(trouble([store])).toMatch(/None of the locations/)
  expect(trouble([depot, { ...store, pool: 'WH' }])).toMatch(/Two locations sell from 'WH'/)
  expect(trouble([depot, store], 'amazon')).toMatch(/Orders of amazon do not say/)
  expect(trouble([depot, store], 'shopify', [depot])).toMatch(/names others/)
  expect(trouble([depot, store], 'shopify', [depot, { ...store, pool: 'XX' }])).toMatch(/names others/)
})
