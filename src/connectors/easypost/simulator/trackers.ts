/** A tracker of the simulated account, as it is made: by itself, or with a label. */
import type { Account } from './index.ts'
import type { TrackerRow } from './state.ts'

export function newTracker(
  account: Account,
  code: string,
  carrier: string,
  shipmentId: string | null = null,
): TrackerRow {
  const id = account.id('trk')
  const place = { object: 'TrackingLocation', city: 'HOUSTON', state: 'TX', country: null, zip: '77063' }
  return {
    id,
    object: 'Tracker',
    mode: account.options.mode ?? 'test',
    tracking_code: code,
    status: 'unknown',
    status_detail: 'unknown',
    created_at: account.now(),
    updated_at: account.now(),
    signed_by: null,
    weight: null,
    est_delivery_date: null,
    shipment_id: shipmentId,
    carrier,
    tracking_details: [],
    fees: [],
    carrier_detail: {
      object: 'CarrierDetail', service: 'Ground', container_type: null, est_delivery_date_local: null,
      est_delivery_time_local: null, origin_location: 'HOUSTON TX, 77063', origin_tracking_location: place,
      destination_location: 'CHARLESTON SC, 29401', destination_tracking_location: null, guaranteed_delivery_date: null,
      alternate_identifier: null, initial_delivery_attempt: null,
    },
    public_url: `https://track.easypost.com/${id}`,
  } // prettier-ignore
}
