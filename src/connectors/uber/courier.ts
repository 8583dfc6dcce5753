/**
 * Couriers, each under a reference of ours. A quote says what one costs and how long he takes; only on our terms is he
 * sent. Who is under way already is looked for first, and Uber refuses a second delivery of one reference by itself.
 */
import { exponent, formatMoney, type Money } from '#canon/money.ts'
import { e164 } from '#canon/phone.ts'
import type { Address } from '#canon/primitives.ts'
import type { Answer, Ask } from '#core/intents.ts'
import { Fault } from '../../fault.ts'
import type { Sent } from '../kit/connector.ts'
import type { UberConfig } from './config.ts'
import { find, findOngoing, pathOf, read } from './deliveries.ts'
import { originalOf, wasPickedUp } from './seen.ts'
import { type Quote, quote, shaped, sold, type Sold } from './shape.ts'
import type { Client } from './wire.ts'

type Proof = UberConfig['proof']

export async function sendCourier(
  client: Client,
  { ask }: Sent<'label.ensure'>,
  proof: Proof,
): Promise<Answer<'label.ensure'>> {
  if (ask.returnOf !== undefined) throw refused('uber.no_returns', 'A courier does not fetch returns.')
  const known = await findOngoing(client, ask.reference)
  if (known) return comes(known)
  const route = routeOf(ask)
  const what = 'asking what a courier costs'
  const offered = shaped(
    quote,
    await client.call({ method: 'POST', path: '/delivery_quotes', body: route, what }),
    what,
  )
  judge(offered, ask)
  return comes(await order(client, ask, { ...route, quote_id: offered.id }, proof))
}

const refused = (code: string, message: string): Fault => new Fault('rejected', message, { code })

/** The same addresses and numbers for the quote and for the delivery: another place is another price. */
function routeOf({ from, to }: Ask<'label.ensure'>) {
  const [pickup, dropoff] = [phoneOf(from), phoneOf(to)]
  if (!pickup) throw refused('uber.no_phone', 'The warehouse has no telephone number a courier could call.')
  if (!dropoff) throw refused('uber.no_phone', 'The customer gave no telephone number a courier could call.')
  return {
    pickup_address: addressOf(from),
    pickup_phone_number: pickup,
    dropoff_address: addressOf(to),
    dropoff_phone_number: dropoff,
  }
}

const phoneOf = ({ phone, country }: Address): string | null => (phone ? e164(phone, country) : null)

/** JSON in a text: it is what they read addresses best from. */
const addressOf = ({ street, street2, city, region, postcode, country }: Address): string =>
  JSON.stringify({
    street_address: [street, ...(street2 ? [street2] : [])],
    city,
    state: region ?? '',
    zip_code: postcode,
    country,
  })

function judge(offered: Quote, { courier }: Ask<'label.ensure'>): void {
  if (!courier) return
  const { maxCost, withinMinutes } = courier
  const cost = costOf(offered.fee, offered.currency_type ?? offered.currency)
  if (maxCost && (!cost || cost.currency !== maxCost.currency || cost.amount > maxCost.amount)) {
    const message = `A courier costs ${cost ? formatMoney(cost) : 'nobody knows what'}, and may cost ${formatMoney(maxCost)}.`
    throw refused('uber.too_dear', message)
  }
  const { duration } = offered
  if (duration === null || duration === undefined || duration > withinMinutes) {
    const said =
      typeof duration !== 'number' ? 'Nobody says how long a courier takes' : `A courier takes ${duration} minutes`
    throw refused('uber.too_late', `${said}; he has ${withinMinutes}.`)
  }
}

/** They count hundredths of every currency. */
function costOf(fee: number | null | undefined, currency: string | null | undefined): Money | null {
  if (typeof fee !== 'number' || !currency || !/^[A-Za-z]{3}$/.test(currency)) return null
  const name = currency.toUpperCase()
  return { amount: Math.round(fee * 10 ** (exponent(name) - 2)), currency: name }
}

async function order(client: Client, ask: Ask<'label.ensure'>, route: object, proof: Proof): Promise<Sold> {
  const { reference, from, to, parcel } = ask
  const { lengthCm, widthCm, heightCm, weightG } = parcel
  const [length, depth, height] = [lengthCm, widthCm, heightCm].map((cm) => Math.max(1, Math.ceil(cm)))
  const body = {
    ...route,
    pickup_name: from.company || from.name,
    dropoff_name: to.name,
    ...(to.company ? { dropoff_business_name: to.company } : {}),
    // What is in it is nobody's business on the way.
    manifest_items: [{ name: 'Parcel', quantity: 1, dimensions: { length, depth, height }, weight: weightG }],
    undeliverable_action: 'return',
    external_id: reference,
    manifest_reference: reference,
    idempotency_key: reference,
    ...PROOFS[proof],
  }
  try {
    const answer = await client.call({ method: 'POST', path: '/deliveries', body, what: 'sending a courier' })
    return shaped(sold, answer, 'the new delivery')
  } catch (error) {
    return twice(client, reference, error)
  }
}

const PROOFS = {
  none: {},
  picture: { dropoff_verification: { picture: true } },
  signature: { dropoff_verification: { signature_requirement: { enabled: true } } },
} as const

/** There is one like this: ours, if the answer to an attempt before was lost. */
async function twice(client: Client, reference: string, error: unknown): Promise<Sold> {
  if (!(error instanceof Fault) || error.code !== 'uber.duplicate') throw error
  const { deliveryId } = (error.cause ?? {}) as { deliveryId?: string }
  const known = deliveryId ? await read(client, deliveryId) : await find(client, isOf(reference))
  if (known?.external_id === reference) return known
  throw error
}

const isOf = (reference: string) => (one: Sold) => one.external_id === reference && originalOf(one) === null

function comes(one: Sold): Answer<'label.ensure'> {
  const { id, status, fee, currency, tracking_url: trackingUrl } = one
  if (status === 'canceled')
    throw refused('uber.ended', 'The delivery under this reference has been called off already.')
  const cost = costOf(fee, currency)
  if (!cost || !trackingUrl) {
    const message = 'A delivery that was made lacks its fee or its link.'
    throw new Fault('malformed', message, { code: 'uber.malformed' })
  }
  return {
    labelId: id,
    trackingNumber: id,
    carrier: 'Uber',
    service: 'Direct',
    cost,
    documentUrl: trackingUrl,
    trackingUrl,
    days: 0,
    inTime: true,
  }
}

/** Until he has the goods. What it costs is told where Uber's answer shows another fee than before. */
export async function callOff(client: Client, { ask }: Sent<'label.void'>): Promise<Answer<'label.void'>> {
  const { labelId, reference } = ask
  const known = labelId === null ? await find(client, isOf(reference)) : await read(client, labelId)
  if (!known || known.status === 'canceled') return { outcome: 'voided' }
  if (wasPickedUp(known)) return { outcome: 'refused', reason: 'the courier has had the goods' }
  try {
    const path = `${pathOf(known.id)}/cancel`
    const answer = await client.call({ method: 'POST', path, what: 'calling a courier off' })
    const { fee, currency } = shaped(sold, answer, 'the delivery called off')
    const cost = fee && fee !== known.fee ? costOf(fee, currency) : null
    return { outcome: 'voided', ...(cost ? { cost } : {}) }
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'uber.not_cancelled') throw error
    return { outcome: 'refused', reason: 'Uber does not call him off any more' }
  }
}
