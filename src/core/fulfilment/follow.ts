/** Which parcels are followed on their way, by which carrier's connection, and until when they are promised. */
import type { NoteShipment } from '../commands.ts'
import { type Note, note } from '../decider.ts'
import type { Parcel } from '../intents.ts'
import { plus, rulesOf } from '../parcel/clock.ts'
import type { ParcelCommand } from '../parcel/parcel.ts'
import type { Policy } from '../policy.ts'
import { streams, trackingNumberOf } from '../streams.ts'

export interface Followed {
  /** Name of the carrier's connection. */
  connection: string
  /** What the carrier's system calls the carrier. */
  carrier?: string
  promisedBy: string
}

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/**
 * The connection whose numbers look so comes first, then the one that knows the service by name; without one, the first
 * that follows the channel.
 */
export function followedBy(policy: Policy, channel: string, shipment: NoteShipment): Followed | null {
  if (!shipment.trackingNumber) return null
  const number = trackingNumberOf(shipment.trackingNumber)
  const all = Object.entries(policy.carriers ?? {}).filter(
    ([, { channels, numbers }]) =>
      channels.includes(channel) && (numbers === undefined || number.startsWith(trackingNumberOf(numbers))),
  )
  const name = shipment.carrier ?? ''
  const found =
    all.find(([, { numbers }]) => numbers !== undefined) ?? all.find(([, { services }]) => services?.[name]) ?? all[0]
  if (!found) return null
  const [connection, rules] = found
  const { carrier, promiseDays } = rules.services?.[name] ?? {}
  const { promiseMinutes } = rules
  const promiseMs =
    promiseMinutes === undefined ? (promiseDays ?? rulesOf(rules).promiseDays) * DAY_MS : promiseMinutes * MINUTE_MS
  const promisedBy = plus(shipment.shippedAt, promiseMs)
  return { connection, ...(carrier === undefined ? {} : { carrier }), promisedBy }
}

export function followNote(
  { parcel, shippedAt, follow }: { parcel: Parcel; shippedAt: string; follow?: Followed },
  orderRef: string,
): Note[] {
  if (!follow || !parcel.trackingNumber) return []
  const { connection, carrier, promisedBy } = follow
  const { shipmentId } = parcel
  const command: ParcelCommand = {
    type: 'parcel.expect', orderRef, shipmentId, shippedAt, promisedBy, ...(carrier === undefined ? {} : { carrier }),
  } // prettier-ignore
  return [note(streams.parcel(connection, parcel.trackingNumber), command)]
}
