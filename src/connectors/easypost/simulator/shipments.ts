/** Shipments of the simulated account: rates by weight, labels bought once, and given back until they are scanned. */
import type { Account } from './index.ts'
import type { Call } from './server.ts'
import { found, member, Refusal, type RateRow, type Row, type ShipmentRow } from './state.ts'
import { newTracker } from './trackers.ts'

const SERVICES = [
  ['USPS', 'GroundAdvantage', 700, 12, 3],
  ['USPS', 'Priority', 950, 20, 2],
  ['USPS', 'Express', 4_500, 60, 1],
  ['UPSDAP', 'Ground', 900, 9, 4],
] as const
const ACCOUNTS: Readonly<Record<string, string>> = { USPS: 'ca_usps', UPSDAP: 'ca_ups' }
const VERIFIED = {
  zip4: { success: true, errors: [], details: null },
  delivery: { success: true, errors: [], details: { latitude: 30.2, longitude: -97.7, time_zone: 'America/Chicago' } },
}
/** 70 pounds: more is refused by every carrier here. */
const OUNCES_MAX = 1_120

/** By id, or by reference: of several with one reference, the newest. */
export function shipmentOf({ stored }: Account, id: string): ShipmentRow {
  const byReference = [...stored.shipments.values()].filter(({ reference }) => reference === id)
  return found(stored.shipments.get(id) ?? byReference.at(-1))
}

export function createShipment({ account, body }: Call): Row {
  const { to_address: to, from_address: from, parcel, reference, is_return: isReturn } = member(body, 'shipment')
  const made = [to, from].map((one) => addressOf(account, one))
  const box = parcelOf(account, parcel)
  const id = account.id('shp')
  const row: ShipmentRow = {
    id, created_at: account.now(), is_return: isReturn === true, messages: [], mode: account.options.mode ?? 'test',
    options: { currency: 'USD', payment: { type: 'SENDER' }, date_advance: 0 },
    reference: typeof reference === 'string' ? reference : null, status: 'unknown', tracking_code: null,
    updated_at: account.now(), batch_id: null, batch_status: null, batch_message: null, customs_info: null,
    from_address: made[1]!, insurance: null, order_id: null, parcel: box, postage_label: null, rates: [],
    refund_status: null, scan_form: null, selected_rate: null, tracker: null, to_address: made[0]!, usps_zone: 4,
    return_address: made[1]!, buyer_address: made[0]!, forms: [], fees: [], object: 'Shipment',
  } // prettier-ignore
  row.rates = ratesOf(account, row)
  if (row.rates.length === 0)
    row['messages'] = [{ carrier: 'USPS', type: 'rate_error', message: 'Package exceeds the maximum weight.' }]
  account.stored.shipments.set(id, row)
  return row
}

function addressOf(account: Account, given: unknown): Row {
  if (typeof given !== 'object' || given === null)
    throw new Refusal(422, 'SHIPMENT.INVALID_PARAMS', 'Unable to create shipment, one or more parameters were invalid.')
  const one = given as Row
  const isStrict = one['verify_strict'] === true || Array.isArray(one['verify_strict'])
  const street = String(one['street1'] ?? '')
  if (isStrict && (street === '' || /^0+ /.test(street)))
    throw new Refusal(422, 'ADDRESS.VERIFY.FAILURE', 'Unable to verify address.', [
      { code: 'E.ADDRESS.NOT_FOUND', field: 'address', message: 'Address not found', suggestion: null },
    ])
  const text = (name: string) => (typeof one[name] === 'string' ? one[name] : null)
  return {
    id: account.id('adr'), object: 'Address', created_at: account.now(), updated_at: account.now(), name: text('name'),
    company: text('company'), street1: text('street1'), street2: text('street2'), city: text('city'),
    state: text('state'), zip: text('zip'), country: text('country'), phone: text('phone'), email: text('email'),
    mode: account.options.mode ?? 'test', carrier_facility: null, residential: null, federal_tax_id: null,
    state_tax_id: null, verifications: isStrict ? VERIFIED : {},
  } // prettier-ignore
}

