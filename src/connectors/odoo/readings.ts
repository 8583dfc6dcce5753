/** What the feeds put into the inbox: the body of each topic. */
import { address, instant, moneySchema } from '#canon/primitives.ts'
import { z } from 'zod'
import type { Json } from '#canon/json.ts'
import type { Reading } from '../kit/connector.ts'
import { digest } from './digest.ts'

export const TOPICS = {
  product: 'odoo/product',
  stock: 'odoo/stock',
  delivery: 'odoo/delivery',
  price: 'odoo/price',
  ready: 'odoo/ready',
} as const

export const productReading = z.object({
  id: z.int(),
  sku: z.string().min(1),
  name: z.string(),
  barcode: z.string().optional(),
  active: z.boolean(),
  stocked: z.boolean(),
  listPrice: moneySchema.optional(),
  taxes: z.array(z.string()).optional(),
  category: z.string().optional(),
  image: z.string().optional(),
  changedAt: instant,
})
export type ProductReading = z.infer<typeof productReading>

export const priceReading = z.object({
  sku: z.string().min(1),
  prices: z.record(z.string(), moneySchema.nullable()),
  at: instant,
})
export type PriceReading = z.infer<typeof priceReading>

export const stockReading = z.object({ pool: z.string().min(1), sku: z.string().min(1), free: z.int() })
export type StockReading = z.infer<typeof stockReading>

export const deliveryReading = z.object({
  id: z.int(),
  orderRef: z.string(),
  shippedAt: instant,
  trackingNumber: z.string().optional(),
  trackingUrl: z.string().optional(),
  carrier: z.string().optional(),
  lines: z.array(z.object({ saleLineId: z.string(), quantity: z.int() })),
})
export type DeliveryReading = z.infer<typeof deliveryReading>

/** `to` is absent for a delivery that was cancelled with a number on it. */
export const readyReading = z.object({
  id: z.int(),
  orderRef: z.string(),
  warehouse: z.string().min(1),
  to: address.optional(),
  method: z.string().optional(),
  weightG: z.int().min(1).optional(),
  promisedBy: instant.optional(),
})
export type ReadyReading = z.infer<typeof readyReading>

/** @param of what it is about; the content does the rest, so that a repeat is recognised and a change is not. */
export const reading = (topic: string, of: string, body: Json): Reading => ({
  key: `${topic}:${of}:${digest(body)}`,
  topic,
  body,
})
