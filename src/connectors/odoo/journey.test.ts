/** One order from sale to invoice, over both protocols and both versions, and every intent asked twice. */
import { describe, expect, test } from 'vitest'
import type { NoteShipment } from '#core/commands.ts'
import { answer, fault } from '../kit/testing.ts'
import { estate, invoiceAsk, orderOf, saleAsk, sendAll, usd } from './testing.ts'

const WAYS = [
  { version: 18, protocol: 'auto' },
  { version: 19, protocol: 'auto' },
  { version: 19, protocol: 'json-rpc' },
  { version: 19, protocol: 'json-2' },
] as const

describe.for(WAYS)('Odoo $version by $protocol', ({ version, protocol }) => {
  test('a sale, a partial delivery, its backorder, the invoice', async () => {
    const { sim, connection, clock } = estate({ version }, { protocol })
    const order = orderOf('1042', [
      { sku: 'MUG', quantity: 3, discount: 333 },
      { sku: 'BOWL', quantity: 2, price: 500 },
    ])
    const sale = await answer(connection, 'sale.ensure', saleAsk(order))
    expect(sale.lines.map(({ lineId }) => lineId)).toEqual(['1042-1', '1042-2'])
    const [believed] = sim.beliefs().sales
    expect(believed).toMatchObject({ state: 'sale', locked: true, ref: 'crossdock:shop:1042', orderName: '#1042' })
    expect(sale.total).toEqual(order.total)

    sim.ship('shop:1042', { lines: { MUG: 2, BOWL: 2 }, tracking: '1Z0001', carrier: 'UPS' })
    const first = await connection.feeds['deliveries']!.read(null)
    const shipped = first.readings.flatMap(({ topic, body }) => connection.translate({ topic, body, receivedAt: '' }))
    const line = (index: number) => sale.lines[index]!.saleLineId
    expect(shipped).toEqual([]) // the newest second is left for the next run
    clock.nowMs += 5_000
    const second = await connection.feeds['deliveries']!.read(first.cursor)
    const [message] = second.readings.flatMap(({ topic, body }) =>
      connection.translate({ topic, body, receivedAt: '' }),
    )
    expect(message).toMatchObject({
      stream: 'fulfilment/shop/1042',
      command: {
        trackingNumber: '1Z0001',
        carrier: 'UPS',
        lines: [
          { saleLineId: line(0), quantity: 2 },
          { saleLineId: line(1), quantity: 2 },
        ],
      },
    })

    sim.ship('shop:1042')
    clock.nowMs += 5_000
    const third = await connection.feeds['deliveries']!.read(second.cursor)
    const rest = third.readings.map(
      ({ topic, body }) => connection.translate({ topic, body, receivedAt: '' })[0]!.command as NoteShipment,
    )
    expect(rest.map(({ lines }) => lines)).toContainEqual([{ saleLineId: line(0), quantity: 1 }])

    const invoice = await answer(connection, 'invoice.ensure', invoiceAsk(order, sale.saleId))
    expect(invoice).toEqual({ invoiceId: '1', number: 'INV/2026/00001', total: order.total })
  })

  test('every intent asked twice is done once', async () => {
    const { sim, connection } = estate({ version }, { protocol })
    const order = orderOf('7', [{ sku: 'MUG' }])
    const twice = async <T>(ask: () => Promise<T>) => {
      const first = await ask()
      expect(await ask()).toEqual(first)
      return first
    }
    const sale = await twice(() => answer(connection, 'sale.ensure', saleAsk(order)))
    await twice(() => answer(connection, 'invoice.ensure', invoiceAsk(order, sale.saleId)))
    const customer = { key: 'shop-5', name: 'Ada', email: 'ada@example.com', externalRef: 'shop:5' }
    await twice(() => answer(connection, 'customer.ensure', customer))
    await twice(() => answer(connection, 'stock.read', { sku: 'MUG', warehouse: 'WH' }))
    const other = orderOf('8', [{ sku: 'MUG' }])
    await twice(() => answer(connection, 'sale.ensure', saleAsk(other)))
    expect(await twice(() => answer(connection, 'sale.cancel', { orderRef: 'shop:8', reason: 'x' }))).toEqual({
      outcome: 'cancelled',
    })
    const { sales, duplicates, calls } = sim.beliefs()
    expect(duplicates).toEqual([])
    expect(sales.map(({ state, invoices }) => [state, invoices.length])).toEqual([
      ['sale', 1],
      ['cancel', 0],
    ])
    expect(calls['sale.advance.payment.inv.create_invoices']).toBe(1)
  })
})

