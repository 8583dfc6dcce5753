/** Reads a body by its schema: unknown fields are let through, a missing one is named by its path and never quoted. */
import { z } from 'zod'
import { shapes } from '../kit/shape.ts'

export const { shaped } = shapes('easypost.malformed')

const id = z.string().min(1).max(200)
/** With a zone, with or without milliseconds; to UTC with them. */
export const moment = z
  .string()
  .max(40)
  .refine((text) => /(Z|[+-]\d\d:?\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)))
  .transform((text) => new Date(text).toISOString())
const word = z.string().max(100)

export const tracker = z.object({
  id,
  mode: z.string().max(20).optional(),
  tracking_code: z.string().min(1).max(100),
  status: word,
  status_detail: word.nullish(),
  updated_at: moment,
  est_delivery_date: moment.nullish(),
  carrier: word.nullish(),
  tracking_details: z
    .array(z.object({ status: word.nullish(), status_detail: word.nullish(), datetime: moment.nullish() }))
    .max(5_000)
    .nullish()
    .transform((all) => all ?? []),
})
export type Tracker = z.infer<typeof tracker>

const rate = z.object({
  id,
  carrier: word,
  service: word,
  rate: z.string().regex(/^\d+(\.\d+)?$/),
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** null where the carrier promises nothing. */
  delivery_days: z.int().min(0).nullish(),
  carrier_account_id: z.string().max(200).nullish(),
})
export type Rate = z.infer<typeof rate>
export const rates = z.object({ rates: z.array(rate).max(500) })

export const shipment = z.object({
  id,
  tracking_code: z.string().min(1).max(100).nullish(),
  refund_status: z.string().max(40).nullish(),
  rates: z.array(rate).max(500),
  selected_rate: rate.nullish(),
  postage_label: z.object({ label_url: z.url().max(2_000) }).nullish(),
})
export type Shipment = z.infer<typeof shipment>

export const trackers = z.object({ trackers: z.array(z.unknown()), has_more: z.boolean() })

export const event = z.object({ id, object: z.literal('Event'), description: z.string().min(1).max(100) })

export const webhook = z.object({ id, url: z.string(), disabled_at: z.string().nullish() })
export type Webhook = z.infer<typeof webhook>
export const webhooks = z.object({ webhooks: z.array(webhook) })
