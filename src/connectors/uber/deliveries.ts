/**
 * Deliveries at Uber, read: by their id, and by the reference of ours. Nothing there finds one by a reference, so those
 * that are under way are looked through; they are few at any moment.
 */
import { trackingNumberOf } from '#core/streams.ts'
import { Fault } from '../../fault.ts'
import { ENDED_PAGES_MAX, PAGE, PAGES_MAX } from './limits.ts'
import { page, shaped, type Sold, sold } from './shape.ts'
import type { Client } from './wire.ts'

export const pathOf = (id: string): string => `/deliveries/${encodeURIComponent(id)}`

export async function read(client: Client, id: string): Promise<Sold> {
  const answer = await client.call({ method: 'GET', path: pathOf(id), what: 'reading a delivery' })
  return shaped(sold, answer, 'a delivery')
}

export interface Page {
  rows: unknown[]
  /** The query of the next page; null on the last one. */
  next: string | null
}

/** @param query of the page; the first one unless said. */
export async function list(client: Client, filter: string, query = `filter=${filter}&limit=${PAGE}`): Promise<Page> {
  const answer = await client.call({ method: 'GET', path: `/deliveries?${query}`, what: 'listing deliveries' })
  const { data, next_href: href } = shaped(page, answer, 'the list of deliveries')
  const rows = data ?? []
  // Only its query is taken: the address it is written with is theirs to change.
  const next = href?.includes('?') && rows.length > 0 ? href.slice(href.indexOf('?') + 1) : null
  return { rows, next: next === query ? null : next }
}

/** Looks through deliveries of a state. */
async function first(
  client: Client,
  filter: string,
  pagesMax: number,
  is: (one: Sold) => boolean,
): Promise<Sold | null> {
  let query: string | undefined
  for (let pages = 0; pages < pagesMax; pages += 1) {
    const { rows, next } = await list(client, filter, query)
    const found = rows.map((row) => shaped(sold, row, 'a delivery')).find(is)
    if (found) return found
    if (next === null) return null
    query = next
  }
  // A second courier costs money: what cannot be looked through is not taken for empty.
  if (filter !== 'ongoing') return null
  const message = `More than ${PAGE * PAGES_MAX} deliveries are under way; ours could not be looked for among them.`
  throw new Fault('unavailable', message, { code: 'uber.too_many' })
}

const ENDED = ['delivered', 'returned', 'canceled'] as const

/** Under way, by our reference. */
export const findOngoing = (client: Client, reference: string): Promise<Sold | null> =>
  first(client, 'ongoing', PAGES_MAX, (one) => one.external_id === reference)

/** Under way or ended not long ago. */
export async function find(client: Client, is: (one: Sold) => boolean): Promise<Sold | null> {
  const ongoing = await first(client, 'ongoing', PAGES_MAX, is)
  if (ongoing) return ongoing
  for (const filter of ENDED) {
    const ended = await first(client, filter, ENDED_PAGES_MAX, is)
    if (ended) return ended
  }
  return null
}

/** As the hub writes numbers: it keeps no small letters and no hyphens. */
export const hasNumber = (number: string) => (one: Sold) => trackingNumberOf(one.id) === trackingNumberOf(number)
