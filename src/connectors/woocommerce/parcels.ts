/**
 * WooCommerce itself knows no parcels. Each is remembered in the order's meta data under a key of ours: that is how a
 * repeat is recognised, what is shown to people who look, and how the shop tells us of it again.
 */
import { z } from 'zod'
import type { Ask } from '#core/intents.ts'

const PREFIX = '_crossdock_parcel_'

const stored = z.object({
  carrier: z.string().optional(),
  number: z.string().optional(),
  url: z.string().optional(),
  /** Pieces by line. */
  lines: z.record(z.string(), z.int().min(1)),
})

export interface NotedParcel {
  /** The ERP's id of the delivery. */
  id: string
  trackingNumber?: string | undefined
  lines: { lineId: string; quantity: number }[]
}

export const parcelKey = (shipmentId: string): string => `${PREFIX}${shipmentId}`

/** Text, since meta data of an order is shown and kept as it is. */
export const parcelValue = ({ parcel, lines }: Ask<'fulfilment.ensure'>): string =>
  JSON.stringify({
    ...(parcel.carrier ? { carrier: parcel.carrier } : {}),
    ...(parcel.trackingNumber ? { number: parcel.trackingNumber } : {}),
    ...(parcel.trackingUrl ? { url: parcel.trackingUrl } : {}),
    lines: Object.fromEntries(lines.map(({ lineId, quantity }) => [lineId, quantity])),
  })

/** The parcels noted on an order; what is under our key and not ours is left out. */
export function parcelsOf({
  meta_data: all,
}: {
  meta_data: readonly { key: string; value?: unknown }[]
}): NotedParcel[] {
  const parcels = new Map<string, NotedParcel>()
  for (const { key, value } of all) {
    if (!key.startsWith(PREFIX) || key.length === PREFIX.length) continue
    const parsed = stored.safeParse(parsedText(value))
    if (!parsed.success) continue
    const id = key.slice(PREFIX.length)
    const lines = Object.entries(parsed.data.lines).map(([lineId, quantity]) => ({ lineId, quantity }))
    parcels.set(id, { id, trackingNumber: parsed.data.number, lines })
  }
  return [...parcels.values()]
}

function parsedText(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}
