/** How parcels are packed: told before or after them, the newest counts, and a difference is a case. */
import { expect, test } from 'vitest'
import { given } from '../testing/given.ts'
import { policyWith } from '../testing/sample.ts'
import { warehouseOrder, type WarehouseOrderCommand, type WarehouseOrderEvent } from './warehouse-order.ts'

const AT = '2026-11-20T09:00:00.000Z'
const unitPrice = { amount: 1_000, currency: 'USD' }
const line = { lineId: 'L1', saleLineId: 's-1', sku: 'MUG', title: 'Mug', quantity: 2, unitPrice }
const asked: WarehouseOrderEvent = {
  type: 'warehouseOrder.asked',
  fulfiller: 'edi',
  instruction: {
    reference: 'shop:1001:W3', orderRef: 'shop:1001', orderName: '#1001', pool: 'W3', placedAt: AT, customer: null,
    shippingAddress: { name: 'Ada', street: '1 Dock Road', city: 'Austin', postcode: '78701', country: 'US' },
    shippingMethod: null, lines: [line],
  },
  acknowledgeBy: '2099-11-20T11:00:00.000Z',
  shipBy: '2099-11-23T09:00:00.000Z',
} // prettier-ignore
const parcel = (quantity = 2): WarehouseOrderCommand => ({
  type: 'warehouseOrder.noteParcel',
  shipmentId: 'P1',
  shippedAt: AT,
  lines: [{ sku: 'MUG', quantity }],
})
const packing = (quantity: number, lot = 'A'): WarehouseOrderCommand => ({
  type: 'warehouseOrder.notePacking',
  shipmentId: 'P1',
  cartons: [{ sscc: '340123450000000017', lines: [{ sku: 'MUG', quantity, lot }] }],
})
const after = (...commands: WarehouseOrderCommand[]) =>
  given(warehouseOrder, asked)
    .under(policyWith())
    .on('warehouse-order/shop/1001/W3')
    .when(...commands)
const detail = 'Parcel P1: 1 of MUG are packed, and 2 left.'
const raised = { command: { type: 'order.noteException', code: 'packing_differs', detail } }

test('it is kept with its parcel, whichever is told first, and changes nothing of what left', () => {
  for (const commands of [
    [parcel(), packing(2)],
    [packing(2), parcel()],
  ]) {
    const { state } = after(...commands)
    expect(state.packed).toMatchObject([{ shipmentId: 'P1', cartons: [{ lines: [{ lot: 'A' }] }] }])
    expect(state.lines).toMatchObject([{ shipped: 2 }])
  }
})

test('the same again is nothing, and the newest counts', () => {
  expect(after(packing(2), packing(2)).state.version).toBe(after(packing(2)).state.version)
  expect(after(packing(2), packing(2, 'B')).state.packed).toMatchObject([{ cartons: [{ lines: [{ lot: 'B' }] }] }])
})

test('other pieces than left are a case at the order, whichever is told first', () => {
  const booking = { type: 'delivery.ensure' as const }
  after(parcel(), packing(1)).owes(booking, raised)
  after(packing(1), parcel()).owes(booking, raised)
})
