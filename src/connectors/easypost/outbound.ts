/** What the hub asks of EasyPost, as an ensure: the number is looked for, then a tracker is made. */
import type { Answer } from '#core/intents.ts'
import type { Sent } from '../kit/connector.ts'
import { seenOf } from './seen.ts'
import { shaped, tracker, trackers, type Tracker } from './shape.ts'
import type { Client } from './wire.ts'

export async function track(client: Client, { ask }: Sent<'parcel.track'>): Promise<Answer<'parcel.track'>> {
  const known = await find(client, ask.trackingNumber, ask.carrier)
  return seenOf(known ?? (await make(client, ask.trackingNumber, ask.carrier)))
}

async function find(client: Client, code: string, carrier: string | undefined): Promise<Tracker | null> {
  const query = new URLSearchParams({ tracking_code: code, page_size: '1', ...(carrier ? { carrier } : {}) })
  const answer = await client.call({
    method: 'GET',
    path: `/trackers?${query.toString()}`,
    what: 'looking for a tracker',
  })
  const [first] = shaped(trackers, answer, 'the list of trackers').trackers
  return first === undefined ? null : shaped(tracker, first, 'a tracker')
}

async function make(client: Client, code: string, carrier: string | undefined): Promise<Tracker> {
  const body = { tracker: { tracking_code: code, ...(carrier ? { carrier } : {}) } }
  const answer = await client.call({ method: 'POST', path: '/trackers', body, what: 'making a tracker' })
  return shaped(tracker, answer, 'the new tracker')
}
