/** A listing that the channel does not count by our stock is given no number of ours, whatever it was before. */
import { expect, it } from 'vitest'
import type { ChannelListing } from '#canon/product.ts'
import { given } from '../testing/given.ts'
import { second } from '../testing/sample.ts'
import { product } from './product.ts'

const listing = (tracked: boolean, n = 0): ChannelListing => ({
  sku: 'MUG', channel: 'shop', productId: 'p1', variantId: 'v1', inventoryItemId: 'i1', title: 'Mug', tracked,
  changedAt: second(n), deleted: false,
}) // prettier-ignore
const observe = (tracked: boolean, n = 0) => ({
  type: 'product.observeListing' as const,
  listing: listing(tracked, n),
})
const bind = (place: object | null) => ({
  note: true as const,
  stream: 'stock/WH/MUG',
  command: { type: 'stock.bind', channel: 'shop', place },
})
const place = { inventoryItemId: 'i1', locationId: 'L1' }

it('counted, it is bound; no more counted, it is let go; counted again, it is bound again', () => {
  const { state } = given(product)
    .on('product/MUG')
    .when(observe(true), observe(false, 1), observe(true, 2))
    .owes(bind(place), bind(null), bind(place))
  expect(state.listings).toEqual([listing(true, 2)])
})

it('never counted, it is never bound', () => {
  given(product).on('product/MUG').when(observe(false)).owes(bind(null))
})

it('said twice is news once', () => {
  given(product).on('product/MUG').when(observe(false), observe(false, 1)).then({ type: 'product.listed' })
})