describe('sale.ensure', () => {
  test('a batch is one load and one confirmation, and a bad order does not hold up the good ones', async () => {
    const { sim, connection } = estate()
    const good = ['1', '2', '3'].map((id) => saleAsk(orderOf(id, [{ sku: 'MUG' }])))
    const outcomes = await sendAll(connection, 'sale.ensure', [
      ...good,
      saleAsk(orderOf('4', [{ sku: 'NOPE' }])),
      saleAsk(orderOf('5', [{ sku: 'MUG', rate: '0.07' }])),
      saleAsk(orderOf('6', [{ sku: null }])),
      saleAsk(orderOf('7', [{ sku: 'MUG' }]), 'MOON'),
    ])
    const codes = outcomes.map((outcome) => ('fault' in outcome ? outcome.fault.code : 'answer'))
    expect(codes).toEqual([
      'answer',
      'answer',
      'answer',
      'odoo.sku_unknown',
      'odoo.tax_unknown',
      'odoo.sku_unknown',
      'odoo.warehouse_unknown',
    ])
    const { calls } = sim.beliefs()
    expect([calls['sale.order.load'], calls['sale.order.action_confirm'], calls['sale.order.action_lock']]).toEqual([
      1, 1, 1,
    ])
  })

  test('when Odoo refuses the batch, each order is tried alone', async () => {
    const { sim, connection } = estate()
    const broken = orderOf('2', [{ sku: 'MUG' }])
    const asks = [
      saleAsk(orderOf('1', [{ sku: 'MUG' }])),
      saleAsk({ ...broken, placedAt: 'not a time' }),
      saleAsk(orderOf('3', [{ sku: 'MUG' }])),
    ]
    const outcomes = await sendAll(connection, 'sale.ensure', asks)
    expect(outcomes.map((outcome) => 'answer' in outcome)).toEqual([true, false, true])
    expect(sim.beliefs().sales.map(({ ref }) => ref)).toEqual(['crossdock:shop:1', 'crossdock:shop:3'])
  })

  test('the same order twice in one batch is one sale', async () => {
    const { sim, connection } = estate()
    const ask = saleAsk(orderOf('1', [{ sku: 'MUG' }]))
    const [one, two] = await sendAll(connection, 'sale.ensure', [ask, ask])
    expect(one).toEqual(two)
    expect(sim.beliefs().sales).toHaveLength(1)
  })

  test('keeps the order’s own date, address and customer; a changed address is a new contact', async () => {
    const { sim, connection } = estate()
    const order = orderOf('1', [{ sku: 'MUG' }])
    await answer(connection, 'sale.ensure', saleAsk(order))
    const before = sim.beliefs().partners
    await answer(connection, 'sale.ensure', saleAsk(orderOf('2', [{ sku: 'MUG' }])))
    expect(sim.beliefs().partners).toBe(before)
    const moved = { ...order.shippingAddress!, street: '2 Dock Road' }
    await answer(connection, 'sale.ensure', saleAsk(orderOf('3', [{ sku: 'MUG' }], { shippingAddress: moved })))
    expect(sim.beliefs().partners).toBe(before + 1)
  })

  test('a sale cancelled in Odoo is refused, not raised from the dead', async () => {
    const { sim, connection } = estate()
    const ask = saleAsk(orderOf('1', [{ sku: 'MUG' }]))
    await answer(connection, 'sale.ensure', ask)
    sim.cancelInOdoo('shop:1')
    expect(await fault(connection, 'sale.ensure', ask)).toMatchObject({ kind: 'rejected', code: 'odoo.sale_cancelled' })
    expect(sim.beliefs().sales).toMatchObject([{ state: 'cancel' }])
  })

  test('a customer keeps the name when a later order says none; a nameless guest has one of sorts', async () => {
    const { sim, connection } = estate()
    await answer(connection, 'sale.ensure', saleAsk(orderOf('1', [{ sku: 'MUG' }])))
    const nameless = { key: 'shop-77', email: 'grace@example.com' }
    await answer(connection, 'sale.ensure', saleAsk(orderOf('2', [{ sku: 'MUG' }], { customer: nameless })))
    const bare = { customer: null, shippingAddress: null }
    await answer(connection, 'sale.ensure', saleAsk(orderOf('3', [{ sku: 'MUG' }], bare)))
    expect(sim.beliefs().sales.map(({ customer }) => customer)).toEqual(['Grace Hopper', 'Grace Hopper', 'Guest'])
  })

  test('two products with one reference are ambiguous', async () => {
    const { sim, connection } = estate()
    sim.addProduct({ sku: 'MUG' })
    const refused = await fault(connection, 'sale.ensure', saleAsk(orderOf('1', [{ sku: 'MUG' }])))
    expect(refused.code).toBe('odoo.sku_ambiguous')
  })

  test('a product or tax made after it was missed is found', async () => {
    const { sim, connection } = estate()
    const ask = saleAsk(orderOf('1', [{ sku: 'NEW', rate: '0.07' }]))
    expect((await fault(connection, 'sale.ensure', ask)).code).toBe('odoo.tax_unknown')
    sim.addTax({ name: 'seven', amount: 7 })
    expect((await fault(connection, 'sale.ensure', ask)).code).toBe('odoo.sku_unknown')
    sim.addProduct({ sku: 'NEW' })
    await answer(connection, 'sale.ensure', ask)
  })

  test('a price list with a discount changes nothing', async () => {
    const { connection } = estate({ pricelists: [{ name: 'Euro', currency: 'EUR', discount: 10 }] })
    const order = orderOf('1', [{ sku: 'MUG' }], { currency: 'EUR' })
    const sale = await answer(connection, 'sale.ensure', saleAsk(order))
    expect(sale.total).toEqual({ amount: order.total.amount, currency: 'EUR' })
  })

  test('a currency without a price list is refused', async () => {
    const { connection } = estate()
    const order = orderOf('1', [{ sku: 'MUG' }], { currency: 'CHF' })
    expect((await fault(connection, 'sale.ensure', saleAsk(order))).code).toBe('odoo.currency_unknown')
  })
})

