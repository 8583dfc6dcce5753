/** Reads a body by its schema: unknown fields are let through, a missing one is named by its path and never quoted. */
import { z } from 'zod'
import { shapes } from '../kit/shape.ts'

export const { shaped } = shapes('shipbob.malformed')

const id = z.int().min(1)
const words = z.string().max(500).nullish()

/** A time with or without a zone, which ShipBob means as UTC. */
export const moment = z
  .string()
  .max(40)
  .refine((text) => !Number.isNaN(Date.parse(zoned(text))))
  .transform((text) => new Date(zoned(text)).toISOString())
const zoned = (text: string): string => (/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`)

const item = z.object({ quantity: z.int().min(0).max(1_000_000), quantity_committed: z.int().min(0).nullish() })
const product = z.object({ sku: words, reference_id: words, inventory_items: z.array(item).max(500).nullish() })

export const shipment = z.object({
  id,
  order_id: id.nullish(),
  reference_id: words,
  status: z.string().max(60),
  created_date: moment.nullish(),
  last_update_at: moment.nullish(),
  actual_fulfillment_date: moment.nullish(),
  products: z.array(product).max(1_000).nullish(),
  status_details: z
    .array(z.object({ name: words, description: words }))
    .max(100)
    .nullish(),
  tracking: z
    .object({ carrier: words, tracking_number: words, tracking_url: words, shipping_date: moment.nullish() })
    .nullish(),
})
export type Shipment = z.infer<typeof shipment>

export const order = z.object({
  id,
  reference_id: words,
  status: z.string().max(60),
  created_date: moment,
  shipments: z.array(shipment).max(500).nullish(),
})
export type Order = z.infer<typeof order>

const taken = z.object({ action: words, quantity_processed: z.int().min(0) })
export const goodsBack = z.object({
  id,
  reference_id: words,
  store_order_id: words,
  status: words,
  inventory: z
    .array(z.object({ sku: words, quantity: z.int().min(0), action_taken: z.array(taken).nullish() }))
    .nullish(),
})
export type GoodsBack = z.infer<typeof goodsBack>

/** A page of stock, as the feed hands it in. */
export const counted = z.object({
  warehouse: z.string().min(1),
  at: z.iso.datetime(),
  counts: z.array(z.object({ sku: z.string().min(1), onHand: z.int().min(0) })).max(1_000),
})
