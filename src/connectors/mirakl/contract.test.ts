/** A marketplace passes the contract of every connector, against its simulator. */
import { must } from '#canon/assert.ts'
import { connectorContract } from '../kit/contract.ts'
import { createWorld, KEY, MINUTE, MUG, readyOrder } from './testing.ts'

connectorContract(
  'mirakl',
  [
    'order.accept',
    'inventory.put',
    'inventory.read',
    'fulfilment.ensure',
    'refund.ensure',
    'listing.ensure',
    'price.ensure',
    'listing.withdraw',
  ],
  ({ wrap, log }) => {
    // The suite sends a second time at once; that a minute has to pass in between is another test's business.
    const world = createWorld({
      wrap: (fetch) => (request) => (world.clock.pass(2 * MINUTE), wrap(fetch)(request)),
      log,
    })
    const { market, connection } = world
    const { inventoryItemId, offerId } = market.addProduct(MUG)
    const ids = { sku: MUG.sku, productId: `P-${MUG.sku}`, variantId: offerId }
    const place = { sku: MUG.sku, inventoryItemId, locationId: 'main' }
    const find = (externalId: string) => market.beliefs().orders.find(({ id }) => id === externalId)!
    // Time stands still for our budget unless a request passes.
    const patient = { ...connection }
    for (const outbound of Object.values(patient.outbound)) {
      const { send } = outbound
      outbound.send = (intents: never) => (world.clock.pass(2 * MINUTE), send(intents)) as never
    }

    return {
      connection: patient,
      secrets: [KEY],
      intents: {
        'order.accept': {
          prepare() {
            const externalId = must(market.placeOrder({ lines: [{ sku: MUG.sku, quantity: 2 }] }), 'there is enough')
            const lines = find(externalId).lines.map(({ id }) => ({ lineId: id, accepted: true }))
            return { externalId, orderName: externalId, lines }
          },
          count: ({ externalId }) => (find(externalId).decidedAt === null ? 0 : 1),
        },
        'inventory.put': {
          prepare: () => ({ ...place, to: 3 }),
          count: () => (world.clock.pass(MINUTE), market.beliefs().available[MUG.sku] === 3 ? 1 : 0),
        },
        'inventory.read': { prepare: () => place },
        'listing.ensure': { prepare: () => ({ ...ids, fields: { title: 'Another' } }) },
        'price.ensure': {
          prepare: () => ({ ...ids, fields: { price: '3.00' } }),
          count: () => (world.clock.pass(MINUTE), market.shows(MUG.sku)!.price === '3.00' ? 1 : 0),
        },
        'listing.withdraw': { prepare: () => ids },
        'refund.ensure': {
          prepare() {
            const externalId = readyOrder(world, { sku: MUG.sku, quantity: 2 })
            const eur = (amount: number) => ({ amount, currency: 'EUR' })
            const lines = [{ lineId: `${externalId}-1`, quantity: 1, amount: eur(1_250), tax: eur(208) }]
            const ask = { externalId, orderName: externalId, key: 'r-1', amount: eur(1_250), lines }
            return { ...ask, taxesIncluded: true, reason: 'unwanted' }
          },
          count: ({ externalId }) => find(externalId).refunds.length,
        },
        'fulfilment.ensure': {
          prepare() {
            const externalId = readyOrder(world, { sku: MUG.sku, quantity: 2 })
            const parcel = { shipmentId: 's-1', trackingNumber: '1Z1', carrier: 'DHL Express' }
            const lines = [{ lineId: find(externalId).lines[0]!.id, quantity: 2, cumulative: 2 }]
            return { externalId, orderName: externalId, parcel, lines }
          },
          count: ({ externalId }) => (find(externalId).state === 'SHIPPED' ? 1 : 0),
        },
      },
    }
  },
)
