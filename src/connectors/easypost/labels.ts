/**
 * Labels, each under a reference of ours: the shipment is looked for by it, made when there is none, and bought once.
 * Buying and giving back look first how the shipment stands, so a lost answer costs nothing.
 */
import type { Address } from '#canon/primitives.ts'
import type { Answer, Ask } from '#core/intents.ts'
import type { ParcelSize } from '#core/parcel/label-state.ts'
import { Fault } from '../../fault.ts'
import type { Sent } from '../kit/connector.ts'
import { chosen, costOf } from './rates.ts'
import { rates, shaped, shipment, type Shipment } from './shape.ts'
import type { Client } from './wire.ts'

const CM_PER_INCH = 2.54
const G_PER_OUNCE = 28.349523125

export async function ensureLabel(client: Client, { ask }: Sent<'label.ensure'>): Promise<Answer<'label.ensure'>> {
  const known = await find(client, ask.reference)
  if (known?.tracking_code) return boughtOf(known, ask)
  // Rates of an attempt that broke off may be old.
  const offered = known ? { ...known, rates: await rerated(client, known.id) } : await make(client, ask)
  const rate = chosen(offered.rates, ask.choose)
  if (!rate) {
    const message = `None of the ${offered.rates.length} services that are offered is allowed by the policy.`
    throw new Fault('rejected', message, { code: 'easypost.no_rate' })
  }
  return boughtOf(await buy(client, offered.id, rate.id), ask)
}

/** What was never bought costs nothing, and is left as it is. */
export async function voidLabel(client: Client, { ask }: Sent<'label.void'>): Promise<Answer<'label.void'>> {
  const known = await find(client, ask.labelId ?? ask.reference)
  if (!known?.tracking_code || isGivenBack(known)) return { outcome: 'voided' }
  const what = 'giving a label back'
  try {
    const answer = await client.call({ method: 'POST', path: `${pathOf(known.id)}/refund`, body: {}, what })
    const after = shaped(shipment, answer, 'the label given back')
    return isGivenBack(after) ? { outcome: 'voided' } : { outcome: 'refused', reason: wordOf(after.refund_status) }
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'easypost.not_given_back') throw error
    return { outcome: 'refused', reason: error.message }
  }
}

/** The carrier takes up to 30 days for `submitted` to become `refunded`; `rejected` may be asked for again. */
const isGivenBack = ({ refund_status: status }: Shipment): boolean => status === 'submitted' || status === 'refunded'
const wordOf = (status: string | null | undefined): string =>
  status === 'not_applicable' ? 'the carrier bills it when it is scanned' : 'the carrier says that it was used'

const pathOf = (id: string): string => `/shipments/${encodeURIComponent(id)}`

/** By EasyPost's id or our reference. */
async function find(client: Client, id: string): Promise<Shipment | null> {
  try {
    const answer = await client.call({ method: 'GET', path: pathOf(id), what: 'looking for a label' })
    return shaped(shipment, answer, 'a shipment')
  } catch (error) {
    if (error instanceof Fault && error.code === 'easypost.not_found') return null
    throw error
  }
}

async function make(client: Client, ask: Ask<'label.ensure'>): Promise<Shipment> {
  const { reference, from, to, parcel, verify, returnOf } = ask
  const body = {
    shipment: {
      reference,
      to_address: { ...addressOf(to), ...(verify ? { verify_strict: true } : {}) },
      from_address: addressOf(from),
      parcel: parcelOf(parcel),
      // They turn both addresses round.
      ...(returnOf === undefined ? {} : { is_return: true }),
    },
  }
  const answer = await client.call({ method: 'POST', path: '/shipments', body, what: 'asking for rates' })
  return shaped(shipment, answer, 'the new shipment')
}

async function rerated(client: Client, id: string): Promise<Shipment['rates']> {
  const what = 'asking for rates again'
  const answer = await client.call({ method: 'POST', path: `${pathOf(id)}/rerate`, body: {}, what })
  return shaped(rates, answer, 'the new rates').rates
}

/** One that was bought meanwhile, by an attempt whose answer was lost, is the answer. */
async function buy(client: Client, id: string, rateId: string): Promise<Shipment> {
  const body = { rate: { id: rateId } }
  try {
    const answer = await client.call({ method: 'POST', path: `${pathOf(id)}/buy`, body, what: 'buying a label' })
    return shaped(shipment, answer, 'the label')
  } catch (error) {
    const isThere = error instanceof Fault && error.code === 'easypost.label_exists'
    const known = isThere ? await find(client, id) : null
    if (!known?.tracking_code) throw error
    return known
  }
}

function boughtOf(one: Shipment, { choose }: Ask<'label.ensure'>): Answer<'label.ensure'> {
  const { id, tracking_code: trackingNumber, selected_rate: rate, postage_label: document } = one
  const cost = rate && costOf(rate)
  if (!trackingNumber || !rate || !cost || !document) {
    const message = 'A label that was bought lacks its number, its rate or its document.'
    throw new Fault('malformed', message, { code: 'easypost.malformed' })
  }
  const days = rate.delivery_days ?? null
  return {
    labelId: id,
    trackingNumber,
    carrier: rate.carrier,
    service: rate.service,
    cost,
    documentUrl: document.label_url,
    days,
    inTime: days !== null && days <= choose.withinDays,
  }
}

const addressOf = ({ name, company, street, street2, city, postcode, region, country, phone }: Address) => ({
  name,
  ...(company ? { company } : {}),
  street1: street,
  ...(street2 ? { street2 } : {}),
  city,
  ...(region ? { state: region } : {}),
  zip: postcode,
  country,
  ...(phone ? { phone } : {}),
})

/** Inches and ounces, rounded up to a tenth: a parcel that is heavier than its label is charged again. */
const parcelOf = ({ lengthCm, widthCm, heightCm, weightG }: ParcelSize) => ({
  length: tenths(lengthCm / CM_PER_INCH),
  width: tenths(widthCm / CM_PER_INCH),
  height: tenths(heightCm / CM_PER_INCH),
  weight: tenths(weightG / G_PER_OUNCE),
})
const tenths = (value: number): number => Math.ceil(value * 10 - 1e-9) / 10
