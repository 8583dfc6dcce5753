/** What another integration did in the shop, for connections in shadow. Reads only. */
import type { Sent } from '../kit/connector.ts'
import type { Observed } from '../kit/shadow.ts'
import { readOrder } from './fulfilment.ts'
import type { Client } from './http.ts'
import { parcelsOf } from './parcels.ts'
import { inventoryRead } from './stock.ts'

/** What the shop shows, once it is what we would have set, or once the other one has had its time. */
export async function observePut(
  client: Client,
  { ask }: Sent<'inventory.put'>,
  { overdue }: { overdue: boolean },
): Promise<Observed<'inventory.put'> | null> {
  const { available, at } = await inventoryRead(client, ask)
  const ours = { available: String(ask.to) }
  if (available === ask.to && at !== undefined) return { answer: { outcome: 'set', at }, ours, theirs: ours }
  if (!overdue) return null
  // The ledger decides anew from what is there; should it want the same number again, it is a difference.
  return { answer: { outcome: 'unknown' }, ours, theirs: { available: String(available) }, unsettled: true }
}

/** Without parcels of their own shops say only that an order is complete. */
export async function observeFulfilment(
  client: Client,
  { ask }: Sent<'fulfilment.ensure'>,
): Promise<Observed<'fulfilment.ensure'> | null> {
  const order = await readOrder(client, ask)
  const noted = parcelsOf(order).some(({ id }) => id === ask.parcel.shipmentId)
  if (!noted && order.status !== 'completed') return null
  const ours = { parcel: 'on its way' }
  return { answer: { fulfilmentId: noted ? ask.parcel.shipmentId : null }, ours, theirs: ours }
}
