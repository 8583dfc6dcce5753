/** What another integration did at Square, for connections in shadow. Reads only. */
import type { Sent } from '../kit/connector.ts'
import type { Observed } from '../kit/shadow.ts'
import { isOff, readOrder, sentOf } from './fulfilment.ts'
import { inventoryRead } from './inventory.ts'
import type { Client } from './wire.ts'

/** What Square shows, once it is what we would have set, or once the other one has had its time. */
export async function observePut(
  client: Client,
  { ask }: Sent<'inventory.put'>,
  { overdue }: { overdue: boolean },
): Promise<Observed<'inventory.put'> | null> {
  const { available, at = '' } = await inventoryRead(client, ask)
  const ours = { available: String(ask.to) }
  if (available === ask.to) return { answer: { outcome: 'set', at }, ours, theirs: ours }
  if (!overdue) return null
  return { answer: { outcome: 'unknown' }, ours, theirs: { available: String(available) }, unsettled: true }
}

/** The parcel is known there when its pieces are sent. */
export async function observeFulfilment(
  client: Client,
  { ask }: Sent<'fulfilment.ensure'>,
): Promise<Observed<'fulfilment.ensure'> | null> {
  const order = await readOrder(client, ask.externalId, `reading order ${ask.orderName}`)
  const sent = new Map<string, number>()
  for (const each of order.fulfillments.filter((one) => !isOff(one)))
    for (const [uid, pieces] of sentOf(each, order)) sent.set(uid, (sent.get(uid) ?? 0) + pieces)
  if (ask.lines.some(({ lineId, cumulative }) => (sent.get(lineId) ?? 0) < cumulative)) return null
  const lines = (of: (lineId: string, cumulative: number) => number) =>
    Object.fromEntries(
      ask.lines.map(({ lineId, cumulative }) => [`${lineId} fulfilled`, String(of(lineId, cumulative))]),
    )
  return {
    answer: { fulfilmentId: order.fulfillments.find((one) => !isOff(one))?.uid ?? null },
    ours: lines((_, cumulative) => cumulative),
    theirs: lines((lineId) => sent.get(lineId) ?? 0),
  }
}
