/** Follows a delivery by its number: webhooks tell of all of them, so it is only read once. */
import type { Answer } from '#core/intents.ts'
import { Fault } from '../../fault.ts'
import type { Sent } from '../kit/connector.ts'
import { find, hasNumber } from './deliveries.ts'
import { seenOf } from './seen.ts'
import type { Client } from './wire.ts'

export async function track(client: Client, { ask }: Sent<'parcel.track'>): Promise<Answer<'parcel.track'>> {
  const known = await find(client, hasNumber(ask.trackingNumber))
  if (known) return seenOf(known)
  const message = 'Uber has no delivery of that number, under way or ended not long ago.'
  throw new Fault('rejected', message, { code: 'uber.not_found' })
}
