/** The shapes of parcels on an order's page. */
import { PARCEL_CASES, PARCEL_STATUSES } from '#canon/parcel.ts'
import { z } from 'zod'
import { at, count, object } from './contract-parts.ts'

const way = object('ParcelWay', {
  status: z.enum(PARCEL_STATUSES),
  at: at.describe('Of the last scan, or when it left.'),
  promisedBy: at,
  expectedBy: at.nullable().describe('What the carrier says now.'),
  case: z
    .object({ kind: z.enum(PARCEL_CASES), owner: z.string(), detail: z.string() })
    .nullable()
    .describe('What somebody has to settle.'),
})

export const parcelView = object('Parcel', {
  shipmentId: z.string(),
  carrier: z.string().nullable(),
  trackingNumber: z.string().nullable(),
  trackingUrl: z.string().nullable(),
  announced: z.boolean().describe('The channel has been told.'),
  failed: z.string().nullable().describe('Code of why it could not be told.'),
  lines: z.array(z.object({ lineId: z.string(), quantity: count })),
  way: way.nullable().describe('Where it is; null when nobody follows it.'),
})
