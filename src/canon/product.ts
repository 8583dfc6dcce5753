/**
 * Products and stock as their owners tell them. A product here is what can be sold and counted: a variant with a SKU.
 */
import { z } from 'zod'
import { field, versioned } from './field.ts'
import { instant, moneySchema, sku } from './primitives.ts'

const erp = { owner: 'erp', retention: 'record' } as const
const channel = { owner: 'channel', retention: 'record' } as const

/** The product as the ERP has it. */
export const erpProduct = versioned(
  z.object({
    sku,
    erpId: z.string().min(1),
    name: field(z.string(), erp),
    barcode: field(z.string(), erp).optional(),
    active: field(z.boolean(), erp),
    /** Whether it is counted; services and fees are not. */
    stocked: field(z.boolean(), erp),
    listPrice: field(moneySchema, erp).optional(),
    /** Names of its sales taxes, sorted. */
    taxes: field(z.array(z.string()), erp).optional(),
    category: field(z.string(), erp).optional(),
    /** Digest of its image; equal image, equal digest. */
    image: field(z.string(), erp).optional(),
    changedAt: instant,
  }),
  1,
)
export type ErpProduct = z.infer<typeof erpProduct>

/** What a channel shows of a SKU, as far as it is known. Absent: not known; an empty text: nothing is shown. */
export const shownListing = z.object({
  title: field(z.string(), channel).optional(),
  /** Decimal text in the channel's own currency. */
  price: field(z.string(), channel).optional(),
  barcode: field(z.string(), channel).optional(),
  taxClass: field(z.string(), channel).optional(),
  status: field(z.enum(['active', 'hidden']), channel).optional(),
  /** Digests of the images that the hub put there. */
  images: field(z.array(z.string()), channel).optional(),
  attributes: field(z.record(z.string(), z.string()), channel).optional(),
})
export type ShownListing = z.infer<typeof shownListing>

/** The product as one channel lists it. */
export const channelListing = versioned(
  z.object({
    sku,
    channel: z.string(),
    productId: field(z.string(), channel),
    variantId: field(z.string(), channel),
    /** What the channel counts stock by. */
    inventoryItemId: field(z.string(), channel),
    /** How its stock is set: by compare-and-set unless said; `later` shows what was set once it is worked off. */
    writes: field(z.enum(['compare', 'plain', 'later']), channel).optional(),
    title: field(z.string(), channel),
    tracked: field(z.boolean(), channel),
    shown: shownListing.optional(),
    changedAt: instant,
    deleted: z.boolean(),
  }),
  1,
)
export type ChannelListing = z.infer<typeof channelListing>
