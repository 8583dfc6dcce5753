/**
 * What `doctor` asks of a marketplace: does the key work, does it ask before an order counts, does it take parcels
 * apart.
 */
import { toFault } from '../../fault.ts'
import { z } from 'zod'
import type { Finding } from '../kit/connector.ts'
import type { MiraklConfig } from './config.ts'
import { type Answer, shapedAnswer, type Wire } from './wire.ts'

/** Only what is looked at; everything may be missing on an older platform. */
const platform = z.object({
  features: z
    .object({
      order_tax_mode: z.string().nullish(),
      shipment: z.object({ multi_shipment: z.boolean().nullish() }).nullish(),
      order_workflows: z.object({ order_acceptance: z.string().nullish() }).nullish(),
      multi_currency: z.boolean().nullish(),
    })
    .nullish(),
})

export async function check(wire: Wire, config: MiraklConfig): Promise<Finding[]> {
  try {
    const answer = await wire.call({ operation: 'PC01', path: '/api/platform/configuration' })
    const { features } = shapedAnswer(platform, answer, 'PC01')
    return [
      { level: 'ok', about: 'connection', message: "The marketplace answers, and takes the shop's key." },
      acceptance(features?.order_workflows?.order_acceptance ?? null, config),
      shipments(features?.shipment?.multi_shipment ?? null, config),
      clock(answer, wire.now()),
      location(config),
    ]
  } catch (error) {
    const { kind, message } = toFault(error)
    const about = kind === 'unauthorised' ? 'permissions' : 'connection'
    return [{ level: 'error', about, message, cure: 'Mend this first; nothing else could be looked at.' }]
  }
}

function acceptance(mode: string | null, { acceptWithinHours }: MiraklConfig): Finding {
  const about = 'acceptance'
  if (mode !== null && mode !== 'NOT_AUTOMATIC')
    return { level: 'ok', about, message: `Orders are accepted by the marketplace itself (${mode}).` }
  const message = `Orders wait to be accepted. The hub counts on ${acceptWithinHours} hours for it.`
  const cure = "Compare acceptWithinHours with the marketplace's seller terms: the API does not tell it."
  return { level: 'ok', about, message, cure }
}

function shipments(several: boolean | null, { partialShipments }: MiraklConfig): Finding {
  const about = 'shipments'
  if (several === null || several === partialShipments)
    return { level: 'ok', about, message: `Several parcels per order: ${partialShipments ? 'yes' : 'no'}.` }
  const message = several
    ? 'The marketplace takes several parcels per order, and the configuration says it does not.'
    : 'The marketplace takes one parcel per order, and the configuration says it takes several.'
  return { level: 'warning', about, message, cure: `Set partialShipments to ${several}.` }
}

function clock({ atMs }: Answer, now: number): Finding {
  const skew = Math.round(Math.abs(now - atMs) / 1_000)
  if (skew <= 30) return { level: 'ok', about: 'clock', message: "The clock agrees with the marketplace's." }
  const message = `This machine's clock is ${skew} s ${now > atMs ? 'ahead of' : 'behind'} the marketplace's.`
  return { level: 'warning', about: 'clock', message, cure: 'Set up time synchronisation (NTP).' }
}

const location = ({ location: place }: MiraklConfig): Finding =>
  place
    ? { level: 'ok', about: 'locations', message: `The shop sells from ${place.pool}.` }
    : {
        level: 'warning',
        about: 'locations',
        message: 'No location is configured, so no stock is published.',
        cure: "Set location, and the same in the channel's policy.",
      }
