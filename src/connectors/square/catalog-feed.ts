/** The catalogue: everything the first time, then what changed, deleted items too. */
import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '#canon/json.ts'
import { z } from 'zod'
import type { Feed, Reading } from '../kit/connector.ts'
import { FEED_OVERLAP_MS } from './limits.ts'
import { listOf, maybeText, moment, shaped } from './shape.ts'
import { type Item, item } from './shapes.ts'
import type { Client } from './wire.ts'

const cursorShape = z.object({
  /** What changed after this is searched; null searches everything. */
  since: z.string().nullable(),
  after: z.string().nullable(),
})

const itemList = z.object({ objects: listOf(item), cursor: maybeText, latest_time: moment.nullish() })

export function catalogFeed(client: Client): Feed {
  return {
    everyMs: 5 * 60_000,
    bulk: true,
    since: (at) => ({ since: at, after: null }),
    async read(stored) {
      const cursor = cursorShape.safeParse(stored).data ?? { since: null, after: null }
      const page = await itemsPage(client, cursor)
      const readings = page.objects.map(readingOf)
      const after = page.cursor ?? null
      if (after !== null) return { readings, cursor: { ...cursor, after }, more: true }
      const latest = page.latest_time ?? null
      const since = latest === null ? cursor.since : new Date(Date.parse(latest) - FEED_OVERLAP_MS).toISOString()
      return { readings, cursor: { since, after: null }, more: false }
    },
  }
}

/** One page of items with their variations, those deleted since as well. */
export async function itemsPage(client: Client, { since, after }: z.infer<typeof cursorShape>) {
  const body = {
    object_types: ['ITEM'],
    include_deleted_objects: since !== null,
    limit: 100,
    ...(since === null ? {} : { begin_time: since }),
    ...(after === null ? {} : { cursor: after }),
  }
  const answer = await client.call({ method: 'POST', path: '/v2/catalog/search', body, what: 'reading the catalogue' })
  return shaped(itemList, answer, 'the catalogue')
}

function readingOf(one: Item): Reading {
  const body = one as unknown as Json
  const digest = createHash('sha256').update(canonicalJson(body)).digest('hex').slice(0, 16)
  return { key: `item:${one.id}:${digest}`, topic: 'poll/item', body }
}
