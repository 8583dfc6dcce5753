/**
 * Stock towards Square. A physical count sets what is there, whatever it was; the call carries the intent's key, as
 * idempotency key and as the reference of the count. How long Square knows a key is not published, so no repeat relies
 * on it: a second attempt looks for our count among the changes, and writes nothing.
 */
import { createHash } from 'node:crypto'
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Sent } from '../kit/connector.ts'
import { KEY_LENGTH_MAX } from './limits.ts'
import { listOf, maybeText, moment, shaped } from './shape.ts'
import { count } from './shapes.ts'
import type { Client } from './wire.ts'

const counts = z.object({ counts: listOf(count), cursor: maybeText })
const changes = z.object({
  changes: listOf(
    z.object({ physical_count: z.object({ reference_id: maybeText, created_at: moment.nullish() }).nullish() }),
  ),
  cursor: maybeText,
})

/** What Square believes is in stock there. An item that was never counted has none. */
export async function inventoryRead(client: Client, ask: Ask<'inventory.read'>): Promise<Answer<'inventory.read'>> {
  const [item, place] = [ask.inventoryItemId, ask.locationId].map(encodeURIComponent)
  const path = `/v2/inventory/${item!}?location_ids=${place!}`
  const answer = await client.call({ method: 'GET', path, what: `reading the stock of ${ask.sku}` })
  const found = shaped(counts, answer, 'the stock of an item').counts.find(
    (one) => one.state === 'IN_STOCK' && one.location_id === ask.locationId,
  )
  return { available: found?.quantity ?? 0, at: await momentOf(client) }
}

export async function inventoryPut(
  client: Client,
  { key, attempt, untried, ask }: Sent<'inventory.put'>,
): Promise<Answer<'inventory.put'>> {
  const name = key.length <= KEY_LENGTH_MAX ? key : createHash('sha256').update(key).digest('hex')
  if (attempt > 1 && !untried && ask.to > 0) {
    const at = await lookFor(client, ask, name)
    return at === null ? { outcome: 'unknown' } : { outcome: 'set', at }
  }
  const body = {
    // 0 may be set any number of times, and a repeat has another moment in it.
    idempotency_key: attempt > 1 ? createHash('sha256').update(`${key} ${attempt}`).digest('hex') : name,
    // Unless told so, Square leaves a count alone that equals the last one, whatever was sold since.
    ignore_unchanged_counts: false,
    changes: [{ type: 'PHYSICAL_COUNT', physical_count: await countOf(client, ask, name) }],
  }
  const path = '/v2/inventory/changes/batch-create'
  await client.call({ method: 'POST', path, body, what: `setting the stock of ${ask.sku}` })
  return { outcome: 'set', at: await momentOf(client) }
}

/** Their own clock says when it was counted: a moment to come is refused, and what was sold since counts on top. */
async function countOf(client: Client, ask: Ask<'inventory.put'>, name: string) {
  return {
    reference_id: name,
    catalog_object_id: ask.inventoryItemId,
    state: 'IN_STOCK',
    location_id: ask.locationId,
    quantity: String(ask.to),
    occurred_at: new Date(await client.clock()).toISOString(),
  }
}

/** When our count was taken in; null when it is not there (yet). */
async function lookFor(client: Client, ask: Ask<'inventory.put'>, name: string): Promise<string | null> {
  let cursor: string | null = null
  const since = new Date((await client.clock()) - LOOK_BACK_MS).toISOString()
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const body = {
      catalog_object_ids: [ask.inventoryItemId],
      location_ids: [ask.locationId],
      types: ['PHYSICAL_COUNT'],
      updated_after: since,
      ...(cursor === null ? {} : { cursor }),
    }
    const path = '/v2/inventory/changes/batch-retrieve'
    const answer = await client.call({ method: 'POST', path, body, what: `looking for a count of ${ask.sku}` })
    const found = shaped(changes, answer, 'the changes of an item')
    const ours = found.changes.find((one) => one.physical_count?.reference_id === name)?.physical_count
    if (ours) return ours.created_at ?? (await momentOf(client))
    if (!found.cursor) return null
    cursor = found.cursor
  }
  throw new Fault('unavailable', `Too many counts of ${ask.sku} within a day to find ours among them.`, {
    code: 'square.too_many_counts',
  })
}

const LOOK_BACK_MS = 86_400_000
const PAGES_MAX = 50

/** Their clock is known to the second: the end of it, so that nothing done by then is later. */
const momentOf = async (client: Client): Promise<string> => new Date((await client.clock()) + 999).toISOString()
