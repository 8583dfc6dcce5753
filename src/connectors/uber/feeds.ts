/**
 * What webhooks lose: deliveries that are under way are read every other minute, and each that was and is not any more
 * is read once by itself. So nothing depends on the order in which Uber lists them.
 */
import type { Json } from '#canon/json.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Feed, FeedPage, Reading } from '../kit/connector.ts'
import { list, read } from './deliveries.ts'
import { LISTING_EVERY_MS, OPEN_MAX } from './limits.ts'
import { delivery, type Delivery, shaped, stored } from './shape.ts'
import type { Client } from './wire.ts'

/** `open`: under way at the last pass; `seen`: of this one; `next`: its next page, null where it begins. */
const cursorOf = z.object({ open: z.array(z.string()), seen: z.array(z.string()), next: z.string().nullable() })
const START = { open: [], seen: [], next: null }

/** Read one by one in one go. */
const ENDED_AT_ONCE = 25

export function deliveriesFeed(client: Client): Feed {
  return {
    everyMs: LISTING_EVERY_MS,
    // What has ended since is read for as long as it is remembered as under way.
    since: () => START,
    async read(kept): Promise<FeedPage> {
      const { open, seen, next: from } = cursorOf.safeParse(kept).data ?? START
      const { rows, next } = await list(client, 'ongoing', from ?? undefined)
      const ongoing = rows.map((row) => shaped(delivery, row, 'a delivery'))
      const readings = ongoing.map(readingOf)
      const all = [...new Set([...seen, ...ongoing.map(({ id }) => id)])].slice(0, OPEN_MAX)
      if (next !== null) return { readings, cursor: { open, seen: all, next }, more: true }
      const gone = open.filter((id) => !all.includes(id))
      for (const id of gone.slice(0, ENDED_AT_ONCE)) readings.push(...(await ended(client, id)))
      const left = gone.slice(ENDED_AT_ONCE)
      return { readings, cursor: { open: [...all, ...left], seen: [], next: null }, more: left.length > 0 }
    },
  }
}

async function ended(client: Client, id: string): Promise<Reading[]> {
  try {
    return [readingOf(await read(client, id))]
  } catch (error) {
    if (error instanceof Fault && error.code === 'uber.not_found') return []
    throw error
  }
}

/** Named by its last change: what has not changed is not decided again. */
function readingOf(one: Delivery): Reading {
  const body = JSON.parse(JSON.stringify(stored(one))) as Json
  return { key: `poll/${one.id}/${one.updated ?? one.created}/${one.status}`, topic: 'poll/delivery', body }
}
