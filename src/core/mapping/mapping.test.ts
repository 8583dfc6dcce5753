/** Words of a channel in the retailer's own: SKUs and shipping methods, wherever a delivery names them. */
import { expect, test } from 'vitest'
import type { Order } from '#canon/order.ts'
import { mapped } from './mapping.ts'

const tables = { skus: { 'MUG-B': 'MUG', 'GIFT': '' }, shippingMethods: { 'Std (EU)': 'standard' } }
const said = (stream: string, type: string, more: object) => ({ stream, command: { type, ...more } })

test('an order speaks of our SKUs and methods; what is nothing of ours keeps its own word', () => {
  const lines = ['MUG-B', 'GIFT', 'CUP', null].map((sku) => ({ sku }))
  const order = { lines, shipping: [{ code: 'Std (EU)' }, { code: 'express' }] } as unknown as Order
  const { command } = mapped(said('order/shop/1', 'order.observe', { order }), tables)!
  const { order: ours } = command as unknown as { order: Order }
  expect(ours.lines.map(({ sku }) => sku)).toEqual(['MUG', 'GIFT', 'CUP', null])
  expect(ours.shipping.map(({ code }) => code)).toEqual(['standard', 'express'])
})

test('a listing is one of our SKU; one of nothing of ours is no news', () => {
  const listing = (sku: string) =>
    said(`product/${sku}`, 'product.observeListing', { listing: { sku, channel: 'shop' } })
  expect(mapped(listing('MUG-B'), tables)).toMatchObject({
    stream: 'product/MUG',
    command: { listing: { sku: 'MUG' } },
  })
  expect(mapped(listing('GIFT'), tables)).toBe(null)
  expect(mapped(said('item/shop/1', 'item.bind', { sku: 'MUG-B' }), tables)).toMatchObject({ command: { sku: 'MUG' } })
  expect(mapped(said('listing/shop/1', 'listing.observe', { skus: ['MUG-B', 'GIFT', 'CUP'] }), tables)).toMatchObject({
    command: { skus: ['MUG', 'CUP'] },
  })
})

test('everything else is as it was, and names of objects are no words', () => {
  const count = said('item/shop/1', 'item.seen', { available: 3 })
  expect(mapped(count, tables)).toBe(count)
  expect(mapped(said('item/shop/1', 'item.bind', { sku: 'constructor' }), tables)).toMatchObject({
    command: { sku: 'constructor' },
  })
})
