/** Every reading becomes the command it means, and nothing else is accepted. */
import { describe, expect, test } from 'vitest'
import delivery from './fixtures/delivery.json' with { type: 'json' }
import product from './fixtures/product.json' with { type: 'json' }
import stock from './fixtures/stock.json' with { type: 'json' }
import { translate } from './inbound.ts'

const receivedAt = '2026-11-20T15:02:30.000Z'

describe('readings', () => {
  test('a delivery', () => {
    const { orderRef: _, id: _id, ...rest } = delivery.body
    const command = { type: 'fulfilment.noteShipment', shipmentId: '41', ...rest }
    expect(translate({ ...delivery, receivedAt })).toEqual([{ stream: 'fulfilment/shop-main/6001', command }])
  })

  test('a product', () => {
    const { id: _, ...rest } = product.body
    const command = { type: 'product.observe', product: { ...rest, erpId: '7' } }
    expect(translate({ ...product, receivedAt })).toEqual([{ stream: 'product/MUG-BLU', command }])
  })

  test('stock', () => {
    expect(translate({ ...stock, receivedAt })).toEqual([
      { stream: 'stock/WH/MUG-BLU', command: { type: 'stock.nudge', free: 97 } },
    ])
  })

  test.for([
    ['odoo/stock', { pool: 'WH', sku: 'X', free: 1.5 }],
    ['odoo/delivery', { id: 1, orderRef: 'a:1', shippedAt: 'yesterday', lines: [] }],
    ['odoo/product', {}],
    ['odoo/unheard-of', {}],
  ] as const)('%s with a wrong body is malformed', ([topic, body]) => {
    expect(() => translate({ topic, body, receivedAt })).toThrow(expect.objectContaining({ kind: 'malformed' }))
  })
})
