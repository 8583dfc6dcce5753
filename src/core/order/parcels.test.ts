/** An order and its parcels: the latest word of each counts, and what is open stands among its exceptions. */
import { expect, it } from 'vitest'
import { evolveParcel, noteParcel, type OrderParcel } from './parcels.ts'
import { initial, type OrderState } from './state.ts'

const AT = '2026-11-20T10:00:00.000Z'
const late = { kind: 'delayed', owner: 'desk', detail: 'It is late.' } as const
const parcel = (version: number, change: Partial<OrderParcel> = {}): OrderParcel => ({
  connection: 'post', trackingNumber: 'T1', shipmentId: '7', version, status: 'in_transit', at: AT, promisedBy: AT,
  expectedBy: null, case: null, ...change,
}) // prettier-ignore
const after = (...told: OrderParcel[]): OrderState =>
  told.reduce(
    (state, one) => noteParcel(state, { type: 'order.noteParcel', parcel: one }).reduce(evolveParcel, state),
    initial,
  )
const codes = ({ exceptions }: OrderState) => exceptions.map(({ code }) => code)

it('an older word that comes later changes nothing', () => {
  const { parcels } = after(parcel(5, { status: 'delivered' }), parcel(3, { case: late }), parcel(5))
  expect(parcels).toEqual([parcel(5, { status: 'delivered' })])
})

it('what is open with a parcel is an exception of the order until it is settled, beside others', () => {
  const damaged = { kind: 'damaged', owner: 'desk', detail: 'It is broken.' } as const
  const second = parcel(2, { trackingNumber: 'T2', case: damaged })
  const both = after(parcel(2, { case: late }), second)
  expect(codes(both)).toEqual(['parcel_delayed', 'parcel_damaged'])
  expect(both.exceptions[0]?.detail).toBe('Parcel T1: It is late.')
  const failed = { code: 'invoice_failed', detail: 'No.' }
  const settled = evolveParcel({ ...both, exceptions: [failed, ...both.exceptions] }, { type: 'order.parcelNoted', parcel: parcel(3) }) // prettier-ignore
  expect(codes(settled)).toEqual(['invoice_failed', 'parcel_damaged'])
})