describe('sale.cancel', () => {
  const ask = { orderRef: 'shop:1', reason: 'customer' }

  test('absent', async () => {
    const { connection } = estate()
    expect(await answer(connection, 'sale.cancel', ask)).toEqual({ outcome: 'absent' })
  })

  test('nothing left: all is cancelled and the stock is free again', async () => {
    const { sim, connection } = estate()
    await answer(connection, 'sale.ensure', saleAsk(orderOf('1', [{ sku: 'MUG', quantity: 4 }])))
    expect(await answer(connection, 'stock.read', { sku: 'MUG', warehouse: 'WH' })).toEqual({ free: 96, onHand: 100 })
    expect(await answer(connection, 'sale.cancel', ask)).toEqual({ outcome: 'cancelled' })
    expect(sim.beliefs().sales).toMatchObject([{ state: 'cancel', deliveries: [{ state: 'cancel' }] }])
    expect(await answer(connection, 'stock.read', { sku: 'MUG', warehouse: 'WH' })).toEqual({ free: 100, onHand: 100 })
  })

  test('a part left: the rest is cancelled, and asked again the answer is the same', async () => {
    const { sim, connection } = estate()
    await answer(connection, 'sale.ensure', saleAsk(orderOf('1', [{ sku: 'MUG', quantity: 4 }])))
    sim.ship('shop:1', { lines: { MUG: 1 } })
    expect(await answer(connection, 'sale.cancel', ask)).toEqual({ outcome: 'partly_shipped' })
    expect(await answer(connection, 'sale.cancel', ask)).toEqual({ outcome: 'partly_shipped' })
    expect(sim.beliefs().sales).toMatchObject([{ state: 'sale', deliveries: [{ state: 'done' }, { state: 'cancel' }] }])
  })

  test('a part left and the warehouse dropped the rest: partly shipped', async () => {
    const { sim, connection } = estate()
    await answer(connection, 'sale.ensure', saleAsk(orderOf('1', [{ sku: 'MUG', quantity: 4 }])))
    sim.ship('shop:1', { lines: { MUG: 1 }, final: true })
    expect(await answer(connection, 'sale.cancel', ask)).toEqual({ outcome: 'partly_shipped' })
    expect(await answer(connection, 'stock.read', { sku: 'MUG', warehouse: 'WH' })).toEqual({ free: 99, onHand: 99 })
  })

  test('all left: nothing is cancelled', async () => {
    const { sim, connection } = estate()
    await answer(connection, 'sale.ensure', saleAsk(orderOf('1', [{ sku: 'MUG', quantity: 4 }])))
    sim.ship('shop:1')
    expect(await answer(connection, 'sale.cancel', ask)).toEqual({ outcome: 'shipped' })
    expect(sim.beliefs().sales).toMatchObject([{ state: 'sale', deliveries: [{ state: 'done' }] }])
  })
})

