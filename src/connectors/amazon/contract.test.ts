/** Amazon passes the contract of every connector, against its simulator. */
import { must } from '#canon/assert.ts'
import { connectorContract } from '../kit/contract.ts'
import { AWS_SECRET, createWorld, MUG, REFRESH_TOKEN, SECRET } from './testing.ts'

const KINDS = [
  'inventory.put', 'inventory.read', 'fulfilment.ensure', 'listing.ensure', 'price.ensure', 'listing.withdraw',
] as const // prettier-ignore

connectorContract('amazon', KINDS, ({ wrap, log }) => {
  const tokens: string[] = []
  const world = createWorld({
    log,
    account: { effectiveAfterMs: [0, 0] },
    wrap: (fetch) =>
      wrap(async (request) => {
        tokens.push(request.headers.get('x-amz-access-token') ?? '')
        return fetch(request)
      }),
  })
  const { seller, connection } = world
  seller.addListing(MUG)
  const ids = { sku: MUG.sku, productId: 'B0', variantId: MUG.sku }
  const place = { sku: MUG.sku, inventoryItemId: MUG.sku, locationId: 'DEFAULT' }

  return {
    connection,
    secrets: [SECRET, REFRESH_TOKEN, AWS_SECRET, ...new Set(tokens.filter(Boolean))],
    intents: {
      'inventory.put': {
        prepare: () => ({ ...place, to: 2 }),
        count: () => (seller.beliefs().available[MUG.sku] === 2 ? 1 : 0),
      },
      'inventory.read': { prepare: () => place },
      'listing.ensure': {
        prepare: () => ({ ...ids, fields: { title: 'Another mug' } }),
        count: () => (seller.shows(MUG.sku)!.title === 'Another mug' ? 1 : 0),
      },
      'price.ensure': {
        prepare: () => ({ ...ids, fields: { price: '3.00' } }),
        count: () => (seller.shows(MUG.sku)!.price === 300 ? 1 : 0),
      },
      'listing.withdraw': { prepare: () => ids, count: () => (seller.shows(MUG.sku)!.buyable ? 0 : 1) },
      'fulfilment.ensure': {
        prepare: () => {
          const externalId = must(seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 3 }] }), 'there is enough')
          const { id, lines } = seller.beliefs().orders.find((order) => order.id === externalId)!
          const parcel = { shipmentId: '71', trackingNumber: '1Z1', carrier: 'UPS' }
          return { externalId, orderName: id, parcel, lines: [{ lineId: lines[0]!.id, quantity: 1, cumulative: 1 }] }
        },
        count: ({ externalId }) => seller.beliefs().orders.find(({ id }) => id === externalId)!.packages.length,
      },
    },
  }
})
