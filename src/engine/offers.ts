/** A person has products shown in a channel as they should be: a command for each, as for all people do by hand. */
import { streams } from '#core/streams.ts'
import { insertInbox } from '#store/inbox.ts'
import type { Engine } from './engine.ts'
import { personRow } from './person.ts'

/** @param requestKey equal keys count once. @returns how many products will be looked at again. */
export async function offerProducts(
  engine: Engine,
  channel: string,
  skus: readonly string[],
  requestKey: string,
): Promise<number> {
  const command = { type: 'product.offer', channels: [channel] }
  const rows = [...new Set(skus)].map((sku) =>
    personRow(engine, streams.product(sku), command, `${channel}/${requestKey}`),
  )
  // Behind the orders of the hour, however many there are.
  const stored = await insertInbox(engine.database, rows.map((row) => ({ ...row, priority: 8 }))) // prettier-ignore
  return stored.length
}