function parcelOf(account: Account, given: unknown): Row {
  const { length, width, height, weight } = (given ?? {}) as Row
  if (typeof weight !== 'number' || weight <= 0)
    throw new Refusal(422, 'PARCEL.WEIGHT.INVALID', 'The weight of the parcel is not valid.')
  return {
    id: account.id('prcl'), object: 'Parcel', created_at: account.now(), updated_at: account.now(), length, width,
    height, predefined_package: null, weight, mode: account.options.mode ?? 'test',
  } // prettier-ignore
}

function ratesOf(account: Account, row: ShipmentRow): RateRow[] {
  const ounces = Number((row['parcel'] as Row)['weight'])
  if (ounces > OUNCES_MAX) return []
  return SERVICES.map(([carrier, service, base, perOunce, days]) => {
    const price = ((base + Math.ceil(ounces) * perOunce) / 100).toFixed(2)
    return {
      id: account.id('rate'), object: 'Rate', created_at: account.now(), updated_at: account.now(),
      mode: account.options.mode ?? 'test', service, carrier, rate: price, currency: 'USD', retail_rate: price,
      retail_currency: 'USD', list_rate: price, list_currency: 'USD', billing_type: 'easypost', delivery_days: days,
      delivery_date: null, delivery_date_guaranteed: false, est_delivery_days: days, shipment_id: row.id,
      carrier_account_id: ACCOUNTS[carrier] ?? null,
    } // prettier-ignore
  })
}

/** Rates that were there before are not sold any more. */
export function rerate({ account, id }: Call): Row {
  const row = shipmentOf(account, id)
  if (row.tracking_code) throw new Refusal(422, 'SHIPMENT.POSTAGE.EXISTS', 'Postage already exists for this shipment.')
  row.rates = ratesOf(account, row)
  return { rates: row.rates }
}

export function buyShipment({ account, id, body }: Call): Row {
  const row = shipmentOf(account, id)
  if (row.tracking_code) throw new Refusal(422, 'SHIPMENT.POSTAGE.EXISTS', 'Postage already exists for this shipment.')
  const wanted = member(body, 'rate')['id']
  const rate = row.rates.find((one) => one.id === wanted)
  if (!rate) throw new Refusal(422, 'SHIPMENT.POSTAGE.FAILURE', 'The rate is not of this shipment.')
  pay(account, rate)
  const code = `94${String(account.stored.sequence + 1).padStart(20, '0')}`
  const tracker = { ...newTracker(account, code, rate.carrier, row.id), carrier_detail: null }
  account.stored.trackers.set(tracker.id, tracker)
  row.tracking_code = code
  row.selected_rate = rate
  Object.assign(row, {
    updated_at: account.now(), tracker,
    fees: [{ object: 'Fee', type: 'PostageFee', amount: `${rate.rate}000`, charged: true, refunded: false }],
    postage_label: {
      object: 'PostageLabel', id: account.id('pl'), created_at: account.now(), updated_at: account.now(),
      date_advance: 0, integrated_form: 'none', label_date: account.now(), label_resolution: 300, label_size: '4x6',
      label_type: 'default', label_file_type: 'image/png', label_url: `https://easypost-files.example/${code}.png`,
      label_pdf_url: null, label_zpl_url: null, label_epl2_url: null, label_file: null,
    },
  }) // prettier-ignore
  account.emit('tracker.created', tracker, {})
  return row
}

function pay({ options, stored }: Account, { rate }: RateRow): void {
  if (options.balance === undefined) return
  const spent = [...stored.shipments.values()].reduce(
    (sum, { selected_rate: one, refund_status: back }) => sum + (one && !back ? Math.round(Number(one.rate) * 100) : 0),
    0,
  )
  if (spent + Math.round(Number(rate) * 100) <= options.balance) return
  throw new Refusal(402, 'PAYMENT_REQUIRED', 'Insufficient funds. Please add funds to your account.')
}

/** What a carrier has scanned is not taken back. */
export function refundShipment({ account, id }: Call): Row {
  const row = shipmentOf(account, id)
  if (!row.tracking_code || row.refund_status === 'submitted')
    throw new Refusal(422, 'SHIPMENT.REFUND.UNAVAILABLE', 'Refund unavailable for this shipment.')
  const tracker = [...account.stored.trackers.values()].find((one) => one.tracking_code === row.tracking_code)
  const isScanned = tracker !== undefined && !['unknown', 'pre_transit'].includes(tracker.status)
  row.refund_status = isScanned ? 'rejected' : 'submitted'
  row['updated_at'] = account.now()
  return row
}
