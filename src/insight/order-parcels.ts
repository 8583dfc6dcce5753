/** The parcels of an order, as its page shows them: what left, what the channel knows, and where each one is. */
import type { KnownParcel } from '#core/fulfilment/fulfilment.ts'
import type { OrderParcel } from '#core/order/parcels.ts'
import { trackingNumberOf } from '#core/streams.ts'

export const parcelView = (known: KnownParcel, followed: readonly OrderParcel[]) => {
  const { parcel, shipmentId, lines, announced, failed } = known
  const number = parcel.trackingNumber === undefined ? null : trackingNumberOf(parcel.trackingNumber)
  const way = followed.find(({ trackingNumber }) => trackingNumber === number)
  return {
    shipmentId,
    carrier: parcel.carrier ?? null,
    trackingNumber: parcel.trackingNumber ?? null,
    // It becomes a link in the console: nothing but the web may stand in it.
    trackingUrl: /^https?:\/\//i.test(parcel.trackingUrl ?? '') ? parcel.trackingUrl! : null,
    announced,
    failed,
    lines: lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
    way: way ? wayOf(way) : null,
  }
}

const wayOf = ({ status, at, promisedBy, expectedBy, case: open }: OrderParcel) => ({
  status,
  at,
  promisedBy,
  expectedBy,
  case: open,
})
