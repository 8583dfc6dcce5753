/** Square passes the contract of every connector, against its simulator. */
import { must } from '#canon/assert.ts'
import { connectorContract } from '../kit/contract.ts'
import { asRequest } from '../kit/testing.ts'
import { createWorld, HOOK_URL, MERCHANT, MUG, PLACE, RECIPIENT, TOKEN } from './testing.ts'

const KINDS = [
  'inventory.put', 'inventory.read', 'fulfilment.ensure', 'refund.ensure', 'listing.ensure', 'price.ensure', 'listing.withdraw',
] as const // prettier-ignore

connectorContract('square', KINDS, async ({ wrap, log }) => {
  const { seller, connection, clock } = createWorld({ log, wrap })
  await must(connection.upkeep['webhooks'], 'the hub can be reached').run()
  const key = must(seller.signatureKey(HOOK_URL), 'it was subscribed')
  const { variationId, itemId } = seller.addItem(MUG)
  const ids = { sku: MUG.sku, productId: itemId, variantId: variationId }
  const place = { sku: MUG.sku, inventoryItemId: variationId, locationId: PLACE }
  seller.count(MUG.sku, 9)
  clock.pass(10_000)
  const [genuine, another] = seller
    .due()
    .filter(({ body }) => body.includes('inventory.count.updated'))
    .map((hook) => asRequest(hook))
  const before = seller.beliefs().counts

  return {
    connection,
    secrets: [TOKEN, key],
    hooks: {
      genuine: genuine!,
      another: another!,
      forged: [
        { ...genuine!, headers: {} },
        { ...genuine!, body: Buffer.from(Buffer.from(genuine!.body).toString().replace(MERCHANT, 'OTHER')) },
      ],
    },
    intents: {
      'inventory.put': { prepare: () => ({ ...place, to: 2 }), count: () => seller.beliefs().counts - before },
      'inventory.read': { prepare: () => place },
      'listing.ensure': {
        prepare: () => ({ ...ids, fields: { title: 'Another mug' } }),
        count: () => (seller.shows(MUG.sku)!.name === 'Another mug' ? 1 : 0),
      },
      'price.ensure': {
        prepare: () => ({ ...ids, fields: { price: '3.00' } }),
        count: () => (seller.shows(MUG.sku)!.price === 300 ? 1 : 0),
      },
      'listing.withdraw': { prepare: () => ids, count: () => (seller.shows(MUG.sku)!.archived ? 1 : 0) },
      'refund.ensure': {
        prepare: () => {
          const externalId = must(
            seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }], recipient: RECIPIENT }),
            'there is enough',
          )
          const usd = (amount: number) => ({ amount, currency: 'USD' })
          const ask = { externalId, orderName: '#1', key: 'r-1', amount: usd(100), lines: [] }
          return { ...ask, taxesIncluded: false, reason: 'unwanted' }
        },
        count: ({ externalId }) => seller.beliefs().orders.find(({ id }) => id === externalId)!.refunded / 100,
      },
      'fulfilment.ensure': {
        prepare: () => {
          const externalId = must(
            seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 3 }], recipient: RECIPIENT }),
            'there is enough',
          )
          const { lines } = seller.beliefs().orders.find(({ id }) => id === externalId)!
          const parcel = { shipmentId: 's-1', trackingNumber: '1Z1' }
          return { externalId, orderName: '#1', parcel, lines: [{ lineId: lines[0]!.uid, quantity: 1, cumulative: 1 }] }
        },
        count: ({ externalId }) => (seller.beliefs().orders.find(({ id }) => id === externalId)!.version ?? 0) - 1,
      },
    },
  }
})
