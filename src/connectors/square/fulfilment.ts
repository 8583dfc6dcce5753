/**
 * Tells Square what left the warehouse, or is ready to be picked up. An order there has few fulfilments, each with one
 * state; the pieces sent so far are kept in its metadata, and it is complete when all of its pieces are. The order's
 * version guards every change: another one's change in between is seen, and decided again.
 */
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Sent } from '../kit/connector.ts'
import { isWhole } from './amounts.ts'
import { detailsOf, isCancelled } from './orders.ts'
import { shaped } from './shape.ts'
import { type Fulfilment, order, type SquareOrder } from './shapes.ts'
import type { Client } from './wire.ts'

type Sending = Ask<'fulfilment.ensure'>

const one = z.object({ order })

export async function readOrder(client: Client, externalId: string, what: string): Promise<SquareOrder> {
  const answer = await client.call({ method: 'GET', path: `/v2/orders/${encodeURIComponent(externalId)}`, what })
  return shaped(one, answer, 'an order').order
}

export async function fulfilmentEnsure(
  client: Client,
  { key, ask }: Sent<'fulfilment.ensure'>,
): Promise<Answer<'fulfilment.ensure'>> {
  const found = await readOrder(client, ask.externalId, `reading order ${ask.orderName}`)
  const changed = new Map<string, Change>()
  for (const { lineId, cumulative } of ask.lines) {
    const holders = found.fulfillments.filter((each) => !isOff(each) && wantedOf(each, found).has(lineId))
    if (holders.length === 0) throw notFulfillable(ask, 'no fulfilment of it holds the line any more')
    let left = cumulative
    for (const each of holders) {
      const wanted = wantedOf(each, found).get(lineId) ?? 0
      const sent = each === holders.at(-1) ? left : Math.min(left, wanted)
      left -= Math.min(left, sent)
      if (sent > wanted) throw notFulfillable(ask, 'it holds fewer pieces than were shipped')
      const change = changed.get(each.uid) ?? { one: each, sent: sentOf(each, found) }
      if ((change.sent.get(lineId) ?? 0) >= sent) continue
      change.sent.set(lineId, sent)
      changed.set(each.uid, change)
    }
  }
  const [first] = [...changed.keys()]
  if (first === undefined) return { fulfilmentId: holderOf(found, ask) }
  if (isCancelled(found)) throw notFulfillable(ask, 'it is cancelled')
  if (typeof found.version !== 'number') throw notFulfillable(ask, 'a till made it, and those cannot be changed')
  const fulfillments = [...changed.values()].map((change) => sparse(change, found, ask))
  const body = {
    order: { version: found.version, location_id: found.location_id, fulfillments },
    idempotency_key: keyOf(key, found.version),
  }
  const path = `/v2/orders/${encodeURIComponent(ask.externalId)}`
  await client.call({ method: 'PUT', path, body, what: `noting a parcel of order ${ask.orderName}` })
  return { fulfilmentId: first }
}

interface Change {
  one: Fulfilment
  /** Pieces sent by line, this parcel included. */
  sent: Map<string, number>
}

export const isOff = ({ state }: Fulfilment): boolean => state === 'CANCELED' || state === 'FAILED'

/** Pieces by line. */
function wantedOf({ line_item_application: applies, entries }: Fulfilment, { line_items: lines }: SquareOrder) {
  const all =
    applies === 'ENTRY_LIST'
      ? entries.map((each) => [each.line_item_uid, each.quantity] as const)
      : lines.map((each) => [each.uid, each.quantity] as const)
  const wanted = new Map<string, number>()
  for (const [uid, quantity] of all)
    wanted.set(uid, (wanted.get(uid) ?? 0) + (isWhole(quantity) ? Number(quantity) : 1))
  return wanted
}

/** Metadata of ours: pieces by the number of the line, `0:2,3:1`; as many entries as it takes. */
const ENTRY = 'crossdock_sent'
const ENTRIES_MAX = 8
const VALUE_MAX = 250

export function sentOf(each: Fulfilment, { line_items: lines }: SquareOrder): Map<string, number> {
  if (each.state === 'COMPLETED') return wantedOf(each, { line_items: lines } as SquareOrder)
  const text = Object.entries(each.metadata ?? {})
    .filter(([name]) => name.startsWith(ENTRY))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => value)
    .join(',')
  const sent = new Map<string, number>()
  for (const [, nth, pieces] of text.matchAll(/(\d+):(\d+)/g)) {
    const line = lines[Number(nth)]
    if (line) sent.set(line.uid, Number(pieces))
  }
  return sent
}

function metadataOf({ sent }: Change, { line_items: lines }: SquareOrder): Record<string, string> {
  const chunks = ['']
  for (const [index, { uid }] of lines.entries()) {
    const word = `${index}:${sent.get(uid) ?? 0}`
    const last = chunks.at(-1)!
    if (last.length + word.length + 1 <= VALUE_MAX) chunks[chunks.length - 1] = last === '' ? word : `${last},${word}`
    else chunks.push(word)
  }
  // An order with more lines than fit is only told of when it is whole.
  if (chunks.length > ENTRIES_MAX) return {}
  return Object.fromEntries(chunks.map((text, index) => [`${ENTRY}_${index}`, text]))
}

/** Only what changes: Square keeps the rest of the fulfilment. */
function sparse(change: Change, found: SquareOrder, { parcel }: Sending) {
  const { one: each, sent } = change
  const whole = [...wantedOf(each, found)].every(([uid, pieces]) => (sent.get(uid) ?? 0) >= pieces)
  const tracking = {
    ...(parcel.carrier ? { carrier: parcel.carrier.slice(0, 50) } : {}),
    ...(parcel.trackingNumber ? { tracking_number: parcel.trackingNumber.slice(0, 100) } : {}),
    ...(parcel.trackingUrl ? { tracking_url: parcel.trackingUrl.slice(0, 2_000) } : {}),
  }
  return {
    uid: each.uid,
    // Ready for the customer is not yet picked up: the store says that.
    state: whole ? (each.type === 'PICKUP' ? 'PREPARED' : 'COMPLETED') : 'RESERVED',
    metadata: metadataOf(change, found),
    ...(each.type === 'SHIPMENT' && Object.keys(tracking).length > 0 ? { shipment_details: tracking } : {}),
  }
}

const holderOf = (found: SquareOrder, { parcel }: Sending): string | null =>
  found.fulfillments.find((each) => detailsOf(each)?.tracking_number === (parcel.trackingNumber ?? ''))?.uid ??
  found.fulfillments[0]?.uid ??
  null

/** Decided against this version: against another one it is another request. */
const keyOf = (key: string, version: number): string => `${key}@${version}`.slice(-192)

const notFulfillable = ({ orderName }: Sending, why: string): Fault =>
  new Fault('rejected', `Order ${orderName} cannot take this parcel: ${why}. Compare it with the order in Square.`, {
    code: 'square.not_fulfillable',
  })