describe('stock.read', () => {
  test('an order confirmed without stock counts as promised', async () => {
    const { connection } = estate()
    await answer(connection, 'sale.ensure', saleAsk(orderOf('1', [{ sku: 'BOWL', quantity: 5 }])))
    expect(await answer(connection, 'stock.read', { sku: 'BOWL', warehouse: 'WH' })).toEqual({ free: -2, onHand: 3 })
  })

  test('one call per warehouse, own faults for what is unknown', async () => {
    const { sim, connection } = estate({ warehouses: ['WH', 'ST1'] }, { warehouses: { berlin: 'ST1' } })
    const asks = [
      ['MUG', 'WH'],
      ['BOWL', 'WH'],
      ['MUG', 'berlin'],
      ['NOPE', 'WH'],
      ['MUG', 'MOON'],
    ] as const
    const outcomes = await sendAll(
      connection,
      'stock.read',
      asks.map(([sku, warehouse]) => ({ sku, warehouse })),
    )
    expect(outcomes.map((outcome) => ('fault' in outcome ? outcome.fault.code : outcome.answer.free))).toEqual([
      100, 3, 0, 'odoo.sku_unknown', 'odoo.warehouse_unknown',
    ]) // prettier-ignore
    expect(sim.beliefs().calls['product.product.search_read']).toBe(2)
  })
})

describe('invoice.ensure', () => {
  test('a real difference leaves the draft and says both sums', async () => {
    const { sim, connection } = estate()
    const order = orderOf('1', [{ sku: 'MUG' }])
    const { saleId } = await answer(connection, 'sale.ensure', saleAsk(order))
    const ask = { ...invoiceAsk(order, saleId), total: usd(order.total.amount + 100) }
    const refused = await fault(connection, 'invoice.ensure', ask)
    expect(refused).toMatchObject({ kind: 'rejected', code: 'odoo.invoice_differs' })
    expect(refused.message).toContain('13.53')
    expect(sim.beliefs().sales[0]!.invoices).toMatchObject([{ state: 'draft' }])
    await answer(connection, 'invoice.ensure', invoiceAsk(order, saleId))
    expect(sim.beliefs().sales[0]!.invoices).toMatchObject([{ state: 'posted' }])
    expect((await fault(connection, 'invoice.ensure', ask)).code).toBe('odoo.invoice_differs')
  })

  test('nothing delivered under that policy: nothing to invoice', async () => {
    const { sim, connection } = estate()
    sim.addProduct({ sku: 'LATE', invoicing: 'delivery', available: { WH: 5 } })
    const order = orderOf('1', [{ sku: 'LATE' }])
    const { saleId } = await answer(connection, 'sale.ensure', saleAsk(order))
    expect((await fault(connection, 'invoice.ensure', invoiceAsk(order, saleId))).code).toBe('odoo.nothing_to_invoice')
    sim.ship('shop:1')
    await answer(connection, 'invoice.ensure', invoiceAsk(order, saleId))
  })

  test('a locked period is noticed', async () => {
    const { sim, connection, log } = estate()
    sim.lockBooks('2026-11-20')
    const order = orderOf('1', [{ sku: 'MUG' }])
    const { saleId } = await answer(connection, 'sale.ensure', saleAsk(order))
    await answer(connection, 'invoice.ensure', invoiceAsk(order, saleId))
    expect(log.join()).toContain('"booked":"2026-11-21"')
  })
})
