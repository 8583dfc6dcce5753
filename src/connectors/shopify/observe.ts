/** What another integration did in the shop, for connections in shadow. Reads only. */
import type { Observed } from '../kit/shadow.ts'
import type { Sent } from '../kit/connector.ts'
import { readFulfilments } from './fulfilment.ts'
import type { GraphQl } from './graphql.ts'
import { inventoryRead } from './outbound.ts'

/** What the shop shows, once it is what we would have set, or once the other one has had its time. */
export async function observeInventory(
  graphql: GraphQl,
  { ask }: Sent<'inventory.set'>,
  { overdue }: { overdue: boolean },
): Promise<Observed<'inventory.set'> | null> {
  const { available } = await inventoryRead(graphql, ask)
  const ours = { available: String(ask.to) }
  if (available === ask.to) return { answer: { outcome: 'set' }, ours, theirs: ours }
  if (!overdue) return null
  // The ledger decides anew from what is there; should it want the same number again, it is a difference.
  const theirs = { available: String(available) }
  return { answer: { outcome: 'stale', available }, ours, theirs, unsettled: true }
}

/** The parcel is known there when its pieces are fulfilled. */
export async function observeFulfilment(
  graphql: GraphQl,
  { ask }: Sent<'fulfilment.ensure'>,
): Promise<Observed<'fulfilment.ensure'> | null> {
  const { fulfilled, byTracking } = await readFulfilments(graphql, ask)
  if (ask.lines.some(({ lineId, cumulative }) => (fulfilled.get(lineId) ?? 0) < cumulative)) return null
  const number = ask.parcel.trackingNumber ?? ''
  const tracked = number === '' || byTracking.has(number)
  const lines = (quantityOf: (lineId: string, cumulative: number) => number) =>
    Object.fromEntries(
      ask.lines.map(({ lineId, cumulative }) => [`${lineId} fulfilled`, String(quantityOf(lineId, cumulative))]),
    )
  return {
    answer: { fulfilmentId: byTracking.get(number) ?? null },
    ours: { ...lines((_, cumulative) => cumulative), tracking: 'told' },
    theirs: { ...lines((id) => fulfilled.get(id) ?? 0), tracking: tracked ? 'told' : 'not told' },
  }
}
