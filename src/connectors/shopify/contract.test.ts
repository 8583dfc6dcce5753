/** Shopify passes the contract of every connector, against its simulator. */
import { must } from '#canon/assert.ts'
import { connectorContract } from '../kit/contract.ts'
import { asRequest } from '../kit/testing.ts'
import { createWorld, MUG, SECRET, STANDARD, START } from './testing.ts'

const TYPES = [
  'inventory.set',
  'inventory.read',
  'fulfilment.ensure',
  'refund.ensure',
  'listing.ensure',
  'price.ensure',
  'listing.withdraw',
] as const

connectorContract('shopify', TYPES, async ({ wrap, log }) => {
  const tokens: string[] = []
  const world = createWorld({
    log,
    wrap: (fetch) =>
      wrap(async (request) => {
        tokens.push(request.headers.get('x-shopify-access-token') ?? '')
        return fetch(request)
      }),
  })
  const { shop, connection, clock } = world
  await must(connection.upkeep['webhooks'], 'the hub can be reached').run()
  const { inventoryItemId, productId, variantId } = shop.addProduct(MUG)
  const listed = { sku: MUG.sku, productId, variantId }
  const place = { sku: MUG.sku, inventoryItemId, locationId: '7001' }
  const order = () =>
    must(shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 3 }], shippingMethod: STANDARD }), 'there is enough')
  order()
  clock.pass(10_000)
  const created = shop.due().filter(({ headers }) => /orders\/(create|updated)/.test(headers['x-shopify-topic']!))
  const [genuine, another] = created.map((hook) => asRequest(hook, START))

  return {
    connection,
    secrets: [SECRET, ...new Set(tokens.filter(Boolean))],
    hooks: {
      genuine: genuine!,
      another: another!,
      forged: [{ ...genuine!, headers: { ...genuine!.headers, 'x-shopify-shop-domain': 'other.myshopify.com' } }],
    },
    intents: {
      'inventory.set': {
        prepare: () => ({ ...place, from: 7, to: 2 }),
        count: () => (shop.beliefs().available[MUG.sku] === 2 ? 1 : 0),
      },
      'inventory.read': { prepare: () => place },
      'listing.ensure': {
        prepare: () => {
          const fields = {
            title: 'Red mug',
            price: '9.00',
            barcode: '40',
            images: ['ab'],
            attributes: { room: 'Kitchen' },
          }
          return { ...listed, fields, imageUrls: { ab: 'https://cdn.example/ab.jpg' } }
        },
        count: () => {
          const { title, price, media, metafields } = shop.shows(MUG.sku)!
          const done = title === 'Red mug' && price === '9.00' && metafields['room'] === 'Kitchen'
          return done ? media.length : 0
        },
      },
      'price.ensure': {
        prepare: () => ({ ...listed, fields: { price: '9.00' } }),
        count: () => (shop.shows(MUG.sku)!.price === '9.00' ? 1 : 0),
      },
      'listing.withdraw': {
        prepare: () => listed,
        count: () => (shop.shows(MUG.sku)!.status === 'DRAFT' ? 1 : 0),
      },
      'refund.ensure': {
        prepare: () => {
          const externalId = order()
          const { name, lines } = shop.beliefs().orders.find(({ id }) => id === externalId)!
          const usd = (amount: number) => ({ amount, currency: 'USD' })
          const line = { lineId: lines[0]!.id, quantity: 1, amount: usd(100), tax: usd(0) }
          const ask = { externalId, orderName: name, key: 'r-1', amount: usd(100), lines: [line] }
          return { ...ask, taxesIncluded: false, reason: 'unwanted' }
        },
        count: ({ externalId }) =>
          Math.round(Number(shop.beliefs().orders.find(({ id }) => id === externalId)!.refunded)),
      },
      'fulfilment.ensure': {
        prepare: () => {
          const externalId = order()
          const { name, lines } = shop.beliefs().orders.find(({ id }) => id === externalId)!
          const parcel = { shipmentId: 's-1', trackingNumber: '1Z1' }
          return { externalId, orderName: name, parcel, lines: [{ lineId: lines[0]!.id, quantity: 1, cumulative: 1 }] }
        },
        count: ({ externalId }) =>
          shop
            .beliefs()
            .orders.find(({ id }) => id === externalId)!
            .fulfilments.flatMap(({ lines }) => lines).length,
      },
    },
  }
})
