/** What the hub says of goods on a shelf, goods on their way, and the invoice for them. */
import { z } from 'zod'
import { field, versioned } from './field.ts'
import { instant, moneySchema, quantity, sku } from './primitives.ts'

const erp = { owner: 'erp', retention: 'operations' } as const
const books = { owner: 'erp', retention: 'books' } as const

/** One SKU in one warehouse, as the ERP counts it. */
export const stockLevel = versioned(
  z.object({
    sku,
    warehouse: z.string().min(1),
    /** Pieces there, promised or not. */
    onHand: field(z.int(), erp),
    /**
     * On hand less everything promised to confirmed orders; never counts goods still to come. Negative when too much
     * was promised.
     */
    free: field(z.int(), erp),
  }),
  1,
)
export type StockLevel = z.infer<typeof stockLevel>

/** One parcel that left: what is in it and how to follow it. */
export const shipment = versioned(
  z.object({
    /** The ERP's id of the delivery. */
    shipmentId: z.string().min(1),
    shippedAt: field(instant, erp),
    trackingNumber: field(z.string(), { ...erp, pii: 'identifier' }).optional(),
    trackingUrl: field(z.string(), { ...erp, pii: 'identifier' }).optional(),
    carrier: field(z.string(), erp).optional(),
    /** In pieces per line of the sale. */
    lines: field(z.array(z.object({ saleLineId: z.string().min(1), quantity })), erp),
  }),
  1,
)
export type Shipment = z.infer<typeof shipment>

/** The invoice of a sale: enough to find it and to hold its total against what the customer paid. */
export const invoiceReference = versioned(
  z.object({
    invoiceId: z.string().min(1),
    number: field(z.string(), books),
    total: field(moneySchema, books),
  }),
  1,
)
export type InvoiceReference = z.infer<typeof invoiceReference>
