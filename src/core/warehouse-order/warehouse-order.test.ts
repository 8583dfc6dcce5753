/** Parts of orders in warehouses of others: the plain way, and each way it goes wrong. */
import { describe, expect, test } from 'vitest'
import { given } from '../testing/given.ts'
import { policyWith } from '../testing/sample.ts'
import type { Instruction } from './state.ts'
import { warehouseOrder, type WarehouseOrderCommand, type WarehouseOrderEvent } from './warehouse-order.ts'

const STREAM = 'warehouse-order/shop/1001/W3'
const AT = '2026-11-20T09:00:00.000Z'
const usd = { amount: 1_000, currency: 'USD' }
const line = (lineId: string, sku: string, quantity: number) => ({
  lineId,
  saleLineId: `s-${lineId}`,
  sku,
  title: sku,
  quantity,
  unitPrice: usd,
})
const instruction: Instruction = {
  reference: 'shop:1001:W3',
  orderRef: 'shop:1001',
  orderName: '#1001',
  pool: 'W3',
  placedAt: AT,
  customer: null,
  shippingAddress: { name: 'Ada', street: '1 Dock Road', city: 'Austin', postcode: '78701', country: 'US' },
  shippingMethod: 'standard',
  lines: [line('L1', 'MUG', 2), line('L2', 'BOWL', 1)],
}
const asked: WarehouseOrderEvent = {
  type: 'warehouseOrder.asked',
  fulfiller: 'bob',
  instruction,
  acknowledgeBy: '2026-11-20T11:00:00.000Z',
  shipBy: '2026-11-23T09:00:00.000Z',
}
const accepted: WarehouseOrderEvent = { type: 'warehouseOrder.accepted', at: AT }
const policy = {
  ...policyWith(),
  warehouses: { W3: { fulfilledBy: 'bob', owner: 'night shift', substitutes: { BOWL: ['BOWL-2'] } } },
}
const begun = (...events: WarehouseOrderEvent[]) =>
  given(warehouseOrder, asked, ...events)
    .under(policy)
    .on(STREAM)
const parcel = (shipmentId: string, ...lines: { sku: string; quantity: number; insteadOf?: string }[]) =>
  ({ type: 'warehouseOrder.noteParcel', shipmentId, shippedAt: AT, trackingNumber: 'T1', lines }) as const
const news = (what: 'accepted' | 'refused' | 'on_hold' | 'cancelled', at = AT) =>
  ({ type: 'warehouseOrder.noteNews', news: what, at, reason: 'it says so' }) as const
const booked = (key: string): WarehouseOrderCommand => ({
  type: 'done',
  intent: 'delivery.ensure',
  version: 1,
  answer: { deliveries: [{ id: `d-${key}`, name: 'W3/OUT/1' }] },
  ask: { orderRef: 'shop:1001', warehouse: 'W3', key, shippedAt: AT, lines: [] },
})

test('is asked once, with its clocks', () => {
  const open = { type: 'warehouseOrder.open', fulfiller: 'bob', instruction } as const
  given(warehouseOrder)
    .under(policy)
    .on(STREAM)
    .when(open, open)
    .owes(
      { type: 'warehouseOrder.ensure', to: 'bob' },
      { alarm: { name: 'warehouse-acknowledge' } },
      { alarm: { name: 'warehouse-ship' } },
    )
})

