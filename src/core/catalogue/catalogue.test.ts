/** Products and the small indexes: each passes on what it learns to those who need it, and nothing twice. */
import { describe, expect, it } from 'vitest'
import type { ChannelListing, ErpProduct } from '#canon/product.ts'
import { given } from '../testing/given.ts'
import { policyWith, second } from '../testing/sample.ts'
import { product } from '../product/product.ts'
import { connection, item, listing } from './catalogue.ts'

const mug: ErpProduct = { sku: 'MUG', erpId: '5', name: 'Mug', active: true, stocked: true, changedAt: second(1) }
const listed: ChannelListing = {
  sku: 'MUG', channel: 'shop', productId: 'p1', variantId: 'v1', inventoryItemId: 'i1', title: 'Mug', tracked: true,
  changedAt: second(1), deleted: false,
} // prettier-ignore
const toStock = (command: object) => ({ note: true as const, stream: 'stock/WH/MUG', command })

describe('a product', () => {
  const observe = (change: Partial<ErpProduct> = {}) => ({
    type: 'product.observe' as const,
    product: { ...mug, ...change },
  })
  const list = (change: Partial<ChannelListing> = {}) => ({
    type: 'product.observeListing' as const,
    listing: { ...listed, ...change },
  })
  const described = { type: 'product.described' as const, product: mug, pools: ['WH'] }
  const known = given(product, described).on('product/MUG')
  const onSale = given(product, {
    type: 'product.listed',
    listing: listed,
    places: [{ locationId: 'L1', pool: 'WH' }],
  }).on('product/MUG')

  it('of the ERP is made known to every pool, counted only while it is active', () => {
    given(product)
      .on('product/MUG')
      .when(observe())
      .then(described)
      .owes(toStock({ type: 'stock.know', stocked: true }))
    known.when(observe({ active: false, changedAt: second(2) })).owes(toStock({ type: 'stock.know', stocked: false }))
    known.when(observe({ stocked: false, changedAt: second(2) })).owes(toStock({ type: 'stock.know', stocked: false }))
  })

  it('that says the same again, or older, is no news', () => {
    known.when(observe({ changedAt: second(9) }), observe({ name: 'Cup', changedAt: second(0) })).thenNothing()
  })

  it('is told to a pool that was added to the policy since', () => {
    const policy = policyWith({ pool: 'EAST', locations: [] })
    known
      .under(policy)
      .when(observe())
      .owes({ note: true, stream: 'stock/EAST/MUG', command: { type: 'stock.know' } })
  })

  it('listed in a channel binds its stock at each of the locations of the policy', () => {
    given(product)
      .on('product/MUG')
      .when(list())
      .then({ type: 'product.listed', places: [{ locationId: 'L1', pool: 'WH' }] })
      .owes(toStock({ type: 'stock.bind', channel: 'shop', place: { inventoryItemId: 'i1', locationId: 'L1' } }))
    onSale.when(list({ changedAt: second(2) })).thenNothing()
  })

  it('taken out of the channel unbinds its stock, and no older news brings it back', () => {
    onSale
      .when(list({ deleted: true, inventoryItemId: '', changedAt: second(2) }))
      .then({ type: 'product.delisted', listing: { inventoryItemId: 'i1' } })
      .owes(toStock({ type: 'stock.bind', channel: 'shop', place: null }))
    onSale.when(list({ deleted: true, changedAt: second(0) })).thenNothing()
    const deleted = list({ deleted: true, changedAt: second(5) })
    for (const history of [onSale, given(product).on('product/MUG')]) {
      const { state } = history.when(deleted)
      expect(history.when(deleted, deleted, list({ changedAt: second(4) })).state).toEqual(state)
      expect(history.when(deleted, list({ changedAt: second(6) })).state.listings).toMatchObject([{ deleted: false }])
    }
  })
})

describe('an inventory item', () => {
  const seen = (available: number, at = 1, locationId = 'L1') => ({
    type: 'item.seen' as const,
    locationId,
    available,
    at: second(at),
  })
  const bound = given(item, { type: 'item.bound', sku: 'MUG' }).on('item/shop/i1')

  it('passes what the channel counts to the stock of its SKU and location', () => {
    bound
      .when(seen(4))
      .then({ type: 'item.counted', sku: 'MUG', pool: 'WH', available: 4 })
      .owes(toStock({ type: 'stock.seen', channel: 'shop', available: 4, at: second(1) }))
  })

  it('passes on neither what it said before nor what is older', () => {
    const counted = bound.when(seen(4, 5)).state
    expect(bound.when(seen(4, 5), seen(4, 6), seen(3, 4)).state).toEqual(counted)
  })

  it('that nobody has bound, or at an unknown location, is refused by name', () => {
    given(item).on('item/shop/i1').when(seen(4)).refused('item_unknown')
    bound.when(seen(4, 1, 'L9')).refused('location_unknown')
  })

  it('is bound once', () => {
    bound.when({ type: 'item.bind', sku: 'MUG', variantId: 'v', productId: 'p' }).thenNothing()
  })
})

describe('a listing', () => {
  const observed = (at: number, ...skus: string[]) => ({ type: 'listing.observe' as const, skus, at: second(at) })
  const gone = (sku: string) => ({
    note: true as const, stream: `product/${sku}`,
    command: { type: 'product.observeListing', listing: { sku, channel: 'shop', productId: 'p1', deleted: true } },
  }) // prettier-ignore
  const two = given(listing, { type: 'listing.changed', skus: ['CUP', 'MUG'], gone: [], at: second(1) }).on(
    'listing/shop/p1',
  )

  it('remembers its SKUs, each once', () => {
    const { state } = given(listing).when(observed(1, 'MUG', 'CUP', 'MUG'))
    expect(state.skus).toEqual(['CUP', 'MUG'])
    two.when(observed(2, 'MUG', 'CUP')).thenNothing()
  })

  it('that lost a variant tells that product alone', () => {
    two.when(observed(2, 'MUG')).owes(gone('CUP'))
  })

  it('that was deleted, which names no SKU, tells all of them', () => {
    two.when({ type: 'listing.deleted', at: second(2) }).owes(gone('CUP'), gone('MUG'))
  })

  it('leaves a tombstone: older news does not bring it back', () => {
    const deleted = two.when({ type: 'listing.deleted', at: second(3) }).state
    expect(two.when({ type: 'listing.deleted', at: second(3) }, observed(2, 'MUG')).state).toEqual(deleted)
  })

  it('deleted before it was ever seen leaves a tombstone too', () => {
    const { state } = given(listing).when({ type: 'listing.deleted', at: second(3) }, observed(2, 'MUG'))
    expect(state.skus).toEqual([])
  })
})

describe('a connection', () => {
  it('remembers that it was cut off, and until when', () => {
    const lost = { type: 'connection.lost' as const, reason: 'uninstalled' }
    expect(given(connection).when(lost).then(lost).state.lost).toBe('uninstalled')
    given(connection, lost).when(lost).thenNothing()
    expect(given(connection, lost).when({ type: 'connection.restored' }).state.lost).toBeNull()
  })
})
