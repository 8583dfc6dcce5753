/** What a retailer says about their Odoo. */
import { z } from 'zod'

export const odooConfig = z.object({
  /** Where Odoo answers, without a path: `https://odoo.example.com`. */
  url: z.url(),
  database: z.string().min(1),
  /** Login of the integration user. */
  user: z.string().min(1),
  apiKey: z.string().min(1).meta({ secret: true }),
  /** `auto` asks the server: JSON-2 from version 19 on, JSON-RPC before. */
  protocol: z.enum(['auto', 'json-rpc', 'json-2']).default('auto'),
  /** Pool code to Odoo's warehouse code, for those that differ. */
  warehouses: z.record(z.string(), z.string()).default({}),
  company: z.int().positive().default(1),
  /** The service products that carry shipping and discounts. */
  products: z
    .object({ shippingSku: z.string().default('SHIPPING'), discountSku: z.string().default('DISCOUNT') })
    .prefault({}),
  lang: z.string().default('en_US'),
  /** Code of the sales journal for invoices; Odoo's own choice when absent. */
  invoiceJournal: z.string().optional(),
  /** The channel's shipping code to the name of a delivery method in Odoo. */
  carriers: z.record(z.string(), z.string()).default({}),
  /** Odoo repeats a conflicting transaction itself for up to 21 s, so this stays well above 30 s. */
  timeoutMs: z.int().min(30_000).default(90_000),
})
export type OdooConfig = z.infer<typeof odooConfig>