describe('parcels', () => {
  test('are booked in the ERP first, and the channel hears of what the ERP has', () => {
    begun(accepted)
      .when(parcel('p1', { sku: 'MUG', quantity: 1 }), booked('p1'))
      .owes(
        {
          type: 'delivery.ensure',
          to: 'erp',
          ask: { key: 'p1', warehouse: 'W3', trackingNumber: 'T1', lines: [{ saleLineId: 's-L1', quantity: 1 }] },
        },
        {
          stream: 'fulfilment/shop/1001',
          command: { type: 'fulfilment.noteShipment', shipmentId: 'd-p1', trackingNumber: 'T1' },
        },
      )
  })

  test('heard twice, or before the warehouse said that it has the order, count once', () => {
    const { state } = begun().when(parcel('p1', { sku: 'MUG', quantity: 2 }), parcel('p1', { sku: 'MUG', quantity: 2 }))
    expect(state).toMatchObject({ step: 'accepted', lines: [{ shipped: 2 }, { shipped: 0 }] })
    expect(state.parcels).toHaveLength(1)
  })

  test('close it once all of it left and is booked', () => {
    const { state } = begun(accepted).when(
      parcel('p1', { sku: 'MUG', quantity: 2 }),
      parcel('p2', { sku: 'BOWL', quantity: 1 }),
      booked('p2'),
      booked('p1'),
    )
    expect(state).toMatchObject({ step: 'closed', instruction: null })
  })

  test.each([
    ['of more than was ordered', [{ sku: 'MUG', quantity: 3 }], 'too_many'],
    ['of what nobody ordered', [{ sku: 'CUP', quantity: 1 }], 'sku_unknown'],
    ['with a substitute no rule allows', [{ sku: 'MUG-2', quantity: 1, insteadOf: 'MUG' }], 'substituted'],
    ['with nothing in it', [], 'empty'],
  ])('%s are refused whole, with a case', (_, lines, why) => {
    begun(accepted)
      .when(parcel('p1', { sku: 'BOWL', quantity: lines.length > 0 ? 1 : 0 }, ...lines))
      .then({ type: 'warehouseOrder.parcelRefused', shipmentId: 'p1', why: why as 'empty' })
      .owes({ stream: 'order/shop/1001', command: { type: 'order.noteException', code: 'parcel_refused' } })
  })

  test('more than is left counts parcels before', () => {
    const { state } = begun().when(parcel('p1', { sku: 'MUG', quantity: 2 }), parcel('p2', { sku: 'MUG', quantity: 1 }))
    expect(state.heard).toEqual(['p2'])
  })

  test('with a substitute the rules allow go on, and the count is to be corrected', () => {
    begun(accepted)
      .when(parcel('p1', { sku: 'BOWL-2', quantity: 1, insteadOf: 'BOWL' }))
      .owes(
        { type: 'delivery.ensure', ask: { lines: [{ saleLineId: 's-L2', quantity: 1 }] } },
        { command: { type: 'order.noteException', code: 'substituted' } },
      )
  })

  test('the ERP does not book are a case, and a retry asks again', () => {
    const failed = {
      type: 'failed',
      intent: 'delivery.ensure',
      version: 3,
      fault: { kind: 'rejected', code: 'x', message: 'No.' },
    } as const
    begun(accepted)
      .when(parcel('p1', { sku: 'MUG', quantity: 2 }), failed, { type: 'warehouseOrder.retry' })
      .owes(
        { type: 'delivery.ensure' },
        { command: { type: 'order.noteException', code: 'delivery_failed' } },
        { type: 'delivery.ensure', ask: { key: 'p1' } },
        { command: { type: 'order.clearExceptions', codes: ['delivery_failed'] } },
      )
  })
})

describe('clocks', () => {
  const look = { type: 'warehouseOrder.lookAtClock' } as const
  // The test decides an hour after the day's first second.
  test('what nobody confirmed in time is a case with its owner, once, and over when it is confirmed', () => {
    const { state } = given(warehouseOrder, { ...asked, acknowledgeBy: '2000-01-01T00:00:00.000Z' })
      .under(policy)
      .on(STREAM)
      .when(look, look, news('accepted'))
      .owes(
        {
          command: {
            type: 'order.noteException',
            code: 'warehouse_silent',
            detail: 'Warehouse W3 has not said that it has the order. night shift asks there.',
          },
        },
        { alarm: { name: 'warehouse-acknowledge', at: null } },
        { command: { type: 'order.clearExceptions', codes: ['warehouse_silent'] } },
      )
    expect(state.late).toEqual(['acknowledge'])
  })

  test('nothing rings while there is time', () => {
    given(warehouseOrder, { ...asked, acknowledgeBy: '2999-01-01T00:00:00.000Z', shipBy: '2999-01-01T00:00:00.000Z' })
      .under(policy)
      .on(STREAM)
      .when(look)
      .thenNothing()
  })
})

