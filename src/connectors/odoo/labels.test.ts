/** Deliveries whose labels the hub buys: told when they are ready, and their numbers put on them. */
import { describe, expect, test } from 'vitest'
import { must } from '#canon/assert.ts'
import type { OdooConfig } from './config.ts'
import { answer, fault } from '../kit/testing.ts'
import { estate, labelOn, orderOf, saleAsk } from './testing.ts'

const NUMBER = '9400100000000000000001'

async function sold(version: 18 | 19 = 18, config: Partial<OdooConfig> = { labelWarehouses: ['WH'] }, weight = 0) {
  const world = estate({ version }, config)
  world.network.through = async (_, pass) => {
    const response = await pass()
    const { status, headers } = response
    const text = (await response.text()).replaceAll(/"weight": ?0(\.0)?/g, `"weight":${weight}`)
    return new Response(text, { status, headers })
  }
  const { lines } = await answer(world.connection, 'sale.ensure', saleAsk(orderOf('1', [{ sku: 'MUG', quantity: 2 }])))
  const delivery = () => world.sim.beliefs().sales[0]!.deliveries[0]!
  async function told() {
    const feed = must(world.connection.feeds['ready'], 'ready deliveries are read')
    const { readings, cursor } = await feed.read(null)
    expect(cursor).toEqual({ after: 0 })
    const receivedAt = '2026-11-21T10:00:00.000Z'
    return readings.flatMap(({ topic, body }) => world.connection.translate({ topic, body, receivedAt }))
  }
  return { ...world, delivery, told, saleLineId: lines[0]!.saleLineId }
}

describe.for([18, 19] as const)('Odoo %s', (version) => {
  test('a delivery that is ready is told with where it goes, and is not told once it has left', async () => {
    const { told, delivery, sim } = await sold(version)
    const to = { name: 'Grace Hopper', street: '1 Navy Way', city: 'Austin', postcode: '78701', region: 'TX', country: 'US' } // prettier-ignore
    const deliveryId = String(delivery().id)
    expect(await told()).toEqual([
      { stream: 'label/shop/1', command: { type: 'label.ready', deliveryId, warehouse: 'WH', to } },
    ])
    sim.ship('shop:1')
    expect(await told()).toEqual([])
  })

  test('the number, the document and the cost stand at the delivery, once; and are taken off again', async () => {
    const { connection, delivery } = await sold(version)
    const ask = labelOn(delivery().id)
    await answer(connection, 'delivery.label', ask)
    await answer(connection, 'delivery.label', ask)
    expect(delivery()).toMatchObject({ tracking: NUMBER, carrierPrice: 9.16, documents: [ask.documentUrl] })
    const off = { ...ask, shown: false }
    expect(await answer(connection, 'delivery.label', { ...off, trackingNumber: 'another' })).toEqual({
      outcome: 'left',
    })
    expect(delivery().tracking).toBe(NUMBER)
    await answer(connection, 'delivery.label', off)
    expect(delivery()).toMatchObject({ tracking: null, carrierPrice: 0, documents: [] })
  })

  test('one that is cancelled with a number on it is told, until the number is off', async () => {
    const { connection, delivery, told, sim } = await sold(version)
    const ask = labelOn(delivery().id)
    await answer(connection, 'delivery.label', ask)
    sim.cancelInOdoo('shop:1')
    const gone = { type: 'label.gone', deliveryId: String(delivery().id) }
    expect(await told()).toEqual([{ stream: 'label/shop/1', command: gone }])
    await answer(connection, 'delivery.label', { ...ask, shown: false })
    expect(await told()).toEqual([])
  })
})

test('a delivery that left without the number keeps what it has, and that is said', async () => {
  const { connection, delivery, sim } = await sold()
  sim.ship('shop:1', { tracking: 'OTHER' })
  expect(await answer(connection, 'delivery.label', labelOn(delivery().id))).toEqual({ outcome: 'left' })
  expect(delivery()).toMatchObject({ tracking: 'OTHER', documents: [] })
})

test('another address is told as another one, in grams whatever Odoo weighs in', async () => {
  const { connection, told, saleLineId } = await sold(18, { labelWarehouses: ['WH'], weightUnit: 'lb' }, 2.5)
  const [first] = await told()
  expect(first?.command).toMatchObject({ weightG: 1_134 })
  expect(saleLineId).not.toBe('')
  const order = orderOf('1', [{ sku: 'MUG', quantity: 2 }])
  const shippingAddress = { ...order.shippingAddress!, street: '9 Office Park' }
  await answer(connection, 'sale.change', { ...saleAsk({ ...order, shippingAddress }), removed: [] })
  expect((await told())[0]?.command).toMatchObject({ to: { street: '9 Office Park' } })
})

test('nothing is read where no labels are bought, and a delivery that is gone is a fault', async () => {
  const { connection } = await sold(18, {})
  expect(Object.keys(connection.feeds)).not.toContain('ready')
  expect((await fault(connection, 'delivery.label', labelOn(4_711))).code).toBe('odoo.missing')
})
