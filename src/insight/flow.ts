/**
 * Orders per minute over the last hour, from the journal. Minutes that are over are remembered, so that asking every
 * second counts two or three minutes again and not the hour.
 */
import type { Sql } from '#store/database.ts'
import { eventAt, flowSince, lastPosition } from '#store/views.ts'

export interface MinuteOfFlow {
  minute: string
  placed: number
  confirmed: number
  shipped: number
}

const TYPES = { 'order.placed': 'placed', 'order.confirmed': 'confirmed', 'shipment.dispatched': 'shipped' } as const

const MINUTE_MS = 60_000
const MINUTES = 60

/** How many positions a transaction still under way may lie behind the newest event that was seen. */
const OVERTAKEN = 5_000

export interface Flow {
  read(sql: Sql, nowMs: number): Promise<MinuteOfFlow[]>
}

export function createFlow(): Flow {
  const minutes = new Map<string, MinuteOfFlow>()
  /** The first position that is counted again. */
  let from: number | null = null
  /** Minutes before this one are counted for good. */
  let settled = ''

  return {
    async read(sql, nowMs) {
      const labels = lastMinutes(nowMs)
      from ??= await positionAt(sql, labels[0]!)
      const rows = (await flowSince(sql, from, Object.keys(TYPES))).filter(({ minute }) => minute >= settled)
      for (const { minute, type, count } of rows) {
        const one = minutes.get(minute) ?? { minute, placed: 0, confirmed: 0, shipped: 0 }
        minutes.set(minute, { ...one, [TYPES[type as keyof typeof TYPES]]: count })
      }
      const running = labels.at(-2)!
      const firsts = rows.filter(({ minute }) => minute >= running).map(({ first }) => first)
      if (firsts.length > 0) {
        from = Math.max(from, Math.min(...firsts) - OVERTAKEN)
        settled = running
      }
      for (const minute of minutes.keys()) if (minute < labels[0]!) minutes.delete(minute)
      return labels.map((minute) => minutes.get(minute) ?? { minute, placed: 0, confirmed: 0, shipped: 0 })
    },
  }
}

/** The minutes of the last hour, oldest first, the running one last. */
function lastMinutes(nowMs: number): string[] {
  const running = Math.floor(nowMs / MINUTE_MS)
  return Array.from({ length: MINUTES }, (_, index) =>
    new Date((running - MINUTES + 1 + index) * MINUTE_MS).toISOString(),
  )
}

/**
 * The first position whose event is not older than `at`: the journal is written in the order of time, so it can be
 * halved.
 */
async function positionAt(sql: Sql, at: string): Promise<number> {
  let low = 0
  let high = (await lastPosition(sql)) + 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const event = await eventAt(sql, middle)
    if (event && event.at < at) low = Math.max(middle, event.position) + 1
    else high = middle
  }
  return low
}