describe('cancelling', () => {
  const wish = { type: 'warehouseOrder.cancel', reason: 'customer' } as const
  const answer = (outcome: 'cancelled' | 'refused' | 'asked'): WarehouseOrderCommand => ({
    type: 'done',
    intent: 'warehouseOrder.cancel',
    version: 1,
    answer: { outcome, reason: 'picked' },
    ask: { reference: 'shop:1001:W3', fulfillerOrderId: null, orderName: '#1001', reason: '' },
  })

  test('asks the warehouse, and only its yes lets the order cancel the sale', () => {
    begun(accepted)
      .when(wish, answer('cancelled'))
      .owes(
        { type: 'warehouseOrder.cancel', to: 'bob' },
        { alarm: { at: null } },
        { alarm: { at: null } },
        { command: { type: 'order.noteWarehouse', pool: 'W3', outcome: 'cancelled' } },
      )
  })

  test('too late: the order hears that it leaves all the same', () => {
    begun(accepted)
      .when(wish, answer('refused'))
      .owes({ type: 'warehouseOrder.cancel' }, { command: { type: 'order.noteWarehouse', outcome: 'kept' } })
  })

  test('what the warehouse answers later counts when it comes', () => {
    const { state } = begun(accepted).when(wish, answer('asked'), news('cancelled'))
    expect(state).toMatchObject({ step: 'cancelled' })
  })

  test('of its own accord, the warehouse leaves a case', () => {
    begun(accepted)
      .when(news('cancelled'))
      .owes(
        { alarm: { at: null } },
        { alarm: { at: null } },
        { command: { type: 'order.noteException', code: 'warehouse_cancelled' } },
      )
  })

  test('a parcel after that is refused', () => {
    begun(accepted, { type: 'warehouseOrder.cancelled', wanted: true, at: AT })
      .when(parcel('p1', { sku: 'MUG', quantity: 1 }))
      .then({ type: 'warehouseOrder.parcelRefused', why: 'cancelled' })
  })
})

test('older news of its state says nothing', () => {
  begun({ type: 'warehouseOrder.held', at: AT, reason: 'address' })
    .when(news('accepted', '2026-11-20T08:59:59.000Z'))
    .thenNothing()
})

test('pieces not found are a case, told once', () => {
  const short = {
    type: 'warehouseOrder.noteShort',
    key: 'k1',
    lines: [{ sku: 'MUG', quantity: 1 }],
    follows: false,
  } as const
  begun(accepted)
    .when(short, short)
    .owes({ command: { type: 'order.noteException', code: 'short_picked' } })
})

test('goods that came back are told to the order by its lines, once', () => {
  const back = {
    type: 'warehouseOrder.noteReturn',
    returnId: 'r1',
    lines: [
      { sku: 'MUG', quantity: 1, disposition: 'damaged' },
      { sku: 'CUP', quantity: 1, disposition: 'sellable' },
    ],
  } as const
  begun(accepted)
    .when(back, back)
    .owes(
      {
        stream: 'order/shop/1001',
        command: {
          type: 'order.askBack',
          request: {
            type: 'return.receive',
            receiptId: 'r1',
            pool: 'W3',
            lines: [{ lineId: 'L1', quantity: 1, disposition: 'damaged' }],
          },
        },
      },
      { command: { type: 'order.noteException', code: 'return_refused' } },
    )
})

test('news of what nobody handed over is refused', () => {
  given(warehouseOrder).under(policy).on(STREAM).when(news('accepted')).refused('warehouse_order_unknown')
})
