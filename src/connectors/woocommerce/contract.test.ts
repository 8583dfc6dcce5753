/** WooCommerce passes the contract of every connector, against its simulator. */
import { must } from '#canon/assert.ts'
import { connectorContract } from '../kit/contract.ts'
import { asRequest } from '../kit/testing.ts'
import { BUYER, createWorld, HOOK_SECRET, MUG, SECRET, STANDARD, START, takeHooks } from './testing.ts'

const TYPES = [
  'inventory.put',
  'inventory.read',
  'fulfilment.ensure',
  'refund.ensure',
  'listing.ensure',
  'price.ensure',
  'listing.withdraw',
] as const

connectorContract('woocommerce', TYPES, async ({ wrap, log }) => {
  const signatures: string[] = []
  const world = createWorld({
    log,
    wrap: (fetch) =>
      wrap(async (request) => {
        signatures.push(new URL(request.url).searchParams.get('oauth_signature') ?? '')
        return fetch(request)
      }),
  })
  const { shop, connection } = world
  await must(connection.upkeep['webhooks'], 'the hub can be reached').run()
  const { inventoryItemId, productId } = shop.addProduct(MUG)
  const listed = { sku: MUG.sku, productId, variantId: productId }
  const place = { sku: MUG.sku, inventoryItemId, locationId: 'shop' }
  const order = () =>
    must(
      shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 3 }], customer: BUYER, shippingMethod: STANDARD }),
      'there is enough',
    )
  order()
  const created = takeHooks(world).filter(({ headers }) => headers['x-wc-webhook-topic']!.startsWith('order.'))
  const [genuine, another] = created.map((hook) => asRequest(hook, START))
  const believed = (externalId: string) => shop.beliefs().orders.find(({ id }) => id === externalId)!

  return {
    connection,
    secrets: [SECRET, HOOK_SECRET, ...new Set(signatures.filter(Boolean))],
    hooks: {
      genuine: genuine!,
      another: another!,
      forged: [{ ...genuine!, headers: { ...genuine!.headers, 'x-wc-webhook-source': 'http://staging.example/' } }],
    },
    intents: {
      'inventory.put': {
        prepare: () => ({ ...place, to: 2 }),
        count: () => (shop.beliefs().available[MUG.sku] === 2 ? 1 : 0),
      },
      'inventory.read': { prepare: () => place },
      'listing.ensure': {
        prepare: () => {
          const fields = { title: 'Cup', price: '9.00', barcode: '40', images: ['ab'], attributes: { room: 'Kitchen' } }
          return { ...listed, fields, imageUrls: { ab: 'https://cdn.example/ab.jpg' } }
        },
        count: () => {
          const { name, price, images, meta } = shop.shows(MUG.sku)!
          return name === 'Cup' && price === 9 && meta['crossdock_room'] === 'Kitchen' ? images.length : 0
        },
      },
      'price.ensure': {
        prepare: () => ({ ...listed, fields: { price: '9.00' } }),
        count: () => (shop.shows(MUG.sku)!.price === 9 ? 1 : 0),
      },
      'listing.withdraw': {
        prepare: () => listed,
        count: () => (shop.shows(MUG.sku)!.status === 'draft' ? 1 : 0),
      },
      'refund.ensure': {
        prepare: () => {
          const externalId = order()
          const { name, lines } = believed(externalId)
          const usd = (amount: number) => ({ amount, currency: 'USD' })
          const line = { lineId: lines[0]!.id, quantity: 1, amount: usd(100), tax: usd(0) }
          const ask = { externalId, orderName: name, key: 'r-1', amount: usd(100), lines: [line] }
          return { ...ask, taxesIncluded: false, reason: 'unwanted' }
        },
        count: ({ externalId }) => believed(externalId).refunds.length,
      },
      'fulfilment.ensure': {
        prepare: () => {
          const externalId = order()
          const { name, lines } = believed(externalId)
          const parcel = { shipmentId: 's-1', trackingNumber: '1Z1' }
          return { externalId, orderName: name, parcel, lines: [{ lineId: lines[0]!.id, quantity: 1, cumulative: 1 }] }
        },
        count: ({ externalId }) => Math.max(believed(externalId).parcels.length, believed(externalId).notes.length),
      },
    },
  }
})
